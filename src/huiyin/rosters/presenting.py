"""What the roster pages show: days with their shifts, people by name, times as they are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.domain.rosters.covering import Gap, gaps
from huiyin.domain.rosters.intervals import Span, union
from huiyin.domain.rosters.serving import Served, serve
from huiyin.domain.rosters.values import Roster, Shift
from huiyin.domain.rosters.wallclock import day_end, day_start, wall
from huiyin.people.refusing import pick
from huiyin.rosters.models import CHANNELS

Choices = list[tuple[str, str]]


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """An instant in the zone of the roster, for the date tags of the look."""
    return instant.astimezone(zone)


def clock(span: Span, zone: ZoneInfo) -> str:
    """“08:00–20:00”; with the number of days for what ends on a later day: “08:00–08:00 +1”."""
    begin, end = (wall(at, zone) for at in span)
    days = (end.date() - begin.date()).days
    return f"{begin:%H:%M}–{end:%H:%M}" + (f" +{days}" if days else "")


def day_and_clock(span: Span, zone: ZoneInfo) -> str:
    """“2026-03-02 08:00–20:00”."""
    return f"{wall(span.start, zone):%Y-%m-%d} {clock(span, zone)}"


@dataclass
class Entry:
    """One shift or gap on a day of the month page."""

    role: str
    time: str
    person: str = ""
    mine: bool = False
    changed: bool = False
    lacking: int = 0


@dataclass
class Day:
    """One day of the month page. ``offset``: the weekday of the first, 1 for Monday."""

    date: date
    today: bool
    off: bool
    offset: int = 0
    entries: list[Entry] = field(default_factory=list)


def month_span(roster: Roster, first_day: date) -> Span:
    """From the first to the last instant of a month."""
    next_month = (first_day.replace(day=28) + timedelta(days=4)).replace(day=1)
    last_day = next_month - timedelta(days=1)
    return Span(day_start(first_day, roster.zone), day_end(last_day, roster.zone))


def month(roster: Roster, first_day: date, now: datetime, reader: str) -> list[Day]:
    """The days of a month with shifts and gaps on the day on which they begin."""
    span = month_span(roster, first_day)
    # The last shift of the month ends in the next one, and is shown whole.
    shifts = serve(roster, Span(span.start, span.end + timedelta(days=2))).shifts
    served = Served(span, tuple(s for s in shifts if s.start < span.end))
    today = wall(now, roster.zone).date()
    last_day = wall(span.end - timedelta(seconds=1), roster.zone).date()
    days = {
        day: Day(day, day == today, _off(roster, day))
        for day in (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    }
    days[first_day].offset = first_day.isoweekday()
    for shift in served.shifts:
        days[wall(shift.start, roster.zone).date()].entries.append(entry(roster, shift, reader))
    for gap in gaps(roster, served):
        if gap.span.end > now:
            days[wall(gap.span.start, roster.zone).date()].entries.append(_gap(roster, gap))
    return list(days.values())


def _off(roster: Roster, day: date) -> bool:
    if roster.calendar is not None and roster.calendar.knows(day):
        return not roster.calendar.is_working(day)
    return day.weekday() >= 5


def entry(roster: Roster, shift: Shift, reader: str) -> Entry:
    """A shift as it stands on a page."""
    return Entry(
        role_title(roster, shift.role),
        clock(shift.span, roster.zone),
        person_name(roster, shift.person),
        shift.person == reader,
        not shift.origin.startswith("rule:"),
    )


def _gap(roster: Roster, gap: Gap) -> Entry:
    time = clock(gap.span, roster.zone)
    return Entry(role_title(roster, gap.role), time, lacking=gap.lacking)


def role_title(roster: Roster, role: str) -> str:
    """A role in the reader's language."""
    known = roster.roles.get(role)
    return pick(known.name) if known else role


def person_name(roster: Roster, person: str) -> str:
    """A member's name."""
    known = roster.people.get(person)
    return known.name if known else "—"


@dataclass(frozen=True)
class Standing:
    """Who is on a duty now, who comes next, and the telephone of the duty. ``until`` is when the
    first of those on duty goes; None if nobody does in the coming weeks."""

    role: str
    line: str
    now: list[str]
    until: datetime | None
    next: list[str]
    next_from: datetime | None


def standings(roster: Roster, now: datetime) -> list[Standing]:
    """Every duty of a roster now."""
    served = serve(roster, Span(now, now + timedelta(days=40)))
    return [_standing(roster, served, role, now) for role in roster.roles]


def _standing(roster: Roster, served: Served, role: str, now: datetime) -> Standing:
    stretches = _stretches(s for s in served.shifts if s.role == role)
    on = [(span, person) for span, person in stretches if span.start <= now]
    after = [(span, person) for span, person in stretches if span.start > now]
    until = min((span.end for span, _ in on), default=served.span.end)
    begins = after[0][0].start if after else None
    return Standing(
        role_title(roster, role),
        roster.roles[role].phone,
        [person_name(roster, person) for _, person in on],
        local(until, roster.zone) if until < served.span.end else None,
        [person_name(roster, person) for span, person in after if span.start == begins],
        local(begins, roster.zone) if begins else None,
    )


def _stretches(shifts: Iterable[Shift]) -> list[tuple[Span, str]]:
    """Each person's unbroken time on a duty: whoever takes over from themselves goes on."""
    by_person: dict[str, list[Span]] = {}
    for shift in shifts:
        by_person.setdefault(shift.person, []).append(shift.span)
    return sorted((span, person) for person, spans in by_person.items() for span in union(spans))


def people_choices(roster: Roster, on: date) -> Choices:
    """Members who have not left before a day."""
    members = roster.people.values()
    return [(p.id, p.name) for p in members if not (p.until and p.until < on)]


def usual_time(roster: Roster) -> str:
    """The time of day at which most changes begin: that of the first duty."""
    if not roster.roles:
        return "08:00"
    return f"{next(iter(roster.roles.values())).windows[0].begins:%H:%M}"


def rest_words(rest: Any) -> str:
    """A limit of duty in words."""
    said = {
        "between": _("at least %(hours)s hours free between two duties"),
        "longest": _("at most %(hours)s hours in one go"),
        "most": _("at most %(hours)s hours of duty in any %(days)s days"),
        "free": _("one unbroken rest of %(hours)s hours in any %(days)s days"),
    }[rest.kind]
    return said % {"hours": rest.hours, "days": rest.days}


def role_choices(roster: Roster) -> Choices:
    """The duties of a roster."""
    return [(role, role_title(roster, role)) for role in roster.roles]


def shift_choice(roster: Roster, shift: Shift) -> tuple[str, str]:
    """A shift as one choice of a form; the value names it whole."""
    value = f"{shift.role}|{shift.person}|{shift.start.isoformat()}|{shift.end.isoformat()}"
    name = person_name(roster, shift.person)
    words = f"{day_and_clock(shift.span, roster.zone)} · {role_title(roster, shift.role)} · {name}"
    return value, words


def coming(roster: Roster, now: datetime, days: int = 45) -> tuple[Shift, ...]:
    """The shifts that begin after now."""
    served = serve(roster, Span(now, now + timedelta(days=days)))
    return tuple(s for s in served.shifts if s.start > now)


def days_choices(calendar: bool) -> Choices:
    """On which days a rule can hold."""
    named = [("all", _("every day")), ("mon,tue,wed,thu,fri", _("Monday to Friday"))]
    named += [("sat,sun", _("Saturday and Sunday"))]
    if calendar:
        named += [("workdays", _("working days of the calendar"))]
        named += [("restdays", _("days off of the calendar"))]
    return named


def channel_choices() -> Choices:
    """How somebody is called."""
    words = [_("mobile telephone"), _("fixed telephone"), _("text message"), _("app"), _("radio")]
    return list(zip(CHANNELS, words, strict=True))


def turn_words(rule: Any) -> str:
    """“3 days”, as a list of rules shows it."""
    n = rule.count
    return {
        "hours": ngettext("%(n)d hour", "%(n)d hours", n),
        "days": ngettext("%(n)d day", "%(n)d days", n),
        "weeks": ngettext("%(n)d week", "%(n)d weeks", n),
        "months": ngettext("%(n)d month", "%(n)d months", n),
    }[rule.turn] % {"n": n}


def days_words(text: str) -> str:
    """The days of a rule in words."""
    return dict(days_choices(calendar=True)).get(text, text)


def shift_of_choice(value: str, shifts: Iterable[Shift], roster: Roster) -> Shift | None:
    """The shift that a choice names, if it is still among these."""
    return next((s for s in shifts if shift_choice(roster, s)[0] == value), None)
