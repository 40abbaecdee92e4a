"""The office's API: desk, case, acts; with a session or a token."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from ninja import Router, Schema
from ninja.security import HttpBearer, SessionAuth
from pydantic import Field

from huiyin.cases.acting import Request, by_staff
from huiyin.cases.models import Case
from huiyin.cases.queries import desk, facts_of, history_of, soon_until, visible_to
from huiyin.cases.search import find
from huiyin.cases.story import Reader, tell
from huiyin.cases.telling import story_out
from huiyin.domain.access import Actor, may, roles_on
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import tag_of
from huiyin.people.acts import user_of_token
from huiyin.people.staff import acting

PAGE = 50


class Token(HttpBearer):
    """`Authorization: Bearer …` with a token made by `huiyin account token`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The account behind the token, or None."""
        user = user_of_token(token, timezone.now())
        if user is not None:
            request.user = user
        return user


router = Router(tags=["office"], auth=[SessionAuth(), Token()])


class Row(Schema):
    """One case on the desk: no content."""

    number: str
    category: str
    unit: str
    stage: str
    level: int
    started: str
    office_due: str | None
    summary: str


class DeskOut(Schema):
    """The lists of the desk; at most 50 rows each, nearest date first."""

    mine: list[Row]
    unowned: list[Row]
    soon: list[Row]
    overdue: list[Row]
    waiting: list[Row]


class StaffAct(Schema):
    """An act with its fields; ``seen``: the ``seq`` that the caller has read."""

    act: str
    values: dict[str, str] = Field(default_factory=dict)
    seen: int | None = None


def _row(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "category": case.category_id,
        "unit": case.unit_id,
        "stage": case.stage,
        "level": case.level,
        "started": case.started.isoformat(),
        "office_due": case.office_due.isoformat() if case.office_due else None,
        "summary": case.summary,
    }


def _allowed(actor: Actor, verb: str) -> None:
    if not may(actor, verb):
        raise Refusal("not-allowed", verb=verb)


@router.get("/desk", response=DeskOut, summary="My desk")
def my_desk(request: HttpRequest) -> dict[str, Any]:
    """What waits for the caller now."""
    actor = acting(request)
    _allowed(actor, "desk")
    now = timezone.now()
    lists = desk(actor, now, soon_until(now)).named()
    return {name: [_row(case) for case in rows[:PAGE]] for name, rows in lists.items()}


@router.get("/search", response=list[Row], summary="Find by number or summary")
def search(request: HttpRequest, q: str) -> list[dict[str, Any]]:
    """Only numbers and the staff's own summaries are searched, never complainants."""
    actor = acting(request)
    _allowed(actor, "search")
    return [_row(case) for case in find(actor, q)]


def _story(number: str, actor: Actor) -> dict[str, Any]:
    case = visible_to(actor).filter(number=number).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    history = history_of(case)
    roles = roles_on(actor, facts_of(case, history.state))
    tag = tag_of(translation.get_language() or settings.LANGUAGE_CODE)
    reader = Reader("office", tag, roles, actor.id)
    return story_out(tell(case, history, reader, timezone.now()))


@router.get("/cases/{number}", summary="One case")
def one_case(request: HttpRequest, number: str) -> dict[str, Any]:
    """The case as the caller may see it."""
    return _story(number, acting(request))


@router.post("/cases/{number}/acts", response={201: dict[str, Any]}, summary="Act on a case")
def act(request: HttpRequest, number: str, body: StaffAct) -> tuple[int, dict[str, Any]]:
    """One of the acts that `GET /cases/{number}` lists as open. Answers with what was recorded;
    the case itself may have left the caller's sight."""
    actor = acting(request)
    done = by_staff(number, Request(body.act, body.values, body.seen), actor, timezone.now())
    return 201, {
        "number": number,
        "recorded": [event.type for event in done.events],
        "stage": done.state.stage,
        "seq": done.state.seq,
    }
