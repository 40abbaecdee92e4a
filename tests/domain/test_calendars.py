"""The shipped year tables against two other collections, and what a table must hold."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.calendars import ids, load
from huiyin.domain.calendars import LANGUAGES, VERIFIED, Calendar, parse
from huiyin.domain.errors import Refusal

SHIPPED = (
    "cn",
    "eu-institutions",
    "in-central",
    "none",
    "school-terms-example",
    "uk-any",
    "uk-england",
    "us-federal",
    "weekdays",
)
SMALL = """
id = "town"
version = "7"
source = "the town's notice"
rest_days = ["sat", "sun"]

[title]
en = "Town"
zh-Hans = "镇"
zh-Hant = "鎮"

[names]
fair = { en = "Fair", zh-Hans = "集市", zh-Hant = "集市" }

[years.2026]
source = "notice 1"
verified = "yes"
off = ["03-02..03-03 fair"]
work = ["03-07 fair"]

[years.2027]
source = "reckoned"
verified = "no"
provisional = true
"""


def days_of(first: int, last: int) -> list[date]:
    start, end = date(first, 1, 1), date(last, 12, 31)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def test_the_promised_calendars_are_there() -> None:
    assert tuple(ids()) == SHIPPED


@pytest.mark.parametrize("id", SHIPPED)
def test_every_table_names_itself_and_its_sources(id: str) -> None:
    calendar = load(id)
    assert calendar.id == id and calendar.version and calendar.source
    assert set(calendar.title) == set(LANGUAGES)
    for year in calendar.years.values():
        assert year.source and year.verified in VERIFIED
        for note in year.notes:
            assert note.day.year == year.year
            assert all(note.name[language] for language in LANGUAGES)


def test_the_example_of_school_terms_is_never_taken_for_official() -> None:
    calendar = load("school-terms-example")
    assert calendar.provisional_years == set(calendar.years)
    assert "example" in calendar.title["en"]


WITH_NOTICES = [id for id in SHIPPED if id not in ("none", "weekdays", "school-terms-example")]


@pytest.mark.parametrize("id", WITH_NOTICES)
def test_a_year_that_has_no_notice_yet_says_provisional(id: str) -> None:
    calendar = load(id)
    assert not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.is_provisional(date(calendar.last_year + 1, 1, 1))
    for year in calendar.years.values():
        assert not (year.provisional and year.verified == "yes")


def test_china_agrees_with_a_second_collection_on_every_day() -> None:
    calendar = load("cn")
    # 国办发明电〔2005〕35号: "12月31日（星期六）上班"; the collection forgot that day.
    assert calendar.is_working(date(2005, 12, 31))
    for day in set(days_of(2004, 2026)) - {date(2005, 12, 31)}:
        assert calendar.is_working(day) == chinese_calendar.is_workday(day), day


def test_china_agrees_with_a_third_collection_on_every_day() -> None:
    calendar = load("cn")
    other = holidays.country_holidays("CN", years=range(2001, 2027))
    swapped = set(other.weekend_workdays)
    for day in days_of(2001, 2026):
        expected = day in swapped or not (day in other or day.weekday() >= 5)
        assert calendar.is_working(day) == expected, day


def test_china_before_the_notice_of_2027_is_only_the_statute() -> None:
    calendar = load("cn")
    assert calendar.provisional_years == frozenset(range(2027, 2031))
    assert not any(note.working for note in calendar.year(2027).notes)
    assert not calendar.is_working(date(2027, 2, 8)) and calendar.is_working(date(2027, 2, 11))


@pytest.mark.parametrize(
    ("id", "day", "working"),
    [
        ("uk-any", "2026-03-17", False),  # Northern Ireland
        ("uk-england", "2026-03-17", True),
        ("uk-any", "2026-11-30", False),  # Scotland
        ("uk-any", "2026-01-02", False),
        ("uk-england", "2022-09-19", False),
        ("uk-england", "1968-09-02", False),
        ("us-federal", "2007-09-03", False),
        ("us-federal", "2026-07-03", False),  # the 4th is a Saturday
        ("us-federal", "2021-12-31", False),  # New Year's Day 2022 is a Saturday
        ("eu-institutions", "2014-04-17", False),
        ("eu-institutions", "2023-12-29", False),
        ("eu-institutions", "2024-05-09", False),
        ("in-central", "2026-01-26", False),
        ("in-central", "2026-04-03", False),
        ("none", "2026-12-25", True),
        ("weekdays", "2026-12-25", True),
        ("weekdays", "2026-12-26", False),
    ],
)
def test_known_days(id: str, day: str, working: bool) -> None:
    assert load(id).is_working(date.fromisoformat(day)) is working


def test_any_part_of_the_kingdom_rests_at_least_when_england_does() -> None:
    england, anywhere = load("uk-england"), load("uk-any")
    assert all(
        england.is_working(day) or not anywhere.is_working(day) for day in days_of(1990, 2030)
    )


def test_a_small_calendar_reads_as_written() -> None:
    town = parse(SMALL)
    assert (town.first_year, town.last_year) == (2026, 2027)
    assert [town.is_working(date(2026, 3, day)) for day in range(1, 9)] == [
        False,
        False,
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    note = town.note(date(2026, 3, 2))
    assert note is not None and note.name["zh-Hans"] == "集市" and note.source == "notice 1"
    assert town.note(date(2026, 3, 1)) is None
    assert town.is_provisional(date(2027, 1, 1)) and not town.is_provisional(date(2026, 1, 1))


def test_a_year_without_table_is_refused_with_the_years_that_exist() -> None:
    with pytest.raises(Refusal) as refusal:
        parse(SMALL).is_working(date(2028, 1, 1))
    assert refusal.value.code == "calendar-year-missing"
    assert refusal.value.data == {"calendar": "town", "year": 2028, "first": 2026, "last": 2027}


def test_an_unknown_calendar_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(Refusal) as refusal:
        load("atlantis")
    assert refusal.value.code == "calendar-unknown"
    assert refusal.value.data["known"] == list(SHIPPED)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('id = "town"', "", "file"),
        ('version = "7"', "version = 7", "file"),
        ('["sat", "sun"]', '["sat", "sunday"]', "rest_days"),
        ('["sat", "sun"]', '["mon","tue","wed","thu","fri","sat","sun"]', "rest_days"),
        ('en = "Town"', "", "title"),
        ('en = "Fair", ', "", "names.fair"),
        ('source = "notice 1"', "", "years.2026"),
        ('verified = "yes"', "", "years.2026"),
        ('verified = "yes"', 'verified = "certainly"', "years.2026"),
        ("03-02..03-03 fair", "02-29 fair", "years.2026"),
        ("03-02..03-03 fair", "03-03..03-02 fair", "years.2026"),
        ("03-02..03-03 fair", "3-2 fair", "years.2026"),
        ("03-02..03-03 fair", "03-02 feast", "years.2026"),
        ("03-02..03-03 fair", "03-06..03-07 fair", "years.2026"),
        ("03-07 fair", "03-06 fair", "years.2026"),
        ("[years.2027]", "[years.2028]", "years"),
        ("[years.2027]", "[years.soon]", "years.soon"),
        ("[years.2027]", "[years.2027", "file"),
        ("provisional = true", "offf = []", "years.2027"),
        ("provisional = true", 'off = "03-02 fair"', "years.2027"),
    ],
)
def test_a_wrong_table_is_refused_at_its_place(old: str, new: str, place: str) -> None:
    assert old in SMALL
    with pytest.raises(Refusal) as refusal:
        parse(SMALL.replace(old, new))
    assert refusal.value.code == "calendar-invalid"
    assert refusal.value.data["place"] == place


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.integers(0, 40), st.text(max_size=8))
def test_a_damaged_table_is_read_or_refused(place: int, length: int, patch: str) -> None:
    try:
        calendar = parse(SMALL[:place] + patch + SMALL[place + length :])
    except Refusal as refusal:
        assert refusal.code == "calendar-invalid"
    else:
        assert isinstance(calendar, Calendar)
