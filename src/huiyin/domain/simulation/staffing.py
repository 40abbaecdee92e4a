"""Are all roles filled by different people? Exactly, as a decision diagram over the people.

The people are taken one after another; a state is the set of all largest ways to fill roles with
those who came so far. Roles whose candidates are all decided are forgotten, states that no longer
can succeed are dropped, and groups of roles that share nobody are computed apart. Where the
states become too many the computation stops and says so (``TooManyStates``); sampling.py takes
over then. Who is reached with which chance: calls.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from operator import add, mul, sub

from huiyin.domain.errors import Refusal
from huiyin.domain.simulation.distributions import counted

# Work units (one set compared or extended) for one group of roles: some tenths of a second.
BUDGET = 400_000

# The limit of a role that has none.
EVER = 2**62

Family = frozenset[int]
# The chance that a person is there within a limit: it does not fall with the limit.
Chance = Callable[[str, int], float]
Shares = tuple[tuple[float, ...], ...]
Rows = Sequence[Sequence[float]]


class TooManyStates(Exception):
    """The diagram of this group of roles would grow beyond its budget."""


@dataclass(frozen=True, slots=True)
class Need:
    """A role that ``minimum`` different people of ``holders`` must fill."""

    role: str
    minimum: int
    holders: tuple[str, ...]


@dataclass(frozen=True)
class Staffing:
    """Roles to be filled. ``double``: pairs of roles that one person may fill at once.

    ``limits``: by when a role must be filled; whoever comes later does not count for it. Roles
    without one share the limit ``EVER``.
    """

    needs: tuple[Need, ...]
    double: frozenset[frozenset[str]] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)

    def limit(self, role: str) -> int:
        """The limit of a role."""
        return self.limits.get(role, EVER)

    @cached_property
    def people(self) -> frozenset[str]:
        """Everybody who holds a role."""
        return frozenset(self.roles_of)

    @cached_property
    def roles_of(self) -> Mapping[str, Sequence[str]]:
        """For each person the roles they may fill."""
        found: dict[str, list[str]] = {}
        for need in self.needs:
            for person in dict.fromkeys(need.holders):
                found.setdefault(person, []).append(need.role)
        return found

    def components(self) -> tuple[Staffing, ...]:
        """Groups of roles that share no person, in the order of their first role."""
        group = {need.role: need.role for need in self.needs}

        def top(role: str) -> str:
            while group[role] != role:
                group[role] = group[group[role]]
                role = group[role]
            return role

        first: dict[str, str] = {}
        for need in self.needs:
            for person in need.holders:
                group[top(need.role)] = top(first.setdefault(person, need.role))
        parts: dict[str, list[Need]] = {}
        for need in self.needs:
            parts.setdefault(top(need.role), []).append(need)
        return tuple(Staffing(tuple(part), self.double, self.limits) for part in parts.values())


@dataclass(frozen=True)
class Diagram:
    """A decision diagram: the people in the order in which they are decided, for each the limits
    that make a difference, and for each layer and state where it leads: (if the person does not
    come, if within the first limit, the second …). −1 is failure; after the last layer 0 is
    success. ``possible`` is false if not even everybody together fills the roles; ``work`` is
    what it cost to build.
    """

    people: tuple[str, ...]
    limits: tuple[tuple[int, ...], ...]
    layers: tuple[tuple[tuple[int, ...], ...], ...]
    possible: bool = True
    work: int = 0

    @property
    def states(self) -> int:
        """How many states the diagram has."""
        return sum(map(len, self.layers))

    def filled(self, chance: Chance) -> float:
        """The chance that all roles are filled, for people who come independently."""
        return self.filled_with(self.shares(chance))

    def filled_with(self, shares: Shares) -> float:
        """The same, from the ``shares`` of the people."""
        if not self.possible:
            return 0.0
        now = [1.0]
        for share, layer, size in zip(shares, self.layers, self._sizes, strict=True):
            now = _step(now, layer, share, size)
        return min(1.0, now[0])

    def filled_columns(self, rows: Sequence[Rows], width: int) -> list[float]:
        """The same in ``width`` cases at once (moments, combinations of causes): for each person,
        in order, the chances of being there within each of their limits, case by case. Of a
        person with fewer rows than limits, the first row stands for coming at all."""
        if not self.possible:
            return [0.0] * width
        now: list[Sequence[float]] = [[1.0] * width]
        for within, layer, size in zip(rows, self.layers, self._sizes, strict=True):
            shares = [[1.0 - chance for chance in within[-1]], within[0]]
            shares += [list(map(sub, after, before)) for before, after in pairwise(within)]
            after: list[Sequence[float]] = [[]] * size
            for masses, ends in zip(now, layer, strict=True):
                for share, end in zip(shares, ends, strict=False):
                    if end >= 0:
                        part = map(mul, masses, share)
                        after[end] = list(map(add, after[end], part) if after[end] else part)
            now = [masses or [0.0] * width for masses in after]
        return [min(1.0, value) for value in now[0]]

    @cached_property
    def edges(self) -> int:
        """How much there is to do for one case."""
        return sum(len(ends) for layer in self.layers for ends in layer)

    def importance(self, chance: Chance) -> dict[str, float]:
        """For each person by how much the result would rise from certainly away to certainly
        in time (Birnbaum importance)."""
        if not self.possible:
            return dict.fromkeys(self.people, 0.0)
        shares = self.shares(chance)
        forward = [[1.0]]
        for share, layer, size in zip(shares, self.layers, self._sizes, strict=True):
            forward.append(_step(forward[-1], layer, share, size))
        found: dict[str, float] = {}
        value = [1.0]
        for at in range(len(self.people) - 1, -1, -1):
            ends = [[0.0 if to < 0 else value[to] for to in state] for state in self.layers[at]]
            gains = (p * (end[1] - end[0]) for p, end in zip(forward[at], ends, strict=True))
            found[self.people[at]] = math.fsum(gains)
            value = [sum(map(mul, shares[at], end)) for end in ends]
        return found

    def shares(self, chance: Chance) -> Shares:
        """For each person the chances of not coming, and of each limit being the first met."""
        found = []
        for person, limits in zip(self.people, self.limits, strict=True):
            within = [0.0, *(chance(person, limit) for limit in limits)]
            first = [after - before for before, after in pairwise(within)]
            found.append((1.0 - within[-1], *first))
        return tuple(found)

    @property
    def _sizes(self) -> list[int]:
        after = [len(layer) for layer in self.layers[1:]]
        return [*after, 1] if self.layers else []


def _step(
    now: Sequence[float], layer: Sequence[Sequence[int]], shares: Sequence[float], size: int
) -> list[float]:
    after = [0.0] * size
    for mass, ends in zip(now, layer, strict=True):
        for share, end in zip(shares, ends, strict=True):
            if end >= 0:
                after[end] += mass * share
    return after


def naive(staffing: Staffing, chance: Chance) -> float:
    """The product over the roles, as if nobody were counted twice: too high, for comparison."""
    product = 1.0
    for need in staffing.needs:
        limit = staffing.limit(need.role)
        here = counted(chance(person, limit) for person in dict.fromkeys(need.holders))
        product *= math.fsum(here[need.minimum :])
    return product


def diagram_of(staffing: Staffing, budget: int = BUDGET) -> Diagram:
    """The diagram of one group of roles. Raises ``TooManyStates`` beyond ``budget``, and
    Refusal ``staffing-minimum`` (role) for a role that needs nobody or fewer."""
    for need in staffing.needs:
        if need.minimum < 1:
            raise Refusal("staffing-minimum", role=need.role)
    return _Builder(staffing, budget).build()


class Filling:
    """Ways to fill a group of roles, by people who come one after another. Each role has a field
    of ``minimum`` bits in an integer, filled from the lowest: a number in unary, so that "at
    least as many of each" is "contains". Raises ``TooManyStates`` beyond ``budget``."""

    def __init__(self, staffing: Staffing, budget: int) -> None:
        self.staffing = staffing
        self.budget = self.left = budget
        self.roles_of = staffing.roles_of
        self.minimum = {need.role: need.minimum for need in staffing.needs}
        self.undecided = {need.role: len(set(need.holders)) for need in staffing.needs}
        self.field: dict[str, int] = {}
        at = 0
        for need in staffing.needs:
            self.field[need.role] = ((1 << need.minimum) - 1) << at
            at += need.minimum

    def decide(self, person: str) -> None:
        """The person has come or never will."""
        for role in self.roles_of[person]:
            self.undecided[role] -= 1

    def limits(self, person: str) -> tuple[int, ...]:
        """The limits of the person's roles, each once, the shortest first."""
        return tuple(sorted({self.staffing.limit(role) for role in self.roles_of[person]}))

    def extended(self, family: Family, person: str, limit: int) -> Family:
        """The largest ways once the person is there within ``limit``."""
        options = self._options(person, limit)
        return self.largest({_filled(way, one) for way in family for one in options} | family)

    def feasible(self, family: Family) -> Family:
        """Those of the ways that those who are left can complete."""
        required = self._required()
        return frozenset(way for way in family if way & required == required)

    def largest(self, ways: Iterable[int]) -> Family:
        """The ways that are contained in no other."""
        kept: list[int] = []
        for way in sorted(ways, key=int.bit_count, reverse=True):
            self.left -= len(kept) + 1
            if self.left < 0:
                raise TooManyStates
            if not any(way & other == way for other in kept):
                kept.append(way)
        return frozenset(kept)

    def _options(self, person: str, limit: int) -> list[list[int]]:
        """The largest sets of roles that one person may fill at once if there within ``limit``,
        as lists of fields."""
        early = {r for r in self.roles_of[person] if self.staffing.limit(r) >= limit}
        cliques = _cliques(early, self.staffing.double)
        return [[self.field[role] for role in sorted(clique)] for clique in cliques]

    def _required(self) -> int:
        """What every way must have filled by now so that those left can do the rest."""
        required = 0
        for role, left in self.undecided.items():
            bits = self.field[role]
            required |= ((1 << max(0, self.minimum[role] - left)) - 1) * (bits & -bits)
        return required


class _Builder(Filling):
    """Builds the layers of a diagram."""

    def __init__(self, staffing: Staffing, budget: int) -> None:
        super().__init__(staffing, budget)
        self.order = _order(staffing.needs, self.roles_of)

    def build(self) -> Diagram:
        families = [self._alive({0}, *self._bounds())]
        limits = tuple(self.limits(person) for person in self.order)
        layers = []
        for person, steps in zip(self.order, limits, strict=True):
            if not any(families):
                break
            self.decide(person)
            options = [self._options(person, limit) for limit in steps]
            layer, families = self._layer(families, options, *self._bounds())
            layers.append(layer)
        possible = any(families)
        walked = tuple(layers) if possible else ()
        return Diagram(tuple(self.order), limits, walked, possible, self.budget - self.left)

    def _bounds(self) -> tuple[int, int]:
        """What every way must have filled by now, and the fields of roles that have nobody left;
        these are forgotten from here on."""
        required = self._required()
        closed = 0
        for role in [role for role, left in self.undecided.items() if left == 0]:
            closed |= self.field[role]
            del self.undecided[role]
        return required, closed

    def _layer(
        self,
        families: Sequence[Family],
        options: Sequence[Sequence[Sequence[int]]],
        required: int,
        closed: int,
    ) -> tuple[tuple[tuple[int, ...], ...], list[Family]]:
        index: dict[Family, int] = {}
        layer = []
        for family in families:
            ends = [self._alive(family, required, closed)]
            for cliques in options:
                more = {_filled(way, clique) for way in family for clique in cliques}
                ends.append(self._alive(more | family, required, closed))
            layer.append(tuple(index.setdefault(f, len(index)) if f else -1 for f in ends))
        return tuple(layer), list(index)

    def _alive(self, ways: Iterable[int], required: int, closed: int) -> Family:
        """The largest of the ways that can still succeed, without closed roles."""
        return self.largest({way & ~closed for way in ways if way & required == required})


def _filled(way: int, fields: Sequence[int]) -> int:
    for bits in fields:
        have = way & bits
        way |= (have + (bits & -bits)) & bits
    return way


def _order(needs: Sequence[Need], roles_of: Mapping[str, Sequence[str]]) -> list[str]:
    """Everybody once, so that roles close early: always next the candidates of the role with
    the fewest left, of those that have begun before others."""
    left = {need.role: dict.fromkeys(need.holders) for need in needs if need.holders}
    begun: set[str] = set()
    found: list[str] = []
    while left:
        role = min(left, key=lambda r: (len(left[r]), r not in begun))
        for person in sorted(left[role], key=lambda p: len(roles_of[p])):
            found.append(person)
            for other in roles_of[person]:
                begun.add(other)
                left[other].pop(person)
        left = {role: people for role, people in left.items() if people}
    return found


def _cliques(roles: set[str], double: frozenset[frozenset[str]]) -> list[frozenset[str]]:
    """The largest sets of ``roles`` of which each pair may be doubled (Bron–Kerbosch)."""
    near = {r: {s for s in roles if frozenset((r, s)) in double and r != s} for r in roles}
    found: list[frozenset[str]] = []

    def grow(chosen: set[str], open_: set[str], done: set[str]) -> None:
        if not open_ and not done:
            found.append(frozenset(chosen))
        for role in sorted(open_):
            grow(chosen | {role}, open_ & near[role], done & near[role])
            open_ = open_ - {role}
            done = done | {role}

    grow(set(), roles, set())
    return sorted(found, key=sorted)
