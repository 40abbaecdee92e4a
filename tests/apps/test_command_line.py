"""Commands at the edges: where no installation is, and where nobody reads on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.commands.backup import backup
from huiyin.domain.errors import Refusal
from tests.people import NOW

NOWHERE = {
    "ledger check": "check", "ledger key": "key", "ledger export": "export {out}",
    "ledger openings": "openings {out} --auditor age1x", "ledger submit": "submit",
    "ledger new-origin": "new-origin", "erase": "--due", "rebuild": "", "work": "--once",
    "backup": "{out}", "officers": "list",
}  # fmt: skip


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    return subprocess.run(
        [sys.executable, "-m", "huiyin", *words], capture_output=True, text=True, check=False,
        env=kept | environment,
    )  # fmt: skip


@pytest.mark.parametrize("command", NOWHERE)
def test_where_no_installation_is_one_line_says_so_and_nothing_is_written(
    command: str, tmp_path: Path
) -> None:
    data = tmp_path / "missing"
    words = NOWHERE[command].format(out=tmp_path / "out").split()
    done = run(command.split()[0], *words, HUIYIN_DATA=str(data))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and f"no installation in {data}" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        "help", "pack show cn-xinfang-2022", "pack list", "calendar list", "ledger --help",
        "plan rules", "plan schema", "plan show kindergarten-fire", "duty list",
        "duty show --law cn-493",
    ],
)  # fmt: skip
def test_a_reader_that_goes_away_is_no_error(words: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # ``| head`` that has seen enough
    done = subprocess.run(
        [sys.executable, "-m", "huiyin", *words.split()], stdout=writing, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


@pytest.mark.django_db
def test_a_backup_is_whole_or_not_there(keys: Path, tmp_path: Path) -> None:
    out, phrase = tmp_path / "out", "a calm river keeps its stones today"
    with pytest.raises(FileNotFoundError):
        backup(out, tmp_path / "missing" / "keys", phrase, NOW)
    with pytest.raises(Refusal, match="passphrase-weak"):
        backup(out, tmp_path / "keys-copy", "short", NOW)
    assert not out.exists() and not (tmp_path / "keys-copy").exists()
