"""The API: one NinjaAPI with the routers of the rooms, errors as RFC 9457."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huiyin.cases.api import router as office
from huiyin.domain.errors import Refusal
from huiyin.portal.api import router as public
from huiyin.web.middleware import problem

api = NinjaAPI(
    title="Huiyin",
    version="1",
    description=(
        "Hand in, follow and handle grievances. Errors are RFC 9457 problem details with a "
        "stable `code`."
    ),
    urls_namespace="api",
)
api.add_router("", public)
api.add_router("", office)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(refusal)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first mistake by its place in the body; values are not echoed, they may be private."""
    mistakes = [
        {"field": ".".join(map(str, e.get("loc", ())[1:])) or "body", "reason": e.get("msg", "")}
        for e in error.errors
    ]
    fields = [f"{m['field']}: {m['reason']}" for m in mistakes]
    return problem(Refusal("request-invalid", fields=fields))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(Refusal("request-unreadable", reason=str(error)))


@api.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(Refusal("sign-in-needed"))
