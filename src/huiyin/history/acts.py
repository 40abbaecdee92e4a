"""Writing events: row, opening key and register leaf together, or nothing.

The only writer of ``history_event``. Call inside a transaction; the register is appended to
last, so its lock is held for the shortest time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import KEY_SIZE, event_bytes, leaf_of
from huiyin.domain.states import Event
from huiyin.register import acts as register
from huiyin.vault.acts import put_openings


@dataclass(frozen=True)
class Draft:
    """An event about to be written: what the rules decided, its register class, the dates it
    set and the sealed rows it speaks of."""

    event: Event
    event_class: str
    dues: Sequence[Mapping[str, object]] = ()
    content: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True)
class Written:
    """What was written: the events' bytes and keys, their leaf indexes, the register's answer."""

    bodies: tuple[bytes, ...]
    keys: tuple[bytes, ...]
    leaves: tuple[bytes, ...]
    first_index: int
    appended: register.Appended


@dataclass(frozen=True)
class Chapter:
    """What is to be appended to one stream, after the event whose bytes are ``previous``."""

    stream: str
    previous: bytes | None
    drafts: Sequence[Draft]


Entropy = Callable[[int], bytes]


def append(
    stream: str,
    previous: bytes | None,
    drafts: Sequence[Draft],
    now: datetime,
    entropy: Entropy,
) -> Written:
    """Append ``drafts`` to ``stream`` after the event whose bytes are ``previous``.

    ``entropy(n)`` gives n random bytes. Raises Refusal ``stale`` if somebody else wrote first
    (``unique(stream, seq)``).
    """
    return append_all([Chapter(stream, previous, drafts)], now, entropy)


def append_all(chapters: Sequence[Chapter], now: datetime, entropy: Entropy) -> Written:
    """Append to several streams as one step of the register, in the order given."""
    rows: list[tuple[str, Event, bytes]] = []
    for chapter in chapters:
        previous = chapter.previous
        for draft in chapter.drafts:
            previous = _body(chapter.stream, previous, draft)
            rows.append((chapter.stream, draft.event, previous))
    keys = tuple(entropy(KEY_SIZE) for _ in rows)
    leaves = tuple(leaf_of(row[2], key) for row, key in zip(rows, keys, strict=True))
    appended = register.append(leaves, now)
    first = appended.first_index
    _insert(first, rows)
    put_openings([(first + n, key) for n, key in enumerate(keys)])
    return Written(tuple(row[2] for row in rows), keys, leaves, first, appended)


def _body(stream: str, previous: bytes | None, draft: Draft) -> bytes:
    event = draft.event
    return event_bytes(
        case=stream,
        seq=event.seq,
        previous=previous,
        at=event.at,
        role=event.role,
        act=event.type,
        event_class=draft.event_class,
        data=event.data,
        dues=draft.dues,
        content=draft.content,
        actor=event.actor,
    )


_COLUMNS = '("index", stream, seq, type, at, role, actor, body)'
# Rows per statement: eight parameters each stay below either engine's limit.
_AT_ONCE = 400


def _insert(first: int, rows: Sequence[tuple[str, Event, bytes]]) -> None:
    # Plain SQL: this is the hot path of every act, and the ORM doubles its cost.
    adapt = connection.ops.adapt_datetimefield_value
    values = [
        (first + n, stream, e.seq, e.type, adapt(e.at), e.role, e.actor, body.decode())
        for n, (stream, e, body) in enumerate(rows)
    ]
    try:
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            for start in range(0, len(values), _AT_ONCE):
                some = values[start : start + _AT_ONCE]
                marks = ",".join(["(%s,%s,%s,%s,%s,%s,%s,%s)"] * len(some))
                sql = f"INSERT INTO history_event {_COLUMNS} VALUES {marks}"
                cursor.execute(sql, [value for row in some for value in row])
    except IntegrityError as error:
        raise Refusal("stale", case=rows[0][0], since=[]) from error
