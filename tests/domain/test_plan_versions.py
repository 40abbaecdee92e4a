"""Versions of a plan: differences in words, and the status that may follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from huiyin import plans as data
from huiyin.domain.errors import Refusal
from huiyin.domain.plans import approving
from huiyin.domain.plans.comparing import Change, compare
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.reading import items, plan_of, read_plan
from huiyin.domain.plans.showing import show
from huiyin.domain.plans.writing import as_data
from tests.strategies_plans import plans

DAY = date(2026, 11, 22)


def _example(**edits: object) -> Plan:
    plan = read_plan(data.example("chemical-leak")[0])[0]
    return replace(plan, about=replace(plan.about, **edits)) if edits else plan


def _edited(path: str, value: object) -> Plan:
    found = as_data(_example())
    *way, last = path.split("/")
    here = found
    for step in way:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return plan_of(items(found))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans())
def test_a_plan_does_not_differ_from_itself(plan: Plan) -> None:
    assert compare(plan, plan) == []


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans(), plans())
def test_no_difference_means_equal(one: Plan, other: Plan) -> None:
    changes = compare(one, other)
    assert bool(changes) == (one != other)
    for change in changes:
        for language in ("zh-Hans", "zh-Hant", "en"):
            assert change.at in change.said(language)


def _one(path: str, value: object) -> Change:
    changes = compare(_example(), _edited(path, value))
    assert len(changes) == 1, changes
    return changes[0]


def test_a_changed_value_is_told_from_and_to() -> None:
    said = _one("roles/rescue/within", "PT12M").said("en")
    assert said == "/roles/rescue/within (Leak control team): from “PT10M” to “PT12M”"


def test_what_is_added_and_removed_is_told_by_title() -> None:
    assert _one("tasks/costs", None).said("en") == "/tasks/costs (Record losses and costs): removed"
    back = compare(_edited("tasks/costs", None), _example())
    assert [c.said("zh-Hans") for c in back] == ["/tasks/costs (登记损失和支出): 新增"]


def test_lists_and_texts_are_told_in_the_language() -> None:
    assert "「p10、p11」改為「p10」" in _one("roles/rescue/deputies", ["p10"]).said("zh-Hant")
    text = {"zh-Hans": "结束", "en": "Over"}
    assert "to “Over”" in _one("demobilisation/criteria", text).said("en")


# --- status ------------------------------------------------------------------------------------


def _finding(severity: str, accepted: str = "") -> Finding:
    return Finding("some-rule", severity, "plan", "/plan", 1, "", "", "own", accepted)


def _code(run: object, *arguments: object) -> str:
    with pytest.raises(Refusal) as caught:
        run(*arguments)  # type: ignore[operator]
    return caught.value.code


def test_from_draft_to_superseded() -> None:
    draft = _example(status="draft", approval=None)
    review = approving.submit(draft)
    approved = approving.approve(review, [], "plant-manager", "p03", DAY)
    assert approved.about.status == "approved"
    assert approved.about.approval is not None
    assert (approved.about.approval.by, approved.about.approval.table_top) == (
        "plant-manager",
        "walk-2026",
    )
    following = approving.revise(approved, "3.1", DAY)
    assert (following.about.status, following.about.replaces) == ("draft", "3.0")
    assert following.about.approval is None
    newer = replace(following, about=replace(following.about, status="approved"))
    assert approving.supersede(approved, newer).about.status == "superseded"


@pytest.mark.parametrize("status", ["draft", "review", "approved", "superseded"])
def test_only_the_next_status_is_open(status: str) -> None:
    plan = _example(status=status)
    for run, wanted in ((approving.submit, "review"), (approving.send_back, "draft")):
        if wanted in approving.NEXT[status]:
            assert run(plan).about.status == wanted
        else:
            assert _code(run, plan) == "plan-status"


def test_approval_needs_a_table_top_exercise_of_this_version() -> None:
    review = _example(status="review", approval=None)
    arguments = ([], "plant-manager", "p03")
    assert _code(approving.approve, review, *arguments, date(2026, 9, 9)) == "plan-not-rehearsed"
    other = replace(review, about=replace(review.about, version="3.1"))
    assert _code(approving.approve, other, *arguments, DAY) == "plan-not-rehearsed"


def test_approval_needs_another_person_and_no_open_error() -> None:
    review = _example(status="review", approval=None)
    assert _code(approving.approve, review, [], "p03", "p03", DAY) == "plan-same-person"
    wrong = [_finding("error")]
    assert _code(approving.approve, review, wrong, "p01", "p03", DAY) == "plan-has-errors"
    fine = [_finding("warning"), _finding("error", "2026-12-31")]
    assert approving.approve(review, fine, "p01", "p03", DAY).about.status == "approved"


def test_a_version_is_superseded_only_by_the_one_that_says_so() -> None:
    approved = _example()
    assert _code(approving.supersede, approved, approved) == "plan-not-replaced"
    newer = approving.revise(approved, "4", DAY)
    assert _code(approving.supersede, approved, newer) == "plan-not-replaced"
    assert _code(approving.revise, approved, "3.0", DAY) == "plan-version-taken"
    assert _code(approving.revise, newer, "5", DAY) == "plan-status"


# --- show --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("name", data.examples())
def test_every_field_and_value_has_a_name(name: str, language: str) -> None:
    """A label that lacks shows as the bare key; each key of the file is looked up."""
    plan = read_plan(data.example(name)[0])[0]
    page = show(plan, None, data.labels(), language)
    assert plan.about.title.get(language, plan.about.title["zh-Hans"]) in page
    for entry in data.labels()["fields"].values():
        assert entry[language]


def test_labels_name_all_blocks_fields_and_values() -> None:
    from huiyin.domain.plans.fields import key_of, kinds_of

    labels, seen = data.labels(), set()
    blocks = [Plan]
    while blocks:
        block = blocks.pop()
        for name, kind in kinds_of(block).items():
            if kind.of is not None and kind.of not in seen:
                seen.add(kind.of)
                blocks.append(kind.of)
            section = "blocks" if block is Plan else "fields"
            assert key_of(name, kind) in labels[section], (block, name)
            if kind.name in ("choice", "choices"):
                for value in kind.accepted:
                    spoken = value and value[0].islower() and name != "languages"
                    assert not spoken or value in labels["values"], (block, name, value)


def test_a_person_is_shown_by_post_or_id_and_never_by_name() -> None:
    from huiyin.domain.plans.reading import read_organisation

    plan, organisation = data.example("chemical-leak")
    page = show(read_plan(plan)[0], read_organisation(organisation)[0], data.labels(), "zh-Hans")
    assert "厂长" in page and "演示人" not in page and "+861200000" not in page
