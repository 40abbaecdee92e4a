"""The arithmetic of days: months to the corresponding day, days skipped, days walked.

Every function takes a direction as a step of +1 or -1, so that counting back from a
hearing is the same code as counting on from an event. Which rule applies, and in what
order, is the business of ``periods``; a derivation in words is that of ``derivations``.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from huiyin.domain.calendars import Calendar

Span = tuple[int, int]
"""First and last day (proleptic ordinals) of a run of days that are not counted."""

DAY = timedelta(days=1)


def corresponding(day: date, months: int) -> tuple[date, bool]:
    """The day of the same number ``months`` away, and whether such a day exists.

    Where the month is too short the answer is its last day: Reg. 1182/71 art. 3(2)(c),
    民法典 art. 202, MPEP 710.01(a); the number counts, not the end of the month
    (Dodds v Walker: 30 September + 4 months is 30 January).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)), day.day <= last


def merge(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Overlapping or touching spans joined, in order: no day is skipped twice."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if last < first:
            continue
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def push(origin: date, end: date, spans: Sequence[Span], step: int) -> date:
    """Move ``end`` away from ``origin`` by the skipped days between them.

    ``origin`` is the last day before counting begins. Days that are skipped while the end
    moves push it further, so the end is never itself a skipped day.
    """
    reach, floor = end.toordinal() * step, origin.toordinal() * step + 1
    signed = spans if step == 1 else [(-last, -first) for first, last in reversed(spans)]
    for first, last in signed:
        first = max(first, floor)
        if first > reach:
            break
        reach += max(0, last - first + 1)
    return date.fromordinal(reach * step)


def skips(ordinal: int, spans: Sequence[Span]) -> bool:
    """Whether the day lies in one of the (merged) spans."""
    place = bisect_right(spans, (ordinal, date.max.toordinal())) - 1
    return place >= 0 and spans[place][1] >= ordinal


def walk(origin: date, count: int, calendar: Calendar, spans: Sequence[Span], step: int) -> date:
    """The ``count``-th working day beyond ``origin`` that is not skipped."""
    works, ordinal, left = calendar.works, origin.toordinal(), count
    while left:
        ordinal += step
        if works(ordinal) and not (spans and skips(ordinal, spans)):
            left -= 1
    return date.fromordinal(ordinal)


def open_day(day: date, calendar: Calendar, step: int) -> date:
    """``day`` itself if it is a working day, else the nearest one in the direction."""
    stride = DAY * step
    while not calendar.is_working(day):
        day += stride
    return day


def at_local(wall: datetime, zone: tzinfo) -> datetime:
    """The instant that a clock in ``zone`` shows as ``wall`` (tzinfo ignored).

    RFC 5545 section 3.3.5: a local time in the gap of a clock change is read with the
    offset before the gap; one that occurs twice means the first.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of the local ``day``."""
    return at_local(datetime.combine(day, time()), zone)


def elapse(begin: datetime, hours: int, spans: Sequence[Span], zone: tzinfo, step: int) -> datetime:
    """The instant ``hours`` of elapsed time away, skipped local days standing still."""
    here, left = begin.astimezone(UTC), timedelta(hours=hours)
    for first, last in spans if step == 1 else reversed(spans):
        opens = local_midnight(date.fromordinal(first), zone).astimezone(UTC)
        closes = local_midnight(date.fromordinal(last + 1), zone).astimezone(UTC)
        near, far = (opens, closes) if step == 1 else (closes, opens)
        if (far - here) * step <= timedelta(0):
            continue
        before = max((near - here) * step, timedelta(0))
        if before >= left:
            break
        left -= before
        here = far
    return (here + left * step).astimezone(zone)
