"""What must hold for every question about time, and agreement with a slow second count."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from huiyin.calendars import load
from huiyin.domain import counting
from huiyin.domain.calendars import Calendar, DayNote, Year
from huiyin.domain.errors import Refusal
from huiyin.domain.explaining import LANGUAGES, explain
from huiyin.domain.periods import Exclusion, Period, Rule, derive, instant
from tests.domain.slow_periods import slow_days, slow_hours

ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Paris", "Australia/Lord_Howe", "UTC")
CALENDARS = ("cn", "uk-any", "uk-england", "us-federal", "weekdays", "none")
DEEP = os.environ.get("HUIYIN_DEEP") == "1"
QUESTIONS = 100_000 if DEEP else 3_000

# Even two long extensions end before the last year that every calendar has.
days = st.dates(date(2010, 1, 1), date(2022, 6, 30))
calendars = st.sampled_from(CALENDARS).map(load)
zones = st.sampled_from(ZONES).map(ZoneInfo)
day_periods = st.builds(Period, st.integers(1, 120), st.sampled_from(["d", "wd"]))
periods = st.one_of(
    day_periods,
    st.builds(Period, st.integers(1, 12), st.sampled_from(["w", "m"])),
    st.builds(Period, st.integers(1, 2), st.just("y")),
)
spans = st.tuples(days, st.integers(0, 40), st.booleans())
forward_rules = st.builds(
    Rule,
    periods,
    roll=st.sampled_from(["none", "forward", "backward", "same-time"]),
    counting=st.sampled_from(["after", "including"]),
    clear=st.booleans(),
    short_days=st.integers(0, 10),
    min_working_days=st.integers(0, 3),
)
moments = st.datetimes(datetime(2010, 1, 1), datetime(2026, 6, 30)).map(  # noqa: DTZ001  # as UTC
    lambda moment: moment.replace(tzinfo=UTC)
)
quick = settings(max_examples=200, deadline=None)


def near(start: date, offset: int, length: int, closed: bool) -> Exclusion:
    first = start + timedelta(days=offset)
    return Exclusion(first, first + timedelta(days=length), closed)


exclusions_near = st.lists(
    st.tuples(st.integers(-10, 90), st.integers(0, 30), st.booleans()), max_size=3
)


@quick
@given(forward_rules, days, st.integers(0, 40), calendars)
def test_a_later_start_never_ends_earlier(
    rule: Rule, start: date, later: int, calendar: Calendar
) -> None:
    first = derive(rule, start, calendar).due
    assert derive(rule, start + timedelta(days=later), calendar).due >= first


@quick
@given(day_periods, days, st.integers(0, 40), calendars, exclusions_near)
def test_nor_does_it_when_time_is_left_out_of_a_count_of_days(
    period: Period,
    start: date,
    later: int,
    calendar: Calendar,
    gaps: list[tuple[int, int, bool]],
) -> None:
    outs = [near(start, *gap) for gap in gaps]
    rule = Rule(period, roll="forward")
    first = derive(rule, start, calendar, exclusions=outs).due
    assert derive(rule, start + timedelta(days=later), calendar, exclusions=outs).due >= first


@quick
@given(forward_rules, days, st.sets(st.integers(0, 200), max_size=8))
def test_adding_a_holiday_never_ends_a_period_earlier(
    rule: Rule, start: date, offsets: set[int]
) -> None:
    """The defect: an escalation clock that ran faster when holidays were left out."""
    assume(rule.roll != "backward")
    off = {start + timedelta(days=offset) for offset in offsets}
    assert derive(rule, start, _with(off)).due >= derive(rule, start, _with(set())).due


def _with(off: set[date]) -> Calendar:
    name = dict.fromkeys(LANGUAGES, "x")
    years = {
        year: Year(
            year,
            "s",
            "no",
            False,
            tuple(DayNote(day, False, name, "s") for day in sorted(off) if day.year == year),
        )
        for year in range(2005, 2035)
    }
    return Calendar("x", "1", name, "s", frozenset({5, 6}), years)


@quick
@given(days, calendars, st.sampled_from([1, -1]))
def test_rolling_twice_is_rolling_once(day: date, calendar: Calendar, step: int) -> None:
    once = counting.open_day(day, calendar, step)
    assert calendar.is_working(once) and counting.open_day(once, calendar, step) == once


@quick
@given(
    moments,
    st.integers(1, 300),
    zones,
    zones,
    st.sampled_from(["none", "forward", "backward", "same-time"]),
    st.sampled_from(["after", "next-hour"]),
)
def test_hours_do_not_care_how_the_start_is_written(
    start: datetime, hours: int, zone: ZoneInfo, other: ZoneInfo, roll: str, how: str
) -> None:
    rule, calendar = Rule(Period(hours, "h"), roll=roll, counting=how), load("weekdays")
    first = derive(rule, start, calendar, zone=zone)
    second = derive(rule, start.astimezone(other), calendar, zone=zone)
    assert first.due == second.due
    if roll == "none" and how == "after":
        assert instant(first, zone) - start == timedelta(hours=hours)


@quick
@given(forward_rules, days, calendars, st.integers(0, 90))
def test_suspending_and_resuming_at_once_changes_nothing(
    rule: Rule, start: date, calendar: Calendar, offset: int
) -> None:
    pause = near(start, offset, 0, False)
    assert derive(rule, start, calendar, exclusions=[pause]) == derive(rule, start, calendar)


@quick
@given(day_periods, days, calendars, exclusions_near, exclusions_near)
def test_leaving_out_more_time_never_ends_earlier(
    period: Period,
    start: date,
    calendar: Calendar,
    some: list[tuple[int, int, bool]],
    more: list[tuple[int, int, bool]],
) -> None:
    few = [near(start, *gap) for gap in some]
    many = [*few, *(near(start, *gap) for gap in more)]
    rule = Rule(period, roll="forward")
    shorter = derive(rule, start, calendar, exclusions=few).due
    assert derive(rule, start, calendar, exclusions=many).due >= shorter
    backwards = derive(rule, start, calendar, exclusions=list(reversed(many)))
    assert backwards.due == derive(rule, start, calendar, exclusions=many).due


@quick
@given(forward_rules, periods, days, calendars, exclusions_near)
def test_an_extension_never_shortens_and_never_depends_on_rolling(
    rule: Rule,
    more: Period,
    start: date,
    calendar: Calendar,
    gaps: list[tuple[int, int, bool]],
) -> None:
    outs = [near(start, *gap) for gap in gaps]
    plain = derive(rule, start, calendar, exclusions=outs)
    longer = derive(rule, start, calendar, exclusions=outs, extensions=[more])
    assert longer.due >= plain.due
    unrolled = Rule(rule.period, "none", rule.counting, "after", rule.clear, rule.short_days)
    without = derive(unrolled, start, calendar, exclusions=outs, extensions=[more])
    assert longer.nominal == without.due


def test_an_extension_by_a_day_does_not_shorten_clear_working_days() -> None:
    rule = Rule(Period(60, "wd"), clear=True)
    plain = derive(rule, date(2010, 2, 1), load("cn"))
    longer = derive(rule, date(2010, 2, 1), load("cn"), extensions=[Period(1, "d")])
    assert plain.due == longer.due == date(2010, 5, 4)


@quick
@given(st.integers(1, 400), days, exclusions_near)
def test_counting_back_undoes_counting_on(
    count: int, start: date, gaps: list[tuple[int, int, bool]]
) -> None:
    outs = [near(start, *gap) for gap in gaps]
    calendar, period = load("none"), Period(count, "d")
    end = derive(Rule(period), start, calendar, exclusions=outs).due
    assert isinstance(end, date)
    back = derive(Rule(period, direction="before"), end, calendar, exclusions=outs).due
    assert isinstance(back, date)
    # Between the event and the day found lie only days that were left out.
    skipped = {n for out in outs for n in range(out.start.toordinal(), out.end.toordinal() + 1)}
    low, high = sorted((back.toordinal(), start.toordinal()))
    assert low == high or set(range(low + 1, high)) <= skipped


@quick
@given(forward_rules, days, calendars, st.lists(periods, max_size=2), exclusions_near)
def test_every_answer_can_be_explained(
    rule: Rule,
    start: date,
    calendar: Calendar,
    more: list[Period],
    gaps: list[tuple[int, int, bool]],
) -> None:
    outs = [near(start, *gap) for gap in gaps]
    due = derive(rule, start, calendar, extensions=more, exclusions=outs)
    told = due.steps
    assert told[0].when == due.start.isoformat()
    assert (told[-1].key, told[-1].when) == ("due", due.due.isoformat())
    moved = any(step.key in ("rolled", "rolled-back", "least-working") for step in told)
    assert moved == due.rolled
    for step in told:
        for language in LANGUAGES:
            assert explain(step, language)
    if rule.period.unit == "wd" and not more and not rule.clear and rule.counting == "after":
        left_out = sum(int(str(step.data["days"])) for step in told if step.key.startswith("skip-"))
        assert (due.nominal - due.start).days == rule.period.count + left_out


def _question(chance: random.Random) -> tuple[Rule, date, list[Period], list[Exclusion]]:
    def period() -> Period:
        unit = chance.choice(["d", "d", "wd", "wd", "w", "m", "y"])
        return Period(chance.randint(1, {"w": 10, "m": 14, "y": 2}.get(unit, 90)), unit)

    rule = Rule(
        period(),
        roll=chance.choice(["none", "forward", "backward", "same-time"]),
        counting=chance.choice(["after", "including"]),
        direction=chance.choice(["after", "after", "before"]),
        clear=chance.random() < 0.3,
        short_days=chance.choice([0, 0, 5, 10]),
        min_working_days=chance.choice([0, 0, 0, 2, 4]),
    )
    start = date(2012, 1, 1) + timedelta(days=chance.randint(0, 365 * 12))
    more = [period() for _ in range(chance.choice([0, 0, 0, 1, 1, 2]))]
    outs = [
        near(start, chance.randint(-120, 120), chance.randint(0, 40), chance.random() < 0.5)
        for _ in range(chance.choice([0, 0, 1, 2, 3]))
    ]
    return rule, start, more, outs


def test_the_slow_count_agrees() -> None:
    """3,000 random questions; 100,000 with HUIYIN_DEEP=1."""
    chance = random.Random(2026)
    tables = [load(id) for id in CALENDARS]
    for _ in range(QUESTIONS):
        rule, start, more, outs = _question(chance)
        calendar = chance.choice(tables)
        due = derive(rule, start, calendar, extensions=more, exclusions=outs)
        expected = slow_days(rule, start, calendar, more, outs)
        assert (due.nominal, due.due) == expected, (rule, start, calendar, more, outs)


def test_the_slow_count_of_minutes_agrees() -> None:
    chance = random.Random(1949)
    calendar = load("none")
    for _ in range(QUESTIONS // 60):
        zone = ZoneInfo(chance.choice(ZONES))
        start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randint(0, 525_600))
        hours = chance.randint(1, 96)
        here = start.astimezone(zone).date()
        outs = [
            near(here, chance.randint(-2, 4), chance.randint(0, 3), chance.random() < 0.5)
            for _ in range(chance.choice([0, 1, 2]))
        ]
        due = derive(Rule(Period(hours, "h")), start, calendar, exclusions=outs, zone=zone)
        assert due.due == slow_hours(start, hours, outs, zone), (start, hours, outs, zone)


@quick
@given(st.text(max_size=12))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    try:
        assert str(Period.parse(text)).lstrip("0") == text.lstrip("0")
    except Refusal as refusal:
        assert refusal.code == "period-invalid"


@pytest.mark.parametrize("zone", ZONES)
def test_the_deadline_of_a_day_is_the_first_moment_of_the_next(zone: str) -> None:
    place = ZoneInfo(zone)
    for offset in range(0, 366, 3):
        due = derive(Rule(Period(1, "d")), date(2025, 1, 1) + timedelta(days=offset), load("none"))
        end = instant(due, place)
        assert isinstance(due.due, date)
        assert end.astimezone(place).date() == due.due + timedelta(days=1)
        assert (end - timedelta(seconds=1)).astimezone(place).date() == due.due
