"""Requests for comment to the reader's own units: the list, and one request with its answer.

Nothing on these pages comes from the case but the words that its owner released to the unit.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.cases import answering
from huiyin.cases.forms import CommentForm
from huiyin.domain.access import ANSWERING, Actor
from huiyin.domain.errors import Refusal
from huiyin.people.naming import Names
from huiyin.people.refusing import explain
from huiyin.people.staff import acting


def _speaking(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not actor.units(*ANSWERING):
        raise Refusal("not-allowed", verb="comment")
    return actor


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Requests that wait, oldest first. Raises Refusal ``not-allowed`` for who speaks for no
    unit."""
    names = Names()
    waiting = answering.waiting_for(_speaking(request), timezone.now())
    rows = [{"one": one, "unit": names.unit(one.unit)} for one in waiting]
    return render(request, "cases/comments.html", {"section": "desk", "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, mark: str) -> HttpResponse:
    """One request; POST answers it. Raises Refusal ``comment-not-waiting``."""
    actor, now = acting(request), timezone.now()
    asked = answering.read(actor, mark, now)
    form = CommentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answering.answer(actor, mark, form.cleaned_data["comment"], now)
        except Refusal as refusal:
            if refusal.code == "comment-not-waiting":
                raise
            words = explain(refusal)
            form.add_error("comment", f"{words.text} {words.remedy}")
        else:
            messages.success(request, _("Your comment was handed over. It cannot be changed now."))
            return redirect("cases:comments")
    unit = Names().unit(asked.waiting.unit)
    context = {"section": "desk", "asked": asked, "unit": unit, "form": form}
    with timezone.override(asked.zone):
        page = "cases/comment.html"
        return render(request, page, context, status=422 if form.errors else 200)
