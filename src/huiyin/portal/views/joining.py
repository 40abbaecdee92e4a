"""Co-signing by a link: what it is about, one button, a receipt of one's own. No code, no account.

The address holds a sealed number and a random mark, nothing that names a case or a person.
"""

from __future__ import annotations

import os
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.cases.catalog import catalog
from huiyin.cases.cosigning import MARK_SIZE, Joint, co_sign, joint, read_by_co_signer, signed
from huiyin.cases.queries import numbered
from huiyin.cases.submitting import TEXT_LIMIT
from huiyin.domain.errors import Refusal
from huiyin.people.directory import directory
from huiyin.people.refusing import explain, pick
from huiyin.portal.fields import TextField
from huiyin.portal.receipts import receipt_bytes


class JoinForm(forms.Form):
    """One co-signature. ``mark`` makes a double click one signature."""

    mark = forms.CharField(max_length=2 * MARK_SIZE, widget=forms.HiddenInput)
    message = TextField(
        label=_("What you want to add"),
        help_text=_("The office reads it, and not from whom it is. Do not name yourself."),
        required=False,
        limit=TEXT_LIMIT,
    )


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Read what it is about; POST co-signs."""
    found = joint(token, timezone.now())
    if request.method != "POST":
        form = JoinForm(initial={"mark": os.urandom(MARK_SIZE).hex()})
        return _page(request, token, found, form)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _page(request, token, found, form, 422)
    mark = form.cleaned_data["mark"]
    try:
        co_sign(token, mark, form.cleaned_data["message"], timezone.now())
    except Refusal as refusal:
        words = explain(refusal)
        form.add_error(None, f"{words.text} {words.remedy}")
        return _page(request, token, found, form, words.status)
    context = {"section": "hand-in", "token": token, "mark": mark, "number": found.case.number}
    return render(request, "portal/joined.html", context)


def _page(
    request: HttpRequest, token: str, found: Joint, form: JoinForm, status: int = 200
) -> HttpResponse:
    tree, known = directory(), catalog().categories
    place = tree.places.get(found.case.place_id or "")
    context: dict[str, Any] = {
        "section": "hand-in",
        "found": found,
        "form": form,
        "category": pick(known[found.case.category_id].name),
        "place": pick(place.name) if place else "",
    }
    return render(request, "portal/join.html", context, status=status)


@require_GET
def receipt(request: HttpRequest, token: str, mark: str) -> HttpResponse:
    """The receipt file of one co-signature: the case up to it, with its proof."""
    history = signed(token, mark)
    case = numbered(joint(token, timezone.now()).case.number)
    assert case is not None  # the link has just led to it
    opened = read_by_co_signer(history)
    answer = HttpResponse(
        receipt_bytes(case, history, timezone.now(), opened), content_type="application/json"
    )
    answer["Content-Disposition"] = 'attachment; filename="co-signed.receipt.json"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
