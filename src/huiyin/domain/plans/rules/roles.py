"""Roles one by one: holders, deputies, skills, span, and whether one fate strikes them all."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.model import Role
from huiyin.domain.plans.ordering import in_cycle
from huiyin.domain.plans.subject import Subject, at

# ICS and ISO 22320 practice: one person leads three to seven others.
WIDEST_SPAN = 7


@rule("roles-no-holder")
def no_holder(subject: Subject) -> Iterator[Hit]:
    for role in subject.plan.roles.values():
        if not role.holders:
            yield Hit(at("roles", role.id), {"role": role.title})


@rule("roles-no-deputy")
def no_deputy(subject: Subject) -> Iterator[Hit]:
    for role in subject.plan.roles.values():
        extra = len(subject.persons((*role.holders, *role.deputies))) - role.minimum
        if role.holders and not role.deputies and extra < 1:
            yield Hit(at("roles", role.id), {"role": role.title})


@rule("roles-too-few")
def too_few(subject: Subject) -> Iterator[Hit]:
    for role in subject.plan.roles.values():
        there = len(subject.candidates[role.id])
        if role.holders and there < role.minimum:
            facts = {"role": role.title, "needed": role.minimum, "there": there}
            yield Hit(at("roles", role.id, "minimum"), facts)


@rule("roles-holder-twice")
def holder_twice(subject: Subject) -> Iterator[Hit]:
    for role in subject.plan.roles.values():
        holders = subject.persons(role.holders)
        for n, name in enumerate(role.deputies):
            again = [p for p in subject.persons((name,)) if p in holders]
            if again and len(again) == len(subject.persons((name,))):
                facts = {"role": role.title, "person": subject.name(name)}
                yield Hit(at("roles", role.id, "deputies", n), facts)


@rule("roles-double")
def double(subject: Subject) -> Iterator[Hit]:
    """One person first in two roles that are not allowed together."""
    first: dict[str, Role] = {}
    for role in subject.plan.roles.values():
        for person in subject.persons(role.holders[:1])[:1]:
            other = first.setdefault(person, role)
            if other is not role and role.id not in other.doubles and other.id not in role.doubles:
                facts = {"role": role.title, "other": other.title, "person": subject.name(person)}
                yield Hit(at("roles", role.id, "holders", 0), facts)


@rule("roles-no-command")
def no_command(subject: Subject) -> Iterator[Hit]:
    roles = subject.plan.roles
    if roles and not any(role.function == "command" for role in roles.values()):
        yield Hit("/roles", {})


@rule("roles-span")
def span(subject: Subject) -> Iterator[Hit]:
    led: dict[str, int] = {}
    for role in subject.plan.roles.values():
        if role.reports_to:
            led[role.reports_to] = led.get(role.reports_to, 0) + 1
    for name, count in led.items():
        if count > WIDEST_SPAN and name in subject.plan.roles:
            facts = {"role": subject.plan.roles[name].title, "count": count, "most": WIDEST_SPAN}
            yield Hit(at("roles", name), facts)


@rule("roles-command-cycle")
def command_cycle(subject: Subject) -> Iterator[Hit]:
    edges = {r.id: (r.reports_to,) if r.reports_to else () for r in subject.plan.roles.values()}
    for name in sorted(in_cycle(edges)):
        yield Hit(at("roles", name, "reports-to"), {"role": subject.plan.roles[name].title})


@rule("roles-skill")
def skill(subject: Subject) -> Iterator[Hit]:
    """A person of a role who lacks a skill that the role asks for."""
    if subject.organisation is None:
        return
    people = subject.organisation.people
    for role in subject.plan.roles.values():
        for person in subject.candidates[role.id] if role.skills else ():
            lacking = [s for s in role.skills if s not in people[person].skills]
            if lacking:
                titles = [_skill(subject, s) for s in lacking]
                facts = {"role": role.title, "person": person, "skills": titles}
                yield Hit(at("roles", role.id, "skills"), facts)


def _skill(subject: Subject, name: str) -> object:
    known = subject.organisation.skills.get(name) if subject.organisation else None
    return known.title if known else name


@rule("roles-shared-fate")
def shared_fate(subject: Subject) -> Iterator[Hit]:
    """Whatever strikes the first also strikes everybody else of the role."""
    if subject.organisation is None:
        return
    people = subject.organisation.people
    for role in subject.plan.roles.values():
        there = subject.candidates[role.id]
        if len(there) <= role.minimum:
            continue
        shared = set.intersection(*(set(people[p].fates) for p in there))
        for fate in sorted(shared):
            yield Hit(at("roles", role.id, "deputies"), {"role": role.title, "fate": fate})


@rule("roles-post-vacant")
def post_vacant(subject: Subject) -> Iterator[Hit]:
    organisation = subject.organisation
    if organisation is None:
        return
    for role in subject.plan.roles.values():
        for key, names in (("holders", role.holders), ("deputies", role.deputies)):
            for n, name in enumerate(names):
                if name in organisation.posts and not organisation.persons(name):
                    facts = {"role": role.title, "post": organisation.posts[name].title}
                    yield Hit(at("roles", role.id, key, n), facts)


@rule("roles-critical-unmarked")
def critical_unmarked(subject: Subject) -> Iterator[Hit]:
    roles = subject.plan.roles
    if len(roles) > 1 and not any(role.critical for role in roles.values()):
        yield Hit("/roles", {})


@rule("roles-no-time")
def no_time(subject: Subject) -> Iterator[Hit]:
    for role in subject.plan.roles.values():
        if role.critical and role.within is None:
            yield Hit(at("roles", role.id), {"role": role.title})
