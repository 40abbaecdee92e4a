"""Computes a scenario: exactly where the answers are independent, else by playing it.

Everybody called at once: decision diagrams give all figures exactly, also of large plans. Everybody
called in the end, whoever answers: all but what depends on time. The rest is exact too while the
plan is small (whole.py: all that can happen is walked), else it is played; so is each figure that
would cost too much or leave out too many combinations of causes. Each figure says which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

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
from huiyin.domain.simulation.whole import Whole

Tell = Callable[[str], None]
Count = Callable[[Sequence[Shock]], Masses]


def compute(
    scenario: Scenario, seed: int, tell: Tell = lambda step: None, runs: int = MOST_RUNS
) -> Simulation:
    """All figures of a scenario but the changes. ``tell`` hears which step begins; ``runs``:
    play at most so often."""
    tell("staffing")
    exact = Exact.of(scenario)
    callout = scenario.callout
    tell("times")
    ways = _Ways.of(scenario, exact)
    plays: tuple[list[Outcome], ...] = ([], [])
    if not ways.all_exact:
        tell("plays")
        runs = min(runs, runs_for(scenario))
        plays = played(scenario, runs, seed, scenario.shocks)
    both = _Both(scenario, plays, ways)
    tell("count")
    count, common = both.count((), 0), both.count(scenario.shocks, 1)
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
        grid_exact=grid.exact or not ways.rounded,
        left_out=ways.left_out,
        uncalled=tuple(sorted(scenario.staffing.people - known.keys())),
    )


class _Exactly(Protocol):
    """What gives a figure exactly, without causes (none named) or with all."""

    def ever(self, causes: Sequence[Shock]) -> float: ...
    def in_time(self, causes: Sequence[Shock]) -> float: ...
    def along(self, steps: Sequence[int], causes: Sequence[Shock], *, there: bool) -> Masses: ...
    def left_out(self, width: int) -> float: ...


@dataclass(frozen=True, slots=True)
class _Ways:
    """What gives each figure exactly, None where it is played. ``left_out``: the most that an
    exact figure counts as failure; ``rounded``: whether times on a grid are among them."""

    count: Count | None
    ever: _Exactly | None
    in_time: _Exactly | None
    answered: _Exactly | None
    there: _Exactly | None
    left_out: float
    rounded: bool

    @property
    def all_exact(self) -> bool:
        """Whether nothing needs to be played."""
        return None not in (self.count, self.ever, self.in_time, self.answered, self.there)

    @classmethod
    def of(cls, scenario: Scenario, exact: Exact | None) -> _Ways:
        """What of a scenario can be computed exactly."""
        callout = scenario.callout
        widths = [1, 1, 1, 1]
        if exact and callout.is_at_once:
            widths[2:] = exact.width(there=False), exact.width(there=True)
        reached = [callout.reaches_all, *[callout.is_at_once] * 3]
        used: list[_Exactly | None] = [
            exact if exact and may and exact.fits(width) else None
            for may, width in zip(reached, widths, strict=True)
        ]
        left = counts_left_out(callout, scenario.shocks) if callout.is_plain else 1.0
        count: Count | None = partial(counts, callout) if left <= MOST_LEFT_OUT else None
        whole = Whole.of(scenario) if None in (count, *used) else None
        if whole:
            left, count = (
                (0.0, whole.count) if count is None and whole.has_count() else (left, count)
            )
            used = _walked(whole, used)
        lost = [one.left_out(width) for one, width in zip(used, widths, strict=True) if one]
        rounded = any(isinstance(one, Exact) for one in used[1:])
        ever, in_time, answered, there = used
        most = max([left] * bool(count) + lost, default=0.0)
        return cls(count, ever, in_time, answered, there, most, rounded)


def _walked(whole: Whole, used: Sequence[_Exactly | None]) -> list[_Exactly | None]:
    """The figures that decision diagrams do not give, from a walk through all that can happen."""
    steps = at_points(calls.grid_for(whole.scenario.callout, whole.scenario.horizon))
    asked: list[Callable[[], bool]] = [
        whole.has_ever,
        whole.has_in_time,
        partial(whole.has_along, steps, there=False),
        partial(whole.has_along, steps, there=True),
    ]
    return [one or (whole if has() else None) for one, has in zip(used, asked, strict=True)]


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
            return self.ways.count(causes)
        found = [0.0] * (1 + sum(1 for _ in self.scenario.callout.turns()))
        for one in self.plays[which]:
            found[one.count] += 1 / len(self.plays[which])
        return found

    def curve(self, exact: _Exactly | None, grid: Grid, *, there: bool) -> Curve:
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
