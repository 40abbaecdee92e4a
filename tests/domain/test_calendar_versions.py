"""A shipped table that changes gets a new version, or open cases would move in silence."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import pytest

from huiyin import calendars

KNOWN = json.loads(
    (Path(__file__).parent.parent / "data" / "calendar-versions.json").read_text("utf-8")
)


@pytest.mark.parametrize("id", sorted(KNOWN))
def test_a_table_is_what_its_version_says(id: str) -> None:
    """On failure: raise `version` in the table, then write the new pair into the data file."""
    raw = files("huiyin.calendars").joinpath(f"{id}.toml").read_bytes()
    found = {"version": calendars.load(id).version, "sha256": hashlib.sha256(raw).hexdigest()}
    assert found == KNOWN[id]


def test_every_shipped_table_is_known() -> None:
    assert set(KNOWN) == calendars._shipped()
