"""Reading the register: head, proofs, leaves, tiles. Nothing here writes or signs.

Proofs cost a few tile rows whatever the size of the tree: the right edge comes from the
head's frontier, everything else from stored tiles of 256 hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huiyin.domain.errors import Refusal
from huiyin.domain.merkle import (
    Frontier,
    NodeSource,
    consistency_proof,
    inclusion_proof,
    peak_positions,
)
from huiyin.domain.notes import TlogProof
from huiyin.domain.tiles import TILE_WIDTH, TileName, bundle, node_source, width_at
from huiyin.register import keys
from huiyin.register.acts import read_head, stored_tile


@dataclass(frozen=True, slots=True)
class Head:
    """The tree as it stands: size, root, and the signed checkpoint ("" while it is empty)."""

    size: int
    root: bytes
    checkpoint: str


def vkey() -> str:
    """The log's verifier key, ``name+hex8+base64``. Raises Refusal("register-key-missing")."""
    return str(keys.signer().key)


def head() -> Head:
    """The tree as last committed."""
    with connection.cursor() as cursor:
        frontier, note = read_head(cursor)
    return Head(frontier.size, frontier.root(), note)


def nodes(cursor: Any, frontier: Frontier) -> NodeSource:
    """Nodes of the stored tree; tiles are read once each and kept as long as the source."""
    peaks = dict(zip(peak_positions(frontier.size), frontier.peaks, strict=True))
    read: dict[tuple[int, int], list[bytes]] = {}

    def tile(level: int, number: int) -> list[bytes]:
        if (level, number) not in read:
            read[level, number] = stored_tile(cursor, level, number)
        return read[level, number]

    inner = node_source(tile)

    def node(level: int, number: int) -> bytes:
        return peaks.get((level, number)) or inner(level, number)

    return node


def proof(index: int, size: int | None = None) -> list[bytes]:
    """Inclusion path of a leaf, leaf to root, in the tree of ``size`` (default: all).

    Raises Refusal: leaf-outside-tree, sizes-out-of-order (``size`` beyond the tree).
    """
    with connection.cursor() as cursor:
        frontier, _ = read_head(cursor)
        wanted = _within(frontier, size)
        return inclusion_proof(index, wanted, nodes(cursor, frontier))


def consistency(old: int, new: int | None = None) -> list[bytes]:
    """Proof that the tree of size ``new`` (default: all) extends the one of size ``old``.

    Raises Refusal("sizes-out-of-order").
    """
    with connection.cursor() as cursor:
        frontier, _ = read_head(cursor)
        return consistency_proof(old, _within(frontier, new), nodes(cursor, frontier))


def _within(frontier: Frontier, size: int | None) -> int:
    if size is None:
        return frontier.size
    if not 0 <= size <= frontier.size:
        raise Refusal("sizes-out-of-order", old=size, new=frontier.size)
    return size


def receipt_proofs(indexes: Sequence[int]) -> tuple[str, list[str]]:
    """A checkpoint and, for each index, the tlog-proof text against it.

    The newest checkpoint that enough witnesses cosigned, if all the leaves are in it: it proves
    more than a newer one without. Otherwise the current one. Raises Refusal("leaf-outside-tree").
    """
    with connection.cursor() as cursor:
        frontier, note = read_head(cursor)
        size, note = _cosigned(cursor, max(indexes, default=-1)) or (frontier.size, note)
        node = nodes(cursor, frontier)
        paths = [inclusion_proof(index, size, node) for index in indexes]
    return note, [
        str(TlogProof(index, tuple(path), note)) for index, path in zip(indexes, paths, strict=True)
    ]


def _cosigned(cursor: Any, index: int) -> tuple[int, str] | None:
    """The newest checkpoint with enough cosignatures whose tree has the leaf ``index``."""
    cursor.execute(
        "SELECT size, note FROM register_cosigned WHERE enough AND size > %s "
        "ORDER BY size DESC LIMIT 1",
        [index],
    )
    row = cursor.fetchone()
    # A takeover leaves cosignatures of the older origin behind; they are not this log's.
    return (row[0], row[1]) if row and row[1].startswith(f"{keys.signer().name}\n") else None


def published() -> str:
    """The current checkpoint with the cosignatures that it has; "" while there is none."""
    note = head().checkpoint
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT note FROM register_cosigned WHERE size = "
            "(SELECT size FROM register_head WHERE id = 1)"
        )
        row = cursor.fetchone()
    text = note.partition("\n\n")[0]
    return row[0] if row and text and row[0].startswith(f"{text}\n\n") else note


def leaf_data(indexes: Sequence[int]) -> dict[int, bytes]:
    """The public leaves at these indexes, by index."""
    if not indexes:
        return {}
    marks = ",".join(["%s"] * len(indexes))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "index", data FROM register_leaf WHERE "index" IN ({marks})', list(indexes)
        )
        return {index: bytes(data) for index, data in cursor.fetchall()}


def tile_bytes(name: TileName) -> bytes | None:
    """The bytes of a tile or entry bundle, None if the tree does not have them."""
    with connection.cursor() as cursor:
        frontier, _ = read_head(cursor)
        if width_at(frontier.size, name.level or 0, name.number) < name.width:
            return None
        if name.level is not None:
            hashes = stored_tile(cursor, name.level, name.number)
            return b"".join(hashes[: name.width])
    first = name.number * TILE_WIDTH
    entries = leaf_data(range(first, first + name.width))
    return bundle(entries[index] for index in sorted(entries))
