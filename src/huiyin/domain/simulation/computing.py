"""Computes a scenario: exactly where the answers are independent, else by playing it.

Three cases. Everybody called at once: all figures exact. Everybody called in the end, whoever
answers: exact but for what depends on time. Else the plan is played. If the decision diagrams of
the staffing outgrow their budget, staffing is played too. Each figure says which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from huiyin.domain.simulation import calls
from huiyin.domain.simulation.calls import Grid
from huiyin.domain.simulation.distributions import Masses
from huiyin.domain.simulation.exactly import Exact, answers, at_points, counts, counts_left_out
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
    ever = exact if callout.reaches_all else None
    timed = exact if callout.is_at_once else None
    plays: tuple[list[Outcome], ...] = ([], [])
    if not (ever and timed and callout.is_plain):
        tell("plays")
        runs = min(runs, runs_for(scenario))
        plays = tuple(played(scenario, runs, seed, c) for c in ((), scenario.shocks))
    both = _Both(scenario, plays)
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
        count_method=EXACT if callout.is_plain else SAMPLED,
        filled=both.twice(ever.ever if ever else None, lambda o: o.answered < EVER),
        in_time=both.twice(timed.in_time if timed else None, lambda o: o.in_time),
        naive=naive(scenario.staffing, lambda person, _: known.get(person, 0.0)),
        answered=both.curve(timed, grid, there=False),
        there=both.curve(timed, grid, there=True) if scenario.travel else None,
        resilience=resilience(needs) if needs else None,
        weight=exact.importance() if exact else {},
        states=sum(d.states for d in exact.diagrams) if exact else 0,
        grid_step=grid.step,
        grid_exact=grid.exact,
        left_out=max(exact.left_out if exact else 0.0, both.left_out),
        uncalled=tuple(sorted(scenario.staffing.people - known.keys())),
    )


@dataclass(frozen=True, slots=True)
class _Both:
    """Figures from the exact side where there is one, else from the plays (without, with)."""

    scenario: Scenario
    plays: tuple[list[Outcome], ...]

    def twice(
        self,
        exactly: Callable[[Sequence[Shock]], float] | None,
        happened: Callable[[Outcome], bool],
    ) -> Twice:
        if exactly:
            return Twice(Figure(exactly(())), Figure(exactly(self.scenario.shocks)))
        return Twice(*(shared(found, happened) for found in self.plays))

    def count(self, causes: Sequence[Shock], which: int) -> Masses:
        if self.scenario.callout.is_plain:
            return counts(self.scenario.callout, causes)
        found = [0.0] * (1 + sum(1 for _ in self.scenario.callout.turns()))
        for one in self.plays[which]:
            found[one.count] += 1 / len(self.plays[which])
        return found

    @property
    def left_out(self) -> float:
        """What the count leaves out of the combinations of causes."""
        plain = self.scenario.callout.is_plain
        return counts_left_out(self.scenario.callout, self.scenario.shocks) if plain else 0.0

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
