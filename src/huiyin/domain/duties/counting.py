"""When a duty falls due, given what has happened: by the rule in the file, counted by ``periods``.

A clock starts at what really happened, never at an earlier clock's nominal end: a final report
whose notification was sent early starts early. So a duty whose moment is not known yet waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime
from zoneinfo import ZoneInfo

from huiyin.domain import periods
from huiyin.domain.calendars import Calendar
from huiyin.domain.duties.model import UNCLOCKED, Duty, Law
from huiyin.domain.errors import Refusal
from huiyin.domain.periods import Due, Period

Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one duty stands. ``state``: ``waits`` for its moment, ``at-once`` (no number), ``kept``
    (no clock runs: kept or not kept), or ``dated`` with ``due``. ``opens``: the first day of the
    calendar window in which it is owed."""

    duty: Duty
    state: str
    started: Moment | None = None
    due: Due | None = None
    opens: date | None = None


def standings(law: Law, happened: Mapping[str, Moment], calendar: Calendar) -> tuple[Standing, ...]:
    """Every duty of the law, in its order.

    Refusals: ``moment-unknown`` (the law has no such moment), ``law-not-in-force``,
    ``date-out-of-range``, those of
    ``periods.derive``.
    """
    for name, at in happened.items():
        if name not in law.moments:
            raise Refusal("moment-unknown", moment=name, law=law.id, known=list(law.moments))
        _check_in_force(law, _day(at, ZoneInfo(law.zone)))
    return tuple(standing(law, duty, happened, calendar) for duty in law.duties.values())


def standing(law: Law, duty: Duty, happened: Mapping[str, Moment], calendar: Calendar) -> Standing:
    """Where one duty stands."""
    if duty.kind in UNCLOCKED:
        return Standing(duty, "kept")
    started = happened.get(duty.starts)
    if started is None:
        return Standing(duty, "waits")
    if duty.rule is None:
        return Standing(duty, "at-once", started)
    zone = ZoneInfo(law.zone)
    opens = next_window(_day(started, zone), duty.rule.period) if duty.window else None
    due = periods.derive(duty.rule, opens or started, calendar, zone=zone)
    return Standing(duty, "dated", started, due, opens)


def next_window(day: date, period: Period) -> date:
    """The first day of the calendar month, quarter, half-year or year after that of ``day``.
    Raises Refusal ``date-out-of-range``."""
    length = period.count * (12 if period.unit == "y" else 1)
    months = day.year * 12 + day.month - 1
    year, month = divmod((months // length + 1) * length, 12)
    if year > MAXYEAR:
        raise Refusal("date-out-of-range", start=str(day), period=str(period))
    return date(year, month + 1, 1)


def in_force(law: Law, day: date) -> bool:
    """Whether the law is in force on that day."""
    return law.valid_from <= day and (law.valid_until is None or day <= law.valid_until)


def ends(standing: Standing, law: Law) -> datetime | None:
    """The exclusive end in UTC: who acts before it is in time."""
    return periods.instant(standing.due, ZoneInfo(law.zone)) if standing.due else None


def _check_in_force(law: Law, day: date) -> None:
    if not in_force(law, day):
        until = law.valid_until.isoformat() if law.valid_until else "…"
        raise Refusal(
            "law-not-in-force",
            law=law.id,
            day=day.isoformat(),
            first=str(law.valid_from),
            last=until,
        )


def _day(at: Moment, zone: ZoneInfo) -> date:
    if not isinstance(at, datetime):
        return at
    try:
        return at.astimezone(zone).date() if at.tzinfo is not None else at.date()
    except OverflowError:
        raise Refusal("date-out-of-range", start=str(at), period="0d") from None
