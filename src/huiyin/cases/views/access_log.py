"""The page on which a supervisor sees who opened or read what was sealed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huiyin.cases.access_log import PAGE, looks
from huiyin.people.naming import Names, role_name, staff_names
from huiyin.people.staff import acting


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Fifty openings and readings a page, newest first."""
    asked = request.GET.get("from", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    found = looks(acting(request), before)
    staff = staff_names(id for look in found for id in (look.actor, look.second))
    names = Names()
    rows = [
        {
            "look": look,
            "by": staff.get(str(look.actor), ""),
            "second": staff.get(str(look.second), ""),
            "role": role_name(look.role),
            "unit": names.unit(look.unit),
        }
        for look in found[:PAGE]
    ]
    older = f"?from={found[PAGE - 1].index}" if len(found) > PAGE else ""
    context = {"section": "unit", "rows": rows, "older": older, "newer": "?" if before else ""}
    return render(request, "cases/access_log.html", context)
