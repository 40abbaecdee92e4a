"""``huiyin ledger openings``: what an auditor gets, and that nobody else can read it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pyrage
import pytest
from django.db import connection

from huiyin.commands import ledger, verify
from huiyin.domain.leaves import encode64
from huiyin.history.queries import events
from huiyin.register import queries
from huiyin.register.checking import check
from huiyin.register.takeover import new_origin
from huiyin.vault.models import Opening

from .register_world import NOW, case, remember_signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]


class Auditor:
    """An age key pair in a file, as ``age-keygen`` writes it."""

    def __init__(self, folder: Path, name: str) -> None:
        identity = pyrage.x25519.Identity.generate()
        self.recipient = str(identity.to_public())
        self.identity = identity
        self.file = folder / f"{name}.txt"
        self.file.write_text(f"# public key: {self.recipient}\n{identity}\n", "utf-8")


@pytest.fixture
def auditor(tmp_path: Path) -> Auditor:
    return Auditor(tmp_path, "audrey")


@pytest.fixture
def erased() -> list[bytes]:
    """Two cases, one of them erased, and a takeover; returns the destroyed keys."""
    case("HY-2026-000001", 3)
    written = case("HY-2026-000002", 4, last_class="erased")
    keys = [one.keys[0] for one in written[:3]]
    Opening.objects.filter(index__in=[one.first_index for one in written[:3]]).delete()
    remember_signed()
    new_origin(NOW)
    remember_signed()
    return keys


def hand_out(out: Path, *auditors: str) -> int:
    options = [part for auditor in auditors for part in ("--auditor", auditor)]
    status = ledger.main(["openings", str(out), *options, "--lang", "en"])
    remember_signed()
    return status


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_the_auditor_opens_and_checks_it(
    erased: list[bytes], auditor: Auditor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "package.age"
    assert hand_out(out, auditor.recipient) == 0
    vkey = queries.vkey()
    call = [str(out), "--identity", str(auditor.file), "--vkey", vkey, "--lang", "en"]
    capsys.readouterr()
    assert verify.main(call) == 0
    told = said(capsys)
    assert "All 8 entries that were signed are here. 5 are opened" in told
    assert "events of 2 cases follow each other" in told and "3 are erased" in told
    assert "exactly this file was handed out" in told
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_openings_of_erased_events_are_in_nothing(
    erased: list[bytes], auditor: Auditor, tmp_path: Path
) -> None:
    out = tmp_path / "package.age"
    assert hand_out(out, auditor.recipient) == 0
    clear = pyrage.decrypt(out.read_bytes(), [auditor.identity]).decode()
    lines = [json.loads(line) for line in clear.splitlines()[1:]]
    assert [sorted(line) for line in lines].count(["leaf"]) == 3
    assert sum("event" in line for line in lines) == 4
    assert sum("statement" in line for line in lines) == 1
    assert not [key for key in erased if encode64(key) in clear]


def test_nothing_is_written_in_clear(
    erased: list[bytes], auditor: Auditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    assert hand_out(folder / "package.age", auditor.recipient) == 0
    keys = [bytes(key) for key in Opening.objects.values_list("key", flat=True)]
    for file in folder.iterdir():
        data = file.read_bytes()
        assert b"HY-2026-000001" not in data, file
        own = [key for key in keys if encode64(key).encode() in data]
        assert len(own) == (1 if file.name.endswith(".receipt.json") else 0), file
    assert len(list(folder.iterdir())) == 2


def test_handing_out_is_an_event_with_a_public_leaf(
    erased: list[bytes], auditor: Auditor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = Auditor(tmp_path, "second")
    for number, who in enumerate(([auditor], [auditor, second])):
        assert hand_out(tmp_path / f"{number}.age", *(one.recipient for one in who)) == 0
    stored = events("register")
    assert [row.event.data["auditors"] for row in stored] == [
        [auditor.recipient], [auditor.recipient, second.recipient],
    ]  # fmt: skip
    assert [row.event.data["leaves"] for row in stored] == [8, 9]
    leaf = queries.leaf_data([stored[0].index])[stored[0].index]
    assert b'"class":"openings-released"' in leaf
    assert check().faults == ()
    receipt = tmp_path / "1.age.receipt.json"
    assert verify.main([str(receipt), "--lang", "en"]) == 0
    for who in (auditor, second):
        call = [str(tmp_path / "1.age"), "--identity", str(who.file), "--lang", "en"]
        assert verify.main(call) == 0
    assert "2 cases" not in said(capsys).splitlines()[-1]


def test_every_mistake_has_one_line_and_writes_nothing(
    erased: list[bytes], auditor: Auditor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    size = queries.head().size
    for recipient in ("audrey", "", "age1qqqqq", auditor.recipient[:-1], "AGE-SECRET-KEY-1XYZ"):
        assert hand_out(folder / "package.age", recipient) == 2
        told = said(capsys)
        assert "is not an age recipient" in told and told.count("\n") == 1
    assert hand_out(tmp_path / "missing" / "package.age", auditor.recipient) == 2
    assert said(capsys).count("\n") == 1
    assert list(folder.iterdir()) == [] and queries.head().size == size
    assert hand_out(folder / "package.age", auditor.recipient) == 0
    before = (folder / "package.age").read_bytes()
    said(capsys)
    assert hand_out(folder / "package.age", auditor.recipient) == 2
    assert "already" in said(capsys)
    assert (folder / "package.age").read_bytes() == before


def test_if_registering_fails_no_file_stays(
    erased: list[bytes], auditor: Auditor, tmp_path: Path, keys: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (keys / "last-signed").unlink()
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM history_event")
        count = cursor.fetchone()[0]
    options = ["openings", str(folder / "p.age"), "--auditor", auditor.recipient]
    assert ledger.main(options) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM history_event")
        assert cursor.fetchone()[0] == count
    assert list(folder.iterdir()) == []


def test_reading_it_wrongly_has_one_line_each(
    erased: list[bytes], auditor: Auditor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, other = tmp_path / "package.age", Auditor(tmp_path, "other")
    assert hand_out(out, auditor.recipient) == 0
    whole = out.read_bytes()
    broken = tmp_path / "broken.txt"
    broken.write_bytes(b"\xff\x00AGE-SECRET-KEY-1\n")

    def told(*options: str) -> str:
        said(capsys)
        assert verify.main([str(out), "--lang", "en", *options]) == 2
        words = said(capsys)
        assert words.count("\n") == 1
        return words

    assert "--identity key.txt" in told()
    assert "another key" in told("--identity", str(other.file))
    assert "is not an age identity file" in told("--identity", str(broken))
    assert "No such file" in told("--identity", str(tmp_path / "nowhere"))
    for spoilt in (whole[:-1], whole[:400], whole[:30], whole[:-9] + b"x" * 9, whole + b"x"):
        out.write_bytes(spoilt)
        assert "damaged" in told("--identity", str(auditor.file)), len(spoilt)


def test_another_package_beside_the_receipt_is_noticed(
    erased: list[bytes], auditor: Auditor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same openings encrypted once more: whole, but not what was registered."""
    out = tmp_path / "package.age"
    assert hand_out(out, auditor.recipient) == 0
    clear = pyrage.decrypt(out.read_bytes(), [auditor.identity])
    out.write_bytes(pyrage.encrypt(clear, [auditor.identity.to_public()]))
    call = [str(out), "--identity", str(auditor.file), "--lang", "en"]
    assert verify.main(call) == 1
    assert "names other packages" in said(capsys)
    (tmp_path / "package.age.receipt.json").unlink()
    assert verify.main(call) == 0
    assert "Whether the handing-out was registered" in said(capsys)
