"""All roles filled by different people: against trying everything, and known answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain.errors import Refusal
from huiyin.domain.simulation import sampling
from huiyin.domain.simulation.resilience import resilience
from huiyin.domain.simulation.staffing import (
    EVER,
    Need,
    Staffing,
    TooManyStates,
    diagram_of,
    naive,
)
from tests.domain.simulation_world import covers, staffings

MOMENTS = (60, 300, EVER)


def _chance_table(people: frozenset[str], seed: int) -> dict[str, tuple[float, float, float]]:
    """For each person the chance of being there within each moment: rising."""
    random = Random(seed)
    return {p: tuple(sorted(random.random() for _ in MOMENTS)) for p in sorted(people)}  # type: ignore[misc]


def exactly(staffing: Staffing, table: Mapping[str, tuple[float, ...]]) -> float:
    return math.prod(
        diagram_of(part).filled(lambda p, limit: table[p][MOMENTS.index(limit)])
        for part in staffing.components()
    )


def by_enumeration(staffing: Staffing, table: Mapping[str, tuple[float, ...]]) -> float:
    people = sorted(staffing.people)
    total = 0.0
    for moments in product((*range(3), None), repeat=len(people)):
        chance, times = 1.0, {}
        for person, moment in zip(people, moments, strict=True):
            a, b, c = table[person]
            chance *= 1 - c if moment is None else (a, b - a, c - b)[moment]
            if moment is not None:
                times[person] = MOMENTS[moment]
        if chance > 0 and covers(staffing, times):
            total += chance
    return total


@settings(max_examples=80, deadline=None)
@given(staffings(people=5), st.integers(0, 999))
def test_limits_minimums_and_doubles_equal_enumeration(staffing: Staffing, seed: int) -> None:
    table = _chance_table(staffing.people, seed)
    assert exactly(staffing, table) == pytest.approx(by_enumeration(staffing, table), abs=1e-12)


def test_sixteen_people_by_enumeration() -> None:
    """65,536 ways to be there or not, nine roles, two of them for two people."""
    random = Random(5)
    people = [f"p{n}" for n in range(16)]
    needs = tuple(
        Need(f"r{n}", 2 if n in (2, 6) else 1, tuple(random.sample(people, 4))) for n in range(9)
    )
    staffing = Staffing(needs)
    chances = {p: random.uniform(0.5, 0.95) for p in people}
    total = 0.0
    for came in product((0, 1), repeat=16):
        times = {p: 0 for p, one in zip(people, came, strict=True) if one}
        if sampling.filled_at(staffing, times) == 0:
            total += math.prod(
                chances[p] if one else 1 - chances[p] for p, one in zip(people, came, strict=True)
            )
    whole = diagram_of(staffing).filled(lambda p, _: chances[p])
    assert whole == pytest.approx(total, abs=1e-12)


def crowded(roles: int = 200, groups: int = 40, people: int = 9, each: int = 4) -> Staffing:
    """Roles in groups that each share few people: every deputy counts several times."""
    random = Random(11)
    needs = []
    for group in range(groups):
        own = [f"p{group}.{n}" for n in range(people)]
        for n in range(roles // groups):
            needs.append(Need(f"r{group}.{n}", 1, tuple(random.sample(own, each))))
    return Staffing(tuple(needs))


def test_two_hundred_roles_the_product_of_roles_is_far_too_high() -> None:
    """338 people in 40 groups: each role is safe to 99.7 %, the product of the roles says 50.6 %
    (the figure of the notes), and in truth the plan is staffed in 2 of 100 nights."""
    staffing = crowded()
    chance = 1 - (1 - 0.506 ** (1 / 200)) ** (1 / 4)
    exact = math.prod(
        diagram_of(part).filled(lambda p, _: chance) for part in staffing.components()
    )
    assert len(staffing.components()) == 40 and len(staffing.people) == 338
    assert naive(staffing, lambda p, _: chance) == pytest.approx(0.506, abs=1e-12)
    assert exact == pytest.approx(0.020527691361727, abs=1e-12), "computed once, kept"
    random, runs, people = Random(3), 2000, sorted(staffing.people)
    hits = 0
    for _ in range(runs):
        there = {p: 0 for p in people if random.random() < chance}
        hits += sampling.filled_at(staffing, there) == 0
    sampled = sampling.share(hits, runs)
    assert abs(sampled.value - exact) < 4 * sampled.error


@settings(max_examples=60, deadline=None)
@given(staffings(people=6), st.integers(0, 99), st.randoms(use_true_random=False))
def test_names_and_order_change_nothing(staffing: Staffing, seed: int, random: Random) -> None:
    table = _chance_table(staffing.people, seed)
    people = sorted(staffing.people)
    other = random.sample([f"x{n}" for n in range(len(people))], len(people))
    name = dict(zip(people, other, strict=True))
    needs = [
        Need(n.role, n.minimum, tuple(random.sample([name[p] for p in n.holders], len(n.holders))))
        for n in staffing.needs
    ]
    random.shuffle(needs)
    relabelled = Staffing(tuple(needs), staffing.double, staffing.limits)
    same = {name[p]: row for p, row in table.items()}
    assert exactly(relabelled, same) == pytest.approx(exactly(staffing, table), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(staffings(people=6), st.integers(0, 99), st.data())
def test_a_deputy_more_lowers_nothing(staffing: Staffing, seed: int, data: st.DataObject) -> None:
    table = _chance_table(staffing.people | {"new"}, seed)
    chosen = data.draw(st.sampled_from(staffing.needs))
    needs = tuple(
        Need(n.role, n.minimum, (*n.holders, "new")) if n is chosen else n for n in staffing.needs
    )
    more = Staffing(needs, staffing.double, staffing.limits)
    assert exactly(more, table) >= exactly(staffing, table) - 1e-12
    assert resilience(more.needs).number >= resilience(staffing.needs).number


@settings(max_examples=60, deadline=None)
@given(staffings(people=6), st.integers(0, 99))
def test_importance_is_the_difference_between_there_and_away(staffing: Staffing, seed: int) -> None:
    random = Random(seed)
    chances = {p: random.random() for p in sorted(staffing.people)}
    diagram = diagram_of(staffing)
    weights = diagram.importance(lambda p, _: chances[p])
    assert weights.keys() == staffing.people
    for person, weight in weights.items():
        ends = [
            diagram.filled(lambda p, _, x=x, q=person: x if p == q else chances[p])  # type: ignore[misc]
            for x in (0.0, 1.0)
        ]
        assert weight == pytest.approx(ends[1] - ends[0], abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(staffings(people=6), st.integers(0, 99))
def test_many_moments_at_once_are_the_same_as_one_by_one(staffing: Staffing, seed: int) -> None:
    random = Random(seed)
    rows = {p: sorted(random.random() for _ in range(4)) for p in sorted(staffing.people)}
    diagram = diagram_of(staffing)
    one_by_one = [diagram.filled(lambda p, _, n=n: rows[p][n]) for n in range(4)]  # type: ignore[misc]
    assert diagram.filled_columns([[rows[p]] for p in diagram.people], 4) == pytest.approx(
        one_by_one, abs=1e-12
    )


def test_nobody_and_nothing() -> None:
    assert diagram_of(Staffing(())).filled(lambda p, _: 0.0) == 1.0
    empty = diagram_of(Staffing((Need("r", 1, ()),)))
    assert empty.filled(lambda p, _: 1.0) == 0.0 and empty.filled_columns([], 2) == [0, 0]
    two = diagram_of(Staffing((Need("r", 1, ("a",)), Need("s", 1, ("a",)))))
    assert two.filled(lambda p, _: 1.0) == 0.0 and two.importance(lambda p, _: 1.0) == {"a": 0.0}
    with pytest.raises(Refusal) as refused:
        diagram_of(Staffing((Need("r", 0, ("a",)),)))
    assert refused.value.code == "staffing-minimum"


def test_a_tangle_meets_the_cap() -> None:
    """Sixty roles that share 120 people at random: far too many states; the cap says so."""
    random = Random(2)
    people = [f"p{n}" for n in range(120)]
    needs = tuple(Need(f"r{n}", 1, tuple(random.sample(people, 4))) for n in range(60))
    with pytest.raises(TooManyStates):
        diagram_of(Staffing(needs))


def by_every_set(needs: tuple[Need, ...]) -> int:
    sets = (s for k in range(1, len(needs) + 1) for s in combinations(needs, k))
    return min(_slack(chosen) for chosen in sets)


def _slack(chosen: tuple[Need, ...]) -> int:
    people = frozenset().union(*(need.holders for need in chosen))
    return len(people) - sum(need.minimum for need in chosen)


@settings(max_examples=200, deadline=None)
@given(staffings(people=9, roles=7, doubles=False))
def test_resilience_is_the_minimum_over_every_set_of_roles(staffing: Staffing) -> None:
    found = resilience(staffing.needs)
    assert found.number == by_every_set(staffing.needs)
    tight = tuple(need for need in staffing.needs if need.role in found.roles)
    assert _slack(tight) == found.number, "the set that is named is the tight one"
    assert set(found.people) == {p for need in tight for p in need.holders}
    assert bool(found.shortage) == (found.number < 0)


@settings(max_examples=60, deadline=None)
@given(staffings(people=7, roles=4, doubles=False))
def test_the_number_is_how_many_may_be_missing_whoever_they_are(staffing: Staffing) -> None:
    number = resilience(staffing.needs).number
    people = sorted(staffing.people)

    def survives(missing: int) -> bool:
        return all(
            sampling.filled_at(staffing, {p: 0 for p in people if p not in away}) == 0
            for away in combinations(people, missing)
        )

    bare = Staffing(staffing.needs)
    if number >= 0:
        assert survives(min(number, len(people)))
        assert not survives(number + 1)
    else:
        assert sampling.filled_at(bare, dict.fromkeys(people, 0)) == EVER


@settings(max_examples=80, deadline=None)
@given(staffings(people=6, doubles=False), st.data())
def test_placing_in_the_order_of_arrival_finds_the_first_moment(
    staffing: Staffing, data: st.DataObject
) -> None:
    times = {
        p: data.draw(st.sampled_from([10, 50, 200, 400]))
        for p in sorted(staffing.people)
        if data.draw(st.booleans())
    }
    free = Staffing(staffing.needs)
    moments = [
        m for m in (10, 50, 200, 400) if covers(free, {p: t for p, t in times.items() if t <= m})
    ]
    assert sampling.filled_at(free, times) == (moments[0] if moments else EVER)
    assert sampling.filled_in_time(staffing, times) == covers(staffing, times)
