"""A second way to count, as slow and plain as counting on one's fingers.

It walks day by day (or minute by minute) and asks the calendar about each; it shares no
arithmetic with ``huiyin.domain.periods`` or ``counting``. Only tests use it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from huiyin.domain.calendars import Calendar
from huiyin.domain.periods import Exclusion, Period, Rule

ONE = timedelta(days=1)


def left_out(exclusions: list[Exclusion]) -> set[date]:
    days: set[date] = set()
    for exclusion in exclusions:
        day = exclusion.start if exclusion.closed else exclusion.start + ONE
        while day <= exclusion.end:
            days.add(day)
            day += ONE
    return days


def slow_days(
    rule: Rule,
    start: date,
    calendar: Calendar,
    extensions: list[Period],
    exclusions: list[Exclusion],
) -> tuple[date, date]:
    """Nominal and due day of a period in days, working days, weeks, months or years."""
    out = left_out(exclusions)
    ahead = ONE if rule.direction == "after" else -ONE
    legs = _legs(rule, extensions)
    end = start
    for place, (count, unit) in enumerate(legs):
        first_day_counts = rule.counting == "including" and place == 0
        extra = 1 if rule.clear and place == len(legs) - 1 else 0
        end = _leg(end, count, unit, extra, first_day_counts, ahead, out, calendar)
    nominal = end
    stated = sum(count * 28 if unit == "m" else count for count, unit in legs)
    if rule.min_working_days and stated >= rule.min_working_days:
        while _worked(start, end, ahead, out, calendar) < rule.min_working_days:
            end += ahead
    if rule.roll != "none":
        while not calendar.is_working(end):
            end += -ONE if rule.roll == "backward" else ONE
    return nominal, end


def _legs(rule: Rule, extensions: list[Period]) -> list[tuple[int, str]]:
    legs: list[tuple[int, str]] = []
    for period in [rule.period, *extensions]:
        count, unit = period.count, period.unit
        if unit == "d" and count <= rule.short_days:
            unit = "wd"
        elif unit == "w":
            count, unit = count * 7, "d"
        elif unit == "y":
            count, unit = count * 12, "m"
        if legs and legs[-1][1] == unit:
            count += legs.pop()[0]
        legs.append((count, unit))
    return legs


def _leg(
    origin: date,
    count: int,
    unit: str,
    extra: int,
    first_day_counts: bool,
    ahead: timedelta,
    out: set[date],
    calendar: Calendar,
) -> date:
    here = origin - ahead if first_day_counts else origin
    if unit == "m":
        count = _days_in_months(origin, count, first_day_counts, ahead)
    left = count + extra
    while left:
        here += ahead
        if here in out or (unit == "wd" and not calendar.is_working(here)):
            continue
        left -= 1
    return here


def _days_in_months(origin: date, months: int, first_day_counts: bool, ahead: timedelta) -> int:
    """How many days to walk: cross ``months`` month borders, then find the day."""
    forward = ahead > timedelta()
    month = origin.year * 12 + origin.month + (months if forward else -months)
    day, walked = origin, 0
    while day.year * 12 + day.month != month:
        day += ahead
        walked += 1
    if forward:
        while day.day != origin.day and (day + ONE).month == day.month:
            day += ONE
            walked += 1
    else:
        while day.day > origin.day:  # entered at the month's end
            day -= ONE
            walked += 1
    if first_day_counts and forward and day.day != origin.day:
        return walked + 1  # no such day: the month's last day is still inside
    return walked


def _worked(start: date, end: date, ahead: timedelta, out: set[date], calendar: Calendar) -> int:
    worked, day = 0, start
    while day != end:
        day += ahead
        worked += calendar.is_working(day) and day not in out
    return worked


def slow_hours(
    start: datetime, hours: int, exclusions: list[Exclusion], zone: ZoneInfo
) -> datetime:
    """The end of ``hours`` hours, walked minute by minute on the clock of ``zone``."""
    out = left_out(exclusions)
    here, left = start.astimezone(UTC), hours * 60
    while left:
        if here.astimezone(zone).date() not in out:
            left -= 1
        here += timedelta(minutes=1)
    return here
