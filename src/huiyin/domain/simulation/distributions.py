"""Distributions as plain lists: index n is the chance of n people, or of the n-th step of a grid.

Everything the computations add up is a sum of independent counts or waits, so the one operation
that matters is the convolution. A list may sum to less than 1: the rest never happens. No grid,
plan or person is known here.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, zip_longest

Masses = list[float]

# Below this many positive entries adding shifted copies beats one multiplication of integers.
_SPARSE = 48
_SCALE = 2.0**64
_LARGEST = 2**64 - 1


def convolve(a: Sequence[float], b: Sequence[float], length: int | None = None) -> Masses:
    """The distribution of the sum of two independent values; cut to ``length`` entries.

    Exact to rounding where one side has few entries; else by one multiplication of long
    integers (Kronecker substitution) with an error under ``min(len)·2^-63`` an entry.
    """
    if not a or not b:
        return []
    full = len(a) + len(b) - 1
    size = full if length is None else min(length, full)
    few, many = (a, b) if _entries(a) <= _entries(b) else (b, a)
    if _entries(few) <= _SPARSE:
        atoms = {step: mass for step, mass in enumerate(few) if mass}
        return spread(many, atoms, size)
    return _unpacked(_packed(a[:size]) * _packed(b[:size]), size)


def spread(masses: Sequence[float], atoms: Mapping[int, float], length: int) -> Masses:
    """``masses`` plus an independent wait of few possible values (step → chance), cut to
    ``length``."""
    found = [0.0] * length
    for step, chance in atoms.items():
        if step < length:
            moved = [mass * chance for mass in masses[: length - step]]
            end = step + len(moved)
            found[step:end] = [x + y for x, y in zip(found[step:end], moved, strict=True)]
    return found


def added(*parts: Sequence[float]) -> Masses:
    """Entry by entry: the distribution when exactly one of several ways happens."""
    length = max(map(len, parts), default=0)
    padded = [[*part, *([0.0] * (length - len(part)))] for part in parts]
    return [math.fsum(column) for column in zip(*padded, strict=True)]


def product(factors: Iterable[Masses]) -> Masses:
    """The distribution of the sum of many independent values, multiplied pair by pair."""
    waiting = list(factors) or [[1.0]]
    while len(waiting) > 1:
        pairs = zip_longest(waiting[::2], waiting[1::2], fillvalue=[1.0])
        waiting = [convolve(a, b) for a, b in pairs]
    return waiting[0]


def counted(chances: Iterable[float]) -> Masses:
    """How many of independent events happen (the Poisson binomial distribution)."""
    return product([1.0 - chance, chance] for chance in chances)


def mean(masses: Sequence[float]) -> float:
    """The expected value; of a list that sums to less than 1, the part that happens."""
    return math.fsum(n * mass for n, mass in enumerate(masses))


def cumulated(masses: Iterable[float], length: int) -> Masses:
    """The chance of "at the latest at this step", as ``length`` entries, never above 1."""
    found = list(accumulate(masses))[:length]
    if found and found[-1] > 1.0:  # by rounding
        found = [min(total, 1.0) for total in found]
    return found + [found[-1] if found else 0.0] * (length - len(found))


def _entries(masses: Sequence[float]) -> int:
    return len(masses) - masses.count(0.0)


def _packed(masses: Sequence[float]) -> int:
    """Fixed point with 64 bits, each in a field of 128, so that sums of products have room."""
    fields = array("Q", bytes(16 * len(masses)))
    fields[::2] = array("Q", [min(int(mass * _SCALE), _LARGEST) for mass in masses])
    return int.from_bytes(_little(fields).tobytes(), "little")


def _unpacked(product: int, length: int) -> Masses:
    kept = product & ((1 << (128 * length)) - 1)
    fields = array("Q")
    fields.frombytes(kept.to_bytes(16 * length, "little"))
    return [high / _SCALE for high in _little(fields)[1::2]]


def _little(fields: array[int]) -> array[int]:
    if sys.byteorder == "big":
        fields.byteswap()
    return fields
