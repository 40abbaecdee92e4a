"""A calendar has a new version: open cases whose dates it moves get an event that says so.

Events before it stay counted by the calendar of their time (``law.Law.fold``); every clock
that still runs is counted anew. A case whose dates do not move is left alone until somebody
acts on it (``brought_up``), so that a new year's notice does not touch a million rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from huiyin import calendars, packs
from huiyin.cases.law import Law
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.recording import History, record
from huiyin.domain.folding import fold
from huiyin.domain.procedure import Act, State, decide
from huiyin.domain.states import Event
from huiyin.history.queries import events as stored_events

_AT_ONCE = 500


@dataclass(frozen=True)
class Recalculated:
    """How many open cases were looked at, and the numbers of those whose dates moved."""

    looked: int
    moved: tuple[str, ...]


def recalculate(calendar_id: str, now: datetime) -> Recalculated:
    """Write ``calendar-changed`` for each open case whose running dates the calendar in use
    moves (or makes official), and leave a notice for its complainant.

    Each case is its own transaction: a stop in between loses nothing and a second call
    continues. Raises Refusal ``calendar-unknown``.
    """
    calendars.load(calendar_id)
    looked, moved = 0, []
    for number in _open_numbers(calendar_id):
        looked += 1
        if _recount(number, now):
            moved.append(number)
    return Recalculated(looked, tuple(moved))


def brought_up(case: Case, history: History, now: datetime) -> History:
    """``history`` under the calendar in use; the change is recorded before the act that comes
    next. The caller holds the case's row."""
    newest = calendars.load(history.law.pack.calendar)
    if newest.version == history.law.calendar.version or newest.id != history.law.calendar.id:
        return history
    events, _ = _change(history, newest_law(history, newest.id), now)
    if not events:
        return history
    record(case, replace(history, law=newest_law(history, newest.id)), events, (), now)
    stored = stored_events(case.number)
    law = newest_law(history, newest.id)
    return History(stored, law, law.fold([row.event for row in stored]))


def newest_law(history: History, calendar_id: str) -> Law:
    """The case's pack with the calendar in use."""
    return Law(history.law.pack, calendars.load(calendar_id))


def _open_numbers(calendar_id: str) -> Iterator[str]:
    """Open cases whose pack counts by the calendar, in batches by key."""
    names = [name for name in packs.ids() if packs.load(name).calendar == calendar_id]
    cases = Case.objects.filter(pack__in=names, open=True).order_by("number")
    last = ""
    while some := list(cases.filter(number__gt=last).values_list("number", flat=True)[:_AT_ONCE]):
        yield from some
        last = some[-1]


def _recount(number: str, now: datetime) -> bool:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(number=number)
        history = history_of(case)
        law = newest_law(history, history.law.calendar.id)
        if law.calendar.version == history.law.calendar.version:
            return False
        events, after = _change(history, law, now)
        if not events or _dates(after) == _dates(history.state):
            return False
        record(case, replace(history, law=law), events, (), now)
        return True


def _change(history: History, law: Law, now: datetime) -> tuple[tuple[Event, ...], State]:
    """The event of the change and the state after it; no event if the pack has no such act."""
    act = next(iter(law.pack.recounting), None)
    if act is None:
        return (), history.state
    data = {"calendar": law.calendar.id, "calendar_version": law.calendar.version}
    events = decide(law.pack, law.calendar, history.state, Act(act, "system", None, data), now)
    return events, fold(law.pack, law.calendar, events, onto=history.state)


def _dates(state: State) -> list[tuple[object, ...]]:
    """What people were told of the clocks that run: the date, and whether it is official."""
    return [
        (c.limit, c.level, c.due.due if c.due else None, bool(c.due and c.due.provisional))
        for c in state.running()
    ]
