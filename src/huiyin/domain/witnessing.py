"""What a witness answers, and what a log asks it (C2SP tlog-witness), on plain bytes.

A witness knows the keys of some logs and the last checkpoint of each that it cosigned. It
cosigns a newer one only after a proof that it continues the older. The rule is here; sockets,
files and the clock are the callers' (commands/witness.py, register/witnessing.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import decode64, encode64
from huiyin.domain.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from huiyin.domain.notes import (
    COSIGNATURE,
    MAX_PATH,
    Checkpoint,
    Note,
    Signature,
    Signer,
    VerifierKey,
    cosign,
    cosigned_at,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_decimal,
    parse_note,
)

MAX_BODY = 64_000  # bytes: 63 hashes and a checkpoint with sixteen signatures are below 8,000
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
FUTURE = 86_400  # seconds that a witness's clock may be ahead of ours


@dataclass(frozen=True, slots=True)
class Submission:
    """The body of add-checkpoint: a consistency proof from ``old`` to the note's tree."""

    old: int
    path: tuple[bytes, ...]
    note: str

    def to_bytes(self) -> bytes:
        """The request body."""
        lines = "".join(f"{encode64(item)}\n" for item in self.path)
        return f"old {self.old}\n{lines}\n{self.note}".encode()


def parse_submission(body: bytes) -> Submission:
    """Read a request body. Raises Refusal: submission-malformed, size-malformed,
    size-too-large."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refusal("submission-malformed") from None
    head, blank, note = text.partition("\n\n")
    first, *hashes = head.split("\n")
    if not blank or not first.startswith("old ") or len(hashes) > MAX_PATH:
        raise Refusal("submission-malformed")
    try:
        path = tuple(decode64(line, HASH_SIZE) for line in hashes)
    except Refusal:
        raise Refusal("submission-malformed") from None
    return Submission(parse_decimal(first[4:]), path, note)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness answers; ``keep`` is the note to store before answering, if any."""

    status: int
    body: str
    content_type: str = TEXT_TYPE
    keep: tuple[str, Note] | None = None


def judge(
    body: bytes,
    logs: Sequence[VerifierKey],
    latest: Mapping[str, Checkpoint],
    witness: Signer,
    timestamp: int,
) -> Answer:
    """The witness's answer to one submission, in the order of the specification.

    ``latest``: by origin, the checkpoint cosigned last. ``timestamp``: now, seconds UTC.
    """
    try:
        asked = parse_submission(body)
        origin = parse_checkpoint(parse_note(asked.note).text).origin
    except Refusal as refusal:
        return Answer(400, f"malformed: {refusal.code}\n")
    keys = [key for key in logs if key.name == origin]
    if not keys:
        return Answer(404, "this witness does not follow that log\n")
    opened = _opened(asked.note, keys)
    if opened is None:
        return Answer(403, "no signature of a key that this witness knows for that log\n")
    checkpoint, note = opened
    if asked.old > checkpoint.size:
        return Answer(400, "the old size is larger than the checkpoint\n")
    before = latest.get(origin, Checkpoint(origin, 0, EMPTY_ROOT))
    if asked.old != before.size:
        return Answer(409, f"{before.size}\n", SIZE_TYPE)
    if not _extends(before, checkpoint, asked.path):
        # Also for an equal size with another root: 409 in older texts of the specification, 422
        # since C2SP pull request 280 (July 2026), so that every 409 says which size to go on from.
        return Answer(422, "the checkpoint does not continue the one that was cosigned last\n")
    line = cosign(note.text, witness, timestamp)
    own = tuple(s for s in note.signatures if (s.name, s.key_id) in {(k.name, k.id) for k in keys})
    return Answer(200, str(line), keep=(origin, Note(note.text, (*own, line))))


def _opened(text: str, keys: Sequence[VerifierKey]) -> tuple[Checkpoint, Note] | None:
    """The checkpoint, if one of the keys signed it and none that signed it did so wrongly."""
    for key in keys:
        try:
            return open_checkpoint(text, key, [other for other in keys if other is not key])
        except Refusal:
            continue
    return None


def _extends(before: Checkpoint, after: Checkpoint, path: Sequence[bytes]) -> bool:
    if before.size == 0:  # also a first checkpoint of size 0 must have the empty tree's root
        return verify_consistency(0, after.size, EMPTY_ROOT, after.root, path)
    return verify_consistency(before.size, after.size, before.root, after.root, path)


# The log's side ---------------------------------------------------------------------------------


def read_cosignature(note: str, body: bytes, key: VerifierKey, now: int) -> tuple[Signature, int]:
    """The cosignature of the witness ``key`` in its answer 200, and its time (seconds UTC).

    Lines of unknown keys are ignored. Raises Refusal("witness-answer-wrong").
    """
    try:
        text = note + body.decode()
        parsed, _ = open_note(text, [key])
    except (UnicodeDecodeError, Refusal):
        raise Refusal("witness-answer-wrong") from None
    at = cosigned_at(parsed, key)
    if key.algorithm != COSIGNATURE or at is None or at > now + FUTURE:
        raise Refusal("witness-answer-wrong")
    line = next(s for s in parsed.signatures if (s.name, s.key_id) == (key.name, key.id))
    return line, at


def trouble_of(status: int, content_type: str, body: bytes, size: int) -> tuple[str, int | None]:
    """What an answer other than 200 means to a log that submitted a tree of ``size``.

    A code, and for "witness-conflict" the size from which the witness wants a proof:
    witness-conflict, witness-ahead (it has seen a larger tree), witness-fork (what it has seen
    is not the beginning of ours), witness-refused, witness-unreachable.
    """
    if status == 409 and content_type.split(";")[0].strip() == SIZE_TYPE:
        try:
            seen = parse_decimal(body[:40].decode("ascii", "replace").removesuffix("\n"))
        except Refusal:
            return "witness-answer-wrong", None
        return ("witness-conflict", seen) if seen <= size else ("witness-ahead", seen)
    if status in (409, 422):
        return "witness-fork", None
    if status in (400, 403, 404):
        return "witness-refused", None
    return "witness-unreachable", None
