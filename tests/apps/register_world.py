"""A register to test with: a key folder of its own, and cases whose events fill it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from huiyin.domain import merkle, notes
from huiyin.domain.errors import Refusal
from huiyin.domain.states import Event
from huiyin.history import acts as history
from huiyin.register import acts, keys, lastsigned, queries

NOW = datetime(2025, 11, 20, 8, 30, 15, 123456, tzinfo=UTC)
CLASSES = ["registered", "accepted", "forwarded", "answered"]


def entropy(seed: str) -> Callable[[int], bytes]:
    """Bytes that differ from call to call and are the same in every run."""
    count = 0

    def draw(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed} {count}".encode()).digest(length)

    return draw


DRAW = entropy("register")


def write(stream: str, previous: bytes | None, seq: int, event_class: str) -> history.Written:
    """One more event of a case, in a transaction of its own."""
    at = NOW + timedelta(minutes=seq)
    event = Event(seq, f"act-{seq}", at, "owner", "p7" if seq > 1 else None, {"seq": seq})
    draft = history.Draft(event, event_class, [{"limit": "decide", "due": "2027-01-19"}])
    with transaction.atomic():
        return history.append(stream, previous, [draft], at, DRAW)


def case(stream: str, events: int, last_class: str = "answered") -> list[history.Written]:
    """A case with some events."""
    written: list[history.Written] = []
    for seq in range(1, events + 1):
        event_class = last_class if seq == events else CLASSES[(seq - 1) % 3]
        previous = written[-1].bodies[-1] if written else None
        written.append(write(stream, previous, seq, event_class))
    return written


def remember_signed() -> None:
    """What follows a commit; the tests' own transactions never commit."""
    with connection.cursor() as cursor:
        lastsigned.advance(keys.folder(), lastsigned.LastSigned(*acts.read_head(cursor)))


def append(*data: bytes) -> acts.Appended:
    """Append leaves in a transaction and do what follows its commit."""
    with transaction.atomic():
        appended = acts.append(data, NOW)
    remember_signed()
    return appended


def fill(size: int) -> list[bytes]:
    """That many leaves; returns their hashes."""
    data = [b"leaf %d" % number for number in range(size)]
    append(*data)
    return [merkle.leaf_hash(leaf) for leaf in data]


def verify(proof: str) -> notes.Checkpoint:
    """Check a tlog-proof text as a stranger would, with the log's key alone."""
    parsed = notes.parse_proof(proof)
    checkpoint, _ = notes.open_checkpoint(parsed.checkpoint, notes.parse_vkey(queries.vkey()))
    leaf = merkle.leaf_hash(queries.leaf_data([parsed.index])[parsed.index])
    assert merkle.verify_inclusion(
        parsed.index, checkpoint.size, leaf, parsed.hashes, checkpoint.root
    )
    return checkpoint


@contextmanager
def as_owner() -> Iterator[Any]:
    """A cursor of the database's owner, all triggers off; everything is undone at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        _switch_triggers_off(cursor)
        yield cursor
        transaction.set_rollback(True)


def _switch_triggers_off(cursor: Any) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        return
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (trigger,) in cursor.fetchall():
        cursor.execute(f"DROP TRIGGER {trigger}")


def replace_register(data: Sequence[bytes]) -> None:
    """Rewrite the tables as if these had always been the leaves, signed with the log's key;
    the file with the last signed checkpoint knows nothing of it."""
    with connection.cursor() as cursor:
        _switch_triggers_off(cursor)
        for table in ("leaf", "tile", "head"):
            cursor.execute(f"DELETE FROM register_{table}")
        pairs = [(leaf, merkle.leaf_hash(leaf)) for leaf in data]
        frontier = merkle.Frontier().extend(digest for _, digest in pairs)
        note = notes.sign_checkpoint(frontier.size, frontier.root(), keys.signer())
        acts._write(cursor, merkle.Frontier(), frontier, pairs, note, NOW)


def restore_backup(size: int) -> None:
    """What restoring an old backup does: the tables are as they were, the key folder is not."""
    data = queries.leaf_data(range(size))
    replace_register([data[index] for index in range(size)])


def refused(code: str) -> dict[str, object]:
    """Appending is refused with this code and changes nothing; returns the refusal's data."""
    before = queries.head()
    with pytest.raises(Refusal) as found, transaction.atomic():
        acts.append([b"fork"], NOW)
    assert found.value.code == code
    assert queries.head() == before
    return found.value.data
