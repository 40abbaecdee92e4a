"""What we write, judged by people who never saw our code; and what they must refuse.

Needs ``make test-foreign``, which installs their verifiers; without them these tests stay out
of a run and say so. Trees have exactly the sizes at which tiles begin, fill and overflow.
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
from huiyin.history.acts import Written
from huiyin.register import exporting, queries, receipts
from huiyin.register import keys as log_keys
from tests.apps.register_world import NOW, append, case, remember_signed

HOME = Path(__file__).parents[2] / "build" / "foreign"
JUDGE = HOME / "venv" / "bin" / "python"
GO = HOME / "check"
SIZES = (1, 2, 255, 256, 257, 70_000)
# Sizes at which a checkpoint is kept on the way: single leaves, edges of a tile, two levels.
MARKS = (1, 2, 3, 255, 256, 257, 300, 65_535, 65_536, 65_537)
AT_ONCE = 7000

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not JUDGE.exists(), reason="run make test-foreign"),
]

Question = dict[str, Any]


def judge(*questions: Question) -> list[dict[str, Any]]:
    """The answers of everybody who can judge a question, by name of the verifier."""
    asked = json.dumps(questions)
    answers = _ask(asked, JUDGE, Path(__file__).with_name("judge.py"))
    if GO.exists():
        for answer, more in zip(answers, _ask(asked, GO), strict=True):
            answer.update(more)
    return answers


def _ask(asked: str, *command: str | Path) -> list[dict[str, Any]]:
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


class Hearing:
    """Questions with the answer that everybody must give; asked all at once, because starting
    the judges takes longer than judging."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.expected: list[bool] = []

    def accepted(self, *questions: Question) -> None:
        self.questions += questions
        self.expected += [True] * len(questions)

    def refused(self, *questions: Question) -> None:
        self.questions += questions
        self.expected += [False] * len(questions)

    def close(self) -> None:
        answers = judge(*self.questions)
        for question, answer, yes in zip(self.questions, answers, self.expected, strict=True):
            assert answer, question["ask"]
            right = [(verdict is True) == yes for verdict in answer.values()]
            assert all(right), (yes, answer, question)


class Register:
    """A register of exactly ``size`` leaves: two cases (one, if there is one leaf) and others."""

    def __init__(self, size: int, folder: Path) -> None:
        self.size, self.notes = size, dict[int, str]()
        events = 1 if size < 6 else 3
        self.one = self._keep(case("HY-2026-000001", events))
        self.other = self._keep(case("HY-2026-000002", events)) if size > 1 else []
        for mark in (*MARKS, size):
            self._grow_to(min(mark, size))
        self.vkey, self.new = queries.vkey(), self.notes[size]
        self.folder = folder / "export"
        assert exporting.export(self.folder) == size

    def _keep(self, written: list[Written]) -> list[Written]:
        remember_signed()
        for one in written:
            self.notes[one.appended.size] = one.appended.checkpoint
        return written

    def _grow_to(self, size: int) -> None:
        while (have := queries.head().size) < size:
            end = min(size, have + AT_ONCE)
            appended = append(*(b"leaf %d" % number for number in range(have, end)))
            self.notes[appended.size] = appended.checkpoint

    @property
    def older(self) -> list[int]:
        return [size for size in sorted(self.notes) if size < self.size]

    @property
    def indexes(self) -> list[int]:
        edges = (0, 1, 254, 255, 256, 299, 65_535, 65_536, self.size // 2, self.size - 1)
        return sorted({index for index in edges if index < self.size})

    def inclusion(self, index: int) -> Question:
        """Our tlog-proof of a leaf as a question."""
        _, (proof,) = queries.receipt_proofs([index])
        leaf = leaves.encode64(queries.leaf_data([index])[index])
        return {"ask": "inclusion", "proof": proof, "leaf": leaf, "vkey": self.vkey}

    def consistency(self, old: int) -> Question:
        path = [leaves.encode64(item) for item in queries.consistency(old)]
        return {"ask": "consistency", "old": self.notes[old], "new": self.new,
                "vkey": self.vkey, "path": path}  # fmt: skip

    def tiles(self) -> Question:
        return {"ask": "tiles", "folder": str(self.folder), "vkey": self.vkey,
                "indexes": self.indexes, "sizes": self.older}  # fmt: skip

    def receipt(self, written: list[Written], number: str) -> dict[str, Any]:
        _, proofs = queries.receipt_proofs([one.first_index for one in written])
        openings = [
            receipts.Opening(one.bodies[0], one.keys[0], one.leaves[0], proof)
            for one, proof in zip(written, proofs, strict=True)
        ]
        made = receipts.make_receipt(number=number, vkey=self.vkey, issued=NOW, events=openings)
        said: dict[str, Any] = json.loads(made)
        return said


@pytest.fixture(params=SIZES, ids=str)
def register(request: pytest.FixtureRequest, keys: Path, tmp_path: Path) -> Register:
    return Register(request.param, tmp_path)


def test_foreign_verifiers_agree_with_ours(register: Register, tmp_path: Path) -> None:
    hearing = Hearing()
    for ask in (ask_checkpoints, ask_inclusion, ask_consistency, ask_receipts, ask_cosignatures):
        ask(register, hearing)
    ask_tiles(register, hearing, tmp_path)
    hearing.close()


def ask_checkpoints(register: Register, hearing: Hearing) -> None:
    ask = {"ask": "checkpoint", "note": register.new, "vkey": register.vkey}
    hearing.accepted(ask, *(ask | {"note": register.notes[size]} for size in register.older))
    size, stranger = register.size, notes.Signer.from_seed(log_keys.signer().name, bytes(32))
    renamed = register.new.replace("testserver/ledger", "elsewhere.example/ledger")
    hearing.refused(
        ask | {"note": register.new.replace(f"\n{size}\n", f"\n{size + 1}\n")},
        ask | {"vkey": str(stranger.key)},
        ask | {"note": notes.sign_checkpoint(size, bytes(32), stranger)},
        ask | {"note": renamed},
        ask | {"note": register.new.partition("\n\n")[0] + "\n\n"},
    )


def ask_inclusion(register: Register, hearing: Hearing) -> None:
    asks = [register.inclusion(index) for index in register.indexes]
    hearing.accepted(*asks)
    last = asks[-1]
    parsed = notes.parse_proof(last["proof"])
    longer = notes.TlogProof(parsed.index, (*parsed.hashes, bytes(32)), parsed.checkpoint)
    bad = [
        last | {"leaf": leaves.encode64(b"never registered")},
        last | {"proof": str(longer)},
        last | {"proof": last["proof"].replace(f"index {parsed.index}\n", f"index {2**62}\n")},
    ]
    if register.size > 1:
        first = asks[0]
        shorter = notes.TlogProof(parsed.index, parsed.hashes[:-1], parsed.checkpoint)
        old = register.notes[register.older[-1]]
        bad += [
            first | {"leaf": last["leaf"]},
            first | {"proof": last["proof"]},
            first | {"proof": first["proof"].replace("index 0\n", "index 1\n")},
            last | {"proof": str(shorter)},
            last | {"proof": last["proof"].replace(register.new, old)},  # replayed
        ]
    hearing.refused(*bad)


def ask_consistency(register: Register, hearing: Hearing) -> None:
    asks = [register.consistency(size) for size in register.older]
    hearing.accepted(*asks)
    bad = []
    for ask, old in zip(asks, register.older, strict=True):
        path = ask["path"]
        fork = notes.sign_checkpoint(old, bytes(32), log_keys.signer())
        bad += [
            ask | {"old": fork},
            ask | {"path": path[1:]},
            ask | {"path": [*path, path[0]]},
            ask | {"old": ask["new"], "new": ask["old"]},  # an old checkpoint replayed
        ]
        bad += [ask | {"path": path[::-1]}] if path != path[::-1] else []
    hearing.refused(*bad)


def ask_receipts(register: Register, hearing: Hearing) -> None:
    one = register.receipt(register.one, "HY-2026-000001")
    ask = {"ask": "receipt", "text": json.dumps(one), "vkey": register.vkey}
    hearing.accepted(ask, *_proofs(register, one))
    if not register.other:
        return
    other = register.receipt(register.other, "HY-2026-000002")
    mixed = one | {"events": [*one["events"][:-1], other["events"][-1]]}
    moved = json.loads(json.dumps(one))
    moved["events"][0]["event"] = other["events"][0]["event"]
    hearing.refused(
        ask | {"text": json.dumps(one | {"number": "HY-2026-000002"})},
        ask | {"text": json.dumps(mixed)},
        ask | {"text": json.dumps(moved)},
        *(mine | {"leaf": theirs["leaf"]} for mine, theirs in zip(
            _proofs(register, one), _proofs(register, other), strict=True)),
    )  # fmt: skip


def _proofs(register: Register, receipt: dict[str, Any]) -> list[Question]:
    return [
        {"ask": "inclusion", "proof": event["proof"], "vkey": register.vkey,
         "leaf": leaves.encode64(event["leaf"].encode())}
        for event in receipt["events"]
    ]  # fmt: skip


def ask_cosignatures(register: Register, hearing: Hearing) -> None:
    witness = notes.Signer.from_seed("witness.example", b"W" * 32, notes.COSIGNATURE)
    other = notes.Signer.from_seed("witness.example", b"X" * 32, notes.COSIGNATURE)
    line = notes.cosign(notes.parse_note(register.new).text, witness, 1_790_000_000)
    ask = {"ask": "cosignature", "note": f"{register.new}{line}", "vkey": register.vkey,
           "witness": str(witness.key)}  # fmt: skip
    hearing.accepted(ask)
    theirs = notes.cosign("testserver/ledger\n1\nAAAA\n", witness, 1_790_000_000)
    size = register.size
    hearing.refused(
        ask | {"note": register.new},
        ask | {"note": ask["note"].replace(f"\n{size}\n", f"\n{size + 1}\n")},
        ask | {"witness": str(other.key)},
        ask | {"note": f"{register.new}{theirs}"},
    )


def ask_tiles(register: Register, hearing: Hearing, tmp_path: Path) -> None:
    ask = register.tiles()
    hearing.accepted(ask)
    for number, spoiled in enumerate(spoilable(register)):
        copy = tmp_path / f"spoiled-{number}"
        shutil.copytree(register.folder, copy)
        data = bytearray((copy / spoiled).read_bytes())
        data[len(data) // 2 if spoiled == "checkpoint" else -1] ^= 1
        (copy / spoiled).write_bytes(data)
        hearing.refused(ask | {"folder": str(copy)})


def spoilable(register: Register) -> list[str]:
    """The checkpoint, and of each kind of tile the first and the one at the right edge."""
    found = ["checkpoint"]
    for kind in sorted((register.folder / "tile").iterdir()):
        files = sorted(path for path in kind.rglob("*") if path.is_file())
        paths = {str(path.relative_to(register.folder)) for path in (files[0], files[-1])}
        found += sorted(paths)
    assert any(".p/" in path for path in found) == (register.size % TILE_WIDTH != 0 or (
        register.size // TILE_WIDTH % TILE_WIDTH != 0))  # fmt: skip
    return found


def test_a_foreign_cosigner_writes_what_we_write() -> None:
    log = notes.Signer.from_seed("register.example/ledger", b"L" * 32)
    witness = notes.Signer.from_seed("witness.example", b"W" * 32, notes.COSIGNATURE)
    note = notes.sign_checkpoint(7, bytes(32), log)
    line = notes.cosign(notes.parse_note(note).text, witness, 1_790_000_000)
    seed = leaves.encode64(b"W" * 32)
    ask = {"ask": "cosign", "note": note, "name": "witness.example", "seed": seed,
           "timestamp": 1_790_000_000}  # fmt: skip
    (theirs,) = _ask(json.dumps([ask]), JUDGE, Path(__file__).with_name("judge.py"))
    assert theirs["note"] == f"{note}{line}"  # Ed25519 is deterministic
    _, opened = notes.open_checkpoint(theirs["note"], log.key, [witness.key])
    assert notes.cosigned_at(opened, witness.key) == 1_790_000_000


@pytest.mark.skipif(not GO.exists(), reason="make test-foreign could not build Go's verifier")
def test_go_is_among_the_judges() -> None:
    log = notes.Signer.from_seed("register.example/ledger", b"L" * 32)
    note = notes.sign_checkpoint(7, bytes(32), log)
    (answer,) = judge({"ask": "checkpoint", "note": note, "vkey": str(log.key)})
    assert set(answer) == {"go", "metamorphic-log", "proofbundle", "tlog-scales"}
