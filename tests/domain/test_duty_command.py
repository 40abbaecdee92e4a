"""``huiyin duty`` as somebody types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin import duties
from huiyin.cli import main
from tests.domain.test_duties import SOUND

ACCIDENT = ["--from", "known", "2026-03-01T09:10:00+08:00"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert main(["duty", *arguments]) == status
    captured = capsys.readouterr()
    return captured.out if status == 0 else captured.err


def test_due_says_when_why_and_by_which_article(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "due", "--law", "cn-493", *ACCIDENT, "--lang", "zh")
    assert "单位上报事故 (cn-report-accident): 到期：2026-03-01（周日） 10:10 UTC+08:00" in out
    assert "国务院令第493号（2007年4月9日公布）第9、12条 (已核对原文)" in out
    assert "小时自该时刻起按实际经过的时间计算" in out
    assert "逐级上报 (cn-report-level): 尚待：某一级主管部门接到事故报告。" in out


def test_due_in_english_shows_the_window_of_a_drill(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "due", "--law", "cn-school-drills-2014", "--from", "held", "2026-01-31",
              "--duty", "cn-drill-school")  # fmt: skip
    assert "due 2026-02-28 (Sat)" in out
    assert "the period in which the next is owed begins on 2026-02-01 (Sun)" in out
    assert "from secondary sources" in out
    assert "quarter" not in out


def test_due_as_json_is_stable(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(run(capsys, "due", "--law", "cn-493", *ACCIDENT, "--json"))
    assert set(answer) == {"law", "title", "zone", "duties"}
    first, report = answer["duties"][:2]
    assert (first["state"], first["due"], first["steps"]) == ("waits", None, [])
    assert report["due"] == "2026-03-01T10:10:00+08:00"
    assert report["before"] == "2026-03-01T02:10:00+00:00"
    assert report["basis"]["article"] == "9, 12"
    assert report["basis"]["verified"] == "yes"
    assert list(report["items"]) == [
        "unit", "time-place-scene", "course", "casualties", "measures", "other",
    ]  # fmt: skip


def test_a_time_without_offset_is_that_of_the_law_or_of_the_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["due", "--law", "us-osha-1904", "--from", "known", "2026-07-01T12:00:00", "--json"]
    east = json.loads(run(capsys, *arguments))["duties"][0]
    assert east["due"] == "2026-07-01T20:00:00-04:00"
    west = json.loads(run(capsys, *arguments, "--tz", "America/Los_Angeles"))["duties"][0]
    assert west["due"] == "2026-07-01T20:00:00-07:00"


@pytest.mark.parametrize("law", duties.ids())
@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_every_law_can_be_shown(
    law: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run(capsys, "show", "--law", law, "--lang", language)
    for duty in duties.load(law).duties.values():
        assert f"({duty.id})" in out
    assert json.loads(run(capsys, "show", "--law", law, "--json"))["law"] == law


def test_list_names_every_duty(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "list")
    assert all(f" {name} " in out for name in duties.all_duties())
    assert len(json.loads(run(capsys, "list", "--json"))) == len(duties.ids())


def test_a_file_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SOUND, "utf-8")
    assert "1 duties, no problem" in run(capsys, "check", str(path))
    out = run(capsys, "due", "--law", str(path), "--from", "known", "2026-03-01T09:00:00+08:00")
    assert "2026-03-02 (Mon) 09:00" in out
    path.write_text(SOUND.replace("24h", "soon"), "utf-8")
    assert f"{path}:21:13: duties.xx-report.period" in run(capsys, "check", str(path), status=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required"),
        (["due", "--law", "cn-493"], "--from"),
        (["due", "--law", "cn-493", "--from", "known", "soon"], "is not understood"),
        (["due", "--law", "cn-493", "--from", "known", "2026-03-01"], "time of day is missing"),
        (["due", "--law", "cn-493", "--from", "held", "2026-03-01"], "occurred, known, received"),
        (["due", "--law", "cn-1", "--from", "held", "2026-03-01"], "There is no law"),
        (["due", "--law", "cn-493", *ACCIDENT, "--duty", "x"], "There is no duty"),
        (["due", "--law", "cn-493", *ACCIDENT, "--tz", "Mars"], "--tz"),
        (["due", "--law", "cn-493", "--from", "known", "2007-05-31T00:00:00Z"], "not in force"),
        (["due", "--law", "cn-493", *ACCIDENT, *ACCIDENT], "given twice"),
        (["due", "--law", "cn-493", *ACCIDENT, "--tz", "localtime"], "--tz"),
        (["due", "--law", "eu-gdpr-33", "--from", "known", "9999-12-31T23:00:00Z"], "1 to 9999"),
        (["due", "--law", "cn-school-drills-2014", "--from", "held", "9999-12-31"], "1 to 9999"),
        (["show", "--law", "cn-493", "--lang", "fr"], "--lang"),
        (["check", "nowhere.yaml"], "No such file"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    err = run(capsys, *arguments, status=2)
    assert words in err
    assert err.count("\n") == 1


def test_the_command_needs_no_django() -> None:
    code = (
        "import sys; from huiyin.cli import main; main(['duty', 'list']);"
        "sys.exit(any(m == 'django' or m.startswith('django.') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
