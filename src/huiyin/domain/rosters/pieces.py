"""A rule's stretches of duty, day by day, grouped into the turns that one person takes.

Turns of days, weeks and months are counted in dates, so no change of the clock moves them.
Turns of hours begin by the wall clock at the start of each day's window: the handover inside a
window is at the first occurrence of its time. A stretch that the clock leaps over entirely is
none, and a turn without a stretch does not count: nobody's place in the line is used up by a
turn that nobody serves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.values import Rule, Window
from huiyin.domain.rosters.wallclock import add_months, first, last, months_since

# A walk longer than this is a slip of the pen, such as a rule that begins in the year 202.
MOST_DAYS = 40 * 366


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a rule's duty. ``key`` is unique in the rule: the day it begins on, and
    for turns of hours the number of the turn in that day."""

    span: Span
    key: str
    turn: tuple[int, int]


def opened(window: Window, day: date, zone: ZoneInfo) -> Span:
    """The window that begins on ``day``, from the first to the last instant of its times."""
    next_day = window.ends <= window.begins
    closing = datetime.combine(day + timedelta(days=next_day), window.ends)
    return Span(first(datetime.combine(day, window.begins), zone), last(closing, zone))


def windows(
    window: Window, zone: ZoneInfo, calendar: Calendar | None, first_day: date, last_day: date
) -> Iterator[tuple[date, Span]]:
    """The window of every day that has one, from ``first_day`` to ``last_day``.

    Raises Refusal ``roster-too-long``, ``calendar-year-missing``.
    """
    days = (last_day - first_day).days + 1
    if days > MOST_DAYS:
        raise Refusal("roster-too-long", days=days, most=MOST_DAYS)
    for number in range(days):
        day = first_day + timedelta(days=number)
        if window.days.include(day, calendar):
            span = opened(window, day, zone)
            if span.start < span.end:
                yield day, span


def turns(
    rule: Rule, zone: ZoneInfo, calendar: Calendar | None, last_day: date
) -> Iterator[list[Piece]]:
    """The rule's turns that are served, in order, up to shifts that begin on ``last_day``."""
    stop = min(last_day, rule.until) if rule.until else last_day
    found = (
        piece
        for day, span in windows(rule.window, zone, calendar, rule.since, stop)
        for piece in _pieces(rule, zone, day, span)
    )
    for _, group in groupby(found, key=lambda piece: piece.turn):
        yield list(group)


def _pieces(rule: Rule, zone: ZoneInfo, day: date, span: Span) -> list[Piece]:
    if rule.turn.unit != "hours":
        return [Piece(span, day.isoformat(), (turn_of(rule, day), 0))]
    cuts = [span.start, *_handovers(rule, zone, day, span), span.end]
    return [
        Piece(Span(start, end), f"{day.isoformat()}/{number}", (day.toordinal(), number))
        for number, (start, end) in enumerate(pairwise(cuts))
        if start < end
    ]


def _handovers(rule: Rule, zone: ZoneInfo, day: date, span: Span) -> Iterator[datetime]:
    """The handovers within one day's window."""
    opening = datetime.combine(day, rule.window.begins)
    closing = datetime.combine(day, rule.window.ends)
    if closing <= opening:
        closing += timedelta(days=1)
    step = timedelta(hours=rule.turn.count)
    at = opening + step
    while at < closing:
        yield min(max(first(at, zone), span.start), span.end)
        at += step


def turn_of(rule: Rule, day: date) -> int:
    """The number of the turn, counted from the anchor, that a shift beginning on ``day`` is of."""
    anchor = rule.anchor or rule.since
    if rule.turn.unit == "months":
        return months_since(anchor, day) // rule.turn.count
    length = rule.turn.count * (7 if rule.turn.unit == "weeks" else 1)
    return (day - anchor).days // length


def turn_end(rule: Rule, day: date) -> date:
    """The last day of the turn that ``day`` is of: who is away on it is away for the turn."""
    if rule.turn.unit == "hours" or day < rule.since:
        return day
    anchor, number = rule.anchor or rule.since, turn_of(rule, day) + 1
    if rule.turn.unit == "months":
        return add_months(anchor, number * rule.turn.count) - timedelta(days=1)
    length = rule.turn.count * (7 if rule.turn.unit == "weeks" else 1)
    return anchor + timedelta(days=number * length - 1)
