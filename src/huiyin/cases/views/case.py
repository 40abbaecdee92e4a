"""One case for the office, and the page of each act."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.cases.acting import Request, by_staff
from huiyin.cases.forms import ActForm
from huiyin.cases.models import Case
from huiyin.cases.presenting import category_name, timeline
from huiyin.cases.queries import facts_of, history_of, takeable_by, visible_to
from huiyin.cases.recording import History
from huiyin.cases.story import ActView, Reader, Story, tell
from huiyin.domain.access import (
    OWNER,
    REVIEWER,
    Actor,
    CaseFacts,
    candidates,
    roles_on,
)
from huiyin.domain.errors import Refusal
from huiyin.people.directory import directory
from huiyin.people.naming import place_name, staff_names, unit_name
from huiyin.people.queries import actors_reaching
from huiyin.people.refusing import explain, tag
from huiyin.people.staff import acting


def _load(request: HttpRequest, number: str) -> tuple[Case, History, Story, Actor]:
    """The case as this reader sees it. Raises Refusal ``case-unknown`` if they may not."""
    actor = acting(request)
    case = visible_to(actor).filter(number=number).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    history = history_of(case)
    roles = roles_on(actor, facts_of(case, history.state))
    reader = Reader("office", tag(), roles, actor.id)
    return case, history, tell(case, history, reader, timezone.now()), actor


def _groups(story: Story) -> list[dict[str, object]]:
    """Acts by what they are for, so that the likely next step stands first."""
    forward = [a for a in story.acts if a.decides or a.article]
    talk = [a for a in story.acts if a not in forward]
    return [
        {"title": _("The procedure"), "acts": forward},
        {"title": _("Working on the case"), "acts": talk},
    ]


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The case page; somebody who may only take the case sees what they need for that."""
    try:
        case, _history, story, actor = _load(request, number)
    except Refusal:
        return _offer_to_take(request, number)
    context = {
        "section": "desk",
        "case": case,
        "story": story,
        "groups": _groups(story),
        "timeline": timeline(case, story),
        "category": category_name(case.category_id),
        "place": place_name(case.place_id),
        "unit": unit_name(case.unit_id),
        "about_unit": unit_name(case.about_unit_id) if case.about_unit_id else "",
        "owner": staff_names([case.owner_id]).get(str(case.owner_id), ""),
        "mine": str(case.owner_id) == actor.id,
    }
    return render(request, "cases/case.html", context)


def _offer_to_take(request: HttpRequest, number: str) -> HttpResponse:
    case = takeable_by(acting(request)).filter(number=number).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    context = {
        "section": "desk",
        "case": case,
        "category": category_name(case.category_id),
        "place": place_name(case.place_id),
        "take": "assign-reviewer" if case.level else "assign",
    }
    return render(request, "cases/take.html", context)


def _people(case: Case, facts: CaseFacts) -> list[tuple[str, str]]:
    role = REVIEWER if case.level else OWNER
    able = candidates(actors_reaching(facts.unit, [role], timezone.localdate()), facts)
    names = staff_names(a.id for a in able)
    return sorted(names.items(), key=lambda item: item[1])


def _units(case: Case) -> list[tuple[str, str]]:
    """Units that the case may go to: open, and not what it complains of."""
    tree = directory()
    return [
        (u.id, unit_name(u.id))
        for u in tree.units.values()
        if u.open and (case.about_unit_id is None or case.about_unit_id not in tree.line(u.id))
    ]


def _form(case: Case, history: History, story: Story, view: ActView, data: object) -> ActForm:
    kinds = {f.kind for f in view.fields}
    facts = facts_of(case, history.state)
    return ActForm(
        data,
        act=view,
        story=story,
        pack=history.law.pack,
        people=_people(case, facts) if "person" in kinds else [],
        units=_units(case) if "unit" in kinds else [],
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """The page of one act: what it asks for and leads to; POST records it."""
    actor = acting(request)
    if request.method == "POST" and request.POST.get("take") == "me":
        request_ = Request(act, {"owner": actor.id})
        by_staff(number, request_, actor, timezone.now())
        messages.success(request, _("You own the case now."))
        return redirect("cases:case", number)
    case, history, story, actor = _load(request, number)
    view = next((a for a in story.acts if a.id == act), None)
    if view is None:
        return _not_open(request, case, history, story, act)
    form = _form(case, history, story, view, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            by_staff(
                number,
                Request(act, form.values(), form.cleaned_data["seen"]),
                actor,
                timezone.now(),
            )
        except Refusal as refusal:
            return _refused(request, case, story, view, form, refusal)
        messages.success(request, _("Recorded: %(act)s.") % {"act": view.title})
        if visible_to(actor).filter(number=number).exists():
            return redirect("cases:case", number)
        return redirect("cases:desk")
    if form.is_bound:
        status = 422
    return _act_page(request, case, story, view, form, status)


def _act_page(
    request: HttpRequest,
    case: Case,
    story: Story,
    view: ActView,
    form: ActForm,
    status: int,
    **more: object,
) -> HttpResponse:
    context = {"section": "desk", "case": case, "story": story, "act": view, "form": form, **more}
    return render(request, "cases/act.html", context, status=status)


def _refused(
    request: HttpRequest, case: Case, story: Story, view: ActView, form: ActForm, refusal: Refusal
) -> HttpResponse:
    """The same page with what is wrong; what was typed stays. After a stale refusal the form
    carries the new length of the history, so that sending again is a decision."""
    words = explain(refusal)
    since = []
    if refusal.code == "stale":
        seen = form.cleaned_data.get("seen") or 0
        since = [entry for entry in story.entries if entry.seq > seen]
        form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        form.data["seen"] = str(story.seq)
    return _act_page(
        request, case, story, view, form, words.status, refusal=words, since=since
    )


def _not_open(
    request: HttpRequest, case: Case, history: History, story: Story, act: str
) -> HttpResponse:
    """Says which acts are open instead; an act that no pack knows is a plain 404."""
    history.law.pack.act(act)
    refusal = Refusal(
        "act-not-open", act=act, stage=story.stage_title, open=[a.title for a in story.acts]
    )
    words = explain(refusal)
    context = {
        "section": "desk",
        "case": case,
        "story": story,
        "refusal": words,
        "back": reverse("cases:case", args=[case.number]),
        "language": translation.get_language() or settings.LANGUAGE_CODE,
    }
    return render(request, "cases/not_open.html", context, status=words.status)
