"""``huiyin plan simulate`` as somebody at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from huiyin import plans
from huiyin.commands import plan

Captured = pytest.CaptureFixture[str]
ON = ["--on", plans.EXAMPLES_DAY]
KEYS = [
    "plan", "version", "called", "reached", "filled", "in_time", "naive", "answered", "there",
    "resilience", "weight", "states", "changes", "rates", "notes", "hours", "level",
]  # fmt: skip


@pytest.mark.parametrize("name", plans.examples())
def test_every_example_is_computed_with_methods(name: str, capsys: Captured) -> None:
    assert plan.main(["simulate", name, "--json", *ON]) == 0
    printed = capsys.readouterr()
    said = json.loads(printed.out)
    assert list(said) == KEYS
    for figure in ("filled", "in_time"):
        for way in ("alone", "common"):
            one = said[figure][way]
            assert 0 <= one["value"] <= 1 and one["method"] in ("exact", "sampled")
            assert (one["method"] == "sampled") == (one["error"] > 0) == (one["runs"] > 0)
    assert said["answered"]["common"] == sorted(said["answered"]["common"])
    assert sum(said["reached"]["common"]) == pytest.approx(1)
    assert said["notes"] and bool(said["rates"]) == bool(said["called"])
    assert len(printed.err.splitlines()) >= 4, "progress is told"


def test_the_same_call_gives_the_same_figures(capsys: Captured) -> None:
    told = []
    for _ in range(2):
        plan.main(["simulate", "kindergarten-fire", "--json", *ON])
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]


@pytest.mark.parametrize(("lang", "word"), [("en", "however late"), ("zh", "不论多晚")])
def test_words_in_the_language_asked_for(lang: str, word: str, capsys: Captured) -> None:
    call = ["simulate", "kindergarten-fire", "--lang", lang, "--hours", "day", *ON]
    assert plan.main(call) == 0
    assert word in capsys.readouterr().out


def test_a_plan_without_its_organisation_says_what_is_assumed(
    tmp_path: Path, capsys: Captured
) -> None:
    alone = tmp_path / "plan.yaml"
    alone.write_bytes(plans.example("kindergarten-fire")[0])
    assert plan.main(["simulate", str(alone), *ON]) == 0
    assert "No organisation file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "word"),
    [(["--level", "nine"], "--level"), (["--on", "soon"], "--on"), (["--hours", "dusk"], "hours")],
)
def test_a_wrong_call_names_the_option(more: list[str], word: str, capsys: Captured) -> None:
    assert plan.main(["simulate", "kindergarten-fire", *more]) == 2
    assert word in capsys.readouterr().err


def test_a_file_that_is_no_plan(tmp_path: Path, capsys: Captured) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("colour: red\n", "utf-8")
    assert plan.main(["simulate", str(bad)]) == 1
    assert plan.main(["simulate", str(tmp_path / "none.yaml")]) == 2
    capsys.readouterr()
