"""Everything that can happen in a call-out, against playing each outcome one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin import plans
from huiyin.domain.plans.reading import read_organisation, read_plan
from huiyin.domain.simulation import sampling
from huiyin.domain.simulation.asking import question
from huiyin.domain.simulation.calls import Callout, Group, grid_for
from huiyin.domain.simulation.changes import best
from huiyin.domain.simulation.computing import compute
from huiyin.domain.simulation.counting import answers
from huiyin.domain.simulation.scenario import CALM, EXACT, SAMPLED, Scenario, Shock, State
from huiyin.domain.simulation.staffing import Need, Staffing, TooManyStates
from huiyin.domain.simulation.tallies import Counted, Filled, FilledBy
from huiyin.domain.simulation.travelling import Travel
from huiyin.domain.simulation.unfolding import Tally, Unfolding
from huiyin.domain.simulation.whole import MOST_TURNS, Whole
from huiyin.plans.priors import assumptions
from tests.domain.simulation_world import callouts, covers, every_outcome, staffings, star

STATES = (CALM, State(1.0, down=frozenset({"net"})), State(1.0, away=frozenset({"p0", "p1"})))


@st.composite
def tangled(draw: st.DrawFn, most: int = 6) -> Callout:
    """A call-out whose groups may follow on failure and whose posts are answered elsewhere too."""
    plain = draw(callouts(most))
    people = [turn.person for turn in plain.turns()]

    def over(group: Group) -> Group:
        posts = []
        for post in group.posts:
            others = [p for p in people if p not in {turn.person for turn in post.turns}]
            elsewhere = tuple(p for p in others if draw(st.integers(0, 3)) == 0)
            below = tuple(map(over, post.calls))
            posts.append(replace(post, calls=below, elsewhere=elsewhere))
        return replace(group, posts=tuple(posts), needed=draw(st.integers(0, len(posts))))

    groups = [over(group) for group in plain.groups]
    if len(groups) == 2 and draw(st.booleans()):
        groups = [replace(groups[0], then=groups[1])]
    return Callout(tuple(groups))


def _played(callout: Callout, state: State, staffing: Staffing, last: int | None) -> float:
    """The chance that all roles are filled, by trying every outcome."""
    total = 0.0
    for chance, script in every_outcome(callout, state.down):
        times = sampling.play(callout, script, state.down, state.away)
        in_time = {p: at for p, at in times.items() if last is None or at <= last}
        total += chance * covers(staffing, in_time)
    return total


def _found(callout: Callout, tally: Tally) -> list[float]:
    ends = Unfolding(callout, STATES, tally).run()
    return [sum(line[n] for line in ends.values()) for n in range(len(STATES))]


@settings(deadline=None)
@given(tangled(), staffings(6, 3), st.sampled_from([0, 60, 100, 300]))
def test_every_figure_is_that_of_all_plays(callout: Callout, staffing: Staffing, last: int) -> None:
    free = replace(staffing, limits={})
    by = FilledBy(staffing, lambda person, at: [float(at <= last)], len(STATES))
    asked: list[tuple[Tally, Staffing, int | None]] = [
        (Filled(staffing), staffing, None),
        (Filled(staffing, timeless=True), free, None),
        (by, free, last),
    ]
    for tally, roles, moment in asked:
        found = _found(callout, tally)
        for state, value in zip(STATES, found, strict=True):
            assert value == pytest.approx(_played(callout, state, roles, moment), abs=1e-12)


@settings(deadline=None)
@given(tangled())
def test_the_count_is_that_of_all_plays(callout: Callout) -> None:
    ends = Unfolding(callout, STATES, Counted()).run()
    for n, state in enumerate(STATES):
        wanted: dict[int, float] = {}
        for chance, script in every_outcome(callout, state.down):
            count = len(sampling.play(callout, script, state.down, state.away))
            wanted[count] = wanted.get(count, 0.0) + chance
        for count in wanted.keys() | {kept[0] for kept in ends}:
            line = ends.get((count,), [0.0] * len(STATES))
            assert line[n] == pytest.approx(wanted.get(count, 0.0), abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(callouts(5), staffings(5, 3))
def test_whoever_travels_arrives_with_the_spread_of_the_way(
    callout: Callout, staffing: Staffing
) -> None:
    way = Travel({"p0": 100}, 300.0, 120.0)
    scenario = Scenario(callout, staffing, 3600, travel=way)
    whole = Whole.of(scenario)
    assert whole is not None and whole.has_along([600 // 10], there=True)
    (found,) = whole.along([600 // 10], (), there=True)
    total = 0.0
    for chance, script in every_outcome(callout):
        times = sampling.play(callout, script)
        total += chance * _arrived(replace(staffing, limits={}), times, way, _moment(scenario, 60))
    assert found == pytest.approx(total, abs=1e-9)


def _moment(scenario: Scenario, step: int) -> int:
    return step * grid_for(scenario.callout, scenario.horizon).step


def _arrived(staffing: Staffing, times: dict[str, int], way: Travel, last: int) -> float:
    """The chance that those on the way by ``last`` fill all roles, arrival by arrival."""
    people = sorted(times)
    total = 0.0
    for mask in range(2 ** len(people)):
        there = {p for n, p in enumerate(people) if mask >> n & 1}
        chance = 1.0
        for person in people:
            by_then = way.within(person, last - times[person])
            chance *= by_then if person in there else 1.0 - by_then
        total += chance * covers(staffing, dict.fromkeys(there, 0))
    return total


@pytest.mark.parametrize("name", [n for n in plans.examples() if not n.endswith("card")])
def test_every_example_is_computed_exactly(name: str) -> None:
    plan, organisation = plans.example(name)
    asked = question(
        read_plan(plan, name)[0],
        read_organisation(organisation, name)[0],
        assumptions(),
        date(2026, 11, 2),
    )
    found = compute(asked.scenario, 1)
    assert found.count_method == found.filled.common.method == found.in_time.common.method == EXACT
    assert found.there and found.answered.method == found.there.method == EXACT
    assert found.in_time.common.value <= found.filled.common.value + 1e-12
    assert found.filled.common.value < found.filled.alone.value
    rising = zip(found.answered.alone, found.answered.alone[1:], strict=False)
    assert all(later >= before - 1e-12 for before, later in rising)
    changes = best(asked.scenario, asked.offer, found.weight, answers(asked.scenario.callout), 1)
    assert {change.method for change in changes} == {EXACT}
    assert changes[0].before == pytest.approx(found.in_time.common.value, abs=1e-12)


def test_what_is_too_much_work_is_played() -> None:
    people = {f"p{n}": 0.7 for n in range(MOST_TURNS + 1)}
    roles = Staffing((Need("r", 1, tuple(people)),))
    large = Scenario(star(people, parallel=False), roles, 3600)
    assert Whole.of(large) is None
    assert compute(large, 1, runs=50).in_time.alone.method == SAMPLED
    small = Whole.of(replace(large, callout=star({"p0": 0.7, "p1": 0.7}, parallel=False)), 10)
    assert small is not None and not small.has_in_time()
    with pytest.raises(TooManyStates):
        Unfolding(large.callout, STATES, Counted(), 100).run()


def test_a_cause_lowers_and_no_cause_is_the_calm() -> None:
    roles = Staffing((Need("r", 1, ("p0", "p1")),))
    cause = Shock("net", 0.5, carriers=frozenset({"net"}))
    scenario = Scenario(star({"p0": 0.5, "p1": 0.5}, parallel=False), roles, 3600, (cause,))
    whole = Whole.of(scenario)
    assert whole is not None and whole.has_ever() and whole.has_count()
    assert whole.ever(()) == pytest.approx(0.75)
    assert whole.ever(scenario.shocks) == pytest.approx(0.375)
    assert whole.count(scenario.shocks) == pytest.approx([0.625, 0.25, 0.125])
