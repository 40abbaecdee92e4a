"""A new calendar moves the dates of open cases by an event, tells people, and loses nothing."""

from __future__ import annotations

import io
import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from huiyin import calendars
from huiyin.calendars.importing import write
from huiyin.cases.models import Case
from huiyin.cases.projection import columns
from huiyin.cases.queries import history_of
from huiyin.cases.recalculating import recalculate
from huiyin.cases.story import Reader, tell
from huiyin.commands import calendar as command
from huiyin.commands import pack as pack_command
from huiyin.domain.calendar_notices import read_notice, with_notice
from huiyin.domain.calendars import render
from tests.people import NOW, Town

DAY = timedelta(days=1)


@pytest.fixture
def own(tmp_path: Path):
    """An installation's own calendar folder, for one test."""
    before = list(calendars._OWN)
    calendars.use(tmp_path / "calendars")
    yield tmp_path / "calendars"
    calendars._OWN[:] = before


def change(table: str, version: str = "9") -> None:
    """cn with these days of 2026 and nothing else, as a new version in this installation."""
    old = calendars.load("cn")
    new = with_notice(old, 2026, read_notice(table, 2026), version, "a notice")
    write(old, new, render(new))


def due(number: str, limit: str) -> date:
    clock = history_of(Case.objects.get(pk=number)).state.clock(limit)
    assert clock is not None and clock.due is not None and isinstance(clock.due.due, date)
    return clock.due.due


def test_dates_move_by_an_event_that_says_so(town: Town, own: Path) -> None:
    number = town.hand_in()[0].case.number
    assert due(number, "assign") == date(2026, 3, 3)
    change("2026-03-03..2026-03-04 off flood")
    assert due(number, "assign") == date(2026, 3, 3), "a case keeps the calendar it was counted by"
    done = recalculate("cn", NOW + DAY)
    assert done.moved == (number,) and due(number, "assign") == date(2026, 3, 5)
    case = Case.objects.get(pk=number)
    history = history_of(case)
    assert history.events[-1].type == "calendar-changed"
    assert history.events[-1].data == {"calendar": "cn", "calendar_version": "9"}
    assert any(d["limit"] == "assign" for d in history.stored[-1].dues)
    for name, value in columns(history.law.pack, history.law.calendar, history.state).items():
        assert getattr(case, name) == value, name
    story = tell(case, history, Reader("complainant", "en"), NOW + DAY)
    assert any("computed anew" in told for told in story.entries[-1].told)


def test_a_second_run_and_unmoved_cases_write_nothing(town: Town, own: Path) -> None:
    number = town.hand_in()[0].case.number
    housing = town.hand_in("damp", "vale")[0].case.number
    change("2026-11-03 off flood")
    assert recalculate("cn", NOW + DAY).moved == ()
    change("2026-03-03 off flood", "10")
    done = recalculate("cn", NOW + DAY)
    assert (done.looked, done.moved) == (1, (number,))
    assert recalculate("cn", NOW + DAY).moved == ()
    assert len(history_of(Case.objects.get(pk=housing)).events) == 1


def test_what_was_counted_before_stays_and_what_comes_is_counted_anew(
    town: Town, own: Path
) -> None:
    number = town.hand_in()[0].case.number
    town.act("alice", number, "forward", NOW, unit="wages")
    assert due(number, "object") == date(2026, 3, 9)
    town.act("wang", number, "assign", NOW, owner=town.id("wang"))
    change("2026-03-03..2026-03-04 off flood\n2026-04-01 off flood")
    town.act("wang", number, "note", NOW + DAY, note="The river is high.")
    history = history_of(Case.objects.get(pk=number))
    assert [e.type for e in history.events[-2:]] == ["calendar-changed", "note"]
    assert history.state.clock("assign").due.due == date(2026, 3, 3), "met before the change"
    assert due(number, "object") == date(2026, 3, 11)
    assert history.law.calendar.version == "9"


def test_a_lost_version_leaves_the_case_readable(town: Town, own: Path) -> None:
    number = town.hand_in()[0].case.number
    change("2026-03-03 off flood")
    recalculate("cn", NOW + DAY)
    (own / "cn.toml").unlink()
    assert history_of(Case.objects.get(pk=number)).state.open


# --- the command -------------------------------------------------------------------------------

NOTICE = "国办发明电〔2026〕0号\n一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n"


def run(monkeypatch, text: str, *more: str) -> int:
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin)
    return command.main(["import", "cn", "2027", "-", *more])


def test_import_shows_first_and_writes_after_a_yes(town, own, monkeypatch, capsys) -> None:
    number = town.hand_in()[0].case.number
    assert run(monkeypatch, NOTICE) == 1
    said = capsys.readouterr().out
    assert "+ 2027-01-02" in said.replace("Saturday ", "") or "2027-01-02" in said
    assert "Nothing was written" in said and not own.exists()
    assert run(monkeypatch, NOTICE, "--yes", "--lang", "zh") == 0
    assert "已写入" in capsys.readouterr().out
    assert calendars.load("cn").years[2027].source == "国办发明电〔2026〕0号"
    kept = list(own.glob("cn@*.toml"))
    assert len(kept) == 1 and len(history_of(Case.objects.get(pk=number)).events) == 1


def test_import_refuses_and_names_the_line(own, monkeypatch, capsys) -> None:
    assert run(monkeypatch, "一、元旦：1月1日（周三）放假\n", "--source", "x") == 2
    assert "Line 1" in capsys.readouterr().err and not own.exists()
    assert run(monkeypatch, "2027-01-01 off x\n") == 2
    assert "--source" in capsys.readouterr().err


def test_what_if_replays_the_cases_of_an_installation(town: Town, capsys) -> None:
    number = town.hand_in()[0].case.number
    town.hand_in("damp", "vale")
    capsys.readouterr()
    call = ["what-if", "--pack", "cn-xinfang-2022", "--calendar", "none", "--json"]
    assert pack_command.main([*call, "--data", os.environ["HUIYIN_DATA"]]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["cases"], found["skipped"], found["impossible"]) == (1, 1, [])
    assert {m["case"] for m in found["moved"]} <= {number}
    assert len(history_of(Case.objects.get(pk=number)).events) == 1, "nothing is written"
