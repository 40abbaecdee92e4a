"""Pages that belong to no room: what Django itself asks for."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain
from huiyin.web.middleware import API, problem


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old; nothing was recorded."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


MANY_WRONG = Refusal("many-wrong-codes", seconds=10)


def many_wrong_codes(request: HttpRequest) -> HttpResponse:
    """One more wrong code of very many, as page or problem. Made without the request: it is kept
    for others (``gate.keeping``), and nothing of one reader may reach another."""
    if request.path_info.startswith(API):
        return problem(MANY_WRONG)
    words = explain(MANY_WRONG)
    context = {
        "status": words.status,
        "code": words.code,
        "text": words.text,
        "remedy": words.remedy,
        "back_href": "/follow/",
        "office_name": settings.CONFIG.name,  # no table is asked
        "demo_mode": settings.HUIYIN_DEMO,
    }
    body = render_to_string("refusal.html", context)
    again = str(MANY_WRONG.data["seconds"])
    return HttpResponse(body, status=words.status, headers={"Retry-After": again})
