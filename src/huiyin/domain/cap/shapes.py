"""Polygons and circles as CAP writes them: ``lat,lon lat,lon …`` and ``lat,lon radius``.

The schema takes any text for a shape. Here is what the data dictionary asks of it: numbers, on
the globe, closed, at least four pairs, and (so that "inside" means something) sides that do not
cross. A side runs straight on the map of degrees; shapes across the 180th meridian are not joined.
"""

from __future__ import annotations

import re
from decimal import Decimal

# Degrees as whole numbers of this small unit: sums and products stay exact and quick.
UNIT = 10**20
Point = tuple[int, int]
Side = tuple[Point, Point]

_NUMBER = r"[+-]?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_LENGTH = re.compile(_NUMBER, re.ASCII)
LEAST_PAIRS = 4  # CAP 1.2, section 3.2.4, polygon
# Sides are compared in pairs; shapes that are made to be slow are not judged.
MOST_PAIRS = 2000


def polygon_fault(text: str, most: int = MOST_PAIRS) -> str | None:
    """What is wrong with a polygon, as the name of a rule, or None. One of more than ``most``
    pairs is not looked at for crossings."""
    points = [_point(pair) for pair in text.split()]
    corners = [point for point in points if point is not None]
    if not points or len(corners) != len(points):
        return "polygon-form"
    if not all(_on_globe(point) for point in corners):
        return "off-the-globe"
    if len(corners) < LEAST_PAIRS:
        return "polygon-short"
    if corners[0] != corners[-1]:
        return "polygon-open"
    if len(corners) > most:
        return "polygon-long"
    return "polygon-crossed" if _crosses(corners[:-1]) else None


def circle_fault(text: str) -> str | None:
    """What is wrong with a circle, as the name of a rule, or None."""
    parts = text.split()
    centre = _point(parts[0]) if len(parts) == 2 else None
    if centre is None or _LENGTH.fullmatch(parts[1]) is None or Decimal(parts[1]) < 0:
        return "circle-form"
    return None if _on_globe(centre) else "off-the-globe"


def _point(text: str) -> Point | None:
    found = _PAIR.fullmatch(text)
    return (_whole(found[1]), _whole(found[2])) if found else None


def _whole(number: str) -> int:
    return int(Decimal(number).scaleb(20))


def _on_globe(point: Point) -> bool:
    return abs(point[0]) <= 90 * UNIT and abs(point[1]) <= 180 * UNIT


def _crosses(corners: list[Point]) -> bool:
    """Whether two sides touch that should not, or one runs back over its neighbour."""
    count = len(corners)
    sides = [(corners[i], corners[(i + 1) % count]) for i in range(count)]
    if any(_folds(sides[i], sides[(i + 1) % count]) for i in range(count)):
        return True
    by_south = sorted(range(count), key=lambda i: min(sides[i][0][0], sides[i][1][0]))
    for place, first in enumerate(by_south):
        north = max(sides[first][0][0], sides[first][1][0])
        for second in by_south[place + 1 :]:
            if min(sides[second][0][0], sides[second][1][0]) > north:
                break
            apart = abs(first - second)
            if apart not in (1, count - 1) and _touch(*sides[first], *sides[second]):
                return True
    return False


def _turn(a: Point, b: Point, c: Point) -> int:
    """1 for a left turn at b on the way from a to c, -1 for a right one, 0 for none."""
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (area > 0) - (area < 0)


def _touch(a: Point, b: Point, c: Point, d: Point) -> bool:
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(not t and _between(*e) for t, e in zip(turns, ends, strict=True))


def _between(a: Point, b: Point, c: Point) -> bool:
    """Whether c, known to lie on the line of a and b, lies between them."""
    return all(min(a[i], b[i]) <= c[i] <= max(a[i], b[i]) for i in (0, 1))


def _folds(first: Side, second: Side) -> bool:
    """Whether the next side has no length or runs back over this one."""
    start, corner, end = first[0], first[1], second[1]
    if corner in (start, end):
        return True
    backwards = _between(start, corner, end) or _between(corner, end, start)
    return not _turn(start, corner, end) and backwards
