"""Legal duties as data: every figure has its source, binds whom it says, and spans are counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin import plans
from huiyin.domain.periods import Period
from huiyin.domain.plans.findings import LANGUAGES
from huiyin.domain.plans.laws import Duty, binding, later, longer, parse
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.reading import read_plan

DAY = date(2026, 11, 22)


def _plan(*settings: str, **about: object) -> Plan:
    plan = read_plan(plans.example("chemical-leak")[0])[0]
    return replace(plan, about=replace(plan.about, settings=settings, **about))


def _bound(plan: Plan, kind: str, on: date = DAY) -> list[Duty]:
    return [d for d in binding(plans.duties(), plan, on) if d.kind == kind]


@pytest.mark.parametrize("duty", plans.duties(), ids=lambda d: d.id)
def test_every_duty_says_where_it_comes_from(duty: Duty) -> None:
    assert duty.source.verified in ("yes", "secondary", "no")
    for language in LANGUAGES:
        assert duty.title[language] and duty.article[language] and duty.source.title[language]
        assert duty.cites(language).startswith(duty.source.title[language])
    for item in duty.items.values():
        assert all(item[language] for language in LANGUAGES)


@pytest.mark.parametrize(
    ("setting", "every"),
    [
        ("school", "1m"),
        ("kindergarten", "3m"),
        ("crowded-place", "6m"),
        ("dangerous-goods", "6m"),
        ("local-government", "2y"),
    ],
)
def test_who_practises_how_often(setting: str, every: str) -> None:
    assert [str(d.every) for d in _bound(_plan(setting), "drill")] == [every]


def test_a_place_of_two_kinds_has_both_duties() -> None:
    assert len(_bound(_plan("school", "dangerous-goods"), "drill")) == 2


def test_the_head_of_the_unit_reports_within_an_hour_with_six_items() -> None:
    (duty,) = _bound(_plan("workplace"), "report")
    assert (duty.within, duty.clock, len(duty.items)) == (3600, "known", 6)


def test_nothing_binds_elsewhere_earlier_or_a_card() -> None:
    assert _bound(_plan("school", jurisdiction="XX"), "drill") == []
    assert _bound(_plan("school"), "drill", date(2014, 2, 21)) == []
    assert binding(plans.duties(), _plan("school", kind="card"), DAY) == ()


def test_a_duty_of_an_unknown_kind_is_refused() -> None:
    entry = {"kind": "wish", "source": "s"}
    with pytest.raises(ValueError, match="wish"):
        parse({"sources": {"s": {"title": {}, "verified": "no"}}, "duties": {"d": entry}})


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
