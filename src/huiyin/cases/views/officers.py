"""The desk of the privacy officer and the ombudsman: open requests by number, and no case.

Every page that takes a passphrase wants the password of the account once more first. The way
there is a plain redirect: allauth's own would keep a posted passphrase in the session until the
password was typed. What was opened is on this one answer and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.cases import opening
from huiyin.cases.file_rows import file_rows
from huiyin.cases.files import files_of
from huiyin.cases.models import Case, OpeningRequest
from huiyin.cases.officer_forms import AskForm, ExplainForm, PassphraseForm
from huiyin.cases.opening import Asking
from huiyin.cases.queries import history_of
from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import normalise_number
from huiyin.people.downloads import download
from huiyin.people.naming import role_name, staff_names
from huiyin.people.refusing import explain
from huiyin.people.staff import acting, confirmed_recently

View = Callable[..., HttpResponse]


def _officers(view: View) -> View:
    """For officers who have typed their password a moment ago; others never reach the view."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        opening.role_of(acting(request))
        if not confirmed_recently(request):
            return _password_first(request)
        return view(request, *args, **named)

    return guarded


def _password_first(request: HttpRequest) -> HttpResponse:
    # A form sent too late is not carried along: its passphrase must not be stored anywhere.
    back = request.get_full_path()
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the officers."""
    actor = acting(request)
    role = opening.role_of(actor)
    found = opening.requests_for(actor, timezone.now())
    names = staff_names(row.first_id for row in found)
    context = {
        "section": "desk",
        "role": role_name(role),
        "waiting": [_row(row, actor, names) for row in found if row.opened is None],
        "unexplained": [_row(row, actor, names) for row in found if row.opened is not None],
    }
    return render(request, "cases/officers.html", context)


def _row(row: OpeningRequest, actor: Actor, names: dict[str, str]) -> dict[str, Any]:
    return {
        "number": row.number,
        "purpose": row.purpose,
        "by": names.get(str(row.first_id), ""),
        "role": role_name(row.role),
        "at": row.opened or row.asked,
        "owed": opening.owed(actor, row.number, timezone.now()) if row.opened else None,
        "mine": opening.may_answer(actor, row),
    }


@_officers
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The first officer's page: which case, what for, why, and their passphrase."""
    actor = acting(request)
    form = AskForm(request.POST if request.method == "POST" else None)
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        try:
            asking = Asking(
                normalise_number(form.cleaned_data["number"]),
                form.cleaned_data["purpose"],
                form.cleaned_data["reason"],
                form.cleaned_data["passphrase"],
            )
            opening.ask(actor, asking, timezone.now())
        except Refusal as refusal:
            status = _blame(form, refusal, "number")
        else:
            messages.success(request, _("Asked. The other officer sees it on their desk."))
            return redirect("cases:officers")
    return render(
        request, "cases/officers_ask.html", {"section": "desk", "form": form}, status=status
    )


_FIELDS = {
    "passphrase-wrong": "passphrase",
    "passphrase-missing": "passphrase",
    "opening-purpose-unknown": "purpose",
}


def _blame(form: Any, refusal: Refusal, otherwise: str) -> int:
    """Put the refusal at the field that it is about; the passphrase is never sent back."""
    words = explain(refusal)
    field = _FIELDS.get(refusal.code, otherwise)
    form.add_error(field if field in form.fields else None, f"{words.text} {words.remedy}")
    return words.status


@_officers
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One request: answer it, issue a code after it, explain it, or end it."""
    actor = acting(request)
    if request.method != "POST":
        return _page(request, actor, number)
    verbs = {
        "confirm": _confirm,
        "fetch": _fetch,
        "issue": _issue,
        "explain": _explain,
        "withdraw": _withdraw,
    }
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        return _page(request, actor, number, status=422)
    return verb(request, actor, number)


def _page(
    request: HttpRequest, actor: Actor, number: str, status: int = 200, **more: Any
) -> HttpResponse:
    row = opening.request_for(actor, number)
    held = opening.case_for(actor, number)
    context = {
        "section": "desk",
        "number": number,
        "row": _row(row, actor, staff_names([row.first_id])),
        "reason": opening.reason_of(row, held),
        "opened": row.opened,
        "may_answer": row.opened is None and opening.may_answer(actor, row),
        "may_reissue": opening.may_reissue(actor, row),
        "files": _originals(actor, row, held),
        "form": PassphraseForm(),
        "explaining": ExplainForm(),
        **more,
    }
    return render(request, "cases/officers_case.html", context, status=status)


def _originals(actor: Actor, row: OpeningRequest, held: Case) -> list[dict[str, Any]]:
    """The files that this officer can fetch now; none for anybody else."""
    if not opening.may_fetch(actor, row):
        return []
    return file_rows(files_of(held, history_of(held)))


def _fetch(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One original, for the passphrase typed beside it."""
    form = PassphraseForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, number, 422, form=form)
    passphrase, file = form.cleaned_data["passphrase"], request.POST.get("file", "")
    try:
        found = opening.original(actor, number, file, passphrase, timezone.now())
    except Refusal as refusal:
        status = _blame(form, refusal, "passphrase")
        return _page(request, actor, number, status, form=form)
    return download(found.name, found.media, found.data)


def _confirm(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    form = PassphraseForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, number, 422, form=form)
    try:
        found = opening.confirm(actor, number, form.cleaned_data["passphrase"], timezone.now())
    except Refusal as refusal:
        status = _blame(form, refusal, "passphrase")
        return _page(request, actor, number, status, form=form)
    row = opening.request_for(actor, number)
    context = {
        "section": "desk",
        "number": number,
        "fields": found.fields,
        "owed": found.explain,
        "may_reissue": opening.may_reissue(actor, row),
        "may_fetch": opening.may_fetch(actor, row),
        "form": PassphraseForm(),
    }
    return render(request, "cases/officers_opened.html", context)


def _issue(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    form = PassphraseForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, number, 422, form=form)
    try:
        code = opening.reissue(actor, number, form.cleaned_data["passphrase"], timezone.now())
    except Refusal as refusal:
        status = _blame(form, refusal, "passphrase")
        return _page(request, actor, number, status, form=form)
    context = {"section": "desk", "number": number, "code": code.text}
    return render(request, "cases/officers_code.html", context)


def _explain(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, number, 422, explaining=form)
    try:
        opening.explain(actor, number, form.cleaned_data["message"], timezone.now())
    except Refusal as refusal:
        status = _blame(form, refusal, "message")
        return _page(request, actor, number, status, explaining=form)
    messages.success(request, _("Explained. The complainant reads it in the dialogue."))
    return redirect("cases:officers")


def _withdraw(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    opening.withdraw(actor, number)
    messages.success(request, _("Ended. The share that was handed over is destroyed."))
    return redirect("cases:officers")
