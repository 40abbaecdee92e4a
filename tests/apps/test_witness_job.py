"""The schedule in a real installation: ``huiyin work`` sends what was registered, in processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huiyin.commands import witness
from huiyin.domain import notes

from .test_register_processes import hammered, huiyin, office
from .witness_world import Watcher

pytestmark = pytest.mark.slow
__all__ = ["office"]  # the fixture


@pytest.fixture
def watched(office: dict[str, str], tmp_path: Path) -> Iterator[Watcher]:
    """An office with one witness, and the witness."""
    vkey = huiyin(office, "ledger", "key").stdout.strip()
    folder = tmp_path / "press"
    assert witness.main(["init", str(folder), "--name", "press.example", "--log", vkey]) == 0
    watcher = Watcher("press", folder)
    watcher.start()
    policy = tmp_path / "witnesses"
    policy.write_text(f"witness press {watcher.vkey} {watcher.url}\nquorum press\n", "utf-8")
    office["HUIYIN_WITNESSES"] = str(policy)
    yield watcher
    watcher.kill()


def test_the_worker_sends_checkpoints(office: dict[str, str], watched: Watcher) -> None:
    assert hammered(office, "a", 3) == 0
    done = huiyin(office, "work", "--once")
    assert done.returncode == 0, done.stderr
    seen = watched.seen()
    assert seen is not None and seen.size == 4  # the first leaf: where the settings begin
    assert hammered(office, "b", 2) == 0
    sent = huiyin(office, "ledger", "submit", "--lang", "en")
    assert (sent.returncode, sent.stdout.split("\t")[:2]) == (0, ["press", "6"])
    exported = Path(office["HUIYIN_DATA"]).parent / "out"
    assert huiyin(office, "ledger", "export", str(exported)).returncode == 0
    note = notes.parse_note((exported / "checkpoint").read_text("utf-8"))
    assert [line.name for line in note.signatures] == ["testserver/ledger", "press.example"]
    watched.kill()
    told = huiyin(office, "ledger", "submit", "--lang", "en")
    assert told.returncode == 1
    assert "The witness press does not answer." in told.stdout


def test_an_office_without_witnesses_says_so(office: dict[str, str]) -> None:
    told = huiyin(office, "ledger", "submit", "--lang", "en")
    assert told.returncode == 2
    assert "This office has no witnesses." in told.stderr
