"""A roster as plain values: people, roles, rules, leave, exceptions, and shifts.

Instants are aware UTC datetimes; days and times of day are the wall clock of ``zone``. Texts
are for people and never decide. How these become shifts is told in ``serving``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from huiyin.domain.calendars import Calendar
from huiyin.domain.rosters.intervals import Span

# Written beside every generated shift. A change of what the rules mean takes a new number, so
# that what was generated under the old meaning stays explicable.
ALGORITHM = 1

Texts = Mapping[str, str]
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Days:
    """On which days something holds: weekdays (0 is Monday), and, with a calendar of working
    days, only those that are (``working=True``) or are not (``False``)."""

    weekdays: frozenset[int] = EVERY_DAY
    working: bool | None = None

    def include(self, day: date, calendar: Calendar | None) -> bool:
        """Whether ``day`` is one of them. Raises Refusal ``calendar-year-missing``."""
        if day.weekday() not in self.weekdays:
            return False
        if self.working is None or calendar is None:
            return True
        return calendar.is_working(day) is self.working


@dataclass(frozen=True, slots=True)
class Window:
    """A daily stretch by the wall clock; ``ends`` at or before ``begins`` means the next day."""

    days: Days = Days()
    begins: time = time(0)
    ends: time = time(0)

    def minutes(self) -> int:
        """Its length by the wall clock."""
        begins, ends = (t.hour * 60 + t.minute for t in (self.begins, self.ends))
        return (ends - begins) % (24 * 60) or 24 * 60


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the roster, from ``since`` to ``until`` (both days included)."""

    id: str
    name: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A duty; ``people`` distinct ones must be on it in every one of its windows. The order of
    roles is their weight: nobody serves in two, and the earlier one keeps the person.
    ``able``: who may hold it; empty: nobody has said."""

    id: str
    name: Texts
    windows: tuple[Window, ...] = (Window(),)
    people: int = 1
    phone: str = ""
    able: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """How long one person serves: ``count`` hours, days, weeks or months."""

    unit: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """People take turns at a role in a daily window, from the day ``since`` on.

    ``until``: the last day on which a shift begins. ``anchor``: the day from which weeks and
    months are counted (default ``since``). Who is away for any part of a turn is passed over
    (``cover`` false), or keeps the turn while others stand in for that part (true).
    """

    id: str
    role: str
    people: tuple[str, ...]
    window: Window
    turn: Turn
    since: date
    until: date | None = None
    anchor: date | None = None
    cover: bool = False


@dataclass(frozen=True, slots=True)
class Leave:
    """A person is away; why is nobody's business here."""

    id: str
    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class Override:
    """For a while in one role: ``out`` does not serve, ``into`` does. Both: a replacement."""

    id: str
    role: str
    span: Span
    out: str | None = None
    into: str | None = None

    def people(self) -> frozenset[str]:
        """Everybody it touches."""
        return frozenset(p for p in (self.out, self.into) if p)


@dataclass(frozen=True, slots=True)
class Duty:
    """One named person on one role for one stretch."""

    role: str
    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class Temporary:
    """For a while these duties stand instead of rules and overrides. With ``otherwise_rules``
    the rules keep what the duties leave empty; without, that is a gap."""

    id: str
    span: Span
    duties: tuple[Duty, ...]
    otherwise_rules: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Somebody is on duty. ``origin``: the rule, override or temporary schedule it comes from
    (``rule:…``); ``piece``: which stretch of it, so that two halves are known as one."""

    start: datetime
    end: datetime
    role: str
    person: str
    origin: str
    piece: str = ""
    algorithm: int = ALGORITHM

    @property
    def span(self) -> Span:
        """Its time."""
        return Span(self.start, self.end)

    def during(self, span: Span, person: str | None = None) -> Shift:
        """The same duty for ``span``, by ``person`` if given."""
        return replace(self, start=span.start, end=span.end, person=person or self.person)


@dataclass(frozen=True, slots=True)
class History:
    """What really was, up to ``until``: never computed again from today's rules."""

    until: datetime
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True)
class RestRule:
    """A limit on one person's duty. ``kind``: ``between`` (hours free between two duties),
    ``longest`` (hours in one go), ``most`` (hours in any ``days`` days), ``free`` (one
    unbroken rest of so many hours in any ``days`` days)."""

    id: str
    kind: str
    hours: int
    source: str
    days: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that decides who is on duty."""

    id: str
    title: Texts
    zone: ZoneInfo
    people: Mapping[str, Person]
    roles: Mapping[str, Role]
    rules: tuple[Rule, ...] = ()
    leave: tuple[Leave, ...] = ()
    temporary: tuple[Temporary, ...] = ()
    overrides: tuple[Override, ...] = ()
    rest: tuple[RestRule, ...] = ()
    history: History | None = None
    calendar: Calendar | None = None
