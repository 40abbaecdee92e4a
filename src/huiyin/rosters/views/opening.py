"""What every roster page begins with: the roster, its reader, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.roster_access import may_roster
from huiyin.domain.rosters import values
from huiyin.domain.rosters.wallclock import wall
from huiyin.people.naming import Names
from huiyin.people.refusing import explain, pick
from huiyin.people.staff import acting
from huiyin.rosters.models import Roster
from huiyin.rosters.queries import open_roster, value_of


@dataclass(frozen=True)
class Opened:
    """One roster for one reader."""

    row: Roster
    value: values.Roster
    actor: Actor
    now: datetime
    may_edit: bool
    may_serve: bool

    @property
    def today(self) -> date:
        """The day it is where the roster is."""
        return wall(self.now, self.value.zone).date()


def opened(request: HttpRequest, roster: str, verb: str = "read") -> Opened:
    """The roster of a page. Raises Refusal ``roster-unknown``, ``not-allowed``."""
    actor, now = acting(request), timezone.now()
    row, facts = open_roster(actor, roster, verb)
    return Opened(
        row, value_of(row, now), actor, now,
        may_roster(actor, "edit", facts), may_roster(actor, "serve", facts),
    )  # fmt: skip


def context(page: Opened, tab: str, **more: Any) -> dict[str, Any]:
    """What every page of a roster shows."""
    return {
        "section": "rosters",
        "roster": page.row,
        "title": pick(page.row.title),
        "unit": Names().unit(page.row.unit_id),
        "zone": page.row.zone,
        "may_edit": page.may_edit,
        "may_serve": page.may_serve,
        "tabs": _tabs(page, tab),
        "now": page.now,
        **more,
    }


def _tabs(page: Opened, chosen: str) -> list[dict[str, object]]:
    titles = {"month": _("Month calendar"), "changes": _("Leave and changes")}
    if page.may_serve:
        titles |= {"swap": _("Swap"), "handover": _("Handover")}
    titles |= {"check": _("Gaps and fairness")}
    if page.may_edit:
        titles |= {"propose": _("Fair plan"), "reach": _("Reachability")}
        titles |= {"setup": _("Rules and people")}
    return [
        {
            "text": title,
            "href": reverse(f"rosters:{name}", args=[page.row.pk]),
            "current": name == chosen,
        }
        for name, title in titles.items()
    ]


@dataclass(frozen=True)
class Step:
    """One form of a page with several: what is done with it when it is sent and valid."""

    form: forms.Form
    act: Callable[[dict[str, Any]], object]
    said: str


def taken(
    request: HttpRequest, steps: Mapping[str, Step], back: str, *where: object
) -> tuple[HttpResponse | None, int]:
    """Do the step that was sent: a redirect when it was done, else the status with which to
    show the page again. A refusal stands above the fields of its form."""
    step = steps.get(request.POST.get("do", ""))
    if step is None or not step.form.is_valid():
        return None, 422
    try:
        step.act(step.form.cleaned_data)
    except Refusal as refusal:
        words = explain(refusal)
        if refusal.code == "holder-unnamed" and hasattr(step.form, "ask"):
            step.form.ask()  # who may decide it is asked; everybody else gets the refusal
        step.form.add_error(None, f"{words.text} {words.remedy}")
        return None, words.status
    messages.success(request, step.said)
    return redirect(back, *where), 302
