"""Texts in every language and the legal ground of a rule, as they stand in a pack file."""

from __future__ import annotations

from typing import Literal, overload

from huiyin.domain.packs import LANGUAGES, Basis, Text
from huiyin.domain.strict_yaml import Place

VERIFIED = ("yes", "secondary", "no")


def read_text(place: Place, key: str) -> Text:
    """A text in each of the languages; a missing one is a problem, never a silent fallback."""
    inner = place.place(key)
    if inner is None:
        return dict.fromkeys(LANGUAGES, "")
    text = {language: inner.word(language) for language in LANGUAGES}
    inner.finish()
    return text


@overload
def read_basis(place: Place, key: str) -> Basis: ...
@overload
def read_basis(place: Place, key: str, required: Literal[False]) -> Basis | None: ...
def read_basis(place: Place, key: str, required: bool = True) -> Basis | None:
    """``basis: {source: …, article: "34", verified: yes}``; ``reading`` where the law is silent."""
    inner = place.place(key, required)
    if inner is None:
        return Basis("", "", "no") if required else None
    basis = Basis(
        source=inner.word("source"),
        article=inner.word("article", "-"),
        verified=inner.word("verified", None, VERIFIED),
        reading=read_text(inner, "reading") if inner.has("reading") else None,
    )
    inner.finish()
    return basis
