"""Who may do what to a plan: one pure rule, asked by pages, queries and acts.

A plan concerns everybody in its unit, so whoever has a post in the unit, above it or below it
reads it. It is written by its owner, by whoever holds the role of plan owner in the unit, and by
those who supervise the unit; approved by a supervisor who did not submit it. Contact data of
people is seen only by those who keep it.
"""

from __future__ import annotations

from dataclasses import dataclass

from huiyin.domain.access import OWNER, PLAN_OWNER, REGISTRAR, STAFF_ROLES, SUPERVISOR, Actor

WRITERS = (OWNER, PLAN_OWNER, REGISTRAR, SUPERVISOR)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the rule needs to know of a plan: its unit, its owner, who submitted the version."""

    unit: str
    owner: str | None = None
    submitted_by: str | None = None


def may_plan(actor: Actor, verb: str, plan: PlanFacts) -> bool:
    """Whether ``actor`` may ``verb`` a plan of a unit.

    Verbs: ``read``, ``write`` (drafts, submitting, table-top record, organisation, giving the plan
    to another owner), ``create``, ``own`` (be made its owner), ``approve``, ``contacts`` (names and
    numbers of people). Raises ValueError for another verb.
    """
    supervises = plan.unit in actor.units(SUPERVISOR)
    here = plan.unit in actor.units(*STAFF_ROLES)
    if verb == "read":
        return here or plan.unit in actor.line
    if verb in ("create", "own"):
        return plan.unit in actor.units(*WRITERS)
    if verb in ("write", "contacts"):
        keeps = plan.unit in actor.units(PLAN_OWNER)
        return supervises or keeps or (here and plan.owner == actor.id)
    if verb == "approve":
        return supervises and plan.submitted_by != actor.id
    raise ValueError(f"no such verb: {verb}")


def readable_units(actor: Actor) -> frozenset[str]:
    """The units whose plans the actor may read: ``may_plan(actor, "read", …)`` as a set."""
    return actor.units(*STAFF_ROLES) | actor.line


def role_in(actor: Actor, plan: PlanFacts) -> str:
    """The role in which the actor stands to the plan, for events: "plan-owner", "supervisor" or
    "staff"."""
    if plan.owner == actor.id or plan.unit in actor.units(PLAN_OWNER):
        return "plan-owner"
    return "supervisor" if plan.unit in actor.units(SUPERVISOR) else "staff"
