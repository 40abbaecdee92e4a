"""An act of a member of staff played through without being recorded.

So that a page can show, before anything is sent, what the complainant will read: the event and
the case as they would be, with the texts as typed. Nothing is written here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from huiyin.cases.acting import Request, check_fresh, staff_play, texts_of
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.recording import History
from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule
from huiyin.domain.procedure import Act, decide
from huiyin.domain.states import Event
from huiyin.history.queries import Stored


@dataclass(frozen=True)
class Rehearsal:
    """The case as it would be after the act. ``texts``: reference → text as typed."""

    case: Case
    history: History
    rule: ActRule
    event: Event
    texts: Mapping[str, str]


def rehearse(number: str, request: Request, actor: Actor, now: datetime) -> Rehearsal:
    """What ``by_staff`` would record. Raises the same refusals."""
    case = Case.objects.filter(number=number).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    history = history_of(case)
    law, rule = history.law, history.law.pack.act(request.act)
    act = staff_play(number, request, actor, now)(case, history, rule)
    check_fresh(case, history, request)
    texts = {field: (uuid.uuid4().hex, text) for field, text in texts_of(rule, request)}
    if texts:
        ids = {field: ref for field, (ref, _) in texts.items()}
        act = Act(act.id, act.role, act.actor, {**act.data, "texts": ids})
    events = decide(law.pack, law.calendar, history.state, act, now)
    extended = _with(history, events, rule)
    return Rehearsal(case, extended, rule, events[0], dict(texts.values()))


def _with(history: History, events: tuple[Event, ...], rule: ActRule) -> History:
    stored = tuple(Stored(-1, b"", event, (), (), rule.register_class) for event in events)
    law = history.law
    longer = replace(history, stored=history.stored + stored)
    return replace(longer, state=law.fold(longer.events))
