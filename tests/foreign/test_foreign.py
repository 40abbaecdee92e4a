"""What we write, judged by people who never saw our code; and what they must refuse.

Needs ``scripts/test_foreign.sh``, which installs their verifiers; without them these tests
stay out of a run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from huiyin.domain import leaves, notes
from huiyin.domain.merkle import TILE_WIDTH
from huiyin.register import exporting, queries, receipts
from huiyin.register import keys as log_keys
from tests.apps.register_world import NOW, append, case

HOME = Path(__file__).parents[2] / "build" / "foreign"
JUDGE = HOME / "venv" / "bin" / "python"
GO = HOME / "check"
SIZE, OLD = 66_000, 300
INDEXES = [0, 1, 255, 256, 299, 300, 65_535, 65_536, SIZE - 1]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not JUDGE.exists(), reason="run scripts/test_foreign.sh"),
]
needs_go = pytest.mark.skipif(not GO.exists(), reason="scripts/test_foreign.sh could not build Go")


def judge(*questions: dict[str, Any]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [JUDGE, Path(__file__).with_name("judge.py")], input=json.dumps(questions),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def accepted(*questions: dict[str, Any]) -> None:
    for question, answer in zip(questions, judge(*map(dict, questions)), strict=True):
        assert set(answer.values()) == {True}, (question["ask"], answer)


def refused(*questions: dict[str, Any]) -> None:
    for question, answer in zip(questions, judge(*map(dict, questions)), strict=True):
        assert all(verdict is not True for verdict in answer.values()), (question, answer)


class Register:
    """A register of 66,000 leaves with one real case, exported; and a checkpoint from before."""

    def __init__(self, folder: Path) -> None:
        self.written = case("HY-2026-000001", 3)
        self.old = append(*(b"early %d" % n for n in range(OLD - 3))).checkpoint
        for begin in range(OLD, SIZE, 6570):
            end = min(begin + 6570, SIZE)
            self.new = append(*(b"leaf %d" % n for n in range(begin, end))).checkpoint
        self.vkey = queries.vkey()
        self.folder = folder / "export"
        assert exporting.export(self.folder) == SIZE
        self.path = [leaves.encode64(item) for item in queries.consistency(OLD)]

    def proof(self, index: int) -> tuple[str, str]:
        """The tlog-proof of a leaf, and the leaf in base64."""
        _, (proof,) = queries.receipt_proofs([index])
        return proof, leaves.encode64(queries.leaf_data([index])[index])


@pytest.fixture
def register(keys: Path, tmp_path: Path) -> Register:
    return Register(tmp_path)


def test_foreign_verifiers_agree_with_ours(register: Register, tmp_path: Path) -> None:
    check_checkpoints(register)
    check_inclusion(register)
    check_consistency(register)
    check_receipt(register)
    check_tiles(register, tmp_path)


def check_checkpoints(register: Register) -> None:
    ask = {"ask": "checkpoint", "note": register.new, "vkey": register.vkey}
    accepted(ask, ask | {"note": register.old})
    stranger = notes.Signer.from_seed(log_keys.signer().name, bytes(32))
    refused(
        ask | {"note": register.new.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")},
        ask | {"vkey": str(stranger.key)},
        ask | {"note": notes.sign_checkpoint(SIZE, bytes(32), stranger)},
    )


def check_inclusion(register: Register) -> None:
    proofs = [register.proof(index) for index in INDEXES]
    asks = [
        {"ask": "inclusion", "proof": proof, "leaf": leaf, "vkey": register.vkey}
        for proof, leaf in proofs
    ]
    accepted(*asks)
    other = notes.parse_proof(asks[2]["proof"])
    refused(
        asks[0] | {"leaf": asks[1]["leaf"]},
        asks[0] | {"proof": asks[0]["proof"].replace("index 0\n", "index 1\n")},
        asks[0] | {"proof": asks[2]["proof"]},
        asks[0] | {"proof": asks[0]["proof"].replace(register.new, register.old)},
        asks[2] | {"proof": str(notes.TlogProof(255, other.hashes[:-1], other.checkpoint))},
    )


def check_consistency(register: Register) -> None:
    ask = {"ask": "consistency", "old": register.old, "new": register.new,
           "vkey": register.vkey, "path": register.path}  # fmt: skip
    accepted(ask)
    fork = notes.sign_checkpoint(OLD, bytes(32), log_keys.signer())
    refused(
        ask | {"old": fork},
        ask | {"path": register.path[1:]},
        ask | {"path": register.path[::-1]},
        ask | {"old": register.new, "new": register.old},
    )


def check_receipt(register: Register) -> None:
    indexes = [written.first_index for written in register.written]
    _, proofs = queries.receipt_proofs(indexes)
    openings = [
        receipts.Opening(one.bodies[0], one.keys[0], one.leaves[0], proof)
        for one, proof in zip(register.written, proofs, strict=True)
    ]
    receipt = json.loads(receipts.make_receipt(
        number="HY-2026-000001", vkey=register.vkey, issued=NOW, events=openings
    ))  # fmt: skip
    asks = [
        {"ask": "inclusion", "proof": event["proof"], "vkey": receipt["vkey"],
         "leaf": leaves.encode64(event["leaf"].encode())}
        for event in receipt["events"]
    ]  # fmt: skip
    accepted(*asks)
    refused(asks[0] | {"leaf": asks[1]["leaf"]})


def check_tiles(register: Register, tmp_path: Path) -> None:
    ask = {"ask": "tiles", "folder": str(register.folder), "vkey": register.vkey,
           "indexes": INDEXES, "sizes": [1, 255, 256, 257, OLD, 65_536, SIZE]}  # fmt: skip
    accepted(ask)
    for spoiled in ("tile/0/001", "tile/entries/000", "tile/1/000", "checkpoint"):
        copy = tmp_path / "spoiled"
        shutil.copytree(register.folder, copy)
        data = bytearray((copy / spoiled).read_bytes())
        data[40] ^= 1
        (copy / spoiled).write_bytes(data)
        refused(ask | {"folder": str(copy)})
        shutil.rmtree(copy)


def test_cosignatures_both_ways() -> None:
    log = notes.Signer.from_seed("register.example/ledger", b"L" * 32)
    witness = notes.Signer.from_seed("witness.example", b"W" * 32, notes.COSIGNATURE)
    note = notes.sign_checkpoint(7, bytes(32), log)
    line = notes.cosign(notes.parse_note(note).text, witness, 1_790_000_000)
    ask = {"ask": "cosignature", "note": f"{note}{line}", "vkey": str(log.key),
           "witness": str(witness.key)}  # fmt: skip
    accepted(ask)
    refused(ask | {"note": note}, ask | {"note": f"{note}{line}".replace("\n7\n", "\n8\n")})
    seed = leaves.encode64(b"W" * 32)
    (theirs,) = judge({"ask": "cosign", "note": note, "name": "witness.example", "seed": seed,
                       "timestamp": 1_790_000_000})  # fmt: skip
    assert theirs["note"] == f"{note}{line}"  # Ed25519 is deterministic
    _, opened = notes.open_checkpoint(theirs["note"], log.key, [witness.key])
    assert notes.cosigned_at(opened, witness.key) == 1_790_000_000


def go(*arguments: str | Path) -> str:
    done = subprocess.run([GO, *arguments], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("accepted" if done.returncode == 0 else "refused"), done.stderr
    return done.stdout.strip()


@needs_go
def test_go_reads_the_register(register: Register, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text(register.old, "utf-8")
    assert go(register.folder, register.vkey, old) == f"accepted: {SIZE} entries"
    old.write_text(notes.sign_checkpoint(OLD, bytes(32), log_keys.signer()), "utf-8")
    assert "invalid transparency proof" in go(register.folder, register.vkey, old)
    tile = register.folder / "tile/0/001"
    tile.write_bytes(bytes(32 * TILE_WIDTH))
    assert "inconsistent tile" in go(register.folder, register.vkey)
    head = register.folder / "checkpoint"
    head.write_text(register.new.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n"), "utf-8")
    assert "invalid signature" in go(register.folder, register.vkey)
