"""What the rules look at: plan, organisation, law and the day, with questions asked often.

Names in a plan stand for persons: with an organisation file a post stands for its holders,
without one each name counts as a person of its own. Answers are computed once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from huiyin.domain.duties.model import Duty
from huiyin.domain.plans import ordering
from huiyin.domain.plans.fields import Text
from huiyin.domain.plans.land import Land
from huiyin.domain.plans.laws import Laws
from huiyin.domain.plans.matching import Matching, match
from huiyin.domain.plans.model import Plan, Role
from huiyin.domain.plans.organisation import Organisation, there_on

# How far the rules look ahead for leave, leavers and gaps (readiness.md: the next 30 days).
AHEAD = 30


@dataclass(frozen=True)
class Subject:
    plan: Plan
    organisation: Organisation | None
    today: date
    laws: Laws = Laws()
    land: Land | None = None

    def persons(self, names: Sequence[str]) -> tuple[str, ...]:
        """The different persons behind names of a plan, in the order of first mention."""
        if self.organisation is None:
            return tuple(dict.fromkeys(names))
        return self.organisation.persons_of(tuple(names))

    @cached_property
    def candidates(self) -> Mapping[str, tuple[str, ...]]:
        """Who may fill each role: holders, then deputies; those who have left are none."""
        found = {}
        for role in self.plan.roles.values():
            named = self.persons((*role.holders, *role.deputies))
            found[role.id] = tuple(p for p in named if not self.has_left(p))
        return found

    def has_left(self, person: str) -> bool:
        known = self.organisation.people.get(person) if self.organisation else None
        return bool(known and known.leaves and known.leaves < self.today)

    def present(self, person: str, on: date) -> bool:
        known = self.organisation.people.get(person) if self.organisation else None
        return known is None or there_on(known, on)

    @cached_property
    def absent(self) -> Mapping[date, frozenset[str]]:
        """Who of the candidates is not there, on each of the days looked ahead."""
        everybody = {p for people in self.candidates.values() for p in people}
        known = self.organisation.people if self.organisation else {}
        people = {p: known[p] for p in everybody if p in known}
        changing = {n: p for n, p in people.items() if p.leave or p.joins or p.leaves}
        days = [self.today + timedelta(days=n) for n in range(AHEAD + 1)]
        return {d: frozenset(n for n, p in changing.items() if not there_on(p, d)) for d in days}

    def needs(
        self, candidates: Mapping[str, Sequence[str]]
    ) -> dict[str, tuple[int, Sequence[str]]]:
        """What the matching asks for, double roles that are allowed counted once."""
        merged = self._merged
        found: dict[str, tuple[int, Sequence[str]]] = {}
        for role in self.plan.roles.values():
            if merged.get(role.id) is None:
                found[role.id] = (role.minimum, candidates[role.id])
        return found

    @cached_property
    def _merged(self) -> Mapping[str, str]:
        """Roles that ride on another: whitelisted, and every person of it can take both.

        Only a role all of whose candidates stand in the other's list is taken as done by the
        same person; that is cautious: a plan is never called staffed because of a double role
        that might not come about.
        """
        riding: dict[str, str] = {}
        for role in self.plan.roles.values():
            for other in role.doubles:
                if self._rides(role, other, riding):
                    riding[role.id] = other
                    break
        return riding

    def _rides(self, role: Role, other: str, riding: Mapping[str, str]) -> bool:
        if other not in self.plan.roles or other in riding or role.id in riding.values():
            return False
        carrier = self.plan.roles[other]
        mine, theirs = set(self.candidates[role.id]), set(self.candidates[other])
        return bool(theirs) and theirs <= mine and role.minimum <= carrier.minimum

    @cached_property
    def matching(self) -> Matching:
        return match(self.needs(self.candidates))

    @cached_property
    def ends(self) -> Mapping[str, Mapping[str, int]]:
        """Per level, and under "" for all tasks: the soonest end of each task in seconds."""
        tasks = self.plan.tasks.values()
        return {level: ordering.ends(tasks, level) for level in ("", *self.plan.levels)}

    @cached_property
    def binding(self) -> tuple[Duty, ...]:
        return self.laws.binding(self.plan, self.today)

    @cached_property
    def people_of_units(self) -> Mapping[str, tuple[str, ...]]:
        """The persons of each unit of the organisation and of the units below it."""
        if self.organisation is None:
            return {}
        units = self.organisation.units
        found: dict[str, list[str]] = {name: [] for name in units}
        for person in self.organisation.people.values():
            unit, seen = person.unit, set[str]()
            while unit in units and unit not in seen:
                found[unit].append(person.id)
                seen.add(unit)
                unit = units[unit].parent
        return {name: tuple(people) for name, people in found.items()}

    def bound(self, kind: str) -> tuple[Duty, ...]:
        return tuple(d for d in self.binding if d.kind == kind)

    def name(self, who: str) -> str | Text:
        """How a person or post is told: by the title of the post, or by id, never by name."""
        post = self.organisation.posts.get(who) if self.organisation else None
        return post.title if post else who


def at(*parts: object) -> str:
    """A JSON pointer from its parts."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)
