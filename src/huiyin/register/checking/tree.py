"""First walk: leaves, their hashes, tiles, root, head, signature, last signed checkpoint.

Each leaf has its hash in up to three places (its data, its column, its tile), each tile its
root in two; the one that disagrees with the others is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import parse_leaf
from huiyin.domain.merkle import HASH_SIZE, TILE_WIDTH, Frontier, leaf_hash, split_hashes
from huiyin.domain.notes import Checkpoint, VerifierKey, open_checkpoint
from huiyin.domain.tiles import TILE_HEIGHT, subtree_root
from huiyin.register import keys, lastsigned
from huiyin.register.checking.rows import as_blob, stream
from huiyin.register.faults import CORRUPTION, TAMPERING, UNKNOWN, Fault, Faults, cause_of
from huiyin.register.lastsigned import LastSigned

Leaf = tuple[bytes, bytes]  # data, hash column
_MOST_DISPUTES = 20  # so that memory stays bounded when nothing fits


def check(faults: Faults, last: LastSigned | None) -> tuple[int, bool]:
    """Walk leaves and tiles, then compare head and last signed; returns the number of leaves,
    and whether they lead to the signed root."""
    walk = _Walk(faults, last)
    for tile in _tiles_of_leaves(faults):
        walk.add(tile)
    walk.finish()
    signed = _check_head(faults, walk.frontier, last)
    walk.settle(signed)
    _check_last_signed(faults, last, walk)
    return walk.frontier.size, signed


def _tiles_of_leaves(faults: Faults) -> Iterator[list[Leaf]]:
    """The leaves in order, 256 at a time; a gap in the indexes is reported."""
    columns = f'"index", {as_blob("data")}, {as_blob("hash")}'
    expected, tile = 0, []
    for index, data, digest in stream(f'SELECT {columns} FROM register_leaf ORDER BY "index"'):
        if index != expected:
            faults.add(Fault("leaf", expected, "leaf-missing", TAMPERING, {"next": index}))
            expected = index
        tile.append((bytes(data or b""), bytes(digest or b"")))
        expected += 1
        if len(tile) == TILE_WIDTH:
            yield tile
            tile = []
    if tile:
        yield tile


class _Walk:
    """Recomputes the tree upwards, comparing each stored tile on the way."""

    def __init__(self, faults: Faults, last: LastSigned | None) -> None:
        self.faults = faults
        self.frontier = Frontier()
        self.at_last: Frontier | None = Frontier() if last and not last.frontier.size else None
        self._last_size = last.frontier.size if last else -1
        self._above: dict[int, list[bytes]] = {}  # roots waiting to become a tile, by level
        self._number = 0
        self._disputed: list[tuple[int, list[int]]] = []  # tile, leaves it contradicts

    def add(self, leaves: Sequence[Leaf]) -> None:
        """Take the next 256 leaves, or fewer at the right edge."""
        hashes = [leaf_hash(data) for data, _ in leaves]
        first = self.frontier.size
        stored = _stored_tile(0, self._number) if len(leaves) == TILE_WIDTH else None
        self._compare_leaves(first, leaves, hashes, stored)
        if first < self._last_size <= first + len(hashes):
            self.at_last = self.frontier.extend(hashes[: self._last_size - first])
        if len(leaves) == TILE_WIDTH:
            root = subtree_root(hashes)
            self._compare_root(0, self._number, root, stored)
            self.frontier = _append_subtree(self.frontier, root, TILE_HEIGHT)
            self._number += 1
            self._climb(1, root)
        else:
            self.frontier = self.frontier.extend(hashes)

    def _compare_leaves(
        self,
        first: int,
        leaves: Sequence[Leaf],
        hashes: Sequence[bytes],
        stored: tuple[bytes, bytes] | None,
    ) -> None:
        kept = split_hashes(stored[0]) if stored else []
        if [column for _, column in leaves] == hashes and (not stored or kept == hashes):
            return
        tile_sound = stored is not None and len(stored[0]) == TILE_WIDTH * HASH_SIZE and (
            subtree_root(kept) == stored[1]
        )  # fmt: skip
        disputed = []
        for at, (computed, leaf) in enumerate(zip(hashes, leaves, strict=True)):
            in_tile = kept[at] if tile_sound else None
            if computed != leaf[1]:
                self._name_leaf(first + at, computed, leaf, in_tile)
            elif in_tile not in (None, computed):
                disputed.append(first + at)
        if disputed and len(self._disputed) < _MOST_DISPUTES:
            self._disputed.append((first // TILE_WIDTH, disputed))
        if stored and not tile_sound:
            self._name_tile(0, first // TILE_WIDTH, b"".join(hashes), stored)

    def _name_leaf(self, index: int, computed: bytes, leaf: Leaf, in_tile: bytes | None) -> None:
        data, column = leaf
        if in_tile == computed:
            cause = cause_of(computed, column)
            self.faults.add(Fault("leaf", index, "leaf-hash-changed", cause))
        else:
            code = "leaf-changed" if in_tile == column else "leaf-or-hash-changed"
            self.faults.add(Fault("leaf", index, code, _cause(data)))

    def settle(self, signed: bool) -> None:
        """Leaves and a tile, each sound in itself, contradict each other: the signed root
        decides which of them was replaced."""
        for number, indexes in self._disputed:
            if signed:
                self.faults.add(Fault("tile", f"0/{number}", "tile-replaced", TAMPERING))
                continue
            for index in indexes:
                self.faults.add(Fault("leaf", index, "leaf-replaced", TAMPERING))

    def _name_tile(
        self, level: int, number: int, computed: bytes, stored: tuple[bytes, bytes]
    ) -> None:
        where = f"{level}/{number}"
        if stored[0] != computed:
            cause = cause_of(computed, stored[0])
            self.faults.add(Fault("tile", where, "tile-changed", cause))
        else:
            self.faults.add(Fault("tile", where, "tile-root-changed", UNKNOWN))

    def _compare_root(
        self, level: int, number: int, root: bytes, stored: tuple[bytes, bytes] | None
    ) -> None:
        where = f"{level}/{number}"
        if stored is None:
            self.faults.add(Fault("tile", where, "tile-missing", TAMPERING))
        elif stored[1] != root and not self.faults.has("tile", where):
            # The leaves below may be the culprit and are named already; this comes after.
            cause = cause_of(root, stored[1])
            self.faults.later(Fault("tile", where, "tile-root-changed", cause))

    def _climb(self, level: int, root: bytes) -> None:
        row = self._above.setdefault(level, [])
        row.append(root)
        if len(row) < TILE_WIDTH:
            return
        number = (self.frontier.size >> (TILE_HEIGHT * (level + 1))) - 1
        stored = _stored_tile(level, number)
        if stored is not None and stored[0] != b"".join(row):
            cause = cause_of(b"".join(row), stored[0])
            self.faults.later(Fault("tile", f"{level}/{number}", "tile-changed", cause))
        self._compare_root(level, number, subtree_root(row), stored)
        self._above[level] = []
        self._climb(level + 1, subtree_root(row))

    def finish(self) -> None:
        """Tiles that the leaves do not make are too many."""
        for level, number in _surplus_tiles(self.frontier.size):
            where = f"{level}/{number}"
            self.faults.add(Fault("tile", where, "tile-extra", TAMPERING))


def _cause(leaf: bytes) -> str:
    """Changed by hand if it still reads as a leaf."""
    try:
        parse_leaf(leaf)
    except Refusal:
        return CORRUPTION
    return TAMPERING


def _append_subtree(frontier: Frontier, root: bytes, level: int) -> Frontier:
    """Append a complete subtree of 2^level leaves: appending a leaf, one storey up."""
    grown = Frontier(frontier.size >> level, frontier.peaks).append(root)
    return Frontier(grown.size << level, grown.peaks)


def _stored_tile(level: int, number: int) -> tuple[bytes, bytes] | None:
    """Hashes and root of a full tile as stored, None if there is no such row."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {as_blob('hashes')}, {as_blob('root')} FROM register_tile "
            "WHERE level = %s AND number = %s",
            [level, number],
        )
        row = cursor.fetchone()
    return (bytes(row[0] or b""), bytes(row[1] or b"")) if row else None


def _surplus_tiles(size: int) -> Iterator[tuple[Any, Any]]:
    """Stored tiles that a tree of ``size`` leaves does not have."""
    for level, number in stream("SELECT level, number FROM register_tile ORDER BY 1, 2"):
        whole = isinstance(level, int) and isinstance(number, int) and 0 <= level < 8
        if not whole or not 0 <= number < size >> (TILE_HEIGHT * (level + 1)):
            yield level, number


# Head, signature, last signed -----------------------------------------------------------------


def _check_head(faults: Faults, computed: Frontier, last: LastSigned | None) -> bool:
    """Compare the head with the leaves; True if the leaves lead to the signed root."""
    columns = f"id, size, {as_blob('root')}, {as_blob('frontier')}, {as_blob('checkpoint')}"
    rows = list(stream(f"SELECT {columns} FROM register_head"))
    if not rows and computed.size == 0:
        return True
    if len(rows) != 1 or rows[0][0] != 1:
        faults.add(Fault("head", 1, "head-missing", TAMPERING))
        return False
    _, size, root, peaks, note = rows[0]
    key = _log_key(faults)
    signed = None if key is None else _signed(faults, bytes(note or b""), key, last)
    if signed is None:
        return False
    if signed.size < computed.size and last is not None and last.frontier == computed:
        # The key folder knows that all the leaves were signed: the head is an older copy.
        data = {"stored": signed.size, "signed": computed.size}
        faults.add(Fault("head", 1, "head-older", TAMPERING, data))
        return False
    if signed.size != computed.size:
        _name_cut(faults, computed.size, signed.size)
        return False
    if signed.root != computed.root():
        faults.later(Fault("head", 1, "root-not-signed", TAMPERING))
        return False
    stored = (size, bytes(root or b""), bytes(peaks or b""))
    if stored != (computed.size, computed.root(), computed.to_bytes()):
        faults.add(Fault("head", 1, "head-changed", UNKNOWN))
    return True


def _name_cut(faults: Faults, stored: int, signed: int) -> None:
    """Leaves were cut off at the end, or added behind it."""
    code = "leaf-missing-at-end" if stored < signed else "leaf-extra"
    faults.add(Fault("leaf", min(stored, signed), code, TAMPERING, {"signed": signed}))


def _log_key(faults: Faults) -> VerifierKey | None:
    try:
        return keys.signer().key
    except Refusal as refusal:
        faults.add(Fault("log-key", "", "log-key-unreadable", CORRUPTION, {"why": refusal.code}))
        return None


def _signed(
    faults: Faults, note: bytes, key: VerifierKey, last: LastSigned | None
) -> Checkpoint | None:
    try:
        return open_checkpoint(note.decode(), key)[0]
    except UnicodeDecodeError:
        faults.add(Fault("head", 1, "checkpoint-not-signed", CORRUPTION, {"why": "not-utf8"}))
    except Refusal as refusal:
        if last is not None and last.note and not _opens(last.note, key):
            # The last signed checkpoint lies beside the key, and is not of this key either.
            faults.add(Fault("log-key", "", "log-key-foreign", TAMPERING, {"origin": key.name}))
            return None
        faults.add(Fault("head", 1, "checkpoint-not-signed", UNKNOWN, {"why": refusal.code}))
    return None


def _opens(note: str, key: VerifierKey) -> bool:
    try:
        open_checkpoint(note, key)
    except Refusal:
        return False
    return True


def _check_last_signed(faults: Faults, last: LastSigned | None, walk: _Walk) -> None:
    if lastsigned.damaged(keys.folder()):
        faults.add(Fault("last-signed", "", "last-signed-damaged", CORRUPTION))
    if last is None:
        faults.add(Fault("last-signed", "", "last-signed-missing", UNKNOWN))
    elif last.frontier.size > walk.frontier.size:
        data = {"signed": last.frontier.size, "stored": walk.frontier.size}
        faults.add(Fault("last-signed", "", "last-signed-ahead", TAMPERING, data))
    elif walk.at_last != last.frontier:
        data = {"signed": last.frontier.size}
        faults.later(Fault("last-signed", "", "last-signed-differs", TAMPERING, data))
