"""The format as JSON Schema (2020-12), for editors that complete and check while one types.

Made from the same declarations that read and write plans. It says less than the reader does:
languages of texts, E.164 and time zones are checked there, references and meaning by lint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from huiyin.domain.plans.fields import LANGUAGES, Kind, defaults_of, key_of, kinds_of
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation

Schema = dict[str, Any]
WORD = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_SPAN = r"^P[0-9]{1,5}[DWMY]$"
_DURATION = r"^([0-9]{1,8}|P([0-9]{1,4}D)?(T([0-9]{1,5}H)?([0-9]{1,6}M)?([0-9]{1,8}S)?)?)$"


def schema(of: type[Plan] | type[Organisation], titles: Mapping[str, str]) -> Schema:
    """The schema of a plan or organisation file; ``titles`` names keys in one language."""
    found = _block(of, titles)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _block(block: Any, titles: Mapping[str, str]) -> Schema:
    defaults, properties, required = defaults_of(block), {}, []
    for name, kind in kinds_of(block).items():
        key = key_of(name, kind)
        title = {"title": titles[key]} if key in titles else {}
        properties[key] = {**title, **_value(kind, titles)}
        if name not in defaults:
            required.append(key)
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found


def _value(kind: Kind, titles: Mapping[str, str]) -> Schema:
    if kind.name == "one":
        return _block(kind.of, titles)
    if kind.name == "rows":
        return {"type": "array", "items": _block(kind.of, titles)}
    if kind.name == "many":
        names = {"pattern": WORD, "maxLength": 80}
        entries = _block(kind.of, titles)
        found = {"type": "object", "propertyNames": names, "maxProperties": kind.most}
        return {**found, "additionalProperties": entries}
    return _SINGLE[kind.name](kind)


def _text(kind: Kind) -> Schema:
    said = {"type": "string", "minLength": 1}
    each = {"type": "object", "properties": dict.fromkeys(LANGUAGES, said)}
    return {"anyOf": [said, {**each, "additionalProperties": False, "minProperties": 1}]}


def _list(of: Schema) -> Schema:
    return {"anyOf": [{"type": "array", "items": of, "uniqueItems": True}, of]}


def _accepted(kind: Kind) -> Schema:
    return {"enum": [value for value in kind.accepted if value]}


_NAME: Schema = {"type": "string", "pattern": WORD}
_SINGLE: dict[str, Callable[[Kind], Schema]] = {
    "text": _text,
    "line": lambda kind: {"type": ["string", "number"]},
    "word": lambda kind: _NAME,
    "ref": lambda kind: _NAME,
    "words": lambda kind: _list(_NAME),
    "refs": lambda kind: _list(_NAME),
    "choice": _accepted,
    "choices": lambda kind: _list(_accepted(kind)),
    "amounts": lambda kind: {
        "type": "object",
        "additionalProperties": {"type": "integer", "minimum": 1},
    },
    "number": lambda kind: {"type": "integer", "minimum": kind.least, "maximum": kind.most},
    "figure": lambda kind: {
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}]
    },
    "flag": lambda kind: {"enum": [True, False, "yes", "no"]},
    "duration": lambda kind: {
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": _DURATION, "minLength": 1},
        ]
    },
    "span": lambda kind: {"type": "string", "pattern": _SPAN},
    "day": lambda kind: {"type": "string", "format": "date"},
    "clock": lambda kind: {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "place": lambda kind: {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": _SINGLE["figure"](kind),
    },
}
