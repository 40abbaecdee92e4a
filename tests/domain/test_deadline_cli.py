"""``huiyin deadline`` and ``huiyin calendar`` as somebody at a terminal meets them."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from huiyin.commands import calendar, deadline
from huiyin.commands.deadline import BLAME, FORMS

ASK = "--start 2025-09-26 --period 15d --calendar cn"
Captured = pytest.CaptureFixture[str]


def run(arguments: str, capsys: Captured) -> tuple[int, str, str]:
    status = deadline.main(shlex.split(arguments))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_json_has_exactly_the_promised_shape(capsys: Captured) -> None:
    status, out, err = run(f"{ASK} --roll forward --json", capsys)
    answer = json.loads(out)
    assert (status, err) == (0, "")
    assert list(answer) == [
        "start",
        "nominal",
        "due",
        "rolled",
        "provisional",
        "calendar",
        "steps",
    ]
    assert list(answer["calendar"]) == ["id", "version", "source"]
    assert all(list(step) == ["text", "date"] for step in answer["steps"])
    assert (answer["start"], answer["nominal"], answer["due"]) == (
        "2025-09-26",
        "2025-10-11",
        "2025-10-11",
    )
    assert answer["rolled"] is False and answer["provisional"] is False


def test_instants_carry_their_offset(capsys: Captured) -> None:
    _, out, _ = run(
        "--start 2025-03-08T20:30:00-05:00 --period 8h --calendar none --json "
        "--tz America/New_York",
        capsys,
    )
    answer = json.loads(out)
    assert answer["start"] == "2025-03-08T20:30:00-05:00"
    assert answer["due"] == "2025-03-09T05:30:00-04:00"


@pytest.mark.parametrize("start", ["2025-06-01T02:23:00Z", "2025-06-01t02:23:00z"])
def test_without_a_zone_the_offset_of_the_start_is_kept(start: str, capsys: Captured) -> None:
    _, out, _ = run(f"--start {start} --period 1h --calendar none --json", capsys)
    assert json.loads(out)["due"] == "2025-06-01T03:23:00+00:00"


def test_days_from_an_instant_use_the_local_day(capsys: Captured) -> None:
    ask = "--start 2026-03-01T17:00:00Z --period 1d --calendar none --json"
    assert json.loads(run(f"{ask} --tz Asia/Shanghai", capsys)[1])["start"] == "2026-03-02"
    assert json.loads(run(ask, capsys)[1])["start"] == "2026-03-01"


@pytest.mark.parametrize(
    ("lang", "first", "word"),
    [
        ("en", "Due: 2026-03-16 (Mon)", "Spring Festival"),
        ("zh", "到期：2026-03-16（周一）", "春节"),
        ("zh-Hans", "到期：2026-03-16（周一）", "春节"),
        ("zh-Hant", "到期：2026-03-16（週一）", "春節"),
    ],
)
def test_readable_answers(lang: str, first: str, word: str, capsys: Captured) -> None:
    ask = f"--start 2026-02-10 --period 20wd --calendar cn --lang {lang}"
    status, out, _ = run(ask, capsys)
    assert status == 0
    assert out.splitlines()[0] == first
    assert word in out and "2026-02-14" in out and "cn 2026-11-21" in out


def test_a_provisional_answer_says_so(capsys: Captured) -> None:
    _, out, _ = run("--start 2027-01-20 --period 20wd --calendar cn", capsys)
    assert "Provisional" in out


def test_options_may_be_repeated(capsys: Captured) -> None:
    _, out, _ = run(
        "--start 2025-01-01 --period 1d --calendar none --extend 1d --extend 2d "
        "--exclude 2025-01-01..2025-01-02 --exclude-closed 2025-01-05..2025-01-05 --json",
        capsys,
    )
    assert json.loads(out)["due"] == "2025-01-07"


WRONG = [
    ("--period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start 2025-02-30 --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start 2025-2-3 --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start 20250203 --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start 2025-W05-1 --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start 0000-01-01 --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start ٢٠٢٥-٠١-٠١ --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start tomorrow --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start '' --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start -1 --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start --period 15d --calendar cn", "--start", "YYYY-MM-DD"),
    ("--start 2025-02-03T25:00Z --period 5h --calendar cn", "--start", "hh:mm"),
    ("--start 2025-02-03T10:00+99:00 --period 5h --calendar cn", "--start", "hh:mm"),
    ("--start 2025-02-03T10:00 --period 5h --calendar cn", "--start", "--tz"),
    ("--start 2025-02-03 --period 5h --calendar cn", "--start", "T10:23"),
    (f"{ASK.replace('15d', '0d')}", "--period", "15d"),
    (f"{ASK.replace('15d', '15')}", "--period", "15d"),
    (f"{ASK.replace('15d', '-5d')}", "--period", "15d"),
    (f"{ASK.replace('15d', '1.5d')}", "--period", "15d"),
    (f"{ASK.replace('15d', '999999d')}", "--period", "99999"),
    (f"{ASK.replace('15d', '15days')}", "--period", "15d"),
    ("--start 2025-01-01 --period 9999y --calendar none", "--period", "9999"),
    (ASK.replace("cn", "narnia"), "--calendar", "uk-any"),
    (ASK.replace("cn", "../cn"), "--calendar", "uk-any"),
    (ASK.replace("cn", "missing.toml"), "--calendar", "missing.toml"),
    ("--start 2025-01-01 --period 15d", "--calendar", "cn"),
    ("--start 2050-01-01 --period 15d --calendar cn", "--calendar", "1998 to 2030"),
    ("--start 1990-01-01 --period 5wd --calendar cn", "--calendar", "1998 to 2030"),
    ("--start 2030-12-30 --period 5wd --calendar cn", "--calendar", "1998 to 2030"),
    (f"{ASK} --roll sideways", "--roll", "same-time"),
    (f"{ASK} --roll", "--roll", "same-time"),
    (f"{ASK} --from before", "--from", "including"),
    (f"{ASK} --from next-hour", "--from", "hours"),
    (f"{ASK} --direction up", "--direction", "before"),
    (f"{ASK} --short-days -1", "--short-days", "whole number"),
    (f"{ASK} --short-days five", "--short-days", "whole number"),
    (f"{ASK} --min-working-days 2.5", "--min-working-days", "whole number"),
    (f"{ASK} --extend 0d", "--extend", "30d"),
    (f"{ASK} --extend 5h", "--extend", "hours"),
    (f"{ASK} --exclude 2025-10-05..2025-10-01", "--exclude", "A..B"),
    (f"{ASK} --exclude 2025-10-05", "--exclude", "A..B"),
    (f"{ASK} --exclude 2025-10-05..2025-10-32", "--exclude", "A..B"),
    (f"{ASK} --exclude-closed 2025-10-05..2025-10-01", "--exclude-closed", "A..B"),
    (f"{ASK} --exclude-closed ..", "--exclude-closed", "A..B"),
    (f"{ASK} --tz Mars/Olympus", "--tz", "Asia/Shanghai"),
    (f"{ASK} --tz ../../etc/passwd", "--tz", "Asia/Shanghai"),
    (f"{ASK} --tz Asia", "--tz", "Asia/Shanghai"),
    (f"{ASK} --tz ''", "--tz", "Asia/Shanghai"),
    (f"{ASK} --lang klingon", "--lang", "zh-Hant"),
    (f"{ASK} --speed 9", "--speed", "unrecognized"),
    (f"{ASK} --ro none", "--ro", "unrecognized"),
    (f"{ASK} --clear=yes", "--clear", "ignored explicit argument"),
    ("--start 2025-01-01T10:00Z --period 5h --calendar cn --clear", "--clear", "days"),
    (
        "--start 2025-01-01T10:00Z --period 5h --calendar cn --short-days 3",
        "--short-days",
        "days",
    ),
]


@pytest.mark.parametrize(("arguments", "option", "form"), WRONG)
def test_a_wrong_call_is_one_line_with_the_option_and_the_form(
    arguments: str, option: str, form: str, capsys: Captured
) -> None:
    status, out, err = run(arguments, capsys)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and err.startswith("huiyin deadline: ")
    assert option in err and form in err


def test_every_refusal_that_can_be_met_has_an_option_to_blame() -> None:
    table = tomllib.loads(files("huiyin.web").joinpath("refusals", "time.toml").read_text("utf-8"))
    # Said by the options themselves, or (rule-invalid) by the field it is about.
    own = {"calendar-unknown", "exclusion-reversed", "language-unknown", "rule-invalid"}
    # Met only when a notice is imported, or a case names an older calendar: never here.
    elsewhere = {code for code in table if code.startswith("notice-")}
    elsewhere |= {"calendar-version-missing"}
    assert set(BLAME) | own | elsewhere == set(table)
    for entry in table.values():
        assert 400 <= entry["status"] < 500
        for language in ("en", "zh-Hans", "zh-Hant"):
            assert entry[language] and entry["remedy"][language]


def test_help_lists_every_option(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as stopped:
        deadline.main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert all(option in shown for option in FORMS)


def test_a_calendar_of_ones_own(tmp_path: Path, capsys: Captured) -> None:
    own = tmp_path / "school.toml"
    text = files("huiyin.calendars").joinpath("weekdays.toml").read_text("utf-8")
    own.write_text(text.replace('"weekdays"', '"school"'), "utf-8")
    _, out, _ = run(f"--start 2026-01-02 --period 1wd --calendar {own} --json", capsys)
    answer = json.loads(out)
    assert (answer["due"], answer["calendar"]["id"]) == ("2026-01-05", "school")
    own.write_bytes(b"\xff\xfe")
    status, _, err = run(f"--start 2026-01-02 --period 1wd --calendar {own}", capsys)
    assert status == 2 and "not UTF-8" in err


def test_neither_command_needs_django() -> None:
    code = (
        "import sys; from huiyin.commands import deadline, calendar; "
        f"deadline.main({ASK.split()!r}); calendar.main(['show', 'cn', '2026']); "
        "sys.exit('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def show(arguments: str, capsys: Captured) -> tuple[int, str, str]:
    status = calendar.main(shlex.split(arguments))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_calendar_show_lists_off_days_and_make_up_days_with_the_source(capsys: Captured) -> None:
    status, out, _ = show("show cn 2026", capsys)
    assert status == 0
    assert "国办发明电〔2025〕7号" in out and "Spring Festival" in out
    assert "off  2026-02-15 (Sun) .. 2026-02-23 (Mon)" in out
    assert "working day  2026-02-14 (Sat)" in out
    assert (
        "放假  2026-02-15（周日） .. 2026-02-23（周一）  春节"
        in show("show cn 2026 --lang zh", capsys)[1]
    )


def test_calendar_show_as_json(capsys: Captured) -> None:
    answer = json.loads(show("show cn 2026 --json", capsys)[1])
    worked = [day["date"] for day in answer["days"] if day["working"]]
    assert worked == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]
    assert answer["verified"] == "yes" and answer["rest_days"] == ["sat", "sun"]


def test_calendar_show_marks_a_provisional_year(capsys: Captured) -> None:
    assert "Provisional" in show("show cn 2027", capsys)[1]
    assert "Provisional" not in show("show cn 2026", capsys)[1]


def test_calendar_list_names_all(capsys: Captured) -> None:
    _, out, _ = show("list", capsys)
    assert out.startswith("cn ")
    assert "uk-any" in out and "1990..2030" in out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("show narnia 2026", "uk-any"),
        ("show cn 2050", "1998 to 2030"),
        ("show cn soon", "four digits"),
        ("show cn 0000", "four digits"),
        ("show cn", "YEAR"),
        ("", "show"),
        ("dance", "show"),
        ("check missing.toml", "missing.toml"),
        ("show cn 2026 --lang xx", "zh-Hant"),
    ],
)
def test_calendar_wrong_calls(arguments: str, word: str, capsys: Captured) -> None:
    status, out, err = show(arguments, capsys)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and word in err


def test_calendar_check_says_the_line(tmp_path: Path, capsys: Captured) -> None:
    text = files("huiyin.calendars").joinpath("cn.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text, "utf-8")
    status, out, _ = show(f"check {own}", capsys)
    assert status == 0 and "1998..2030" in out
    before, header, after = text.partition("[years.2025]")
    own.write_text(before + header + after.replace("01-26 spring", "01-27 spring", 1), "utf-8")
    status, out, err = show(f"check {own}", capsys)
    line = text.splitlines().index("[years.2025]") + 1
    assert (status, out) == (1, "")
    assert f"own.toml:{line}:" in err and "2025-01-27" in err


def test_calendar_check_takes_several_and_goes_on_after_a_wrong_one(
    tmp_path: Path, capsys: Captured
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("id = 1", "utf-8")
    status, out, err = show(f"check cn {wrong} uk-england", capsys)
    assert status == 1 and "wrong.toml" in err
    assert [line.split()[0] for line in out.splitlines()] == ["cn", "uk-england"]
