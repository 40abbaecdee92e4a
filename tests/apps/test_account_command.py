"""``huiyin account`` in a real folder: before the register begins, and after it has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """
from huiyin.commands import installation
installation.configure()
installation.prepare(demo=False, say=False)
from huiyin.history.models import Event
for event in Event.objects.order_by("seq"):
    print(event.stream, event.seq, event.type, event.role)
"""


class Folder:
    """An installation of its own and its command line."""

    def __init__(self, data: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
        self.environment = environment | {"HUIYIN_DATA": str(data), "PYTHONPATH": "src"}

    def run(self, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python with ``words``."""
        return subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            input=said,
            capture_output=True,
            text=True,
        )

    def account(self, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """``huiyin account …``."""
        return self.run("-m", "huiyin", "account", *words, said=said)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty one."""
    return Folder(tmp_path / "data")


PASSWORD = "a calm river keeps its stones\n"


def test_the_first_accounts_stand_in_the_registers_first_event(folder: Folder) -> None:
    add = ("add", "mei", "--role", "administrator", "--unit", "office", "--password-stdin")
    assert folder.account(*add, said=PASSWORD).returncode == 0
    assert folder.run("-c", BEGIN).stdout.split("\n")[0] == "settings 1 settings-begun system"
    # From now on every change is an event of its own.
    again = folder.account("grant", "mei", "--role", "owner", "--unit", "office")
    assert again.returncode == 0, again.stderr
    reset = folder.account("reset", "mei")
    assert re.fullmatch(r"(?:[a-z2-7]{4}-){5}[a-z2-7]{4}\n", reset.stdout)
    assert folder.account("end", "mei", "--role", "owner", "--unit", "office").returncode == 0
    types = [line.split()[2] for line in folder.run("-c", BEGIN).stdout.splitlines()]
    assert types == ["settings-begun", "role-given", "password-reset", "role-ended"]


def test_the_last_administrator_stays_and_the_words_say_so(folder: Folder) -> None:
    add = ("add", "mei", "--role", "administrator", "--unit", "office", "--password-stdin")
    folder.account(*add, said=PASSWORD)
    refused = folder.account("close", "mei")
    assert refused.returncode == 2 and "last administrator" in refused.stderr
    assert "closed" not in folder.account("list").stdout
    unknown = folder.account("close", "nobody")
    assert unknown.returncode == 2 and "no account named nobody" in unknown.stderr
