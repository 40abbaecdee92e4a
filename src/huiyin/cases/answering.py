"""What a unit that was asked for its comment reads and answers: the request, and nothing else.

A request goes to whoever may be complained of. Its people see the words that the owner released
to them and the day by which an answer is wished; no number, no text, no file and no name of the
case. The address of a request is a mark that follows from case and event under the web key: it
leads nowhere for anybody else, and back to no number. The answer is an event of the case.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from huiyin.cases.acting import Done, Request, perform
from huiyin.cases.models import AskedUnit, Case
from huiyin.cases.projection import asked_units
from huiyin.cases.queries import asked_of_units, facts_of, history_of
from huiyin.cases.recording import History
from huiyin.domain.access import Actor, may
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule, Pack
from huiyin.domain.procedure import Act
from huiyin.vault import queries as vault

ROLE = "asked"
MOST = 100


@dataclass(frozen=True)
class Waiting:
    """A request that waits for an answer of one of the actor's units; ``mark`` leads to it."""

    mark: str
    unit: str
    since: datetime


@dataclass(frozen=True)
class Asked:
    """A request as the unit may read it. ``due``: the day by which an answer is wished."""

    waiting: Waiting
    texts: tuple[str, ...]
    due: date | None
    zone: ZoneInfo


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """The requests that the actor may answer, oldest first; at most ``MOST``. One query."""
    return [_waiting(row) for row in asked_of_units(actor, now, MOST)]


def read(actor: Actor, mark: str, now: datetime) -> Asked:
    """One request. Raises Refusal ``comment-not-waiting``: answered, taken back, not theirs."""
    row = _row(actor, mark, now)
    history = history_of(row.case)
    _check(row.case, history, actor, row)
    event = next(e for e in history.events if e.seq == row.seq)
    refs = event.data.get("texts")
    ids = [UUID(str(ref)) for ref in refs.values()] if isinstance(refs, dict) else []
    found = vault.get(ids, row.case.vault)
    texts = tuple(found[each] for each in ids if each in found)
    return Asked(_waiting(row), texts, _due(history, event.type), history.law.zone)


def answer(actor: Actor, mark: str, text: str, now: datetime) -> Done:
    """Record what the unit says as an event of the case, by this person.

    Raises Refusal ``comment-not-waiting`` and those of the rules and of the text.
    """
    row = _row(actor, mark, now)
    ending = _ending(history_of(row.case).law.pack)
    field = next(one.id for one in ending.fields if one.kind == "text")

    def play(case: Case, history: History, rule: ActRule) -> Act:
        _check(case, history, actor, row)
        return Act(rule.id, ROLE, actor.id)

    try:
        return perform(row.case_id, Request(ending.id, {field: text}), play, now)
    except Refusal as refusal:
        # What the rules say of the case's stage and acts is not for those who are asked.
        if not {"act", "case", "number"} & set(refusal.data):
            raise
        raise Refusal("comment-not-waiting") from None


def _check(case: Case, history: History, actor: Actor, row: AskedUnit) -> None:
    """Once more, by the events: is it this request that waits, and theirs?"""
    facts = facts_of(case, history.state)
    for spell, unit in asked_units(history.law.pack, history.state):
        if spell.seq == row.seq and may(actor, "comment", replace(facts, asked=unit)):
            return
    raise Refusal("comment-not-waiting")


def _row(actor: Actor, mark: str, now: datetime) -> AskedUnit:
    for row in asked_of_units(actor, now, MOST):
        if hmac.compare_digest(_mark(row).encode(), mark.encode()):
            return row
    raise Refusal("comment-not-waiting")


def _waiting(row: AskedUnit) -> Waiting:
    return Waiting(_mark(row), row.unit_id, row.since)


def _mark(row: AskedUnit) -> str:
    said = f"huiyin/1/comment/{row.case_id}/{row.seq}"
    return hmac.digest(settings.SECRET_KEY.encode(), said.encode(), "sha256")[:16].hex()


def _ending(pack: Pack) -> ActRule:
    """The act by which a unit answers what it was asked."""
    begun = frozenset().union(*(rule.begins for rule in pack.acts.values() if rule.leaves))
    return next(r for r in pack.acts.values() if r.ends & begun and ROLE in r.by)


def _due(history: History, asking: str) -> date | None:
    """The last day of the clock that the request started."""
    limits = history.law.pack.limits.values()
    own = [limit.id for limit in limits if asking in limit.starts]
    clock = next((c for c in history.state.running() if c.limit in own), None)
    return clock.due.due if clock is not None and clock.due is not None else None
