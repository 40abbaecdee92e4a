"""The words of a letter: texts as data (letters/texts/*.toml) filled with the fields of a case.

A letter's file names its fields and their kinds, and holds each text in en, zh-Hans and zh-Hant.
Here they become plain strings, ordered in blocks. What a page looks like is not decided here
(letters/*.typ), nor which letter is due (the packs).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from huiyin.domain.errors import Refusal

TEXTS = Path(__file__).parent / "letters" / "texts"
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
COMMON_FIELDS = {"number": "line", "office": "line", "dated": "date"}
COMMON_OPTIONAL = {"reference": "line", "office_lines": "lines", "provisional": "lines"}

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Control signs, and the marks that turn the direction of writing (UAX 9), could make a letter
# show another text than it holds. Direction follows from the letters themselves.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
# Forty signs without a place to break a line: an address on the web, or an attempt on the margin.
_UNBROKEN = re.compile(r"([^\s\u200b\u2e80-\u9fff\uff00-\uffef]{40})(?=\S)")
_MONTHS = "January February March April May June July August September October November December"

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wording:
    """One letter's file. `fields` and `optional` map a field's name to its kind."""

    id: str
    layout: str
    fields: Mapping[str, str]
    optional: Mapping[str, str]
    texts: Mapping[str, Any]

    def kind(self, name: str) -> str:
        """The kind of a field; KeyError if the letter has no such field."""
        return {**COMMON_FIELDS, **COMMON_OPTIONAL, **self.fields, **self.optional}[name]


def ids() -> tuple[str, ...]:
    """The letters there are, by id."""
    return tuple(sorted(path.stem for path in TEXTS.glob("*.toml") if path.stem != "common"))


@cache
def load(letter: str) -> Wording:
    """The wording of `letter`. Refusal("letter-unknown") for any other name."""
    if letter not in ids():
        raise Refusal("letter-unknown", letter=letter, known=list(ids()))
    raw = tomllib.loads((TEXTS / f"{letter}.toml").read_text("utf-8"))
    return Wording(
        id=letter,
        layout=raw.pop("layout", "letter"),
        fields=raw.pop("fields"),
        optional=raw.pop("optional"),
        texts=common() | raw,
    )


@cache
def common() -> dict[str, Any]:
    """The words that every letter uses."""
    return tomllib.loads((TEXTS / "common.toml").read_text("utf-8"))


def day_in_words(value: date, language: str) -> str:
    """A date as a letter of that language writes it; with the minute if it is a datetime."""
    if language == "en":
        text = f"{value.day} {_MONTHS.split()[value.month - 1]} {value.year}"
        joint = ", "
    else:
        text = f"{value.year}年{value.month}月{value.day}日"
        joint = " "
    if isinstance(value, datetime):
        text += joint + value.strftime("%H:%M")
    return text


def shown(text: str) -> str:
    """`text` without what cannot be printed, and with a place to break in endless words."""
    clean = (
        text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    )
    return _UNBROKEN.sub("\\1\u200b", _UNSHOWN.sub("", clean))


def paragraphs(text: str) -> list[str]:
    """The lines of `text` that hold something, each ready to be shown."""
    return [line.strip() for line in shown(text).split("\n") if line.strip()]


class Filled:
    """One letter in one language with its fields checked: what the layouts ask for.

    Refusal("letter-language-unknown"), ("letter-field-missing"), ("letter-field-unknown") or
    ("letter-field-kind") if it cannot be written.
    """

    def __init__(self, letter: str, language: str, fields: Fields) -> None:
        if language not in LANGUAGES:
            raise Refusal("letter-language-unknown", language=language, known=list(LANGUAGES))
        self.wording = load(letter)
        self.language = language
        self.fields = {k: v for k, v in fields.items() if not _empty(v)}
        self._check()

    def _check(self) -> None:
        letter = self.wording.id
        for name in (*COMMON_FIELDS, *self.wording.fields):
            if name not in self.fields:
                raise Refusal("letter-field-missing", letter=letter, field=name)
        for name, value in self.fields.items():
            try:
                kind = self.wording.kind(name)
            except KeyError:
                raise Refusal("letter-field-unknown", letter=letter, field=name) from None
            if not _of_kind(value, kind):
                raise Refusal("letter-field-kind", letter=letter, field=name, kind=kind)

    def has(self, name: str | None) -> bool:
        """Whether a block with `when = name` belongs into this letter."""
        return name is None or name in self.fields

    def value(self, name: str) -> str:
        """A field as it stands in a sentence: dates in words, text on one line."""
        value = self.fields.get(name, "")
        if isinstance(value, date):
            text = day_in_words(value, self.language)
            return (
                f"{text} {self.text('provisional')}" if name in self.values("provisional") else text
            )
        return " ".join(paragraphs(str(value)))

    def values(self, name: str) -> list[str]:
        """A field that is a list of lines; empty if it was not given."""
        lines = self.fields.get(name, [])
        assert isinstance(lines, list | tuple)  # _of_kind saw to it
        return [shown(str(line)) for line in lines]

    def fill(self, texts: Mapping[str, str]) -> str:
        """The text of this language with each {field} in its place. What a field holds is not
        read again, so that braces in it stay braces."""
        return _PLACEHOLDER.sub(lambda match: self.value(match[1]), texts[self.language])

    def text(self, name: str) -> str:
        """A text of the letter's file, or of the common one, filled."""
        return self.fill(self.wording.texts[name])

    def blocks(self) -> Iterator[dict[str, object]]:
        """The body in order, as house.typ draws it."""
        for block in self.wording.texts["block"]:
            if not self.has(block.get("when")):
                continue
            if "section" in block or "heading" in block:
                yield self._section(block)
            elif "dates_field" in block:
                yield {"kind": "dates", "rows": self._given_rows(block["dates_field"])}
            elif "parts_field" in block:
                yield from self._given_parts(block["parts_field"])
            elif "dates" in block:
                rows = [self._row(row) for row in block["dates"] if self.has(row.get("when"))]
                yield {"kind": "dates", "rows": rows}
            else:
                yield {"kind": "text", "text": self.fill(block)}

    def _section(self, block: Mapping[str, Any]) -> dict[str, object]:
        lines = paragraphs(str(self.fields[block["section"]])) if "section" in block else []
        as_lines = bool(block.get("as_lines"))
        heading = self.fill(block)
        return {"kind": "section", "heading": heading, "paragraphs": lines, "as-lines": as_lines}

    def _row(self, row: Mapping[str, str]) -> dict[str, str]:
        article = self.value(row["article"]) if "article" in row else ""
        return {"label": self.fill(row), "value": self.value(row["until"]), "article": article}

    def _given_parts(self, name: str) -> Iterator[dict[str, object]]:
        """Sections that a procedure names itself: each with its heading and its text."""
        parts = self.fields[name]
        assert isinstance(parts, list | tuple)  # _of_kind saw to it
        for part in parts:
            text = paragraphs(part["text"])
            heading = shown(part["heading"])
            yield {"kind": "section", "heading": heading, "paragraphs": text, "as-lines": False}

    def _given_rows(self, name: str) -> list[dict[str, str]]:
        rows = self.fields[name]
        assert isinstance(rows, list | tuple)  # _of_kind saw to it
        return [
            {
                "label": shown(str(row["label"])),
                "value": day_in_words(row["due"], self.language),
                "article": shown(str(row.get("article", ""))),
            }
            for row in rows
        ]


def _empty(value: object) -> bool:
    """An empty part is a missing part: a decision without reasons is no decision."""
    return value is None or (isinstance(value, str) and not paragraphs(value)) or value in ([], ())


def _of_kind(value: object, kind: str) -> bool:
    if kind == "date":
        return isinstance(value, date)
    if kind in ("line", "prose"):
        return isinstance(value, str)
    if not isinstance(value, list | tuple):
        return False
    if kind == "dates":
        return all(
            isinstance(row, Mapping) and "label" in row and isinstance(row.get("due"), date)
            for row in value
        )
    if kind == "parts":
        return all(isinstance(part, Mapping) and {"heading", "text"} <= set(part) for part in value)
    return all(isinstance(item, str) for item in value)
