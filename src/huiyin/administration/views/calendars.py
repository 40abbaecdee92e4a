"""Pages of calendars: which there are, and the import of a year's notice in two steps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin import calendars as tables
from huiyin.administration import calendar_acts
from huiyin.administration.forms import NoticeForm
from huiyin.administration.views.common import administrators, author, blame, page
from huiyin.calendars.importing import Proposal, propose
from huiyin.domain.errors import Refusal
from huiyin.people.refusing import pick


@administrators
def calendars(request: HttpRequest) -> HttpResponse:
    """The calendars there are and up to which year each is official."""
    rows = []
    for id in tables.ids():
        calendar = tables.load(id)
        official = [y for y, year in calendar.years.items() if not year.provisional]
        rows.append(
            {
                "id": id,
                "title": pick(calendar.title),
                "version": calendar.version,
                "until": max(official, default=None),
                "every_year": calendar.every_year,
            }
        )
    return page(request, "calendars", calendars=rows)


@administrators
def import_notice(request: HttpRequest) -> HttpResponse:
    """Paste the notice; see what would change; confirm."""
    year = timezone.localdate().year + 1
    form = NoticeForm(request.POST or None, year=year)
    if request.method != "POST" or request.POST.get("do") == "back":
        return _ask(request, form)
    if not form.is_valid():
        return _ask(request, form, 422)
    try:
        found = _proposal(form)
        if request.POST.get("do") != "confirm":
            return _preview(request, form, found)
        confirmed = request.POST.get("shown_digest", "")
        calendar_acts.import_notice(found, confirmed, author(request), timezone.now())
    except Refusal as refusal:
        return _ask(request, form, blame(form, refusal))
    messages.success(
        request, _("Written. The dates of open cases are computed anew in the next minutes.")
    )
    return redirect("administration:calendars")


def _proposal(form: NoticeForm) -> Proposal:
    said = form.cleaned_data
    today = datetime.now(UTC).date()
    return propose(said["calendar"], said["year"], said["text"], said["source"], said["url"], today)


def _ask(request: HttpRequest, form: NoticeForm, status: int = 200) -> HttpResponse:
    return page(
        request,
        "form",
        status,
        form=form,
        title=_("Import a year's notice"),
        back="administration:calendars",
        button=_("Show what would change"),
    )


def _preview(request: HttpRequest, form: NoticeForm, found: Proposal) -> HttpResponse:
    rows: list[dict[str, Any]] = [
        {"day": note.day, "working": note.working, "name": pick(note.name), "gone": sign == "-"}
        for sign, note in found.changes
    ]
    return page(
        request,
        "preview",
        form=form,
        found=found,
        title=pick(found.new.title),
        rows=rows,
        shown_digest=calendar_acts.shown_digest(found),
    )
