"""The exact side of a scenario: decision diagrams of its roles, mixed over the common causes.

A cause that touches one group of roles alone is averaged within that group; only the causes that
touch several groups are combined over the whole plan. So ten houses with a cause each cost ten
sums of two and not a thousand combinations. All moments and combinations that a group needs are
carried through its diagram at once. Nothing is sampled here; what is left out is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import mul

from huiyin.domain.simulation import calls
from huiyin.domain.simulation.answering import Try
from huiyin.domain.simulation.calls import Grid, Turn
from huiyin.domain.simulation.counting import answers
from huiyin.domain.simulation.distributions import Masses, convolve, cumulated
from huiyin.domain.simulation.scenario import CALM, MOST_STATES, Scenario, Shock, State, states
from huiyin.domain.simulation.staffing import (
    BUDGET,
    Diagram,
    Rows,
    Staffing,
    TooManyStates,
    diagram_of,
)
from huiyin.domain.simulation.travelling import Travel

POINTS = 36
# Work for one figure of one group: edges of its diagram, times moments, times combinations; of
# all groups together, beyond which the figure is played.
MIX_WORK, EXACT_WORK = 6_000_000, 20_000_000
# Work for the diagrams of all groups together.
ALL_DIAGRAMS = 3 * BUDGET
# A figure that leaves out more of the causes than this is played, which errs by less.
MOST_LEFT_OUT = 0.02


class _Alike:
    """Stands for all equal attempts; compared by identity."""


class Memory:
    """What variants of one plan share: diagrams of groups of roles, times of equal attempts."""

    def __init__(self) -> None:
        self._diagrams: dict[object, Diagram] = {}
        self._times: dict[object, Masses] = {}
        self._values: dict[object, Masses] = {}
        self._by_turn: dict[object, tuple[Turn, Masses]] = {}
        self._tries: dict[tuple[Try, ...], _Alike] = {}
        self._by_id: dict[int, tuple[Turn, _Alike]] = {}

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
        # Variants share most turns: these are found without looking at their attempts.
        quick = (id(turn), grid.step, grid.length, down, travel is None)
        if quick not in self._by_turn:
            self._by_turn[quick] = turn, self._equal(turn, grid, down, travel)
        return self._by_turn[quick][1]

    def _equal(self, turn: Turn, grid: Grid, down: frozenset[str], travel: Travel | None) -> Masses:
        known = travel and travel.known.get(turn.person, -1)
        broken = down & {attempt.carrier for attempt in turn.tries}
        key = (self._alike(turn), grid, broken, known)
        if key not in self._times:
            found = calls.answer_steps(turn.tries, grid, down)
            if travel:
                found = convolve(found, self._way(turn.person, grid, travel), grid.length)
            self._times[key] = cumulated(found, grid.length)
        return self._times[key]

    def _alike(self, turn: Turn) -> _Alike:
        """One object for all turns with equal attempts: to compare thousands of attempts time and
        again costs more than what is computed from them."""
        if id(turn) not in self._by_id:
            same = self._tries.setdefault(turn.tries, _Alike())
            self._by_id[id(turn)] = turn, same
        return self._by_id[id(turn)][1]

    def _way(self, person: str, grid: Grid, travel: Travel) -> Masses:
        key = (grid, travel.known.get(person), travel.mean, travel.deviation)
        if key not in self._times:
            self._times[key] = travel.masses(person, grid)
        return self._times[key]

    def filled(self, diagram: Diagram, rows: Sequence[Rows], width: int) -> Masses:
        """The values of a diagram in ``width`` cases."""
        key = (id(diagram), width, tuple(tuple(map(tuple, within)) for within in rows))
        if key not in self._values:
            self._values[key] = diagram.filled_columns(rows, width)
        return self._values[key]


# For a person with these limits who can answer, with these carriers down: the chances case by
# case, for each limit.
Chances = Callable[[str, tuple[int, ...], frozenset[str]], Rows]


@dataclass(frozen=True)
class Exact:
    """Diagrams of the roles of a scenario, chances of its people."""

    scenario: Scenario
    diagrams: tuple[Diagram, ...]
    memory: Memory
    work: int = MIX_WORK

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        memory: Memory | None = None,
        budget: int = BUDGET,
        work: int = MIX_WORK,
    ) -> Exact | None:
        """None if the staffing of the scenario has too many states."""
        memory = memory or Memory()
        diagrams: list[Diagram] = []
        left = ALL_DIAGRAMS
        try:
            for part in scenario.staffing.components():
                diagrams.append(memory.diagram(part, min(budget, left)))
                left -= diagrams[-1].work
        except TooManyStates:
            return None
        return cls(scenario, tuple(diagrams), memory, work)

    @cached_property
    def grid(self) -> Grid:
        """The grid of the scenario's times."""
        return calls.grid_for(self.scenario.callout, self.scenario.horizon)

    def ever(self, causes: Sequence[Shock]) -> float:
        """All roles filled, however late."""

        def within(person: str, limits: tuple[int, ...], down: frozenset[str]) -> Rows:
            return [[self._answers(down).get(person, 0.0)]] * len(limits)

        return self._mixed(causes, within, 1)[0]

    def in_time(self, causes: Sequence[Shock]) -> float:
        """Each role filled within its limit, by answering; only if all are called at once."""
        last, step = self.grid.length - 1, self.grid.step

        def within(person: str, limits: tuple[int, ...], down: frozenset[str]) -> Rows:
            known = self._times(down, None).get(person)
            if known is None:
                return [[0.0]] * len(limits)
            return [[known[min(last, limit // step)]] for limit in limits]

        return self._mixed(causes, within, 1)[0]

    def along(self, steps: Sequence[int], causes: Sequence[Shock], *, there: bool) -> Masses:
        """All roles filled by each of the steps; only if all are called at once."""
        travel = self.scenario.travel if there else None
        kept, place = self._different(steps, travel)
        never = [0.0] * len(kept)

        def within(person: str, limits: tuple[int, ...], down: frozenset[str]) -> Rows:
            known = self._times(down, travel).get(person)
            return [never if known is None else [known[step] for step in kept]]

        found = self._mixed(causes, within, len(kept))
        return [found[place[step]] for step in steps]

    def _different(
        self, steps: Sequence[int], travel: Travel | None
    ) -> tuple[list[int], dict[int, int]]:
        """The steps at which somebody's chance differs from the step before; for each step the
        place of the one that stands for it. Answers come at few moments: most steps are alike."""
        key = (tuple(steps), travel is None)
        if key not in self._told_apart:
            self._told_apart[key] = self._find_different(steps, travel)
        return self._told_apart[key]

    def _find_different(
        self, steps: Sequence[int], travel: Travel | None
    ) -> tuple[list[int], dict[int, int]]:
        downs = {state.down for state in states(self.scenario.shocks, MOST_STATES)[0]}
        lines = {id(m): m for down in downs for m in self._times(down, travel).values()}
        columns: dict[tuple[float, ...], int] = {}
        kept: list[int] = []
        place: dict[int, int] = {}
        for step in steps:
            column = tuple(line[step] for line in lines.values())
            if column not in columns:
                columns[column] = len(kept)
                kept.append(step)
            place[step] = columns[column]
        return kept, place

    def importance(self) -> dict[str, float]:
        """How much hangs on each person, with nothing broken."""
        known = self._answers(CALM.down)
        chance = lambda person, _: known.get(person, 0.0)  # noqa: E731  # one line, used here
        values = [diagram.filled(chance) for diagram in self.diagrams]
        found: dict[str, float] = {}
        for n, diagram in enumerate(self.diagrams):
            rest = _product(values[:n] + values[n + 1 :])
            found |= {p: gain * rest for p, gain in diagram.importance(chance).items()}
        return found

    # -- the common causes ----------------------------------------------------------------

    def _mixed(self, causes: Sequence[Shock], within: Chances, width: int) -> Masses:
        """The mean over the combinations of causes, case by case."""
        wide, near = self._split(causes)
        held: dict[object, Masses] = {}
        total = [0.0] * width
        for outer in states(wide)[0]:
            line = [outer.chance] * width
            for n in range(len(self.diagrams)):
                key = (n, outer.shocks & self._touching[n])
                if key not in held:
                    held[key] = self._averaged(n, outer, near[n], within, width)
                line = list(map(mul, line, held[key]))
            total = [a + b for a, b in zip(total, line, strict=True)]
        return total

    def _averaged(
        self, n: int, outer: State, near: Sequence[Shock], within: Chances, width: int
    ) -> Masses:
        """One group of roles in one combination of the wide causes, averaged over its own: all
        its combinations pass through the diagram side by side."""
        diagram = self.diagrams[n]
        inner = states(near, self._most(n, near, width))[0]
        joined = [_both(outer, state) for state in inner]
        rows = [
            _side_by_side(person, limits, joined, within)
            for person, limits in zip(diagram.people, diagram.limits, strict=True)
        ]
        found = self.memory.filled(diagram, rows, width * len(inner))
        total = [0.0] * width
        for k, state in enumerate(inner):
            part = found[k * width : (k + 1) * width]
            total = [a + state.chance * b for a, b in zip(total, part, strict=True)]
        return total

    def _most(self, n: int, near: Sequence[Shock], width: int) -> int:
        """How many combinations of its own causes a group is computed in."""
        work = self.work // (1 + self.diagrams[n].edges * width)
        return max(1 + len(near), min(MOST_STATES, work))

    def _split(self, causes: Sequence[Shock]) -> tuple[list[Shock], list[list[Shock]]]:
        """The causes that touch several groups of roles, and for each group those that touch it
        alone. What touches no group changes nothing here."""
        wide: list[Shock] = []
        near: list[list[Shock]] = [[] for _ in self.diagrams]
        for shock in causes:
            touched = [n for n, known in enumerate(self._touching) if shock.id in known]
            if len(touched) > 1:
                wide.append(shock)
            elif touched:
                near[touched[0]].append(shock)
        return wide, near

    def width(self, *, there: bool) -> int:
        """How many different cases a curve has."""
        travel = self.scenario.travel if there else None
        return len(self._different(at_points(self.grid), travel)[0])

    def fits(self, width: int) -> bool:
        """Whether a figure of ``width`` cases is worth computing: within the work, and without
        leaving out too many of the causes. Else it is played."""
        return self.left_out(width) <= MOST_LEFT_OUT and self.cost(width) <= EXACT_WORK

    def cost(self, width: int) -> int:
        """The work for a figure of ``width`` cases with all causes."""
        wide, near = self._split(self.scenario.shocks)
        outer = states(wide)[0]
        total = 0
        for n, diagram in enumerate(self.diagrams):
            ways = len({state.shocks & self._touching[n] for state in outer})
            inner = min(2 ** len(near[n]), self._most(n, near[n], width))
            total += ways * inner * diagram.edges * width
        return total

    def left_out(self, width: int) -> float:
        """The probability of combinations of causes that a figure of ``width`` cases counts as
        failure."""
        wide, near = self._split(self.scenario.shocks)
        taken = 1.0 - states(wide)[1]
        for n, shocks in enumerate(near):
            taken *= 1.0 - states(shocks, self._most(n, shocks, width))[1]
        return max(0.0, 1.0 - taken)

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
                if not shock.people.isdisjoint(people)
                or (shock.carriers and any(shock.carriers & carriers.get(p, set()) for p in people))
            )
            for people in (frozenset(diagram.people) for diagram in self.diagrams)
        ]

    def _answers(self, down: frozenset[str]) -> dict[str, float]:
        if down not in self._answered:
            self._answered[down] = answers(self.scenario.callout, State(1.0, down=down))
        return self._answered[down]

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
    def _told_apart(self) -> dict[object, tuple[list[int], dict[int, int]]]:
        return {}

    @cached_property
    def _held(self) -> dict[object, dict[str, Masses]]:
        return {}

    @cached_property
    def _answered(self) -> dict[frozenset[str], dict[str, float]]:
        return {}


def at_points(grid: Grid) -> tuple[int, ...]:
    """The steps of the grid at which curves are told: closer together at the beginning, where
    everything happens."""
    last = grid.length - 1
    return tuple(sorted({max(1, round(last * (n / POINTS) ** 1.6)) for n in range(1, POINTS + 1)}))


def _side_by_side(
    person: str, limits: tuple[int, ...], joined: Sequence[State], within: Chances
) -> Rows:
    """A person's chances in all states, one after another; computed once for equal states."""
    there = {down: within(person, limits, down) for down in {state.down for state in joined}}
    gone = [[0.0] * len(row) for row in next(iter(there.values()))]
    parts = [gone if person in state.away else there[state.down] for state in joined]
    return [list(chain.from_iterable(line)) for line in zip(*parts, strict=True)]


def _both(one: State, other: State) -> State:
    return State(
        one.chance * other.chance,
        one.shocks | other.shocks,
        one.down | other.down,
        one.away | other.away,
    )


def _product(values: Iterable[float]) -> float:
    found = 1.0
    for value in values:
        found *= value
    return found
