"""Who of the staff has opened or read what was sealed: the supervisors' form of the record.

The same events stand in each complainant's own timeline. Here they are told by case number, day,
act and colleague, for the cases that a supervisor may read and for readings in a unit that they
supervise; nothing of a complaint and nothing of an identity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from huiyin import packs
from huiyin.cases.models import Case
from huiyin.cases.queries import not_barred_from
from huiyin.domain.access import SUPERVISOR, Actor
from huiyin.domain.errors import Refusal
from huiyin.history.queries import Stored, sealed_acts
from huiyin.people.refusing import pick

PAGE = 50


@dataclass(frozen=True)
class Look:
    """One opening or reading. ``unit``: for which unit, of a reading by consent."""

    index: int
    number: str
    readable: bool
    at: datetime
    title: str
    actor: str | None
    second: str | None
    role: str
    unit: str | None
    scope: str


def looks(actor: Actor, before: int | None = None) -> list[Look]:
    """The newest first, ``PAGE`` and one more. Raises Refusal ``not-allowed``."""
    if not actor.has(SUPERVISOR):
        raise Refusal("not-allowed", verb="supervise")
    units = actor.units(SUPERVISOR)
    found: list[Look] = []
    for chunk in _chunks(before):
        cases = not_barred_from(actor, {row.stream for row in chunk})
        found += [
            _look(row.stored, cases[row.stream], units)
            for row in chunk
            if row.stream in cases and _concerns(row.stored, cases[row.stream], units)
        ]
        if len(found) > PAGE:
            break
    return found[: PAGE + 1]


@dataclass(frozen=True)
class _Row:
    stream: str
    stored: Stored


def _chunks(before: int | None) -> Iterable[list[_Row]]:
    """The openings of the whole installation, some at a time: they are few."""
    while True:
        rows = [_Row(stream, stored) for stream, stored in sealed_acts(before, 4 * PAGE)]
        if not rows:
            return
        yield rows
        before = rows[-1].stored.index


def _concerns(row: Stored, case: Case, units: frozenset[str]) -> bool:
    return case.unit_id in units or row.event.data.get("to-unit") in units


def _look(row: Stored, case: Case, units: frozenset[str]) -> Look:
    event, data = row.event, row.event.data
    named = {name: data.get(name) for name in ("second", "to-unit", "scope")}
    return Look(
        index=row.index,
        number=case.number,
        readable=case.unit_id in units,
        at=event.at,
        title=pick(packs.load(case.pack).act(event.type).past),
        actor=event.actor,
        second=str(named["second"]) if named["second"] else None,
        role=event.role,
        unit=str(named["to-unit"]) if named["to-unit"] else None,
        scope=str(named["scope"] or ""),
    )
