"""What is computed about one plan, as plain values: the question and the answer.

``Scenario`` is the question (call-out, roles to fill, ways to the place, what may fail for many
at once), ``Simulation`` the answer, each figure with the method that found it. A common cause is
a separate term: everything is computed without any (people independent) and with all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from huiyin.domain.simulation.calls import Callout
from huiyin.domain.simulation.distributions import Masses
from huiyin.domain.simulation.resilience import Resilience
from huiyin.domain.simulation.staffing import Staffing
from huiyin.domain.simulation.travelling import Travel

EXACT, SAMPLED = "exact", "sampled"

# Combinations of common causes that are computed one by one; rarer ones count as failure.
MOST_STATES = 200


@dataclass(frozen=True, slots=True)
class Shock:
    """A common cause: with ``chance``, all its ``carriers`` fail and all its ``people`` are
    away at once. Shocks are independent of each other."""

    id: str
    chance: float
    carriers: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """One combination of shocks with its probability."""

    chance: float
    shocks: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()


CALM = State(1.0)


def states(shocks: Sequence[Shock], most: int = MOST_STATES) -> tuple[tuple[State, ...], float]:
    """The combinations, those with fewer shocks first, and the probability of those left out."""
    every = (c for size in range(len(shocks) + 1) for c in combinations(shocks, size))
    # No further than is asked for: forty causes have more combinations than there are seconds.
    found = [_state(shocks, chosen) for chosen in islice(every, most)]
    return tuple(found), max(0.0, 1.0 - sum(state.chance for state in found))


def _state(shocks: Sequence[Shock], chosen: Sequence[Shock]) -> State:
    chance = 1.0
    for shock in shocks:
        chance *= shock.chance if shock in chosen else 1.0 - shock.chance
    return State(
        chance,
        frozenset(shock.id for shock in chosen),
        frozenset().union(*(shock.carriers for shock in chosen)),
        frozenset().union(*(shock.people for shock in chosen)),
    )


@dataclass(frozen=True, slots=True)
class Scenario:
    """``horizon``: seconds up to which times are followed. ``travel`` is None where people are
    at the place already. ``away``: people who are not called because they are on leave."""

    callout: Callout
    staffing: Staffing
    horizon: int
    shocks: tuple[Shock, ...] = ()
    travel: Travel | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A probability, how it was found, and its standard error if it was sampled."""

    value: float
    method: str = EXACT
    error: float = 0.0
    runs: int = 0


@dataclass(frozen=True, slots=True)
class Twice:
    """A figure without any common cause, and with them."""

    alone: Figure
    common: Figure


@dataclass(frozen=True, slots=True)
class Curve:
    """A probability at several times: ``seconds`` and, for each, without and with common
    causes. ``error``: the largest standard error, 0 if exact."""

    seconds: tuple[int, ...]
    alone: tuple[float, ...]
    common: tuple[float, ...]
    method: str = EXACT
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """One change to the plan and what it would do to the chance of being staffed in time.

    ``kind``: deputy (``what`` is the role), channel (a person), try, parallel, take-over,
    shock (its id). ``runs``: how often both were played, with the same random numbers.
    """

    kind: str
    what: str
    before: float
    after: float
    method: str
    runs: int = 0

    @property
    def gain(self) -> float:
        """The rise of the probability."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Simulation:
    """Everything that was computed. ``count``: the distribution of how many answer.

    ``filled``: all roles filled by different people, however late; ``in_time``: each within its
    limit; ``naive``: what multiplying the roles would say. ``answered``/``there``: by when all
    roles are filled by people who have answered, or who have arrived. ``weight``: for each person
    how much hangs on them. ``states``: the size of the decision diagrams, 0 if none was built.
    ``left_out``: probability of rare combinations of causes, counted as failure.
    """

    called: int
    count: Masses
    count_common: Masses
    count_method: str
    filled: Twice
    in_time: Twice
    naive: float
    answered: Curve
    there: Curve | None
    resilience: Resilience | None
    weight: Mapping[str, float]
    states: int
    grid_step: int
    grid_exact: bool
    left_out: float
    uncalled: tuple[str, ...]
    changes: tuple[Change, ...] = ()

    @property
    def has_plays(self) -> bool:
        """Whether some figure was played."""
        curves = [curve.method for curve in (self.answered, self.there) if curve]
        found = [self.count_method, self.filled.common.method, self.in_time.common.method]
        return SAMPLED in found + curves
