"""Reading a roster file: what is in it, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.calendars import load
from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.reading import read
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import Turn
from huiyin.domain.strict_yaml import MOST_BYTES, Problem
from tests.domain.roster_makers import span

FILE = Path(__file__).resolve().parents[1] / "data" / "rosters" / "town.yaml"
TOWN = FILE.read_text("utf-8")


def problems(text: str) -> list[Problem]:
    with pytest.raises(Refusal) as refused:
        read(text, "town.yaml", load)
    assert refused.value.code == "roster-invalid"
    found = refused.value.data["problems"]
    assert isinstance(found, list)
    return found


def test_a_whole_file() -> None:
    roster = read(TOWN, "town.yaml", load)
    assert [r.turn for r in roster.rules] == [Turn("weeks", 1), Turn("days", 1), Turn("days", 1)]
    assert roster.leave[0].span == span("2026-02-03T00:00", "2026-02-06T00:00")
    feast = serve(roster, span("2026-02-16T08:00", "2026-02-17T08:00")).shifts
    assert {(s.role, s.person) for s in feast} >= {("leader", "liu")}


MISTAKES = {
    "unknown key": ("turn: P1W", "turn: P1W\n    colour: red", "is not known here"),
    "unknown person": ("people: [chen, wang]", "people: [chen, wong]", "`wong` is not known"),
    "person twice": ("people: [chen, wang]", "people: [chen, chen]", "stands twice"),
    "unknown holder": ("  desk:\n", "  desk:\n    able: [zhao, nobody]\n", "`nobody` is not known"),
    "duplicate id": ("  wang: {name: 王副主任}", "  chen: {name: 王}", "already given in line"),
    "no duration": ("turn: P1W", "turn: P1X", "is no turn"),
    "no time": ("turn: P1W\n    since: 2026-01-05", "turn: PT7H\n    since: 2026-01-05", "divide"),
    "impossible day": ("since: 2026-02-10", "since: 2026-02-30", "is no day"),
    "far year": ("since: 2026-02-10", "since: 0202-02-10", "the year 202"),
    "phone that is none": ("+8653112345678", "110 please", "is no number"),
    "no zone": ("zone: Asia/Shanghai", "zone: Asia/Jinan", "is no time zone"),
    "no calendar": ("calendar: cn", "calendar: mars", "no calendar `mars`"),
    "days without calendar": ("calendar: cn\n", "", "needs a calendar"),
    "backwards": ("to: 2026-02-05", "to: 2026-02-01", "is not after"),
    "rest without source": (', source: "Directive 2003/88/EC, art. 3"', "", "is missing"),
    "member who left": ("until: 2026-12-31", "until: 2025-12-31", ""),
    "not on duty any more": ("into: liu", "into: sun, ", ""),
}


@pytest.mark.parametrize("name", [n for n in MISTAKES if MISTAKES[n][2]])
def test_a_mistake_is_told_with_its_line(name: str) -> None:
    right, wrong, said = MISTAKES[name]
    assert right in TOWN
    text = TOWN.replace(right, wrong, 1)
    found = problems(text)
    assert any(said in p.what or said in p.remedy for p in found), [str(p) for p in found]
    line = text[: text.index(wrong.strip() or "calendar")].count("\n") + 1 if wrong else 0
    near = [p.line for p in found if said in p.what or said in p.remedy]
    assert not line or any(abs(number - line) <= 8 for number in near)


def test_overlapping_temporary_schedules_are_refused() -> None:
    second = "  second: {from: 2026-02-17, to: 2026-02-19, duties: {}}\noverrides:\n"
    (found,) = problems(TOWN.replace("overrides:\n", second))
    assert found.where == "temporary.second" and "overlaps `spring-festival`" in found.what


def test_two_overrides_for_one_person_are_refused() -> None:
    second = "  again: {role: desk, into: liu, from: 2026-02-11, to: 2026-02-12}\nrest:\n"
    (found,) = problems(TOWN.replace("rest:\n", second))
    assert (
        "touches `liu`" in found.what
        and found.line == TOWN.count("\n", 0, TOWN.index("rest:\n")) + 1
    )


@pytest.mark.parametrize("wrong", ["since: 2026-02-11", "until: 2026-02-01"])
def test_a_duty_for_somebody_who_is_no_member_then_is_refused(wrong: str) -> None:
    found = problems(TOWN.replace("{name: 刘副主任}", f"{{name: 刘副主任, {wrong}}}"))
    assert {p.where for p in found} >= {"overrides.for-wang"}
    assert all("away or no member" in p.what for p in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a: &x b\nc: *x",
        "id: x\n" * 3,
        "id: !!python/object:os.system x",
        "\x00",
        "{" * 50,
    ],
)
def test_what_is_no_roster_at_all(text: str) -> None:
    assert problems(text)


def test_a_file_of_many_megabytes_is_refused_unread() -> None:
    (found,) = problems("# " + "x" * (MOST_BYTES + 1))
    assert str(MOST_BYTES) in found.remedy


def test_every_mistake_is_told_at_once() -> None:
    text = TOWN.replace("P1W", "weekly").replace("cn\n", "mars\n").replace("08:00", "8 am", 1)
    assert len(problems(text)) >= 3


@pytest.mark.parametrize("zone", ["localtime", "Factory", "right/Asia/Shanghai", "posixrules"])
def test_a_zone_that_is_no_place_is_refused(zone: str) -> None:
    """`localtime` would mean other hours on another machine."""
    (found,) = problems(TOWN.replace("zone: Asia/Shanghai", f"zone: {zone}"))
    assert "is no time zone" in found.what


@pytest.mark.parametrize(
    "wrong", ["from: 0001-01-02, to: 2026-02-05", "from: 2026-02-03, to: 9999-12-31"]
)
def test_an_exception_of_thousands_of_years_is_refused(wrong: str) -> None:
    """A duty of two thousand years is walked day by day; nobody means it."""
    (found,) = problems(TOWN.replace("from: 2026-02-03, to: 2026-02-05", wrong))
    assert "the year" in found.what


def test_a_name_reads_as_it_is_written() -> None:
    """Neither a name that turns the text around it nor one that paints the terminal."""
    roster = read(TOWN.replace("王副主任", '"王\\u202e副\\n主任"'), "town.yaml", load)
    assert roster.people["wang"].name == "王副 主任"
    (found,) = problems(TOWN.replace("王副主任", '"\\x1b[31m王"'))
    assert found.line == 18 and "U+001B" in found.what


def test_thousands_of_overlapping_overrides_are_told_once_each() -> None:
    """Compared in pairs, four thousand took half a minute and told of millions."""
    many = "".join(
        f"  o{n}: {{role: desk, into: liu, from: 2026-03-01, to: 2026-03-02}}\n"
        for n in range(2000)
    )
    found = problems(TOWN.replace("rest:\n", many + "rest:\n"))
    assert len(found) == 1999 and all("touches `liu`" in p.what for p in found)


def test_a_turn_longer_than_any_roster_is_no_turn() -> None:
    (found,) = problems(TOWN.replace("turn: P1W", "turn: P999M"))
    assert "is no turn" in found.what
