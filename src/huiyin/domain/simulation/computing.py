"""Computes a scenario: exactly where the answers are independent, else by playing it.

Three cases. Everybody called at once: all figures exact. Everybody called in the end, whoever
answers: exact but for what depends on time. Else the plan is played. If the decision diagrams of
the staffing outgrow their budget, staffing is played too; so is each figure that would cost too
much or leave out too many combinations of causes. Each figure says which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from huiyin.domain.simulation import calls
from huiyin.domain.simulation.calls import Grid
from huiyin.domain.simulation.counting import answers, counts, counts_left_out
from huiyin.domain.simulation.distributions import Masses
from huiyin.domain.simulation.exactly import MOST_LEFT_OUT, Exact, at_points
from huiyin.domain.simulation.playing import MOST_RUNS, Outcome, played, runs_for, shared
from huiyin.domain.simulation.resilience import resilience
from huiyin.domain.simulation.scenario import (
    EXACT,
    SAMPLED,
    Curve,
    Figure,
    Scenario,
    Shock,
    Simulation,
    Twice,
)
from huiyin.domain.simulation.staffing import EVER, naive

Tell = Callable[[str], None]


def compute(
    scenario: Scenario, seed: int, tell: Tell = lambda step: None, runs: int = MOST_RUNS
) -> Simulation:
    """All figures of a scenario but the changes. ``tell`` hears which step begins; ``runs``:
    play at most so often."""
    tell("staffing")
    exact = Exact.of(scenario)
    callout = scenario.callout
    ways = _Ways.of(scenario, exact)
    plays: tuple[list[Outcome], ...] = ([], [])
    if not ways.all_exact:
        tell("plays")
        runs = min(runs, runs_for(scenario))
        plays = played(scenario, runs, seed, scenario.shocks)
    both = _Both(scenario, plays, ways)
    tell("count")
    count, common = both.count((), 0), both.count(scenario.shocks, 1)
    tell("times")
    grid = calls.grid_for(callout, scenario.horizon)
    needs = scenario.staffing.needs
    known = answers(callout)
    return Simulation(
        called=len(known),
        count=count,
        count_common=common,
        count_method=EXACT if ways.count else SAMPLED,
        filled=both.twice(ways.ever.ever if ways.ever else None, lambda o: o.answered < EVER),
        in_time=both.twice(ways.in_time.in_time if ways.in_time else None, lambda o: o.in_time),
        naive=naive(scenario.staffing, lambda person, _: known.get(person, 0.0)),
        answered=both.curve(ways.answered, grid, there=False),
        there=both.curve(ways.there, grid, there=True) if scenario.travel else None,
        resilience=resilience(needs) if needs else None,
        weight=exact.importance() if exact else {},
        states=sum(d.states for d in exact.diagrams) if exact else 0,
        grid_step=grid.step,
        grid_exact=grid.exact,
        left_out=ways.left_out,
        uncalled=tuple(sorted(scenario.staffing.people - known.keys())),
    )


@dataclass(frozen=True, slots=True)
class _Ways:
    """The exact side of each figure, None where it is played. ``left_out``: the most that an
    exact figure counts as failure."""

    count: bool
    ever: Exact | None
    in_time: Exact | None
    answered: Exact | None
    there: Exact | None
    all_exact: bool
    left_out: float

    @classmethod
    def of(cls, scenario: Scenario, exact: Exact | None) -> _Ways:
        """What of a scenario can be computed exactly."""
        callout = scenario.callout
        left = counts_left_out(callout, scenario.shocks) if callout.is_plain else 1.0
        widths = [1, 1, 1, 1]
        if exact and callout.is_at_once:
            widths[2:] = exact.width(there=False), exact.width(there=True)
        reached = [callout.reaches_all, *[callout.is_at_once] * 3]
        used = [
            exact if exact and may and exact.fits(width) else None
            for may, width in zip(reached, widths, strict=True)
        ]
        lost = [one.left_out(width) for one, width in zip(used, widths, strict=True) if one]
        count = left <= MOST_LEFT_OUT
        ever, in_time, answered, there = used
        most = max([left] * count + lost, default=0.0)
        return cls(count, ever, in_time, answered, there, count and None not in used, most)


@dataclass(frozen=True, slots=True)
class _Both:
    """Figures from the exact side where there is one, else from the plays (without, with)."""

    scenario: Scenario
    plays: tuple[list[Outcome], ...]
    ways: _Ways

    def twice(
        self,
        exactly: Callable[[Sequence[Shock]], float] | None,
        happened: Callable[[Outcome], bool],
    ) -> Twice:
        if exactly:
            return Twice(Figure(exactly(())), Figure(exactly(self.scenario.shocks)))
        return Twice(*(shared(found, happened) for found in self.plays))

    def count(self, causes: Sequence[Shock], which: int) -> Masses:
        if self.ways.count:
            return counts(self.scenario.callout, causes)
        found = [0.0] * (1 + sum(1 for _ in self.scenario.callout.turns()))
        for one in self.plays[which]:
            found[one.count] += 1 / len(self.plays[which])
        return found

    def curve(self, exact: Exact | None, grid: Grid, *, there: bool) -> Curve:
        steps = at_points(grid)
        seconds = tuple(step * grid.step for step in steps)
        if exact:
            calm = exact.along(steps, (), there=there)
            mixed = exact.along(steps, self.scenario.shocks, there=there)
            return Curve(seconds, tuple(calm), tuple(mixed))
        shares = [
            [shared(found, partial(_filled_by, at, there)) for at in seconds]
            for found in self.plays
        ]
        worst = max((f.error for line in shares for f in line), default=0.0)
        alone, common = (tuple(f.value for f in line) for line in shares)
        return Curve(seconds, alone, common, SAMPLED, worst)


def _filled_by(seconds: int, there: bool, one: Outcome) -> bool:
    return (one.there if there else one.answered) <= seconds
