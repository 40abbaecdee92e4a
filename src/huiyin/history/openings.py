"""Handing all openings to an auditor: one file encrypted with age, and the event that says so.

The file is encrypted while the rows are read, so that nothing is written in clear. Then the
event is registered with the file's hash, the recipients and the state that it covers; only
then does the file get its name. Who may have it is decided by whoever runs the command.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
from django.db import connection, transaction

from huiyin.domain.errors import Refusal
from huiyin.domain.openings import REGISTER, first_line, leaf_line
from huiyin.domain.states import Event
from huiyin.history.acts import Draft, append
from huiyin.history.queries import Stored, events
from huiyin.register import queries as register
from huiyin.register.checking.rows import snapshot
from huiyin.register.receipts import Opening, make_receipt
from huiyin.vault.queries import openings

RELEASED = "openings-released"
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Released:
    """What was handed out: the file, its SHA-256, the leaves that it covers, and the receipt of
    the event that registers it."""

    file: Path
    sha256: str
    leaves: int
    receipt: bytes


def release(out: Path, auditors: Sequence[str], now: datetime) -> Released:
    """Write every opening there is to ``out``, encrypted to ``auditors`` (``age1…``), and
    register that.

    Raises Refusal: openings-recipient-malformed, openings-file-exists, register-is-empty, and
    those of ``history.append``; OSError if the file cannot be written. No file stays then.
    """
    recipients = [_recipient(text) for text in auditors]
    if out.exists():
        raise Refusal("openings-file-exists", path=str(out))
    file, name = tempfile.mkstemp(prefix=".openings-", dir=out.parent)  # its owner's only
    partial = Path(name)
    try:
        with os.fdopen(file, "w+b") as written:
            leaves = _write(written, recipients, now)
            written.seek(0)
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        _register(auditors, leaves, digest, now)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return Released(out, digest, leaves, _receipt(now))


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Refusal("openings-recipient-malformed", recipient=text[:80]) from None


def _write(out: Any, recipients: Sequence[Any], now: datetime) -> int:
    with snapshot():
        head = register.head()
        if not head.checkpoint:
            raise Refusal("register-is-empty")
        pyrage.encrypt_io(_Reader(_lines(head, now)), out, recipients)
        out.flush()
        os.fsync(out.fileno())
    return head.size


_ROWS = (
    "SELECT l.data, e.body, o.key, r.statement, r.key FROM register_leaf l "
    'LEFT JOIN history_event e ON e."index" = l."index" '
    'LEFT JOIN vault_opening o ON o."index" = l."index" '
    'LEFT JOIN register_origin r ON r."index" = l."index" '
    'WHERE l."index" < %s ORDER BY l."index"'
)


def _lines(head: register.Head, now: datetime) -> Iterator[bytes]:
    """The package in clear, piece by piece; an erased event has lost its key and gets none."""
    yield first_line(register.vkey(), now, head.checkpoint)
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [head.size])
        while rows := cursor.fetchmany(_CHUNK):
            yield b"".join(_line(*row) for row in rows)


def _line(data: Any, body: str | None, key: Any, statement: str | None, old: Any) -> bytes:
    secret = old if statement is not None else key
    return leaf_line(
        bytes(data),
        None if secret is None else bytes(secret),
        event=body,
        statement=statement,
    )


class _Reader(io.RawIOBase):
    """A file to read from, made of pieces that come one after the other."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _register(auditors: Sequence[str], leaves: int, digest: str, now: datetime) -> None:
    """The event ``openings-released``: to whom, up to which state, and the file's hash."""
    with transaction.atomic():
        before = events(REGISTER)
        last = before[-1] if before else None
        event = Event(
            last.event.seq + 1 if last else 1, RELEASED, now, "system", None,
            {"auditors": list(auditors), "leaves": leaves, "sha256": digest},
        )  # fmt: skip
        draft = Draft(event, RELEASED)
        append(REGISTER, last.body if last else None, [draft], now, secrets.token_bytes)


def _receipt(now: datetime) -> bytes:
    """The receipt of everything ever handed out, this file included."""
    stored: Sequence[Stored] = events(REGISTER)
    indexes = [row.index for row in stored]
    keys, leaves = openings(indexes), register.leaf_data(indexes)
    _, proofs = register.receipt_proofs(indexes)
    return make_receipt(
        number=REGISTER,
        vkey=register.vkey(),
        issued=now,
        events=[
            Opening(row.body, keys[row.index], leaves[row.index], proof)
            for row, proof in zip(stored, proofs, strict=True)
        ],
    )
