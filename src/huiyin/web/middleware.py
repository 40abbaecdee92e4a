"""What every answer passes through: refusals become pages, private pages stay private."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain

Handler = Callable[[HttpRequest], HttpResponse]
API = "/api/"
PROBLEM = "application/problem+json"


def problem(refusal: Refusal) -> JsonResponse:
    """A refusal as RFC 9457 problem details."""
    words = explain(refusal)
    body = {
        "type": f"/errors/{words.code}",
        "title": words.text,
        "status": words.status,
        "detail": words.remedy,
        "code": words.code,
        "data": {k: _plain(v) for k, v in refusal.data.items()},
    }
    answer = JsonResponse(body, status=words.status, content_type=PROBLEM)
    if words.status == 429:
        answer["Retry-After"] = str(refusal.data.get("seconds", 60))
    return answer


def _plain(value: object) -> object:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as a page that says what to do now."""
    words = explain(refusal)
    base = "base_public.html"
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        base = "base_office.html"
    context = {
        "status": words.status,
        "code": words.code,
        "text": words.text,
        "remedy": words.remedy,
        "base_template": base,
    }
    return render(request, "refusal.html", context, status=words.status)


def too_large() -> JsonResponse:
    """The answer to a body above the limit of the settings."""
    return problem(Refusal("request-too-large", most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


# What Django itself answers below /api/, by status; its pages are for people.
_BY_STATUS = {
    403: "not-allowed-here",
    404: "address-unknown",
    405: "method-not-allowed",
    413: "request-too-large",
}


def _api_answer(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Every error below /api/ as problem details, also those that no operation raised."""
    if answer.status_code < 400 or answer["Content-Type"] == PROBLEM:
        return answer
    if answer.status_code >= 500:
        replaced = problem(Refusal("server-error"))
    elif answer.status_code == 405:
        replaced = problem(Refusal("method-not-allowed", allowed=answer.get("Allow", "")))
        replaced["Allow"] = answer.get("Allow", "")
    elif answer.status_code == 413:
        replaced = too_large()
    elif answer.status_code in _BY_STATUS:
        replaced = problem(Refusal(_BY_STATUS[answer.status_code]))
    else:
        replaced = problem(Refusal("request-unreadable", reason=answer.reason_phrase))
    return replaced


class RefusalMiddleware:
    """Turns a Refusal that a view let through into an answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code >= 400 and request.path_info.startswith(API) and not settings.DEBUG:
            return _api_answer(request, answer)
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this with what a view raised."""
        if not isinstance(exception, Refusal):
            return None
        if request.path_info.startswith(API):
            return problem(exception)
        return refusal_page(request, exception)


# Nothing of these may be kept by a browser or a proxy (privacy.md, "Anonymous dialogue").
_PRIVATE = (
    "/hand-in",
    "/follow",
    "/receipt",
    "/desk",
    "/cases",
    "/accounts",
    *(f"/api/v1/{part}" for part in ("cases", "follow", "desk", "search")),
)


class PrivacyHeadersMiddleware:
    """No page of a case is stored, indexed or named to another site."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.path_info.startswith(_PRIVATE):
            answer["Cache-Control"] = "no-store, private"
            answer["X-Robots-Tag"] = "noindex, nofollow"
        answer.setdefault(
            "Permissions-Policy", "geolocation=(), camera=(), microphone=(), interest-cohort=()"
        )
        return answer
