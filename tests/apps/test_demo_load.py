"""Loading starter content and the demo town into an empty installation."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from huiyin.cases.models import Case, Category
from huiyin.cases.queries import history_of
from huiyin.cases.submitting import HandIn, submit
from huiyin.demo import load
from huiyin.demo.accounts import PASSWORD
from huiyin.demo.codes import code_of
from huiyin.demo.files import cases, read
from huiyin.domain.receipts import lookup_id, make
from huiyin.people.models import Membership, Unit, User

NOW = datetime(2026, 11, 21, 13, 40, tzinfo=UTC)


def test_starter_content_can_receive_at_once(db: None, keys: Path) -> None:
    load.starter()
    assert Unit.objects.count() == 1 and not User.objects.exists()
    leaf = Category.objects.exclude(parent=None).order_by("order")[0]
    command = HandIn(category=leaf.id, text="The lamp is out.", language="en")
    handed = submit(command, code=make(bytes(range(15))), now=NOW)
    assert handed.case.unit_id == read("starter")["unit"]["id"]


@pytest.mark.slow
def test_the_demo_town_loads_and_stands_where_its_scripts_say(db: None, keys: Path) -> None:
    load.demo(say=False, now=NOW)
    assert Case.objects.count() == len(cases()) == 200
    assert Case.objects.filter(owner=None).count() >= 3
    assert User.objects.filter(username="auditor").get().check_password(PASSWORD)
    assert Membership.objects.values("role").distinct().count() == 9
    found = {bytes(c.lookup): c for c in Case.objects.all()}
    for case in cases():
        row = found[lookup_id(code_of(case["id"]))]
        assert row.language == case["language"].lower(), case["id"]
        if not case["scenario"].endswith("-new"):
            assert row.summary == case["summary"], case["id"]


@pytest.mark.slow
def test_numbers_follow_time(db: None, keys: Path) -> None:
    load.demo(say=False, now=NOW)
    rows = list(Case.objects.order_by("year", "serial"))
    assert [r.started for r in rows] == sorted(r.started for r in rows)
    assert rows[0].started < NOW - timedelta(days=690)
    first = history_of(rows[0])
    moments = [event.at for event in first.events]
    assert moments == sorted(moments) and first.state.answered
    assert max(Counter((r.year, r.serial) for r in rows).values()) == 1
