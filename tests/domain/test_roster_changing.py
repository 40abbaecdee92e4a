"""May a change be made: overrides once, swaps, what cannot be meant, who may hold a duty."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.changing import (
    hosting,
    swap,
    with_change,
    with_leave,
    with_override,
    with_temporary,
)
from huiyin.domain.rosters.checking import check
from huiyin.domain.rosters.covering import gaps
from huiyin.domain.rosters.holding import ABLE, UNNAMED, holders, standing
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import overridden, serve
from huiyin.domain.rosters.values import (
    Duty,
    Leave,
    Override,
    Role,
    Shift,
    Temporary,
)
from tests.domain.roster_makers import (
    at,
    days,
    names,
    override,
    roster,
    rule,
    span,
)

NOW = at("2026-01-01T00:00")
IDS = ("x", "y")


def test_an_override_is_applied_once_and_not_passed_on() -> None:
    """A gives to B and B gives to C: B serves for A, and C only what was B's."""
    shifts = [
        Shift(*days("2026-02-01", 1), "duty", "a", "rule:r"),
        Shift(*days("2026-02-02", 1), "duty", "b", "rule:r"),
    ]
    both = [
        override("1", "2026-02-01T00:00", "2026-02-03T00:00", "a", "b"),
        override("2", "2026-02-01T00:00", "2026-02-03T00:00", "b", "c"),
    ]
    assert [s.person for s in sorted(overridden(shifts, both))] == ["b", "c"]
    assert [s.person for s in sorted(overridden(shifts, both[::-1]))] == ["b", "c"]


def test_two_overrides_for_one_person_at_one_time_are_refused() -> None:
    made = roster(rule(names(3)))
    once = override("1", "2026-02-02T08:00", "2026-02-03T08:00", "p02", "p03")
    made = with_override(roster(rule(names(3)), overrides=()), _fits(made, once), NOW)
    again = replace(made.overrides[0], id="2", out=None)
    with pytest.raises(Refusal) as refused:
        with_override(made, again, NOW)
    assert refused.value.code == "override-overlap"


def _fits(made, wanted):  # type: ignore[no-untyped-def]
    """The override with its ``out`` set to who really serves, and another for them."""
    serving = serve(made, wanted.span).shifts[0].person
    other = next(p for p in made.people if p != serving)
    return replace(wanted, out=serving, into=other)


def test_a_swap_is_served_by_both() -> None:
    made = roster(rule(names(3), "2026-02-02"))
    a, b = serve(made, span("2026-02-02T08:00", "2026-02-04T08:00")).shifts
    found = swap(made, a, b.person, b, ("s1", "s2"), NOW)
    after = serve(replace(made, overrides=found), span("2026-02-02T08:00", "2026-02-04T08:00"))
    assert [s.person for s in after.shifts] == [b.person, a.person]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda r, a, b: swap(r, a, a.person, None, IDS, NOW), "swap-with-oneself"),
        (lambda r, a, b: swap(r, replace(a, person="p03"), "p02", b, IDS, NOW), "swap-changed"),
        (lambda r, a, b: swap(r, a, "p02", replace(b, person="p03"), IDS, NOW), "swap-changed"),
        (lambda r, a, b: swap(r, a, "p02", b, IDS, b.end), "roster-past"),
        (lambda r, a, b: with_override(r, Override("x", "duty", a.span), NOW), "override-empty"),
        (
            lambda r, a, b: with_override(r, Override("x", "duty", a.span, "p03", "p02"), NOW),
            "override-without-effect",
        ),
        (
            lambda r, a, b: with_override(r, Override("x", "duty", a.span, "p01", "who"), NOW),
            "member-unknown",
        ),
        (
            lambda r, a, b: with_override(r, Override("x", "two", a.span, None, "p01"), NOW),
            "double-duty",
        ),
        (
            lambda r, a, b: with_override(
                r, Override("x", "duty", Span(a.end, a.start), "p01"), NOW
            ),
            "roster-span-empty",
        ),
        (
            lambda r, a, b: with_leave(
                with_leave(r, Leave("x", "p01", a.span), NOW), Leave("y", "p01", a.span), NOW
            ),
            "leave-overlap",
        ),
        (lambda r, a, b: with_leave(r, Leave("x", "who", a.span), NOW), "member-unknown"),
        (
            lambda r, a, b: with_override(
                with_leave(r, Leave("x", "p02", a.span), NOW),
                Override("y", "duty", a.span, "p01", "p02"), NOW,
            ),
            "member-away",
        ),
        (
            lambda r, a, b: with_temporary(
                with_temporary(r, Temporary("x", a.span, ()), NOW), Temporary("y", a.span, ()), NOW
            ),
            "temporary-overlap",
        ),
        (
            lambda r, a, b: with_override(
                with_temporary(r, Temporary("x", a.span, ()), NOW),
                Override("y", "duty", a.span, "p01", "p02"), NOW,
            ),
            "override-hidden",
        ),
        (
            lambda r, a, b: with_temporary(
                with_override(r, Override("y", "duty", a.span, "p01", "p02"), NOW),
                Temporary("x", a.span, ()), NOW,
            ),
            "temporary-hides",
        ),
        (
            lambda r, a, b: with_temporary(
                r, Temporary("x", a.span, (Duty("duty", "p01", b.span),)), NOW
            ),
            "temporary-outside",
        ),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_meant_is_refused(change, code) -> None:  # type: ignore[no-untyped-def]
    roles = (Role("duty", {}), Role("two", {}, people=0))
    made = roster(rule(names(3), "2026-02-02"), roles=roles)
    a, b = serve(made, span("2026-02-02T08:00", "2026-02-04T08:00")).shifts
    with pytest.raises(Refusal) as refused:
        change(made, a, b)
    assert refused.value.code == code


# -- who may hold a duty --------------------------------------------------------------------


def listed(*able: str):  # type: ignore[no-untyped-def]
    """Three take turns at the duty, a fourth is a member; ``able``: the list of the duty."""
    roles = (Role("duty", {}, able=frozenset(able)), Role("free", {}, people=0))
    line = roster(rule(names(3), "2026-02-02"), roles=roles, people=names(4))
    return line, serve(line, days("2026-02-02", 1)).shifts[0]


@pytest.mark.parametrize(
    ("able", "sure", "code"),
    [
        ((), False, "holder-unnamed"),
        ((), True, ""),
        (("p01", "p02", "p03"), True, "holder-unable"),
        (("p01", "p02", "p03", "p04"), False, ""),
    ],
)
def test_a_substitute_must_be_one_who_may_hold_the_duty(
    able: tuple[str, ...], sure: bool, code: str
) -> None:
    made, shift = listed(*able)
    wanted = Override("x", "duty", shift.span, shift.person, "p04")
    refused = ""
    try:
        changed = with_override(made, wanted, NOW, sure=sure)
        assert {s.person for s in serve(changed, shift.span).shifts} == {"p04"}
    except Refusal as refusal:
        refused = refusal.code
    assert refused == code


def test_in_a_duty_without_rules_anybody_may_stand_in() -> None:
    made, _ = listed()
    assert standing(made, "free", "p04") == ABLE and holders(made, "free") == names(4)
    assert holders(made, "duty") == names(3) and standing(made, "duty", "p04") == UNNAMED


def test_who_is_on_no_list_is_found_by_the_check() -> None:
    made, _ = listed("p01", "p02")
    found = [f for f in check(made, days("2026-02-02", 9)) if f.rule == "unable"]
    assert [f.facts["person"] for f in found] == ["p03"]


# -- changes within a temporary schedule ----------------------------------------------------


def test_a_change_within_a_temporary_schedule_is_made_in_it() -> None:
    whole = days("2026-02-10", 4)
    feast = Temporary("t", whole, (Duty("duty", "p03", whole),))
    made = roster(rule(names(3), "2026-02-02"), temporary=(feast,))
    one = override("x", "2026-02-11T00:00", "2026-02-12T00:00", "p03", "p01")
    changed = with_change(made, one, NOW)
    assert changed.overrides == () and hosting(made, one) == feast
    assert [s.person for s in serve(changed, whole).shifts] == ["p03", "p01", "p03"]
    assert gaps(changed, serve(changed, whole)) == ()
    nobody = with_change(made, replace(one, into=None), NOW)
    assert [g.span for g in gaps(nobody, serve(nobody, whole))] == [one.span]
    with pytest.raises(Refusal) as refused:
        with_change(made, replace(one, out="p02", into=None), NOW)
    assert refused.value.code == "override-without-effect"


def test_who_serves_by_rules_that_go_on_is_replaced_by_name() -> None:
    whole = days("2026-02-10", 4)
    made = roster(rule(names(3), "2026-02-02"), temporary=(Temporary("t", whole, (), True),))
    shift = serve(made, whole).shifts[1]
    other = next(p for p in names(3) if p != shift.person)
    changed = with_change(made, Override("x", "duty", shift.span, shift.person, other), NOW)
    assert {s.person for s in serve(changed, shift.span).shifts} == {other}
    assert gaps(changed, serve(changed, whole)) == ()
