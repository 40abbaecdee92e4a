"""The resilience number: how many people may be missing, whoever they are.

min |N(S)| − |S| over non-empty sets S of places to fill, N(S) being everybody who may fill one of
them (Hall's theorem, 1935). Below 0 the plan cannot be staffed at all; at 0 each person of the
tight set is a single point of failure. One matching, then for each role the spare people who can
be led to it along alternating paths; no set is ever enumerated. One person counts for one role
here, also where the plan lets somebody hold two: the number is then rather too low.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huiyin.domain.simulation.staffing import Need


@dataclass(frozen=True, slots=True)
class Resilience:
    """``number`` and the tight set: its ``roles`` and the ``people`` who may fill them.

    ``shortage`` names roles that stay empty in one best assignment (only if number < 0).
    """

    number: int
    roles: tuple[str, ...]
    people: tuple[str, ...]
    shortage: tuple[str, ...] = ()


@dataclass(slots=True)
class Matching:
    """Who fills which role. ``room``: places still open; a role may be led beyond its minimum
    to see how many spare people it could have."""

    holders: dict[str, tuple[str, ...]]
    room: dict[str, int]
    role_of: dict[str, str]
    filled: dict[str, set[str]]

    @classmethod
    def empty(cls, needs: Sequence[Need]) -> Matching:
        """Nobody placed yet."""
        return cls(
            {n.role: n.holders for n in needs},
            {n.role: n.minimum for n in needs},
            {},
            {n.role: set() for n in needs},
        )

    def copy(self) -> Matching:
        """A copy to try things on."""
        filled = {role: set(people) for role, people in self.filled.items()}
        return Matching(self.holders, dict(self.room), dict(self.role_of), filled)

    def lead_to(self, role: str) -> frozenset[str] | None:
        """Fill one more place of ``role`` along a shortest alternating path; None if it went,
        else the roles that the search saw: they share all their people."""
        came_from: dict[str, tuple[str, str]] = {}
        seen, waiting = {role}, [role]
        for at in waiting:
            for person in self.holders[at]:
                held = self.role_of.get(person)
                if held is None:
                    self._shift(role, at, person, came_from)
                    return None
                if held not in seen:
                    seen.add(held)
                    came_from[held] = (at, person)
                    waiting.append(held)
        return frozenset(seen)

    def _shift(self, role: str, at: str, person: str, came: dict[str, tuple[str, str]]) -> None:
        self._place(person, at)
        while at != role:
            onward, moved = came[at]
            self.filled[at].discard(moved)
            self._place(moved, onward)
            at = onward

    def _place(self, person: str, role: str) -> None:
        self.role_of[person] = role
        self.filled[role].add(person)


def fullest(needs: Sequence[Need]) -> tuple[Matching, tuple[str, ...]]:
    """A matching that fills as many places as possible, and the roles it leaves short."""
    matching, short = Matching.empty(needs), []
    for need in needs:
        for _ in range(need.minimum):
            if matching.lead_to(need.role) is not None:
                short.append(need.role)
                break
            matching.room[need.role] -= 1
    return matching, tuple(short)


def resilience(needs: Sequence[Need]) -> Resilience:
    """The resilience number with its tight set. Raises ValueError if nothing is to be filled."""
    if not needs:
        raise ValueError("no role needs anybody")
    matching, short = fullest(needs)
    if short:
        tight = frozenset[str]().union(*(matching.lead_to(role) or () for role in short))
        return _told(needs, -sum(matching.room.values()), tight, short)
    best: tuple[int, frozenset[str]] | None = None
    for need in needs:
        best = _spare(matching.copy(), need.role, best[0] - 1 if best else None) or best
        if best and best[0] == 0:
            break
    return _told(needs, *(best or (0, frozenset())), ())


def _told(
    needs: Sequence[Need], number: int, tight: frozenset[str], short: tuple[str, ...]
) -> Resilience:
    members = [need for need in needs if need.role in tight]
    people = dict.fromkeys(person for need in members for person in need.holders)
    return Resilience(number, tuple(need.role for need in members), tuple(people), short)


def _spare(matching: Matching, role: str, most: int | None) -> tuple[int, frozenset[str]] | None:
    """How many more people can be led to ``role`` and which roles then are tight; None if
    more than ``most`` can, which is no news."""
    count = 0
    while (seen := matching.lead_to(role)) is None:
        count += 1
        if most is not None and count > most:
            return None
    return count, seen
