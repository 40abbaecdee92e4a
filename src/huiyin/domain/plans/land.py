"""Is a point far out at sea? A coarse grid of half-degree cells that hold land.

A point counts as at sea only if neither its cell nor any of the eight around it holds land: it
lies then at least half a degree (55 km from north to south) from every coast of a 1:10m map.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from huiyin.domain.plans.grounds import Point

CELLS = 2  # per degree


@dataclass(frozen=True, slots=True)
class Land:
    """One whole number per row from the north; bit n is the cell n from 180 W."""

    rows: tuple[int, ...]

    def at_sea(self, point: Point) -> bool:
        row = floor((90 - point.latitude) * CELLS)
        column = floor((point.longitude + 180) * CELLS)
        around = [
            self._holds(row + south, column + east) for south in (-1, 0, 1) for east in (-1, 0, 1)
        ]
        return not any(around)

    def _holds(self, row: int, column: int) -> bool:
        width = 360 * CELLS
        row = min(max(row, 0), len(self.rows) - 1)
        return bool(self.rows[row] >> (column % width) & 1)


def parse(text: str) -> Land:
    """The grid from its file: run lengths, sea first. Raises ValueError for a wrong length."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    if len(lines) != 180 * CELLS:
        raise ValueError(f"{len(lines)} rows")
    return Land(tuple(_row(line) for line in lines))


def _row(line: str) -> int:
    bits = position = 0
    for n, length in enumerate(map(int, line.split())):
        if n % 2:
            bits |= ((1 << length) - 1) << position
        position += length
    if position != 360 * CELLS:
        raise ValueError(f"a row of {position} cells")
    return bits
