"""``huiyin verify`` and ``huiyin ledger`` as an operator or a stranger runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from huiyin.commands import ledger, verify
from huiyin.domain import merkle, notes, tiles
from huiyin.domain.verification import verify_receipt
from huiyin.register import queries
from huiyin.register.receipts import Opening, make_receipt
from tests.domain.receipt_world import Log, dump

from .register_world import NOW, as_owner, case, remember_signed

CASE = "HY-2026-000001"


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    log = Log()
    path = tmp_path / f"{CASE}.receipt.json"
    path.write_bytes(dump(log.receipt(CASE, log.register(CASE, 3))))
    return path


# huiyin verify --------------------------------------------------------------------------------


def test_verify_imports_no_django_and_touches_nothing(receipt: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from huiyin.cli import main; status = main(sys.argv[1:]);"
        "assert 'django' not in sys.modules; sys.exit(status)"
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, "verify", str(receipt), "--lang", "en"],
        capture_output=True, text=True, cwd=empty, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{CASE} · register.example/ledger\n[open] Whose key this is")
    assert done.stdout.rstrip().endswith("cannot show.")
    assert list(empty.iterdir()) == []


def test_verify_speaks_chinese(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([str(receipt), "--lang", "zh-Hans"]) == 0
    assert "[已证明]" in capsys.readouterr().out


def test_verify_follows_the_locale(
    receipt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert verify.main([str(receipt)]) == 0
    assert "有效" in capsys.readouterr().out


def test_verify_as_json(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vkey = str(Log().signer.key)
    assert verify.main([str(receipt), "--vkey", vkey, "--json", "--lang", "en"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["status"], report["number"]) == ("valid", CASE)
    assert report["findings"][0]["code"] == "proved-key"
    assert all(finding["text"] for finding in report["findings"])


def test_verify_compares_with_a_checkpoint(
    receipt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Log()
    log.register(CASE, 3)
    other = tmp_path / "checkpoint"
    other.write_text(log.checkpoint(), "utf-8")
    assert verify.main([str(receipt), "--checkpoint", str(other), "--lang", "en"]) == 0
    assert "shows the same state" in capsys.readouterr().out
    other.write_bytes(b"\xff\xfe")
    assert verify.main([str(receipt), "--checkpoint", str(other), "--lang", "en"]) == 1


def test_verify_says_no_in_one_and_what_is_this_in_two(
    receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = receipt.read_text("utf-8")
    receipt.write_text(whole.replace("2027-01-19", "2027-01-20"), "utf-8")
    assert verify.main([str(receipt), "--lang", "en"]) == 1
    assert "Event 1: the text or its key is not the one" in capsys.readouterr().out
    receipt.write_text(whole[:200], "utf-8")
    assert verify.main([str(receipt), "--lang", "en"]) == 2
    assert "UNREADABLE" in capsys.readouterr().out
    assert verify.main(["/nowhere/at/all"]) == 2
    assert verify.main([str(receipt), "--vkey", "x", "--lang", "en"]) == 2
    assert "verifier key" in capsys.readouterr().err


def test_a_hostile_number_does_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Log()
    bad = log.receipt(CASE, log.register(CASE, 1)) | {"number": "\x1b[2Jvalid\u202e\r"}
    path = tmp_path / "bad.json"
    path.write_bytes(dump(bad))
    assert verify.main([str(path), "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert not {"\x1b", "\u202e", "\r"} & set(out)


# huiyin ledger --------------------------------------------------------------------------------


@pytest.fixture
def office(db: None, keys: Path) -> list[Any]:
    written = case(CASE, 3)
    case("HY-2026-000002", 2)
    remember_signed()
    return written


def test_ledger_key(office: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ledger.main(["key"]) == 0
    printed = capsys.readouterr().out.strip()
    assert notes.parse_vkey(printed).name == "testserver/ledger"
    assert ledger.main(["key", "--create", "--lang", "en"]) == 2
    assert "not replaced" in capsys.readouterr().err


def test_ledger_check(office: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ledger.main(["check", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("sound: 5 leaves, 5 events")
    with as_owner() as cursor:
        cursor.execute('UPDATE history_event SET role = %s WHERE "index" = 1', ["forger"])
        assert ledger.main(["check", "--lang", "en"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("event 1: columns differ from the event's own text: role")
    assert lines[-1].startswith("FAULTS FOUND")


def test_ledger_export_is_read_by_the_files_alone(office: Any, tmp_path: Path) -> None:
    out = tmp_path / "export"
    assert ledger.main(["export", str(out)]) == 0
    note = (out / "checkpoint").read_text("utf-8")
    checkpoint, _ = notes.open_checkpoint(note, notes.parse_vkey(queries.vkey()))
    entries = tiles.unbundle((out / "tile/entries/000.p/5").read_bytes())
    hashes = merkle.split_hashes((out / "tile/0/000.p/5").read_bytes())
    assert [*map(merkle.leaf_hash, entries)] == hashes
    assert merkle.Frontier().extend(hashes).root() == checkpoint.root
    assert ledger.main(["export", str(out)]) == 0


def test_ledger_new_origin(office: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ledger.main(["new-origin", "--lang", "en"]) == 0
    assert "testserver/ledger/2+" in capsys.readouterr().out
    assert ledger.main(["check", "--lang", "en"]) == 0


def test_an_empty_register_cannot_be_exported(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ledger.main(["export", str(tmp_path / "out"), "--lang", "en"]) == 2
    assert "Nothing has been registered yet" in capsys.readouterr().err


def test_a_receipt_made_from_the_tables_verifies(office: Any) -> None:
    indexes = [written.first_index for written in office]
    _, proofs = queries.receipt_proofs(indexes)
    data = queries.leaf_data(indexes)
    openings = [
        Opening(written.bodies[0], written.keys[0], data[index], proof)
        for written, index, proof in zip(office, indexes, proofs, strict=True)
    ]
    due = {"limit": "decide", "due": "2027-01-19"}
    vkey = queries.vkey()
    file = make_receipt(number=CASE, vkey=vkey, issued=NOW, events=openings, dues=[due])
    verdict = verify_receipt(file, vkey=vkey, checkpoint=queries.head().checkpoint)
    assert verdict.status == "valid"
    assert {"proved-key", "proved-other"} <= {finding.code for finding in verdict.findings}
