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
from huiyin.domain.simulation.staffing import EVER

# Plays of one sampled figure: many for a small plan, fewer for one with many people.
TURNS, LEAST_RUNS, MOST_RUNS = 60_000, 1_000, 4_000


def runs_for(scenario: Scenario) -> int:
    """How often a scenario is played."""
    turns = sum(1 for _ in scenario.callout.turns())
    return max(LEAST_RUNS, min(MOST_RUNS, TURNS // max(1, turns)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one play showed: how many answered, when all roles were filled (answered, arrived),
    whether each was within its limit."""

    count: int
    answered: int
    there: int
    in_time: bool


def _times_of(scenario: Scenario, draws: sampling.Draws, causes: Sequence[Shock]) -> sampling.Times:
    """Play a scenario once, with those of ``causes`` that the draws let happen."""
    struck = [shock for shock in causes if draws.other(f"shock {shock.id}") < shock.chance]
    return sampling.play(
        scenario.callout,
        draws,
        frozenset().union(*(shock.carriers for shock in struck)),
        frozenset().union(*(shock.people for shock in struck)),
    )


def in_time(scenario: Scenario, draws: sampling.Draws) -> bool:
    """Whether one play with all causes staffs each role within its limit."""
    times = _times_of(scenario, draws, scenario.shocks)
    return sampling.filled_in_time(scenario.staffing, times)


def outcome(scenario: Scenario, draws: sampling.Draws, causes: Sequence[Shock]) -> Outcome:
    """Play a scenario once and look at all of it."""
    times = _times_of(scenario, draws, causes)
    answered = sampling.filled_at(scenario.staffing, times)
    within = answered < EVER and sampling.filled_in_time(scenario.staffing, times)
    there, travel = answered, scenario.travel
    if travel and answered < EVER:
        people = scenario.staffing.people & times.keys()
        arrived = {p: times[p] + travel.drawn(p, draws.other(p)) for p in people}
        there = sampling.filled_at(scenario.staffing, arrived)
    return Outcome(len(times), answered, there, within)


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


def played(scenario: Scenario, runs: int, seed: int, causes: Sequence[Shock]) -> list[Outcome]:
    """Play a scenario ``runs`` times."""
    draws, random, found = draws_for([scenario]), Random(seed), []
    for _ in range(runs):
        draws.shuffle(random)
        found.append(outcome(scenario, draws, causes))
    return found


def shared(found: Sequence[Outcome], happened: Callable[[Outcome], bool]) -> Figure:
    share = sampling.share(sum(map(happened, found)), len(found))
    return Figure(share.value, SAMPLED, share.error, share.runs)
