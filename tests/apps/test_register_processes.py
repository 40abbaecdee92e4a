"""Several processes at once, one of them killed: every acknowledged event stands, nothing forks.

Real processes and real commits, in an installation of their own on the engine of the test run.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from huiyin.domain import merkle, notes, tiles

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PREPARE = (
    "from huiyin.commands.installation import configure, prepare;"
    "configure(); prepare(demo=False, say=False)"
)


def _database(name: str) -> str:
    """The address of another database on the server of this test run, "" for SQLite."""
    if connection.vendor == "sqlite":
        return ""
    at = settings.DATABASES["default"]
    user, password = quote(str(at["USER"])), quote(str(at["PASSWORD"]))
    return f"postgresql://{user}:{password}@{at['HOST']}:{at['PORT'] or 5432}/{name}"


def _administer(statement: str) -> None:
    if connection.vendor != "sqlite":
        import psycopg

        with psycopg.connect(_database("postgres"), autocommit=True) as server:
            server.execute(statement.encode())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a fresh installation with its own folders and database."""
    name = f"test_huiyin_{os.getpid()}_{time.time_ns()}"
    _administer(f"CREATE DATABASE {name}")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "huiyin.web.settings",
        "HUIYIN_DATA": str(tmp_path / "data"),
        "HUIYIN_DATABASE": _database(name),
        "HUIYIN_URL": "http://testserver",
    }
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True, cwd=ROOT)
    yield environment
    _administer(f"DROP DATABASE {name} WITH (FORCE)")


def hammer(office: dict[str, str], name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.apps.register_hammer", name, str(count)],
        env=office, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def hammered(office: dict[str, str], name: str, count: int) -> int:
    """Run one to its end; returns the exit status."""
    process = hammer(office, name, count)
    process.communicate()
    return process.returncode


def huiyin(office: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "huiyin", *arguments],
        env=office, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def acknowledged(output: str) -> list[tuple[str, notes.TlogProof]]:
    """Leaf and proof of each whole line; a killed process may leave half of one."""
    lines = [json.loads(line) for line in output.splitlines() if line.endswith("}")]
    return [(line["leaf"], notes.parse_proof(line["proof"])) for line in lines]


def test_processes_at_once_and_one_killed(office: dict[str, str], tmp_path: Path) -> None:
    steady = [hammer(office, name, 40) for name in ("a", "b")]
    victim = hammer(office, "victim", 10_000)
    assert victim.stdout is not None
    first_lines = "".join(victim.stdout.readline() for _ in range(5))
    victim.kill()
    outputs = [first_lines + victim.communicate()[0], *(p.communicate()[0] for p in steady)]
    assert [process.returncode for process in steady] == [0, 0]
    given = [item for output in outputs for item in acknowledged(output)]
    assert len(given) >= 5 + 2 * 36

    key = notes.parse_vkey(huiyin(office, "ledger", "key").stdout.strip())
    checked = huiyin(office, "ledger", "check", "--lang", "en")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert huiyin(office, "ledger", "export", str(tmp_path / "out")).returncode == 0
    entries = exported(tmp_path / "out")
    for leaf, proof in given:
        head, _ = notes.open_checkpoint(proof.checkpoint, key)
        digest = merkle.leaf_hash(leaf.encode())
        assert merkle.verify_inclusion(proof.index, head.size, digest, proof.hashes, head.root)
        assert entries[proof.index] == leaf.encode()
        # No fork: what was signed then is the beginning of what is exported now.
        assert merkle.Frontier().extend(map(merkle.leaf_hash, entries[: head.size])).root() == (
            head.root
        )
    assert len({proof.index for _, proof in given}) == len(given)


def exported(folder: Path) -> list[bytes]:
    """All entries of an exported register."""
    size = int((folder / "checkpoint").read_text("utf-8").split("\n")[1])
    bundles = [name for name in tiles.all_tiles(size) if name.level is None]
    return [
        entry for name in bundles for entry in tiles.unbundle((folder / name.path()).read_bytes())
    ]


def test_an_old_copy_of_the_data_refuses_to_sign(office: dict[str, str], tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("copies the database file; test_register.py restores by SQL on both engines")
    data = Path(office["HUIYIN_DATA"])
    assert hammered(office, "before", 3) == 0
    shutil.copytree(data, tmp_path / "backup")
    assert hammered(office, "after", 3) == 0
    shutil.rmtree(data)
    shutil.copytree(tmp_path / "backup", data)
    assert hammered(office, "fork", 1) == 1
    checked = huiyin(office, "ledger", "check", "--lang", "en")
    assert checked.returncode == 1
    assert "7 leaves were signed, 4 are stored: the database is an older copy" in checked.stdout
    taken_over = huiyin(office, "ledger", "new-origin", "--lang", "en")
    assert taken_over.stdout.startswith("testserver/ledger/2+")
    assert hammered(office, "onwards", 1) == 0
    assert huiyin(office, "ledger", "check").returncode == 0


def test_a_damaged_file_is_a_finding_and_no_traceback(office: dict[str, str]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("damages the database file")
    assert hammered(office, "a", 60) == 0
    path = Path(office["HUIYIN_DATA"]) / "huiyin.sqlite3"
    huiyin(office, "ledger", "check")  # folds the write-ahead log into the file
    whole = path.read_bytes()
    at = whole.index(b'"class":"registered"')
    path.write_bytes(whole[: at - 900] + b"\xff" * 800 + whole[at - 100 :])
    checked = huiyin(office, "ledger", "check", "--lang", "en")
    assert checked.returncode == 1, checked.stderr
    assert "FAULTS FOUND" in checked.stdout
    assert "Traceback" not in checked.stderr


APART = """
import sys
from huiyin.commands import installation
installation.configure()
from huiyin.register import checking
from huiyin.register.checking import beside
walked = []
wait = beside._wait
beside._wait = lambda receiver: walked.append(wait(receiver)) or walked[-1]
two, one = checking.check(apart=True), checking.check()
assert two == one, (two, one)
print(bool(walked and walked[0]), len(one.faults), *(f.code for f in one.faults))
"""


def _told(office: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", APART], env=office, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_walk_in_a_process_of_its_own_finds_the_same(office: dict[str, str]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("changes the database file")
    assert hammered(office, "a", 40) == 0
    assert _told(office) == "True 0"
    path = Path(office["HUIYIN_DATA"]) / "huiyin.sqlite3"
    for statement, answer in (
        # The tree is sound: what the child found is what counts.
        ("UPDATE history_event SET type = 'forged' WHERE \"index\" = 9", "True 1 event-column"),
        # It is not: the child's answer is not even waited for.
        ("UPDATE register_leaf SET data = CAST('x' AS BLOB) WHERE \"index\" = 5", "False"),
    ):
        with sqlite3.connect(path) as base:
            for name, kind in base.execute("SELECT name, type FROM sqlite_master").fetchall():
                if kind == "trigger":
                    base.execute(f'DROP TRIGGER "{name}"')
            base.execute(statement)
        base.close()
        assert _told(office).startswith(answer)
