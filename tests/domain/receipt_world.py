"""A log in memory that issues receipts, for tests of verification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from huiyin.domain import leaves, merkle, notes
from huiyin.domain.verification import FORMAT

AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
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
