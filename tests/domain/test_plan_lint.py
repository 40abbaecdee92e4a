"""The lint as a whole: what was accepted, order, lines, words; and the command that runs it."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiyin import plans
from huiyin.cli import main
from huiyin.domain.plans.findings import LANGUAGES, Finding, line_of
from huiyin.domain.plans.linting import Files, lint, open_findings
from huiyin.domain.plans.model import Plan, Suppression
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.reading import items, plan_of, read_organisation, read_plan
from tests.domain.plan_changes import PLAN, TODAY, two
from tests.strategies_plans import organisations
from tests.strategies_plans import plans as any_plans

TWIN = Path(__file__).resolve().parents[1] / "data" / "broken_plans" / "kindergarten-fire.yaml"


def _edited(path: str, value: Any) -> Plan:
    found = copy.deepcopy(PLAN)
    *way, last = path.split("/")
    here: Any = found
    for step in way:
        here = here[step]
    here[last] = value
    return plan_of(items(found))


def _lint(plan: Plan, language: str = "en", today: date = TODAY) -> list[Finding]:
    organisation = read_organisation(plans.example("chemical-leak")[1])[0]
    law, words, labels = plans.laws(), plans.catalogue(), plans.labels()
    return lint(plan, organisation, today, law, words, language, None, labels)


def _accepting(plan: Plan, rule: str, where: str, until: date) -> Plan:
    line = Suppression(rule=rule, at=where, reason=two("理由", "reason"), until=until)
    return replace(plan, accepted=(line,))


BROKEN = (
    _edited("demobilisation/handover", two("上访", "x")),
    _edited("tasks/costs/finish-by", "PT1S"),
)


@pytest.mark.parametrize("where", ["", "/tasks", "/tasks/costs", "/tasks/costs/finish-by"])
def test_what_is_accepted_at_or_above_the_place_is_not_open(where: str) -> None:
    plan = _accepting(BROKEN[1], "structure-limit-impossible", where, TODAY)
    found = _lint(plan)
    assert open_findings(found) == []
    assert [f.accepted for f in found] == ["2026-11-22"]


@pytest.mark.parametrize("where", ["/tasks/cost", "/roles", "/tasks/costs/title"])
def test_what_is_accepted_elsewhere_stays_open_and_the_line_is_told(where: str) -> None:
    plan = _accepting(BROKEN[1], "structure-limit-impossible", where, TODAY)
    assert {f.rule for f in open_findings(_lint(plan))} == {
        "structure-limit-impossible",
        "accepted-unused",
    }


def test_the_day_after_its_last_it_is_open_again() -> None:
    plan = _accepting(BROKEN[1], "structure-limit-impossible", "", date(2026, 11, 21))
    assert {f.rule for f in open_findings(_lint(plan))} == {
        "structure-limit-impossible",
        "accepted-expired",
    }


def test_a_rule_that_does_not_exist_cannot_be_accepted() -> None:
    found = open_findings(_lint(_accepting(BROKEN[1], "no-such-rule", "", TODAY)))
    assert "accepted-unknown" in {f.rule for f in found}


def test_a_hard_limit_cannot_be_accepted() -> None:
    plan = _accepting(BROKEN[0], "limit-people-as-hazard", "", TODAY)
    assert {f.rule for f in open_findings(_lint(plan))} == {
        "limit-people-as-hazard",
        "accepted-forbidden",
    }


def test_no_hazard_of_the_list_is_made_of_people() -> None:
    from huiyin.domain.plans.grounds import HAZARDS
    from huiyin.domain.plans.rules.limits import GATHERINGS

    for hazard in HAZARDS:
        named = [hazard, *plans.labels()["values"][hazard].values()]
        assert not any(word in name for word in GATHERINGS for name in named)


def test_words_of_the_format_are_told_in_the_language() -> None:
    plan = replace(BROKEN[1], muster=None)
    text = {f.rule: f.text for f in _lint(plan, "zh-Hans")}["muster-none"]
    assert "泄漏" in text and "leak" not in text


def test_a_line_is_that_of_the_place_or_of_the_block_around_it() -> None:
    _, top = read_plan(TWIN.read_bytes())
    lines = TWIN.read_text("utf-8").splitlines()
    assert lines[line_of(top, "/roles/commander/holders") - 1].strip() == "holders: [head]"
    assert lines[line_of(top, "/roles/commander/deputies") - 1].strip() == "commander:"
    assert line_of(None, "/roles") == 0


def test_findings_come_in_the_order_of_the_file() -> None:
    plan, top = read_plan(TWIN.read_bytes())
    found = lint(plan, None, TODAY, plans.laws(), plans.catalogue(), "en", Files(top))
    assert [f.line for f in found] == sorted(f.line for f in found)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_plans(), st.one_of(st.none(), organisations()), st.sampled_from(LANGUAGES))
def test_whatever_a_plan_says_lint_answers(
    plan: Plan, organisation: Organisation | None, language: str
) -> None:
    """Dangling names, circles and nonsense are findings, never a fall."""
    law, words, labels, land = plans.laws(), plans.catalogue(), plans.labels(), plans.land()
    found = lint(plan, organisation, TODAY, law, words, language, None, labels, land)
    assert all(f.text and f.remedy for f in found)


def test_a_long_chain_of_tasks_is_no_burden() -> None:
    data = copy.deepcopy(PLAN)
    task = {"title": two("某", "x"), "role": "finance", "phase": "control", "takes": "PT1S"}
    data["tasks"] |= {f"t{n}": {**task, "after": [f"t{n - 1}"] if n else []} for n in range(5000)}
    found = _lint(plan_of(items(data)))
    assert {f.rule for f in found} == {"tasks-no-limit"}


def test_without_an_organisation_names_count_as_people() -> None:
    plan = read_plan(plans.example("chemical-leak")[0])[0]
    assert lint(plan, None, TODAY, plans.laws(), plans.catalogue()) == []


# --- the command -------------------------------------------------------------------------------


def test_command_says_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "lint", "chemical-leak", "--today", plans.EXAMPLES_DAY]) == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings, 0 notes\n"


def test_command_tells_findings_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    organisation = str(TWIN.with_suffix(".org.yaml"))
    call = ["plan", "lint", str(TWIN), "--org", organisation, "--today", plans.EXAMPLES_DAY]
    assert main([*call, "--lang", "zh"]) == 1
    out = capsys.readouterr().out
    assert f"{TWIN}:131: error: 岗位“总指挥”没有替补。 [roles-no-deputy]" in out
    assert f"{organisation}:54: error:" in out


def test_json_is_stable(capsys: pytest.CaptureFixture[str]) -> None:
    call = ["plan", "lint", str(TWIN), "--json", "--today", plans.EXAMPLES_DAY]
    assert main(call) == 1
    first = capsys.readouterr().out
    main(call)
    assert capsys.readouterr().out == first
    answer = json.loads(first)
    assert list(answer) == [
        "format",
        "plan",
        "version",
        "organisation",
        "today",
        "open",
        "accepted",
        "findings",
    ]
    keys = ["rule", "severity", "file", "at", "line", "text", "remedy", "source", "accepted"]
    assert all(list(f) == keys for f in answer["findings"])
    assert sum(answer["open"].values()) + answer["accepted"] == len(answer["findings"])


def test_a_note_alone_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from huiyin.domain.plans.writing import write

    file = tmp_path / "p.yaml"
    file.write_text(write(_edited("demobilisation/handover", two("交", "x"))), "utf-8")
    assert main(["plan", "lint", str(file), "--today", "2026-11-22"]) == 0
    trimmed = copy.deepcopy(PLAN)
    del trimmed["demobilisation"]["handover"]
    file.write_text(write(plan_of(items(trimmed))), "utf-8")
    assert main(["plan", "lint", str(file), "--today", "2026-11-22"]) == 0
    assert "1 notes" in capsys.readouterr().out


WRONG_CALLS = [
    ["plan"],
    ["plan", "lint"],
    ["plan", "lint", "chemical-leak", "--today", "soon"],
    ["plan", "lint", "chemical-leak", "--lang", "xx"],
    ["plan", "lint", "no-such-file.yaml"],
    ["plan", "export", str(TWIN), "--organisation"],
    ["plan", "burn"],
]


@pytest.mark.parametrize("call", WRONG_CALLS)
def test_a_wrong_call_is_told_in_one_line(
    call: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(call) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_check_tells_every_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "check", "kindergarten-fire"]) == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text("plan: {id: x}\n", "utf-8")
    assert main(["plan", "check", str(bad)]) == 1
    assert "nothing was loaded" in capsys.readouterr().out
    assert main(["plan", "check", str(bad), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["valid"] is False


def test_fifty_megabytes_are_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(50_000_000)
    assert main(["plan", "lint", str(huge)]) == 1
    assert "50000000 bytes" in capsys.readouterr().out


def test_diff_show_export_rules_and_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "diff", "kindergarten-fire", "kindergarten-fire"]) == 0
    assert main(["plan", "diff", "kindergarten-fire", str(TWIN), "--lang", "zh-Hant"]) == 1
    assert "/roles/commander/deputies" in capsys.readouterr().out
    assert main(["plan", "diff", "kindergarten-fire", str(TWIN), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)
    assert main(["plan", "show", "township-flood", "--lang", "zh"]) == 0
    assert "# 镇防汛和地质灾害应急预案" in capsys.readouterr().out
    out = tmp_path / "out.yaml"
    assert main(["plan", "export", "township-flood", "--out", str(out)]) == 0
    original = read_plan(plans.example("township-flood")[0])[0]
    assert read_plan(out.read_bytes())[0] == original
    assert main(["plan", "export", "township-flood", "--organisation"]) == 0
    assert "演示人" not in capsys.readouterr().out
    assert main(["plan", "export", "township-flood", "--organisation", "--private"]) == 0
    assert "演示人" in capsys.readouterr().out
    assert main(["plan", "rules", "--lang", "zh-Hant"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(plans.catalogue())
    assert main(["plan", "examples"]) == 0
    assert "chemical-leak-card" in capsys.readouterr().out
