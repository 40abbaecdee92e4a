"""How a law is cited: its title and the article, in each language."""

from __future__ import annotations

from huiyin.domain.languages import pick
from huiyin.domain.packs import LANGUAGES, Text


def article(number: str, language: str) -> str:
    """The article in words: ``art. 9, 12`` and ``第9、12条``; what is no number (``reg. 4(2)``)
    stands as it is, and ``-`` (not seen) is nothing."""
    if not number[:1].isdigit():
        return "" if number == "-" else number
    if language == "en":
        return f"art. {number}"
    return f"第{number.replace(', ', '、')}{'条' if language == 'zh-Hans' else '條'}"


def joined(title: str, number: str, language: str) -> str:
    """Title and article as one piece of text."""
    said = article(number, language)
    joint = ", " if said and (language == "en" or not said.startswith("第")) else ""
    return f"{title}{joint}{said}"


def cites(title: Text, number: str) -> Text:
    """Law and article in each language."""
    return {one: joined(pick(title, one), number, one) for one in LANGUAGES}
