"""Computes a scenario: exactly where the answers are independent, else by playing it.

Three cases. Everybody called at once: all figures exact. Everybody called in the end, whoever
answers: exact but for what depends on time. Else the plan is played. If the decision diagrams of
the staffing outgrow their budget, staffing is played too. Each figure says which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import mul
from random import Random

from huiyin.domain.simulation import calls, sampling
from huiyin.domain.simulation.answering import chances
from huiyin.domain.simulation.calls import Callout, Grid, Turn
from huiyin.domain.simulation.distributions import Masses, added, convolve, cumulated
from huiyin.domain.simulation.resilience import resilience
from huiyin.domain.simulation.scenario import (
    CALM,
    EXACT,
    MOST_STATES,
    SAMPLED,
    Curve,
    Figure,
    Scenario,
    Shock,
    Simulation,
    State,
    Twice,
    states,
)
from huiyin.domain.simulation.staffing import (
    BUDGET,
    EVER,
    Diagram,
    Shares,
    Staffing,
    TooManyStates,
    diagram_of,
    naive,
)
from huiyin.domain.simulation.travelling import Travel

POINTS = 36
# Plays of one sampled figure: many for a small plan, fewer for one with many people.
TURNS, LEAST_RUNS, MOST_RUNS = 60_000, 1_000, 4_000
# Work for the distribution of a count: people squared, times combinations of causes.
COUNT_WORK = 20_000_000

Tell = Callable[[str], None]


def runs_for(scenario: Scenario) -> int:
    """How often a scenario is played."""
    turns = sum(1 for _ in scenario.callout.turns())
    return max(LEAST_RUNS, min(MOST_RUNS, TURNS // max(1, turns)))


def at_points(grid: Grid) -> tuple[int, ...]:
    """The steps of the grid at which curves are told: closer together at the beginning, where
    everything happens."""
    last = grid.length - 1
    return tuple(sorted({max(1, round(last * (n / POINTS) ** 1.6)) for n in range(1, POINTS + 1)}))


# -- exactly --------------------------------------------------------------------------------


class Memory:
    """What variants of one plan share: diagrams of groups of roles, times of equal attempts."""

    def __init__(self) -> None:
        self._diagrams: dict[object, Diagram] = {}
        self._times: dict[object, Masses] = {}
        self._values: dict[object, float] = {}

    def diagram(self, part: Staffing, budget: int) -> Diagram:
        """The diagram of a group of roles."""
        limits = tuple(part.limit(need.role) for need in part.needs)
        key = (part.needs, part.double, limits)
        if key not in self._diagrams:
            self._diagrams[key] = diagram_of(part, budget)
        return self._diagrams[key]

    def by_then(
        self, turn: Turn, grid: Grid, down: frozenset[str], travel: Travel | None
    ) -> Masses:
        """For a turn that begins at once, the chance of an answer (of the arrival, with
        ``travel``) by each step."""
        known = travel and travel.known.get(turn.person, -1)
        broken = down & {attempt.carrier for attempt in turn.tries}
        key = (turn.tries, grid, broken, known)
        if key not in self._times:
            found = calls.answer_steps(turn.tries, grid, down)
            if travel:
                found = convolve(found, self._way(turn.person, grid, travel), grid.length)
            self._times[key] = cumulated(found, grid.length)
        return self._times[key]

    def _way(self, person: str, grid: Grid, travel: Travel) -> Masses:
        key = (grid, travel.known.get(person), travel.mean, travel.deviation)
        if key not in self._times:
            self._times[key] = travel.masses(person, grid)
        return self._times[key]

    def filled(self, diagram: Diagram, shares: Shares) -> float:
        """The value of a diagram."""
        key = (id(diagram), shares)
        if key not in self._values:
            self._values[key] = diagram.filled_with(shares)
        return self._values[key]


@dataclass(frozen=True)
class Exact:
    """The exact side of a scenario: diagrams of its roles, chances of its people."""

    scenario: Scenario
    diagrams: tuple[Diagram, ...]
    memory: Memory

    @classmethod
    def of(
        cls, scenario: Scenario, memory: Memory | None = None, budget: int = BUDGET
    ) -> Exact | None:
        """None if the staffing of the scenario has too many states."""
        memory = memory or Memory()
        try:
            parts = scenario.staffing.components()
            return cls(scenario, tuple(memory.diagram(part, budget) for part in parts), memory)
        except TooManyStates:
            return None

    @cached_property
    def grid(self) -> Grid:
        """The grid of the scenario's times."""
        return calls.grid_for(self.scenario.callout, self.scenario.horizon)

    def ever(self, causes: Sequence[Shock]) -> float:
        """All roles filled, however late."""
        return self._mixed(causes, lambda state: self._ever_in(state))

    def in_time(self, causes: Sequence[Shock]) -> float:
        """Each role filled within its limit, by answering; only if all are called at once."""
        return self._mixed(causes, lambda state: self._within(self._times(state.down, None)))

    def along(self, steps: Sequence[int], *, there: bool) -> tuple[Masses, Masses]:
        """All roles filled by each of the steps, without causes and with them; only if all are
        called at once."""
        travel = self.scenario.travel if there else None
        held: dict[object, Masses] = {}
        calm = common = [0.0] * len(steps)
        for state in states(self.scenario.shocks)[0]:
            chances = self._chances_at(steps, state, travel)
            line = [1.0] * len(steps)
            for n, diagram in enumerate(self.diagrams):
                key = (n, state.shocks & self._touching[n])
                if key not in held:
                    held[key] = diagram.filled_along(chances, len(steps))
                line = list(map(mul, line, held[key]))
            calm = calm if state.shocks else line
            common = [a + state.chance * b for a, b in zip(common, line, strict=True)]
        return calm, common

    def _chances_at(
        self, steps: Sequence[int], state: State, travel: Travel | None
    ) -> Callable[[str], Sequence[float]]:
        known, never = self._times(state.down, travel), [0.0] * len(steps)

        def chances(person: str) -> Sequence[float]:
            if person in state.away or person not in known:
                return never
            return [known[person][step] for step in steps]

        return chances

    def importance(self) -> dict[str, float]:
        """How much hangs on each person, with nothing broken."""
        chance = self._ever_in(CALM)
        values = [diagram.filled(chance) for diagram in self.diagrams]
        found: dict[str, float] = {}
        for n, diagram in enumerate(self.diagrams):
            rest = _times(values[:n] + values[n + 1 :])
            found |= {p: gain * rest for p, gain in diagram.importance(chance).items()}
        return found

    def _mixed(
        self, causes: Sequence[Shock], chance_in: Callable[[State], Callable[[str, int], float]]
    ) -> float:
        """The mean over the combinations of causes; groups of roles that a cause does not touch
        are computed once."""
        total, held = 0.0, {}
        for state in states(causes)[0]:
            chance = chance_in(state)
            product = 1.0
            for n, diagram in enumerate(self.diagrams):
                key = (n, state.shocks & self._touching[n])
                if key not in held:
                    shares = diagram.shares(_without(chance, state.away))
                    held[key] = self.memory.filled(diagram, shares)
                product *= held[key]
            total += state.chance * product
        return total

    @cached_property
    def _touching(self) -> list[frozenset[str]]:
        """For each diagram the shocks that touch one of its people."""
        carriers = {
            turn.person: {attempt.carrier for attempt in turn.tries}
            for turn in self.scenario.callout.turns()
        }
        return [
            frozenset(
                shock.id
                for shock in self.scenario.shocks
                if any(
                    p in shock.people or shock.carriers & carriers.get(p, set())
                    for p in diagram.people
                )
            )
            for diagram in self.diagrams
        ]

    def _ever_in(self, state: State) -> Callable[[str, int], float]:
        known = answers(self.scenario.callout, state)
        return lambda person, _: known.get(person, 0.0)

    def _within(self, known: Mapping[str, Masses]) -> Callable[[str, int], float]:
        last = self.grid.length - 1

        def chance(person: str, limit: int) -> float:
            if person not in known:
                return 0.0
            return known[person][min(last, limit // self.grid.step)]

        return chance

    def _times(self, down: frozenset[str], travel: Travel | None) -> dict[str, Masses]:
        key = (down, travel is None)
        if key not in self._held:
            people = self.scenario.staffing.people
            turns = (turn for turn in self.scenario.callout.turns() if turn.person in people)
            self._held[key] = {
                t.person: self.memory.by_then(t, self.grid, down, travel) for t in turns
            }
        return self._held[key]

    @cached_property
    def _held(self) -> dict[object, dict[str, Masses]]:
        return {}


def answers(callout: Callout, state: State = CALM) -> dict[str, float]:
    """For each person the chance to answer if called, in one combination of causes."""
    return {
        turn.person: 0.0 if turn.person in state.away else sum(chances(turn.tries, state.down))
        for turn in callout.turns()
    }


def _without(
    chance: Callable[[str, int], float], away: frozenset[str]
) -> Callable[[str, int], float]:
    return lambda person, limit: 0.0 if person in away else chance(person, limit)


def _times(values: Iterable[float]) -> float:
    found = 1.0
    for value in values:
        found *= value
    return found


def counts(callout: Callout, causes: Sequence[Shock]) -> Masses:
    """How many answer. Rare combinations of causes count as nobody. Only for a plain call-out."""
    people = sum(1 for _ in callout.turns())
    most = max(1 + len(causes), min(MOST_STATES, COUNT_WORK // (people * people + 1)))
    mixed, left = states(causes, most)
    parts = [
        [state.chance * mass for mass in calls.reached(callout, answers(callout, state))]
        for state in mixed
    ]
    return added([left], *parts)


# -- by playing -----------------------------------------------------------------------------


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


def _shared(found: Sequence[Outcome], happened: Callable[[Outcome], bool]) -> Figure:
    share = sampling.share(sum(map(happened, found)), len(found))
    return Figure(share.value, SAMPLED, share.error, share.runs)


# -- both -----------------------------------------------------------------------------------


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
        left_out=states(scenario.shocks)[1],
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
        return Twice(*(_shared(found, happened) for found in self.plays))

    def count(self, causes: Sequence[Shock], which: int) -> Masses:
        if self.scenario.callout.is_plain:
            return counts(self.scenario.callout, causes)
        found = [0.0] * (1 + sum(1 for _ in self.scenario.callout.turns()))
        for one in self.plays[which]:
            found[one.count] += 1 / len(self.plays[which])
        return found

    def curve(self, exact: Exact | None, grid: Grid, *, there: bool) -> Curve:
        steps = at_points(grid)
        seconds = tuple(step * grid.step for step in steps)
        if exact:
            calm, mixed = exact.along(steps, there=there)
            return Curve(seconds, tuple(calm), tuple(mixed))
        shares = [
            [_shared(found, partial(_filled_by, at, there)) for at in seconds]
            for found in self.plays
        ]
        worst = max((f.error for line in shares for f in line), default=0.0)
        alone, common = (tuple(f.value for f in line) for line in shares)
        return Curve(seconds, alone, common, SAMPLED, worst)


def _filled_by(seconds: int, there: bool, one: Outcome) -> bool:
    return (one.there if there else one.answered) <= seconds
