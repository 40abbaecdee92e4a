"""From the clock on the wall to instants, on the days when that clock jumps.

A duty begins and ends by the wall clock. Where the clock shows a time twice, a duty begins at
the first and ends at the last of them, so that people overlap and no hour is left empty. A
time that the clock leaps over is the first instant after the leap. Instants are aware
datetimes in UTC, local times are naive. Months are counted from their anchor and clamp to the
end of a shorter month, each from the anchor and not from the month before.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def first(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the wall clock has reached ``local`` (naive)."""
    return _instant(local, zone, fold=0)


def last(local: datetime, zone: ZoneInfo) -> datetime:
    """The last instant at which the wall clock reaches ``local`` (naive)."""
    return _instant(local, zone, fold=1)


def _instant(local: datetime, zone: ZoneInfo, fold: int) -> datetime:
    earlier = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    later = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if earlier > later:  # PEP 495: only a time that is leapt over has its folds in this order
        return _leap(later, earlier, zone)
    return later if fold else earlier


def _leap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the one change of offset in (before, after], to the second."""
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2 // _SECOND * _SECOND
        if middle == before:
            middle += _SECOND
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock shows at ``instant`` (naive)."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of ``day``."""
    return first(datetime.combine(day, time.min), zone)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which ``day`` is over for good."""
    return last(datetime.combine(day + timedelta(days=1), time.min), zone)


def add_months(anchor: date, months: int) -> date:
    """The anchor's day ``months`` (any sign) later; the month's last day where it is shorter."""
    year, month0 = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    longest = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(anchor.day, longest))


def months_since(anchor: date, day: date) -> int:
    """How many monthly steps from the anchor have begun by ``day``."""
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    return months if add_months(anchor, months) <= day else months - 1
