"""A draft (YAML, written by a person) becomes the values of a message, with the line of each.

Keys are the element names of CAP. A list may be one value; ``parameter``, ``eventCode`` and
``geocode`` are written as ``name: value``; times may be any RFC 3339 instant and are rewritten
as CAP wants them. What the values may be is checked where every message is checked, in ``rules``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from huiyin.domain.cap import times
from huiyin.domain.cap.message import FIELDS, Alert, Field, Pair
from huiyin.domain.cap.reading import Read
from huiyin.domain.strict_yaml import Item, Place, Problems, read_yaml


def read(source: bytes, file: str = "draft") -> Read:
    """The draft as a message with lines. Refusals: ``pack-invalid`` (not the strict YAML),
    ``alert-draft-invalid``, both with ``problems``."""
    problems = Problems()
    place = Place(read_yaml(source, file, problems), "", problems)
    lines: dict[str, int] = {}
    alert = _value(Alert, place, "", lines)
    problems.raise_any("alert-draft-invalid")
    assert isinstance(alert, Alert)
    return Read(alert, (), lines)


def write(alert: Alert) -> str:
    """The draft as YAML that ``read`` gives back; what is empty is left out."""
    return "\n".join(_written(alert, "")) + "\n"


def _written(value: object, indent: str) -> Iterator[str]:
    for rule in FIELDS[type(value)]:
        held = getattr(value, rule.attribute)
        if not held:
            continue
        if isinstance(held, str):
            yield f"{indent}{rule.name}: {_quoted(held)}"
        elif rule.kind is Pair:
            yield f"{indent}{rule.name}:"
            yield from (f"{indent}  {_quoted(p.value_name)}: {_quoted(p.value)}" for p in held)
        elif isinstance(rule.kind, type):
            yield f"{indent}{rule.name}:"
            for one in held:
                lines = list(_written(one, f"{indent}    ")) or [f"{indent}    {{}}"]
                yield f"{indent}  - {lines[0].strip()}"
                yield from lines[1:]
        else:
            yield f"{indent}{rule.name}: [{', '.join(map(_quoted, held))}]"


def _quoted(text: str) -> str:
    # A JSON string is a YAML string in double quotes.
    return json.dumps(text, ensure_ascii=False)


def _value(shape: type, place: Place, path: str, lines: dict[str, int]) -> object:
    held: dict[str, Any] = {}
    for rule in FIELDS[shape]:
        here = f"{path}.{rule.name}" if path else rule.name
        item = place.take(rule.name, required=False)
        if item is not None:
            lines[here] = item.line
            held[rule.attribute] = _element(rule, item, place, here, lines)
    place.finish()
    return shape(**held)


def _element(rule: Field, item: Item, place: Place, path: str, lines: dict[str, int]) -> object:
    if rule.kind is Pair:
        return tuple(_pairs(rule, place))
    if not rule.many:
        return _text(rule, item, place)
    parts = item.value if isinstance(item.value, list) else [item]
    found = []
    for number, part in enumerate(parts):
        there = f"{path}[{number}]"
        lines[there] = part.line
        if isinstance(rule.kind, type):
            found.append(_value(rule.kind, Place(part, there, place.problems), there, lines))
        else:
            found.append(_text(rule, part, place))
    return tuple(found)


def _pairs(rule: Field, place: Place) -> Iterator[Pair]:
    section = place.place(rule.name)
    for name in section.entries() if section else ():
        assert section is not None
        yield Pair(name, section.word(name))


def _text(rule: Field, item: Item, place: Place) -> str:
    if not isinstance(item.value, str):
        place.problems.add(item, place.path(rule.name), "must be one value", "write one text")
        return ""
    return _time(item.value) if rule.kind == "time" else item.value


def _time(text: str) -> str:
    """An instant as CAP writes it; what is none is left for the rules to name."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return times.written(moment) if moment.tzinfo is not None else text
