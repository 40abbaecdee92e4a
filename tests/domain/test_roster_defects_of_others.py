"""Mistakes that other duty rosters made (readiness notes, 3.2 and 3.3); none may be made here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters import fairness
from huiyin.domain.rosters.changing import swap, with_change
from huiyin.domain.rosters.checking import check
from huiyin.domain.rosters.covering import gaps
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import Served, serve
from huiyin.domain.rosters.values import Duty, Person, Role, Shift, Temporary, Turn
from huiyin.domain.rosters.wallclock import wall
from tests.domain.roster_makers import (
    SHANGHAI,
    WORKWEEK,
    at,
    days,
    leave,
    names,
    override,
    roster,
    rule,
    span,
)

YEAR = days("2026-02-02", 365)


def starts(served: Served, zone: ZoneInfo = SHANGHAI) -> list[str]:
    return [wall(s.start, zone).strftime("%m-%d %H:%M") for s in served.shifts]


@pytest.mark.parametrize("number", [7, 14, 21, 28])
def test_days_off_starve_nobody(number: int) -> None:
    """GoAlert #55: fourteen people, weekends excluded, and four of them never serve."""
    made = roster(rule(names(number), "2026-02-02", on=WORKWEEK))
    parts = fairness.table(made, serve(made, YEAR))
    assert fairness.never(parts) == ()
    counts = [p.shifts for p in parts]
    assert max(counts) - min(counts) <= 1


def test_the_last_of_january_skips_no_month() -> None:
    """GoAlert: a monthly handover from the 31st goes 3 March, 31 March, 1 May …"""
    made = roster(rule(names(3), "2026-01-31", turn=Turn("months")))
    served = serve(made, days("2026-01-31", 160)).shifts
    handovers = [
        wall(b.start, SHANGHAI).strftime("%m-%d")
        for a, b in pairwise(served)
        if a.person != b.person
    ]
    assert handovers == ["02-28", "03-31", "04-30", "05-31", "06-30"]


def test_midnight_may_happen_twice_or_not_at_all() -> None:
    """GoAlert rule.go: "may break … where daylight savings repeats or skips ahead at midnight"."""
    for zone_name, day in (("Africa/Cairo", "2026-04-22"), ("Africa/Cairo", "2026-10-28")):
        zone = ZoneInfo(zone_name)
        made = roster(rule(names(3), day, "00:00", "00:00"), zone=zone)
        served = serve(made, days(day, 5, zone))
        assert gaps(made, served) == ()
        assert len(served.shifts) in (5, 6)  # the sixth begins where midnight comes twice


def test_members_join_and_leave_on_a_day() -> None:
    """GoAlert #2196."""
    made = roster(rule(names(3), "2026-02-02"))
    made = replace(made, people={**made.people, "p02": Person("p02", since=date(2026, 2, 10))})
    before = serve(made, span("2026-02-02T08:00", "2026-02-10T08:00")).shifts
    assert {s.person for s in before} == {"p01", "p03"}
    assert "p02" in {s.person for s in serve(made, days("2026-02-10", 5)).shifts}


def test_a_temporary_schedule_can_fall_back_on_the_rules() -> None:
    """GoAlert #3511; without the fallback the hours it leaves are reported, not forgotten."""
    feast = span("2026-02-16T08:00", "2026-02-18T08:00")
    duty = Duty("duty", "p03", span("2026-02-16T08:00", "2026-02-17T08:00"))
    rules = rule(names(2), "2026-02-02")
    people = (*names(2), "p03")
    for otherwise, expected in ((True, 0), (False, 1)):
        temporary = (Temporary("feast", feast, (duty,), otherwise),)
        made = roster(rules, people=people, temporary=temporary)
        assert len(gaps(made, serve(made, feast))) == expected


def test_missing_coverage_is_told_for_the_coming_days() -> None:
    """GoAlert #2878."""
    made = roster(rule(names(2), "2026-02-02", until=date(2026, 2, 20)))
    (gap,) = gaps(made, serve(made, span("2026-02-10T08:00", "2026-03-10T08:00")))
    assert gap.span == span("2026-02-21T08:00", "2026-03-10T08:00")


def test_shifts_keep_their_hour_when_the_clock_changes() -> None:
    """Grafana #3261: kept in UTC, every shift moved by an hour."""
    chicago = ZoneInfo("America/Chicago")
    made = roster(rule(names(2), "2026-10-28"), zone=chicago)
    served = serve(made, span("2026-10-29T08:00", "2026-11-05T08:00", chicago))
    assert {text[-5:] for text in starts(served, chicago)} == {"08:00"}


@pytest.mark.parametrize("day", ["2026-03-05", "2026-10-29"])
def test_a_clock_change_inside_a_turn_leaves_no_gap(day: str) -> None:
    """Grafana #4103."""
    chicago = ZoneInfo("America/Chicago")
    weekly = rule(names(2), day, "01:30", "01:30", Turn("weeks"))
    made = roster(weekly, zone=chicago)
    assert gaps(made, serve(made, span(f"{day}T01:30", f"{day[:-2]}30T00:00", chicago))) == ()


def test_who_is_on_leave_is_not_on_duty() -> None:
    """Grafana #322: neither by rule, nor by override, nor by temporary schedule."""
    away = leave("p01", "2026-02-02T00:00", "2026-02-28T00:00")
    feast = Temporary("t", days("2026-02-20", 2), (Duty("duty", "p01", days("2026-02-20", 2)),))
    made = roster(
        rule(names(3), "2026-02-02"), leave=(away,), temporary=(feast,),
        overrides=(override("o", "2026-02-10T08:00", "2026-02-11T08:00", None, "p01"),),
    )  # fmt: skip
    served = serve(made, span("2026-02-02T08:00", "2026-02-27T00:00"))
    assert "p01" not in {s.person for s in served.shifts}
    assert {d.why for d in served.dropped} == {"away"}
    assert [g.span for g in gaps(made, served)] == [days("2026-02-20", 2)]


def test_a_swap_never_silently_does_nothing() -> None:
    """Grafana #4538, #2844: it is either served, or refused with a reason."""
    feast = Temporary("t", days("2026-02-20", 2), (Duty("duty", "p03", days("2026-02-20", 2)),))
    made = roster(rule(names(3), "2026-02-02"), temporary=(feast,))
    (given,) = serve(made, days("2026-02-20", 2)).shifts
    now = at("2026-02-01T00:00")
    (found,) = swap(made, given, "p01", None, ("1", "2"), now)
    assert {s.person for s in serve(with_change(made, found, now), given.span).shifts} == {"p01"}
    stays = replace(made.temporary[0], span=days("2026-02-20", 1))
    with pytest.raises(Refusal) as refused:
        swap(replace(made, temporary=(stays,)), given, "p01", None, ("1", "2"), now)
    assert refused.value.code in ("override-hidden", "swap-changed")


def test_who_has_left_is_on_no_list() -> None:
    """Grafana #4936: removed users still listed, here told as a finding too."""
    made = roster(rule(names(3), "2026-02-02"))
    made = replace(made, people={**made.people, "p02": Person("p02", until=date(2026, 2, 8))})
    month = days("2026-03-01", 28)
    assert "p02" not in {s.person for s in serve(made, month).shifts}
    found = {(f.rule, f.facts.get("person")) for f in check(made, month)}
    assert ("left", "p02") in found


def test_doubled_hours_do_not_cover_empty_ones() -> None:
    """Grafana's quality score: twelve doubled and twelve empty hours were "no gaps"."""
    made = roster(
        rule(("p01",), "2026-02-02", "08:00", "20:00", id="a"),
        rule(("p02",), "2026-02-02", "08:00", "20:00", id="b"),
    )
    served = serve(made, span("2026-02-02T08:00", "2026-02-03T08:00"))
    assert sum((s.span.length for s in served.shifts), timedelta()) == timedelta(days=1)
    assert [g.span for g in gaps(made, served)] == [span("2026-02-02T20:00", "2026-02-03T08:00")]


def test_one_person_twice_is_not_two_people() -> None:
    two = (Role("duty", {}, people=2),)
    made = roster(rule(("p01",), id="a"), rule(("p01",), id="b"), roles=two)
    served = serve(made, days("2026-02-02", 1))
    assert [g.lacking for g in gaps(made, served)] == [1]


def test_who_never_serves_stands_in_the_table() -> None:
    """Grafana's balance only compared those who had a shift."""
    made = roster(rule(names(2), "2026-02-02"), people=names(3))
    parts = {p.person: p for p in fairness.table(made, serve(made, days("2026-02-02", 30)))}
    assert set(parts) == set(names(3))
    assert parts["p03"].duty == timedelta() and parts["p03"].over < timedelta()
    assert ("never", "p03") in {(f.rule, f.facts.get("person")) for f in check(made, YEAR)}


def test_a_fair_part_is_a_part_of_ones_own_role() -> None:
    """Two leaders by weeks and six at the desk by days: nobody is above or below for that."""
    roles = (Role("lead", {}), Role("desk", {}))
    made = roster(
        rule(("p01", "p02"), "2026-02-02", turn=Turn("weeks"), role="lead", id="a"),
        rule(names(8)[2:], "2026-02-02", role="desk", id="b"),
        roles=roles,
    )
    served = serve(made, span("2026-02-02T08:00", "2026-03-16T08:00"))
    assert {p.over for p in fairness.table(made, served)} == {timedelta()}


def test_people_and_turns_with_a_common_factor_are_told() -> None:
    """Seven people a day: each has the same weekday for ever."""
    for number, told in ((7, True), (14, True), (8, False), (30, False)):
        made = roster(rule(names(number), "2026-02-02"))
        assert told == any(f.rule == "same-turns" for f in check(made, days("2026-02-02", 30)))
    weekly = roster(rule(names(2), "2026-02-02", turn=Turn("weeks")))
    assert not any(f.rule == "same-turns" for f in check(weekly, days("2026-02-02", 30)))


def test_whom_a_rule_names_and_no_turn_ever_reaches_is_told() -> None:
    """p03 stands in a rule that ends before their turn, p04 in no rule at all."""
    roles = (Role("one", {}), Role("two", {}))
    made = roster(
        rule(("p01", "p02"), role="one", id="a"),
        rule(("p01", "p02", "p03"), role="two", id="b", until=date(2026, 1, 5)),
        people=(*names(3), "p04"), roles=roles,
    )  # fmt: skip
    found = {(f.rule, f.facts.get("person")) for f in check(made, YEAR)}
    assert ("starved", "p03") in found and ("never", "p04") in found


def test_every_shift_says_by_which_algorithm_it_was_made() -> None:
    """GoAlert needed a migration when the meaning of its rotations changed."""
    made = roster(rule(names(2)))
    assert all(s.algorithm >= 1 for s in serve(made, days("2026-02-02", 3)).shifts)
    old = Shift(*days("2026-02-02", 1), "duty", "p01", "rule:turns", "x", algorithm=0)
    assert old.during(Span(old.start, old.start + timedelta(hours=1))).algorithm == 0
