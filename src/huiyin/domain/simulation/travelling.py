"""The way to the place: a known time, or the published spread of those who were called from home.

The literature gives a mean and a standard deviation; a log-normal distribution with these two
stands in for it, which is our choice and is said so wherever a figure uses it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

from huiyin.domain.simulation.calls import Grid
from huiyin.domain.simulation.distributions import Masses


@dataclass(frozen=True)
class Travel:
    """How long people take: ``known`` seconds by person, else mean and deviation in seconds."""

    known: Mapping[str, int]
    mean: float
    deviation: float

    @cached_property
    def _normal(self) -> NormalDist:
        """The normal distribution of the logarithm."""
        spread = math.log(1.0 + (self.deviation / self.mean) ** 2)
        return NormalDist(math.log(self.mean) - spread / 2.0, math.sqrt(spread))

    def masses(self, person: str, grid: Grid) -> Masses:
        """The distribution of the arrival on a grid, rounded up to whole steps."""
        found = [0.0] * grid.length
        known = self.known.get(person)
        if known is not None:
            if grid.of(known) < grid.length:
                found[grid.of(known)] = 1.0
            return found
        before, normal = 0.0, self._normal
        for step in range(1, grid.length):
            by_then = normal.cdf(math.log(step * grid.step))
            found[step], before = by_then - before, by_then
        return found

    def within(self, person: str, seconds: int) -> float:
        """The chance of being there after so many seconds."""
        known = self.known.get(person)
        if known is not None:
            return float(known <= seconds)
        return self._normal.cdf(math.log(seconds)) if seconds > 0 else 0.0

    def drawn(self, person: str, number: float) -> int:
        """The seconds that a random number from 0 to 1 stands for."""
        known = self.known.get(person)
        if known is not None:
            return known
        inside = min(max(number, 1e-12), 1.0 - 1e-12)
        return math.ceil(math.exp(self._normal.inv_cdf(inside)))
