"""What is asked of everything that can happen: how many answer, and are all roles filled.

A tally for ``unfolding``: it keeps of those who have answered only what the question needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from huiyin.domain.simulation.staffing import BUDGET, Family, Filling, Staffing
from huiyin.domain.simulation.unfolding import Chances, Kept, Share


class Counted:
    """How many have answered."""

    timeless = True
    start: Kept = (0,)

    def heard(self, kept: Kept, person: str, at: int) -> Iterable[tuple[Kept, Share]]:
        """One more."""
        return (((kept[0] + 1,), None),)

    def decided(self, person: str) -> bool:
        """Nobody is waited for."""
        return False

    def close(self) -> None:
        """Nobody was waited for."""

    def alive(self, kept: Kept) -> Kept:
        """Every count is one."""
        return kept


@dataclass
class Filled:
    """Whether different people fill all roles, each within its limit or (``timeless``) however
    late. What is kept: for each group of roles that share people the number of a family, the set
    of all largest ways to fill them so far. Raises TooManyStates if a group has too many."""

    staffing: Staffing
    timeless: bool = False
    _numbers: dict[Family, int] = field(default_factory=dict)
    _families: list[Family] = field(default_factory=list)
    _more: dict[tuple[int, str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._parts = [Filling(part, BUDGET) for part in self.staffing.components()]
        self._part = {p: n for n, part in enumerate(self._parts) for p in part.roles_of}
        self._limits = {p: self._parts[n].limits(p) for p, n in self._part.items()}
        self.start: Kept = tuple(self._number(frozenset({0})) for _ in self._parts)

    def heard(self, kept: Kept, person: str, at: int) -> Iterable[tuple[Kept, Share]]:
        """What those who have answered can fill together now."""
        return ((self.with_one_more(kept, person, 0 if self.timeless else at), None),)

    def with_one_more(self, kept: Kept, person: str, at: int) -> Kept:
        """The families with a person who is there at a second."""
        limit = next((one for one in self._limits.get(person, ()) if at <= one), None)
        if limit is None:
            return kept
        part = self._part[person]
        key = (kept[part], person, limit)
        if key not in self._more:
            family = self._parts[part].extended(self._families[kept[part]], person, limit)
            self._more[key] = self._number(family)
        return (*kept[:part], self._more[key], *kept[part + 1 :])

    def decided(self, person: str) -> bool:
        """Whoever holds a role and has not answered by now never fills it."""
        if person in self._part:
            self._parts[self._part[person]].decide(person)
        return person in self._part

    def close(self) -> None:
        """Nobody else will answer."""
        for part in self._parts:
            part.undecided = dict.fromkeys(part.undecided, 0)

    def alive(self, kept: Kept) -> Kept | None:
        """What can still succeed with those who are left."""
        found = []
        for part, number in zip(self._parts, kept, strict=True):
            family = part.feasible(self._families[number])
            if not family:
                return None
            found.append(self._number(family))
        return tuple(found)

    def _number(self, family: Family) -> int:
        if family not in self._numbers:
            self._numbers[family] = len(self._families)
            self._families.append(family)
        return self._numbers[family]


# The chance that somebody who answered at a second is there by each of the moments.
There = Callable[[str, int], Sequence[float]]


class FilledBy(Filled):
    """Whether all roles are filled at each of several moments, a column for each moment and
    combination of causes (moment by moment). Limits of roles are not looked at."""

    def __init__(self, staffing: Staffing, there: There, combinations: int) -> None:
        super().__init__(Staffing(staffing.needs, staffing.double))
        self._there, self._wide = there, combinations
        self._shares: dict[tuple[str, int], tuple[Chances, Chances]] = {}

    def heard(self, kept: Kept, person: str, at: int) -> Iterable[tuple[Kept, Share]]:
        """There by some of the moments, not yet by others."""
        now = self.with_one_more(kept, person, 0)
        if now == kept:
            return ((kept, None),)
        if (person, at) not in self._shares:
            there = [chance for chance in self._there(person, at) for _ in range(self._wide)]
            self._shares[person, at] = there, [1.0 - chance for chance in there]
        there, absent = self._shares[person, at]
        return ((now, there), (kept, absent))
