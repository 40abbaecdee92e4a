"""Counting time: the conventions one by one, and the refusals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from huiyin.calendars import load
from huiyin.domain.calendars import parse
from huiyin.domain.errors import Refusal
from huiyin.domain.explaining import LANGUAGES, SENTENCES, explain
from huiyin.domain.periods import Due, Exclusion, Period, Rule, derive, instant

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def day(text: str) -> date:
    return date.fromisoformat(text)


def ask(period: str, start: str, calendar: str = "none", **rule: object) -> Due:
    return derive(Rule(Period.parse(period), **rule), day(start), load(calendar))  # type: ignore[arg-type]  # the fields of Rule


@pytest.mark.parametrize("text", ["15d", "5wd", "3w", "2m", "1y", "72h", "99999d"])
def test_a_period_reads_and_writes_the_same(text: str) -> None:
    assert str(Period.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "d", "0d", "-5d", "5", "5x", "5.5d", "1e3d", "100000d", " 5d", "5D", "५d", "5 d"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="period-invalid"):
        Period.parse(text)


def test_the_last_day_lasts_until_midnight_on_the_local_clock() -> None:
    due = ask("15d", "2026-03-01")
    assert due.due == day("2026-03-16")
    assert instant(due, SHANGHAI) == datetime(2026, 3, 16, 16, tzinfo=UTC)
    # On 8 March 2026 New York goes to summer time: the day after begins at 04:00 UTC.
    assert instant(ask("7d", "2026-03-01"), NEW_YORK) == datetime(2026, 3, 9, 4, tzinfo=UTC)


def test_a_day_whose_midnight_does_not_exist_begins_with_its_first_moment() -> None:
    """Beirut 2021-03-28: clocks went from 00:00 to 01:00."""
    zone = ZoneInfo("Asia/Beirut")
    assert instant(ask("1d", "2021-03-26"), zone) == datetime(2021, 3, 27, 22, tzinfo=UTC)


def test_an_instant_counts_from_its_local_day() -> None:
    late = datetime(2026, 3, 1, 17, tzinfo=UTC)  # 2 March in Shanghai
    rule = Rule(Period.parse("1d"))
    assert derive(rule, late, load("none"), zone=SHANGHAI).due == day("2026-03-03")
    assert derive(rule, late, load("none")).due == day("2026-03-02")


@pytest.mark.parametrize(
    ("period", "start", "due"),
    [
        ("1d", "2025-01-10", "2025-01-10"),
        ("10d", "2025-01-01", "2025-01-10"),
        ("1m", "2025-03-01", "2025-03-31"),
        ("1m", "2025-01-30", "2025-02-28"),
        ("1y", "2024-02-29", "2025-02-28"),
    ],
)
def test_beginning_with_counts_the_first_day(period: str, start: str, due: str) -> None:
    assert ask(period, start, counting="including").due == day(due)


def test_beginning_with_a_rest_day_starts_on_the_next_working_day() -> None:
    sunday, monday = "2026-03-01", "2026-03-02"
    for start in (sunday, monday):
        assert ask("1wd", start, "weekdays", counting="including").due == day(monday)
    told = ask("1wd", sunday, "weekdays", counting="including").steps
    assert ("skip-rest", sunday) in [(step.key, step.when) for step in told]


def test_counting_back_months_meets_the_corresponding_day_or_the_month_end() -> None:
    assert ask("1m", "2025-03-31", direction="before").due == day("2025-02-28")
    assert ask("1m", "2025-03-15", direction="before").due == day("2025-02-15")
    assert ask("1m", "2025-03-31", direction="before", counting="including").due == day(
        "2025-03-01"
    )


def test_clear_days_leave_out_both_ends_in_either_direction() -> None:
    assert ask("3d", "2025-01-10", clear=True).due == day("2025-01-14")
    assert ask("3d", "2025-01-10", clear=True, direction="before").due == day("2025-01-06")


def test_an_extension_of_another_unit_runs_from_the_unrolled_end() -> None:
    rule = Rule(Period.parse("15d"), roll="forward")
    start = day("2025-03-14")  # + 15 days: Saturday 29 March
    due = derive(rule, start, load("weekdays"), extensions=[Period.parse("1m")])
    assert (due.nominal, due.due) == (day("2025-04-29"), day("2025-04-29"))


def test_extensions_of_one_unit_are_summed_in_whatever_words_they_come() -> None:
    for first, more, whole in (("1w", "7d", "14d"), ("1y", "6m", "18m"), ("10wd", "5wd", "15wd")):
        due = derive(
            Rule(Period.parse(first)),
            day("2024-02-29"),
            load("cn"),
            extensions=[Period.parse(more)],
        )
        assert due.due == ask(whole, "2024-02-29", "cn").due


@pytest.mark.parametrize(
    ("closed", "due"), [(False, "2025-01-15"), (True, "2025-01-16")], ids=["open", "closed"]
)
def test_time_not_counted_with_open_and_closed_ends(closed: bool, due: str) -> None:
    out = Exclusion(day("2025-01-03"), day("2025-01-07"), closed)
    found = derive(Rule(Period(10, "d")), day("2025-01-01"), load("none"), exclusions=[out])
    assert found.due == day(due)


def test_overlapping_exclusions_are_left_out_once() -> None:
    pairs = [
        ("2025-01-03", "2025-01-07"),
        ("2025-01-05", "2025-01-08"),
        ("2025-01-08", "2025-01-09"),
    ]
    outs = [Exclusion(day(a), day(b)) for a, b in pairs]
    whole = [Exclusion(day("2025-01-03"), day("2025-01-09"))]
    rule = Rule(Period(10, "d"))
    some = derive(rule, day("2025-01-01"), load("none"), exclusions=outs)
    assert some.due == derive(rule, day("2025-01-01"), load("none"), exclusions=whole).due


def test_an_exclusion_that_the_end_is_pushed_into_pushes_it_again() -> None:
    outs = [
        Exclusion(day("2025-01-02"), day("2025-01-04"), True),
        Exclusion(day("2025-01-12"), day("2025-01-20"), True),
    ]
    due = derive(Rule(Period(10, "d")), day("2025-01-01"), load("none"), exclusions=outs)
    assert due.due == day("2025-01-23")


def test_hours_stand_still_on_days_left_out() -> None:
    start = datetime(2025, 1, 1, 10, tzinfo=SHANGHAI)
    out = Exclusion(day("2025-01-01"), day("2025-01-03"))
    due = derive(Rule(Period(24, "h")), start, load("none"), exclusions=[out], zone=SHANGHAI)
    assert due.due == datetime(2025, 1, 4, 10, tzinfo=SHANGHAI)


def test_hours_that_end_as_a_day_left_out_begins_end_there() -> None:
    start = datetime(2025, 1, 1, 10, tzinfo=SHANGHAI)
    out = Exclusion(day("2025-01-01"), day("2025-01-03"))
    due = derive(Rule(Period(14, "h")), start, load("none"), exclusions=[out], zone=SHANGHAI)
    assert due.due == datetime(2025, 1, 2, tzinfo=SHANGHAI)


def test_hours_counted_back() -> None:
    start = datetime(2025, 3, 9, 12, tzinfo=NEW_YORK)  # after the clocks went forward
    due = derive(Rule(Period(24, "h"), direction="before"), start, load("none"), zone=NEW_YORK)
    assert due.due == datetime(2025, 3, 8, 11, tzinfo=NEW_YORK)


def test_same_time_rolls_to_the_same_local_hour_even_over_a_clock_change() -> None:
    start = datetime(2025, 3, 6, 10, tzinfo=NEW_YORK)  # + 48 h: Saturday 8 March
    rule = Rule(Period(48, "h"), roll="same-time")
    due = derive(rule, start, load("us-federal"), zone=NEW_YORK)
    assert due.due == datetime(2025, 3, 10, 10, tzinfo=NEW_YORK)
    assert due.nominal == datetime(2025, 3, 8, 10, tzinfo=NEW_YORK)
    assert due.rolled


def test_the_next_hour_is_that_of_the_local_clock() -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    start = datetime(2025, 1, 1, 10, 23, tzinfo=kathmandu)
    due = derive(Rule(Period(1, "h"), counting="next-hour"), start, load("none"))
    assert due.due == datetime(2025, 1, 1, 12, 0, tzinfo=kathmandu)


def test_hours_hold_two_working_days_where_the_regulation_says_so() -> None:
    start = datetime(2025, 1, 3, 16, tzinfo=SHANGHAI)  # Friday; + 72 h: Monday
    rule = Rule(Period(72, "h"), min_working_days=2)
    due = derive(rule, start, load("weekdays"), zone=SHANGHAI)
    assert due.due == datetime(2025, 1, 7, 16, tzinfo=SHANGHAI)


def test_a_year_without_notice_makes_the_date_provisional() -> None:
    assert ask("5wd", "2026-12-30", "cn").provisional
    assert ask("60d", "2026-12-01", "cn").provisional
    assert not ask("5wd", "2026-12-01", "cn").provisional
    assert ask("10wd", "2027-01-06", "cn", direction="before").provisional
    assert not ask("5d", "2027-01-03", "cn", direction="before").provisional


def test_a_year_without_table_is_refused_only_when_the_calendar_must_answer() -> None:
    assert ask("15d", "2040-01-01", "cn").provisional
    with pytest.raises(Refusal) as refusal:
        ask("15wd", "2040-01-01", "cn")
    assert refusal.value.code == "calendar-year-missing"
    assert refusal.value.data == {"calendar": "cn", "year": 2040, "first": 1998, "last": 2030}
    with pytest.raises(Refusal, match="calendar-year-missing"):
        ask("15d", "2040-01-01", "cn", roll="forward")


@pytest.mark.parametrize(
    ("start", "period", "extension", "code"),
    [
        (day("2025-01-01"), "5h", None, "start-needs-time"),
        (datetime(2025, 1, 1, 10), "5h", None, "start-needs-zone"),  # noqa: DTZ001  # the point
        (day("2025-01-01"), "5d", "5h", "extension-unit"),
        (datetime(2025, 1, 1, tzinfo=UTC), "5h", "5d", "extension-unit"),
        (day("9999-12-30"), "5d", None, "date-out-of-range"),
        (day("2025-01-01"), "9000y", None, "date-out-of-range"),
        (datetime(9999, 12, 31, tzinfo=UTC), "99h", None, "date-out-of-range"),
    ],
)
def test_impossible_questions_are_refused(
    start: date, period: str, extension: str | None, code: str
) -> None:
    more = [Period.parse(extension)] if extension else []
    with pytest.raises(Refusal, match=code):
        derive(Rule(Period.parse(period)), start, load("none"), extensions=more)


@pytest.mark.parametrize(
    "rule",
    [
        {"roll": "up"},
        {"counting": "before"},
        {"direction": "back"},
        {"counting": "next-hour"},
        {"short_days": -1},
        {"min_working_days": 100_000},
    ],
    ids=str,
)
def test_a_rule_that_means_nothing_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(Refusal, match="rule-invalid"):
        Rule(Period(5, "d"), **rule)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("rule", [{"clear": True}, {"short_days": 5}], ids=str)
def test_rules_about_days_do_not_fit_hours(rule: dict[str, object]) -> None:
    with pytest.raises(Refusal, match="rule-invalid"):
        Rule(Period(5, "h"), **rule)  # type: ignore[arg-type]  # wrong on purpose


def test_an_exclusion_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Refusal, match="exclusion-reversed"):
        Exclusion(day("2025-01-02"), day("2025-01-01"))


def keys(due: Due) -> list[str]:
    return [step.key for step in due.steps]


def test_the_derivation_names_the_holiday_and_the_make_up_day() -> None:
    due = ask("20wd", "2026-02-10", "cn")
    told = [explain(step, "zh-Hans") for step in due.steps]
    assert "2026-02-15（周日）至2026-02-23（周一）不计：春节。" in told
    assert any(line.startswith("2026-02-14（周六）计入：春节调休上班") for line in told)
    assert due.steps[-1].when == "2026-03-16"


def test_the_derivation_says_why_a_saturday_does_not_move() -> None:
    due = ask("15d", "2025-09-26", "cn", roll="forward")
    assert "make-up-end" in keys(due) and "rolled" not in keys(due)


def test_the_derivation_tells_rolling_day_by_day() -> None:
    due = ask("60d", "2024-12-01", "cn", roll="forward")
    told = [explain(step, "en") for step in due.steps]
    assert told[-3:] == [
        "Not worked: 2025-01-30 (Thu) to 2025-02-04 (Tue) (Spring Festival).",
        "The end moves to the next working day, 2025-02-05 (Wed).",
        "Due: 2025-02-05 (Wed).",
    ]


def test_the_derivation_says_when_nothing_is_moved_on_a_rest_day() -> None:
    assert "stays-holiday" in keys(ask("60d", "2024-12-01", "cn"))


def test_the_derivation_tells_extension_short_periods_and_clock_changes() -> None:
    due = derive(Rule(Period(60, "d")), day("2024-12-01"), load("cn"), extensions=[Period(30, "d")])
    assert "Extended by 30 calendar days: 90 calendar days in all, counted from the original " in (
        explain(due.steps[2], "en")
    )
    assert "short" in keys(ask("3d", "2025-01-01", "weekdays", short_days=5))
    start = datetime(2025, 3, 8, 20, 30, tzinfo=NEW_YORK)
    assert "clock-change" in keys(derive(Rule(Period(8, "h")), start, load("none"), zone=NEW_YORK))


def test_every_sentence_can_be_said_in_every_language() -> None:
    """All step keys occur in some real derivation, and each is translated."""
    seen: set[str] = set()
    for due in _many():
        for step in due.steps:
            seen.add(step.key)
            said = [explain(step, language) for language in LANGUAGES]
            assert len(set(said)) >= 2 and all("{" not in text for text in said)
    assert seen == set(SENTENCES)


def _many() -> list[Due]:
    """Questions that together reach every sentence."""
    cn, none = load("cn"), load("none")
    out = [Exclusion(day("2026-02-11"), day("2026-02-12"))]
    start = datetime(2025, 3, 8, 20, 30, tzinfo=NEW_YORK)
    mixed = [Period(5, "wd")]
    back = Rule(Period(1, "m"), direction="before")
    return [
        ask("20wd", "2026-02-10", "cn"),
        ask("5d", "2026-02-10", "cn", counting="including"),
        ask("5wd", "2026-02-25", "cn", direction="before", counting="including"),
        ask("3d", "2025-03-31", "cn", direction="before", clear=True, short_days=5),
        ask("15d", "2025-09-26", "cn", roll="forward"),
        ask("60d", "2024-12-01", "cn", roll="forward"),
        ask("60d", "2024-12-01", "cn"),
        ask("1m", "2025-10-12", "cn", roll="none", counting="including"),
        ask("5d", "2026-01-12", "cn", roll="backward"),
        ask("5d", "2026-01-12", "cn"),
        ask("1m", "2027-01-31", "cn"),
        ask("2d", "2025-04-30", "cn", min_working_days=2),
        derive(Rule(Period(9, "d")), day("2026-02-10"), cn, exclusions=out, extensions=mixed),
        derive(Rule(Period(9, "d")), day("2026-02-10"), cn, extensions=[Period(3, "d")]),
        derive(back, day("2025-03-31"), cn, extensions=mixed),
        derive(Rule(Period(8, "h")), start, none, zone=NEW_YORK),
        derive(Rule(Period(8, "h"), counting="next-hour"), start, none, zone=NEW_YORK),
    ]


def test_a_local_time_that_comes_twice_means_the_first() -> None:
    """RFC 5545 section 3.3.5: 2007-11-04 01:30 in New York is first in summer time."""
    rule, wall = Rule(Period(1, "h")), datetime(2007, 11, 4, 1, 30)  # noqa: DTZ001  # local
    due = derive(rule, wall, load("none"), zone=NEW_YORK)
    assert due.start.isoformat() == "2007-11-04T01:30:00-04:00"
    assert due.due.isoformat() == "2007-11-04T01:30:00-05:00"


def test_an_act_that_needs_an_open_office_rolls_off_a_saturday() -> None:
    """Pritam Kaur v Russell [1973] QB 336: 5 September 1967 + 3 years was a Saturday."""
    due = ask("3y", "1967-09-05", "uk-england", roll="forward")
    assert (due.nominal, due.due) == (day("1970-09-05"), day("1970-09-07"))


def test_an_unknown_language_is_refused() -> None:
    step = ask("5d", "2025-01-01").steps[0]
    with pytest.raises(Refusal, match="language-unknown"):
        explain(step, "de")


def test_a_new_calendar_version_changes_only_what_it_says() -> None:
    """UK, 19 September 2022: the funeral was announced while clocks ran."""
    text = """
id = "x"
version = "{version}"
source = "s"
rest_days = ["sat", "sun"]
[title]
en = "x"
zh-Hans = "x"
zh-Hant = "x"
[names]
funeral = {{ en = "Funeral", zh-Hans = "国葬", zh-Hant = "國葬" }}
[years.2022]
source = "s"
verified = "yes"
off = [{off}]
"""
    before, after = (
        parse(text.format(version=version, off=off))
        for version, off in (("1", ""), ("2", '"09-19 funeral"'))
    )
    rule, start = Rule(Period(10, "wd")), day("2022-09-08")
    old, new = (derive(rule, start, calendar) for calendar in (before, after))
    assert (old.due, old.calendar_version) == (day("2022-09-22"), "1")
    assert (new.due, new.calendar_version) == (day("2022-09-23"), "2")
