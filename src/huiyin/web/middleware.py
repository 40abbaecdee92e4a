"""What every answer passes through: refusals become pages, private pages stay private."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain
from huiyin.portal.uploads import most_together

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
    if words.status == 401:  # RFC 9110, 11.6.1
        answer["WWW-Authenticate"] = _SCHEMES.get(words.code, "Bearer")
    return answer


_SCHEMES = {"receipt-code-needed": "Receipt"}


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


def _api_answer(answer: HttpResponse) -> HttpResponse:
    """What Django itself answered below /api/, as problem details: its pages are for people."""
    status = answer.status_code
    if status == 404:
        return problem(Refusal("address-unknown"))
    if status == 405:
        allowed = answer.get("Allow", "")
        replaced = problem(Refusal("method-not-allowed", allowed=allowed))
        replaced["Allow"] = allowed
        return replaced
    if status == 413:
        return too_large()
    if status >= 500:
        return problem(Refusal("server-error"))
    return problem(Refusal("request-unreadable", reason=answer.reason_phrase))


# The addresses that take files. They alone may send more than Django's own limit allows.
WITH_FILES = ("/api/v1/cases/with-files", "/api/v1/follow/files")


def read_files(request: HttpRequest) -> None:
    """Read the body of a request with files into memory, before anything asks for it.

    base64 makes three bytes into four, and names come on top. Raises Refusal
    ``request-too-large`` before a byte is read, ``upload-cut-off`` if the end is missing.
    """
    said, most = int(request.META.get("CONTENT_LENGTH") or 0), most_together() * 3 // 2
    if said > most:
        raise Refusal("request-too-large", most=most)
    body = request.read(said)
    if len(body) < said:
        raise Refusal("upload-cut-off")
    # Where HttpRequest.body keeps what it has read; reading by itself it would stop at its limit.
    request._body = body


def _form_alone(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """What Django answers with an empty page: an address that only takes a form, but was typed or
    loaded again."""
    page = refusal_page(request, Refusal("page-takes-a-form"))
    page["Allow"] = answer.get("Allow", "")
    return page


class RefusalMiddleware:
    """Turns a Refusal that a view let through into an answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path_info in WITH_FILES:
            try:
                read_files(request)
            except Refusal as refusal:
                return problem(refusal)
        answer = self.get_response(request)
        if answer.status_code < 400:
            return answer
        if not request.path_info.startswith(API):
            return _form_alone(request, answer) if answer.status_code == 405 else answer
        return answer if answer["Content-Type"] == PROBLEM else _api_answer(answer)

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
    "/join",
    "/receipt",
    "/desk",
    "/cases",
    "/officers",
    "/rosters",
    "/plans",
    "/accounts",
    "/administration",
    *(f"/api/v1/{part}" for part in ("cases", "follow", "desk", "search")),
)


# Where somebody with a one-time password may go: to choose their own, and out.
_BEFORE_CHOOSING = ("account_change_password", "account_logout", "set_language")


class OneTimePasswordMiddleware:
    """A password that an administrator gave opens only the page on which to choose one's own,
    and nothing once its days are over."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, named: object
    ) -> HttpResponse | None:
        """Django calls this when it knows which page is meant."""
        # The public's pages must not cost a look at the session of somebody who has none.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        until = getattr(request.user, "once_until", None)
        if until is None or request.resolver_match.url_name in _BEFORE_CHOOSING:
            return None
        if until < timezone.now():
            logout(request)
            return refusal_page(request, Refusal("password-ran-out"))
        if request.path_info.startswith(API):
            return problem(Refusal("password-to-choose"))
        return redirect("account_change_password")


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
