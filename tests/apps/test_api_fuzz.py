"""Schemathesis sends what the OpenAPI document allows and what it does not: never a 5xx, and
every answer as documented. Bounded and seeded; what a longer run finds becomes a test elsewhere.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks

from huiyin.web.wsgi import application
from tests.apps import api_world as api
from tests.people import Town

bounded = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    database=None,
)
checks.load_all_checks()
CHECKS = checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


def _operations(client: Client) -> list[Any]:
    document = client.get("/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    return [found.ok() for found in schema.get_all_operations()]


def _keys(town: Town, client: Client) -> dict[str, dict[str, str]]:
    """The headers with which the two kinds of callers are let in, and a case of each."""
    given_case = api.hand_in(client)
    town.act("alice", given_case["number"], "accept")
    return {
        "follow": api.receipt(given_case["code"]),
        "office": api.token(town, "alice"),
        "number": {"number": given_case["number"]},
    }


def _headers(path: str, keys: dict[str, dict[str, str]]) -> dict[str, str]:
    kind = "follow" if "/follow" in path else "office"
    return {"Host": "testserver", **keys[kind]}


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("known", [True, False])
def test_no_request_breaks_the_api_or_its_document(
    client: Client, town: Town, mode: GenerationMode, known: bool, subtests: pytest.Subtests
) -> None:
    keys = _keys(town, client)
    operations = _operations(client)
    assert len(operations) >= 13
    for operation in operations:
        with subtests.test(operation=operation.label):
            _fuzz(operation, mode, keys if known else None)


def _fuzz(operation: Any, mode: GenerationMode, keys: dict[str, dict[str, str]] | None) -> None:
    asked = 0

    @seed(20261121)
    @bounded
    @given(case=operation.as_strategy(generation_mode=mode))
    def sends(case: Any) -> None:
        nonlocal asked
        headers = _headers(operation.path, keys) if keys else {"Host": "testserver"}
        if keys and case.path_parameters and "number" in case.path_parameters and asked % 2:
            case.path_parameters = {**case.path_parameters, **keys["number"]}
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)
        asked += 1
        if answer.status_code >= 400:
            told = json.loads(answer.content)
            assert told["status"] == answer.status_code and told["code"] and told["title"]

    try:
        sends()
    except Unsatisfiable:
        # An operation that takes nothing cannot be asked wrongly.
        assert mode is GenerationMode.NEGATIVE and not asked
