"""Finding one's way in a plan or organisation by JSON pointer, and changing it there. No Django,
no rules.

The pages never see a file: each block of the model is one form, each section a list of entries. A
pointer walks through both (``roles/chief``, ``levels/one/criteria/0``); ``-`` is the entry that is
yet to be made (RFC 6901). Changing gives plain data that ``reading`` judges.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from huiyin.domain.plans.fields import Kind, defaults_of, key_of, kinds_of
from huiyin.domain.plans.model import Plan

NESTED = ("one", "many", "rows")
NEW = "-"


class NoSuchPlace(Exception):
    """The pointer leads nowhere in a plan."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a plan or organisation: a block to be filled in, or a section with entries.

    ``of``: the shape of the block or of the entries. ``kind``: how the field is declared that
    holds it (None for the whole). ``data``: what stands there; None if nothing does yet.
    ``listed``: it is the section itself, not one entry.
    """

    parts: tuple[str, ...]
    of: Any
    kind: Kind | None
    data: Any
    listed: bool

    @property
    def pointer(self) -> str:
        """The JSON pointer, as findings give it."""
        return "".join(f"/{part}" for part in self.parts)

    @property
    def section(self) -> str:
        """The key by which the place is labelled: of its section, for an entry."""
        if self.parts and self.kind and self.kind.name in ("many", "rows") and not self.listed:
            return self.parts[-2]
        return self.parts[-1] if self.parts else ""

    @property
    def is_new(self) -> bool:
        """Whether nothing stands here yet."""
        return self.data is None

    @property
    def makes_entry(self) -> bool:
        """Whether this is a named entry that is yet to be made."""
        named = self.kind is not None and self.kind.name == "many" and not self.listed
        return named and self.parts[-1] == NEW

    @property
    def removable(self) -> bool:
        """Whether the place may be taken out: an entry, or a block that need not be there."""
        entry = self.kind is not None and self.kind.name in ("many", "rows") and not self.listed
        optional = self.kind is not None and self.kind.name == "one" and not self.kind.required
        return not self.is_new and (entry or optional)

    def fields(self) -> Iterator[tuple[str, Kind]]:
        """The simple fields of a block by their key in the file."""
        for name, kind in kinds_of(self.of).items():
            if kind.name not in NESTED:
                yield key_of(name, kind), kind

    def standing(self, key: str, kind: Kind) -> Any:
        """What a simple field holds, as a file writes it: the default where nothing is said."""
        found = (self.data or {}).get(key)
        if found is not None or kind.name not in ("number", "choice", "choices"):
            return found
        defaults = defaults_of(self.of).items()
        default = next((v for n, v in defaults if key_of(n, kind) == key), None)
        return list(default) if isinstance(default, tuple) else default

    def nested(self) -> Iterator[tuple[str, Kind, Any]]:
        """The blocks and sections below a block: key, kind, what stands there."""
        data = self.data if isinstance(self.data, Mapping) else {}
        for name, kind in kinds_of(self.of).items():
            if kind.name in NESTED:
                key = key_of(name, kind)
                yield key, kind, data.get(key)


def spot(data: Mapping[str, Any], parts: tuple[str, ...], root: Any = Plan) -> Spot:
    """The place that a pointer names in the data of a ``root`` (Plan or Organisation). Raises
    ``NoSuchPlace``."""
    here = Spot((), root, None, data, False)
    for part in parts:
        here = _entry(here, part) if here.listed else _field(here, part)
    return here


def _field(here: Spot, part: str) -> Spot:
    for key, kind, value in here.nested():
        if key == part and here.data is not None:
            listed = kind.name in ("many", "rows")
            empty: Any = {} if kind.name == "many" else []
            data = (value or empty) if listed else value
            return Spot((*here.parts, part), kind.of, kind, data, listed)
    raise NoSuchPlace


def _entry(here: Spot, part: str) -> Spot:
    found = None
    if part != NEW and isinstance(here.data, Mapping):
        found = here.data.get(part)
    elif part.isascii() and part.isdigit() and isinstance(here.data, list):
        found = here.data[int(part)] if int(part) < len(here.data) else None
    if part != NEW and found is None:
        raise NoSuchPlace
    return Spot((*here.parts, part), here.of, here.kind, found, False)


def entries(here: Spot) -> list[tuple[str, Any]]:
    """The entries of a section as (part of the pointer, data)."""
    if isinstance(here.data, Mapping):
        return list(here.data.items())
    return [(str(n), entry) for n, entry in enumerate(here.data)]


def siblings(data: Mapping[str, Any], here: Spot, root: Any = Plan) -> list[str]:
    """The names that are taken in the section of an entry that is yet to be made."""
    if not here.makes_entry:
        return []
    return [name for name, _entry in entries(spot(data, here.parts[:-1], root))]


def free_name(here: Spot, taken: Iterable[str]) -> str:
    """A name for a new entry: the section's, with the first number that is free."""
    stem = here.section.removesuffix("s") or "entry"
    names = set(taken)
    return next(f"{stem}-{n}" for n in count(1) if f"{stem}-{n}" not in names)


def mark(here: Spot) -> str:
    """A short digest of what stands at a place: two readers saw the same if theirs are equal."""
    text = json.dumps(here.data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def changed(
    data: Mapping[str, Any],
    here: Spot,
    simple: Mapping[str, Any],
    name: str = "",
    root: Any = Plan,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The data with the simple fields of a block replaced, and where the block is then.

    What is None is left out; blocks below stay. ``name``: the id of a new named entry.
    """
    whole = copy.deepcopy(dict(data))
    parts = here.parts
    if parts and parts[-1] == NEW:
        parts = (*parts[:-1], name if here.makes_entry else _last(here, whole, root))
    block = dict(here.data or {})
    for key, _ in here.fields():
        block.pop(key, None)
    block = {**{k: v for k, v in simple.items() if v is not None}, **block}
    return _put(whole, parts, block, root), parts


def _last(here: Spot, whole: Mapping[str, Any], root: Any) -> str:
    return str(len(spot(whole, here.parts[:-1], root).data))


def _put(
    whole: dict[str, Any], parts: tuple[str, ...], block: dict[str, Any], root: Any
) -> dict[str, Any]:
    if not parts:
        return block
    at: Any = whole
    for n, part in enumerate(parts[:-1]):
        after = parts[n + 1]
        if isinstance(at, list):
            at = at[int(part)]
        else:
            kind = spot(whole, parts[: n + 1], root).kind
            rows = after.isdigit() and kind is not None and kind.name == "rows"
            at = at.setdefault(part, [] if rows else {})
    if isinstance(at, list):
        at[int(parts[-1]) :] = [block, *at[int(parts[-1]) + 1 :]]
    else:
        at[parts[-1]] = block
    return whole


def removed(data: Mapping[str, Any], here: Spot) -> dict[str, Any]:
    """The data without the place."""
    whole = copy.deepcopy(dict(data))
    at: Any = whole
    for part in here.parts[:-1]:
        at = at[int(part)] if isinstance(at, list) else at[part]
    if isinstance(at, list):
        del at[int(here.parts[-1])]
    else:
        del at[here.parts[-1]]
    return whole
