"""Dates as people read them: the day, and how far it is from today.

Idea: one wording of a day and its distance for all pages, in the reader's language and the
office's time zone. When something falls due is not decided here (``domain.periods`` does);
this module only compares a due day with the present one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

SOON_DAYS = 5


def local_day(value: date | datetime) -> date:
    """The calendar day of `value` in the office's time zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def day_text(value: date | datetime) -> str:
    """The day in words: "3 March 2026", "2026年3月3日"."""
    return _day_text(local_day(value), get_language() or "en")


@lru_cache(maxsize=2000)  # a list of fifty cases shows the same few days over and over
def _day_text(day: date, language: str) -> str:
    """``language`` is the active one; it stands here so that no other's words are kept."""
    return formats.date_format(day, "DATE_FORMAT")


def distance_text(days: int) -> str:
    """How far away `days` (calendar days from today, negative is past) is, in words."""
    if days in (-1, 0, 1):
        return {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}[days]
    years = abs(days) // 365
    if years >= 2:
        if days > 0:
            return ngettext("in %(n)d year", "in %(n)d years", years) % {"n": years}
        return ngettext("%(n)d year ago", "%(n)d years ago", years) % {"n": years}
    if days > 0:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}


def day_with_distance(
    value: date | datetime, *, with_time: bool = False, with_distance: bool = True
) -> SafeString:
    """`<time>` with the day, on request the hour and minute, and the distance from today."""
    moment = timezone.localtime(value) if isinstance(value, datetime) else value
    words = _words(moment, with_time)
    shown = format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)
    if not with_distance:
        return shown
    distance = distance_text((local_day(value) - timezone.localdate()).days)
    # Translators: a day and how far away it is, as in "3 March 2026, in 12 days"
    return format_html(gettext("{day}, {distance}"), day=shown, distance=distance)


def _words(moment: date | datetime, with_time: bool) -> str:
    if with_time and isinstance(moment, datetime):
        return f"{day_text(moment)} {moment:%H:%M}"
    return day_text(moment)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a clock stands now; `share` is the part of its time that has passed, 0 to 100."""

    kind: str
    due: date | datetime | None
    days: int
    share: int
    started: date | datetime | None = None
    stopped: date | datetime | None = None
    extended: int = 0

    @property
    def text(self) -> str:
        """The standing in a few words, for a status tag."""
        if self.kind in ("late", "soon", "open") and self.due is not None:
            return _running_text(self.days, late=self.kind == "late")
        return {
            "done": gettext("Done in time"),
            "done-late": gettext("Done late"),
            "paused": gettext("Paused"),
        }.get(self.kind, gettext("Without a fixed date"))

    @property
    def shape(self) -> str:
        """The kind of status tag that shows it."""
        return {"done-late": "late-done", "free": "note"}.get(self.kind, self.kind)


def standing(clock: object, now: datetime) -> Standing:
    """Where `clock` stands at `now` (aware).

    `clock` is a domain Clock, a mapping or object with the same names, or simply the due day.
    """
    due = _due_of(clock)
    started, stopped = _part(clock, "started"), _part(clock, "stopped")
    common = {
        "due": due,
        "started": started,
        "stopped": stopped,
        "extended": _part(clock, "extended") or 0,
    }
    if due is None:
        return Standing("done" if stopped else "free", days=0, share=0, **common)
    until = stopped or now
    days = (local_day(due) - local_day(until)).days
    late = _end(due) <= until
    kind = _kind(bool(stopped), bool(_part(clock, "suspended")), late, days)
    return Standing(kind, days=days, share=_share(started, due, until), **common)


def _kind(stopped: bool, suspended: bool, late: bool, days: int) -> str:
    if stopped:
        return "done-late" if late else "done"
    if suspended:
        return "paused"
    if late:
        return "late"
    return "soon" if days <= SOON_DAYS else "open"


def _running_text(days: int, *, late: bool) -> str:
    if late and days == 0:
        return gettext("Overdue since today")
    if late:
        return ngettext("Overdue by %(n)d day", "Overdue by %(n)d days", -days) % {"n": -days}
    if days == 0:
        return gettext("Due today")
    if days == 1:
        return gettext("Due tomorrow")
    return ngettext("Due in %(n)d day", "Due in %(n)d days", days) % {"n": days}


def _part(clock: object, name: str):  # type: ignore[no-untyped-def]  # values of templates
    if isinstance(clock, Mapping):
        return clock.get(name)
    return getattr(clock, name, None)


def _due_of(clock: object) -> date | datetime | None:
    """The day (or, for periods in hours, the moment) due; a Clock carries it as `due.due`."""
    if clock is None or isinstance(clock, date):
        return clock
    due = _part(clock, "due")
    return due if due is None or isinstance(due, date) else due.due


def _end(value: date | datetime) -> datetime:
    """The first moment that is too late: for a day, the start of the next one."""
    if isinstance(value, datetime):
        return value
    return _start(value + timedelta(days=1))


def _start(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time.min, tzinfo=timezone.get_current_timezone())


def _share(started: date | datetime | None, due: date | datetime, until: datetime) -> int:
    if started is None:
        return 0
    whole = (_end(due) - _start(started)).total_seconds()
    passed = (_start(until) - _start(started)).total_seconds()
    return 100 if whole <= 0 else max(0, min(100, round(100 * passed / whole)))
