"""The office's API: desk, search, one case, acts; with a session or a token.

Who may do what is decided by ``domain.access`` and the procedure, never here.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone, translation
from django.utils.translation import gettext_noop
from ninja import Query, Router, Status
from ninja.security import HttpBearer, SessionAuth

from huiyin.cases.acting import Request, by_staff
from huiyin.cases.api_shapes import Acted, ActIn, DeskOut, FileOut, Row, StoryOut
from huiyin.cases.file_rows import FILE_ANSWER, files_out
from huiyin.cases.files import read_copy
from huiyin.cases.models import Case
from huiyin.cases.queries import desk, facts_of, history_of, soon_until, visible_to
from huiyin.cases.search import find
from huiyin.cases.story import Reader, tell
from huiyin.cases.telling import story_out
from huiyin.domain.access import Actor, may, roles_on
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import tag_of
from huiyin.domain.receipts import normalise_number
from huiyin.people.acts import user_of_token
from huiyin.people.downloads import download
from huiyin.people.staff import acting

PAGE = 50
LONGEST_QUESTION = 200


class Token(HttpBearer):
    """`Authorization: Bearer …` with a token made by `huiyin account token`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The account behind the token, or None."""
        user = user_of_token(token, timezone.now())
        if user is not None:
            request.user = user
        return user


class _Forgery(CsrfViewMiddleware):
    """Django's check with a plain refusal in place of its page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponseForbidden(reason)

    def found(self, request: HttpRequest) -> bool:
        """Whether an unsafe request with a session lacks the proof that our page sent it."""
        self.process_request(request)
        return self.process_view(request, HttpResponse, (), {}) is not None


_forgery = _Forgery(lambda request: HttpResponse())


class Session(SessionAuth):
    """The cookie of somebody signed in; unsafe methods need `X-CSRFToken` as well."""

    def __call__(self, request: HttpRequest) -> Any:
        """The signed-in account, or None. Raises Refusal ``csrf-failed``."""
        if not request.user.is_authenticated:
            return None
        request.csrf_processing_done = False  # type: ignore[attr-defined]  # Django's own mark
        if _forgery.found(request):
            raise Refusal("csrf-failed")
        return request.user


# The token first: who shows one needs no proof against forged forms.
router = Router(tags=["office"], auth=[Token(), Session()])


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


@router.get("/desk", response=DeskOut, summary=gettext_noop("My desk"))
def my_desk(request: HttpRequest) -> dict[str, Any]:
    """What waits for the caller now."""
    actor = acting(request)
    _allowed(actor, "desk")
    now = timezone.now()
    lists = desk(actor, now, soon_until(now)).named()
    return {name: [_row(case) for case in rows[:PAGE]] for name, rows in lists.items()}


Question = Annotated[str, Query(max_length=LONGEST_QUESTION)]


@router.get("/search", response=list[Row], summary=gettext_noop("Find by number or summary"))
def search(request: HttpRequest, q: Question) -> list[dict[str, Any]]:
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


@router.get("/cases/{number}", response=StoryOut, summary=gettext_noop("One case"))
def one_case(request: HttpRequest, number: str) -> dict[str, Any]:
    """The case as the caller may see it; one that they may not see does not exist for them."""
    return _story(normalise_number(number), acting(request))


@router.get(
    "/cases/{number}/files", response=list[FileOut], summary=gettext_noop("Files of a case")
)
def files(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """What each file is, what became of it, and its hashes."""
    case = visible_to(acting(request)).filter(number=normalise_number(number)).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    return files_out(case)


@router.post(
    "/cases/{number}/files/{file}",
    summary=gettext_noop("Read the copy of a file"),
    openapi_extra=FILE_ANSWER,
)
def read_file(request: HttpRequest, number: str, file: str) -> HttpResponse:
    """The cleaned copy. A POST, because it leaves an entry that the complainant sees, once per
    person and day."""
    found = read_copy(normalise_number(number), file, acting(request), timezone.now())
    return download(found.name, found.media, found.data)


@router.post("/cases/{number}/acts", response={201: Acted}, summary=gettext_noop("Act on a case"))
def act(request: HttpRequest, number: str, body: ActIn) -> Status[dict[str, Any]]:
    """One of the acts that `GET /cases/{number}` lists as open."""
    wanted = Request(body.act, body.fields_given(), body.seen)
    done = by_staff(normalise_number(number), wanted, acting(request), timezone.now())
    recorded = [event.type for event in done.events]
    seq, stage = done.state.seq, done.state.stage
    return Status(
        201, {"number": done.case.number, "recorded": recorded, "stage": stage, "seq": seq}
    )
