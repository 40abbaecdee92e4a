"""The server's key: exchanging it under a running server, and keeping it by an outside program."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from huiyin.commands import installation
from huiyin.commands import vault as command
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.history.ceremonies import ceremonies
from huiyin.register.keys import create_log_key
from huiyin.vault import acts, queries, rotation
from huiyin.vault import keys as vault_keys
from huiyin.vault.keepers import CommandKeeper
from huiyin.vault.models import CaseKey

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CASES = [f"{n:032x}" for n in range(7)]

# A key service of twelve lines: AES-GCM under a master key that only its own folder holds.
PROGRAM = """#!{python}
import base64, os, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
master = {folder!r} + "/master"
if not os.path.exists(master):
    open(master, "wb").write(os.urandom(32))
cipher, data = AESGCM(open(master, "rb").read()), base64.b64decode(sys.stdin.readline())
if sys.argv[-1] == "wrap":
    nonce = os.urandom(12)
    data = nonce + cipher.encrypt(nonce, data, b"")
elif sys.argv[-1] == "unwrap":
    data = cipher.decrypt(data[:12], data[12:], b"")
else:
    sys.exit(2)
print(base64.b64encode(data).decode())
"""


def program(folder: Path, text: str = PROGRAM) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / "keep"
    path.write_text(text.format(python=sys.executable, folder=str(folder)))
    path.chmod(0o700)
    return str(path)


@pytest.fixture
def sealed(
    db: None, keys: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """Seven cases under the first key; text of each by its reference."""
    settings.HUIYIN_KMS = ""
    monkeypatch.setattr(installation, "configure", lambda data=None, **more: None)
    monkeypatch.setattr(rotation, "AT_ONCE", 3)
    refs = {}
    for case in CASES:
        code = receipts.make(os.urandom(15))
        refs[case] = acts.hand_in(case, code, [("text", case[::-1])], now=NOW).refs[0].id
    yield refs


def read_all(refs: dict[str, Any]) -> None:
    for case, ref in refs.items():
        assert queries.get([ref], case) == {ref: case[::-1]}


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def test_everything_opens_at_each_step_of_an_exchange(sealed: dict[str, Any], keys: Path) -> None:
    first = rotation.uses()[0].id
    second = rotation.exchange()
    read_all(sealed)
    later = receipts.make(os.urandom(15))
    sealed["f" * 32] = acts.hand_in("f" * 32, later, [("text", "f" * 32)], now=NOW).refs[0].id
    assert [(u.id, u.present, u.rows) for u in rotation.uses()] == [
        (second, True, 1),
        (first, False, 7),
    ]
    for done, of in rotation.wrap_anew():
        assert of == 7 and done in (3, 6, 7)
        read_all(sealed)
    assert [u.rows for u in rotation.uses()] == [8, 0]
    former = keys / f"vault.key.{first}"
    assert stat.S_IMODE(former.stat().st_mode) == 0o600


def test_broken_off_anywhere_it_goes_on(sealed: dict[str, Any], keys: Path) -> None:
    (keys / "vault.key.new").write_text("left by a crash before the exchange took effect")
    rotation.exchange()
    steps = rotation.wrap_anew()
    assert next(steps) == (3, 7)
    steps.close()
    vault_keys._ring.cache_clear()  # as another process would see it
    assert next(rotation.wrap_anew()) == (3, 4)
    assert list(rotation.wrap_anew()) == [(1, 1)]
    assert list(rotation.wrap_anew()) == []
    read_all(sealed)


def test_a_process_that_held_the_former_key_notices(sealed: dict[str, Any], keys: Path) -> None:
    held = vault_keys.kek()
    script = (
        "import sys, os\n"
        "from pathlib import Path\n"
        "from django.conf import settings\n"
        "settings.configure(HUIYIN_KEYS_DIR=Path(sys.argv[1]), HUIYIN_KMS='', INSTALLED_APPS=[\n"
        "    'huiyin.vault'], DATABASES={})\n"
        "import django; django.setup()\n"
        "from huiyin.vault import rotation\n"
        "print(rotation.exchange())\n"
    )
    call = [sys.executable, "-c", script, str(keys)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert vault_keys.kek() is not held
    assert rotation.uses()[0].id == done.stdout.strip()
    read_all(sealed)


def test_a_former_key_is_destroyed_only_when_nothing_needs_it(
    sealed: dict[str, Any], keys: Path
) -> None:
    first = rotation.uses()[0].id
    rotation.exchange()
    now = datetime.now(UTC)
    assert refused("vault-key-in-use", rotation.forget, first, now).data["rows"] == 7
    list(rotation.wrap_anew())
    refused("vault-key-in-archives", rotation.forget, first, now)
    refused("vault-key-unknown", rotation.forget, rotation.uses()[0].id, now)
    rotation.forget(first, now + timedelta(days=31))
    assert not (keys / f"vault.key.{first}").exists()
    read_all(sealed)
    row = CaseKey.objects.get(stream=CASES[0])
    CaseKey.objects.filter(pk=row.pk).update(wrapped_c=bytes.fromhex(first) + bytes(60))
    refused("vault-key-wrong", queries.case_keys, CASES[0])


def test_the_command_rotates_with_progress_and_events(
    sealed: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    first = rotation.uses()[0].id
    assert command.main(["rotate"]) == 0
    said = capsys.readouterr().out
    assert "3 of 7 wrapped anew" in said and "7 of 7 wrapped anew" in said
    assert f"{first} former" in said and "wraps 0 cases" in said
    assert command.main(["rotate", "--go-on"]) == 0
    assert command.main(["forget", first]) == 1
    assert "--archives-gone" in capsys.readouterr().err
    assert command.main(["forget", first, "--archives-gone"]) == 0
    assert [e.event.type for e in ceremonies()] == [
        "vault-key-exchange-begun",
        "vault-key-exchanged",
        "vault-key-exchanged",
        "vault-key-destroyed",
    ]
    read_all(sealed)


def test_without_the_register_no_key_is_exchanged(
    sealed: dict[str, Any], keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (keys / "vault.key").read_bytes()
    (keys / "log.key").unlink()
    assert command.main(["rotate"]) == 1
    assert (keys / "vault.key").read_bytes() == before


# -- the key service ----------------------------------------------------------------------------


def test_a_new_installation_with_a_key_service_holds_no_key_in_its_folder(
    db: None, tmp_path: Path, settings: Any
) -> None:
    settings.HUIYIN_KMS = program(tmp_path / "service")
    settings.HUIYIN_KEYS_DIR = tmp_path / "keys"
    installation._keys(settings.HUIYIN_KEYS_DIR, False)
    text = (tmp_path / "keys" / "vault.key").read_text()
    assert text.startswith("huiyin-vault-key-2-command ")
    create_log_key(settings.HUIYIN_ORIGIN, tmp_path / "keys")
    ref = acts.hand_in("c" * 32, receipts.make(bytes(15)), [("text", "x")], now=NOW).refs[0].id
    assert queries.get([ref], "c" * 32) == {ref: "x"}
    # The folder alone, on a machine without the service, opens nothing.
    vault_keys._ring.cache_clear()
    vault_keys.load_kek.cache_clear()
    settings.HUIYIN_KMS = ""
    refused("kms-not-set", queries.get, [ref], "c" * 32)
    settings.HUIYIN_KMS = program(tmp_path / "other service")
    settings.HUIYIN_KMS = f"'{settings.HUIYIN_KMS}'"
    refused("kms-failed", queries.get, [ref], "c" * 32)


def test_from_the_file_to_the_service_by_one_rotation(
    sealed: dict[str, Any], keys: Path, tmp_path: Path, settings: Any
) -> None:
    settings.HUIYIN_KMS = program(tmp_path / "service")
    refused("vault-key-plain", vault_keys.kek)
    assert command.main(["rotate"]) == 0
    assert [u.plain for u in rotation.uses()] == [False, True]
    read_all(sealed)
    # And back: while the service still answers, then without it.
    assert command.main(["rotate", "--to-file"]) == 0
    settings.HUIYIN_KMS = ""
    vault_keys._ring.cache_clear()
    vault_keys.load_kek.cache_clear()
    read_all(sealed)
    # Former keys are told, exchanged past and destroyed without asking the service that kept them.
    assert [u.plain for u in rotation.uses()] == [True, False, True] or [
        u.plain for u in rotation.uses()
    ] == [True, True, False]
    kept = next(u.id for u in rotation.uses() if not u.plain)
    assert command.main(["rotate"]) == 0
    assert command.main(["forget", kept, "--archives-gone"]) == 0
    assert kept not in {u.id for u in rotation.uses()}
    read_all(sealed)


def test_a_copy_that_somebody_left_beside_the_key_is_no_former_key(
    sealed: dict[str, Any], keys: Path
) -> None:
    (keys / "vault.key.bak").write_text("not a key at all")
    assert [u.present for u in rotation.uses()] == [True]
    assert command.main(["status"]) == 0


def test_without_an_installation_it_says_where_it_looked(tmp_path: Path) -> None:
    where = tmp_path / "nothing"
    call = [sys.executable, "-m", "huiyin", "vault", "--data", str(where), "status"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
    done = subprocess.run(call, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2
    assert f"there is no installation in {where}" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("import sys; sys.exit(3)", "exit status 3"),
        ("print('not base64 at all!')", "not one line of base64"),
        ("pass", "empty"),
        ("import sys; print(sys.stdin.readline())", "do not fit"),
        ("import base64, os; print(base64.b64encode(os.urandom(60)).decode())", "do not fit"),
    ],
)
def test_a_service_that_does_not_work_changes_nothing(
    sealed: dict[str, Any], keys: Path, tmp_path: Path, settings: Any, body: str, why: str
) -> None:
    settings.HUIYIN_KMS = program(tmp_path / "service", "#!{python}\n" + body + "\n")
    before = (keys / "vault.key").read_bytes()
    assert why in str(refused("kms-failed", rotation.exchange).data["why"])
    assert (keys / "vault.key").read_bytes() == before
    assert [u.rows for u in rotation.uses()] == [7]


def test_a_service_that_cannot_be_started_or_hangs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = CommandKeeper(str(tmp_path / "nothing"))
    assert "No such file" in str(refused("kms-failed", gone.unwrap, b"x").data["why"])
    monkeypatch.setattr("huiyin.vault.keepers.PATIENCE", 0.2)
    hanging = tmp_path / "hang"
    hanging.write_text("#!/bin/sh\nsleep 30\n")
    hanging.chmod(0o700)
    assert "no answer" in str(
        refused("kms-failed", CommandKeeper(str(hanging)).unwrap, b"x").data["why"]
    )
