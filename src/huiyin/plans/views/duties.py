"""What the law asks for: of all plans that the reader may see, and of one, with why and what to do;
writing down an exercise; the plan as a document to be filed."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.domain.duties.telling import LANGUAGES
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.model import Plan as PlanValue
from huiyin.people.naming import Names
from huiyin.people.refusing import explain, pick, tag
from huiyin.people.staff import acting
from huiyin.plans import acts, filing, owing
from huiyin.plans.forms import ExerciseForm, MomentForm
from huiyin.plans.models import Version
from huiyin.plans.queries import Opened, parsed, visible_to
from huiyin.plans.views import loading
from huiyin.plans.views.acting import seen_of
from huiyin.plans.views.loading import base, needs, opened, organisation_of

DOCUMENTS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The recurring duties of all plans in force, what is late first."""
    names, today, rows = Names(), loading.today(), []
    approved = Version.objects.filter(plan__in=visible_to(acting(request)), status="approved")
    for version in approved.select_related("plan"):
        value = parsed(version.text)[0]
        for one in owing.owed(value, today):
            if one.duty.kind in owing.RECURRING:
                about = {"plan": version.plan, "name": pick(value.about.title)}
                about["unit"] = names.unit(version.plan.unit_id)
                rows.append({**one.told(_tongue()), **about})
    rows.sort(key=lambda row: (row["state"] != "late", str(row["due"] or "9"), row["name"]))
    context = {"section": "plans", "rows": rows, "today": today}
    return render(request, "plans/duties_of_all.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, plan: str) -> HttpResponse:
    """The duties of one plan; a POST writes an exercise down."""
    found = opened(request, plan)
    if request.method != "POST":
        return _page(request, found, None)
    needs(found, "write")
    form = _exercise(request, found)
    if not form.is_valid():
        return _page(request, found, form, 422)
    given = form.cleaned_data
    held = {name: given[name] for name in ("type", "programme", "on", "participants")}
    held["record"] = dict.fromkeys(found.plan.about.languages, given["record"])
    try:
        acts.record_exercise(plan, seen_of(request), held, found.actor, timezone.now())
    except Refusal as refusal:
        words = explain(refusal)
        return _page(request, opened(request, plan), form, words.status, refusal=words)
    messages.success(request, _("The exercise was recorded. The next day is counted from it."))
    return redirect("plans:duties", plan)


def _page(
    request: HttpRequest,
    found: Opened,
    form: ExerciseForm | None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    in_force = Version.objects.filter(plan=found.row, status="approved").first()
    value = parsed(in_force.text)[0] if in_force else found.plan
    asked = MomentForm(request.GET) if "at" in request.GET else MomentForm()
    at: datetime | None = None
    if asked.is_bound and asked.is_valid():
        at = timezone.make_naive(asked.cleaned_data["at"])
    rows = [one.told(_tongue()) for one in owing.owed(value, loading.today(), at)]
    kinds = {d.duty.id: d.duty.kind for d in owing.owed(value, loading.today())}
    context = base(
        found,
        today=loading.today(),
        in_force=in_force,
        at=at,
        moment=asked,
        again=[r for r in rows if kinds[str(r["id"])] in owing.RECURRING],
        reports=[r for r in rows if kinds[str(r["id"])] in owing.REPORTING],
        kept=[r for r in rows if r["state"] == "kept"],
        form=form or _exercise(None, found, value),
    )
    bad = asked.is_bound and not asked.is_valid()
    status = 422 if bad and status == 200 else status
    return render(request, "plans/duties.html", {**context, **more}, status=status)


def _exercise(
    request: HttpRequest | None, found: Opened, value: PlanValue | None = None
) -> ExerciseForm:
    exercises = (value or found.plan).exercises
    programme = [(p.id, pick(p.title)) for p in exercises.programme.values()] if exercises else []
    return ExerciseForm(request.POST if request else None, programme, loading.today())


@login_required
@require_safe
def document(request: HttpRequest, plan: str, form: str) -> HttpResponse:
    """The version in force, else the newest, as PDF or Word in the order of GB/T 29639, without
    names and numbers of people."""
    found = opened(request, plan)
    in_force = Version.objects.filter(plan=found.row, status="approved").first()
    value = parsed(in_force.text)[0] if in_force else found.plan
    _row, who = organisation_of(found)
    # Typst and python-docx cost half a second; only this page pays it.
    from huiyin.reports.documents import pdf, word

    render_as = {"pdf": pdf.render, "docx": word.render}[form]
    made = filing.build(value, who, _language_of(value), private=False)
    answer = HttpResponse(
        render_as(made, filing.dated(value, loading.today())), content_type=DOCUMENTS[form]
    )
    name = f"{value.about.id}-{value.about.version}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _language_of(value: PlanValue) -> str:
    """The reader's language if the plan is written in it, else the nearest, else its first."""
    for language in (_tongue(), "zh-Hans" if _tongue() == "zh-Hant" else "en"):
        if language in value.about.languages:
            return language
    return value.about.languages[0]


def _tongue() -> str:
    return tag() if tag() in LANGUAGES else "en"
