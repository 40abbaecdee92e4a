"""The JSON Schema against another library's judgement: it takes what we write and refuses slips."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from huiyin import plans as data
from huiyin.cli import main
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.schema import schema
from huiyin.domain.plans.writing import as_data
from tests.domain.plan_changes import ORGANISATION, PLAN
from tests.strategies_plans import organisations, plans

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
OF_PLAN = jsonschema_rs.Draft202012Validator(schema(Plan, {}))
OF_ORGANISATION = jsonschema_rs.Draft202012Validator(schema(Organisation, {}))


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(schema(Plan, {"plan": "Plan"}))
    jsonschema_rs.meta.validate(schema(Organisation, {}))


@SLOW
@given(plans())
def test_every_plan_that_we_write_is_valid(plan: Plan) -> None:
    OF_PLAN.validate(as_data(plan))


@SLOW
@given(organisations())
def test_every_organisation_that_we_write_is_valid(organisation: Organisation) -> None:
    OF_ORGANISATION.validate(as_data(organisation))


class _Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: numbers are numbers, ``yes`` and days are texts."""


_Core.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if not tag.endswith((":bool", ":timestamp"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("name", data.examples())
def test_an_example_as_an_editor_reads_it_is_valid(name: str) -> None:
    plan, organisation = (yaml.load(file, Loader=_Core) for file in data.example(name))
    OF_PLAN.validate(plan)
    OF_ORGANISATION.validate(organisation)


SLIPS: list[tuple[str, Any]] = [
    ("plan/status", "done"),
    ("roles/rescue/minimum", 0),
    ("roles/rescue/within", "soon"),
    ("roles/rescue/minimumm", 1),
    ("plan/review-due", 2028),
    ("roles/Big Role", {}),
    ("muster/points/north-gate/place", ["1"]),
    ("plan/title", {"xx": "?"}),
]


@pytest.mark.parametrize(("path", "value"), SLIPS)
def test_a_slip_is_refused(path: str, value: Any) -> None:
    edited = copy.deepcopy(PLAN)
    *way, last = path.split("/")
    here: Any = edited
    for step in way:
        here = here[step]
    here[last] = value
    assert OF_PLAN.is_valid(PLAN) and not OF_PLAN.is_valid(edited)


def test_command_prints_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "schema", "--lang", "zh"]) == 0
    assert json.loads(capsys.readouterr().out)["properties"]["roles"]["title"] == "岗位"
    assert main(["plan", "schema", "--organisation"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert jsonschema_rs.is_valid(printed, ORGANISATION)
