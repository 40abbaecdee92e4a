"""Figures by playing: a scenario played many times with a fixed seed, each play looked at whole.

Who answers when in one play: sampling.py. Which figures are played and which are exact:
computing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from huiyin.domain.simulation import sampling
from huiyin.domain.simulation.scenario import SAMPLED, Figure, Scenario, Shock
from huiyin.domain.simulation.staffing import EVER, Staffing

# Plays of one sampled figure: many for a small plan, fewer for one with many people, so that
# some seconds are enough. The standard error told with the figure says what that costs.
PLAY_WORK, LEAST_RUNS, MOST_RUNS = 1_000_000, 200, 4_000


def work(scenario: Scenario) -> int:
    """What one play costs: attempts at people, and people who may fill a role, role by role."""
    attempts = sum(len(turn.tries) for turn in scenario.callout.turns())
    return 1 + attempts + sum(len(need.holders) for need in scenario.staffing.needs)


def runs_for(scenario: Scenario) -> int:
    """How often a scenario is played."""
    return max(LEAST_RUNS, min(MOST_RUNS, PLAY_WORK // work(scenario)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one play showed: how many answered, when all roles were filled (answered, arrived),
    whether each was within its limit."""

    count: int
    answered: int
    there: int
    in_time: bool


def _struck(draws: sampling.Draws, causes: Sequence[Shock]) -> list[Shock]:
    """Those of ``causes`` that the draws let happen."""
    return [shock for shock in causes if draws.other(f"shock {shock.id}") < shock.chance]


def _times_of(scenario: Scenario, draws: sampling.Draws, struck: Sequence[Shock]) -> sampling.Times:
    """Play a scenario once, with the causes that ``struck``."""
    return sampling.play(
        scenario.callout,
        draws,
        frozenset().union(*(shock.carriers for shock in struck)),
        frozenset().union(*(shock.people for shock in struck)),
    )


def in_time(scenario: Scenario, draws: sampling.Draws) -> bool:
    """Whether one play with all causes staffs each role within its limit."""
    times = _times_of(scenario, draws, _struck(draws, scenario.shocks))
    return sampling.filled_in_time(scenario.staffing, times)


def outcome(scenario: Scenario, draws: sampling.Draws, struck: Sequence[Shock]) -> Outcome:
    """Play a scenario once, with the causes that ``struck``, and look at all of it."""
    times = _times_of(scenario, draws, struck)
    answered = sampling.filled_at(scenario.staffing, times)
    within = _within(scenario.staffing, times, answered)
    there, travel = answered, scenario.travel
    if travel and answered < EVER:
        people = scenario.staffing.people & times.keys()
        arrived = {p: times[p] + travel.drawn(p, draws.other(p)) for p in people}
        there = sampling.filled_at(scenario.staffing, arrived)
    return Outcome(len(times), answered, there, within)


def _within(staffing: Staffing, times: sampling.Times, answered: int) -> bool:
    """Whether each role was filled within its limit, if all were filled at ``answered``; another
    matching is looked for only where that does not say it."""
    limits = [staffing.limit(need.role) for need in staffing.needs]
    if answered == EVER or answered <= min(limits, default=EVER):
        return answered < EVER
    return answered <= max(limits) and sampling.filled_in_time(staffing, times)


def draws_for(scenarios: Iterable[Scenario]) -> sampling.Draws:
    """Random numbers enough for all of several variants."""
    people: dict[str, None] = {}
    attempts = 1
    for scenario in scenarios:
        people |= {f"shock {shock.id}": None for shock in scenario.shocks}
        for turn in scenario.callout.turns():
            people[turn.person] = None
            attempts = max(attempts, len(turn.tries))
    return sampling.Draws(people, attempts)


def played(
    scenario: Scenario, runs: int, seed: int, causes: Sequence[Shock]
) -> tuple[list[Outcome], list[Outcome]]:
    """Play a scenario ``runs`` times: without any cause, and with those of ``causes`` that
    happen. Where none does the two are one play."""
    draws, random = draws_for([scenario]), Random(seed)
    calm, common = [], []
    for _ in range(runs):
        draws.shuffle(random)
        calm.append(outcome(scenario, draws, ()))
        struck = _struck(draws, causes)
        common.append(outcome(scenario, draws, struck) if struck else calm[-1])
    return calm, common


def shared(found: Sequence[Outcome], happened: Callable[[Outcome], bool]) -> Figure:
    share = sampling.share(sum(map(happened, found)), len(found))
    return Figure(share.value, SAMPLED, share.error, share.runs)
