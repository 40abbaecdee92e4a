"""A log in memory that issues receipts, for tests of verification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from huiyin.domain import leaves, merkle, notes
from huiyin.domain.findings import Verdict
from huiyin.domain.verification import FORMAT, verify_receipt
from huiyin.register.verdicts import LANGUAGES, closing, kind, say

AT = datetime(2025, 11, 20, 8, 30, tzinfo=UTC)
ORIGIN = "register.example/ledger"
DUE = {"limit": "decide", "due": "2027-01-19", "article": "22"}


def signer(origin: str = ORIGIN, seed: int = 1, algorithm: int = notes.ED25519) -> notes.Signer:
    return notes.Signer.from_seed(origin, bytes([seed]) * 32, algorithm)


@dataclass
class Log:
    """Leaves and openings; every receipt is made against the tree as it is."""

    signer: notes.Signer = field(default_factory=signer)
    leaves: list[bytes] = field(default_factory=list)
    openings: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def register(self, case: str, count: int, before: int = 3) -> list[int]:
        """A case with ``count`` events, others' leaves before each; returns the indexes."""
        indexes: list[int] = []
        previous = None
        for seq in range(1, count + 1):
            self.leaves += [b"somebody else's %d" % n for n in range(before)]
            event = leaves.event_bytes(
                case=case, seq=seq, previous=previous, at=AT + timedelta(hours=seq),
                role="owner", act=f"act-{seq}", event_class="proceeded", dues=[DUE],
            )  # fmt: skip
            indexes.append(self.add(event, hashlib.sha256(event).digest()))
            previous = event
        return indexes

    def add(self, event: bytes, key: bytes, leaf: bytes | None = None) -> int:
        """Register event bytes as they are."""
        self.openings[len(self.leaves)] = (event, key)
        self.leaves.append(leaf or leaves.leaf_of(event, key))
        return len(self.leaves) - 1

    def root(self) -> bytes:
        return merkle.Frontier().extend(map(merkle.leaf_hash, self.leaves)).root()

    def checkpoint(self) -> str:
        return notes.sign_checkpoint(len(self.leaves), self.root(), self.signer)

    def proof(self, index: int, note: str | None = None) -> str:
        _, paths = merkle.grow(merkle.Frontier(), [*map(merkle.leaf_hash, self.leaves)])
        return str(notes.TlogProof(index, tuple(paths[index]), note or self.checkpoint()))

    def receipt(self, case: str, indexes: Sequence[int]) -> dict[str, Any]:
        """The receipt as a dict, to be bent before it is dumped."""
        return {
            "format": FORMAT,
            "number": case,
            "origin": self.signer.name,
            "vkey": str(self.signer.key),
            "issued": leaves.format_at(AT),
            "events": [
                {
                    "event": self.openings[index][0].decode(),
                    "key": leaves.encode64(self.openings[index][1]),
                    "leaf": self.leaves[index].decode(),
                    "proof": self.proof(index),
                }
                for index in indexes
            ],
            "dues": [DUE],
            "how": {"en": "…", "zh": "…"},
        }


def dump(receipt: dict[str, Any]) -> bytes:
    return json.dumps(receipt).encode()


CASE, OTHER = "HY-2026-000001-7", "HY-2026-000002-5"


def make() -> tuple[Log, dict[str, Any]]:
    log = Log()
    mine = log.register(CASE, 3)
    log.register(OTHER, 3)
    return log, log.receipt(CASE, mine)


LOG, GOOD = make()
VKEY = str(LOG.signer.key)


def after_erasure() -> bytes:
    """What the office can still issue for a case whose first two events were erased."""
    log, previous, kept = Log(), None, []
    for seq, event_class in enumerate(("registered", "proceeded", "erased", "proceeded"), 1):
        event = leaves.event_bytes(
            case=CASE, seq=seq, previous=previous, at=AT + timedelta(hours=seq), role="system",
            act=f"act-{seq}", event_class=event_class,
        )  # fmt: skip
        kept.append(log.add(event, hashlib.sha256(event).digest()))
        previous = event
    return dump(log.receipt(CASE, kept[2:]) | {"dues": []})


def codes(verdict: Verdict) -> list[str]:
    """The findings' codes, after making sure that each can be said in each language."""
    for finding in verdict.findings:
        for language in LANGUAGES:
            assert say(finding, language)
            assert kind(finding, language)
            assert closing(verdict, language)
    return [finding.code for finding in verdict.findings]


def bent(**changes: object) -> dict[str, Any]:
    """A copy of the good receipt with these fields changed."""
    receipt: dict[str, Any] = json.loads(dump(GOOD))
    return receipt | changes


def bent_event(at: int, **changes: str) -> dict[str, Any]:
    """A copy of the good receipt with one event's parts changed."""
    receipt = bent()
    receipt["events"][at] |= changes
    return receipt


def failing(data: bytes, status: str = "invalid", **options: Any) -> str:
    """The one failed finding of a receipt that must not verify."""
    verdict = verify_receipt(data, **options)
    failed = [finding.code for finding in verdict.findings if finding.kind == "failed"]
    codes(verdict)
    assert verdict.status == status
    assert verdict.exit_status == {"invalid": 1, "unreadable": 2}[status]
    assert len(failed) == 1
    return failed[0]
