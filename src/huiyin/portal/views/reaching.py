"""How the complainant can be reached, changed later on one page with the case open.

Leaving an identity under seal or exchanging it, erasing it, an address for notices, no notices any
more: four small forms. The notice address is never shown back; the identity only on its own page
and in the fields that change it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from huiyin.cases import reaching
from huiyin.cases.contact import notice_of
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain
from huiyin.portal.draft import IDENTITY
from huiyin.portal.forms import IdentityForm, NoticeForm
from huiyin.portal.sittings import Open, refresh
from huiyin.portal.telling import changed_since, told
from huiyin.portal.views.following import closed, opened
from huiyin.vault.queries import can_break_glass, open_identity_as_complainant

SEAL, ERASE, NOTICE, STOP = "seal", "erase", "notice", "stop"


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """What is left here, and the forms that change it."""
    found = opened(request)
    if found is None:
        return closed(request)
    sitting, case = found
    if request.method != "POST":
        return refresh(sitting, _page(request, sitting, case))
    chosen = request.POST.get("do", "")
    form = _form(chosen, request.POST)
    if form is not None and not form.is_valid():
        return _page(request, sitting, case, {chosen: form})
    try:
        _do(chosen, sitting, case, form, _seen(request))
    except Refusal as refusal:
        return _page(
            request, sitting, case, {chosen: form} if form else {}, refusal, _seen(request)
        )
    return refresh(sitting, redirect("portal:contact"))


def _form(chosen: str, data: Any) -> forms.Form | None:
    kinds: dict[str, type[forms.Form]] = {SEAL: IdentityForm, NOTICE: NoticeForm}
    return kinds[chosen](data, prefix=chosen) if chosen in kinds else None


def _seen(request: HttpRequest) -> int | None:
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None


def _do(chosen: str, sitting: Open, case: Case, form: forms.Form | None, seen: int | None) -> None:
    key, now, number = bytes.fromhex(sitting.value["key"]), timezone.now(), case.number
    if chosen == SEAL and form is not None:
        given = {to: form.cleaned_data[name] for name, to in IDENTITY.items()}
        # What this page does not ask for (a messenger, a helper) stays as it was.
        kept = {n: v for n, v in _identity(sitting, case).items() if n not in IDENTITY.values()}
        reaching.seal_identity(number, key, {**kept, **given}, seen, now)
    elif chosen == ERASE:
        reaching.erase_identity(number, key, seen, now)
    elif chosen == NOTICE and form is not None:
        reaching.set_notice(number, form.cleaned_data["email"], seen, now)
    elif chosen == STOP:
        reaching.stop_notice(number, seen, now)


def _identity(sitting: Open, case: Case) -> dict[str, str]:
    """What lies under seal now; {} if nothing does."""
    try:
        return open_identity_as_complainant(case.vault, bytes.fromhex(sitting.value["key"]))
    except Refusal as refusal:
        if refusal.code != "identity-absent":
            raise
        return {}


def _page(
    request: HttpRequest,
    sitting: Open,
    case: Case,
    bound: dict[str, forms.Form] | None = None,
    refusal: Refusal | None = None,
    seen: int | None = None,
) -> HttpResponse:
    case.refresh_from_db()
    history, held = history_of(case), _identity(sitting, case)
    initial = {name: held.get(field, "") for name, field in IDENTITY.items()}
    chosen = bound or {}
    words = explain(refusal) if refusal else None
    context = {
        "section": "follow",
        "case": case,
        "seen": history.state.seq,
        "has_identity": bool(held),
        "officers_ready": can_break_glass(),
        "has_notice": notice_of(history.events) is not None,
        "told": told(case),
        "identity_form": chosen.get(SEAL) or IdentityForm(prefix=SEAL, initial=initial),
        "notice_form": chosen.get(NOTICE) or NoticeForm(prefix=NOTICE),
        "refusal": words,
        "changed": changed_since(history, seen) if refusal and seen else [],
    }
    status = words.status if words else 422 if chosen else 200
    return render(request, "portal/contact.html", context, status=status)
