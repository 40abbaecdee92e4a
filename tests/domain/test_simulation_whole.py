"""The whole computation: exact against played, what each figure says of itself, changes, plans."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain.simulation import playing, sampling
from huiyin.domain.simulation.answering import Try, certain
from huiyin.domain.simulation.calls import Callout, Group, Post
from huiyin.domain.simulation.changes import Offer, best, candidates
from huiyin.domain.simulation.computing import compute
from huiyin.domain.simulation.counting import answers
from huiyin.domain.simulation.exactly import Exact
from huiyin.domain.simulation.scenario import EXACT, SAMPLED, Scenario, Shock, states
from huiyin.domain.simulation.staffing import EVER, Need, Staffing
from huiyin.domain.simulation.travelling import Travel
from huiyin.domain.simulation.whole import Whole
from tests.domain.simulation_world import CHANCES, covers, every_outcome, star, turn

MOBILE = Try("mobile", certain(0.4), 30, 10, "net")
OFFER = Offer((MOBILE, MOBILE), (Try("landline", certain(0.5), 30, 10),))


@st.composite
def scenarios(draw: st.DrawFn, parallel: bool = True) -> Scenario:
    """A few people who are called by the system, roles they fill, and common causes."""
    people = {f"p{n}": draw(CHANCES) for n in range(draw(st.integers(1, 4)))}
    needs = tuple(
        Need(f"r{n}", 1, tuple(p for p in people if draw(st.booleans())))
        for n in range(draw(st.integers(1, 3)))
    )
    posts = tuple(
        Post(f"post {p}", (turn(p, chance, draw(st.integers(1, 2))),))
        for p, chance in people.items()
    )
    shocks = [Shock("house", 0.2, people=frozenset(list(people)[:2]))]
    if draw(st.booleans()):
        shocks.append(Shock("net", 0.1, carriers=frozenset({"net"})))
    limits = {need.role: draw(st.sampled_from([30, 60, 600])) for need in needs}
    return Scenario(
        Callout((Group(posts, parallel, talk=30),)),
        Staffing(needs, limits=limits),
        3600,
        tuple(shocks),
        Travel(dict.fromkeys(people, 120), 600.0, 300.0) if draw(st.booleans()) else None,
    )


def by_enumeration(scenario: Scenario, *, within: bool, causes: tuple[Shock, ...]) -> float:
    """Every combination of causes, every way to answer."""
    staffing = scenario.staffing if within else Staffing(scenario.staffing.needs)
    total = 0.0
    for state in states(causes)[0]:
        for probability, script in every_outcome(scenario.callout, state.down):
            times = sampling.play(scenario.callout, script, away=state.away)
            total += state.chance * probability * covers(staffing, times)
    return total


@settings(max_examples=60, deadline=None)
@given(scenarios())
def test_exact_figures_equal_enumeration(scenario: Scenario) -> None:
    found = compute(scenario, seed=1)
    for twice, within in ((found.filled, False), (found.in_time, True)):
        assert twice.alone.method == twice.common.method == EXACT
        alone = by_enumeration(scenario, within=within, causes=())
        assert twice.alone.value == pytest.approx(alone, abs=1e-12)
        common = by_enumeration(scenario, within=within, causes=scenario.shocks)
        assert twice.common.value == pytest.approx(common, abs=1e-12)
    assert sum(found.count_common) == pytest.approx(1.0, abs=1e-12)
    assert found.answered.alone[-1] == pytest.approx(found.filled.alone.value, abs=1e-12)
    assert found.answered.common[-1] == pytest.approx(found.filled.common.value, abs=1e-12)
    assert list(found.answered.common) == sorted(found.answered.common)


@settings(max_examples=25, deadline=None)
@given(scenarios(), st.integers(0, 99))
def test_plays_agree_with_the_exact_figures(scenario: Scenario, seed: int) -> None:
    exact = compute(scenario, seed)
    _, outcomes = playing.played(scenario, 600, seed, scenario.shocks)
    for happened, value in (
        ([o.answered < EVER for o in outcomes], exact.filled.common.value),
        ([o.in_time for o in outcomes], exact.in_time.common.value),
    ):
        share = sampling.share(sum(happened), len(happened))
        # 5 standard errors: the examples are many, and none may fail by chance.
        assert abs(share.value - value) < 5 * share.error


def test_arriving_agrees_with_plays_too() -> None:
    scenario = _town(parallel=True)
    exact = compute(scenario, 1)
    assert exact.there is not None
    _, outcomes = playing.played(scenario, 4000, 5, scenario.shocks)
    for seconds, value in list(zip(exact.there.seconds, exact.there.common, strict=True))[5::10]:
        share = sampling.share(sum(o.there <= seconds for o in outcomes), len(outcomes))
        # The grid rounds arrivals up, so the exact figure may be lower by one step's worth.
        assert abs(share.value - value) < 4 * share.error + 0.02


def _town(parallel: bool) -> Scenario:
    people = {f"p{n}": 0.3 + 0.05 * n for n in range(12)}
    needs = tuple(Need(f"r{n}", 1, (f"p{n}", f"p{n + 6}", f"p{(n + 7) % 12}")) for n in range(5))
    return Scenario(
        star(people, parallel=parallel),
        Staffing(needs, limits={need.role: 600 for need in needs}),
        3600,
        (Shock("net", 0.05, carriers=frozenset({"net"})),),
        Travel({}, 600.0, 300.0),
    )


def test_one_after_another_is_exact_and_plays_stay_within_their_band(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town = _town(parallel=False)
    exact, at_once = compute(town, seed=4), compute(_town(parallel=True), seed=4)
    for figure in (exact.filled.common, exact.in_time.common, exact.answered, exact.there):
        assert figure is None or figure.method == EXACT
    same = pytest.approx(at_once.filled.common.value, abs=1e-12)
    assert exact.filled.common.value == same, "who answers does not depend on the order"
    assert exact.in_time.common.value < at_once.in_time.common.value, "but when does"
    monkeypatch.setattr(Whole, "of", lambda *given: None)
    played = compute(town, seed=4)
    assert played.count_method == EXACT and played.filled.common.method == EXACT
    assert played.in_time.common.method == SAMPLED and played.answered.method == SAMPLED
    assert played.in_time.common.error > 0 and played.in_time.common.runs >= 1000
    assert played == compute(town, seed=4), "the same seed, the same figures"
    for one, other in (
        (played.in_time.alone, exact.in_time.alone),
        (played.in_time.common, exact.in_time.common),
    ):
        assert abs(one.value - other.value) < 5 * one.error
    for line, sure in (
        (played.answered.alone, exact.answered.alone),
        (played.answered.common, exact.answered.common),
    ):
        assert all(abs(a - b) < 5 * played.answered.error for a, b in zip(line, sure, strict=True))


def test_a_tangle_of_roles_is_played_and_says_so() -> None:
    random = Random(2)
    people = {f"p{n}": 0.9 for n in range(120)}
    needs = tuple(Need(f"r{n}", 1, tuple(random.sample(list(people), 4))) for n in range(60))
    found = compute(Scenario(star(people), Staffing(needs), 3600), seed=1)
    assert found.filled.alone.method == SAMPLED and found.states == 0
    assert 0 < found.filled.alone.value < 1 and found.filled.alone.error > 0
    assert found.count_method == EXACT
    assert found.resilience is not None


def test_a_tangle_of_many_people_is_played_as_often_as_its_size_allows() -> None:
    """Sixty roles that share six hundred people: bounded work, and the error says what it costs."""
    random = Random(2)
    people = {f"p{n}": 0.8 for n in range(600)}
    needs = tuple(Need(f"r{n}", 3, tuple(random.sample(list(people), 40))) for n in range(60))
    scenario = Scenario(star(people), Staffing(needs), 3600)
    runs = playing.runs_for(scenario)
    assert runs < playing.MOST_RUNS
    assert runs == playing.LEAST_RUNS or runs * playing.work(scenario) <= playing.PLAY_WORK
    found = compute(scenario, seed=1)
    assert found.in_time.common.runs == runs
    assert found.in_time.common.error > compute(_town(parallel=False), 1).in_time.common.error / 4
    for change in best(scenario, OFFER, {}, answers(scenario.callout), seed=1):
        assert 100 <= change.runs <= runs


def test_whom_no_place_can_be_found_for_is_not_sought_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three hundred people for forty full roles, beside one that nobody can fill: those after the
    first who found no place cost nothing (it took minutes)."""
    people = [f"p{n}" for n in range(300)]
    needs = tuple(Need(f"r{n}", 3, tuple(people)) for n in range(40))
    staffing = Staffing((*needs, Need("nobody", 1, ())))
    seen: list[dict[str, tuple[str, str]]] = []
    onward = sampling._Placing._onward

    def counted(self: sampling._Placing, came: dict[str, tuple[str, str]]) -> str:
        seen.append(came)
        return onward(self, came)

    monkeypatch.setattr(sampling._Placing, "_onward", counted)
    assert sampling.filled_at(staffing, {p: n for n, p in enumerate(people)}) == EVER
    assert len(seen) <= 3 * 40 + 40


def test_a_curve_that_would_cost_too_much_is_played_and_the_single_figures_stay_exact() -> None:
    """Eight causes strike through nine groups of roles: 256 combinations, 36 moments, by group."""
    random = Random(7)
    people = {f"p{n}": 0.9 for n in range(180)}
    groups = [[f"p{20 * g + k}" for k in range(20)] for g in range(9)]
    needs = tuple(
        Need(f"r{g}.{n}", 2, tuple(random.sample(own, 8)))
        for g, own in enumerate(groups)
        for n in range(4)
    )
    shocks = tuple(
        Shock(f"s{n}", 0.02, people=frozenset(random.sample(list(people), 30))) for n in range(8)
    )
    limits = {need.role: 600 for need in needs}
    travel = Travel({}, 1740.0, 1380.0)
    scenario = Scenario(star(people), Staffing(needs, limits=limits), 7200, shocks, travel)
    exact = Exact.of(scenario)
    assert exact is not None and exact.fits(1) and not exact.fits(exact.width(there=True))
    found = compute(scenario, seed=1)
    assert found.in_time.common.method == found.filled.common.method == EXACT
    assert found.there is not None and found.there.method == SAMPLED
    assert found.there.common[-1] == pytest.approx(found.filled.common.value, abs=0.1)


@settings(max_examples=40, deadline=None)
@given(scenarios())
def test_one_more_try_or_deputy_lowers_nothing(scenario: Scenario) -> None:
    before = Exact.of(scenario)
    assert before is not None
    for kind, _, after in candidates(scenario, OFFER, {}, answers(scenario.callout)):
        more = Exact.of(after)
        assert more is not None
        assert more.in_time(after.shocks) >= before.in_time(scenario.shocks) - 1e-12, kind
        assert more.ever(after.shocks) >= before.ever(scenario.shocks) - 1e-12, kind


@settings(max_examples=25, deadline=None)
@given(scenarios())
def test_changes_are_what_computing_the_changed_plan_says(scenario: Scenario) -> None:
    known = answers(scenario.callout)
    variants = {(k, w): s for k, w, s in candidates(scenario, OFFER, {}, known)}
    found = best(scenario, OFFER, {}, known, seed=1)
    gains = []
    for change in found:
        after = variants[change.kind, change.what]
        assert change.after == pytest.approx(compute(after, 1).in_time.common.value, abs=1e-12)
        assert change.before == pytest.approx(compute(scenario, 1).in_time.common.value, abs=1e-12)
        gains.append(change.gain)
    assert gains == sorted(gains, reverse=True) and all(gain > 0 for gain in gains)
    rest = [
        compute(s, 1).in_time.common.value - compute(scenario, 1).in_time.common.value
        for s in variants.values()
    ]
    assert len(found) == min(3, sum(gain > 1e-9 for gain in rest))
    if gains:
        assert gains[0] == pytest.approx(max(rest), abs=1e-12), "nothing helps more"


def test_calling_at_once_and_taking_over_are_offered_where_they_can_help(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    below = Group((Post("s", (turn("b", 0.5),)),), parallel=False)
    first = Group((Post("r", (turn("a", 0.5),), (below,)),), parallel=False)
    scenario = Scenario(Callout((first,)), Staffing((Need("s", 1, ("b",)),)), 3600)
    kinds = [k for k, _, _ in candidates(scenario, OFFER, {}, answers(scenario.callout))]
    assert {"parallel", "take-over", "try", "channel", "deputy"} <= set(kinds)
    exact = best(scenario, OFFER, {}, answers(scenario.callout), seed=1)
    assert exact[0].method == EXACT and {"take-over", "deputy"} & {c.kind for c in exact}
    monkeypatch.setattr(Whole, "of", lambda *given: None)
    found = best(scenario, OFFER, {}, answers(scenario.callout), seed=1)
    assert found[0].method == SAMPLED and found[0].kind == exact[0].kind


def test_combinations_of_causes_sum_to_one_or_say_what_is_left_out() -> None:
    shocks = [Shock(f"s{n}", 0.1) for n in range(4)]
    whole, left = states(shocks)
    assert len(whole) == 16 and left == pytest.approx(0, abs=1e-12)
    some, left = states(shocks, most=5)
    assert [len(s.shocks) for s in some] == [0, 1, 1, 1, 1]
    assert left == pytest.approx(1 - 0.9**4 - 4 * 0.1 * 0.9**3)


def test_sixty_causes_end_at_the_cap() -> None:
    """2^60 combinations are never walked through; a third lies behind the cap: all is played."""
    pairs = [frozenset((f"p{n % 12}", f"p{(n + 1) % 12}")) for n in range(60)]
    shocks = [Shock(f"s{n}", 0.02, people=people) for n, people in enumerate(pairs)]
    some, left = states(shocks)
    assert len(some) == 200 and 0.3 < left < 0.4
    scenario = replace(_town(parallel=True), shocks=tuple(shocks))
    found = compute(scenario, 1)
    assert found.in_time.common.method == found.count_method == found.answered.method == SAMPLED
    assert found.left_out == 0, "nothing that is told leaves anything out"
    assert found.states, "it is not the staffing that is too much"


def test_causes_of_single_groups_are_averaged_there_and_nothing_is_left_out() -> None:
    """Twelve groups with a cause each: exact by hand, where 2^12 combinations exceed the cap."""
    people = {f"p{n}": 0.5 for n in range(24)}
    needs = tuple(Need(f"r{n}", 1, (f"p{2 * n}", f"p{2 * n + 1}")) for n in range(12))
    shocks = tuple(Shock(f"h{n}", 0.1, people=frozenset((f"p{2 * n}",))) for n in range(12))
    scenario = Scenario(star(people, parallel=True), Staffing(needs), 3600, shocks)
    exact = Exact.of(scenario)
    assert exact is not None and exact.left_out(1) == pytest.approx(0.0, abs=1e-12)
    assert exact.ever(shocks) == pytest.approx((0.9 * 0.75 + 0.1 * 0.5) ** 12, abs=1e-12)
    net = (*shocks, Shock("all", 0.2, people=frozenset(people)))
    wide = Exact.of(replace(scenario, shocks=net))
    assert wide is not None
    assert wide.ever(net) == pytest.approx(0.8 * (0.9 * 0.75 + 0.1 * 0.5) ** 12, abs=1e-12)


def test_whoever_is_not_called_is_named() -> None:
    scenario = _town(parallel=True)
    needs = (*scenario.staffing.needs, Need("last", 1, ("stranger",)))
    found = compute(replace(scenario, staffing=Staffing(needs)), 1)
    assert found.uncalled == ("stranger",) and found.filled.alone.value == 0
