"""Which status may follow which, and what a plan owes before it is approved.

Draft → in review → approved → superseded; back to draft from review at any time. Approval needs a
table-top exercise of this version (GB/T 29639-2020), somebody else than the one who submitted it,
and no open error under lint. Pure rules: pages and commands ask here and record the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from huiyin.domain.errors import Refusal
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.linting import open_findings
from huiyin.domain.plans.model import Approval, Held, Plan

NEXT = {
    "draft": ("review",),
    "review": ("approved", "draft"),
    "approved": ("superseded",),
    "superseded": (),
}


def table_top_of(plan: Plan, on: date) -> Held | None:
    """The last table-top exercise of this version held by that day, if any."""
    held = plan.exercises.held.values() if plan.exercises else ()
    walked = [
        h for h in held if h.type == "table-top" and h.version == plan.about.version and h.on <= on
    ]
    return max(walked, key=lambda h: h.on, default=None)


def submit(plan: Plan) -> Plan:
    """Draft → in review. Raises ``Refusal("plan-status")``."""
    return _moved(plan, "review")


def send_back(plan: Plan) -> Plan:
    """In review → draft. Raises ``Refusal("plan-status")``."""
    return _moved(plan, "draft")


def approve(plan: Plan, findings: Sequence[Finding], by: str, submitted_by: str, on: date) -> Plan:
    """In review → approved, with the record of who, when and after which table-top exercise.

    ``findings`` is the lint of this very plan. Raises ``Refusal``: plan-status, plan-not-rehearsed,
    plan-same-person, plan-has-errors.
    """
    moved = _moved(plan, "approved")
    walked = table_top_of(plan, on)
    if walked is None:
        raise Refusal("plan-not-rehearsed", version=plan.about.version)
    if by == submitted_by:
        raise Refusal("plan-same-person")
    errors = [f for f in open_findings(findings) if f.severity == "error"]
    if errors:
        raise Refusal("plan-has-errors", count=len(errors), rules=sorted({f.rule for f in errors}))
    approval = Approval(on=on, by=by, table_top=walked.id)
    return replace(moved, about=replace(moved.about, approval=approval))


def supersede(plan: Plan, by: Plan) -> Plan:
    """Approved → superseded, once an approved plan of the same id says that it replaces it.

    Raises ``Refusal``: plan-status, plan-not-replaced.
    """
    right = by.about.id == plan.about.id and by.about.replaces == plan.about.version
    if not right or by.about.status != "approved":
        raise Refusal("plan-not-replaced", version=plan.about.version)
    return _moved(plan, "superseded")


def revise(plan: Plan, version: str, on: date) -> Plan:
    """A draft of the next version: no approval, and the version it replaces by name.

    Raises ``Refusal``: plan-status (only an approved plan is revised), plan-version-taken.
    """
    about = plan.about
    if about.status != "approved":
        raise Refusal("plan-status", status=about.status, wanted="draft", accepted=["approved"])
    if version == about.version:
        raise Refusal("plan-version-taken", version=version)
    drafted = replace(
        about, version=version, replaces=about.version, status="draft", revised=on, approval=None
    )
    return replace(plan, about=drafted)


def _moved(plan: Plan, status: str) -> Plan:
    accepted = NEXT[plan.about.status]
    if status not in accepted:
        raise Refusal(
            "plan-status", status=plan.about.status, wanted=status, accepted=list(accepted)
        )
    return replace(plan, about=replace(plan.about, status=status))
