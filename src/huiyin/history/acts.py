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


def append(
    stream: str,
    previous: bytes | None,
    drafts: Sequence[Draft],
    now: datetime,
    entropy: Callable[[int], bytes],
) -> Written:
    """Append ``drafts`` to ``stream`` after the event whose bytes are ``previous``.

    ``entropy(n)`` gives n random bytes. Raises Refusal ``stale`` if somebody else wrote first
    (``unique(stream, seq)``).
    """
    bodies: list[bytes] = []
    for draft in drafts:
        previous = _body(stream, previous, draft)
        bodies.append(previous)
    keys = tuple(entropy(KEY_SIZE) for _ in bodies)
    leaves = tuple(leaf_of(body, key) for body, key in zip(bodies, keys, strict=True))
    appended = register.append(leaves, now)
    first = appended.first_index
    _insert(stream, first, drafts, bodies)
    put_openings([(first + n, key) for n, key in enumerate(keys)])
    return Written(tuple(bodies), keys, leaves, first, appended)


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


def _insert(stream: str, first: int, drafts: Sequence[Draft], bodies: Sequence[bytes]) -> None:
    # Plain SQL: this is the hot path of every act, and the ORM doubles its cost.
    adapt = connection.ops.adapt_datetimefield_value
    rows = [
        (first + n, stream, e.seq, e.type, adapt(e.at), e.role, e.actor, body.decode())
        for n, (e, body) in enumerate(zip((d.event for d in drafts), bodies, strict=True))
    ]
    marks = "(%s,%s,%s,%s,%s,%s,%s,%s)"
    sql = f"INSERT INTO history_event {_COLUMNS} VALUES " + ",".join([marks] * len(rows))
    try:
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute(sql, [value for row in rows for value in row])
    except IntegrityError as error:
        raise Refusal("stale", case=stream, since=[]) from error
