"""The tree cut into tiles of 256 hashes, and their paths (C2SP tlog-tiles).

Tile (L, N) holds the roots of the complete subtrees of 256^L leaves with numbers 256 N up to
256 N + 255. Full tiles never change; partial ones belong to one tree size. Bundles of entries
have the same numbering. Where tiles are stored or served is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from huiyin.domain.errors import Refusal
from huiyin.domain.merkle import TILE_HEIGHT, TILE_WIDTH, NodeSource, node_hash

MAX_ENTRY = 65_535  # entry bundles prefix each entry with a 16-bit length
MAX_LEVEL = 63 // TILE_HEIGHT


@dataclass(frozen=True, slots=True)
class TileName:
    """Which tile: ``level`` None means a bundle of entries; ``width`` is 1 to 256."""

    level: int | None
    number: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """``tile/0/x001/234`` or ``tile/entries/005.p/17``."""
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number_path(self.number)}{partial}"


def number_path(number: int) -> str:
    """1234067 as ``x001/x234/067``: zero-padded groups of three, all but the last with an x."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


def parse_path(path: str) -> TileName:
    """The tile that a path names. Raises Refusal("tile-path-malformed")."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Refusal("tile-path-malformed", path=path[:100])
    level = None if match["level"] == "entries" else int(match["level"])
    number = int(match["number"].replace("x", "").replace("/", ""))
    width = int(match["width"] or TILE_WIDTH)
    name = TileName(level, number, width)
    too_wide = match["width"] is not None and width >= TILE_WIDTH
    if too_wide or (level or 0) > MAX_LEVEL or name.path() != path:
        raise Refusal("tile-path-malformed", path=path[:100])
    return name


def nodes_at(size: int, level: int) -> int:
    """How many complete subtrees of 256^level leaves a tree of ``size`` has."""
    return size >> (TILE_HEIGHT * level)


def width_at(size: int, level: int, number: int) -> int:
    """How many hashes tile (level, number) has in a tree of ``size``: 0 (absent) to 256."""
    return max(0, min(TILE_WIDTH, nodes_at(size, level) - number * TILE_WIDTH))


def all_tiles(size: int) -> Iterable[TileName]:
    """Every tile and entry bundle of a tree of ``size``, partial ones at its right edge."""
    for level in (None, *range(MAX_LEVEL + 1)):
        for number in range(-(-nodes_at(size, level or 0) // TILE_WIDTH)):
            yield TileName(level, number, width_at(size, level or 0, number))


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Root over a power of two of adjacent hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def node_source(tile: Callable[[int, int], Sequence[bytes]]) -> NodeSource:
    """Nodes out of tiles: ``tile(level, number)`` returns at least the hashes that exist.

    A node between two tile levels is computed from the lower one, with at most 127 hashes.
    Raises Refusal("tile-too-short") if the tile does not cover the node.
    """

    def node(level: int, number: int) -> bytes:
        tile_level, inside = divmod(level, TILE_HEIGHT)
        first = number << inside
        tile_number, offset = divmod(first, TILE_WIDTH)
        hashes = tile(tile_level, tile_number)[offset : offset + (1 << inside)]
        if len(hashes) != 1 << inside:
            raise Refusal("tile-too-short", level=tile_level, number=tile_number)
        return subtree_root(hashes)

    return node


def bundle(entries: Iterable[bytes]) -> bytes:
    """An entry bundle: each entry with its 16-bit big-endian length.

    Raises Refusal("leaf-too-long") for an entry over 65,535 bytes.
    """
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise Refusal("leaf-too-long", length=len(entry), most=MAX_ENTRY)
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def unbundle(data: bytes) -> list[bytes]:
    """The inverse of ``bundle``. Raises Refusal("bundle-malformed")."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise Refusal("bundle-malformed", at=at)
        entries.append(data[at + 2 : end])
        at = end
    return entries
