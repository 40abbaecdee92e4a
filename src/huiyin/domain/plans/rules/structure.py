"""Structure: do names refer to something, is the order of tasks possible, is anything empty?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

from huiyin.domain.plans.duties import SYSTEM
from huiyin.domain.plans.fields import Kind, Text, key_of, kinds_of
from huiyin.domain.plans.findings import Hit, Term, rule
from huiyin.domain.plans.grounds import Point
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.ordering import in_cycle
from huiyin.domain.plans.subject import Subject, at

# GB/T 29639: what no plan may lack; the key in the file.
ESSENTIAL = ("basis", "risks", "levels", "roles", "tasks", "contacts", "callout", "reports")
OF_CARD = ("risks", "roles", "tasks", "contacts")
FARTHEST_KM = 300
GRAVE = 12
Reference = tuple[str, str, str]


def references(block: Any, where: str) -> Iterator[Reference]:
    """Each reference below a block: pointer, target section, name."""
    shape: Any = type(block)
    for name, kind in _pointing(shape):
        value, here = getattr(block, name), f"{where}/{key_of(name, kind)}"
        if kind.name == "ref" and value:
            yield here, kind.target, value
        elif kind.name in ("refs", "amounts"):
            indexed = kind.name == "refs"
            for n, each in enumerate(value):
                yield here + at(n if indexed else each), kind.target, each
        elif kind.name == "one" and value is not None:
            yield from references(value, here)
        elif kind.name == "many":
            for key, entry in value.items():
                yield from references(entry, f"{here}/{key}")
        elif kind.name == "rows":
            for n, entry in enumerate(value):
                yield from references(entry, f"{here}/{n}")


@cache
def _pointing(block: Any) -> tuple[tuple[str, Kind], ...]:
    """The fields of a block that hold references, themselves or somewhere below."""
    return tuple(
        (name, kind)
        for name, kind in kinds_of(block).items()
        if kind.name in ("ref", "refs", "amounts") or (kind.of is not None and _pointing(kind.of))
    )


def sections(plan: Plan) -> dict[str, set[str]]:
    """The names that references of a plan may use, by section."""
    muster, exercises = plan.muster, plan.exercises
    return {
        "basis": set(plan.basis),
        "sites": set(plan.scope.sites),
        "populations": set(plan.scope.populations),
        "levels": set(plan.levels),
        "roles": set(plan.roles),
        "roles-or-system": {*plan.roles, SYSTEM},
        "tasks": set(plan.tasks),
        "contacts": set(plan.contacts),
        "callout": set(plan.callout),
        "resources": set(plan.resources),
        "points": set(muster.points) if muster else set(),
        "routes": set(muster.routes) if muster else set(),
        "programme": set(exercises.programme) if exercises else set(),
        "held": set(exercises.held) if exercises else set(),
    }


@rule("structure-dangling")
def dangling(subject: Subject) -> Iterator[Hit]:
    known = sections(subject.plan)
    for here, target, name in references(subject.plan, ""):
        if target in known and name not in known[target]:
            yield Hit(here, {"name": name, "section": _section(target)})


def _section(target: str) -> Term:
    return Term("fields", target.removesuffix("-or-system"))


@rule("structure-unknown-person")
def unknown_person(subject: Subject) -> Iterator[Hit]:
    """Persons, posts, units and skills that the organisation file does not have."""
    organisation = subject.organisation
    if organisation is None:
        return
    who = {*organisation.people, *organisation.posts}
    known = {
        "who": who,
        "units": set(organisation.units),
        "who-or-unit": who | set(organisation.units),
        "skills": set(organisation.skills),
    }
    for here, target, name in references(subject.plan, ""):
        if target in known and name not in known[target]:
            yield Hit(here, {"name": name})
    known["people"] = set(organisation.people)
    for here, target, name in references(organisation, ""):
        if target in known and name not in known[target]:
            yield Hit(here, {"name": name}, "organisation")


@rule("structure-unknown-duty")
def unknown_duty(subject: Subject) -> Iterator[Hit]:
    """A legal duty that nobody knows: the report or exercise then meets none."""
    known = subject.laws.ids
    if not known:
        return
    for report in subject.plan.reports.values():
        if report.duty and report.duty not in known:
            yield Hit(at("reports", report.id, "duty"), {"duty": report.duty})
    for programme in subject.plan.exercises.programme.values() if subject.plan.exercises else ():
        if programme.duty and programme.duty not in known:
            here = at("exercises", "programme", programme.id, "duty")
            yield Hit(here, {"duty": programme.duty})


@rule("structure-empty")
def empty(subject: Subject) -> Iterator[Hit]:
    for name in OF_CARD if subject.plan.about.kind == "card" else ESSENTIAL:
        if not getattr(subject.plan, name):
            yield Hit("", {"block": Term("blocks", name)})


@rule("structure-no-parent")
def no_parent(subject: Subject) -> Iterator[Hit]:
    about = subject.plan.about
    if about.kind != "comprehensive" and not about.parent:
        yield Hit("/plan", {})


@rule("structure-task-cycle")
def task_cycle(subject: Subject) -> Iterator[Hit]:
    for name in sorted(in_cycle({t.id: t.after for t in subject.plan.tasks.values()})):
        yield Hit(at("tasks", name, "after"), {"task": subject.plan.tasks[name].title})


@rule("structure-limit-impossible")
def limit_impossible(subject: Subject) -> Iterator[Hit]:
    """A task that must be over before those it waits for, and its own work, can be done."""
    earliest = subject.ends[""]
    for task in subject.plan.tasks.values():
        soonest = earliest.get(task.id, 0)
        if task.finish_by is not None and soonest > task.finish_by:
            facts = {"task": task.title, "limit": told(task.finish_by), "soonest": told(soonest)}
            yield Hit(at("tasks", task.id, "finish-by"), facts)


@rule("structure-critical-path")
def critical_path(subject: Subject) -> Iterator[Hit]:
    plan = subject.plan
    for level in plan.levels.values():
        if level.within is None:
            continue
        ends = subject.ends[level.id]
        last = max((ends.get(t.id, 0) for t in plan.tasks.values() if t.critical), default=0)
        if last > level.within:
            facts = {"level": level.title, "path": told(last), "limit": told(level.within)}
            yield Hit(at("levels", level.id, "within"), facts)


@rule("structure-starts-too-late")
def starts_too_late(subject: Subject) -> Iterator[Hit]:
    """A task that begins on its last moment and works its own time ends after its limit."""
    for task in subject.plan.tasks.values():
        start, finish = task.start_by, task.finish_by
        if start is not None and finish is not None and start + (task.takes or 0) > finish:
            facts = {"task": task.title, "start": told(start), "finish": told(finish)}
            yield Hit(at("tasks", task.id, "start-by"), facts)


@rule("structure-level-number")
def level_number(subject: Subject) -> Iterator[Hit]:
    seen: dict[int, str] = {}
    for level in subject.plan.levels.values():
        if level.number in seen:
            yield Hit(at("levels", level.id, "number"), {"number": level.number})
        seen[level.number] = level.id


@rule("structure-hazard-without-risk")
def hazard_unsurveyed(subject: Subject) -> Iterator[Hit]:
    surveyed = {risk.hazard for risk in subject.plan.risks.values()}
    for n, hazard in enumerate(subject.plan.about.hazards):
        if hazard not in surveyed and hazard != "all" and "all" not in surveyed:
            yield Hit(at("plan", "hazards", n), {"hazard": Term("values", hazard)})


@rule("structure-risk-untreated")
def hazard_untreated(subject: Subject) -> Iterator[Hit]:
    for risk in subject.plan.risks.values():
        grade = risk.likelihood * risk.consequence
        if grade >= GRAVE and not risk.measures:
            yield Hit(at("risks", risk.id), {"risk": risk.title, "grade": grade})


@rule("structure-place-far")
def place_far(subject: Subject) -> Iterator[Hit]:
    """A point far from all others: a slip of the pen."""
    points = list(_points(subject))
    for here, title, point in points:
        others = [distance_km(point, q) for there, _, q in points if there != here]
        if others and min(others) > FARTHEST_KM:
            yield Hit(here, {"place": title, "km": round(min(others))})


@rule("structure-place-sea")
def place_at_sea(subject: Subject) -> Iterator[Hit]:
    if subject.land is None:
        return
    for here, title, point in _points(subject):
        if subject.land.at_sea(point):
            yield Hit(here, {"place": title})


def _points(subject: Subject) -> Iterator[tuple[str, Text, Point]]:
    for site in subject.plan.scope.sites.values():
        if site.place:
            yield at("scope", "sites", site.id, "place"), site.title, site.place
    if subject.plan.muster:
        for p in subject.plan.muster.points.values():
            if p.place:
                yield at("muster", "points", p.id, "place"), p.title, p.place


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance on a sphere of 6371 km."""
    a, b = radians(float(one.latitude)), radians(float(other.latitude))
    east = radians(float(other.longitude - one.longitude))
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(east / 2) ** 2
    return 2 * 6371 * asin(min(1.0, sqrt(half)))


def told(seconds: int) -> Mapping[str, str]:
    """A duration in words for each language."""
    for size, zh_s, zh_t, en in _UNITS:
        if seconds % size == 0 and seconds >= size:
            count = seconds // size
            plural = en if count == 1 else en + "s"
            return {
                "zh-Hans": f"{count}{zh_s}",
                "zh-Hant": f"{count}{zh_t}",
                "en": f"{count} {plural}",
            }
    return {"zh-Hans": "0秒", "zh-Hant": "0秒", "en": "0 seconds"}


_UNITS = (
    (86_400, "天", "天", "day"),
    (3_600, "小时", "小時", "hour"),
    (60, "分钟", "分鐘", "minute"),
    (1, "秒", "秒", "second"),
)
