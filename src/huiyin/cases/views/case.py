"""One case for the office: where it stands, what is open to the reader, what has happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huiyin.cases.acting import Request, by_staff
from huiyin.cases.consenting import consents
from huiyin.cases.cosigning import signatures
from huiyin.cases.file_rows import file_rows
from huiyin.cases.files import files_of
from huiyin.cases.models import Case
from huiyin.cases.presenting import CaseNames, act_groups, dues, timeline
from huiyin.cases.queries import history_of, takeable_by, units_told, visible_to
from huiyin.cases.views.loading import Opened, open_case
from huiyin.domain.errors import Refusal
from huiyin.people.naming import staff_names
from huiyin.people.staff import acting


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The case page; somebody who may only take the case sees what they need for that."""
    try:
        opened = open_case(request, number)
    except Refusal:
        return _offer_to_take(request, number)
    with timezone.override(opened.history.law.zone):
        return render(request, "cases/case.html", _context(opened))


def _context(opened: Opened) -> dict[str, Any]:
    case, history, story = opened.case, opened.history, opened.story
    rules = history.law.pack.acts
    return {
        "section": "desk",
        "case": case,
        "story": story,
        "groups": act_groups(history, story),
        "timeline": timeline(case, history, story),
        "dues": dues(history, story),
        "owner": staff_names([story.state.owner]).get(str(story.state.owner), ""),
        "mine": story.state.owner == opened.actor.id,
        "waits": history.law.pack.stages[story.stage].waits_on,
        "summarise": next((a.id for a in story.acts if rules[a.id].summarises), ""),
        "signed": signatures(history.events),
        "told": _told(opened),
        "files": file_rows(files_of(case, history)),
        **_about(case),
    }


def _told(opened: Opened) -> list[dict[str, str]]:
    """What the complainant released to units that the reader may read it for."""
    units = units_told(opened.actor, opened.case)
    if not units:
        return []
    names = CaseNames()
    return [
        {"unit": names.unit(one.unit), "scope": one.scope}
        for one in consents(opened.case)
        if one.unit in units
    ]


def _about(case: Case) -> dict[str, str]:
    names = CaseNames()
    return {
        "category": names.category(case.category_id),
        "place": names.place(case.place_id),
        "unit": names.unit(case.unit_id),
        "about_unit": names.unit(case.about_unit_id),
        "about_post": names.post(case.about_post_id),
    }


def _offer_to_take(request: HttpRequest, number: str) -> HttpResponse:
    """The page for those who may own the case but do not yet: what it is about, no content."""
    case = takeable_by(acting(request)).filter(number=number).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    return render(request, "cases/take.html", {"section": "desk", "case": case, **_about(case)})


@login_required
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Become the owner of a case that has none."""
    actor = acting(request)
    case = takeable_by(actor).filter(number=number).first()
    if case is None:
        if visible_to(actor).filter(number=number, owner_id=int(actor.id)).exists():
            return redirect("cases:case", number)  # pressed twice
        raise Refusal("case-unknown", number=number)
    state = history_of(case).state
    pack = history_of(case).law.pack
    assigning = next(
        rule.id
        for rule in pack.acts.values()
        if rule.assigns and (not rule.levels or state.level in rule.levels)
    )
    by_staff(number, Request(assigning, {"owner": actor.id}), actor, timezone.now())
    messages.success(request, _("You own this case now."))
    return redirect("cases:case", number)
