"""A plan or an organisation as plain data and as a file: the inverse of ``reading``.

Reading what is written here gives an equal value (tests hold that for any plan). What holds its
default is left out; keys keep the order of the model. Words that other readers take for a truth
value or a number are put in quotes, so that the file means the same to them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from huiyin.domain.plans import values
from huiyin.domain.plans.fields import Kind, defaults_of, key_of, kinds_of
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation

_PLAIN = re.compile(
    r"[^\W_](?:[\w .,/()+;!?%°。，、；：！？（）《》“”–—→·×≥≤-]*[\w.)%。！？；）》”])?"
)
_TAKEN = re.compile(
    r"(?i:y|n|yes|no|on|off|true|false|null|nan|inf)|[-+]?[\d_,.]+(?:[eE][-+]?\d+)?|0[xob]\w+"
)
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(value: Plan | Organisation) -> str:
    """The file: YAML in block style, UTF-8."""
    return "\n".join(_lines(as_data(value), 0)) + "\n"


def as_data(block: Any) -> dict[str, Any]:
    """A block as plain data: mappings, lists, texts, whole numbers and truth values."""
    shape: Any = type(block)
    defaults = defaults_of(shape)
    found: dict[str, Any] = {}
    for name, kind in kinds_of(shape).items():
        value = getattr(block, name)
        if kind.required or value != defaults[name]:
            found[key_of(name, kind)] = plain(value, kind)
    return found


def plain(value: Any, kind: Kind) -> Any:
    """One value as a file writes it."""
    writer = _WRITERS.get(kind.name)
    return writer(value) if writer else value


def _text(value: Mapping[str, str]) -> Any:
    return next(iter(value.values())) if len(value) == 1 else dict(value)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "words": list,
    "choices": list,
    "refs": list,
    "amounts": dict,
    "figure": lambda v: format(v, "f"),
    "duration": values.write_duration,
    "span": values.write_span,
    "day": lambda v: v.isoformat(),
    "clock": lambda v: v.isoformat("minutes"),
    "place": lambda v: [format(v.latitude, "f"), format(v.longitude, "f")],
    "one": as_data,
    "many": lambda v: {name: as_data(entry) for name, entry in v.items()},
    "rows": lambda v: [as_data(entry) for entry in v],
}


# --- YAML --------------------------------------------------------------------------------------


def _lines(data: Mapping[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, value in data.items():
        head = f"{indent}{_scalar(key)}:"
        if isinstance(value, Mapping) and value:
            yield head
            yield from _lines(value, depth + 1)
        elif isinstance(value, list) and any(isinstance(v, Mapping) for v in value):
            yield head
            yield from _rows(value, depth + 1)
        else:
            yield f"{head} {_inline(value)}"


def _rows(rows: list[Any], depth: int) -> Iterator[str]:
    for row in rows:
        lines = list(_lines(row, depth + 1))
        yield "  " * depth + "- " + lines[0].strip() if lines else "  " * depth + "- {}"
        yield from lines[1:]


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_scalar(v, flow=True) for v in value) + "]"
    return _scalar(value)


def _scalar(value: Any, flow: bool = False) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if isinstance(value, int) or _is_plain(text, flow):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda m: f"\\u{ord(m[0]):04x}", quoted)


def _is_plain(text: str, flow: bool) -> bool:
    if not _PLAIN.fullmatch(text) or _TAKEN.fullmatch(text):
        return False
    return not (flow and ("," in text or "?" in text))
