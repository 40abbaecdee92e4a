"""What the tests of the API share: short ways to call it, and what nothing half-written means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from huiyin.people.acts import make_token
from tests.people import Town

CASES = "/api/v1/cases"
# A text that occurs nowhere by chance: whoever finds it in an answer has seen a case's content.
PLANTED = "The lamp at Crane Bridge hums like a heron in spring."
LETTER = {"category": "roads", "place": "jixi", "text": PLANTED, "language": "en"}


def send(client: Client, path: str, body: Any, **headers: str) -> HttpResponse:
    """POST a value as JSON."""
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def hand_in(client: Client, **more: Any) -> dict[str, Any]:
    """Hand in by the API and give back the answer."""
    answer = send(client, CASES, {**LETTER, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def receipt(code: str) -> dict[str, str]:
    """The header with which a complainant shows the code."""
    return {"Authorization": f"Receipt {code}"}


def token(town: Town, name: str) -> dict[str, str]:
    """The header with which a program shows a fresh token of one of the cast."""
    from django.utils import timezone

    entropy = f"token of {name}".encode().ljust(32, b".")
    return {"Authorization": f"Bearer {make_token(name, 'test', entropy, timezone.now())}"}


def problem(answer: HttpResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """Assert that an answer is RFC 9457 and give back its body."""
    assert answer.status_code == status, (answer.status_code, answer.content[:600])
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "data"}
    assert body["status"] == status and body["title"] and body["detail"]
    assert body["type"] == f"/errors/{body['code']}"
    if code is not None:
        assert body["code"] == code, body
    return body


# Rows that remember nothing of a case: counters against guessing.
_NOT_WRITTEN = {"portal.Tally", "portal.LeafCount", "portal.LeafCounted"}


def rows() -> dict[str, int]:
    """How many rows each table has, and how large the register is."""
    from huiyin.register.models import Head

    counts = {
        m._meta.label: m.objects.count()
        for m in apps.get_models()
        if m._meta.label not in _NOT_WRITTEN
    }
    head = Head.objects.first()
    return {**counts, "size of the register": head.size if head else 0}


@contextmanager
def nothing_written() -> Iterator[None]:
    """Assert that what happens inside leaves no row behind."""
    before = rows()
    yield
    assert rows() == before
