"""Putting a receipt file together: openings, proofs, words, next dates, how to verify.

The format is ``huiyin-receipt/1``; domain/verification.py reads it. Everything a receipt
proves is in its events and proofs; ``issued`` and ``how`` are for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.leaves import encode64, format_at
from huiyin.domain.notes import parse_vkey
from huiyin.domain.verification import FORMAT
from huiyin.domain.words import Words

HOW = {
    "zh": "用 `huiyin verify 本文件` 离线核验，或在任何一台登记簿的“核验”页面打开本文件。"
    "核验密钥（vkey）请从公告栏、见证人等别处取得并对照。",
    "en": "Check this file offline with `huiyin verify FILE`, or open it on the “verify” page. "
    "Compare the verifier key (vkey) with one from elsewhere: notice board, witness.",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """One event opened: its canonical bytes, its key, its public leaf, its tlog-proof text, and
    the openings of texts that it names."""

    event: bytes
    key: bytes
    leaf: bytes
    proof: str
    words: Sequence[Words] = ()


def make_receipt(
    *,
    number: str,
    vkey: str,
    issued: datetime,
    events: Sequence[Opening],
    dues: Sequence[Mapping[str, object]] = (),
    how: Mapping[str, str] | None = None,
) -> bytes:
    """The receipt file. All proofs must be against one checkpoint, events in order from 1.

    ``dues``: the legal dates that run now, each as it stands in one of the events.
    """
    receipt = {
        "format": FORMAT,
        "number": number,
        "origin": parse_vkey(vkey).name,
        "vkey": vkey,
        "issued": format_at(issued),
        "events": [_event(opening) for opening in events],
        "dues": [dict(due) for due in dues],
        "how": dict(how or HOW),
    }
    # One line: Python's indenting encoder costs ten times the plain one, at every hand-in.
    return (json.dumps(receipt, ensure_ascii=False) + "\n").encode()


def _event(opening: Opening) -> dict[str, object]:
    told: dict[str, object] = {
        "event": opening.event.decode(),
        "key": encode64(opening.key),
        "leaf": opening.leaf.decode(),
        "proof": opening.proof,
    }
    if opening.words:
        told["words"] = [
            {"id": one.id, "kind": one.kind, "salt": encode64(one.salt), "text": one.text}
            for one in opening.words
        ]
    return told
