"""Making a plan and moving it on: new, import, submit, send back, rehearse, approve, revise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huiyin import plans as data
from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.plan_access import PlanFacts, may_plan
from huiyin.domain.plans.model import Plan as PlanValue
from huiyin.domain.plans.reading import MOST_BYTES, read_plan
from huiyin.people.directory import directory
from huiyin.people.naming import Names
from huiyin.people.receiving import receives_one
from huiyin.people.refusing import explain, pick, tag
from huiyin.people.staff import acting
from huiyin.plans import acts, problems
from huiyin.plans.forms import (
    ApproveForm,
    FileForm,
    GiveForm,
    NewPlanForm,
    ReviseForm,
    TableTopForm,
)
from huiyin.plans.queries import Opened
from huiyin.plans.views.loading import base, findings_of, needs, opened
from huiyin.plans.views.reading import owners_of, plan_page, who_of


@receives_one(MOST_BYTES)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new plan from an example or a file."""
    actor = acting(request)
    units = _units(actor)
    if not units:
        raise Refusal("not-allowed", verb="create")
    posted = request.method == "POST"
    form = NewPlanForm(
        request.POST if posted else None, request.FILES if posted else None, units, _examples()
    )
    if not posted or not form.is_valid():
        return _new_page(request, form, 422 if posted else 200)
    try:
        value = _brought(form.cleaned_data)
    except Refusal as refusal:
        return _new_page(request, form, 422, refusal)
    plan = acts.create(form.cleaned_data["unit"], value, actor, timezone.now())
    messages.success(request, _("The plan was made. It is a draft that you own."))
    return redirect("plans:plan", plan.pk)


def _new_page(
    request: HttpRequest, form: NewPlanForm, status: int, refusal: Refusal | None = None
) -> HttpResponse:
    context = {"section": "plans", "form": form, **told(refusal)}
    return render(request, "plans/new.html", context, status=status)


def told(refusal: Refusal | None) -> dict[str, Any]:
    """A refusal for a page, with what is wrong in which line of a file."""
    if refusal is None:
        return {}
    found = refusal.data.get("problems", [])
    assert isinstance(found, list)
    return {"refusal": explain(refusal), "problems": problems.told(found, tag())}


def _units(actor: Actor) -> list[tuple[str, str]]:
    names = Names()
    return [
        (unit, names.unit(unit))
        for unit in directory().units
        if may_plan(actor, "create", PlanFacts(unit))
    ]


def _examples() -> list[tuple[str, str]]:
    found = []
    for name in data.examples():
        value, _top = read_plan(data.example(name)[0], name)
        found.append((name, pick(value.about.title)))
    return found


def _brought(given: dict[str, Any]) -> PlanValue:
    if given["example"]:
        value = read_plan(data.example(given["example"])[0], given["example"])[0]
        # The example's exercises were never held here.
        if value.exercises:
            value = replace(value, exercises=replace(value.exercises, held={}))
        return value
    return read_plan(upload(given["file"]), "file")[0]


def upload(file: Any) -> bytes:
    """The bytes of an uploaded file. Of one that is too large only so much is read as shows it;
    the reader then says what the limit is."""
    return bytes(file.read(MOST_BYTES + 1))


@receives_one(MOST_BYTES)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, plan: str) -> HttpResponse:
    """Replace the draft by a file."""
    found = opened(request, plan)
    needs(found, "write")
    posted = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if posted else FileForm()
    refusal = None
    if posted and form.is_valid():
        try:
            value = read_plan(upload(form.cleaned_data["file"]), "file")[0]
            acts.save(plan, seen_of(request), value, found.actor, timezone.now())
        except Refusal as caught:
            refusal = caught
        else:
            messages.success(request, _("The draft was replaced by the file."))
            return redirect("plans:plan", plan)
    status = explain(refusal).status if refusal else 422 if posted else 200
    context = base(found, form=form, **told(refusal))
    return render(request, "plans/import.html", context, status=status)


def seen_of(request: HttpRequest) -> int:
    """How many events the page knew; −1, which is always stale, if it does not say."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


# -- acts -----------------------------------------------------------------------------------


@login_required
@require_POST
def act(request: HttpRequest, plan: str, act: str) -> HttpResponse:
    """One act on a plan; a form that is not accepted comes back on the plan's page."""
    ways: dict[str, Callable[[HttpRequest, Opened], HttpResponse]] = {
        "submit": _submit,
        "return": _return,
        "table-top": _table_top,
        "approve": _approve,
        "revise": _revise,
        "give": _give,
    }
    found = opened(request, plan)
    if act not in ways:
        raise Http404
    try:
        return ways[act](request, found)
    except Refusal as refusal:
        words = explain(refusal)
        return plan_page(request, opened(request, plan), words.status, refusal=words)


def _done(request: HttpRequest, found: Opened, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("plans:plan", found.row.pk)


def _submit(request: HttpRequest, found: Opened) -> HttpResponse:
    acts.submit(found.row.pk, seen_of(request), found.actor, timezone.now())
    return _done(request, found, _("The draft is in review. Somebody else approves it."))


def _return(request: HttpRequest, found: Opened) -> HttpResponse:
    acts.send_back(found.row.pk, seen_of(request), found.actor, timezone.now())
    return _done(request, found, _("The version is a draft again."))


def _table_top(request: HttpRequest, found: Opened) -> HttpResponse:
    form = TableTopForm(request.POST)
    if not form.is_valid():
        return plan_page(request, found, 422, table_top=form)
    held = {
        "on": form.cleaned_data["on"],
        "participants": form.cleaned_data["participants"],
        "record": dict.fromkeys(found.plan.about.languages, form.cleaned_data["record"]),
    }
    acts.record_table_top(found.row.pk, seen_of(request), held, found.actor, timezone.now())
    return _done(request, found, _("The table-top exercise was recorded."))


def _approve(request: HttpRequest, found: Opened) -> HttpResponse:
    form = ApproveForm(request.POST, who_of(found))
    if not form.is_valid():
        return plan_page(request, found, 422, approve=form)
    acts.approve(
        found.row.pk,
        seen_of(request),
        form.cleaned_data["who"],
        lambda value: findings_of(found, value),
        found.actor,
        timezone.now(),
    )
    return _done(request, found, _("The plan was approved."))


def _give(request: HttpRequest, found: Opened) -> HttpResponse:
    needs(found, "write")
    form = GiveForm(request.POST, owners_of(found))
    if not form.is_valid():
        return plan_page(request, found, 422, give=form)
    to = int(form.cleaned_data["owner"])
    acts.give(found.row.pk, seen_of(request), to, found.actor, timezone.now())
    return _done(request, found, _("The plan has another owner now."))


def _revise(request: HttpRequest, found: Opened) -> HttpResponse:
    form = ReviseForm(request.POST)
    if not form.is_valid():
        return plan_page(request, found, 422, revise=form)
    acts.revise(
        found.row.pk, seen_of(request), form.cleaned_data["label"], found.actor, timezone.now()
    )
    return _done(request, found, _("A draft of the next version was begun."))
