"""The XML schema of CAP 1.2, as a second opinion beside our own reading of the elements."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lxml import etree

from huiyin.domain.cap import reading

FILE = "CAP-v1.2.xsd"


def parser() -> etree.XMLParser:
    """A parser that expands nothing and fetches nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def element(source: bytes) -> etree._Element:
    """The message as lxml's element, after our own reader has found it harmless.

    Refusals: those of ``reading.tree``.
    """
    reading.tree(source)
    return etree.fromstring(source, parser())


def faults(source: bytes) -> list[tuple[int, str]]:
    """What the schema objects to, as line and libxml2's own words (English)."""
    schema = _schema()
    schema.validate(element(source))
    return [(int(entry.line), str(entry.message)) for entry in schema.error_log]


@cache
def _schema() -> etree.XMLSchema:
    text = (files(__package__) / FILE).read_bytes()
    return etree.XMLSchema(etree.fromstring(text, parser()))
