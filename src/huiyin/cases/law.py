"""Which law applies to a case: its pack in the version of its start, and the calendar.

The pack and version stand in the case's first event, so a later version never changes an
open case. The calendar's version stands there too; a later one counts from the event on that
says so (``recalculating``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from huiyin import calendars, packs
from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import Pack
from huiyin.domain.procedure import State
from huiyin.domain.replaying import fold_recorded
from huiyin.domain.states import Event
from huiyin.people.directory import Directory


@dataclass(frozen=True)
class Law:
    """A pack and the calendar that it counts with."""

    pack: Pack
    calendar: Calendar

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the procedure."""
        return ZoneInfo(self.pack.zone)

    def fold(self, events: Sequence[Event]) -> State:
        """The state after ``events``, each counted by the calendar that was recorded then."""
        return fold_recorded(self.pack, recorded, events)


def for_new(unit: str, tree: Directory, now: datetime) -> Law:
    """The law in force now for a case that ``unit`` receives. Raises Refusal ``no-pack``."""
    info = tree.units[unit]
    zone = info.zone or (packs.load(info.laws[-1][1]).zone if info.laws else "UTC")
    name = info.pack_on(now.astimezone(ZoneInfo(zone)).date())
    if not name:
        raise Refusal("no-pack", unit=unit)
    pack = packs.version_for(name, now.astimezone(ZoneInfo(packs.load(name).zone)).date())
    return Law(pack, calendars.load(pack.calendar))


def for_events(events: Sequence[Event]) -> Law:
    """The law that a history began under."""
    first = events[0].data
    pack = packs.load(str(first["pack"]), str(first["pack_version"]))
    changed = (event for event in reversed(events) if event.type in pack.recounting)
    return Law(pack, recorded(next(changed, events[0])))


def recorded(event: Event) -> Calendar:
    """The calendar in the version that ``event`` says it was counted by.

    If that version is lost (an old release's table) the one in use counts instead: a case must
    never become unreadable, and ``recalculating`` writes down what that changed.
    """
    name, version = str(event.data["calendar"]), str(event.data["calendar_version"])
    try:
        return calendars.load(name, version)
    except Refusal as refusal:
        if refusal.code != "calendar-version-missing":
            raise
        return calendars.load(name)
