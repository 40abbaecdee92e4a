"""A document as plain values: headings, paragraphs, lists and tables, before PDF or Word.

What stands in it is decided by whoever builds it; how it looks by whoever renders it
(``huiyin.reports.documents``). Everything is text that is shown as it stands, never markup.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1 to 3; ``number`` as printed (``3.1.2``)."""

    level: int
    number: str
    text: str

    @property
    def line(self) -> str:
        return f"{self.number} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``widths`` are shares of the page, one per column. ``caption`` says what the table holds."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Bullets | Table | Break


@dataclass(frozen=True, slots=True)
class Document:
    """``facts`` stand on the cover as label and value; ``running`` at the foot of each page;
    ``signatures`` are the lines of the approval page, for pen and ink. A ``short`` document has its
    heading on the first page and no contents.
    """

    title: str
    subtitle: str
    office: str
    language: str
    contents: str
    facts: tuple[tuple[str, str], ...]
    signatures: tuple[tuple[str, str], ...]
    running: str
    blocks: tuple[Block, ...]
    short: bool = False
