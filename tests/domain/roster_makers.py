"""Short ways to write rosters in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.values import (
    Days,
    Leave,
    Override,
    Person,
    Role,
    Roster,
    Rule,
    Turn,
    Window,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAILY, ALL_DAYS = Turn("days"), Days()
WORKWEEK = Days(frozenset(range(5)))


def names(number: int) -> tuple[str, ...]:
    """p01, p02 …"""
    return tuple(f"p{n + 1:02}" for n in range(number))


def clock(text: str) -> time:
    """08:00 as a time of day."""
    return time.fromisoformat(text)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A wall-clock time as an instant; the first where there are two."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def span(begin: str, end: str, zone: ZoneInfo = SHANGHAI) -> Span:
    """From one wall-clock time to another."""
    return Span(at(begin, zone), at(end, zone))


def days(begin: str, number: int, zone: ZoneInfo = SHANGHAI) -> Span:
    """So many days from a day on."""
    first = date.fromisoformat(begin)
    return span(f"{first}T00:00", f"{first + timedelta(days=number)}T00:00", zone)


def rule(
    people: tuple[str, ...],
    since: str = "2026-01-05",
    begins: str = "08:00",
    ends: str = "08:00",
    turn: Turn = DAILY,
    on: Days = ALL_DAYS,
    role: str = "duty",
    id: str = "turns",
    **more: object,
) -> Rule:
    """One rule; by default each day from eight to eight the next person."""
    window = Window(on, clock(begins), clock(ends))
    return Rule(id, role, people, window, turn, date.fromisoformat(since), **more)  # type: ignore[arg-type]


def roster(
    *rules: Rule,
    people: tuple[str, ...] = (),
    roles: tuple[Role, ...] = (Role("duty", {"en": "Duty"}),),
    zone: ZoneInfo = SHANGHAI,
    **more: object,
) -> Roster:
    """A roster of these rules, with everybody they name as members."""
    ids = people or tuple(dict.fromkeys(p for r in rules for p in r.people))
    members = {p: Person(p, p.upper()) for p in ids}
    given = {"people": members, **more}
    return Roster(
        "test", {"en": "Test"}, zone, roles={r.id: r for r in roles}, rules=rules, **given
    )  # type: ignore[arg-type]


def leave(person: str, begin: str, end: str, zone: ZoneInfo = SHANGHAI) -> Leave:
    """Somebody is away."""
    return Leave(f"{person}-{begin}", person, span(begin, end, zone))


def override(
    id: str, begin: str, end: str, out: str | None = None, into: str | None = None,
    role: str = "duty", zone: ZoneInfo = SHANGHAI,
) -> Override:  # fmt: skip
    """An exception."""
    return Override(id, role, span(begin, end, zone), out, into)
