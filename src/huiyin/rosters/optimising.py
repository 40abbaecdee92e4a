"""The fairest roster there is, by constraint solving: optional, with the extra ``rosters``.

The same problem as ``domain/rosters/planning.py: greedy``, given to OR-Tools' CP-SAT: as few
empty slots as possible, then everybody's time on duty, and on duty on days off, as near to their
fair part as whole shifts allow; the fair part follows the time in which a person is there. Needs
no Django. The rest rules ``between``, ``longest`` and ``most`` are constraints; ``free`` is
checked afterwards by whoever shows the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from math import ceil, floor
from typing import Any

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.intervals import Span, total, union
from huiyin.domain.rosters.planning import Plan, Problem, Slot, greedy
from huiyin.domain.rosters.presence import Presence
from huiyin.domain.rosters.resting import broken
from huiyin.domain.rosters.values import RestRule

EMPTY_COSTS = 1_000_000
# Slots times those who can take each. With more, writing the model down alone takes longer than
# anybody waits, and the time given to the solver does not bound it.
MOST_CHOICES = 100_000
_MINUTE = timedelta(minutes=1)


def available() -> bool:
    """Whether OR-Tools is installed."""
    try:
        import ortools.sat.python.cp_model  # noqa: F401
    except ImportError:
        return False
    return True


def optimal(problem: Problem, seconds: float = 20.0) -> Plan:
    """The fairest plan found within ``seconds``; its ``method`` says whether it is proved to
    be the best, or that the problem was too large and the plain way was gone. Raises Refusal
    ``solver-missing``."""
    if not available():
        raise Refusal("solver-missing")
    if sum(len(problem.able[slot.role]) for slot in problem.slots) > MOST_CHOICES:
        return greedy(problem)
    from ortools.sat.python import cp_model

    model = _Model(problem, cp_model.CpModel())
    model.hint(greedy(problem))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = 1
    solver.parameters.num_workers = 1  # one worker and a seed: the same answer every time
    status = solver.solve(model.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return greedy(problem)
    people = tuple(
        next((p for p in able if solver.value(model.takes[n, p])), None)
        for n, able in enumerate(model.able)
    )
    return Plan(problem.slots, people, "optimal" if status == cp_model.OPTIMAL else "good")


class _Model:
    """Variables: who takes which slot. One constraint per thing that must not be."""

    def __init__(self, problem: Problem, model: Any) -> None:
        self.problem, self.model = problem, model
        self.presence = Presence(problem.roster)
        self.able = [self._able(slot) for slot in problem.slots]
        self.takes: dict[tuple[int, str], Any] = {
            (n, p): model.new_bool_var(f"{n}:{p}") for n, able in enumerate(self.able) for p in able
        }
        self.empty = [model.new_bool_var(f"empty:{n}") for n in range(len(problem.slots))]
        for n, able in enumerate(self.able):
            model.add_exactly_one([self.takes[n, p] for p in able] + [self.empty[n]])
        for person in problem.roster.people:
            self._limits(person)
        unfair = self._unfairness(lambda slot: True) + self._unfairness(lambda slot: slot.heavy)
        model.minimize(EMPTY_COSTS * sum(self.empty) + unfair)

    def hint(self, plan: Plan) -> None:
        """Begin from a plan that is already valid."""
        for (n, person), variable in self.takes.items():
            self.model.add_hint(variable, plan.people[n] == person)
        for n, variable in enumerate(self.empty):
            self.model.add_hint(variable, plan.people[n] is None)

    def _able(self, slot: Slot) -> list[str]:
        named = self.problem.able[slot.role]
        return [p for p in named if self._may(p, slot.span)]

    def _may(self, person: str, span: Span) -> bool:
        before = self.problem.before.get(person, ())
        return self.presence.whole(person, span) and not self._clash([*before, span])

    def _clash(self, spans: list[Span]) -> bool:
        """Whether these duties of one person overlap or break a rule of rest by themselves."""
        if any(b.start < a.end for a, b in pairwise(sorted(spans))):
            return True
        rules = (r for r in self.problem.roster.rest if r.kind != "free")
        return any(broken(rule, union(spans)) for rule in rules)

    def _limits(self, person: str) -> None:
        mine = [n for n, able in enumerate(self.able) if person in able]
        reach = max(
            (timedelta(hours=r.hours) for r in self.problem.roster.rest if r.kind == "between"),
            default=timedelta(),
        )
        for place in range(len(mine)):
            for together in self._clashing(mine[place:], reach):
                self.model.add_at_most_one(self.takes[n, person] for n in together)
        for rule in self.problem.roster.rest:
            if rule.kind == "most":
                self._most(rule, person, mine)
            if rule.kind == "longest":
                self._longest(rule, person, mine)

    def _clashing(self, mine: Sequence[int], reach: timedelta) -> list[list[int]]:
        """Sets of slots, each with the first of these, of which a person can take only one: one
        large set as far as it goes, and pairs for the rest."""
        slots, first = self.problem.slots, mine[0]
        clique, pairs = [first], []
        for n in mine[1:]:
            if slots[n].span.start >= slots[first].span.end + reach:
                break
            if not self._clash([slots[first].span, slots[n].span]):
                continue
            if all(self._clash([slots[k].span, slots[n].span]) for k in clique[1:]):
                clique.append(n)
            else:
                pairs.append([first, n])
        return [clique, *pairs] if len(clique) > 1 else pairs

    def _most(self, rule: RestRule, person: str, mine: list[int]) -> None:
        """At most so many hours in the days from the beginning of each slot."""
        for first in mine:
            start = self.problem.slots[first].span.start
            window = Span(start, start + timedelta(days=rule.days))
            inside = [n for n in mine if self.problem.slots[n].span.meets(window)]
            hours = [
                (n, (min(self.problem.slots[n].span.end, window.end) - max(
                    self.problem.slots[n].span.start, window.start)) // _MINUTE)
                for n in inside
            ]  # fmt: skip
            load = sum(minutes * self.takes[n, person] for n, minutes in hours)
            self.model.add(load <= rule.hours * 60)

    def _longest(self, rule: RestRule, person: str, mine: list[int]) -> None:
        """Not every slot of a chain without a break that is longer than the limit."""
        limit = timedelta(hours=rule.hours)
        for first in mine:
            chain = [first]
            for n in mine:
                if self.problem.slots[n].span.start == self.problem.slots[chain[-1]].span.end:
                    chain.append(n)
                length = total(self.problem.slots[k].span for k in chain)
                if length > limit:
                    self.model.add(sum(self.takes[k, person] for k in chain) < len(chain))
                    break

    def _unfairness(self, counts: Callable[[Slot], bool]) -> Any:
        """By how many minutes the worst-off are outside their fair part, which is rounded to
        whole shifts in both directions: 0 is as fair as whole shifts allow."""
        slots = [slot for slot in self.problem.slots if counts(slot)]
        if not slots:
            return 0
        longest = max(slot.span.length for slot in slots) // _MINUTE
        worst = self.model.new_int_var(0, EMPTY_COSTS, "worst")
        for person, fair in self._fair(slots).items():
            load = sum(
                slot.span.length // _MINUTE * self.takes[n, person]
                for n, slot in enumerate(self.problem.slots)
                if counts(slot) and person in self.able[n]
            )
            self.model.add(load <= ceil(fair / longest) * longest + worst)
            self.model.add(load >= floor(fair / longest) * longest - worst)
        return worst

    def _fair(self, slots: Sequence[Slot]) -> Mapping[str, float]:
        """Each person's part of these slots in minutes: role by role, by the time in which
        those who may serve it are there."""
        whole = Span(min(s.span.start for s in slots), max(s.span.end for s in slots))
        there = {
            p: total(self.presence.parts(p, whole)) / whole.length
            for p in self.problem.roster.people
        }
        found = dict.fromkeys(there, 0.0)
        for role, able in self.problem.able.items():
            minutes = sum(s.span.length // _MINUTE for s in slots if s.role == role)
            present = sum(there[p] for p in able)
            for person in able if present else ():
                found[person] += minutes * there[person] / present
        return found
