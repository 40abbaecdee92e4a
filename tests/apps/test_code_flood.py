"""A flood of wrong codes: nothing is written any more, and a right code opens its case."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.portal import limits
from huiyin.portal.acts import find_case
from huiyin.portal.models import Tally
from tests.people import Town


def wrong(address: str) -> str:
    """Try a code that no case has; returns the code of the refusal."""
    with pytest.raises(Refusal) as caught:
        find_case(receipts.make(os.urandom(15)).text, address, timezone.now())
    return caught.value.code


def test_a_flood_writes_nothing_and_keeps_nobody_out(
    town: Town, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HUIYIN_CODE_TRIES = 2
    monkeypatch.setattr(limits, "NETWORKS", 3)
    now = timezone.now().replace(second=1)
    monkeypatch.setattr(timezone, "now", lambda: now)  # one minute for the whole test
    _, code = town.hand_in()
    assert [wrong(f"10.0.{n}.1") for n in range(6)] == ["code-unknown"] * 6
    rows = Tally.objects.count()
    with CaptureQueriesContext(connection) as asked:
        assert [wrong(f"10.1.{n}.1") for n in range(20)] == ["too-many-tries"] * 20
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    assert len(asked) == 3 * 20, "the network's count, the look-up, the count of all"
    assert Tally.objects.count() == rows
    assert find_case(code.text, "192.0.2.7", timezone.now()).code == code


def test_a_wrong_code_is_one_small_transaction(town: Town) -> None:
    wrong("10.0.0.1")
    with CaptureQueriesContext(connection) as asked:
        wrong("10.0.0.1")
    writes = [q["sql"] for q in asked if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert len(writes) == 2 and all(sql.startswith("UPDATE") for sql in writes)
