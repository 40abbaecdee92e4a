"""What complainants let an actor's units know: the notice to the unit that consent names.

Without it a unit that does not handle the case would never learn that it may know. Numbers and
days only; reading is an act of its own (``consenting.read``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huiyin.cases.consenting import READ
from huiyin.cases.models import Case, Told
from huiyin.cases.queries import told_of_units
from huiyin.domain.access import OWNER, REVIEWER, SUPERVISOR, Actor, CaseFacts, reads_released
from huiyin.domain.states import Event
from huiyin.history.queries import events_of

MOST = 100


@dataclass(frozen=True)
class ToldUnit:
    """A consent in force for a unit of the actor. ``unread``: not read by them since."""

    number: str
    unit: str
    scope: str
    since: datetime
    unread: bool


def told_to(actor: Actor) -> list[ToldUnit]:
    """The newest ``MOST`` that the actor may read. One query if there are none, else two."""
    units = actor.units(SUPERVISOR, OWNER, REVIEWER)
    rows = told_of_units(actor, units, MOST) if units else []
    mine = [row for row in rows if reads_released(actor, _facts(row.case), row.unit_id)]
    history = events_of(row.case_id for row in mine) if mine else {}
    return [_told(actor, row, [one.event for one in history[row.case_id]]) for row in mine]


def _facts(case: Case) -> CaseFacts:
    """Enough for ``reads_released``: those excluded, the query has left out already."""
    owner = str(case.owner_id) if case.owner_id else None
    return CaseFacts(case.unit_id, owner, case.level)


def _told(actor: Actor, row: Told, events: list[Event]) -> ToldUnit:
    read = any(
        event.type == READ
        and event.at >= row.since
        and event.actor == actor.id
        and event.data.get("to-unit") == row.unit_id
        for event in events
    )
    return ToldUnit(row.case_id, row.unit_id, row.scope, row.since, not read)
