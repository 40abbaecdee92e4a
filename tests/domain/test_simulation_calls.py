"""How many are reached and when: against enumeration of everything that can happen."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain.simulation import calls, sampling
from huiyin.domain.simulation.answering import Rate, Try, certain, chances
from huiyin.domain.simulation.calls import Callout, Group, Post, Turn
from huiyin.domain.simulation.counting import answers
from huiyin.domain.simulation.distributions import convolve, counted, mean
from huiyin.domain.simulation.distributions import product as times
from tests.domain.simulation_world import CHANCES, callouts, every_outcome, star, tree, turn

MASSES = st.lists(st.floats(0, 1), min_size=1, max_size=150)


@given(MASSES, MASSES, st.integers(1, 300))
def test_a_convolution_is_what_the_definition_says(
    a: list[float], b: list[float], length: int
) -> None:
    a, b = ([x / max(1.0, sum(m)) for x in m] for m in (a, b))
    expected = [0.0] * (len(a) + len(b) - 1)
    for n, x in enumerate(a):
        for m, y in enumerate(b):
            expected[n + m] += x * y
    found = convolve(a, b, length)
    assert len(found) == min(length, len(expected))
    assert found == pytest.approx(expected[:length], abs=1e-14)


@given(st.lists(CHANCES, max_size=8))
def test_counting_is_enumeration(ps: list[float]) -> None:
    expected = [0.0] * (len(ps) + 1)
    for came in product((0, 1), repeat=len(ps)):
        expected[sum(came)] += math.prod(
            p if one else 1 - p for p, one in zip(ps, came, strict=True)
        )
    assert counted(ps) == pytest.approx(expected, abs=1e-14)
    assert times([]) == [1.0]


@pytest.mark.parametrize("take_over", [False, True])
def test_a_tree_of_thirteen_by_enumeration(take_over: bool) -> None:
    """Every subset of answers of 13 people, walked by hand: no code of the domain."""
    ps = [0.9, 0.6, 0.35, 0.8, 0.5, 0.42, 0.77, 0.63, 0.58, 0.11, 0.95, 0.7, 0.29]
    expected = [0.0] * 14
    for came in product((False, True), repeat=13):
        reached, waiting = 0, [0]
        while waiting:
            n = waiting.pop()
            reached += came[n]
            if came[n] or take_over:
                waiting += [m for m in (3 * n + 1, 3 * n + 2, 3 * n + 3) if m < 13]
        expected[reached] += math.prod(p if one else 1 - p for p, one in zip(ps, came, strict=True))
    callout = tree(ps, 3, take_over=take_over, parallel=True)
    found = calls.reached(callout, {f"p{n}": p for n, p in enumerate(ps)})
    assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) < 1e-12


def test_what_taking_over_is_worth_in_a_town_of_two_thousand() -> None:
    """Mean 0.6, fan-out 5: about 12 % reached if callers are lost, 60 % if taken over."""
    ps, shares = [0.6] * 2000, []
    for take_over in (False, True):
        callout = tree(ps, 5, take_over=take_over, parallel=True)
        found = calls.reached(callout, {f"p{n}": 0.6 for n in range(2000)})
        assert sum(found) == pytest.approx(1.0, abs=1e-12)
        shares.append(mean(found) / 2000)
    assert shares[1] == pytest.approx(0.6, abs=1e-9)
    assert shares[0] == pytest.approx(_lost_share(), abs=1e-9)


def _lost_share() -> float:
    """The expected share by hand: on level k each is reached with 0.6^(k + 1)."""
    total, left, level = 0.0, 2000, 0
    while left > 0:
        here = min(left, 5**level)
        total += here * 0.6 ** (level + 1)
        left, level = left - here, level + 1
    return total / 2000


@settings(max_examples=60, deadline=None)
@given(callouts())
def test_counts_and_times_equal_enumeration(callout: Callout) -> None:
    """The plays are a second implementation of the meaning of a call-out: enumerate them."""
    grid = calls.grid_for(callout, 3600)
    assert grid.exact
    people = [one.person for one in callout.turns()]
    count = [0.0] * (len(people) + 1)
    at = {person: [0.0] * grid.length for person in people}
    for probability, script in every_outcome(callout):
        times_ = sampling.play(callout, script)
        count[len(times_)] += probability
        for person, seconds in times_.items():
            if seconds <= 3600:
                at[person][seconds // grid.step] += probability
    assert calls.reached(callout, answers(callout)) == pytest.approx(count, abs=1e-12)
    found = calls.acknowledged(callout, grid)
    for person in people:
        assert found[person] == pytest.approx(at[person], abs=1e-12)


@given(callouts())
def test_a_broken_carrier_silences_its_tries_only(callout: Callout) -> None:
    down = frozenset({"net"})
    for one in callout.turns():
        hit = chances(one.tries, down)
        assert all(p == 0 for p, a in zip(hit, one.tries, strict=True) if a.carrier == "net")
        free = Turn(one.person, tuple(a for a in one.tries if a.carrier != "net"))
        if all(a.carrier != "net" or a.channel not in {f.channel for f in free.tries}
               for a in one.tries):  # fmt: skip
            assert sum(hit) == pytest.approx(sum(chances(free.tries)), abs=1e-12)


def test_one_who_missed_a_try_is_likelier_to_miss_the_next() -> None:
    rate = Rate(1.64, 2.36)
    tries = tuple(Try("mobile", rate, 30, 0) for _ in range(3))
    first, second, third = chances(tries)
    assert first == pytest.approx(0.41)
    assert second == pytest.approx(0.59 * 1.64 / 5)
    assert third < second < first
    assert rate.within(3) == pytest.approx(first + second + third)
    assert rate.within(3) < certain(0.41).within(3)


def test_a_grid_with_too_many_steps_is_coarser_and_says_so() -> None:
    callout = star({"a": 0.5}, talk=61)
    grid = calls.grid_for(callout, 7200)
    assert not grid.exact and grid.length <= calls.MOST_STEPS + 2
    assert grid.of(1) == 1, "rounded up: never earlier than in truth"


def test_which_call_outs_are_independent() -> None:
    lone = Post("r", (turn("a", 0.5),))
    below = Group((Post("s", (turn("b", 0.5),)),), parallel=True)
    leads = Post("r", (turn("a", 0.5),), (below,))
    assert star({"a": 0.5}).is_at_once
    serial = Callout((Group((lone,), parallel=False),))
    assert serial.reaches_all and not serial.is_at_once
    lost, taken = (Callout((Group((leads,), True, take_over=t),)) for t in (False, True))
    assert lost.is_plain and not lost.reaches_all
    assert taken.reaches_all and not taken.is_at_once
    shared = Post("r", (turn("a", 0.5),), (below,), elsewhere=("b",))
    assert not Callout((Group((shared,), True),)).is_plain
    then = Group((lone,), True, needed=1, then=below)
    assert not Callout((then,)).is_plain


def test_a_group_that_follows_on_failure_begins_when_failure_is_clear() -> None:
    """Played by hand: 30 s of ringing and 10 s of waiting, then the second group."""
    follows = Group((Post("s", (turn("b", 1.0),)),), parallel=True)
    first = Group((Post("r", (turn("a", 0.5),)),), parallel=True, needed=1, then=follows)
    callout = Callout((first,))
    seen = {tuple(sorted(sampling.play(callout, s).items())): p for p, s in every_outcome(callout)}
    assert seen == {(("a", 30),): pytest.approx(0.5), (("b", 70),): pytest.approx(0.5)}


def test_a_caller_known_from_another_place_calls_on() -> None:
    """``a`` leads two roles; the second role's group begins when ``a`` has answered."""
    below = Group((Post("s", (turn("b", 1.0),)),), parallel=True)
    chief = Post("chief", (turn("a", 0.5),))
    also = Post("also", (), (below,), elsewhere=("a",))
    for posts in ((chief, also), (also, chief)):
        callout = Callout((Group(posts, parallel=True, talk=60),))
        for _, script in every_outcome(callout):
            times_ = sampling.play(callout, script)
            assert times_ == ({"a": 30, "b": 120} if script.answers["a"] == 0 else {})
