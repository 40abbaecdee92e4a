"""Recorded cases lived again: by the calendars of their time, or under another law.

``fold_recorded`` counts each stretch of a history by the calendar that was recorded for it.
``moved`` compares the clocks of two states of the same history and lists the dates that
differ, which is how one sees what a new version of the law would have done to real cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from huiyin.domain.calendars import Calendar
from huiyin.domain.folding import fold
from huiyin.domain.packs import Pack
from huiyin.domain.states import Clock, Event, State


def fold_recorded(
    pack: Pack, calendar_of: Callable[[Event], Calendar], events: Sequence[Event]
) -> State:
    """The state after ``events``; ``calendar_of`` gives the calendar that the opening event, or
    an event of a calendar's change, names. Raises the refusals of ``fold``."""
    changes = [n for n, e in enumerate(events) if n and e.type in pack.recounting]
    state, begin = None, 0
    for end in [*changes, len(events)]:
        state = fold(pack, calendar_of(events[begin]), events[begin:end], onto=state)
        begin = end
    assert state is not None  # fold refuses an empty history
    return state


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock whose date differs; None where the other law has no such clock or no date."""

    limit: str
    level: int
    before: date | datetime | None
    after: date | datetime | None

    @property
    def days(self) -> int | None:
        """By how many days the date is later; negative: earlier."""
        if self.before is None or self.after is None:
            return None
        return (_day(self.after) - _day(self.before)).days


def moved(before: State, after: State) -> tuple[Moved, ...]:
    """The clocks of the same limit and level, in order of starting, whose dates differ."""
    was, now = _clocks(before), _clocks(after)
    found = []
    for key in sorted(was.keys() | now.keys()):
        one, other = was.get(key), now.get(key)
        dates = (_date(one), _date(other))
        if dates[0] != dates[1] or (one is None) != (other is None):
            found.append(Moved(key[0], key[1], *dates))
    return tuple(found)


def _clocks(state: State) -> dict[tuple[str, int, int], Clock]:
    found: dict[tuple[str, int, int], Clock] = {}
    for clock in state.clocks:
        nth = sum(1 for key in found if key[:2] == (clock.limit, clock.level))
        found[clock.limit, clock.level, nth] = clock
    return found


def _date(clock: Clock | None) -> date | datetime | None:
    return clock.due.due if clock is not None and clock.due is not None else None


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
