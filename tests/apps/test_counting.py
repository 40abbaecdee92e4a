"""What sign-in counts holds for every process, names nobody and runs nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from huiyin.people.counting import CountingCache
from huiyin.people.models import Counted
from tests.people import Town


@pytest.fixture(autouse=True)
def empty(db: None) -> None:
    cache.clear()


def test_it_is_a_cache() -> None:
    assert isinstance(cache._connections[cache._alias], CountingCache)
    assert cache.get("a") is None and cache.get("a", 7) == 7
    assert cache.add("a", [1.5], 60) and not cache.add("a", [2], 60)
    assert cache.get("a") == [1.5]
    cache.set("a", {"n": 3}, 60)
    cache.set("b", True, 60)
    assert (cache.get("a"), cache.get("b")) == ({"n": 3}, True)
    assert cache.delete("a") and not cache.delete("a") and "b" in cache
    assert cache.touch("b", 90) and not cache.touch("a")
    cache.clear()
    assert not Counted.objects.exists()


def test_what_is_over_is_as_if_it_had_not_been_and_goes() -> None:
    cache.set("old", 1, -1)
    assert cache.get("old") is None and not cache.touch("old")
    assert cache.add("old", 2, 60), "a lock whose holder died is free again"
    cache.set("older", 1, -1)
    cache.set("new", 1, 60)
    assert Counted.objects.count() == 2, "old and new; what was over was swept"
    cache.set("ever", 1, None)
    assert cache.get("ever") == 1


def test_a_row_names_neither_account_nor_address(town: Town, client: Client) -> None:
    for _ in range(3):
        client.post(
            reverse("account_login"),
            {"login": "bob", "password": "wrong words of Bob"},
            REMOTE_ADDR="198.51.100.7",
        )
    rows = list(Counted.objects.all())
    assert rows and all(len(bytes(row.id)) == 32 for row in rows)
    told = "".join(bytes(row.id).hex() + row.value for row in rows)
    assert not [word for word in ("bob", "198.51", "login", "wrong") if word in told.lower()]
    for row in rows:
        json.loads(row.value)


def test_a_value_is_never_run() -> None:
    """A pickle from the table would be code of whoever can write there."""
    cache.set("a", 1, 60)
    Counted.objects.update(value="cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(ValueError):
        cache.get("a")


COUNT = """
import sys
from huiyin.commands import installation
installation.configure()
installation.prepare(demo=False, say=False, register=False)
from django.core.cache import cache
print(cache.add("lock", True, 60), cache.get("tries", 0))
cache.set("tries", cache.get("tries", 0) + 1, 60)
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="makes a folder of its own")
def test_another_process_counts_on(tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
    environment = {**kept, "HUIYIN_DATA": str(tmp_path / "data"), "PYTHONPATH": "src"}
    said = [
        subprocess.run(
            [sys.executable, "-c", COUNT],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for _ in range(3)
    ]
    assert said == ["True 0", "False 1", "False 2"]
