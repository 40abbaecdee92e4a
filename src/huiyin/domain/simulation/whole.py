"""Exact figures of a small call-out of any shape: each is one unfolding of all that can happen.

Where decision diagrams do not reach (exactly.py: one call after another, groups that follow on
failure), and while the plan is small enough. All figures together have one budget of work.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from huiyin.domain.simulation import calls
from huiyin.domain.simulation.distributions import Masses
from huiyin.domain.simulation.exactly import MOST_LEFT_OUT
from huiyin.domain.simulation.scenario import Scenario, Shock, State, states
from huiyin.domain.simulation.staffing import TooManyStates
from huiyin.domain.simulation.tallies import Counted, Filled, FilledBy
from huiyin.domain.simulation.unfolding import OVERHEAD, Chances, Kept, Tally, Unfolding

# Beyond so many people a walk is not begun; combinations of causes of a figure, and of a curve.
MOST_TURNS, MOST_COMBINED, MOST_IN_CURVE = 60, 64, 16
# Chances that all walks of a plan may multiply, and one walk for a figure: some seconds.
WHOLE_WORK, FIGURE_WORK = 40_000_000, 8_000_000


@dataclass
class Whole:
    """The figures of one scenario, each without any cause and with all of them."""

    scenario: Scenario
    work: int = WHOLE_WORK
    _found: dict[object, tuple[Masses, Masses] | None] = field(default_factory=dict)
    _moments: list[int] = field(default_factory=list)
    # What a walk costs that heeds times, for one column.
    _outcomes: float = 0.0

    @classmethod
    def of(cls, scenario: Scenario, work: int = WHOLE_WORK) -> Whole | None:
        """None for a plan that is too large, or has too many causes."""
        turns = sum(1 for _ in scenario.callout.turns())
        whole = cls(scenario, work)
        return whole if turns <= MOST_TURNS and whole.left_out(1) <= MOST_LEFT_OUT else None

    # -- whether a figure can be had; it is computed then ------------------------------------

    def has_count(self) -> bool:
        """Whether the count of those who answer can be computed."""
        return self._held("count", partial(self._walk, Counted, _counted))

    def has_ever(self) -> bool:
        """Whether "all roles filled, however late" can be computed."""
        asked = partial(Filled, self.scenario.staffing, timeless=True)
        return self._held("ever", partial(self._walk, asked, _any))

    def has_in_time(self) -> bool:
        """Whether "each role filled within its limit" can be computed."""
        asked = partial(Filled, self.scenario.staffing)
        return self._held("in time", partial(self._walk, asked, _any))

    def has_along(self, steps: Sequence[int], *, there: bool) -> bool:
        """Whether a curve can be computed."""
        return self._held((tuple(steps), there), partial(self._curve, steps, there))

    # -- the figures -------------------------------------------------------------------------

    def count(self, causes: Sequence[Shock]) -> Masses:
        """How many answer."""
        return self._figure("count", causes)

    def ever(self, causes: Sequence[Shock]) -> float:
        """All roles filled by different people, however late."""
        return self._figure("ever", causes)[0]

    def in_time(self, causes: Sequence[Shock]) -> float:
        """Each role filled within its limit."""
        return self._figure("in time", causes)[0]

    def along(self, steps: Sequence[int], causes: Sequence[Shock], *, there: bool) -> Masses:
        """All roles filled by each of the steps of the scenario's grid."""
        return self._figure((tuple(steps), there), causes)

    def left_out(self, width: int) -> float:
        """The probability of combinations of causes that a figure of ``width`` cases counts as
        failure: the most of all figures."""
        return states(self.scenario.shocks, MOST_IN_CURVE)[1]

    # -- walking -----------------------------------------------------------------------------

    def _figure(self, name: object, causes: Sequence[Shock]) -> Masses:
        found = self._found[name]
        assert found is not None, name
        return found[1] if causes else found[0]

    def _held(self, name: object, walk: Callable[[], tuple[Masses, Masses]]) -> bool:
        if name not in self._found:
            try:
                self._found[name] = walk()
            except TooManyStates:
                self._found[name] = None
        return self._found[name] is not None

    def _walk(
        self,
        tally: Callable[[], Tally],
        read: Callable[[dict[Kept, Chances], int], list[Chances]],
    ) -> tuple[Masses, Masses]:
        combined = states(self.scenario.shocks, MOST_COMBINED)[0]  # the first: no cause
        lines = read(self._unfold(tally(), combined), len(combined))
        return [line[0] for line in lines], [_mixed(line, combined) for line in lines]

    def _curve(self, steps: Sequence[int], there: bool) -> tuple[Masses, Masses]:
        """A walk with a column for each moment that differs from the one before."""
        combined = states(self.scenario.shocks, MOST_IN_CURVE)[0]
        grid = calls.grid_for(self.scenario.callout, self.scenario.horizon)
        seconds = [step * grid.step for step in steps]
        known = self._known_moments()
        same = [m if there else bisect_right(known, m) for m in seconds]
        kept = dict(zip(same, seconds, strict=True))
        wide = len(combined)
        tally = FilledBy(self.scenario.staffing, self._by(list(kept.values()), there), wide)
        (line,) = _any(self._unfold(tally, combined * len(kept)), wide * len(kept))
        parts = {one: line[n * wide : (n + 1) * wide] for n, one in enumerate(kept)}
        return [parts[one][0] for one in same], [_mixed(parts[one], combined) for one in same]

    def _known_moments(self) -> list[int]:
        """When somebody may have answered, in order."""
        if not self.has_in_time():
            raise TooManyStates
        return self._moments

    def _by(self, moments: Sequence[int], there: bool) -> Callable[[str, int], list[float]]:
        travel = self.scenario.travel
        if there and travel:
            return lambda person, at: [travel.within(person, m - at) for m in moments]
        return lambda person, at: [float(at <= moment) for moment in moments]

    def _unfold(self, tally: Tally, columns: Sequence[State]) -> dict[Kept, Chances]:
        work = min(self.work, FIGURE_WORK if not self._outcomes else self.work)
        if self._outcomes * len(columns) > work:
            raise TooManyStates
        walk = Unfolding(self.scenario.callout, columns, tally, work)
        try:
            return walk.run()
        finally:
            self.work -= walk.used
            if not tally.timeless:
                self._outcomes = walk.used / (len(columns) + OVERHEAD)
                self._moments = sorted(walk.moments)


def _any(found: dict[Kept, Chances], width: int) -> list[Chances]:
    """The chance of any end that was kept."""
    return [
        [min(1.0, sum(column)) for column in zip(*found.values(), strict=True)] or [0.0] * width
    ]


def _counted(found: dict[Kept, Chances], width: int) -> list[Chances]:
    most = max((kept[0] for kept in found), default=0)
    return [found.get((n,), [0.0] * width) for n in range(most + 1)]


def _mixed(line: Chances, combined: Sequence[State]) -> float:
    """The mean over the combinations of causes."""
    return math.fsum(a * state.chance for a, state in zip(line, combined, strict=True))
