"""All roles together: can different people fill them, today and in the next thirty days?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.matching import indispensable, match, resilience
from huiyin.domain.plans.subject import AHEAD, Subject, at


@rule("staffing-impossible")
def impossible(subject: Subject) -> Iterator[Hit]:
    """No assignment of distinct people fills all roles, though each has enough by itself."""
    found = subject.matching
    alone = {r for r in found.lacking if len(subject.candidates[r]) < subject.plan.roles[r].minimum}
    if set(found.lacking) - alone:
        tight = resilience(found.needs)
        roles = [subject.plan.roles[r].title for r in tight.tight]
        people = {p for r in tight.tight for p in found.needs[r][1]}
        facts = {"roles": roles, "people": len(people), "short": -tight.number}
        yield Hit("/roles", facts)


@rule("staffing-single-point")
def single_point(subject: Subject) -> Iterator[Hit]:
    """A person whose absence leaves some role empty, though every role has a deputy."""
    found = subject.matching
    if not found.complete:
        return
    for person, role in indispensable(found).items():
        if len(found.needs[role][1]) > subject.plan.roles[role].minimum:
            facts = {"person": person, "role": subject.plan.roles[role].title}
            yield Hit(at("roles", role), facts)


@rule("staffing-resilience")
def low_resilience(subject: Subject) -> Iterator[Hit]:
    target = subject.plan.about.resilience
    if not subject.plan.roles or not subject.matching.complete or not target:
        return
    found = resilience(subject.matching.needs)
    if found.number < target:
        roles = [subject.plan.roles[r].title for r in found.tight]
        facts = {"number": found.number, "target": target, "roles": roles}
        yield Hit("/plan/resilience", facts)


@rule("staffing-left")
def left(subject: Subject) -> Iterator[Hit]:
    """A member who has left, or leaves within thirty days, still stands in a role."""
    if subject.organisation is None:
        return
    soon = subject.today + timedelta(days=AHEAD)
    for role in subject.plan.roles.values():
        for key, names in (("holders", role.holders), ("deputies", role.deputies)):
            for n, name in enumerate(names):
                for person in subject.persons((name,)):
                    leaves = subject.organisation.people[person].leaves
                    if leaves and leaves <= soon:
                        facts = {"role": role.title, "person": person, "day": leaves.isoformat()}
                        yield Hit(at("roles", role.id, key, n), facts)


@rule("staffing-away")
def away(subject: Subject) -> Iterator[Hit]:
    """A day on which leave makes a role fall below its minimum."""
    if subject.organisation is None:
        return
    for role in subject.plan.roles.values():
        there = subject.candidates[role.id]
        if len(there) < role.minimum:
            continue
        for day, absent in subject.absent.items():
            if absent and sum(p not in absent for p in there) < role.minimum:
                yield Hit(at("roles", role.id), {"role": role.title, "day": day.isoformat()})
                break


@rule("staffing-away-together")
def away_together(subject: Subject) -> Iterator[Hit]:
    """A day on which each role has enough people, but not enough different ones."""
    if subject.organisation is None or not subject.matching.complete:
        return
    asked: set[frozenset[str]] = set()
    for day, absent in subject.absent.items():
        if not absent or absent in asked:
            continue
        asked.add(absent)
        left_over = {
            r: tuple(p for p in people if p not in absent)
            for r, people in subject.candidates.items()
        }
        enough = all(len(left_over[r.id]) >= r.minimum for r in subject.plan.roles.values())
        found = match(subject.needs(left_over))
        if enough and found.lacking:
            roles = [subject.plan.roles[r].title for r in found.lacking]
            yield Hit("/roles", {"day": day.isoformat(), "roles": roles})
            return
