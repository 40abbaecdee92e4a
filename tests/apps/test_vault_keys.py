"""The key file, the officers' command, and the bytes that end up on the disk."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.commands import installation
from huiyin.commands import officers as command
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.register.keys import create_log_key
from huiyin.vault import acts, keys, officers, queries

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CASES = "a" * 32, "b" * 32
WORDS = "lantern river seven quiet maps"


def test_a_new_key_file_is_the_owners_only(tmp_path: Path) -> None:
    path = keys.create_kek(tmp_path / "new" / "folder")
    assert path.name == "vault.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.read_bytes()
    with pytest.raises(Refusal, match="vault-key-exists"):
        keys.create_kek(path.parent)
    assert path.read_bytes() == before


def test_a_missing_key_is_refused_and_found_once_it_is_there(tmp_path: Path, settings: Any) -> None:
    settings.HUIYIN_KEYS_DIR = tmp_path
    with pytest.raises(Refusal) as caught:
        keys.kek()
    assert caught.value.code == "vault-key-missing"
    assert caught.value.data == {"path": str(tmp_path / "vault.key")}
    keys.create_kek(tmp_path)
    assert keys.kek() is keys.kek()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = keys.create_kek(tmp_path)
    path.chmod(mode)
    with pytest.raises(Refusal) as caught:
        keys.load_kek(path)
    assert (caught.value.code, caught.value.data["mode"]) == (
        "vault-key-permission",
        f"{mode:04o}",
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"huiyin-vault-key-1 !!!", b"huiyin-vault-key-1 QUJD", b"QUJD" * 11],
)
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "vault.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Refusal, match="vault-key-unreadable"):
        keys.load_kek(path)


def test_a_foreign_key_file_is_told_from_a_damaged_row(tmp_path: Path) -> None:
    one = keys.load_kek(keys.create_kek(tmp_path / "one"))
    other = keys.load_kek(keys.create_kek(tmp_path / "other"))
    wrapped = one.wrap(CASES[0], b"k" * 32, os.urandom(12))
    assert one.unwrap(CASES[0], wrapped) == b"k" * 32
    with pytest.raises(Refusal, match="vault-key-wrong"):
        other.unwrap(CASES[0], wrapped)
    with pytest.raises(Refusal, match="seal-broken"):
        one.unwrap(CASES[1], wrapped)
    with pytest.raises(Refusal, match="seal-broken"):
        one.unwrap(CASES[0], wrapped[:-1])


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own database stands for the installation."""
    monkeypatch.setattr(installation, "configure", lambda data=None, **settings: None)


def run(monkeypatch: pytest.MonkeyPatch, *argv: str, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return command.main(list(argv))


@pytest.mark.django_db
def test_officers_from_the_command_line(
    installed: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    settings: Any,
) -> None:
    settings.HUIYIN_KEYS_DIR = tmp_path
    keys.create_kek(tmp_path)
    create_log_key(settings.HUIYIN_ORIGIN, tmp_path)
    assert run(monkeypatch, "list") == 0
    out = capsys.readouterr().out
    assert "privacy_officer: no key yet" in out and "ombudsman: no key yet" in out
    for role in officers.ROLES:
        argv = ("create-key", role, "--passphrase-stdin")
        assert run(monkeypatch, *argv, typed=WORDS + "\n") == 0
    new = "wooden bridge nine green cups"
    argv = ("change-passphrase", "ombudsman", "--passphrase-stdin")
    assert run(monkeypatch, *argv, typed=f"{WORDS}\n{new}\n") == 0
    argv = ("hand-over", "privacy_officer", "--passphrase-stdin")
    assert run(monkeypatch, *argv, typed=f"{WORDS}\n{new}\n") == 0
    capsys.readouterr()
    assert run(monkeypatch, "list") == 0
    out = capsys.readouterr().out
    assert "privacy_officer key 2" in out and "retired" in out and "no key yet" not in out
    acts.hand_in(CASES[0], receipts.make(bytes(15)), [], identity={"name": "Ann"}, now=NOW)
    opened = officers.open_identity(CASES[0], dict.fromkeys(officers.ROLES, new))
    assert opened == {"name": "Ann"}


@pytest.mark.django_db
def test_the_command_refuses_in_words_and_without_the_passphrase(
    installed: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ("create-key", "ombudsman", "--passphrase-stdin")
    assert run(monkeypatch, *argv, typed="sesame\n") == 1
    err = capsys.readouterr().err
    assert "can be guessed" in err and "sesame" not in err
    assert queries.officer_keys() == []
    with pytest.raises(SystemExit) as caught:
        run(monkeypatch, "create-key", "mayor")
    assert caught.value.code == 2


@pytest.mark.django_db
def test_a_typed_passphrase_is_asked_until_both_agree(
    installed: None, keys: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter([WORDS, "slip", WORDS, WORDS])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert run(monkeypatch, "create-key", "ombudsman") == 0
    assert "once more" in capsys.readouterr().out
    assert next(typed, None) is None


# Runs alone, on a database file of its own: what matters is what lies on the disk.
ON_DISK = """
import json, sys
from datetime import datetime, UTC
from pathlib import Path
from django.conf import settings
folder = Path(sys.argv[1])
settings.configure(
    INSTALLED_APPS=["huiyin.vault"], USE_TZ=True, HUIYIN_KEYS_DIR=folder / "keys", HUIYIN_KMS="",
    DATABASES={"default": {
        "ENGINE": "django.db.backends.sqlite3", "NAME": folder / "data" / "db.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"}}})
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from huiyin.domain import receipts
from huiyin.register.keys import create_log_key
from huiyin.vault import acts, keys, officers, queries
from huiyin.vault.models import CaseKey, Identity
from huiyin.vault.scrubbing import scrub_after_erasure
(folder / "data").mkdir()
keys.create_kek(folder / "keys")
call_command("migrate", verbosity=0)
now, words = datetime(2026, 3, 2, tzinfo=UTC), "lantern river seven quiet maps"
for role in officers.ROLES:
    officers.create_officer_key(role, words, now=now)
code, case = receipts.make(bytes(range(15))), receipts.number(2026, 1)
who = {"name": "Planted Wang", "phone": "13800138000"}
acts.hand_in(case, code, [("text", "planted street lamp")], identity=who, now=now)
acts.put_openings([(0, b"planted opening key, 32 bytes ok")])
acts.release_identity(case, receipts.private_key(code), ["phone"], "unit:7", now=now)
officers.open_identity(case, dict.fromkeys(officers.ROLES, words))
content = queries.case_keys(case).content
identity, _ = queries.identity_key(case, receipts.private_key(code))
secret = {
    "name": b"Planted Wang", "phone": b"13800138000", "text": b"planted street lamp",
    "passphrase": words.encode(), "code": code.text.encode(), "secret": code.secret,
    "private": receipts.private_key(code), "C": content, "I": identity,
}
wraps = {"wrapped C": bytes(CaseKey.objects.get().wrapped_c),
         "wrapped I": bytes(Identity.objects.get().sealed_to_complainant),
         "opening": b"planted opening key, 32 bytes ok"}
def found(things):
    data = b"".join(p.read_bytes() for p in sorted((folder / "data").iterdir()))
    return sorted(name for name, plant in things.items() if plant in data)
files = sorted(p.name for p in (folder / "data").iterdir())
before, kept = found(secret), found(wraps)
acts.erase(case, [0])
scrub_after_erasure()
erased = found(wraps)
connection.close()
print(json.dumps([files, before, kept, erased, found(secret | wraps)]))
"""


def test_no_planted_byte_reaches_the_disk_and_erased_keys_leave_it(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", ON_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    files, before, kept, erased, at_last = json.loads(result.stdout)
    assert files == ["db.sqlite3", "db.sqlite3-shm", "db.sqlite3-wal"]
    assert before == []
    assert kept == ["opening", "wrapped C", "wrapped I"]
    assert erased == [] and at_last == []


def test_every_refusal_of_these_rooms_has_its_words() -> None:
    package = Path(keys.__file__).parent.parent
    sources = [*(package / "vault").glob("*.py")]
    sources += [
        package / "domain" / f"{name}.py" for name in ("receipts", "texts", "sealing", "recovery")
    ]
    text = "".join(path.read_text("utf-8") for path in sources)
    codes = set(re.findall(r'Refusal\(\s*"([a-z-]+)"', text))
    codes |= {
        f"{what}-{why}" for what in ("code", "number", "share") for why in ("character", "length")
    }
    table = tomllib.loads((package / "web" / "refusals" / "vault.toml").read_text("utf-8"))
    assert codes == set(table)
    for entry in table.values():
        assert entry["status"] in range(400, 504)
        for language in ("en", "zh-Hans", "zh-Hant"):
            assert entry[language] and entry["remedy"][language]
            # All languages tell the same facts.
            assert set(re.findall(r"{\w+}", entry[language])) == set(
                re.findall(r"{\w+}", entry["en"])
            )
