"""Writing what the rules decided for an existing case: events, projection, notice.

Shared by the office's and the complainant's acts; runs inside their transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.cases.contact import (
    ERASED,
    GIVE,
    SEALED,
    TAKE_BACK,
    UNSEALED,
    contact_of,
    notice_of,
    told_of,
)
from huiyin.cases.law import Law
from huiyin.cases.models import AskedUnit, Case, Exclusion, Told
from huiyin.cases.projection import asked_units, columns
from huiyin.domain.packs import ActRule
from huiyin.domain.procedure import State, fold
from huiyin.domain.states import Event
from huiyin.history.acts import Draft, Written
from huiyin.history.acts import append as append_events
from huiyin.history.queries import Stored
from huiyin.post.acts import notify
from huiyin.vault.acts import ContentRef


@dataclass(frozen=True)
class History:
    """A case's stored events with the law and the state that follow from them."""

    stored: tuple[Stored, ...]
    law: Law
    state: State

    @property
    def events(self) -> list[Event]:
        """The events as the rules see them."""
        return [row.event for row in self.stored]


def dues_of(law: Law, state: State, before: State | None = None) -> list[dict[str, object]]:
    """The dates that hold after an act and did not before, as they go into the event."""
    known = {(c.limit, c.level, c.due_at) for c in before.running()} if before else set()
    return [
        {
            "limit": c.limit,
            "due": c.due.due.isoformat(),
            "article": law.pack.limits[c.limit].basis.article,
        }
        for c in state.running()
        if c.due is not None and (c.limit, c.level, c.due_at) not in known
    ]


def record(
    case: Case,
    history: History,
    events: Sequence[Event],
    refs: Sequence[ContentRef],
    now: datetime,
) -> tuple[Written, State]:
    """Append ``events`` (decided just now) and bring the projection up to them."""
    law, state = history.law, history.state
    content = [ref.told for ref in refs]
    drafts = []
    for event in events:
        after = fold(law.pack, law.calendar, [event], onto=state)
        klass = law.pack.act(event.type).register_class
        drafts.append(Draft(event, klass, dues_of(law, after, state), content))
        state, content = after, []
    previous = history.stored[-1].body
    project(case, law, state)
    _project_contact(case, [*history.events, *events], len(events))
    written = append_events(case.number, previous, drafts, now, secrets.token_bytes)
    # After the events: the database lets a unit be asked only by one that is there.
    if (state.spells, state.open) != (history.state.spells, history.state.open):
        project_asked(case, law, state)
    _tell(case, history, law, events)
    return written, state


def project(case: Case, law: Law, state: State) -> None:
    """Write the columns that follow from ``state``; the row is locked by the caller."""
    values = columns(law.pack, law.calendar, state)
    Case.objects.filter(pk=case.pk).update(**values)
    for name, value in values.items():
        setattr(case, name, value)
    wanted = {(int(user), "recused") for user in state.recused}
    wanted |= {(int(user), "decided") for user in state.deciders}
    held = set(Exclusion.objects.filter(case=case).values_list("user_id", "reason"))
    Exclusion.objects.bulk_create(
        Exclusion(case=case, user_id=user, reason=reason) for user, reason in wanted - held
    )


def project_asked(case: Case, law: Law, state: State) -> bool:
    """Write which units a request for comment waits for; True if that was something else."""
    wanted = {(spell.seq, unit, spell.since) for spell, unit in asked_units(law.pack, state)}
    held = set(AskedUnit.objects.filter(case=case).values_list("seq", "unit_id", "since"))
    if wanted == held:
        return False
    AskedUnit.objects.filter(case=case).delete()
    AskedUnit.objects.bulk_create(
        AskedUnit(case=case, seq=seq, unit_id=unit, since=since) for seq, unit, since in wanted
    )
    return True


_TELLING = {SEALED, UNSEALED, ERASED, GIVE, TAKE_BACK}


def _project_contact(case: Case, events: Sequence[Event], new: int) -> None:
    """How the complainant can be reached and who may know, after the last ``new`` events."""
    contact = contact_of(events)
    if contact != case.contact:
        Case.objects.filter(pk=case.pk).update(contact=contact)
        case.contact = contact
    if any(event.type in _TELLING for event in events[-new:]):
        project_told(case, events)


def project_told(case: Case, events: Sequence[Event]) -> bool:
    """Write which units may know; True if that was something else before."""
    wanted = {(unit, scope, since) for unit, (scope, since) in told_of(events).items()}
    held = set(Told.objects.filter(case=case).values_list("unit_id", "scope", "since"))
    if wanted == held:
        return False
    Told.objects.filter(case=case).delete()
    Told.objects.bulk_create(
        Told(case=case, unit_id=unit, scope=scope, since=since) for unit, scope, since in wanted
    )
    return True


def _tell(case: Case, history: History, law: Law, events: Sequence[Event]) -> None:
    """Leave a notice for the complainant if the office did something they must be told."""
    address = notice_of([*history.events, *events])
    told = any(e.role != "complainant" and _is_news(law.pack.act(e.type)) for e in events)
    if address and told:
        notify(case.number, case.vault, address, case.language)


def _is_news(rule: ActRule) -> bool:
    """Whether the complainant finds something new to read: what the law says they must be
    told, a letter, an answer, a message."""
    return bool(rule.tells or rule.letter) or rule.dialogue or rule.decides or rule.answers
