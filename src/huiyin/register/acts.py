"""The only writers of the register: appending leaves, and taking over under a new origin.

Leaves, full tiles, head and signed checkpoint change in the transaction of the act that they
record, one writer at a time: SQLite by the back end's lock, PostgreSQL by an advisory lock
taken last. Plain SQL instead of the ORM: this runs in every hand-in, and model instances
would cost more than hashing, signing and writing together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from huiyin.domain.errors import Refusal
from huiyin.domain.merkle import TILE_WIDTH, Frontier, grow, leaf_hash, split_hashes
from huiyin.domain.notes import Signer, TlogProof, open_checkpoint, sign_checkpoint
from huiyin.domain.tiles import MAX_ENTRY, subtree_root
from huiyin.register import keys, lastsigned

_WRITER_LOCK = 0x6875_6979_696E  # "huiyin"; any constant will do as long as nobody else uses it


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the leaves went: indexes from ``first_index`` on, all proved by ``checkpoint``."""

    first_index: int
    size: int
    checkpoint: str
    paths: tuple[tuple[bytes, ...], ...]

    def proof(self, number: int) -> str:
        """The tlog-proof text of the ``number``-th appended leaf, counted from 0."""
        index = self.first_index + number
        return str(TlogProof(index, self.paths[number], self.checkpoint))


def append(leaves: Sequence[bytes], now: datetime) -> Appended:
    """Append leaves and sign the new tree, as the last step of the caller's transaction.

    ``now``: aware time of the server, kept beside the head. Raises Refusal (nothing is
    written then): register-empty-append, leaf-too-long, register-key-missing,
    register-last-signed-missing, register-restored-backup, register-fork, register-key-new;
    TransactionManagementError outside a transaction.
    """
    if not leaves:
        raise Refusal("register-empty-append")
    for leaf in leaves:
        if len(leaf) > MAX_ENTRY:
            raise Refusal("leaf-too-long", length=len(leaf), most=MAX_ENTRY)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("append() belongs into the act's transaction")
    signer = keys.signer()
    with connection.cursor() as cursor:
        take_writer_lock(cursor)
        old, last_note = read_head(cursor)
        _require_extension(cursor, old, last_note, signer)
        hashes = [leaf_hash(leaf) for leaf in leaves]
        new, paths = grow(old, hashes)
        note = sign_checkpoint(new.size, new.root(), signer)
        _write(cursor, old, new, list(zip(leaves, hashes, strict=True)), note, now)
    last = lastsigned.LastSigned(new, note)
    # Robust: the act is committed by then, and signing catches up with a file that lags.
    transaction.on_commit(partial(lastsigned.advance, keys.folder(), last), robust=True)
    return Appended(old.size, new.size, note, tuple(map(tuple, paths)))


def take_writer_lock(cursor: Any) -> None:
    """Wait until nobody else appends, until the end of the transaction."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITER_LOCK])


def read_head(cursor: Any) -> tuple[Frontier, str]:
    """The tree as stored and its checkpoint note; the empty tree if there is none yet."""
    cursor.execute("SELECT size, frontier, checkpoint FROM register_head WHERE id = 1")
    row = cursor.fetchone()
    if row is None:
        return Frontier(), ""
    return Frontier.from_bytes(row[0], bytes(row[1])), row[2]


def _require_extension(cursor: Any, head: Frontier, note: str, signer: Signer) -> None:
    """Refuse to sign unless the stored tree extends the last one signed with this key."""
    last = lastsigned.read(keys.folder())
    if last is None:
        raise Refusal("register-last-signed-missing", size=head.size)
    if last.note and last.origin != signer.name:
        raise Refusal("register-key-new", size=head.size)
    if last.frontier == head:
        return
    signed = last.frontier.size
    if signed > head.size:
        raise Refusal("register-restored-backup", signed=signed, stored=head.size)
    if signed == 0:
        _require_own_checkpoint(note, head, signer)
    between = _leaf_hashes(cursor, signed, head.size)
    if last.frontier.extend(between) != head:
        raise Refusal("register-fork", size=signed)


def _require_own_checkpoint(note: str, head: Frontier, signer: Signer) -> None:
    """A key that has signed nothing may not carry on a tree that another key signed."""
    try:
        checkpoint, _ = open_checkpoint(note, signer.key)
    except Refusal:
        raise Refusal("register-key-new", size=head.size) from None
    if (checkpoint.size, checkpoint.root) != (head.size, head.root()):
        raise Refusal("register-fork", size=head.size)


def _leaf_hashes(cursor: Any, begin: int, end: int) -> list[bytes]:
    cursor.execute(
        'SELECT hash FROM register_leaf WHERE "index" >= %s AND "index" < %s ORDER BY "index"',
        [begin, end],
    )
    return [bytes(row[0]) for row in cursor.fetchall()]


def _write(
    cursor: Any,
    old: Frontier,
    new: Frontier,
    leaves: list[tuple[bytes, bytes]],
    note: str,
    now: datetime,
) -> None:
    cursor.executemany(
        'INSERT INTO register_leaf ("index", data, hash) VALUES (%s, %s, %s)',
        [(index, data, digest) for index, (data, digest) in enumerate(leaves, old.size)],
    )
    _write_full_tiles(cursor, old.size, new.size)
    values = [
        new.size, new.root(), new.to_bytes(), note,
        connection.ops.adapt_datetimefield_value(now),
    ]  # fmt: skip
    cursor.execute(
        "UPDATE register_head SET size = %s, root = %s, frontier = %s, checkpoint = %s, at = %s "
        "WHERE id = 1",
        values,
    )
    if cursor.rowcount == 0:
        cursor.execute(
            "INSERT INTO register_head (size, root, frontier, checkpoint, at, id) "
            "VALUES (%s, %s, %s, %s, %s, 1)",
            values,
        )


def _write_full_tiles(cursor: Any, old: int, new: int) -> None:
    """Store each tile that the new leaves completed, level by level."""
    level, begin, end = 0, old // TILE_WIDTH, new // TILE_WIDTH
    while begin < end:
        for number in range(begin, end):
            hashes = tile_hashes(cursor, level, number)
            cursor.execute(
                "INSERT INTO register_tile (level, number, hashes, root) VALUES (%s, %s, %s, %s)",
                [level, number, b"".join(hashes), subtree_root(hashes)],
            )
        level, begin, end = level + 1, begin // TILE_WIDTH, end // TILE_WIDTH


def tile_hashes(cursor: Any, level: int, number: int) -> list[bytes]:
    """The hashes of a tile from the rows below it: leaves, or roots of the tiles one lower."""
    begin = number * TILE_WIDTH
    if level == 0:
        return _leaf_hashes(cursor, begin, begin + TILE_WIDTH)
    cursor.execute(
        "SELECT root FROM register_tile WHERE level = %s AND number >= %s AND number < %s "
        "ORDER BY number",
        [level - 1, begin, begin + TILE_WIDTH],
    )
    return [bytes(row[0]) for row in cursor.fetchall()]


def stored_tile(cursor: Any, level: int, number: int) -> list[bytes]:
    """The hashes of a tile: the stored full tile, or what there is of a partial one."""
    cursor.execute(
        "SELECT hashes FROM register_tile WHERE level = %s AND number = %s", [level, number]
    )
    row = cursor.fetchone()
    return split_hashes(bytes(row[0])) if row else tile_hashes(cursor, level, number)
