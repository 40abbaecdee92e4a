"""Finding one's way in a plan by JSON pointer, and changing it there. No Django, no rules.

The pages never see a file: each block of ``domain/plans/model`` is one form, each section a list of
entries. A pointer walks through both (``roles/chief``, ``levels/one/criteria/0``); ``-`` is the
entry that is yet to be made (RFC 6901). Changing gives plain data that ``reading`` judges.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from huiyin.domain.plans.fields import Kind, defaults_of, key_of, kinds_of
from huiyin.domain.plans.model import Plan

NESTED = ("one", "many", "rows")
NEW = "-"


class NoSuchPlace(Exception):
    """The pointer leads nowhere in a plan."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a plan: a block to be filled in, or a section with entries.

    ``of``: the shape of the block or of the entries. ``kind``: how the field is declared that
    holds it (None for the whole plan). ``data``: what stands there; None if nothing does yet.
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
        return self.parts[-1] if self.parts else "plan"

    @property
    def is_new(self) -> bool:
        """Whether nothing stands here yet."""
        return self.data is None

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


def spot(data: Mapping[str, Any], parts: tuple[str, ...]) -> Spot:
    """The place that a pointer names. Raises ``NoSuchPlace``."""
    here = Spot((), Plan, None, data, False)
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


def changed(
    data: Mapping[str, Any], here: Spot, simple: Mapping[str, Any], name: str = ""
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The plan's data with the simple fields of a block replaced, and where the block is then.

    What is None is left out; blocks below stay. ``name``: the id of a new named entry.
    """
    whole = copy.deepcopy(dict(data))
    parts = here.parts if not (here.parts and here.parts[-1] == NEW) else _new(here, whole, name)
    block = dict(here.data or {})
    for key, _ in here.fields():
        block.pop(key, None)
    block = {**{k: v for k, v in simple.items() if v is not None}, **block}
    return _put(whole, parts, block), parts


def _new(here: Spot, whole: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if here.kind is not None and here.kind.name == "many":
        return (*here.parts[:-1], name)
    section = spot(whole, here.parts[:-1])
    return (*here.parts[:-1], str(len(section.data)))


def _put(whole: dict[str, Any], parts: tuple[str, ...], block: dict[str, Any]) -> dict[str, Any]:
    if not parts:
        return block
    at: Any = whole
    for n, part in enumerate(parts[:-1]):
        after = parts[n + 1]
        if isinstance(at, list):
            at = at[int(part)]
        else:
            rows = after.isdigit() and spot(whole, parts[: n + 1]).kind.name == "rows"  # type: ignore[union-attr]
            at = at.setdefault(part, [] if rows else {})
    if isinstance(at, list):
        at[int(parts[-1]) :] = [block, *at[int(parts[-1]) + 1 :]]
    else:
        at[parts[-1]] = block
    return whole


def removed(data: Mapping[str, Any], here: Spot) -> dict[str, Any]:
    """The plan's data without the place."""
    whole = copy.deepcopy(dict(data))
    at: Any = whole
    for part in here.parts[:-1]:
        at = at[int(part)] if isinstance(at, list) else at[part]
    if isinstance(at, list):
        del at[int(here.parts[-1])]
    else:
        del at[here.parts[-1]]
    return whole
