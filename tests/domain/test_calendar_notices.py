"""A year's notice of holidays: the published wording and the table, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from huiyin import calendars
from huiyin.domain.calendar_notices import MOST_CHARACTERS, read_notice, with_notice
from huiyin.domain.calendars import parse, render
from huiyin.domain.errors import Refusal

NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕0号
各省、自治区、直辖市人民政府：
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历腊月二十九、周五）至11日（农历正月初六、周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
三、清明节：4月3日至5日放假，共3天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日），10月9日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班。
"""
TABLE = """# the same, as a table
2027-01-01..2027-01-03 off 元旦
02-05..02-11, off, Spring Festival
01-31 work spring
2027-02-20\twork\t春节
04-03..04-05 放假 清明节
2027-10-01 至 2027-10-07 off 国庆节
09-26 work 国庆节
10-09 上班 国庆节
"""


def days(text: str) -> dict[date, bool]:
    return {d: e.working for e in read_notice(text, 2027).entries for d in e.days()}


def test_the_wording_and_the_table_give_the_same_days() -> None:
    assert days(NOTICE) == days(TABLE)
    assert days(NOTICE)[date(2027, 1, 31)] is True
    assert days(NOTICE)[date(2027, 10, 7)] is False


def test_a_notice_makes_a_year_official_and_leaves_the_others_alone() -> None:
    old = calendars.load("cn")
    new = with_notice(old, 2027, read_notice(NOTICE, 2027), "2026-12-01", "国办发明电〔2026〕0号")
    assert 2027 in old.provisional_years and 2027 not in new.provisional_years
    assert new.is_working(date(2027, 10, 9)) and not new.is_working(date(2027, 10, 7))
    assert {y: new.years[y] for y in new.years if y != 2027} == {
        y: old.years[y] for y in old.years if y != 2027
    }
    note = new.note(date(2027, 2, 5))
    assert note is not None and note.name["en"] == "Spring Festival"
    assert (new.version, new.years[2027].source) == ("2026-12-01", "国办发明电〔2026〕0号")


@pytest.mark.parametrize("id", calendars.ids())
def test_writing_and_reading_a_calendar_changes_nothing(id: str) -> None:
    calendar = calendars.load(id)
    again = parse(render(calendar))
    assert again.years == calendar.years
    assert (again.id, again.version, again.title) == (calendar.id, calendar.version, calendar.title)
    assert (again.rest_days, again.every_year) == (calendar.rest_days, calendar.every_year)


def test_days_at_the_turn_of_the_year_join_the_year_before() -> None:
    """国办发明电〔2022〕16号: 元旦：2022年12月31日至2023年1月2日放假调休，共3天。"""
    notice = read_notice("一、元旦：2026年12月31日至2027年1月2日放假调休，共3天。", 2027)
    new = with_notice(calendars.load("cn"), 2027, notice, "x", "y")
    assert not new.is_working(date(2026, 12, 31)) and not new.is_working(date(2027, 1, 1))
    assert new.years[2026].source != "y"


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        ("\n一、元旦：1月1日（周四）放假", "notice-line", 2, "周五"),
        ("1月1日至3日放假，共4天", "notice-line", 1, "4 days"),
        ("2月30日放假", "notice-line", 1, "not a date"),
        ("1月1日", "notice-line", 1, "neither"),
        ("1月3日至1日放假", "notice-line", 1, "before it begins"),
        ("x\ny\n2027-13-01 off x", "notice-line", 3, "not a date"),
        ("2027-01-01 maybe x", "notice-line", 1, "neither off nor work"),
        ("2027-01-05..2027-01-02 off x", "notice-line", 1, "before it begins"),
        ("2027/01/01 off", "notice-line", 1, "is not `YYYY"),
        ("2031-01-01 off x\n2027-01-01 off y", "notice-line", 1, "beside 2027"),
        ("1月1日放假。1月1日上班", "notice-twice", 1, None),
        ("hello", "notice-empty", None, None),
        ("", "notice-empty", None, None),
        ("关于2026年部分节假日安排的通知", "notice-other-year", None, None),
        ("x" * (MOST_CHARACTERS + 1), "notice-too-long", None, None),
    ],
)
def test_nonsense_is_refused_with_its_line(text, code, line, said) -> None:
    with pytest.raises(Refusal) as caught:
        read_notice(text, 2027)
    assert caught.value.code == code
    assert line is None or caught.value.data["line"] == line
    assert said is None or said in str(caught.value.data["problem"])


@pytest.mark.parametrize(
    ("id", "year", "text", "code"),
    [
        ("cn", 2027, "2027-01-04 work x", "notice-line"),
        ("cn", 2040, "2040-01-01 off x", "notice-gap"),
        ("none", 2027, "2027-01-01 off x", "notice-every-year"),
    ],
)
def test_what_does_not_fit_the_calendar_is_refused(id, year, text, code) -> None:
    with pytest.raises(Refusal) as caught:
        with_notice(calendars.load(id), year, read_notice(text, year), "v", "s")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('id = "cn"', 'idd = "cn"', "idd"),
        ('rest_days = ["sat", "sun"]', "rest_days = no", "file"),
        ("[years.2027]", "[years.02027]", "years.02027"),
        ('id = "cn"', 'id = "cn"\nid = "cn"', "file"),
        ("[years.2027]", "[years.2026]", "file"),
        ('verified = "no"', "verified = true", "years.1998"),
    ],
)
def test_surprises_of_toml_are_refused(old: str, new: str, place: str) -> None:
    from importlib.resources import files

    text = files("huiyin.calendars").joinpath("cn.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(Refusal) as caught:
        parse(text.replace(old, new, 1))
    assert (caught.value.code, caught.value.data["place"]) == ("calendar-invalid", place)
