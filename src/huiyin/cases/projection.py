"""From a state to the columns that queues need; nothing here is truth.

``columns`` is pure: live writes and ``rebuild`` use the same function, and a test compares
them. Dates are stored as instants, so "due" and "overdue" are a comparison with now and need
no nightly job.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from huiyin.domain.access import OMBUDSMAN, PRIVACY_OFFICER
from huiyin.domain.calendars import Calendar
from huiyin.domain.folding import as_of
from huiyin.domain.packs import Pack
from huiyin.domain.states import Clock, Spell, State


def columns(pack: Pack, calendar: Calendar, state: State) -> dict[str, object]:
    """The projection's columns for ``state``."""
    office = _nearest(
        c
        for c in state.running()
        if c.owed_by == "office" and not c.window and not _of_officers(pack, c.limit)
    )
    complainant = _nearest(c for c in state.running() if c.owed_by == "complainant")
    return {
        "kind": state.kind,
        "unit_id": state.unit,
        "owner_id": int(state.owner) if state.owner else None,
        "level": state.level,
        "stage": state.stage,
        "open": state.open,
        "outcome": state.outcome or "",
        "waiting_for": _waiting_for(pack, state),
        "office_due": office.due_at if office else None,
        "office_limit": office.limit if office else "",
        "complainant_due": complainant.due_at if complainant else None,
        "complainant_limit": complainant.limit if complainant else "",
        "ends_at": ends_at(pack, calendar, state),
        "updated": state.last,
        "seq": state.seq,
    }


def asked(pack: Pack, state: State) -> bool:
    """Whether something is open that only the complainant can end, such as a question."""
    for spell in state.spells:
        enders = [rule.by for rule in pack.acts.values() if spell.id in rule.ends]
        if enders and all(by == {"complainant"} for by in enders):
            return True
    return False


def asked_units(pack: Pack, state: State) -> list[tuple[Spell, str]]:
    """The requests that went to a unit and wait for its answer, while the case is open."""
    found = []
    for rule in pack.acts.values() if state.open else ():
        unit = next((f.id for f in rule.fields if f.kind == "unit"), "")
        spells = [s for s in state.spells if s.id in rule.begins] if rule.leaves else []
        found += [(s, str(s.data[unit])) for s in spells if unit in s.data]
    return found


def _of_officers(pack: Pack, limit: str) -> bool:
    """A duty that only the two officers can meet stands on their desk, not on the owner's."""
    acts = [pack.acts.get(name.partition("@")[0]) for name in pack.limits[limit].stops]
    rules = [rule for rule in acts if rule is not None]
    return bool(rules) and all(rule.by <= {PRIVACY_OFFICER, OMBUDSMAN} for rule in rules)


def _waiting_for(pack: Pack, state: State) -> str:
    return "complainant" if asked(pack, state) else pack.stages[state.stage].waits_on


def _nearest(clocks: Iterable[Clock]) -> Clock | None:
    dated = [(c.due_at, c.limit, c) for c in clocks if c.due_at is not None]
    return min(dated, key=lambda item: item[:2])[2] if dated else None


def ends_at(pack: Pack, calendar: Calendar, state: State) -> datetime | None:
    """The instant at which silence alone closes the case, or None."""
    if not state.open:
        return None
    for due_at in sorted(c.due_at for c in state.running() if c.due_at is not None):
        if not as_of(pack, calendar, state, due_at).open:
            return due_at
    return None
