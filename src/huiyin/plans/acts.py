"""The only writers of plans and organisations; each change is an event of its stream.

Every act: lock the row, ask the access rule, refuse a page that has grown old (``plan-stale``),
let the pure rules decide (``domain/plans/approving``), write row and event in one transaction.
Events hold version, status and the hash of the file, never a text and never a name.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.plan_access import PlanFacts, may_plan, role_in
from huiyin.domain.plans import approving
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.model import Exercises, Held
from huiyin.domain.plans.model import Plan as PlanValue
from huiyin.domain.plans.writing import write
from huiyin.domain.states import Event
from huiyin.history.acts import Draft, append
from huiyin.history.queries import events
from huiyin.people.queries import actor_of
from huiyin.plans.models import Organisation, Plan, Version
from huiyin.plans.queries import facts_of, parsed

CLASS = "readiness"
Change = Callable[[PlanValue], PlanValue]


def create(unit: str, value: PlanValue, actor: Actor, now: datetime) -> Plan:
    """A new plan of a unit, as a draft owned by the actor. Raises Refusal ``not-allowed``."""
    facts = PlanFacts(unit, actor.id)
    if not may_plan(actor, "create", facts):
        raise Refusal("not-allowed", verb="create")
    drafted = replace(value, about=replace(value.about, status="draft", approval=None))
    with transaction.atomic():
        plan = Plan(
            id=f"plan-{secrets.token_hex(6)}",
            unit_id=unit,
            owner_id=int(actor.id),
            title=dict(drafted.about.title),
            changed=now,
        )
        plan.save(force_insert=True)
        version = Version(plan=plan, number=1, label=drafted.about.version, status="draft")
        _keep(version, drafted, now, new=True)
        _record(plan, version, "plan-created", role_in(actor, facts), actor.id, now)
    return plan


def save(plan_id: str, seen: int, value: PlanValue, actor: Actor, now: datetime) -> Version:
    """Keep a draft. Raises Refusal: plan-unknown, not-allowed, plan-stale, plan-not-draft."""

    def change(_: PlanValue) -> PlanValue:
        return replace(value, about=replace(value.about, status="draft", approval=None))

    return _act(plan_id, seen, "write", "plan-saved", change, actor, now, only="draft")


def submit(plan_id: str, seen: int, actor: Actor, now: datetime) -> Version:
    """Draft → in review, by this actor. Raises Refusal: as ``save``, and plan-status."""

    def note(version: Version) -> None:
        version.submitted_by_id = int(actor.id)

    return _act(plan_id, seen, "write", "plan-submitted", approving.submit, actor, now, also=note)


def send_back(plan_id: str, seen: int, actor: Actor, now: datetime) -> Version:
    """In review → draft. Raises Refusal: as ``save``, and plan-status."""
    return _act(plan_id, seen, "write", "plan-returned", approving.send_back, actor, now)


def record_table_top(
    plan_id: str, seen: int, held: Mapping[str, Any], actor: Actor, now: datetime
) -> Version:
    """Write a table-top exercise of this very version into the plan. ``held``: on (date),
    participants, record (language → text). Only while it is in review."""

    def change(value: PlanValue) -> PlanValue:
        exercises = value.exercises or Exercises()
        name = _free(exercises.held, f"table-top-{held['on'].isoformat()}")
        one = Held(id=name, type="table-top", version=value.about.version, **held)
        kept = replace(exercises, held={**exercises.held, name: one})
        return replace(value, exercises=kept)

    return _act(plan_id, seen, "write", "plan-rehearsed", change, actor, now, only="review")


def record_exercise(
    plan_id: str, seen: int, held: Mapping[str, Any], actor: Actor, now: datetime
) -> Version:
    """Write an exercise that took place into the version in force, and into the one that is being
    written, so that it is not lost with the next approval. ``held``: on, type, programme,
    participants, record (language → text). Raises Refusal: as ``save``, and plan-not-in-force."""
    with transaction.atomic():
        plan, newest = _locked(plan_id, seen, "write", actor)
        in_force = Version.objects.filter(plan=plan, status="approved").first()
        if in_force is None:
            raise Refusal("plan-not-in-force")
        role = role_in(actor, facts_of(plan))
        for version in {v.pk: v for v in (in_force, newest)}.values():
            value = parsed(version.text)[0]
            _keep(version, _with_exercise(value, in_force.label, held), now)
            _record(plan, version, "plan-exercised", role, actor.id, now)
    return in_force


def _with_exercise(value: PlanValue, label: str, held: Mapping[str, Any]) -> PlanValue:
    exercises = value.exercises or Exercises()
    name = _free(exercises.held, f"{held['type']}-{held['on'].isoformat()}")
    known = held["programme"] if held["programme"] in exercises.programme else ""
    one = Held(id=name, version=label, **{**held, "programme": known})
    return replace(value, exercises=replace(exercises, held={**exercises.held, name: one}))


def approve(
    plan_id: str,
    seen: int,
    who: str,
    lint: Callable[[PlanValue], list[Finding]],
    actor: Actor,
    now: datetime,
) -> Version:
    """In review → approved; the version in force before is superseded.

    ``who``: the person or post of the organisation as which the actor approves. ``lint`` gives
    the findings of the plan. Raises Refusal: as ``save``, and plan-status, plan-not-rehearsed,
    plan-same-person, plan-has-errors.
    """

    def change(value: PlanValue) -> PlanValue:
        version = Version.objects.filter(plan_id=plan_id).first()
        assert version is not None
        moved = approving.approve(
            value, lint(value), actor.id, str(version.submitted_by_id), timezone.localdate(now)
        )
        assert moved.about.approval is not None
        signed = replace(moved.about.approval, by=who)
        return replace(moved, about=replace(moved.about, approval=signed))

    with transaction.atomic():
        version = _act(plan_id, seen, "approve", "plan-approved", change, actor, now)
        for old in Version.objects.filter(plan_id=plan_id, status="approved").exclude(
            pk=version.pk
        ):
            _supersede(old, version, actor, now)
    return version


def _supersede(old: Version, new: Version, actor: Actor, now: datetime) -> None:
    value = approving.supersede(parsed(old.text)[0], parsed(new.text)[0])
    _keep(old, value, now)
    plan = Plan.objects.get(pk=old.plan_id)
    role = role_in(actor, facts_of(plan))
    _record(plan, old, "plan-superseded", role, actor.id, now)


def revise(plan_id: str, seen: int, label: str, actor: Actor, now: datetime) -> Version:
    """Begin the next version as a draft of the approved one. Raises Refusal: as ``save``, and
    plan-status, plan-version-taken."""
    with transaction.atomic():
        plan, version = _locked(plan_id, seen, "write", actor)
        if Version.objects.filter(plan=plan, label=label).exists():
            raise Refusal("plan-version-taken", version=label)
        value = approving.revise(parsed(version.text)[0], label, timezone.localdate(now))
        fresh = Version(plan=plan, number=version.number + 1, label=label, status="draft")
        _keep(fresh, value, now, new=True)
        role = role_in(actor, facts_of(plan))
        _record(plan, fresh, "plan-revised", role, actor.id, now)
    return fresh


def give(plan_id: str, seen: int, to: int, actor: Actor, now: datetime) -> Plan:
    """The plan has another owner from now on, in every status. Raises Refusal: plan-unknown,
    not-allowed, plan-stale, plan-owner-unfit (who may not make plans in the unit)."""
    with transaction.atomic():
        plan, version = _locked(plan_id, seen, "write", actor)
        facts = facts_of(plan, version)
        if not may_plan(actor_of(to, timezone.localdate(now)), "own", facts):
            raise Refusal("plan-owner-unfit")
        plan.owner_id = to
        told = {"version": version.number, "owner": str(to)}
        write_event(plan, "plan-given", role_in(actor, facts), actor.id, told, now)
    return plan


# -- the common way -------------------------------------------------------------------------


def _act(
    plan_id: str,
    seen: int,
    verb: str,
    event: str,
    change: Change,
    actor: Actor,
    now: datetime,
    *,
    only: str = "",
    also: Callable[[Version], None] = lambda version: None,
) -> Version:
    with transaction.atomic():
        plan, version = _locked(plan_id, seen, verb, actor)
        if only and version.status != only:
            raise Refusal("plan-not-draft" if only == "draft" else "plan-not-in-review")
        value = change(parsed(version.text)[0])
        also(version)
        _keep(version, value, now)
        role = role_in(actor, facts_of(plan, version))
        _record(plan, version, event, role, actor.id, now)
    return version


def locked(plan_id: str, actor: Actor) -> Plan:
    """The plan's row in hand until the transaction ends. Raises Refusal ``plan-unknown``, also for
    whoever may not read it."""
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None or not may_plan(actor, "read", facts_of(plan)):
        raise Refusal("plan-unknown")
    return plan


def locked_for_writing(plan_id: str, actor: Actor) -> Plan:
    """``locked``, for whoever may write it. Raises Refusal ``plan-unknown``, ``not-allowed``."""
    plan = locked(plan_id, actor)
    if not may_plan(actor, "write", facts_of(plan)):
        raise Refusal("not-allowed", verb="write")
    return plan


def _locked(plan_id: str, seen: int, verb: str, actor: Actor) -> tuple[Plan, Version]:
    plan = locked(plan_id, actor)
    version = Version.objects.filter(plan=plan).first()
    assert version is not None
    if seen != plan.seq:
        raise Refusal("plan-stale")
    if not may_plan(actor, verb, facts_of(plan, version)):
        # The same person is told so; anybody else learns only that it is not theirs to do.
        alone = verb == "approve" and may_plan(actor, verb, facts_of(plan))
        raise Refusal("plan-same-person") if alone else Refusal("not-allowed", verb=verb)
    return plan, version


def _keep(version: Version, value: PlanValue, now: datetime, *, new: bool = False) -> None:
    version.label, version.status = value.about.version, value.about.status
    version.text, version.changed = write(value), now
    version.save(force_insert=new)


def _record(
    plan: Plan, version: Version, event: str, role: str, actor: str | None, now: datetime
) -> None:
    digest = hashlib.sha256(version.text.encode()).hexdigest()
    told = {"version": version.number, "status": version.status, "sha256": digest}
    value = parsed(version.text)[0]
    newest = Version.objects.filter(plan=plan).first()
    if newest is not None and newest.pk == version.pk:
        plan.title = dict(value.about.title)
    write_event(plan, event, role, actor, told, now)


def write_event(
    row: Plan | Organisation,
    event: str,
    role: str,
    actor: str | None,
    data: Mapping[str, object],
    now: datetime,
) -> None:
    """Append one event to the row's stream and count it; the row is locked by the caller."""
    stored = events(row.pk)
    previous = stored[-1].body if stored else None
    row.seq = len(stored) + 1
    row.changed = now
    row.save()
    one = Event(row.seq, event, now, role, actor, data)
    append(row.pk, previous, [Draft(one, CLASS)], now, secrets.token_bytes)


def _free(taken: Mapping[str, object], name: str) -> str:
    """A name that is not taken: with a number behind it if need be."""
    number, found = 2, name
    while found in taken:
        number, found = number + 1, f"{name}-{number}"
    return found
