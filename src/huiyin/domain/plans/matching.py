"""Can the roles be filled by different people, and how many absences does that survive?

A small bipartite matching: each role needs ``need`` persons out of its candidates, each person
fills one role. By Hall's theorem the roles can be filled if no set S of them has fewer candidates
than it needs; the *resilience* is the least |N(S)| − need(S): that many people, whoever they are,
may be absent. Below zero the plan cannot be staffed at all. Plain names in, plain names out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Needs = Mapping[str, tuple[int, Sequence[str]]]


@dataclass(slots=True)
class Matching:
    """Who fills what. ``lacking``: roles with fewer people than they need, and how many."""

    needs: Needs
    role_of: dict[str, str] = field(default_factory=dict)
    lacking: dict[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.lacking


@dataclass(frozen=True, slots=True)
class Resilience:
    """``number`` of absences survived, and the roles that are the reason (``tight``)."""

    number: int
    tight: tuple[str, ...]


def match(needs: Needs) -> Matching:
    """A largest assignment; roles keep the order given, earlier candidates are preferred."""
    found = Matching(needs)
    for role, (need, _) in needs.items():
        for missing in range(need, 0, -1):
            if not _add(found, role):
                found.lacking[role] = missing
                break
    return found


def _add(found: Matching, role: str) -> bool:
    """Give the role one more person, moving others along a shortest path. False if impossible."""
    wanted_by: dict[str, str] = {}
    through: dict[str, str] = {}
    queue = deque([role])
    while queue:
        here = queue.popleft()
        for person in found.needs[here][1]:
            holder = found.role_of.get(person)
            if person in wanted_by or holder == here:
                continue
            wanted_by[person] = here
            if holder is None:
                _move(found, wanted_by, through, person)
                return True
            if holder != role and holder not in through:
                through[holder] = person
                queue.append(holder)
    return False


def _move(
    found: Matching, wanted_by: Mapping[str, str], through: Mapping[str, str], free: str
) -> None:
    """Each role on the path takes the new person and lets go the one it was reached through."""
    person: str | None = free
    while person is not None:
        role = wanted_by[person]
        found.role_of[person] = role
        person = through.get(role)


def reached(found: Matching, role: str) -> tuple[str, ...]:
    """The roles that stand or fall with this one: those an exchange beginning here can touch."""
    queue, seen = deque([role]), {role}
    while queue:
        for person in found.needs[queue.popleft()][1]:
            other = found.role_of.get(person)
            if other is not None and other not in seen:
                seen.add(other)
                queue.append(other)
    return tuple(r for r in found.needs if r in seen)


def resilience(needs: Needs) -> Resilience:
    """The least |N(S)| − need(S) over the sets of roles, with such a set.

    For a plan that can be staffed: a set with role r survives k absences exactly if r could
    be given k more people; so each role is asked in turn how many more it could get.
    """
    base = match(needs)
    if base.lacking:
        tight = {r for role in base.lacking for r in reached(base, role)}
        return Resilience(-sum(base.lacking.values()), tuple(r for r in needs if r in tight))
    best, tight_set = len({p for _, people in needs.values() for p in people}), tuple(needs)
    for role in needs:
        trial = Matching(needs, dict(base.role_of))
        extra = 0
        while extra < best and _add(trial, role):
            extra += 1
        if extra < best:
            best, tight_set = extra, reached(trial, role)
    return Resilience(best, tight_set)


def indispensable(found: Matching) -> dict[str, str]:
    """Persons without whom a complete assignment falls apart, with the role they then leave."""
    asked_for: dict[str, list[str]] = {}
    for role, (_, people) in found.needs.items():
        for person in people:
            asked_for.setdefault(person, []).append(role)
    members: dict[str, list[str]] = {}
    for person, role in found.role_of.items():
        members.setdefault(role, []).append(person)
    queue = deque(p for p in asked_for if p not in found.role_of)
    replaceable = set(queue)
    while queue:
        for role in asked_for[queue.popleft()]:
            for person in members.get(role, ()):
                if person not in replaceable:
                    replaceable.add(person)
                    queue.append(person)
    return {p: r for p, r in found.role_of.items() if p not in replaceable}
