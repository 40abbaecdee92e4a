"""What every answer passes through: refusals become pages, private pages stay private."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain

Handler = Callable[[HttpRequest], HttpResponse]


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
    answer = JsonResponse(body, status=words.status, content_type="application/problem+json")
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


class RefusalMiddleware:
    """Turns a Refusal that a view let through into an answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this with what a view raised."""
        if not isinstance(exception, Refusal):
            return None
        if request.path.startswith("/api/"):
            return problem(exception)
        return refusal_page(request, exception)


# Nothing of these may be kept by a browser or a proxy (privacy.md, "Anonymous dialogue").
_PRIVATE = ("/hand-in", "/follow", "/receipt", "/desk", "/cases", "/accounts", "/api/v1/follow")


class PrivacyHeadersMiddleware:
    """No page of a case is stored, indexed or named to another site."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        path = request.path
        if path.startswith(_PRIVATE) or path == "/api/v1/cases":
            answer["Cache-Control"] = "no-store, private"
            answer["X-Robots-Tag"] = "noindex, nofollow"
        answer.setdefault(
            "Permissions-Policy", "geolocation=(), camera=(), microphone=(), interest-cohort=()"
        )
        return answer
