"""Which legal duties bind a plan, and until when what recurs must have been done again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin import duties, plans
from huiyin.domain.duties.model import Duty
from huiyin.domain.periods import Period
from huiyin.domain.plans.findings import RULES
from huiyin.domain.plans.laws import later, longer, seconds
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.reading import read_plan
from tests.domain.plan_changes import CUT, subject

DAY = date(2026, 11, 22)
LAWS = plans.laws()


def _plan(*settings: str, **about: object) -> Plan:
    plan = read_plan(plans.example("chemical-leak")[0])[0]
    return replace(plan, about=replace(plan.about, settings=settings, **about))


def _bound(plan: Plan, kind: str, on: date = DAY) -> list[Duty]:
    return [d for d in LAWS.binding(plan, on) if d.kind == kind]


@pytest.mark.parametrize(
    ("setting", "every"),
    [
        ("school", {"1m"}),
        ("kindergarten", {"3m"}),
        ("workplace", {"1y"}),
        ("crowded-place", {"6m", "1y"}),
        ("dangerous-goods", {"6m", "1y"}),
        ("local-government", {"2y"}),
    ],
)
def test_who_practises_how_often(setting: str, every: set[str]) -> None:
    assert {str(d.rule.period) for d in _bound(_plan(setting), "drill") if d.rule} == every


def test_a_place_of_two_kinds_has_both_duties() -> None:
    found = {d.id for d in _bound(_plan("school", "dangerous-goods"), "drill")}
    assert found == {"cn-drill-school", "cn-drill-half-year", "cn-drill-plan-yearly"}


def test_the_head_of_the_unit_reports_within_an_hour_with_six_items() -> None:
    (duty,) = _bound(_plan("workplace"), "report")
    assert (seconds(duty), duty.starts, len(duty.items)) == (3600, "known", 6)


def test_a_report_of_days_has_them_in_seconds_and_one_at_once_has_none() -> None:
    found = {d.id: seconds(d) for d in _bound(_plan("workplace", jurisdiction="GB"), "report")}
    assert found["uk-riddor-report"] == 10 * 86_400
    assert found["uk-riddor-notify"] is None


def test_a_month_in_seconds_is_the_shortest() -> None:
    assert seconds(duties.duty("eu-nis2-final")) == 28 * 86_400


def test_fire_and_road_add_numbers_for_a_week_all_else_for_thirty_days() -> None:
    def spans(*hazards: str) -> set[str]:
        found = _bound(_plan("workplace", hazards=hazards), "supplement")
        return {str(d.rule.period) for d in found if d.rule}

    assert spans("fire") == {"7d"}
    assert spans("leak") == {"30d"}
    assert spans("fire", "leak") == {"7d", "30d"}


def test_nothing_binds_elsewhere_or_earlier() -> None:
    assert _bound(_plan("school", jurisdiction="XX"), "drill") == []
    assert _bound(_plan("school"), "drill", date(2014, 2, 21)) == []
    assert len(_bound(_plan("school"), "drill", date(2014, 2, 22))) == 1


def test_a_card_is_practised_each_half_year_and_all_else_is_for_the_plan_above() -> None:
    card = _plan("dangerous-goods", kind="card")
    assert [d.id for d in LAWS.binding(card, DAY)] == ["cn-drill-card-half-year"]


# --- the last day: calendar windows, and spans from the last time ---------------------------------


@pytest.mark.parametrize(
    ("duty", "since", "last"),
    [
        ("cn-drill-half-year", date(2026, 1, 1), date(2026, 12, 31)),
        ("cn-drill-half-year", date(2026, 6, 30), date(2026, 12, 31)),
        ("cn-drill-half-year", date(2026, 7, 1), date(2027, 6, 30)),
        ("cn-drill-school", date(2026, 2, 28), date(2026, 3, 31)),
        ("cn-drill-school", date(2026, 3, 1), date(2026, 4, 30)),
        ("cn-drill-local-government", date(2024, 2, 29), date(2026, 2, 28)),
        ("cn-review-three-years", date(2026, 9, 15), date(2029, 9, 15)),
        # What ends beyond the calendar, or has no number, has no last day.
        ("cn-drill-local-government", date(9999, 12, 31), None),
        ("uk-riddor-notify", date(2026, 1, 1), None),
    ],
)
def test_the_last_day(duty: str, since: date, last: date | None) -> None:
    assert LAWS.last_day(duties.duty(duty), since) == last


@pytest.mark.parametrize("held", [date(2026, 1, 1), date(2026, 6, 30)])
@pytest.mark.parametrize(("today", "late"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True)])
def test_lint_calls_a_drill_overdue_on_the_day_after_that_of_the_duty(
    held: date, today: date, late: bool
) -> None:
    """Lint and ``huiyin duty due`` count alike, to the day."""
    edits = {"exercises/held/drill-2026-10/on": held.isoformat(), "exercises/held/walk-2026": CUT}
    found = [
        hit.facts["duty"]["en"]
        for hit in RULES["age-drill-overdue"](subject(edits, today))
        if isinstance(hit.facts["duty"], dict)
    ]
    assert ("Drill every half year" in found) is late


# --- spans ----------------------------------------------------------------------------------------


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 400), st.sampled_from("dwmy"))
def test_a_span_ends_later_and_keeps_the_day_or_the_last(on: date, count: int, unit: str) -> None:
    end = later(on, Period(count, unit))
    assert end > on
    if unit in "my":
        assert end.day == on.day or (end.day < on.day and (end + timedelta(days=1)).day == 1)


def test_spans_are_compared_by_the_calendar() -> None:
    assert later(date(2026, 1, 31), Period(1, "m")) == date(2026, 2, 28)
    assert longer(Period(7, "m"), Period(6, "m"))
    assert not longer(Period(12, "m"), Period(1, "y"))
    assert later(date(2026, 1, 1), Period(99_999, "y")) == date.max
