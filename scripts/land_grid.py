"""Writes src/huiyin/plans/land.txt: which half-degree cells of the Earth hold any land.

Needs land-10m.json of the npm package world-atlas (Natural Earth 4.1, 1:10m, public domain):
``python scripts/land_grid.py PATH/land-10m.json``. Run by hand when the source changes; the grid
is small enough to keep, and lint needs no map.
"""

from __future__ import annotations

import json
import sys
from math import ceil, floor
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "src/huiyin/plans/land.txt"
CELLS = 2  # per degree
ROWS, COLUMNS = 180 * CELLS, 360 * CELLS
HEAD = """\
# Half-degree cells that hold land, from 90 N southwards, each row from 180 W eastwards.
# A row is the lengths of its runs: sea, land, sea, … Made by scripts/land_grid.py from
# Natural Earth 4.1, 1:10m land (public domain), as packed in world-atlas 2.0.2.
"""
Ring = list[tuple[float, float]]


def rings(topology: dict[str, Any]) -> list[Ring]:
    """The rings of all polygons in degrees (TopoJSON: quantised deltas, shared arcs)."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    found = []
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
                found.append([p for part in parts for p in part])
    return found


def unwrapped(ring: Ring) -> Ring:
    """The ring with longitudes that never jump, beyond 180 if need be; one that goes round the
    Earth (Antarctica) is closed over the South Pole."""
    found = ring[:1]
    for x, y in ring[1:]:
        before = found[-1][0]
        found.append((x + round((before - x) / 360) * 360, y))
    if abs(found[-1][0] - found[0][0]) > 180:
        found += [(found[-1][0], -90.0), (found[0][0], -90.0)]
    return found


def cell(longitude: float, latitude: float) -> tuple[int, int]:
    row = min(max(floor((90 - latitude) * CELLS), 0), ROWS - 1)
    return row, floor((longitude + 180) * CELLS) % COLUMNS


def grid(all_rings: list[Ring]) -> list[list[bool]]:
    """Cells crossed by a coast, and cells whose middle lies inside."""
    land = [[False] * COLUMNS for _ in range(ROWS)]
    for ring in map(unwrapped, all_rings):
        crossings: list[list[float]] = [[] for _ in range(ROWS)]
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            steps = max(1, ceil(max(abs(x2 - x1), abs(y2 - y1)) * CELLS * 2))
            for n in range(steps + 1):
                row, column = cell(x1 + (x2 - x1) * n / steps, y1 + (y2 - y1) * n / steps)
                land[row][column] = True
            for row in range(*sorted((cell(0, y1)[0] - 1, cell(0, y2)[0] + 2))):
                middle = 90 - (row + 0.5) / CELLS
                if 0 <= row < ROWS and (y1 <= middle) != (y2 <= middle):
                    crossings[row].append(x1 + (middle - y1) / (y2 - y1) * (x2 - x1))
        fill(land, crossings)
    return land


def fill(land: list[list[bool]], crossings: list[list[float]]) -> None:
    """The inside of one ring, row by row (a lake's ring lies inside and changes nothing)."""
    for row, xs in enumerate(crossings):
        xs.sort()
        for left, right in zip(xs[::2], xs[1::2], strict=False):
            for column in range(floor((left + 180) * CELLS), floor((right + 180) * CELLS) + 1):
                land[row][column % COLUMNS] = True


def runs(row: list[bool]) -> str:
    lengths, now, count = [], False, 0
    for here in row:
        if here != now:
            lengths.append(count)
            now, count = here, 0
        count += 1
    return " ".join(map(str, [*lengths, count]))


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    lines = [runs(row) for row in grid(rings(topology))]
    OUT.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
