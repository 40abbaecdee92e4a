"""Many at once, on a real file and on a real server: numbers without gap, nobody overwritten.

Real processes with real threads and real commits, in an installation of their own. PostgreSQL
is used where HUIYIN_TEST_POSTGRES names a server, and left out by name elsewhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from huiyin.domain.receipts import parse_number
from huiyin.domain.verification import verify_receipt

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
CASES = "/api/v1/cases"
TEXT = "The lamp by the bridge is dark."
PREPARE = """
from huiyin.commands.installation import configure, prepare
configure(); prepare(demo=False, say=False)
from huiyin.people import acts
from huiyin.people.models import Unit
from django.utils import timezone
unit = Unit.objects.order_by("order").first().id
for name in ("one", "two"):
    acts.add_account(name, "a calm river keeps its stones")
    acts.grant(name, "registrar", unit)
    print(acts.make_token(name, "test", name.encode().ljust(32, b"."), timezone.now()))
from huiyin.cases.models import Category
print(Category.objects.filter(children=None, open=True).first().id)
"""


class Installation:
    """A fresh installation and short ways to use it from other processes."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.leaves = 1  # the digest of the settings as they were at the start
        *tokens, self.category = self.run("-c", PREPARE).split()
        self.tokens = [{"Authorization": f"Bearer {token}"} for token in tokens]

    def run(self, *arguments: str) -> str:
        """Run Python in the installation; gives back what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr[-3000:]
        return done.stdout

    def crowd(self, tasks: list[dict[str, Any]], processes: int) -> list[dict[str, Any]]:
        """Send the requests from several processes with a thread for each, at once."""
        shares = [tasks[n::processes] for n in range(processes)]
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.apps.api_crowd", json.dumps(share)],
                env=self.environment,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for share in shares
        ]
        lines = []
        for each in running:
            out, err = each.communicate(timeout=180)
            assert each.returncode == 0, err[-3000:]
            lines += out.splitlines()
        return [json.loads(line) for line in lines]

    def sound(self, more: int) -> bool:
        """Whether the register is sound and has ``more`` leaves than when last asked."""
        self.leaves += more
        checked = self.run("-m", "huiyin", "ledger", "check", "--lang", "en")
        return f"sound: {self.leaves} leaves, {self.leaves} events" in checked

    def letter(self, n: int, **headers: str) -> dict[str, Any]:
        """A hand-in as the crowd sends it."""
        body = {"category": self.category, "text": f"{TEXT} {n}", "language": "en"}
        return {"path": CASES, "body": body, "headers": headers}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation on each engine; its register grows from test to test."""
    server = os.environ.get("HUIYIN_TEST_POSTGRES", "")
    if request.param == "postgresql" and not server:
        pytest.skip("HUIYIN_TEST_POSTGRES names no PostgreSQL server")
    name = f"test_crowd_{os.getpid()}_{time.time_ns()}"
    address = ""
    if request.param == "postgresql":
        address = urlsplit(server)._replace(path=f"/{name}").geturl()
        _administer(server, f"CREATE DATABASE {name}")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "huiyin.web.settings",
        "HUIYIN_DATA": str(tmp_path_factory.mktemp("crowd") / "data"),
        "HUIYIN_DATABASE": address,
        "HUIYIN_URL": "http://testserver",
    }
    yield Installation(environment)
    if address:
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(urlsplit(server)._replace(path="/postgres").geturl()) as connection:
        connection.autocommit = True
        connection.execute(statement.encode())


def test_thirty_hand_in_at_once(office: Installation) -> None:
    answers = office.crowd([office.letter(n) for n in range(30)], processes=3)
    assert [a["status"] for a in answers] == [201] * 30, [a["body"] for a in answers][:1]
    given = [a["body"] for a in answers]
    serials = sorted(parse_number(each["number"]).serial for each in given)
    first = serials[0]
    assert serials == list(range(first, first + 30)), "a gap or a number given twice"
    assert len({each["code"] for each in given}) == 30
    for each in given:
        receipt = json.dumps(each["receipt"], ensure_ascii=False).encode()
        assert verify_receipt(receipt).status == "valid"
    assert office.sound(30)
    assert "nothing was different" in office.run("-m", "huiyin", "rebuild")


def test_one_request_repeated_at_once_is_one_case(office: Installation) -> None:
    key = {"Idempotency-Key": "5f0d9f9a-6d6f-4a0e-9f0e-7f3a4c1b2d3e"}
    answers = office.crowd([office.letter(1, **key) for _ in range(12)], processes=2)
    assert [a["status"] for a in answers] == [201] * 12, [a["body"] for a in answers]
    assert len({(a["body"]["number"], a["body"]["code"]) for a in answers}) == 1
    assert office.sound(1)


def test_two_act_on_one_case_at_once(office: Installation) -> None:
    """One wins, the other is told what happened meanwhile; both had read the same page."""
    (given,) = office.crowd([office.letter(0)], processes=1)
    path = f"{CASES}/{given['body']['number']}/acts"
    note = {"act": "note", "note": "I take care of it.", "seen": 1}
    tasks = [{"path": path, "body": note, "headers": office.tokens[n % 2]} for n in range(8)]
    answers = office.crowd(tasks, processes=2)
    won = [a["body"] for a in answers if a["status"] == 201]
    lost = [a["body"] for a in answers if a["status"] == 409]
    assert (len(won), len(lost)) == (1, 7), answers
    assert {each["code"] for each in lost} == {"stale"}
    assert all(each["data"]["since"] == ["note"] for each in lost)
    assert office.sound(2)
