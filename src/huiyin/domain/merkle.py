"""The Merkle tree of the register, on plain bytes (RFC 6962 section 2.1, RFC 9162 section 2.1).

Everything is expressed through *nodes*: ``node(level, number)`` is the root of the complete
subtree over leaves ``number << level`` up to, but not including, ``(number + 1) << level``.
Where nodes come from (a frontier in memory, tiles in a table, tiles on a web server) is the
caller's business. Nothing here knows what a leaf says, who signs a root, or where it is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from huiyin.domain.errors import Refusal

HASH_SIZE = 32
TILE_WIDTH = 256
TILE_HEIGHT = 8
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_SIZE = 2**63 - 1  # C2SP tlog sizes fit a signed 64-bit integer

NodeSource = Callable[[int, int], bytes]

_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: SHA-256(0x00 || data), RFC 9162 section 2.1.1."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right), RFC 9162 section 2.1.1."""
    return _sha256(b"\x01" + left + right).digest()


# Compact range: the roots of the complete subtrees, largest first -----------------------------


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that appending needs: the tree size and the roots of its complete subtrees, left to
    right (one per set bit of ``size``)."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        """The tree's root hash; SHA-256 of nothing for the empty tree."""
        return fold_peaks(self.peaks)

    def append(self, leaf: bytes) -> Frontier:
        """The frontier with one more leaf; ``leaf`` is a leaf *hash*."""
        peaks, node, size = list(self.peaks), leaf, self.size
        while size & 1:
            node = node_hash(peaks.pop(), node)
            size >>= 1
        return Frontier(self.size + 1, (*peaks, node))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier with more leaves (leaf hashes), in order."""
        frontier = self
        for leaf in leaves:
            frontier = frontier.append(leaf)
        return frontier

    def to_bytes(self) -> bytes:
        """The peaks in a row; ``size`` says how many."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, peaks: bytes) -> Frontier:
        """The inverse of ``to_bytes``. Raises Refusal("frontier-malformed")."""
        if size < 0 or len(peaks) != HASH_SIZE * size.bit_count():
            raise Refusal("frontier-malformed", size=size, length=len(peaks))
        return cls(size, tuple(split_hashes(peaks)))


def split_hashes(data: bytes) -> list[bytes]:
    """Cut a row of 32-byte hashes into its hashes."""
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def fold_peaks(peaks: Sequence[bytes]) -> bytes:
    """Root over adjacent subtrees given largest first (RFC 9162 section 2.1.1)."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def peak_positions(size: int) -> list[tuple[int, int]]:
    """(level, number) of each complete subtree of a tree of ``size`` leaves, left to right."""
    return _range_positions(0, size)


def grow(frontier: Frontier, leaves: Sequence[bytes]) -> tuple[Frontier, list[list[bytes]]]:
    """Append leaf hashes; return the new frontier and the inclusion path of each new leaf.

    Needs no reads: a sibling left of the old size is always one of the old peaks.
    """
    nodes = dict(zip(peak_positions(frontier.size), frontier.peaks, strict=True))
    size = frontier.size
    for leaf in leaves:
        level, number, node = 0, size, leaf
        nodes[0, number] = node
        while number & 1:
            node = node_hash(nodes[level, number - 1], node)
            level, number = level + 1, number >> 1
            nodes[level, number] = node
        size += 1
    grown = Frontier(size, tuple(nodes[position] for position in peak_positions(size)))

    def known(level: int, number: int) -> bytes:
        return nodes[level, number]

    return grown, [inclusion_proof(at, size, known) for at in range(frontier.size, size)]


# Roots and proofs from nodes ------------------------------------------------------------------


def _range_positions(begin: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees that make up leaves [begin, end), for the ranges of RFC 9162."""
    positions = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        positions.append((level, begin >> level))
        begin += 1 << level
    return positions


def range_root(begin: int, end: int, node: NodeSource) -> bytes:
    """MTH(D[begin:end]) for a range that occurs in the tree's recursion."""
    return fold_peaks([node(*position) for position in _range_positions(begin, end)])


def _split(begin: int, end: int) -> int:
    """Where RFC 9162 divides a range: after the largest power of two smaller than its length."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def inclusion_proof(index: int, size: int, node: NodeSource) -> list[bytes]:
    """PATH(index, D[size]), leaf to root (RFC 9162 section 2.1.3.1).

    Raises Refusal("leaf-outside-tree") unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise Refusal("leaf-outside-tree", index=index, size=size)
    begin, end, path = 0, size, []
    while end - begin > 1:
        split = _split(begin, end)
        if index < split:
            path.append(range_root(split, end, node))
            end = split
        else:
            path.append(range_root(begin, split, node))
            begin = split
    return path[::-1]


def consistency_proof(old: int, new: int, node: NodeSource) -> list[bytes]:
    """PROOF(old, D[new]) (RFC 9162 section 2.1.4.1); empty for old = 0 and for old = new.

    Raises Refusal("sizes-out-of-order") unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise Refusal("sizes-out-of-order", old=old, new=new)
    if old in (0, new):
        return []
    begin, end, path = 0, new, []
    while end != old:
        split = _split(begin, end)
        if old <= split:
            path.append(range_root(split, end, node))
            end = split
        else:
            path.append(range_root(begin, split, node))
            begin = split
    if begin:  # the old tree is not itself a complete subtree on the left edge
        path.append(range_root(begin, end, node))
    return path[::-1]


# Verifying ------------------------------------------------------------------------------------


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that leaf hash and path lead to (RFC 9162 section 2.1.3.2).

    Raises Refusal: leaf-outside-tree, proof-length-wrong.
    """
    if not 0 <= index < size:
        raise Refusal("leaf-outside-tree", index=index, size=size)
    position, last, root = index, size - 1, leaf
    for count, sibling in enumerate(path):
        if last == 0:
            raise Refusal("proof-length-wrong", hashes=len(path), needed=count)
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise Refusal("proof-length-wrong", hashes=len(path), needed=_path_length(index, size))
    return root


def _path_length(index: int, size: int) -> int:
    """How many hashes the inclusion path of ``index`` in a tree of ``size`` has."""
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def verify_inclusion(
    index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes
) -> bool:
    """True if the path proves that leaf hash ``leaf`` stands at ``index`` under ``root``."""
    try:
        return root_from_inclusion(index, size, leaf, path) == root
    except Refusal:
        return False


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """True if the tree (new, new_root) extends (old, old_root), RFC 9162 section 2.1.4.2.

    Every tree extends the empty one; equal sizes need equal roots and no path.
    """
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not path and old_root == EMPTY_ROOT and (new > 0 or new_root == EMPTY_ROOT)
    if old == new:
        return not path and old_root == new_root
    if not path:
        return False
    hashes = list(path)
    if old & (old - 1) == 0:  # an exact power of two is its own first node
        hashes.insert(0, old_root)
    return _replay_consistency(old - 1, new - 1, hashes) == (old_root, new_root)


def _replay_consistency(old: int, new: int, hashes: list[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots rebuilt from a consistency proof; None if it has the wrong length."""
    while old & 1:
        old, new = old >> 1, new >> 1
    old_root = new_root = hashes[0]
    for sibling in hashes[1:]:
        if new == 0:
            return None
        if old & 1 or old == new:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while not old & 1 and old:
                old, new = old >> 1, new >> 1
        else:
            new_root = node_hash(new_root, sibling)
        old, new = old >> 1, new >> 1
    return None if new else (old_root, new_root)
