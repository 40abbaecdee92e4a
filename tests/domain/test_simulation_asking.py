"""From a plan and an organisation to the question: who is called, what is assumed, what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from huiyin.domain.errors import Refusal
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import (
    Leave,
    Organisation,
    Reached,
)
from huiyin.domain.simulation.answering import OwnTest
from huiyin.domain.simulation.asking import NETWORK, Question, question
from huiyin.domain.simulation.computing import compute
from huiyin.domain.simulation.scenario import EXACT
from huiyin.plans.priors import assumptions
from huiyin.plans.telling import Teller, texts
from tests.domain.simulation_plans import ORGANISATION, PLAN, call

ON = date(2026, 3, 2)


def ask(
    plan: Plan = PLAN, organisation: Organisation | None = ORGANISATION, **more: object
) -> Question:
    return question(plan, organisation, assumptions(), ON, **more)  # type: ignore[arg-type]


def codes(asked: Question) -> set[str]:
    return {note.code for note in asked.notes}


def called(asked: Question) -> list[str]:
    return [turn.person for turn in asked.scenario.callout.turns()]


def test_holders_come_before_deputies_and_nobody_twice() -> None:
    assert called(ask()) == ["ann", "bea", "cai", "dan"]


def test_a_group_called_by_a_role_hangs_below_it() -> None:
    first = ask().scenario.callout.groups[0]
    assert [post.role for post in first.posts] == ["chief"]
    assert [post.role for post in first.posts[0].calls[0].posts] == ["fire", "count"]
    assert first.posts[0].calls[0].posts[1].elsewhere == ("dan", "bea")


def test_whoever_is_on_leave_is_not_called_and_it_is_told() -> None:
    away = replace(ORGANISATION.people["bea"], leave=(Leave(from_=ON, until=ON),), id="bea")
    people = {**ORGANISATION.people, "bea": away}
    asked = ask(organisation=replace(ORGANISATION, people=people))
    assert "bea" not in called(asked)
    assert ("away", ("bea",)) in [(n.code, n.names) for n in asked.notes]


def test_whoever_lacks_the_skill_is_not_counted() -> None:
    skilled = replace(PLAN.roles["fire"], skills=("pump",))
    asked = ask(replace(PLAN, roles={**PLAN.roles, "fire": skilled}))
    assert "cai" not in called(asked) and "without-skill" in codes(asked)


def test_no_contact_data_of_one_person_means_no_answer() -> None:
    private = {k: v for k, v in ORGANISATION.private.items() if k != "dan"}
    asked = ask(organisation=replace(ORGANISATION, private=private))
    assert ("no-channel", ("dan",)) in [(n.code, n.names) for n in asked.notes]
    turn = next(t for t in asked.scenario.callout.turns() if t.person == "dan")
    assert turn.tries == ()


def test_no_contact_data_of_anybody_is_an_assumption() -> None:
    asked = ask(organisation=replace(ORGANISATION, private={}))
    assert "channels-assumed" in codes(asked)
    assert {a.channel for t in asked.scenario.callout.turns() for a in t.tries} == {"mobile"}
    assert "no-organisation" in codes(ask(organisation=None))


def test_every_round_goes_through_the_channels_in_their_order() -> None:
    turn = next(t for t in ask().scenario.callout.turns() if t.person == "ann")
    assert [a.channel for a in turn.tries] == ["mobile", "landline"] * 2
    assert [a.wait for a in turn.tries] == [0, 20, 0, 20]
    assert [a.carrier for a in turn.tries] == [NETWORK, ""] * 2


def test_what_people_share_is_a_common_cause() -> None:
    shocks = {s.id: s for s in ask().scenario.shocks}
    assert shocks["shift-a"].people == {"ann", "bea"}
    assert shocks[NETWORK].carriers == {NETWORK}
    assert "alone" not in shocks, "a fate of one person strikes nobody else"


def test_limits_come_from_the_role_else_from_the_level() -> None:
    asked = ask(level="one")
    assert asked.scenario.staffing.limits == {"chief": 300, "fire": 900, "count": 900}
    assert "no-limit" in codes(ask())
    with pytest.raises(Refusal) as refused:
        ask(level="nine")
    assert refused.value.code == "simulate-level"


def test_only_critical_roles_count_and_those_left_aside_are_named() -> None:
    """A plan with three roles of which one is critical is not told to have three filled."""
    roles = {n: replace(r, critical=n == "chief") for n, r in PLAN.roles.items()}
    asked = ask(replace(PLAN, roles=roles))
    assert [need.role for need in asked.scenario.staffing.needs] == ["chief"]
    (aside,) = [note for note in asked.notes if note.code == "not-critical"]
    assert aside.names == ("fire", "count")
    none = ask(replace(PLAN, roles={n: replace(r, critical=False) for n, r in roles.items()}))
    assert len(none.scenario.staffing.needs) == 3 and "none-critical" in codes(none)
    assert not {"not-critical", "none-critical"} & set(codes(ask()))


def test_a_circle_of_groups_ends_and_is_told() -> None:
    circle = {
        "a": call("a", "fire", ("count",)),
        "b": call("b", "count", ("fire",)),
    }
    asked = ask(replace(PLAN, callout=circle))
    assert called(asked) == [] and ("never-begun", ("a", "b")) in [
        (n.code, n.names) for n in asked.notes
    ]


def test_a_caller_whom_nobody_calls_raised_the_alarm() -> None:
    asked = ask(replace(PLAN, callout={"a": call("a", "chief", ("fire",))}))
    assert called(asked) == ["cai", "dan"]


def test_doubles_are_taken_from_the_plan() -> None:
    double = replace(PLAN.roles["fire"], doubles=("count",))
    asked = ask(replace(PLAN, roles={**PLAN.roles, "fire": double}))
    assert asked.scenario.staffing.double == {frozenset({"fire", "count"})}


def test_own_tests_replace_the_literature() -> None:
    borrowed = ask().knowledge.rate("ann", "mobile").after(0)
    assert borrowed == pytest.approx(18 / 44)
    tested = replace(
        ORGANISATION,
        reached=(Reached(channel="mobile", hours="night", asked=96, answered=96, until=ON),),
    )
    own = ask(organisation=tested).knowledge.rate("ann", "mobile").after(0)
    assert own == pytest.approx((4 * 18 / 44 + 96) / 100)
    day = ask(organisation=tested, hours="day").knowledge
    assert day.tested("mobile") == 0, "tests by night say nothing of the day"
    mine = ask(tests=(OwnTest("ann", "mobile", 0, 8),)).knowledge
    assert mine.rate("ann", "mobile").after(0) < mine.rate("bea", "mobile").after(0) < borrowed
    with pytest.raises(Refusal):
        OwnTest("ann", "mobile", 3, 2)


def test_by_day_nobody_travels() -> None:
    assert ask(hours="day").scenario.travel is None
    assert ask().scenario.travel is not None


def test_all_at_once_is_exact_and_says_so() -> None:
    one = {"all": replace(call("all", "system", ("chief", "fire", "count")), mode="parallel")}
    asked = ask(replace(PLAN, callout=one))
    found = compute(asked.scenario, 1)
    assert found.in_time.common.method == found.filled.common.method == EXACT
    assert 0 < found.in_time.common.value < found.filled.alone.value < found.naive


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant", "ar"])
def test_everything_is_told_in_each_language(language: str) -> None:
    for family, entries in texts().items():
        for code, entry in entries.items():
            assert entry.get(language, "").strip(), (family, code)
    for variant in (ask(), ask(organisation=None), ask(replace(PLAN, callout={}))):
        found = compute(variant.scenario, 1)
        teller = Teller(PLAN, variant, found, assumptions(), language)
        told = [*teller.notes(), *teller.rates(), teller.reached(), teller.half(found.answered)]
        assert found.resilience is not None
        told.append(teller.resilience(found.resilience))
        assert all(told) and not any("{" in line for line in told)
        if language.startswith("zh"):  # channels by their names, not their ids
            assert not any("landline" in line or "mobile：" in line for line in teller.rates())
