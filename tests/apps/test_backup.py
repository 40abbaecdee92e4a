"""Backup of a running installation, restore elsewhere, and the way out after an old backup.

Real processes and real files, in installations of their own, on the engine of the test run.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from huiyin.commands import archives, dumps
from huiyin.domain.errors import Refusal
from tests.apps.test_register_processes import PREPARE, ROOT, _administer, _database

pytestmark = pytest.mark.slow
PASSPHRASE = "lantern river seven quiet maps"
TEXT = "The heron of the crane bridge hums."
NAME = "Heron Zhao"
HAND_IN = f"""
import django, os, sys; django.setup()
from datetime import UTC, datetime
from huiyin.cases.models import Category
from huiyin.cases.submitting import HandIn, submit
from huiyin.domain.receipts import make
from huiyin.people.models import Place
leaf = Category.objects.filter(children=None).first().id
place = Place.objects.first()
command = HandIn(leaf, {TEXT!r}, "en", place=place and place.id, identity={{"name": {NAME!r}}})
done = submit(command, code=make(bytes([int(sys.argv[1])]) * 15), now=datetime.now(UTC))
print(done.case.number)
"""
READ = """
import django, sys; django.setup()
from huiyin.cases.models import Case
from huiyin.domain.receipts import lookup_id, make, private_key
from huiyin.vault import queries
from huiyin.vault.models import Content
code = make(bytes([int(sys.argv[1])]) * 15)
case = Case.objects.get(lookup=lookup_id(code))
ids = Content.objects.filter(stream=case.vault).values_list("id", flat=True)
print(sorted(queries.get(ids, case.vault).values()))
print(queries.open_identity_as_complainant(case.vault, private_key(code)))
"""


class Office:
    """One installation with its own folders and database."""

    def __init__(self, folder: Path, database: str) -> None:
        self.data, self.keys = folder / "data", folder / "data-keys"
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "huiyin.web.settings",
            "HUIYIN_DATA": str(self.data),
            "HUIYIN_DATABASE": database,
            "HUIYIN_URL": "http://testserver",
        }

    def python(self, script: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env=self.env, cwd=ROOT, check=False, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout if done.returncode == 0 else done.stderr

    def huiyin(self, *arguments: str, stdin: str = "") -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "huiyin", *arguments],
            env=self.env, cwd=ROOT, check=False, capture_output=True, text=True, input=stdin,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def new_office(tmp_path: Path) -> Iterator[object]:
    """Makes installations, each with an empty database of its own."""
    made: list[str] = []

    def make(name: str) -> Office:
        database = f"test_huiyin_backup_{os.getpid()}_{name}"
        _administer(f"CREATE DATABASE {database}")
        made.append(database)
        return Office(tmp_path / name, _database(database))

    yield make
    for database in made:
        _administer(f"DROP DATABASE {database} WITH (FORCE)")


def test_a_running_installation_is_copied_whole_and_lives_again_elsewhere(
    new_office: object, tmp_path: Path
) -> None:
    office: Office = new_office("first")  # type: ignore[operator]  # a maker of the fixture
    office.python(PREPARE)
    number = office.python(HAND_IN, "1").strip()
    out, copy = tmp_path / "out", tmp_path / "keys.copy"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.apps.register_hammer", "a", "400"],
        env=office.env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as hammer:  # fmt: skip
        assert hammer.stdout is not None
        hammer.stdout.readline()
        asked = ("backup", str(out), "--with-keys", str(copy), "--passphrase-stdin")
        told = office.huiyin(*asked, stdin=PASSPHRASE + "\n")
        acknowledged = 1 + len(hammer.stdout.readlines())
    assert told[0] == 0, told
    data, keys = sorted(out.iterdir())
    assert "destroy after" in told[1] and data.name.endswith(".data.tar")
    assert {oct(path.stat().st_mode)[-3:] for path in (data, keys, copy)} == {"600"}
    for path in (data, keys, copy):
        held = path.read_bytes()
        assert TEXT.encode() not in held and NAME.encode() not in held, path.name
    other: Office = new_office("second")  # type: ignore[operator]  # a maker of the fixture
    code, said = other.huiyin(
        "restore", str(data), "--keys", str(copy), "--passphrase-stdin", stdin=PASSPHRASE + "\n"
    )
    assert code == 0 and "ledger new-origin" in said, said
    assert "erase --due" in said and "took back or erased themselves" in said
    # Nothing may go on under the old name here: nobody knows what it signed since.
    assert "register-last-signed-missing" in other.python(HAND_IN, "2")
    assert other.huiyin("ledger", "new-origin")[0] == 0
    code, said = other.huiyin("ledger", "check", "--lang", "en")
    assert code == 0, said
    assert other.python(READ, "1") == f"{[TEXT]}\n{{'name': '{NAME}'}}\n"
    assert other.python(HAND_IN, "2").strip() > number
    assert other.huiyin("ledger", "check", "--lang", "en")[0] == 0
    assert acknowledged > 1
    # Into the place where it now lives nothing is restored again.
    code, said = other.huiyin("restore", str(data))
    assert code == 1 and "data already" in said
    code, said = other.huiyin("restore", str(data), "--keys", str(copy), stdin=PASSPHRASE)
    assert code == 1


WITHDRAW = """
import django, sys; django.setup()
from django.utils import timezone
from huiyin.cases.acting import Request, by_complainant
by_complainant(sys.argv[1], Request("withdraw", {}), timezone.now())
"""
ERASE_DUE = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from huiyin.cases import erasing
print(len(erasing.erase_due(timezone.now() + timedelta(days=4000))))
"""


def test_what_was_erased_after_the_backup_comes_back_only_until_the_next_erasure(
    new_office: object, tmp_path: Path
) -> None:
    """The older archive with its keys, the same without them, and the day's job afterwards."""
    office: Office = new_office("first")  # type: ignore[operator]  # a maker of the fixture
    office.python(PREPARE)
    number = office.python(HAND_IN, "1").strip()
    assert office.python(WITHDRAW, number) == ""
    copy = tmp_path / "keys.copy"
    asked = ("backup", str(tmp_path / "out"), "--with-keys", str(copy), "--passphrase-stdin")
    assert office.huiyin(*asked, stdin=PASSPHRASE + "\n")[0] == 0
    assert office.python(ERASE_DUE).strip() == "1" and office.huiyin("ledger", "check")[0] == 0
    data = next((tmp_path / "out").glob("*.data.tar"))
    other: Office = new_office("second")  # type: ignore[operator]  # a maker of the fixture
    bring = ("--keys", str(copy), "--passphrase-stdin")
    code, said = other.huiyin("restore", str(data), *bring, stdin=PASSPHRASE + "\n")
    assert code == 0 and "erase --due" in said, said
    assert other.huiyin("ledger", "new-origin")[0] == 0
    assert TEXT in other.python(READ, "1"), "it is here again, and the restore said so"
    assert other.python(ERASE_DUE).strip() == "1", "what the worker does each day"
    assert other.python(ERASE_DUE).strip() == "0" and TEXT not in other.python(READ, "1")
    assert other.huiyin("ledger", "check")[0] == 0


def test_without_the_keys_no_text_comes_back_and_the_check_says_so(
    new_office: object, tmp_path: Path
) -> None:
    office: Office = new_office("first")  # type: ignore[operator]  # a maker of the fixture
    office.python(PREPARE)
    number = office.python(HAND_IN, "1").strip()
    copy = tmp_path / "keys.copy"
    asked = ("backup", str(tmp_path / "out"), "--with-keys", str(copy), "--passphrase-stdin")
    assert office.huiyin(*asked, stdin=PASSPHRASE + "\n")[0] == 0
    data = next((tmp_path / "out").glob("*.data.tar"))
    next((tmp_path / "out").glob("*.keys.tar")).unlink()
    other: Office = new_office("second")  # type: ignore[operator]  # a maker of the fixture
    bring = ("--keys", str(copy), "--passphrase-stdin")
    code, said = other.huiyin("restore", str(data), stdin=PASSPHRASE + "\n")
    assert code == 1, said
    bring = ("--register-only", *bring)
    code, said = other.huiyin("restore", str(data), *bring, stdin=PASSPHRASE + "\n")
    assert code == 0 and "no text opens" in said, said
    assert other.huiyin("ledger", "new-origin")[0] == 0
    code, said = other.huiyin("ledger", "check", "--lang", "en")
    assert code == 1 and f"case-key {number}" in said, said


def test_after_an_old_backup_the_register_refuses_and_says_the_way_out(
    new_office: object, tmp_path: Path
) -> None:
    office: Office = new_office("first")  # type: ignore[operator]  # a maker of the fixture
    office.python(PREPARE)
    office.python(HAND_IN, "1")
    assert office.huiyin("backup", str(tmp_path / "out"))[0] == 0
    data = next((tmp_path / "out").glob("*.data.tar"))
    office.python(HAND_IN, "2")
    if connection.vendor == "sqlite":
        shutil.rmtree(office.data)
    else:
        name = office.env["HUIYIN_DATABASE"].rpartition("/")[2]
        _administer(f"DROP DATABASE {name} WITH (FORCE)")
        _administer(f"CREATE DATABASE {name}")
    code, said = office.huiyin("restore", str(data))
    assert code == 0 and "ledger new-origin" in said, said
    assert "register-restored-backup" in office.python(HAND_IN, "3")
    code, said = office.huiyin("ledger", "check", "--lang", "en")
    assert code == 1, said
    assert office.huiyin("ledger", "new-origin")[0] == 0
    assert office.python(HAND_IN, "3").strip().startswith(str(datetime.now(UTC).year))
    assert office.huiyin("ledger", "check", "--lang", "en")[0] == 0


def test_a_fresh_backup_goes_on_under_its_own_name(new_office: object, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the same code on PostgreSQL; one engine is enough for this")
    office: Office = new_office("first")  # type: ignore[operator]  # a maker of the fixture
    office.python(PREPARE)
    office.python(HAND_IN, "1")
    assert office.huiyin("backup", str(tmp_path / "out"))[0] == 0
    data, keys = sorted((tmp_path / "out").iterdir())
    shutil.rmtree(office.data)
    # Without the wrapped keys: refused by default, possible for the register's sake.
    aside = keys.rename(keys.with_suffix(".aside"))
    code, said = office.huiyin("restore", str(data))
    assert code == 1 and "not beside it" in said
    assert office.huiyin("restore", str(data), "--register-only")[0] == 0
    assert "identity-absent" in office.python(READ, "1")
    shutil.rmtree(office.data)
    aside.rename(keys)
    code, said = office.huiyin("restore", str(data))
    assert code == 0 and "new-origin" not in said
    assert office.python(HAND_IN, "2").strip()
    assert office.huiyin("ledger", "check", "--lang", "en")[0] == 0


# -- the files themselves -----------------------------------------------------------------------

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def archive(tmp_path: Path, kind: str, name: str, body: bytes = b"bytes") -> Path:
    file = tmp_path / {"data": dumps.DATA, "keys": dumps.KEYS}[kind]
    file.write_bytes(body)
    path = tmp_path / f"{name}.{kind}.tar"
    archives.pack(path, archives.manifest(kind, name, "sqlite", NOW, file), file)
    return path


def test_the_keys_archive_says_when_it_has_to_go(tmp_path: Path) -> None:
    path = archive(tmp_path, "keys", "one")
    with tarfile.open(path) as tar:
        told = json.loads(tar.extractfile(archives.MANIFEST).read())  # type: ignore[union-attr]  # a plain file
    assert told["destroy_after"] == "2026-04-01T00:00:00+00:00"
    assert "Destroy this file" in told["rule"]
    held = archives.unpack(path, tmp_path)
    assert not archives.expired(held, NOW + timedelta(days=30))
    assert archives.expired(held, NOW + timedelta(days=30, seconds=1))
    plain = archives.unpack(archive(tmp_path, "data", "one"), tmp_path)
    assert "destroy_after" not in plain


@pytest.mark.parametrize("spoil", ["byte", "cut", "empty", "text"])
def test_a_spoilt_archive_is_refused(tmp_path: Path, spoil: str) -> None:
    path = archive(tmp_path, "data", "one", b"a" * 5000)
    body = path.read_bytes()
    bodies = {
        "byte": body.replace(b"a" * 10, b"a" * 9 + b"b", 1),
        "cut": body[: len(body) // 3],
        "empty": b"",
        "text": b"not an archive" * 100,
    }
    path.write_bytes(bodies[spoil])
    with pytest.raises(Refusal, match="archive-unreadable"):
        archives.unpack(path, tmp_path)


def test_the_key_folder_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    folder, copy = tmp_path / "keys", tmp_path / "copy"
    (folder / "former").mkdir(parents=True)
    for name in ("vault.key", "log.key", "web.key", "last-signed", "former/log.key"):
        (folder / name).write_text(f"secret of {name}")
    with pytest.raises(Refusal, match="passphrase-weak"):
        archives.seal_key_folder(folder, copy, "short")
    archives.seal_key_folder(folder, copy, PASSPHRASE)
    assert b"secret" not in copy.read_bytes()
    with pytest.raises(Refusal, match="backup-exists"):
        archives.seal_key_folder(folder, copy, PASSPHRASE)
    back = tmp_path / "back"
    with pytest.raises(Refusal, match="key-copy-wrong"):
        archives.open_key_folder(copy, back, "another five words entirely new")
    archives.open_key_folder(copy, back, PASSPHRASE)
    found = {str(p.relative_to(back)) for p in back.rglob("*") if p.is_file()}
    # Never the memory of the last signature: an old one would let the register sign a fork.
    assert found == {"vault.key", "log.key", "former/log.key"}
    assert oct((back / "vault.key").stat().st_mode)[-3:] == "600"
    with pytest.raises(Refusal, match="restore-over-keys"):
        archives.open_key_folder(copy, back, PASSPHRASE)
    copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    with pytest.raises(Refusal, match="key-copy-wrong"):
        archives.open_key_folder(copy, tmp_path / "again", PASSPHRASE)


def test_every_table_with_a_key_is_in_the_short_lived_archive(db: None) -> None:
    """Whatever table of the vault is new has to be sorted into one of the two archives."""
    tables = set(connection.introspection.table_names())
    assert set(dumps.KEY_TABLES) <= tables and set(dumps.LEFT_OUT) <= tables
    vault = {table for table in tables if table.startswith("vault_")}
    # Ciphertext, and officers' keys, which open nothing without a share and a passphrase.
    assert vault - set(dumps.KEY_TABLES) == {"vault_content", "vault_file", "vault_officerkey"}


def test_the_data_archive_keeps_no_key_in_a_free_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "huiyin.sqlite3"
    with sqlite3.connect(source) as held:
        for table in (*dumps.KEY_TABLES, *dumps.LEFT_OUT):
            held.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, wrap BLOB)")
            for n in range(50):
                held.execute(f"INSERT INTO {table} VALUES (?, ?)", (n, b"WRAPPEDKEY%04d" % n * 20))
    held.close()
    monkeypatch.setattr(dumps, "_sqlite_path", lambda: source)
    out = tmp_path / "out"
    out.mkdir()
    dumps._dump_sqlite(out)
    assert b"WRAPPEDKEY" not in (out / dumps.DATA).read_bytes()
    assert b"WRAPPEDKEY0049" in (out / dumps.KEYS).read_bytes()
    assert sorted(path.name for path in out.iterdir()) == ["database", "wrapped-keys"]
