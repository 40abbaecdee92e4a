"""Acts on units, places and the law that a unit works by. Each leaves one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from huiyin import packs
from huiyin.administration.checking import id_of, texts_of, zone_of
from huiyin.administration.recording import Author, record, row_of
from huiyin.cases import categories, moving
from huiyin.cases.catalog import catalog
from huiyin.domain.errors import Refusal
from huiyin.people import acts as people
from huiyin.people.directory import Directory, directory
from huiyin.people.models import Place, Unit


@dataclass(frozen=True)
class UnitValues:
    """What a unit's page sets. ``reviews``: who reviews, level by level; empty: the bodies
    above."""

    name: Mapping[str, str]
    parent: str | None = None
    body: bool = False
    zone: str = ""
    reviews: Sequence[str] = ()


@dataclass(frozen=True)
class PlaceValues:
    """What a place's page sets; ``unit`` answers there for what no lead covers."""

    name: Mapping[str, str]
    unit: str
    parent: str | None = None


@transaction.atomic
def add_unit(id: str, values: UnitValues, author: Author, now: datetime) -> None:
    """A new unit. Raises Refusal: those of ``checking``, ``unit-exists``, ``unit-unknown`` (a
    reviewing unit), ``tree-parent-unknown``."""
    columns = _columns(values)
    people.add_unit(id_of(id), **columns)
    _done("unit-added", id, author, now)


@transaction.atomic
def change_unit(id: str, values: UnitValues, author: Author, now: datetime) -> None:
    """Change a unit. Raises Refusal: those of ``add_unit``, ``tree-cycle``, and
    ``unit-without-law`` if nothing would say which pack it works by."""
    people.change_unit(id, **_columns(values))
    tree = directory()
    if not tree.units[id].laws and catalog_needs(id, tree):
        raise Refusal("unit-without-law", unit=id)
    _done("unit-changed", id, author, now)


def catalog_needs(unit: str, tree: Directory) -> bool:
    """Whether complaints go to the unit: it answers for a place or leads for a category."""
    places = any(place.unit == unit for place in tree.places.values())
    return places or unit in catalog().leads.values()


def _columns(values: UnitValues) -> dict[str, object]:
    tree = directory()
    for unit in values.reviews:
        if unit not in tree.units:
            raise Refusal("unit-unknown", unit=unit[:80])
    return {
        "name": texts_of(values.name, "name"),
        "parent": values.parent or None,
        "body": values.body,
        "zone": zone_of(values.zone),
        "reviews": list(values.reviews),
    }


@transaction.atomic
def close_unit(id: str, successor: str | None, author: Author, now: datetime) -> int:
    """The unit takes no new cases; with ``successor`` its open cases, places and leads go there.
    Returns how many cases moved.

    Raises Refusal: ``unit-unknown``, ``unit-has-open-cases`` (without a successor),
    ``unit-closed`` (the successor), ``unit-needed`` (some complaint would reach nobody).
    """
    _require(id)
    people.set_open(id, False)
    moved = 0
    if successor:
        _require(successor)
        if not directory().units[successor].open:
            raise Refusal("unit-closed", unit=successor)
        people.hand_over(id, successor)
        categories.hand_over(id, successor)
        moved = moving.move_all(id, successor, now)
    elif count := moving.open_in(id):
        raise Refusal("unit-has-open-cases", unit=id, count=count)
    _require_reach()
    _done("unit-closed", id, author, now, successor=successor or None, moved=moved)
    return moved


def _require_reach() -> None:
    """Every place and every lead still ends at an open unit: a complaint must never be refused
    because the office has closed a door."""
    tree, starts = directory(), set(catalog().leads.values())
    starts |= {place.unit for place in tree.places.values()}
    for unit in sorted(starts) or sorted(tree.units):
        if not any(tree.units[above].open for above in tree.line(unit)):
            raise Refusal("unit-needed", unit=unit)


@transaction.atomic
def open_unit(id: str, author: Author, now: datetime) -> None:
    """The unit takes new cases again. Raises Refusal ``unit-unknown``."""
    people.set_open(id, True)
    _done("unit-opened", id, author, now)


@transaction.atomic
def set_law(id: str, pack: str, since: date, today: date, author: Author, now: datetime) -> None:
    """From ``since`` on new cases of the unit follow ``pack``; open cases keep theirs.

    Raises Refusal: ``unit-unknown``, ``pack-unknown``, ``pack-version-missing`` (the pack is
    not in force on that day), ``law-in-the-past``.
    """
    if since < today:
        raise Refusal("law-in-the-past", since=since)
    packs.version_for(pack, since)
    people.set_law(id, since, pack)
    _done("law-set", id, author, now, pack=pack, since=since.isoformat())


@transaction.atomic
def drop_law(id: str, since: date, today: date, author: Author, now: datetime) -> None:
    """Take back a law that has not begun. Raises Refusal ``law-not-announced``,
    ``law-in-the-past`` (new cases may follow it already)."""
    if since <= today:
        raise Refusal("law-in-the-past", since=since)
    people.drop_law(id, since)
    _done("law-dropped", id, author, now, since=since.isoformat())


@transaction.atomic
def add_place(id: str, values: PlaceValues, author: Author, now: datetime) -> None:
    """A new place. Raises Refusal: those of ``checking``, ``place-exists``, ``unit-unknown``,
    ``tree-parent-unknown``."""
    name = texts_of(values.name, "name")
    people.add_place(id_of(id), name, values.unit, values.parent or None)
    _placed("place-added", id, author, now)


@transaction.atomic
def change_place(id: str, values: PlaceValues, author: Author, now: datetime) -> None:
    """Change a place. Raises Refusal: those of ``add_place``, ``place-unknown``,
    ``tree-cycle``, ``unit-needed``."""
    name = texts_of(values.name, "name")
    people.change_place(id, name, values.unit, values.parent or None)
    _require_reach()
    _placed("place-changed", id, author, now)


def _require(unit: str) -> None:
    if unit not in directory().units:
        raise Refusal("unit-unknown", unit=unit[:80])


def _done(act: str, unit: str, author: Author, now: datetime, **data: object) -> None:
    record(act, f"unit:{unit}", author, now, row=row_of(Unit, unit), **data)


def _placed(act: str, place: str, author: Author, now: datetime) -> None:
    record(act, f"place:{place}", author, now, row=row_of(Place, place))
