"""How one can be reached and who may know, by API: the own code does it, and nothing else."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from huiyin.cases.consenting import read
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import make
from huiyin.vault import queries as vault
from huiyin.web import api as web_api
from tests.apps import api_world as api
from tests.people import NOW, Town

FOLLOW = "/api/v1/follow"
WHO = {"name": "Zhao Qiang", "phone": "13800138000"}
OPERATIONS = (
    ("get", "/contact", None),
    ("put", "/identity", WHO),
    ("delete", "/identity", None),
    ("put", "/notice", {"email": "heron@example.org"}),
    ("delete", "/notice", None),
    ("post", "/consents", {"unit": "works", "scope": "identity"}),
    ("delete", "/consents/works", None),
)


def send(client: Client, method: str, path: str, body: Any, code: str | None) -> HttpResponse:
    headers = api.receipt(code) if code else {}
    data = json.dumps(body) if body is not None else ""
    return client.generic(method.upper(), FOLLOW + path, data, "application/json", headers=headers)


@pytest.fixture
def mine(client: Client, town: Town) -> tuple[str, str]:
    """Number and code of a case without any identity."""
    given = api.hand_in(client)
    return given["number"], given["code"]


def test_identity_notice_and_consent_come_and_go(client: Client, mine: tuple[str, str]) -> None:
    number, code = mine
    told = send(client, "get", "/contact", None, code).json()
    assert told == {"notice": False, "sealed": [], "scopes": [], "told": [], "seen": 1}
    told = send(client, "put", "/identity?seen=1", WHO, code).json()
    assert told["sealed"] == ["name", "phone"] and told["scopes"] == ["contact", "identity"]
    assert not [word for word in WHO.values() if word in json.dumps(told)], "nor is this"
    given = send(client, "post", "/consents", {"unit": "works", "scope": "contact"}, code)
    assert given.status_code == 201
    assert [(t["unit"], t["scope"]) for t in given.json()["told"]] == [("works", "contact")]
    told = send(client, "put", "/notice", {"email": "heron@example.org"}, code).json()
    assert told["notice"] is True and "heron" not in json.dumps(told), "never shown back"
    told = send(client, "delete", "/consents/works", None, code).json()
    assert told["told"] == [] and told["sealed"] == ["name", "phone"]
    told = send(client, "delete", "/notice", None, code).json()
    assert told["notice"] is False
    told = send(client, "delete", f"/identity?seen={told['seen']}", None, code).json()
    assert told["sealed"] == [] and told["scopes"] == []
    case = Case.objects.get(pk=number)
    assert not vault.has_identity(case.vault)
    assert [e.role for e in history_of(case).events] == ["complainant"] * 7


def test_nothing_answers_without_the_right_code(client: Client, mine: tuple[str, str]) -> None:
    number, _ = mine
    before = len(history_of(Case.objects.get(pk=number)).events)
    for method, path, body in OPERATIONS:
        api.problem(send(client, method, path, body, None), 401, "receipt-code-needed")
        wrong = make(os.urandom(15)).text
        api.problem(send(client, method, path, body, wrong), 404, "code-unknown")
    assert len(history_of(Case.objects.get(pk=number)).events) == before


@pytest.mark.parametrize("name", ["alice", "bob", "sun", "peng", "adam"])
def test_nobody_of_the_office_is_let_in(
    client: Client, town: Town, mine: tuple[str, str], name: str
) -> None:
    """Not by a session, and not by a program's key."""
    number, _ = mine
    client.force_login(town.users[name], "allauth.account.auth_backends.AuthenticationBackend")
    for method, path, body in OPERATIONS:
        api.problem(send(client, method, path, body, None), 401, "receipt-code-needed")
        data = json.dumps(body) if body is not None else ""
        bearer = api.token(town, name) if method == "get" else {"Authorization": "Bearer x"}
        answer = client.generic(
            method.upper(), FOLLOW + path, data, "application/json", headers=bearer
        )
        api.problem(answer, 401, "receipt-code-needed")
    assert len(history_of(Case.objects.get(pk=number)).events) == 1


def test_another_code_reaches_only_its_own_case(client: Client, mine: tuple[str, str]) -> None:
    _, code = mine
    send(client, "put", "/identity", WHO, code)
    other = api.hand_in(client)
    assert send(client, "get", "/contact", None, other["code"]).json()["sealed"] == []
    told = send(client, "delete", "/identity", None, other["code"])
    api.problem(told, told.status_code, "identity-absent")
    assert send(client, "get", "/contact", None, code).json()["sealed"] == ["name", "phone"]


def test_what_was_released_is_read_by_that_unit_alone(
    client: Client, town: Town, mine: tuple[str, str]
) -> None:
    number, code = mine
    send(client, "put", "/identity", WHO, code)
    send(client, "post", "/consents", {"unit": "wages", "scope": "identity"}, code)
    (told,) = read(number, town.actor("sun"), NOW)
    assert told.fields == WHO and told.unit == "wages"
    with pytest.raises(Refusal):
        read(number, town.actor("susan"), NOW)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("put", "/identity", {}, 422, "identity-empty"),
        ("put", "/identity", {"passport": "1"}, 422, None),
        ("put", "/notice", {"email": "nobody"}, 422, "email-malformed"),
        ("delete", "/notice", None, 409, "notice-absent"),
        ("post", "/consents", {"unit": "moon", "scope": "identity"}, 422, "unit-unknown"),
        ("post", "/consents", {"unit": "works", "scope": "all"}, 422, "consent-scope-unknown"),
        ("delete", "/consents/works", None, 404, "release-absent"),
        ("put", "/notice?seen=7", {"email": "a@example.org"}, 409, "stale"),
        ("put", "/notice", {"phone": "13800138000"}, 422, "text-empty"),
        ("put", "/notice", {"phone": "1", "email": "a@example.org"}, 422, "text-empty"),
        ("delete", "/identity?seen=x", None, 422, None),
    ],
)
def test_refusals_are_told_and_change_nothing(
    client: Client,
    mine: tuple[str, str],
    method: str,
    path: str,
    body: Any,
    status: int,
    code: str | None,
) -> None:
    number, key = mine
    if path.startswith("/consents"):
        send(client, "put", "/identity", WHO, key)
    before = len(history_of(Case.objects.get(pk=number)).events)
    api.problem(send(client, method, path, body, key), status, code)
    assert len(history_of(Case.objects.get(pk=number)).events) == before


def test_the_description_names_them_all() -> None:
    paths = web_api.api.get_openapi_schema()["paths"]
    for method, path, _ in OPERATIONS:
        named = "/api/v1/follow" + path.replace("/works", "/{unit}")
        assert paths[named][method]["security"] == [{"ReceiptCode": []}], named
