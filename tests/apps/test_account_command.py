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


POSTS = """
from huiyin.commands import installation
installation.configure()
installation.prepare(demo=False, say=False)
from huiyin.history.models import Event
from huiyin.history.queries import read
for row in Event.objects.filter(type__startswith="post-").order_by("seq"):
    print(row.type, sorted(read(row.index, row.body).event.data.items()))
"""


def test_every_change_of_a_post_is_an_event(folder: Folder) -> None:
    add = ("add", "mei", "--role", "administrator", "--unit", "office", "--password-stdin")
    assert folder.account(*add, said=PASSWORD).returncode == 0
    assert folder.run("-c", POSTS).stdout == ""
    made = folder.account("post", "head", "--unit", "office", "--called", "en=Head")
    assert made.returncode == 0, made.stderr
    assert folder.account("hold", "mei", "head").returncode == 0
    assert folder.account("leave", "mei", "head").returncode == 0
    said = folder.run("-c", POSTS).stdout.splitlines()
    assert [line.split()[0] for line in said] == ["post-added", "post-taken", "post-left"]
    assert all("('thing', 'post:head')" in line for line in said)
    assert "('account', '1')" in said[1] and "mei" not in " ".join(said)
    # What changes nothing is refused and is no event.
    again = folder.account("leave", "mei", "head")
    assert again.returncode == 2 and "does not hold" in again.stderr
    assert folder.account("post", "head", "--unit", "office", "--called", "en=X").returncode == 2
    assert len(folder.run("-c", POSTS).stdout.splitlines()) == 3
