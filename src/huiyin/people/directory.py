"""The small tables of an installation as one value in memory: units and places.

Read once per revision and process, so that a hand-in costs one tiny query and not four.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection

from huiyin.domain.routing import UnitFacts, line
from huiyin.people.models import InForce, Place, Post, Revision, Tenure, Unit

T = TypeVar("T")
# (day from which, id of the pack), oldest first.
Laws = tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class UnitInfo:
    """One unit with what it inherits from above filled in."""

    id: str
    parent: str | None
    name: Mapping[str, str]
    body: bool
    open: bool
    zone: str
    order: int
    reviews: tuple[str, ...]
    about: Mapping[str, Mapping[str, str]]
    laws: Laws = ()

    def pack_on(self, day: date) -> str:
        """The id of the pack in force on a (local) day; "" if none is set."""
        return next((pack for since, pack in reversed(self.laws) if since <= day), "")

    @property
    def packs(self) -> frozenset[str]:
        """Every pack that this unit has worked by or will."""
        return frozenset(pack for _, pack in self.laws)


@dataclass(frozen=True)
class PlaceInfo:
    """One place."""

    id: str
    parent: str | None
    name: Mapping[str, str]
    unit: str


@dataclass(frozen=True)
class PostInfo:
    """One post that a complaint can name, with the account ids of all who ever held it."""

    id: str
    unit: str
    name: Mapping[str, str]
    holders: frozenset[str]


class Directory:
    """All units, places and posts of the installation, read-only."""

    def __init__(
        self,
        units: dict[str, UnitInfo],
        places: dict[str, PlaceInfo],
        posts: dict[str, PostInfo] | None = None,
    ) -> None:
        self.units = units
        self.places = places
        self.posts = posts or {}

    def holders(self, post: str | None) -> frozenset[str]:
        """The account ids of all who hold or held the post; nobody for no post."""
        info = self.posts.get(post or "")
        return info.holders if info else frozenset()

    def posts_of(self, account: str) -> frozenset[str]:
        """The posts that somebody holds or held."""
        return frozenset(p.id for p in self.posts.values() if account in p.holders)

    @cached_property
    def facts(self) -> dict[str, UnitFacts]:
        """Units as the router sees them."""
        return {u.id: UnitFacts(u.id, u.parent, u.open) for u in self.units.values()}

    @cached_property
    def bodies(self) -> frozenset[str]:
        """Ids of the units that are legal bodies."""
        return frozenset(u.id for u in self.units.values() if u.body)

    def line(self, unit: str) -> tuple[str, ...]:
        """The unit and all above it, nearest first."""
        return line(unit, self.facts)

    def reviewer_of(self, unit: str, level: int) -> str | None:
        """The unit that reviews at ``level`` (1, 2 …) what ``unit`` decided: as named for the
        unit, else the legal body that many steps above; None at the top."""
        named = self.units[unit].reviews
        if named:
            return named[level - 1] if level <= len(named) else None
        above = [u for u in self.line(unit) if u in self.bodies]
        return above[level] if level < len(above) else None

    def reach(self, unit: str) -> frozenset[str]:
        """The unit and those below it, stopping at other legal bodies."""
        found, waiting = {unit}, [unit]
        while waiting:
            for child in self._children.get(waiting.pop(), ()):
                if child not in self.bodies and child not in found:
                    found.add(child)
                    waiting.append(child)
        return frozenset(found)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for unit in self.units.values():
            if unit.parent is not None:
                found.setdefault(unit.parent, []).append(unit.id)
        return found

    def place_line(self, place: str) -> tuple[str, ...]:
        """The place and all around it, narrowest first."""
        found: list[str] = []
        at: str | None = place
        while at is not None and at in self.places and at not in found:
            found.append(at)
            at = self.places[at].parent
        return tuple(found)


class PerRevision(Generic[T]):
    """A value rebuilt when the revision of the small tables has moved."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._held: tuple[int, T] | None = None

    def __call__(self) -> T:
        number = revision()
        if self._held is None or self._held[0] != number:
            self._held = (number, self._build())
        return self._held[1]


def revision() -> int:
    """The revision of the small tables."""
    # Plain SQL: read several times a request, and the ORM would cost ten times the query.
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM people_revision WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def touch() -> None:
    """Tell every process that the small tables have changed; call in the same transaction.

    The mark is random, not counted up: a number that a rolled-back transaction had reached
    would come again with other content, and a process that had read it would keep it.
    """
    Revision.objects.update_or_create(id=1, defaults={"number": secrets.randbits(62)})


def _inherited(unit: Unit, rows: dict[str, Unit], field: str) -> Any:
    at: Unit | None = unit
    while at is not None:
        if value := getattr(at, field):
            return value
        at = rows.get(at.parent_id) if at.parent_id else None
    return getattr(unit, field)


def _laws(unit: Unit, rows: dict[str, Unit], own: dict[str, list[tuple[date, str]]]) -> Laws:
    """(day from which, pack), oldest first: the unit's own; before those, the unit's above."""
    mine = own.get(unit.id, [])
    if unit.pack:
        return ((date.min, unit.pack), *mine)
    above = rows.get(unit.parent_id) if unit.parent_id else None
    inherited = _laws(above, rows, own) if above is not None else ()
    first = mine[0][0] if mine else date.max
    return (*(law for law in inherited if law[0] < first), *mine)


def _build() -> Directory:
    rows = {unit.id: unit for unit in Unit.objects.all()}
    own: dict[str, list[tuple[date, str]]] = {}
    for law in InForce.objects.order_by("unit_id", "since"):
        own.setdefault(law.unit_id, []).append((law.since, law.pack))
    units = {
        u.id: UnitInfo(
            u.id,
            u.parent_id,
            u.name,
            u.body,
            u.open,
            _inherited(u, rows, "zone"),
            u.order,
            tuple(_inherited(u, rows, "reviews")),
            _inherited(u, rows, "about"),
            _laws(u, rows, own),
        )
        for u in rows.values()
    }
    places = {p.id: PlaceInfo(p.id, p.parent_id, p.name, p.unit_id) for p in Place.objects.all()}
    held: dict[str, set[str]] = {}
    for post, user in Tenure.objects.values_list("post_id", "user_id"):
        held.setdefault(post, set()).add(str(user))
    posts = {
        p.id: PostInfo(p.id, p.unit_id, p.name, frozenset(held.get(p.id, ())))
        for p in Post.objects.all()
    }
    return Directory(units, places, posts)


directory: PerRevision[Directory] = PerRevision(_build)
