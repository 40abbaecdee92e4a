"""Reading plans: what an actor may see, a version as values, its findings, its simulation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Q, QuerySet
from django.utils import timezone

from huiyin import plans as data
from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.plan_access import WRITERS, PlanFacts, may_plan, readable_units
from huiyin.domain.plans import organisation as shapes
from huiyin.domain.plans.findings import LANGUAGES, Finding
from huiyin.domain.plans.linting import Files, lint
from huiyin.domain.plans.model import Plan as PlanValue
from huiyin.domain.plans.reading import items, organisation_of, read_organisation, read_plan
from huiyin.domain.plans.writing import as_data
from huiyin.domain.simulation.answering import OwnTest
from huiyin.domain.simulation.asking import Question, question
from huiyin.domain.simulation.changes import best
from huiyin.domain.simulation.computing import compute
from huiyin.domain.simulation.counting import answers
from huiyin.domain.simulation.scenario import Change, Simulation
from huiyin.domain.strict_yaml import Item
from huiyin.people.directory import directory
from huiyin.people.models import Membership
from huiyin.people.queries import actor_of
from huiyin.plans.models import Card, Organisation, Plan, ReachTest, Version
from huiyin.plans.priors import assumptions
from huiyin.rosters.queries import reach_of_unit
from huiyin.vault import queries as vault

# Played figures of a page: fewer plays than the command, so that nobody waits for long.
SEED, PAGE_RUNS = 20240628, 1_000
MOST_KEPT = 32
# Tests of duty rosters count for a year: telephones and habits change.
REACH_DAYS = 366


def visible_to(actor: Actor) -> QuerySet[Plan]:
    """The plans that the actor may read."""
    return Plan.objects.filter(unit_id__in=readable_units(actor)).order_by("-changed")


def facts_of(plan: Plan, version: Version | None = None) -> PlanFacts:
    """The plan as the access rule sees it."""
    submitted = str(version.submitted_by_id) if version and version.submitted_by_id else None
    return PlanFacts(plan.unit_id, str(plan.owner_id), submitted)


def fit_to_own(unit: str) -> set[int]:
    """The accounts that may own a plan of a unit today."""
    today = timezone.localdate()
    held = Q(until=None) | Q(until__gte=today)
    rows = Membership.objects.filter(
        held, unit_id__in=directory().line(unit), role__in=WRITERS, since__lte=today,
        user__is_active=True,
    )  # fmt: skip
    return {
        pk
        for pk in set(rows.values_list("user_id", flat=True))
        if may_plan(actor_of(pk, today), "own", PlanFacts(unit))
    }


@dataclass(frozen=True)
class Opened:
    """A plan as one member of staff sees it: the row, the version looked at, its values."""

    row: Plan
    version: Version
    plan: PlanValue
    items: Item
    actor: Actor

    @property
    def facts(self) -> PlanFacts:
        """The plan as the access rule sees it."""
        return facts_of(self.row, self.version)

    def may(self, verb: str) -> bool:
        """Whether the reader may do this to the plan."""
        return may_plan(self.actor, verb, self.facts)

    @property
    def owned(self) -> bool:
        """Whether the plan is the reader's own."""
        return str(self.row.owner_id) == self.actor.id

    def may_write_organisation(self, row: Organisation) -> bool:
        """Whether the reader may change this organisation: that of a unit above is not theirs
        to change because they keep a plan below."""
        owner = self.actor.id if self.owned else None
        return may_plan(self.actor, "write", PlanFacts(row.unit_id, owner))


def open_plan(actor: Actor, plan_id: str, number: int | None = None) -> Opened:
    """A plan in its newest version, or in the one named. Raises Refusal ``plan-unknown`` for
    what does not exist and for what the actor may not read alike."""
    row = visible_to(actor).filter(pk=plan_id).first()
    if row is None:
        raise Refusal("plan-unknown")
    versions = row.versions.all() if number is None else row.versions.filter(number=number)
    version = versions.first()
    if version is None:
        raise Refusal("plan-unknown")
    value, top = parsed(version.text)
    return Opened(row, version, value, top, actor)


@lru_cache(maxsize=64)
def parsed(text: str) -> tuple[PlanValue, Item]:
    """The plan of a stored text, with its items."""
    return read_plan(text, "plan")


@lru_cache(maxsize=16)
def _organisation(text: str) -> shapes.Organisation:
    return read_organisation(text, "organisation")[0]


def organisation_row(unit: str) -> Organisation | None:
    """The organisation of a unit, or of the nearest unit above that has one."""
    line = directory().line(unit)
    rows = {row.unit_id: row for row in Organisation.objects.filter(unit_id__in=line)}
    return next((rows[u] for u in line if u in rows), None)


def organisation_value(row: Organisation | None) -> shapes.Organisation | None:
    """The organisation without names and numbers."""
    return _organisation(row.text) if row else None


def with_contacts(row: Organisation) -> shapes.Organisation:
    """The organisation with names and numbers, opened from the vault; what was destroyed is
    absent. Ask ``may_plan(actor, "contacts", …)`` first, or show nothing of it."""
    value = _organisation(row.text)
    cards = list(Card.objects.filter(organisation=row).order_by("id"))
    opened = vault.get_many((card.vault, card.row) for card in cards)
    private = {c.person: json.loads(opened[c.row]) for c in cards if c.row in opened}
    whole = {**as_data(value), "private": private}
    return organisation_of(items(whole, "organisation"))


def findings(
    plan: PlanValue,
    top: Item | None,
    organisation: shapes.Organisation | None,
    today: date,
    language: str,
) -> list[Finding]:
    """The lint of a plan in the reader's language, as far as the rules speak it."""
    tongue = language if language in LANGUAGES else "en"
    duties, catalogue = data.laws(), data.catalogue()
    return lint(plan, organisation, today, duties, catalogue, tongue, Files(top))


@dataclass(frozen=True)
class Simulated:
    """A simulation with what it was asked."""

    question: Question
    simulation: Simulation
    changes: tuple[Change, ...]


def simulate(
    opened: Opened, row: Organisation | None, on: date, hours: str, level: str
) -> Simulated:
    """Compute a plan with its organisation and the unit's own tests. Names and numbers are used
    to see which channels people have, and go no further. The last answers are kept: both rows
    count their changes, tests and destroyed contact data included."""
    behind = (row.pk, row.seq) if row else None
    tests = _tests(row, opened.row.unit_id, hours)
    key = (opened.version.pk, opened.row.seq, behind, on, hours, level, tests)
    if key not in _KEPT:
        while len(_KEPT) >= MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = _simulated(opened, row, on, hours, level, tests)
    return _KEPT[key]


def _simulated(
    opened: Opened,
    row: Organisation | None,
    on: date,
    hours: str,
    level: str,
    tests: tuple[OwnTest, ...],
) -> Simulated:
    value = with_contacts(row) if row else None
    asked = question(opened.plan, value, assumptions(), on, hours=hours, level=level, tests=tests)
    found = compute(asked.scenario, SEED, runs=PAGE_RUNS)
    known = answers(asked.scenario.callout)
    changes = best(asked.scenario, asked.offer, found.weight, known, SEED, runs=PAGE_RUNS)
    return Simulated(asked, found, changes)


_KEPT: dict[object, Simulated] = {}


def _tests(row: Organisation | None, unit: str, hours: str) -> tuple[OwnTest, ...]:
    """The tests of people behind the plan, and those of the unit's duty rosters. The latter are of
    accounts, which a plan does not know: they speak for their channel, not for a person."""
    rows = ReachTest.objects.filter(organisation=row, hours=hours).order_by("pk") if row else ()
    own = [OwnTest(t.person, t.channel, int(t.answered), 1) for t in rows]
    found = reach_of_unit(unit, timezone.now() - timedelta(days=REACH_DAYS))
    pooled = [
        OwnTest("", channel, answered, asked)
        for (channel, when), (answered, asked) in sorted(found.items())
        if when == hours
    ]
    return (*own, *pooled)
