"""What every page of a plan begins with: the plan as its reader may see it, its organisation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from huiyin.domain.errors import Refusal
from huiyin.domain.plans import organisation as shapes
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.model import Plan
from huiyin.people.naming import Names
from huiyin.people.refusing import pick, tag
from huiyin.people.staff import acting
from huiyin.plans import queries
from huiyin.plans.models import Organisation
from huiyin.plans.queries import Opened


def opened(request: HttpRequest, plan: str, number: int | None = None) -> Opened:
    """The plan of a request. Raises Refusal ``plan-unknown``."""
    return queries.open_plan(acting(request), plan, number)


def today() -> date:
    """The day by which plans are judged and computed."""
    return timezone.localdate()


def needs(found: Opened, verb: str) -> None:
    """Raises Refusal ``not-allowed`` unless the reader may do this."""
    if not found.may(verb):
        raise Refusal("not-allowed", verb=verb)


def organisation_of(found: Opened) -> tuple[Organisation | None, shapes.Organisation | None]:
    """The organisation behind a plan: its row and its value without names and numbers."""
    row = queries.organisation_row(found.row.unit_id)
    return row, queries.organisation_value(row)


def findings_of(found: Opened, plan: Plan | None = None) -> list[Finding]:
    """The lint of the plan, or of ``plan`` in its place."""
    _, value = organisation_of(found)
    items = None if plan is not None else found.items
    return queries.findings(plan or found.plan, items, value, today(), tag())


def base(found: Opened, **more: Any) -> dict[str, Any]:
    """What every page of a plan shows."""
    return {
        "section": "plans",
        "plan": found.row,
        "plan_title": pick(found.row.title) or found.plan.about.id,
        "version": found.version,
        "value": found.plan,
        "unit": Names().unit(found.row.unit_id),
        "may_write": found.may("write"),
        "may_approve": found.may("approve"),
        "may_contacts": found.may("contacts"),
        **more,
    }
