"""Reading plans: the list, one plan, its versions and what they changed, print and file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huiyin.domain.errors import Refusal
from huiyin.domain.plan_access import PlanFacts, may_plan
from huiyin.domain.plans.comparing import compare
from huiyin.domain.plans.findings import LANGUAGES
from huiyin.people.directory import directory
from huiyin.people.naming import Names, staff_names
from huiyin.people.refusing import pick, tag
from huiyin.people.staff import acting
from huiyin.plans import presenting, queries
from huiyin.plans.block_form import label
from huiyin.plans.forms import ApproveForm, GiveForm, ReviseForm, TableTopForm
from huiyin.plans.models import Version
from huiyin.plans.queries import Opened, parsed, visible_to
from huiyin.plans.views.loading import base, findings_of, opened, organisation_of


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The plans that the reader may see, the last changed first."""
    actor, names = acting(request), Names()
    plans = list(visible_to(actor).prefetch_related("versions"))
    owners = staff_names(plan.owner_id for plan in plans)
    rows = [
        {
            "id": plan.pk,
            "title": pick(plan.title),
            "unit": names.unit(plan.unit_id),
            "owner": owners.get(str(plan.owner_id), ""),
            "version": plan.versions.all()[0],
            "status": label("values", plan.versions.all()[0].status),
            "changed": plan.changed,
        }
        for plan in plans
    ]
    creates = any(may_plan(actor, "create", PlanFacts(unit)) for unit in directory().units)
    context = {"section": "plans", "plans": rows, "may_create": creates}
    return render(request, "plans/list.html", context)


@login_required
@require_safe
def show(request: HttpRequest, plan: str) -> HttpResponse:
    """One plan: where it stands, what is wrong with it, what can be done now."""
    return plan_page(request, opened(request, plan))


def plan_page(
    request: HttpRequest, found: Opened, status: int = 200, **more: object
) -> HttpResponse:
    """The page of one plan; ``more`` brings forms that were not accepted."""
    lint = findings_of(found)
    open_ones = [f for f in lint if not f.accepted]
    draft = found.version.status == "draft"
    row, value = organisation_of(found)
    context = base(
        found,
        status_word=label("values", found.version.status),
        owner=staff_names([found.row.owner_id]).get(str(found.row.owner_id), ""),
        findings=presenting.shown(
            open_ones,
            found.row.pk,
            draft and found.may("write"),
            organisation=row is not None and found.may_write_organisation(row),
        ),
        accepted=presenting.shown([f for f in lint if f.accepted], found.row.pk, False),
        counts=presenting.counts(lint),
        organisation=row,
        people=len(value.people) if value else 0,
        table_top=TableTopForm(None),
        approve=ApproveForm(None, who_of(found)),
        revise=ReviseForm(None),
        give=GiveForm(None, owners_of(found)) if found.may("write") else None,
        same_person=str(found.version.submitted_by_id) == found.actor.id,
        in_force=Version.objects.filter(plan=found.row, status="approved").first(),
    )
    return render(request, "plans/plan.html", {**context, **more}, status=status)


def owners_of(found: Opened) -> list[tuple[str, str]]:
    """Who could own the plan in place of its owner: by account id, with their names."""
    fit = queries.fit_to_own(found.row.unit_id) - {found.row.owner_id}
    return sorted(staff_names(fit).items(), key=lambda pair: pair[1])


def who_of(found: Opened) -> list[tuple[str, str]]:
    """The persons and posts as whom somebody may sign: of the organisation, else of the plan."""
    _row, value = organisation_of(found)
    if value is not None:
        posts = [(p.id, pick(p.title)) for p in value.posts.values()]
        return posts + [(p, p) for p in value.people]
    named = (n for role in found.plan.roles.values() for n in (*role.holders, *role.deputies))
    return [(name, name) for name in dict.fromkeys(named)]


@login_required
@require_safe
def versions(request: HttpRequest, plan: str) -> HttpResponse:
    """All versions, each with what it changed against the one before."""
    found = opened(request, plan)
    tongue = tag() if tag() in LANGUAGES else "en"
    rows, before = [], None
    for version in reversed(found.row.versions.all()):
        value = parsed(version.text)[0]
        changes = [c.said(tongue) for c in compare(before, value)] if before else []
        rows.append(
            {
                "version": version,
                "status": label("values", version.status),
                "changes": changes,
                "first": before is None,
            }
        )
        before = value
    return render(request, "plans/versions.html", base(found, rows=list(reversed(rows))))


@login_required
@require_safe
def printed(request: HttpRequest, plan: str) -> HttpResponse:
    """The whole plan in words, for paper."""
    found = opened(request, plan, _number(request))
    _row, value = organisation_of(found)
    context = base(
        found,
        blocks=presenting.in_words(found.plan, value),
        status_word=label("values", found.version.status),
    )
    return render(request, "plans/print.html", context)


@login_required
@require_safe
def file(request: HttpRequest, plan: str) -> HttpResponse:
    """The plan as a file; read again it is the same plan."""
    found = opened(request, plan, _number(request))
    answer = HttpResponse(found.version.text, content_type="application/yaml; charset=utf-8")
    name = f"{found.plan.about.id}-{found.version.number}.yaml"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _number(request: HttpRequest) -> int | None:
    """The version asked for in the address; None for the newest."""
    asked = request.GET.get("version", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 8):
        raise Refusal("plan-unknown")
    return int(asked)
