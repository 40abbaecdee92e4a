"""The page that tells a unit's people what complainants let the unit know."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huiyin.cases.released import told_to
from huiyin.domain.access import may
from huiyin.domain.errors import Refusal
from huiyin.people.naming import Names
from huiyin.people.staff import acting


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Unread ones first. Raises Refusal ``not-allowed`` for those who handle no case."""
    actor = acting(request)
    if not may(actor, "search"):
        raise Refusal("not-allowed", verb="search")
    names = Names()
    rows = [{"one": one, "unit": names.unit(one.unit)} for one in told_to(actor)]
    rows.sort(key=lambda row: not row["one"].unread)  # type: ignore[attr-defined]  # a ToldUnit
    return render(request, "cases/released.html", {"section": "desk", "rows": rows})
