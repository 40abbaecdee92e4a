"""The whole plan and its parts, under one name: import from here.

A plan is frozen, plain data that says nothing of persons but ids; who they are, how they are
reached and when they are away stands in ``organisation``. ``Suppression`` is a finding that
somebody accepted, with a reason and a last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huiyin.domain.plans import accounts as _accounts
from huiyin.domain.plans import duties as _duties
from huiyin.domain.plans import grounds as _grounds
from huiyin.domain.plans.fields import Text, day, line, many, one, ref, rows, text

About = _grounds.About
Approval = _grounds.Approval
Criterion = _grounds.Criterion
Law = _grounds.Law
Level = _grounds.Level
Point = _grounds.Point
Population = _grounds.Population
HazardRisk = _grounds.HazardRisk
Scope = _grounds.Scope
Site = _grounds.Site
Trigger = _grounds.Trigger
Call = _duties.Call
Channel = _duties.Channel
Contact = _duties.Contact
Resource = _duties.Resource
Role = _duties.Role
Task = _duties.Task
Demobilisation = _accounts.Demobilisation
Exercises = _accounts.Exercises
Finding = _accounts.Finding
Held = _accounts.Held
Muster = _accounts.Muster
MusterPoint = _accounts.MusterPoint
MusterUnit = _accounts.MusterUnit
NilReturn = _accounts.NilReturn
Programme = _accounts.Programme
Report = _accounts.Report
Route = _accounts.Route
Warning = _accounts.Warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A finding that stands: rule, where (JSON pointer, "" for everywhere), why, until when."""

    rule: str = line()
    at: str = line(required=False)
    reason: Text = text()
    until: date = day(required=True)
    by: str = ref("who", required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    about: About = one(About, key="plan")
    basis: Mapping[str, Law] = many(Law)
    scope: Scope = one(Scope)
    risks: Mapping[str, HazardRisk] = many(HazardRisk)
    levels: Mapping[str, Level] = many(Level, most=20)
    triggers: Mapping[str, Trigger] = many(Trigger, most=500)
    roles: Mapping[str, Role] = many(Role, most=2_000)
    tasks: Mapping[str, Task] = many(Task)
    contacts: Mapping[str, Contact] = many(Contact)
    callout: Mapping[str, Call] = many(Call)
    reports: Mapping[str, Report] = many(Report)
    muster: Muster | None = one(Muster, required=False)
    resources: Mapping[str, Resource] = many(Resource, most=2_000)
    nil_return: Mapping[str, NilReturn] = many(NilReturn)
    warnings: Mapping[str, Warning] = many(Warning)
    exercises: Exercises | None = one(Exercises, required=False)
    demobilisation: Demobilisation | None = one(Demobilisation, required=False)
    accepted: tuple[Suppression, ...] = rows(Suppression)


def critical_roles(plan: Plan) -> tuple[Role, ...]:
    """The roles without which the plan does not work: those marked, or all if none is marked."""
    marked = tuple(role for role in plan.roles.values() if role.critical)
    return marked or tuple(plan.roles.values())


def roles_at(plan: Plan, level: str) -> tuple[Role, ...]:
    """The roles a level needs: those it names, or all."""
    named = plan.levels[level].roles
    return tuple(r for r in plan.roles.values() if not named or r.id in named)
