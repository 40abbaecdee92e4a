"""A roster of the town's works office with Bob, Bella and Wang; Sun supervises it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import Served, serve
from huiyin.domain.rosters.values import Shift, Window
from huiyin.rosters import acts
from huiyin.rosters.models import Roster, Rule
from huiyin.rosters.queries import value_of
from tests.people import NOW, Town

ZONE = "Asia/Shanghai"
EIGHT = Window(begins=time(8), ends=time(8))
# The roster is two months old when a test begins.
BORN = NOW - timedelta(days=60)
TODAY = date(2026, 3, 2)
MEMBERS = ("bob", "bella", "wang")


def build(town: Town, unit: str = "town") -> Roster:
    """Day after day from eight to eight: Bob, Bella, Wang."""
    sun = town.actor("sun" if unit == "town" else "susan")
    row = acts.create(unit, {"en": "Night duty", "zh-Hans": "夜班"}, ZONE, sun, BORN, "cn")
    acts.add_role(row.pk, {"en": "Duty desk"}, EIGHT, sun, BORN, line="+8653112345678")
    since = date(2026, 1, 2)
    for name in MEMBERS:
        acts.add_member(row.pk, town.users[name].pk, since, sun, BORN)
    people = tuple(town.id(name) for name in MEMBERS)
    acts.add_rule(
        row.pk, acts.NewRule("role-1", people, time(8), time(8), "days", since), sun, BORN
    )
    row.refresh_from_db()
    return row


def shifts(row: Roster, begin: datetime = NOW, days: int = 6) -> tuple[Shift, ...]:
    """The shifts of the coming days that begin after ``begin``."""
    served: Served = serve(value_of(row), Span(begin, begin + timedelta(days=days)))
    return tuple(s for s in served.shifts if s.start > begin)


def of(town: Town, found: tuple[Shift, ...], name: str) -> Shift:
    """The first of these shifts that one of the cast serves."""
    return next(s for s in found if s.person == town.id(name))


def at(text: str) -> datetime:
    """A wall-clock time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def the_rule(row: Roster) -> Rule:
    """Its one rule."""
    return row.rules.get()
