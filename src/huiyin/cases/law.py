"""Which law applies to a case: its pack in the version of its start, and the calendar.

The pack and version stand in the case's first event, so a later version never changes an
open case (clocks.md, point 10).
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
from huiyin.domain.procedure import State, fold
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
        """The state after ``events``."""
        return fold(self.pack, self.calendar, events)


def for_new(unit: str, tree: Directory, now: datetime) -> Law:
    """The law in force now for a case that ``unit`` receives. Raises Refusal ``no-pack``."""
    name = tree.units[unit].pack
    if not name:
        raise Refusal("no-pack", unit=unit)
    newest = packs.load(name)
    pack = packs.version_for(name, now.astimezone(ZoneInfo(newest.zone)).date())
    return Law(pack, calendars.load(pack.calendar))


def for_events(events: Sequence[Event]) -> Law:
    """The law that a history began under."""
    first = events[0].data
    pack = packs.load(str(first["pack"]), str(first["pack_version"]))
    return Law(pack, calendars.load(pack.calendar))
