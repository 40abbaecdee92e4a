"""The first page: three doors, what this office answers, the law that applies."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huiyin.people.directory import directory
from huiyin.people.refusing import pick
from huiyin.portal.choices import category_groups
from huiyin.portal.forms import CodeForm
from huiyin.portal.packs_here import in_use
from huiyin.portal.queries import register_totals


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Home."""
    totals = register_totals()
    context = {
        "section": "home",
        "form": CodeForm(),
        "groups": category_groups(),
        "packs": [{"id": p.id, "title": pick(p.title)} for p in in_use()],
        "totals": totals,
        "registered": totals.of("registered"),
        "answered": totals.of("answered"),
        "erased": totals.of("erased"),
    }
    return render(request, "portal/home.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """When the office is open. A page without anything about complaints: it is where "Exit
    this page" leads."""
    return render(request, "portal/about.html", {"units": _openings()})


def _openings() -> list[dict[str, Any]]:
    """Each unit that says when it is open, once: those below it say the same."""
    tree, found = directory(), []
    for unit in tree.units.values():
        above = tree.units.get(unit.parent or "")
        opening = pick(unit.about.get("opening"))
        if opening and (above is None or pick(above.about.get("opening")) != opening):
            found.append({"name": pick(unit.name), "opening": opening})
    return found
