"""Changes made behind the register's back, one function each.

A tamper takes a cursor of the database's owner and a seeded random source, makes one change
and returns where ``ledger check`` must find it: place and index.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection

from huiyin.domain import leaves, merkle, notes
from huiyin.register import keys

from .register_world import NOW

Tamper = Callable[[Any, random.Random], tuple[str, int | str]]


def fetch(cursor: Any, sql: str, *values: object) -> tuple[Any, ...]:
    cursor.execute(sql, values)
    row = cursor.fetchone()
    return tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)


def _pick(cursor: Any, rng: random.Random, table: str, where: str = "1 = 1") -> int:
    cursor.execute(f'SELECT "index" FROM {table} WHERE {where} ORDER BY "index"')
    return int(rng.choice(cursor.fetchall())[0])


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _flip_text(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    other = rng.choice([c for c in 'abcxyz019{}",:' if c != text[at]])
    return text[:at] + other + text[at + 1 :]


def _flipping(table: str, column: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        index = _pick(cursor, rng, table)
        (old,) = fetch(cursor, f'SELECT {column} FROM {table} WHERE "index" = %s', index)
        new: object = _flip_text(old, rng) if isinstance(old, str) else _flip(old, rng)
        cursor.execute(f'UPDATE {table} SET {column} = %s WHERE "index" = %s', [new, index])
        return {"register_leaf": "leaf", "history_event": "event", "vault_opening": "opening",
                "register_origin": "origin"}[table], index  # fmt: skip

    return tamper


def _deleting(table: str, place: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        index = _pick(cursor, rng, table)
        cursor.execute(f'DELETE FROM {table} WHERE "index" = %s', [index])
        return place, index

    return tamper


def _column(name: str, value: object) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        index = _pick(cursor, rng, "history_event", f"seq > 1 AND {name} IS NOT NULL")
        cursor.execute(f'UPDATE history_event SET {name} = %s WHERE "index" = %s', [value, index])
        return "event", index

    return tamper


def _swapping(table: str, column: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        one, other = sorted(
            (_pick(cursor, rng, table, '"index" < 200'), _pick(cursor, rng, table, '"index" > 250'))
        )
        select = f'SELECT {column} FROM {table} WHERE "index" = %s'
        (a,), (b,) = fetch(cursor, select, one), fetch(cursor, select, other)
        update = f'UPDATE {table} SET {column} = %s WHERE "index" = %s'
        cursor.execute(update, [b, one])
        cursor.execute(update, [a, other])
        return {"register_leaf": "leaf", "history_event": "event"}.get(table, "opening"), one

    return tamper


def _leaf_with_its_hash(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    index = _pick(cursor, rng, "register_leaf")
    (data,) = fetch(cursor, 'SELECT data FROM register_leaf WHERE "index" = %s', index)
    forged = bytes(data).replace(b'"v":1', b'"v":2') if b'"v":1' in data else b"forged"
    cursor.execute(
        'UPDATE register_leaf SET data = %s, hash = %s WHERE "index" = %s',
        [forged, merkle.leaf_hash(forged), index],
    )
    return "leaf", index


def _event_with_its_columns(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """A careful forger: body, column and key are changed so that they agree with each other."""
    index = _pick(cursor, rng, "history_event", "stream = 'HY-2026-900000' AND seq < 6")
    (body,) = fetch(cursor, 'SELECT body FROM history_event WHERE "index" = %s', index)
    forged = leaves.parse_object(body.encode()) | {"role": "forger"}
    cursor.execute(
        "UPDATE history_event SET body = %s, role = 'forger' WHERE \"index\" = %s",
        [leaves.canonical(forged).decode(), index],
    )
    return "event", index


def _last_event_of_a_case(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """Event, opening and leaf of the newest event vanish together."""
    index = fetch(cursor, 'SELECT MAX("index") FROM register_leaf')[0]
    for table in ("history_event", "vault_opening", "register_leaf"):
        cursor.execute(f'DELETE FROM {table} WHERE "index" = %s', [index])
    return "leaf", index


def _forged(body: str, **changes: object) -> str:
    return leaves.canonical(leaves.parse_object(body.encode()) | changes).decode()


def _event_back_dated(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """Text and column of an event say an earlier day; the leaf still knows."""
    index = _pick(cursor, rng, "history_event", "seq > 1")
    (body,) = fetch(cursor, 'SELECT body FROM history_event WHERE "index" = %s', index)
    day = NOW - timedelta(days=rng.randrange(1, 400))
    cursor.execute(
        'UPDATE history_event SET body = %s, at = %s WHERE "index" = %s',
        [
            _forged(body, at=leaves.format_at(day)),
            connection.ops.adapt_datetimefield_value(day),
            index,
        ],
    )
    return "event", index


def _leaf_back_dated(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """The leaf says an earlier day, its hash goes with it; its tile still knows."""
    index = _pick(cursor, rng, "register_leaf", '"index" < 512')
    (data,) = fetch(cursor, 'SELECT data FROM register_leaf WHERE "index" = %s', index)
    day = (NOW - timedelta(days=rng.randrange(1, 400))).date().isoformat()
    said = leaves.parse_object(data) | {"day": day}
    _put_leaf(cursor, index, leaves.canonical(said))
    return "leaf", index


def _put_leaf(cursor: Any, index: int, data: bytes) -> None:
    cursor.execute(
        'UPDATE register_leaf SET data = %s, hash = %s WHERE "index" = %s',
        [data, merkle.leaf_hash(data), index],
    )


def _all_back_dated(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """Event, columns, leaf and hash agree on an earlier day: only the tree knows better."""
    index = _pick(cursor, rng, "vault_opening", '"index" < 512')
    body, key = fetch(
        cursor,
        'SELECT e.body, o.key FROM history_event e JOIN vault_opening o ON o."index" = e."index" '
        'WHERE e."index" = %s',
        index,
    )
    day = NOW - timedelta(days=rng.randrange(1, 400))
    forged = _forged(body, at=leaves.format_at(day))
    cursor.execute(
        'UPDATE history_event SET body = %s, at = %s WHERE "index" = %s',
        [forged, connection.ops.adapt_datetimefield_value(day), index],
    )
    _put_leaf(cursor, index, leaves.leaf_of(forged.encode(), key))
    return "leaf", index


def _leaf_replayed(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """A later leaf is overwritten by an earlier one, hash and all."""
    old, index = sorted(rng.sample(range(512), 2))
    (data,) = fetch(cursor, 'SELECT data FROM register_leaf WHERE "index" = %s', old)
    _put_leaf(cursor, index, data)
    return "leaf", index


def _event_replayed(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """An event of a case is overwritten by the one before it; number and columns of its own."""
    index = _pick(cursor, rng, "history_event", "seq > 2")
    stream, seq, body = fetch(
        cursor, 'SELECT stream, seq, body FROM history_event WHERE "index" = %s', index
    )
    (old,) = fetch(
        cursor, "SELECT body FROM history_event WHERE stream = %s AND seq = %s", stream, seq - 1
    )
    said = leaves.parse_object(body.encode())
    forged = _forged(old, seq=said["seq"], prev=said["prev"], at=said["at"], act=said["act"])
    cursor.execute('UPDATE history_event SET body = %s WHERE "index" = %s', [forged, index])
    return "event", index


def _opening_replayed(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """The key of another event stands in place of an event's own."""
    cursor.execute('SELECT "index" FROM vault_opening WHERE "index" < 200 ORDER BY "index"')
    one, index = rng.sample([row[0] for row in cursor.fetchall()], 2)
    (key,) = fetch(cursor, 'SELECT key FROM vault_opening WHERE "index" = %s', one)
    cursor.execute('UPDATE vault_opening SET key = %s WHERE "index" = %s', [key, index])
    return "opening", index


def _tile_replayed(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    hashes, root = fetch(cursor, "SELECT hashes, root FROM register_tile WHERE number = 0")
    cursor.execute(
        "UPDATE register_tile SET hashes = %s, root = %s WHERE number = 1", [hashes, root]
    )
    return "tile", "0/1"


def _head_replayed(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """The head as it once was, truly signed."""
    cursor.execute('SELECT hash FROM register_leaf ORDER BY "index"')
    hashes = [bytes(row[0]) for row in cursor.fetchall()]
    old = merkle.Frontier().extend(hashes[: rng.randrange(1, len(hashes))])
    note = notes.sign_checkpoint(old.size, old.root(), keys.signer())
    cursor.execute(
        "UPDATE register_head SET size = %s, root = %s, frontier = %s, checkpoint = %s",
        [old.size, old.root(), old.to_bytes(), note],
    )
    return "head", 1


def _origin_added(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    cursor.execute(
        'INSERT INTO register_origin ("index", key, statement) VALUES (7777, %s, %s)',
        [rng.randbytes(32), "{}"],
    )
    return "origin", 7777


def _inserted_leaf(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    index = fetch(cursor, 'SELECT MAX("index") FROM register_leaf')[0] + 1
    cursor.execute(
        'INSERT INTO register_leaf ("index", data, hash) VALUES (%s, %s, %s)',
        [index, b"more", merkle.leaf_hash(b"more")],
    )
    return "leaf", index


def _inserted_event(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    index = fetch(cursor, 'SELECT MAX("index") FROM register_leaf')[0] + 1
    cursor.execute(
        'INSERT INTO history_event ("index", stream, seq, type, at, role, actor, body) '
        "SELECT %s, stream, seq + 1, type, at, role, actor, body FROM history_event "
        "WHERE stream = 'HY-2026-900000' AND seq = 6",
        [index],
    )
    return "event", index


def _inserted_opening(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    cursor.execute('INSERT INTO vault_opening ("index", key) VALUES (9999, %s)', [bytes(32)])
    return "opening", 9999


def _tile(change: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        number = rng.randrange(2)
        if change == "delete":
            cursor.execute("DELETE FROM register_tile WHERE number = %s", [number])
        elif change == "insert":
            number = 2
            cursor.execute(
                "INSERT INTO register_tile (level, number, hashes, root) "
                "SELECT level, 2, hashes, root FROM register_tile WHERE number = 1"
            )
        elif change == "swap":
            number = 0
            cursor.execute("UPDATE register_tile SET number = number + 10 WHERE number = 0")
            cursor.execute("UPDATE register_tile SET number = number - 1 WHERE number = 1")
            cursor.execute("UPDATE register_tile SET number = number - 9 WHERE number = 10")
        else:
            select = f"SELECT {change} FROM register_tile WHERE number = %s"
            (old,) = fetch(cursor, select, number)
            update = f"UPDATE register_tile SET {change} = %s WHERE number = %s"
            cursor.execute(update, [_flip(bytes(old), rng), number])
        return "tile", f"0/{number}"

    return tamper


def _head(change: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        if change == "delete":
            cursor.execute("DELETE FROM register_head")
        elif change == "size":
            cursor.execute("UPDATE register_head SET size = size - 1")
        else:
            (old,) = fetch(cursor, f"SELECT {change} FROM register_head")
            new = _flip_text(old, rng) if isinstance(old, str) else _flip(bytes(old), rng)
            cursor.execute(f"UPDATE register_head SET {change} = %s", [new])
        return "head", 1

    return tamper


def _no_text(column: str) -> Tamper:
    """Bytes that are no UTF-8 where text belongs; PostgreSQL refuses them by itself."""

    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        index = _pick(cursor, rng, "history_event")
        broken = "%s" if connection.vendor == "postgresql" else "CAST(%s AS TEXT)"
        value = "{" if connection.vendor == "postgresql" else b"{\xff\xfe"
        cursor.execute(
            f'UPDATE history_event SET {column} = {broken} WHERE "index" = %s', [value, index]
        )
        return "event", index

    return tamper


TAMPERS: dict[str, Tamper] = {
    "flip in a leaf": _flipping("register_leaf", "data"),
    "flip in a leaf's hash": _flipping("register_leaf", "hash"),
    "leaf replaced with its hash": _leaf_with_its_hash,
    "leaf deleted": _deleting("register_leaf", "leaf"),
    "leaf added": _inserted_leaf,
    "leaves swapped": _swapping("register_leaf", "data"),
    "flip in a tile": _tile("hashes"),
    "flip in a tile's root": _tile("root"),
    "tile deleted": _tile("delete"),
    "tile added": _tile("insert"),
    "tiles swapped": _tile("swap"),
    "head deleted": _head("delete"),
    "head smaller": _head("size"),
    "flip in the head's root": _head("root"),
    "flip in the head's frontier": _head("frontier"),
    "flip in the checkpoint": _head("checkpoint"),
    "flip in an event": _flipping("history_event", "body"),
    "event not readable": _no_text("body"),
    "column type not readable": _no_text("type"),
    "event forged with its columns": _event_with_its_columns,
    "event deleted": _deleting("history_event", "event"),
    "event added": _inserted_event,
    "events swapped": _swapping("history_event", "body"),
    "column stream": _column("stream", "HY-2026-999999"),
    "column seq": _column("seq", 77),
    "column type": _column("type", "other"),
    "column at": _column("at", NOW.replace(second=16)),
    "column role": _column("role", "reviewer"),
    "column actor": _column("actor", "p8"),
    "column actor emptied": _column("actor", None),
    "flip in an opening": _flipping("vault_opening", "key"),
    "opening deleted": _deleting("vault_opening", "opening"),
    "opening added": _inserted_opening,
    "openings swapped": _swapping("vault_opening", "key"),
    "flip in a takeover's statement": _flipping("register_origin", "statement"),
    "flip in a takeover's key": _flipping("register_origin", "key"),
    "takeover deleted": _deleting("register_origin", "event"),
    "end of the register cut off": _last_event_of_a_case,
    "leaf back-dated": _leaf_back_dated,
    "event back-dated": _event_back_dated,
    "event and leaf back-dated": _all_back_dated,
    "leaf replayed": _leaf_replayed,
    "event replayed": _event_replayed,
    "opening replayed": _opening_replayed,
    "tile replayed": _tile_replayed,
    "head replayed": _head_replayed,
    "takeover added": _origin_added,
}
# Where one of two things that belong together was changed and nothing third can tell which.
EITHER = {
    "flip in an opening": {"opening", "event"},
    "openings swapped": {"opening", "event"},
    "opening replayed": {"opening", "event"},
}
