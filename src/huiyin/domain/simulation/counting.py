"""How many answer, exactly, mixed over the common causes; and each person's chance to answer.

Where everybody is called whoever answers, those under one cause are counted together with it and
without it; else the combinations of causes are walked one by one, the rarest left out and told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from huiyin.domain.simulation import calls
from huiyin.domain.simulation.answering import chances
from huiyin.domain.simulation.calls import Callout
from huiyin.domain.simulation.distributions import Masses, added, counted, product
from huiyin.domain.simulation.scenario import CALM, MOST_STATES, Shock, State, states

# Work for the distribution of a count: people squared, times combinations of causes.
COUNT_WORK = 20_000_000
# Networks of which all combinations are counted.
MOST_CARRIERS = 3


def answers(callout: Callout, state: State = CALM) -> dict[str, float]:
    """For each person the chance to answer if called, in one combination of causes."""
    return {
        turn.person: 0.0 if turn.person in state.away else sum(chances(turn.tries, state.down))
        for turn in callout.turns()
    }


def counts_left_out(callout: Callout, causes: Sequence[Shock]) -> float:
    """The probability of the combinations that ``counts`` takes as nobody."""
    if callout.reaches_all and _apart(callout, causes) is not None:
        return 0.0
    return states(causes, _most_counted(callout, causes))[1]


# Each person under at most one cause that strikes people, beside those that strike a network.
Apart = Mapping[str, Shock]


def _apart(callout: Callout, causes: Sequence[Shock]) -> Apart | None:
    """The cause that each person is under; None if somebody is under two, or networks are many."""
    found: dict[str, Shock] = {}
    for shock in causes:
        if not shock.people.isdisjoint(found):
            return None
        found |= dict.fromkeys(shock.people, shock)
    return found if sum(bool(shock.carriers) for shock in causes) <= MOST_CARRIERS else None


def _counted_apart(callout: Callout, causes: Sequence[Shock], under: Apart) -> Masses:
    """Exactly, where everybody is called whoever answers: those under one cause are counted
    together with it and without it, then all groups are added up."""
    parts = []
    for outer in states([s for s in causes if s.carriers], 2**MOST_CARRIERS)[0]:
        found = answers(callout, outer)
        groups: dict[str, list[str]] = {}
        for person in found:
            groups.setdefault(under[person].id if person in under else "", []).append(person)
        whole = product(
            _with_cause([found[p] for p in people], under.get(people[0]), outer)
            for people in groups.values()
        )
        parts.append([outer.chance * mass for mass in whole])
    return added(*parts)


def _with_cause(chances: Sequence[float], shock: Shock | None, outer: State) -> Masses:
    alone = counted(chances)
    if shock is None or shock.id in outer.shocks:
        return alone
    if shock.carriers:  # strikes people and a network: not in this state, so not here
        return alone
    return added([shock.chance], [(1.0 - shock.chance) * mass for mass in alone])


def _most_counted(callout: Callout, causes: Sequence[Shock]) -> int:
    people = sum(1 for _ in callout.turns())
    return max(1 + len(causes), min(MOST_STATES, COUNT_WORK // (people * people + 1)))


def counts(callout: Callout, causes: Sequence[Shock]) -> Masses:
    """How many answer. Rare combinations of causes count as nobody. Only for a plain call-out."""
    if callout.reaches_all and (groups := _apart(callout, causes)) is not None:
        return _counted_apart(callout, causes, groups)
    mixed, left = states(causes, _most_counted(callout, causes))
    parts = [
        [state.chance * mass for mass in calls.reached(callout, answers(callout, state))]
        for state in mixed
    ]
    return added([left], *parts)
