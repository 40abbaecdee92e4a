"""Filling a roster fairly where no rule of turns does: the problem, and the plain way.

The problem is a list of slots and who can take which. ``greedy`` gives each slot, in order of
time, to the one who has waited longest among those who may serve it under the rest rules; it
needs no library and never leaves a slot empty that one of them could take at that moment. The
optimiser (``huiyin/rosters/optimising.py``) solves the same problem with a guarantee.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from huiyin.domain.rosters.holding import holders
from huiyin.domain.rosters.intervals import Span, total, union
from huiyin.domain.rosters.pieces import windows
from huiyin.domain.rosters.presence import Presence
from huiyin.domain.rosters.resting import broken
from huiyin.domain.rosters.values import Duty, Roster

ORIGIN = "plan"


@dataclass(frozen=True, slots=True)
class Slot:
    """One place to fill. ``heavy``: it begins on a day off, and those are shared by
    themselves."""

    role: str
    span: Span
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be filled by whom. ``able``: role → people who may serve it; ``before``:
    duties already served, for rest and for who has waited longest."""

    roster: Roster
    slots: tuple[Slot, ...]
    able: Mapping[str, tuple[str, ...]]
    before: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who takes each slot (None: nobody can), and how it was found: ``method`` is greedy,
    optimal or good (the solver's time was up)."""

    slots: tuple[Slot, ...]
    people: tuple[str | None, ...]
    method: str

    def duties(self) -> tuple[Duty, ...]:
        """The filled slots."""
        pairs = zip(self.slots, self.people, strict=True)
        return tuple(Duty(s.role, person, s.span) for s, person in pairs if person)

    def empty(self) -> tuple[Slot, ...]:
        """The slots that nobody takes."""
        pairs = zip(self.slots, self.people, strict=True)
        return tuple(s for s, person in pairs if person is None)


def problem(
    roster: Roster,
    first_day: date,
    last_day: date,
    before: Mapping[str, tuple[Span, ...]] | None = None,
) -> Problem:
    """The slots of every role's windows that begin from ``first_day`` to ``last_day``.

    People are able to serve the roles that ``holding`` says.
    Raises Refusal ``roster-too-long``, ``calendar-year-missing``.
    """
    slots = [
        Slot(role.id, span, _off(roster, day))
        for role in roster.roles.values()
        for window in role.windows
        for day, span in windows(window, roster.zone, roster.calendar, first_day, last_day)
        for _ in range(role.people)
    ]
    slots.sort(key=lambda slot: (slot.span, list(roster.roles).index(slot.role)))
    able = {role: holders(roster, role) for role in roster.roles}
    return Problem(roster, tuple(slots), able, before or {})


def _off(roster: Roster, day: date) -> bool:
    calendar = roster.calendar
    if calendar is not None and calendar.knows(day):
        return not calendar.is_working(day)
    return day.weekday() >= 5


def greedy(problem: Problem) -> Plan:
    """Each slot to whoever has waited longest; of equals, to who has served least."""
    ledger = _Ledger(problem)
    people: list[str | None] = []
    for slot in problem.slots:
        able = [p for p in problem.able[slot.role] if ledger.may(p, slot.span)]
        chosen = min(able, key=lambda p: ledger.standing(p, slot), default=None)
        if chosen is not None:
            ledger.serve(chosen, slot)
        people.append(chosen)
    return Plan(problem.slots, tuple(people), "greedy")


class _Ledger:
    """Who has served what while the slots are given out."""

    def __init__(self, problem: Problem) -> None:
        self._presence = Presence(problem.roster)
        self._rest = problem.roster.rest
        self._order = {person: n for n, person in enumerate(problem.roster.people)}
        self._duties = {p: union(problem.before.get(p, ())) for p in problem.roster.people}
        self._heavy: dict[str, datetime] = {}
        self._sum = {person: total(spans) for person, spans in self._duties.items()}
        self._memory = max((timedelta(days=r.days + 2) for r in self._rest), default=timedelta(2))

    def may(self, person: str, span: Span) -> bool:
        """Whether the person is there, free, and within the rest rules with this duty."""
        if not self._presence.whole(person, span):
            return False
        recent = [d for d in self._duties[person][-60:] if d.end > span.start - self._memory]
        if any(d.meets(span) for d in recent):
            return False
        return not any(broken(rule, union([*recent, span])) for rule in self._rest)

    def standing(self, person: str, slot: Slot) -> tuple[object, ...]:
        """Smaller: more their turn."""
        never = slot.span.start - timedelta(days=36500)
        duties = self._duties[person]
        waited = duties[-1].end if duties else never
        heavy = self._heavy.get(person, never) if slot.heavy else never
        return heavy, waited, self._sum[person], self._order[person]

    def serve(self, person: str, slot: Slot) -> None:
        """The slot is theirs."""
        self._duties[person] = union([*self._duties[person], slot.span])
        self._sum[person] += slot.span.length
        if slot.heavy:
            self._heavy[person] = slot.span.end
