"""Mistakes that other complaint systems made in counting time; none may be made here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from huiyin.calendars import load
from huiyin.domain.periods import Exclusion, Period, Rule, derive, instant


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_leaving_out_holidays_does_not_make_escalation_earlier() -> None:
    start, rule = day("2026-09-28"), Rule(Period(5, "wd"))
    with_feast = derive(rule, start, load("cn")).due
    without = derive(rule, start, load("weekdays")).due
    assert with_feast > without


def test_an_edit_does_not_restart_the_clock() -> None:
    """Asking again later, with whatever happened since, gives the same end."""
    rule, start = Rule(Period(60, "d"), roll="forward"), day("2024-12-01")
    first = derive(rule, start, load("cn"))
    derive(rule, day("2025-01-15"), load("cn"))  # an edit in between asks its own question
    assert derive(rule, start, load("cn")) == first


def test_changing_the_rule_keeps_the_time_already_left_out() -> None:
    start, pause = day("2026-03-02"), [Exclusion(day("2026-03-09"), day("2026-03-16"))]
    for period in (Period(20, "wd"), Period(30, "wd"), Period(30, "d")):
        paused = derive(Rule(period), start, load("cn"), exclusions=pause).due
        assert paused > derive(Rule(period), start, load("cn")).due


def test_a_new_calendar_keeps_the_time_already_left_out() -> None:
    start, pause = day("2026-03-02"), [Exclusion(day("2026-03-09"), day("2026-03-16"))]
    rule = Rule(Period(20, "wd"))
    for calendar in (load("cn"), load("uk-any")):
        with_pause = derive(rule, start, calendar, exclusions=pause)
        assert with_pause.due > derive(rule, start, calendar).due


def test_an_extension_does_not_stack_on_a_rolled_date() -> None:
    rule, start = Rule(Period(60, "d"), roll="forward"), day("2024-12-01")
    assert derive(rule, start, load("cn")).due == day("2025-02-05")
    extended = derive(rule, start, load("cn"), extensions=[Period(30, "d")])
    assert (extended.nominal, extended.due) == (day("2025-03-01"), day("2025-03-03"))


def test_an_extension_does_not_stack_on_a_shortened_month() -> None:
    """MPEP 710.01(a): 31 January + 3 months + 1 month is 31 May, not 30 May."""
    due = derive(Rule(Period(3, "m")), day("2026-01-31"), load("none"), extensions=[Period(1, "m")])
    assert due.due == day("2026-05-31")


def test_breach_is_a_comparison_with_now_and_not_a_flag() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    end = instant(derive(Rule(Period(15, "d")), day("2026-03-01"), load("cn")), zone)
    assert end == datetime(2026, 3, 16, 16, tzinfo=UTC)
    for second, late in ((-1, False), (0, True), (1, True)):
        assert (end + timedelta(seconds=second) >= end) is late


def test_the_answer_is_counted_from_the_acknowledgement_given_not_from_its_limit() -> None:
    """UK codes 6.3: an early acknowledgement brings the answer forward."""
    england = load("uk-england")
    limit = derive(Rule(Period(5, "wd")), day("2025-04-16"), england).due
    given = day("2025-04-17")
    answer = derive(Rule(Period(10, "wd")), given, england).due
    assert limit == day("2025-04-25")
    assert answer == day("2025-05-06") < derive(Rule(Period(10, "wd")), limit, england).due


def test_a_saturday_that_is_worked_is_not_rolled() -> None:
    due = derive(Rule(Period(15, "d"), roll="forward"), day("2025-09-26"), load("cn"))
    assert (due.due, due.rolled) == (day("2025-10-11"), False)


def test_a_sunday_that_is_worked_is_counted() -> None:
    assert derive(Rule(Period(5, "wd")), day("2025-09-26"), load("cn")).due == day("2025-10-10")


def test_a_holiday_in_one_part_of_the_country_counts_for_all() -> None:
    rule, start = Rule(Period(20, "wd")), day("2014-03-16")
    assert derive(rule, start, load("uk-any")).due == day("2014-04-14")


def test_hours_are_not_hands_on_a_clock() -> None:
    start = datetime(2025, 3, 9, 1, 30, tzinfo=UTC)
    zone = ZoneInfo("America/New_York")
    due = derive(Rule(Period(8, "h")), start, load("none"), zone=zone).due
    assert isinstance(due, datetime)
    assert due.isoformat() == "2025-03-09T05:30:00-04:00"


def test_a_year_without_notice_is_not_answered_as_if_it_had_no_make_up_days() -> None:
    due = derive(Rule(Period(10, "wd")), day("2027-02-01"), load("cn"))
    assert due.provisional
    assert [step.key for step in due.steps].count("provisional") == 1


def test_counting_back_does_not_roll_forward_into_the_protected_time() -> None:
    rule = Rule(Period(10, "d"), roll="backward", direction="before")
    due = derive(rule, day("2007-09-11"), load("us-federal"))
    assert due.due == day("2007-08-31")
