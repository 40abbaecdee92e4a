"""Counting time: when does a period that begins here end, by this rule and calendar.

The rule is data (a pack's limit); nothing here knows a day count, a holiday or a statute.
The arithmetic of days is in ``counting``; why a date came out is told by ``derivations``
(built only when asked for) and put into words by ``explaining``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from huiyin.domain import counting
from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.period_values import (
    COUNTINGS,
    DIRECTIONS,
    ROLLS,
    UNITS,
    Due,
    Exclusion,
    Leg,
    Period,
    Rule,
    Step,
    Trail,
)

__all__ = [
    "COUNTINGS",
    "DIRECTIONS",
    "ROLLS",
    "UNITS",
    "Due",
    "Exclusion",
    "Period",
    "Rule",
    "Step",
    "derive",
    "instant",
]


def derive(
    rule: Rule,
    start: date | datetime,
    calendar: Calendar,
    *,
    extensions: Sequence[Period] = (),
    exclusions: Sequence[Exclusion] = (),
    zone: ZoneInfo | None = None,
) -> Due:
    """When the period that begins with the event at ``start`` ends.

    ``start`` is a date, or an instant whose local day in ``zone`` is meant; hours need an
    instant. Refusals: ``calendar-year-missing``, ``start-needs-time``,
    ``start-needs-zone``, ``extension-unit``, ``date-out-of-range``.
    """
    try:
        spans = _spans(exclusions) if exclusions else ()
        if rule.period.unit == "h":
            return _derive_hours(rule, start, calendar, extensions, spans, zone)
        day = _local_day(start, zone)
        found = _derive_days(rule, day, calendar, extensions, spans)
        if extensions and rule.direction == "after":
            # The day that "clear" adds is a working day to working days and else any day: added
            # to the extension it could come before the day on which the period ends without.
            plain = _derive_days(rule, day, calendar, (), spans)
            return max(found, plain, key=lambda due: due.nominal)
        return found
    except (OverflowError, ValueError) as error:
        raise Refusal("date-out-of-range", start=str(start), period=str(rule.period)) from error


def instant(due: Due, zone: ZoneInfo) -> datetime:
    """The exclusive end in UTC: somebody who acts before it is in time.

    A date lasts to the first moment of the next local day (24:00, 民法典 art. 203).
    """
    if isinstance(due.due, datetime):
        return due.due.astimezone(UTC)
    return counting.local_midnight(due.due + counting.DAY, zone).astimezone(UTC)


def _derive_days(
    rule: Rule,
    start: date,
    calendar: Calendar,
    extensions: Sequence[Period],
    spans: tuple[tuple[int, int], ...],
) -> Due:
    legs: list[Leg] = []
    stretches = _stretches(rule, extensions)
    nominal = start
    for number, (period, short, added) in enumerate(stretches, 1):
        clear = rule.clear and number == len(stretches)
        including = rule.counting == "including" and number == 1
        end = _count(period, nominal, calendar, spans, _step(rule), including, clear)
        legs.append(Leg(period, nominal, end, short, added))
        nominal = end
    due = _settle(rule, start, nominal, calendar, spans, _days_long(legs))
    asked = rule.roll != "none" or rule.min_working_days > 0
    asked = asked or any(leg.period.unit == "wd" for leg in legs)
    provisional = _is_provisional(calendar, (start, nominal, due), due, asked)
    return Due(
        start=start,
        nominal=nominal,
        due=due,
        rolled=due != nominal,
        provisional=provisional,
        calendar=calendar.id,
        calendar_version=calendar.version,
        trail=Trail(rule, calendar, tuple(legs), spans),
    )


def _count(
    period: Period,
    origin: date,
    calendar: Calendar,
    spans: tuple[tuple[int, int], ...],
    step: int,
    including: bool,
    clear: bool,
) -> date:
    """The last day of one leg, before any rolling."""
    before = origin - counting.DAY * step if including else origin
    if period.unit == "wd":
        return counting.walk(before, period.count + clear, calendar, spans, step)
    if period.unit == "d":
        end = before + timedelta(days=(period.count + clear) * step)
    else:
        end, exists = counting.corresponding(origin, period.count * step)
        # "Beginning with": the day before the corresponding one; a month too short for
        # the corresponding day is over with its own last day all the same.
        if including and (exists or step < 0):
            end -= counting.DAY * step
        if clear:
            end += counting.DAY * step
    return counting.push(before, end, spans, step) if spans else end


def _settle(
    rule: Rule,
    start: date,
    nominal: date,
    calendar: Calendar,
    spans: tuple[tuple[int, int], ...],
    length: int,
) -> date:
    """The due day: enough working days inside, then off a day that is not worked."""
    step, due = _step(rule), nominal
    least = rule.min_working_days
    if least and length >= least:
        enough = counting.walk(start, least, calendar, spans, step)
        due = max(due, enough) if step == 1 else min(due, enough)
    if rule.roll == "none":
        return due
    return counting.open_day(due, calendar, -1 if rule.roll == "backward" else 1)


def _days_long(legs: Sequence[Leg]) -> int:
    """The length as stated, in days; a month has at least 28."""
    return sum(leg.period.count * (28 if leg.period.unit == "m" else 1) for leg in legs)


def _derive_hours(
    rule: Rule,
    start: date | datetime,
    calendar: Calendar,
    extensions: Sequence[Period],
    spans: tuple[tuple[int, int], ...],
    zone: ZoneInfo | None,
) -> Due:
    event, place = _event(start, zone)
    if any(period.unit != "h" for period in extensions):
        raise Refusal("extension-unit", period=str(rule.period), extension=_other(extensions))
    period = Period(rule.period.count + sum(added.count for added in extensions), "h")
    step = _step(rule)
    begin = _next_hour(event, step) if rule.counting == "next-hour" else event
    nominal = counting.elapse(begin, period.count, spans, place, step)
    last = _settle_hours(rule, period, begin, nominal, calendar)
    due = counting.at_local(datetime.combine(last, nominal.timetz()), place)
    due = nominal if last == nominal.date() else due
    asked = rule.roll != "none" or rule.min_working_days > 0
    days = (event.date(), nominal.date(), due.date())
    return Due(
        start=event,
        nominal=nominal,
        due=due,
        rolled=due != nominal,
        provisional=_is_provisional(calendar, days, due.date(), asked),
        calendar=calendar.id,
        calendar_version=calendar.version,
        trail=Trail(
            rule, calendar, (Leg(period, begin, nominal, False, tuple(extensions)),), spans
        ),
    )


def _settle_hours(
    rule: Rule, period: Period, begin: datetime, nominal: datetime, calendar: Calendar
) -> date:
    """The local day on which hours end; rolling keeps the time of day (FRCP 6(a)(2)(C))."""
    step, day = _step(rule), nominal.date()
    least = rule.min_working_days
    if least and period.count >= 24 * least:
        enough = counting.walk(begin.date(), least, calendar, (), step)
        day = max(day, enough) if step == 1 else min(day, enough)
    if rule.roll == "none":
        return day
    return counting.open_day(day, calendar, -1 if rule.roll == "backward" else 1)


def _stretches(
    rule: Rule, extensions: Sequence[Period]
) -> list[tuple[Period, bool, tuple[Period, ...]]]:
    """The rule's period and its extensions, neighbours of one unit summed.

    An extension counts from the original start on the summed period, or else from the
    un-rolled end: never from a rolled date.
    """
    summed: list[tuple[Period, bool, tuple[Period, ...]]] = []
    for number, given in enumerate((rule.period, *extensions)):
        if given.unit == "h":
            raise Refusal("extension-unit", period=str(rule.period), extension=str(given))
        period, short = _plain(given, rule.short_days)
        added = (given,) if number else ()
        if summed and summed[-1][0].unit == period.unit:
            last, was_short, earlier = summed[-1]
            total = Period(last.count + period.count, period.unit)
            summed[-1] = (total, was_short or short, earlier + added)
        else:
            summed.append((period, short, added))
    return summed


def _plain(period: Period, short_days: int) -> tuple[Period, bool]:
    """Weeks as days, years as months, and short periods as working days."""
    if period.unit == "w":
        return Period(period.count * 7, "d"), False
    if period.unit == "y":
        return Period(period.count * 12, "m"), False
    if period.unit == "d" and period.count <= short_days:
        return Period(period.count, "wd"), True
    return period, False


def _spans(exclusions: Sequence[Exclusion]) -> tuple[tuple[int, int], ...]:
    return counting.merge(
        [(e.start.toordinal() + (not e.closed), e.end.toordinal()) for e in exclusions]
    )


def _local_day(start: date | datetime, zone: ZoneInfo | None) -> date:
    if not isinstance(start, datetime):
        return start
    if zone is not None and start.tzinfo is not None:
        return start.astimezone(zone).date()
    return start.date()


def _event(start: date | datetime, zone: ZoneInfo | None) -> tuple[datetime, tzinfo]:
    """The instant of the event and the clock to read it on."""
    if not isinstance(start, datetime):
        raise Refusal("start-needs-time", start=str(start))
    if start.tzinfo is not None:
        place: tzinfo = zone or start.tzinfo
        return start.astimezone(UTC).astimezone(place), place
    if zone is None:
        raise Refusal("start-needs-zone", start=start.isoformat())
    return counting.at_local(start, zone), zone


def _next_hour(event: datetime, step: int) -> datetime:
    """The edge of the local hour of the event, in the direction of counting."""
    past = timedelta(minutes=event.minute, seconds=event.second, microseconds=event.microsecond)
    edge = event.astimezone(UTC) - past + (timedelta(hours=1) if step == 1 else timedelta())
    return edge.astimezone(event.tzinfo)


def _is_provisional(calendar: Calendar, days: Sequence[date], due: date, asked: bool) -> bool:
    """Whether a year without notice holds the due day or was asked about on the way."""
    if calendar.is_provisional(due):
        return True
    first, last = min(days).year, max(days).year
    return asked and any(year in calendar.provisional_years for year in range(first, last + 1))


def _step(rule: Rule) -> int:
    return 1 if rule.direction == "after" else -1


def _other(extensions: Sequence[Period]) -> str:
    return str(next(period for period in extensions if period.unit != "h"))
