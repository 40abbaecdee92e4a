"""The kinds of field a plan file has: one declaration serves reading, writing, diff and forms.

Each block of ``model`` is a frozen dataclass whose fields are declared with the functions below;
the kind stands in the field's metadata and ``kinds_of`` gives it back. What a kind looks like in
a file is known to ``reading`` and ``writing`` only. In files ``from_`` is written ``from`` and
``start_by`` is written ``start-by``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import Any

Text = Mapping[str, str]
LANGUAGES = ("zh-Hans", "zh-Hant", "en", "ar")


@dataclass(frozen=True, slots=True)
class Kind:
    """How one field is written. ``target`` names the section that a reference points into."""

    name: str
    required: bool
    accepted: tuple[str, ...] = ()
    target: str = ""
    of: Any = None
    least: int = 0
    most: int = 10**9
    key: str = ""


def _field(kind: Kind, default: Any = MISSING, factory: Any = MISSING) -> Any:
    metadata = {"kind": kind}
    if kind.required:
        return field(metadata=metadata)
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


def text(required: bool = True) -> Any:
    """Words in each language of the plan; ``{}`` where optional and absent."""
    return _field(Kind("text", required), factory=dict)


def line(required: bool = True) -> Any:
    """One line in no particular language: a number of a law, an address, a unit of measure."""
    return _field(Kind("line", required), "")


def word(required: bool = True) -> Any:
    """A name made of small letters, digits and hyphens, chosen by the author."""
    return _field(Kind("word", required), "")


def words() -> Any:
    return _field(Kind("words", False), ())


def choice(accepted: tuple[str, ...], default: str | None = None) -> Any:
    return _field(Kind("choice", default is None, accepted), default)


def choices(accepted: tuple[str, ...], default: tuple[str, ...] = ()) -> Any:
    return _field(Kind("choices", False, accepted), default)


def ref(target: str, required: bool = True) -> Any:
    """The id of an entry of a section (``roles``); "" where optional and absent."""
    return _field(Kind("ref", required, target=target), "")


def refs(target: str) -> Any:
    return _field(Kind("refs", False, target=target), ())


def amounts(target: str) -> Any:
    """How many of each: ``{hose: 2}``."""
    return _field(Kind("amounts", False, target=target), factory=dict)


def number(default: int | None = None, least: int = 0, most: int = 10**9) -> Any:
    return _field(Kind("number", default is None, least=least, most=most), default)


def figure() -> Any:
    """An exact decimal number or nothing."""
    return _field(Kind("figure", False), None)


def flag(default: bool = False) -> Any:
    return _field(Kind("flag", False), default)


def duration(required: bool = False) -> Any:
    """Whole seconds; in files ISO 8601 (``PT5M``) or a whole number of seconds."""
    return _field(Kind("duration", required), None)


def span(required: bool = False) -> Any:
    """Calendar time as a ``Period``: ``P1M``, ``P90D``, ``P2Y``."""
    return _field(Kind("span", required), None)


def day(required: bool = False) -> Any:
    return _field(Kind("day", required), None)


def clock(required: bool = True) -> Any:
    """A wall-clock time: ``17:00``."""
    return _field(Kind("clock", required), None)


def place() -> Any:
    """A point in WGS84 or nothing: ``[latitude, longitude]`` in degrees."""
    return _field(Kind("place", False), None)


def one(of: Any, required: bool = True, key: str = "") -> Any:
    """A block of its own; None where optional and absent."""
    return _field(Kind("one", required, of=of, key=key), None)


def many(of: Any, most: int = 20_000) -> Any:
    """Named entries, in the order of the file: ``Mapping[id, entry]``. ``most`` bounds what the
    rules have to compare."""
    return _field(Kind("many", False, of=of, most=most), factory=dict)


def rows(of: Any) -> Any:
    """Entries without names: a tuple."""
    return _field(Kind("rows", False, of=of), ())


@cache
def kinds_of(block: Any) -> Mapping[str, Kind]:
    """The kinds of a block's fields by attribute name, in order; ``id`` is no field of a file."""
    return {f.name: f.metadata["kind"] for f in fields(block) if "kind" in f.metadata}


@cache
def defaults_of(block: Any) -> Mapping[str, Any]:
    """What optional fields hold when a file does not mention them, by attribute name."""
    found = {}
    for f in fields(block):
        if f.default is not MISSING:
            found[f.name] = f.default
        elif f.default_factory is not MISSING:
            found[f.name] = f.default_factory()
    return found


def key_of(name: str, kind: Kind) -> str:
    """How the attribute is called in a file."""
    return kind.key or name.rstrip("_").replace("_", "-")
