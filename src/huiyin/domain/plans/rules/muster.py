"""Head-count: a safe point with room, somebody who counts, everybody counted exactly once."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.domain.plans.findings import Hit, Term, rule
from huiyin.domain.plans.model import Muster, MusterUnit
from huiyin.domain.plans.rules.structure import told
from huiyin.domain.plans.subject import Subject, at

# Hazards in which people leave the building and have to be counted outside.
LEAVING = ("fire", "explosion", "earthquake", "leak", "flood", "landslide", "structural-failure")
NEEDED_STATES = ("safe", "injured", "missing", "extra", "unknown")


@rule("muster-none")
def none(subject: Subject) -> Iterator[Hit]:
    hazards = [h for h in subject.plan.about.hazards if h in LEAVING or h == "all"]
    if subject.plan.about.kind == "card":
        return  # the plan above it counts
    if hazards and (subject.plan.muster is None or not subject.plan.muster.units):
        yield Hit("/muster", {"hazard": Term("values", hazards[0])})


@rule("muster-no-target")
def no_target(subject: Subject) -> Iterator[Hit]:
    if subject.plan.muster and subject.plan.muster.target is None:
        yield Hit("/muster", {})


@rule("muster-too-slow")
def too_slow(subject: Subject) -> Iterator[Hit]:
    """A target above the time the law allows, in a building as low as the law speaks of."""
    muster = subject.plan.muster
    if muster is None or muster.target is None:
        return
    floors = max((s.floors for s in subject.plan.scope.sites.values()), default=1)
    for duty in subject.bound("assembly"):
        low = duty.floors_below is None or floors < duty.floors_below
        if low and duty.within is not None and muster.target > duty.within:
            limit = told(duty.within)
            facts = {"target": told(muster.target), "limit": limit, "law": duty.cites}
            yield Hit("/muster/target", facts)


@rule("muster-states")
def states(subject: Subject) -> Iterator[Hit]:
    if subject.plan.muster:
        lacking = [s for s in NEEDED_STATES if s not in subject.plan.muster.states]
        if lacking:
            yield Hit("/muster/states", {"states": [Term("values", s) for s in lacking]})


@rule("muster-no-point")
def no_point(subject: Subject) -> Iterator[Hit]:
    for unit in _units(subject):
        if not unit.point:
            yield Hit(_at(unit), {"unit": unit.title})


@rule("muster-no-alternate")
def no_alternate(subject: Subject) -> Iterator[Hit]:
    for unit in _units(subject):
        if unit.point and unit.alternate in ("", unit.point):
            yield Hit(_at(unit), {"unit": unit.title})


@rule("muster-unsafe")
def unsafe(subject: Subject) -> Iterator[Hit]:
    """A point where nobody may stand in the very hazard the plan is for."""
    muster, hazards = subject.plan.muster, subject.plan.about.hazards
    for unit in _units(subject):
        for key, name in (("point", unit.point), ("alternate", unit.alternate)):
            point = muster.points.get(name) if muster else None
            both = [h for h in hazards if point and h in point.unsafe]
            if point and both and (key == "point" or set(both) == set(hazards)):
                yield Hit(
                    _at(unit, key),
                    {
                        "unit": unit.title,
                        "point": point.title,
                        "hazard": [Term("values", h) for h in both],
                    },
                )


@rule("muster-capacity")
def capacity(subject: Subject) -> Iterator[Hit]:
    muster = subject.plan.muster
    if muster is None:
        return
    for point in muster.points.values():
        count = sum(_count(subject, u) for u in muster.units.values() if u.point == point.id)
        if count > point.capacity:
            facts = {"point": point.title, "count": count, "capacity": point.capacity}
            yield Hit(at("muster", "points", point.id, "capacity"), facts)


@rule("muster-no-warden")
def no_warden(subject: Subject) -> Iterator[Hit]:
    for unit in _units(subject):
        if not unit.warden:
            yield Hit(_at(unit), {"unit": unit.title})


@rule("muster-no-deputy")
def no_deputy(subject: Subject) -> Iterator[Hit]:
    for unit in _units(subject):
        pair = subject.persons(tuple(w for w in (unit.warden, unit.deputy) if w))
        if unit.warden and len(pair) < 2:
            yield Hit(_at(unit), {"unit": unit.title})


@rule("muster-warden-overloaded")
def warden_overloaded(subject: Subject) -> Iterator[Hit]:
    """One person counts two units at once."""
    first: dict[str, MusterUnit] = {}
    for unit in _units(subject):
        for person in subject.persons((unit.warden,) if unit.warden else ())[:1]:
            other = first.setdefault(person, unit)
            if other is not unit:
                facts = {"unit": unit.title, "other": other.title, "person": subject.name(person)}
                yield Hit(_at(unit, "warden"), facts)


@rule("muster-uncounted-group")
def uncounted_group(subject: Subject) -> Iterator[Hit]:
    if not _units(subject):
        return
    counted = {g for unit in _units(subject) for g in unit.groups}
    for group in subject.plan.scope.populations.values():
        if group.id not in counted:
            here = at("scope", "populations", group.id)
            yield Hit(here, {"group": group.title, "count": group.count})


@rule("muster-group-twice")
def group_twice(subject: Subject) -> Iterator[Hit]:
    seen: dict[str, MusterUnit] = {}
    for unit in _units(subject):
        for n, name in enumerate(unit.groups):
            other = seen.setdefault(name, unit)
            group = subject.plan.scope.populations.get(name)
            if other is not unit and group:
                facts = {"group": group.title, "unit": unit.title, "other": other.title}
                yield Hit(_at(unit, "groups", n), facts)


@rule("muster-uncounted-person")
def uncounted_person(subject: Subject) -> Iterator[Hit]:
    """Somebody with a role whom nobody counts."""
    if subject.organisation is None or not any(u.members for u in _units(subject)):
        return
    counted = {p for unit in _units(subject) for p in _members(subject, unit)}
    for person in dict.fromkeys(p for people in subject.candidates.values() for p in people):
        if person not in counted:
            yield Hit("/muster/units", {"person": person})


@rule("muster-person-twice")
def person_twice(subject: Subject) -> Iterator[Hit]:
    seen: dict[str, MusterUnit] = {}
    for unit in _units(subject):
        for person in _members(subject, unit):
            other = seen.setdefault(person, unit)
            if other is not unit:
                facts = {"person": person, "unit": unit.title, "other": other.title}
                yield Hit(_at(unit, "members"), facts)


@rule("muster-no-help")
def no_help(subject: Subject) -> Iterator[Hit]:
    """People who need help to leave, and nothing said about who helps and how."""
    for group in subject.plan.scope.populations.values():
        if not group.assisted:
            continue
        helpers = [u for u in _units(subject) if group.id in u.groups and u.assistants]
        if not group.help or (_units(subject) and not helpers):
            facts = {"group": group.title, "count": group.assisted}
            yield Hit(at("scope", "populations", group.id), facts)


@rule("muster-no-step-free-route")
def no_step_free_route(subject: Subject) -> Iterator[Hit]:
    muster = subject.plan.muster
    for unit in _units(subject):
        groups = [subject.plan.scope.populations.get(g) for g in unit.groups]
        routes = [muster.routes[r] for r in unit.routes if muster and r in muster.routes]
        if any(g and g.assisted for g in groups) and not any(r.step_free for r in routes):
            yield Hit(_at(unit), {"unit": unit.title})


@rule("muster-no-route")
def no_route(subject: Subject) -> Iterator[Hit]:
    for unit in _units(subject):
        if unit.point and not unit.routes:
            yield Hit(_at(unit), {"unit": unit.title})


@rule("muster-route-elsewhere")
def route_elsewhere(subject: Subject) -> Iterator[Hit]:
    muster = subject.plan.muster
    for unit in _units(subject):
        for n, name in enumerate(unit.routes):
            route = muster.routes.get(name) if muster else None
            if route and route.point not in (unit.point, unit.alternate):
                yield Hit(_at(unit, "routes", n), {"unit": unit.title, "route": route.title})


def _units(subject: Subject) -> tuple[MusterUnit, ...]:
    muster: Muster | None = subject.plan.muster
    return tuple(muster.units.values()) if muster else ()


def _at(unit: MusterUnit, *parts: object) -> str:
    return at("muster", "units", unit.id, *parts)


def _count(subject: Subject, unit: MusterUnit) -> int:
    groups = [subject.plan.scope.populations.get(g) for g in unit.groups]
    return sum(g.count for g in groups if g) + len(_members(subject, unit))


def _members(subject: Subject, unit: MusterUnit) -> tuple[str, ...]:
    """The persons a unit counts by name; a unit of the organisation stands for those in it."""
    found: list[str] = []
    for name in unit.members:
        found += subject.people_of_units.get(name, ()) or subject.persons((name,))
    return tuple(dict.fromkeys(found))
