"""Consent of a complainant: who may know who they are, given and taken back on one page.

The follow sitting holds the private key that follows from the receipt code; without it nobody
can release anything. Nothing of the identity itself is shown here.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.cases import consenting
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain.errors import Refusal
from huiyin.people.naming import Names
from huiyin.people.refusing import explain
from huiyin.portal.act_forms import ConsentForm, SeenForm
from huiyin.portal.sittings import Open, refresh
from huiyin.portal.telling import changed_since, told
from huiyin.portal.views.following import closed, opened
from huiyin.vault.queries import open_identity_as_complainant


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """The consents in force, and the form to give one."""
    found = opened(request)
    if found is None:
        return closed(request)
    sitting, case = found
    if request.method != "POST":
        return refresh(sitting, _page(request, sitting, case))
    form = _form(sitting, case, request.POST)
    if not form.is_valid():
        return _page(request, sitting, case, form)
    chosen = consenting.Consent(form.cleaned_data["scope"], form.cleaned_data["unit"])
    try:
        consenting.give(
            case.number, _key(sitting), chosen, form.cleaned_data["seen"], timezone.now()
        )
    except Refusal as refusal:
        if _given(case, chosen):  # pressed twice
            return refresh(sitting, redirect("portal:consent"))
        return _page(request, sitting, case, form, refusal)
    return refresh(sitting, redirect("portal:consent"))


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """End one consent; pressing twice is harmless."""
    found = opened(request)
    if found is None:
        return closed(request)
    sitting, case = found
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else None
    unit = request.POST.get("unit", "")
    try:
        consenting.take_back(case.number, _key(sitting), unit, seen, timezone.now())
    except Refusal as refusal:
        if any(one["unit"] == unit for one in told(case)):
            return _page(request, sitting, case, None, refusal, seen)
    return refresh(sitting, redirect("portal:consent"))


def _key(sitting: Open) -> bytes:
    return bytes.fromhex(sitting.value["key"])


def _given(case: Case, chosen: consenting.Consent) -> bool:
    """Whether this very consent is in force: the same scope for the same unit."""
    return any(g.unit == chosen.unit and g.scope == chosen.scope for g in consenting.consents(case))


def _held(sitting: Open, case: Case) -> set[str]:
    """The names of the sealed fields; empty if there are none (any more)."""
    try:
        return set(open_identity_as_complainant(case.vault, _key(sitting)))
    except Refusal as refusal:
        if refusal.code != "identity-absent":
            raise
        return set()


def _form(sitting: Open, case: Case, data: Any = None) -> ConsentForm:
    names = Names()
    units = [(unit, names.unit(unit)) for unit in consenting.choosable(case)]
    return ConsentForm(
        data,
        scopes=consenting.scopes_of(_held(sitting, case)),
        units=units,
        handling=case.unit_id,
        initial={"seen": case.seq, "unit": case.unit_id},
    )


def _page(
    request: HttpRequest,
    sitting: Open,
    case: Case,
    form: ConsentForm | None = None,
    refusal: Refusal | None = None,
    seen: int | None = None,
) -> HttpResponse:
    history = history_of(case)
    words = explain(refusal) if refusal else None
    if form is not None and refusal is not None:
        seen = form.cleaned_data["seen"]
        # Pressing again is then a decision about the case as it is now.
        form.data = {**request.POST.dict(), "seen": str(history.state.seq)}
    status = words.status if words else 422 if form is not None and form.errors else 200
    context = {
        "section": "follow",
        "case": case,
        "seen": history.state.seq,
        "form": form or _form(sitting, case),
        "has_identity": bool(_held(sitting, case)),
        "given": told(case),
        "refusal": words,
        "changed": changed_since(history, seen) if seen else [],
    }
    return render(request, "portal/consent.html", context, status=status)
