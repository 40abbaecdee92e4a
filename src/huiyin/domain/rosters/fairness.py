"""Who carries how much, with everybody in the table: those who never serve stand in it too.

What is compared is each person's duty with their part of it among those who share the role, by
the time in which they were members and not on leave. It is a table for people to talk about,
not a score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from huiyin.domain.rosters.intervals import Span, common, total, union
from huiyin.domain.rosters.presence import Presence
from huiyin.domain.rosters.serving import Served
from huiyin.domain.rosters.values import Roster
from huiyin.domain.rosters.wallclock import day_end, day_start, first, last, wall

# "night time … must include, in any case, the period between midnight and 5.00":
# Directive 2003/88/EC, art. 2(3).
NIGHT = (time(0), time(5))


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part: number of shifts, time on duty, of it in the night and on days off,
    time in which they could have served, and the duty that would match it."""

    person: str
    shifts: int
    duty: timedelta
    night: timedelta
    days_off: timedelta
    present: timedelta
    fair: timedelta
    last: datetime | None

    @property
    def over(self) -> timedelta:
        """How much more (or, negative, less) than their part."""
        return self.duty - self.fair


def table(roster: Roster, served: Served) -> tuple[Part, ...]:
    """One row for every member in the order of the roster, for the time of ``served``."""
    presence = Presence(roster)
    nights = list(_nights(roster, served.span))
    days_off = list(_days_off(roster, served.span))
    duties: dict[str, list[Span]] = {person: [] for person in roster.people}
    for shift in served.shifts:
        duties.setdefault(shift.person, []).append(shift.span)
    there = {p: total(presence.parts(p, served.span)) for p in duties}
    fair = _fair(roster, served, there)
    return tuple(
        Part(
            person,
            len(spans),
            total(spans),
            _within(spans, nights),
            _within(spans, days_off),
            there[person],
            fair[person],
            max((span.end for span in spans), default=None),
        )
        for person, spans in duties.items()
    )


def _fair(
    roster: Roster, served: Served, there: Mapping[str, timedelta]
) -> Mapping[str, timedelta]:
    """Each person's part, role by role, by the time in which those concerned are there: those
    whom a rule names for the role, who served in it, and whom no rule names at all."""
    named = {p for rule in roster.rules for p in rule.people}
    fair = dict.fromkeys(there, timedelta())
    for role in roster.roles:
        shifts = [s for s in served.shifts if s.role == role]
        able = {p for rule in roster.rules if rule.role == role for p in rule.people}
        able |= {s.person for s in shifts} | (set(roster.people) - named)
        present = sum((there[p] for p in able), timedelta())
        duty = sum((s.span.length for s in shifts), timedelta())
        for person in able if present else ():
            fair[person] += duty * (there[person] / present)
    return fair


def never(parts: Sequence[Part]) -> tuple[str, ...]:
    """Who was there and never served."""
    return tuple(p.person for p in parts if p.present and not p.duty)


def _within(spans: Sequence[Span], others: Sequence[Span]) -> timedelta:
    return sum((total(common(span, others)) for span in union(spans)), timedelta())


def _days(roster: Roster, span: Span) -> Iterator[date]:
    day = wall(span.start, roster.zone).date()
    while day <= wall(span.end, roster.zone).date():
        yield day
        day += timedelta(days=1)


def _nights(roster: Roster, span: Span) -> Iterator[Span]:
    for day in _days(roster, span):
        begins, ends = (datetime.combine(day, at) for at in NIGHT)
        yield Span(first(begins, roster.zone), last(ends, roster.zone))


def _days_off(roster: Roster, span: Span) -> Iterator[Span]:
    """Days that the calendar calls off; Saturday and Sunday where there is none."""
    for day in _days(roster, span):
        calendar = roster.calendar
        known = calendar is not None and calendar.knows(day)
        off = not calendar.is_working(day) if calendar and known else day.weekday() >= 5
        if off:
            yield Span(day_start(day, roster.zone), day_end(day, roster.zone))
