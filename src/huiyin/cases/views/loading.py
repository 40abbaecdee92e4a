"""The case of a request as its reader may see it; what every page of a case begins with."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from huiyin.cases.models import Case
from huiyin.cases.queries import facts_of, history_of, visible_to
from huiyin.cases.recording import History
from huiyin.cases.story import Reader, Story, tell
from huiyin.domain.access import Actor, roles_on
from huiyin.domain.errors import Refusal
from huiyin.people.refusing import tag
from huiyin.people.staff import acting


@dataclass(frozen=True)
class Opened:
    """One case with its history and story, for one member of staff."""

    case: Case
    history: History
    story: Story
    actor: Actor


def open_case(request: HttpRequest, number: str) -> Opened:
    """The case as this reader sees it. Raises Refusal ``case-unknown`` both for a number that
    does not exist and for a case that the reader may not see: the two cannot be told apart."""
    actor = acting(request)
    case = visible_to(actor).filter(number=number).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    history = history_of(case)
    roles = roles_on(actor, facts_of(case, history.state))
    reader = Reader("office", tag(), roles, actor.id)
    return Opened(case, history, tell(case, history, reader, timezone.now()), actor)
