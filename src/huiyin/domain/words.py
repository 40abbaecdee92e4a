"""The complainant's own words, provable letter by letter: a commitment in the event, its opening
in the receipt.

An event commits to a sealed text by HMAC-SHA256 under a salt of 32 random bytes. The salt is
sealed together with the text, so that the commitment tells nothing and, once row or key are
destroyed, fits every text that there could be. Whoever holds salt and text can prove that
these, and no others, are the words that were registered. Sealing and rows are the vault's.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from huiyin.domain.errors import Refusal
from huiyin.domain.findings import INVALID, UNREADABLE, Finding, Stop, guard, list_of, text_of
from huiyin.domain.leaves import KEY_SIZE, commit, decode64, encode64, parse_object

SALT_SIZE = KEY_SIZE
ABOUT_FILE = "file"  # type, size and SHA-256 of a file as it was handed in, as JSON
# Never opened in a receipt and so not committed to: the address for notices, the originals (their
# SHA-256 stands in ABOUT_FILE), and what the cleaner made of them.
SILENT = frozenset({"contact", "original", "file-copy", "file-report"})
COMPLAINANT = "complainant"


@dataclass(frozen=True, slots=True)
class Words:
    """The opening of one text: ``id`` and ``kind`` as its event names it, salt, text."""

    id: str
    kind: str
    salt: bytes = field(repr=False)
    text: str = field(repr=False)


def commit_words(salt: bytes, plain: bytes) -> str:
    """The commitment to a text (UTF-8) in base64. ``salt``: 32 random bytes of this text alone."""
    return encode64(commit(salt, plain))


def read_words(at: int, item: object) -> tuple[Words, ...]:
    """The openings in one event of a receipt; none if it has no such field.

    ``at`` is the place that findings name. Raises Stop: words-part-missing, words-salt-…
    """
    if item is None:
        return ()
    if not isinstance(item, list):
        raise Stop(UNREADABLE, "words-part-missing", event=at, field="words")
    return tuple(_opening(at, one) for one in item)


def _opening(at: int, item: object) -> Words:
    parts = item if isinstance(item, dict) else {}
    texts = {name: parts.get(name) for name in ("id", "kind", "salt", "text")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise Stop(UNREADABLE, "words-part-missing", event=at, field=name)
    coded = str(texts["salt"])
    salt = guard(INVALID, "words-salt-", lambda: decode64(coded, SALT_SIZE), event=at)
    return Words(str(texts["id"]), str(texts["kind"]), salt, str(texts["text"]))


def check_words(at: int, said: Mapping[str, object], opened: Sequence[Words]) -> tuple[Words, ...]:
    """Hold each opening against the commitment in its event; returns them, each text once.

    Raises Stop: words-not-named (the event knows of no such text), words-differ.
    """
    named = _named(said)
    for one in opened:
        data = {"event": at, "kind": text_of(one.kind, 60)}
        entry = named.get(one.id)
        promised = entry.get("words") if entry is not None else None
        if entry is None or entry.get("kind") != one.kind or not isinstance(promised, str):
            raise Stop(INVALID, "words-not-named", **data)
        if not hmac.compare_digest(
            promised.encode(), commit_words(one.salt, one.text.encode()).encode()
        ):
            raise Stop(INVALID, "words-differ", **data)
    return tuple({one.id: one for one in opened}.values())


def _named(said: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    entries = [item for item in list_of(said, "content") if isinstance(item, dict)]
    return {str(item["id"]): item for item in entries if isinstance(item.get("id"), str)}


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a receipt, proved, with the openings that hold."""

    at: int
    said: Mapping[str, object]
    opened: tuple[Words, ...]


def findings_of(
    events: Sequence[Told], files: Sequence[tuple[str, str]] = ()
) -> tuple[list[Finding], list[Finding]]:
    """What the openings prove, and what stays open about texts.

    ``files``: name and SHA-256 (hex) of files at hand, to be found among those handed in.
    """
    found = [*_spoken(events), *_handed_in(events, files)]
    return found, [*_unopened(events)]


def readable(events: Sequence[Told]) -> tuple[tuple[int, str, str], ...]:
    """Event, kind and text of every text that is opened, for whoever wants to read them."""
    return tuple(
        (told.at, one.kind, one.text)
        for told in events
        for one in told.opened
        if one.kind != ABOUT_FILE
    )


def _spoken(events: Sequence[Told]) -> list[Finding]:
    """Texts that are proved, the complainant's and the office's apart."""
    found = []
    for code, mine in (("proved-words-yours", True), ("proved-words-office", False)):
        held = [
            told.at for told in events for one in told.opened
            if one.kind != ABOUT_FILE and (told.said["role"] == COMPLAINANT) is mine
        ]  # fmt: skip
        if held:
            data = {"texts": len(held), "events": sorted(set(held))}
            found.append(Finding(code, "proved", data))
    return found


def _handed_in(events: Sequence[Told], files: Sequence[tuple[str, str]]) -> list[Finding]:
    """Files by their SHA-256: compared with those at hand, or told so that they can be."""
    known: dict[str, dict[str, object]] = {}
    for told in events:
        for one in told.opened:
            if one.kind == ABOUT_FILE and (about := _about(one.text)) is not None:
                known.setdefault(about["sha256"], {"event": told.at, **about})
    found, same = [], set()
    for name, digest in files:
        shown = text_of(name, 200)
        if digest in known:
            same.add(digest)
            data = {"name": shown, "event": known[digest]["event"]}
            found.append(Finding("proved-file-same", "proved", data))
        else:
            found.append(Finding("file-not-here", "failed", {"name": shown, "sha256": digest}))
    rest = [data for digest, data in known.items() if digest not in same]
    return [*found, *(Finding("proved-file", "proved", data) for data in rest)]


def _about(text: str) -> dict[str, str] | None:
    """Size and SHA-256 of a file as its text tells them; None if that is not what it tells."""
    try:
        said = parse_object(text.encode())
    except Refusal:
        return None
    digest, size = said.get("sha256"), said.get("size")
    if not isinstance(digest, str) or type(size) is not int:
        return None
    return {"sha256": digest[:64], "size": str(size)}


def _unopened(events: Sequence[Told]) -> list[Finding]:
    """Texts that are named and not opened here: kept back, or from before there were openings."""
    withheld: list[int] = []
    older: list[int] = []
    for told in events:
        opened = {one.id for one in told.opened}
        for item in list_of(told.said, "content"):
            entry = item if isinstance(item, dict) else {}
            # Hostile values may be lists, which no set can be asked for.
            if str(entry.get("id")) in opened or str(entry.get("kind")) in SILENT:
                continue
            (withheld if isinstance(entry.get("words"), str) else older).append(told.at)
    return [
        Finding(code, "open", {"texts": len(held), "events": sorted(set(held))})
        for code, held in (("open-withheld", withheld), ("open-content", older))
        if held
    ]
