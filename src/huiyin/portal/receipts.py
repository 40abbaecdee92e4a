"""The receipt file of a case: every event opened, with its proof, the words, the dates that run.

It grows with the case: whoever downloads it again has the newer one. Pages and API offer the
same bytes; what they prove is checked by ``domain.verification`` without any server.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huiyin.cases.models import Case
from huiyin.cases.recording import History, dues_of
from huiyin.cases.story import opened_to_complainant
from huiyin.cases.submitting import HandedIn
from huiyin.domain.errors import Refusal
from huiyin.domain.verification import ERASED
from huiyin.domain.words import Words
from huiyin.history.queries import Stored
from huiyin.register.queries import leaf_data, receipt_proofs, vkey
from huiyin.register.receipts import Opening, make_receipt
from huiyin.vault.queries import openings
from huiyin.vault.queries import words as words_of


def receipt_bytes(
    case: Case, history: History, now: datetime, opened: Iterable[UUID] | None = None
) -> bytes:
    """The receipt of ``case`` as it stands, issued at ``now``. Five queries.

    It opens the texts that the complainant can read; ``opened`` names others, none for a receipt
    to be shown around, which proves the same and tells nothing of what was written.
    After an erasure it begins with the event that says so: that there was a case, how many events
    went, and what came later. Raises Refusal ``receipt-erased`` if other keys are gone.
    """
    every = [row.index for row in history.stored]
    keys = openings(every)
    stored = _kept(history, keys)
    indexes = [row.index for row in stored]
    leaves = leaf_data(indexes)
    if not stored or any(index not in keys for index in indexes):
        raise Refusal("receipt-erased", case=case.number)
    _, proofs = receipt_proofs(indexes)
    ids = opened_to_complainant(history) if opened is None else opened
    words = words_of(ids, case.vault)
    return make_receipt(
        number=case.number,
        vkey=vkey(),
        issued=now,
        events=[
            Opening(row.body, keys[row.index], leaves[row.index], proof, _named(row.body, words))
            for row, proof in zip(stored, proofs, strict=True)
        ],
        dues=_running(history, stored),
    )


def _named(body: bytes, words: Mapping[str, Words]) -> list[Words]:
    """The openings of the texts that an event commits to. One that it does not commit to proves
    nothing and would make the receipt wrong."""
    if not words:
        return []
    content = json.loads(body)["content"]
    return [words[one["id"]] for one in content if "words" in one and one["id"] in words]


def _kept(history: History, keys: Container[int]) -> Sequence[Stored]:
    """What an erasure left: everything from the event ``erased`` on; all, if there was none."""
    for at, row in enumerate(history.stored):
        if row.event_class == ERASED and history.stored[0].index not in keys:
            return history.stored[at:]
    return history.stored


def _running(history: History, stored: Sequence[Stored]) -> list[dict[str, object]]:
    """The dates that run now, each as it stands in the event that set it last."""
    running = {
        (c.limit, c.due.due.isoformat()) for c in history.state.running() if c.due is not None
    }
    found: dict[tuple[str, str], dict[str, object]] = {}
    for row in stored:
        for due in row.dues:
            key = (str(due["limit"]), str(due["due"]))
            if key in running:
                found[key] = due
    return list(found.values())


def first_receipt(handed_in: HandedIn, now: datetime) -> bytes:
    """The receipt of a case registered a moment ago. Reads nothing: the register has just
    answered with the proof, and hand-in is the path that must be fast.

    Raises ValueError for a repeated hand-in, whose proof is not at hand.
    """
    written = handed_in.written
    if written is None:
        raise ValueError("a repeated hand-in has no fresh proof; use receipt_bytes")
    events = [
        Opening(body, key, leaf, written.appended.proof(n), handed_in.words if n == 0 else ())
        for n, (body, key, leaf) in enumerate(
            zip(written.bodies, written.keys, written.leaves, strict=True)
        )
    ]
    return make_receipt(
        number=handed_in.case.number,
        vkey=vkey(),
        issued=now,
        events=events,
        dues=dues_of(handed_in.law, handed_in.state),
    )
