"""Playing a call-out many times, where an exact figure would cost too much or does not exist.

The seed is an argument: the same call gives the same figures. A share comes with its standard
error. Each play walks through the call-out as it is written, with groups that follow on failure
and people who are called at several places; its staffing is a matching. Variants of a plan are
played with the same draws, so that their difference is not drowned in noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from huiyin.domain.simulation.calls import Callout, Group, Post, Turn
from huiyin.domain.simulation.staffing import EVER, Staffing

Times = dict[str, int]


@dataclass(frozen=True, slots=True)
class Share:
    """A chance that was sampled: ``value`` with its standard ``error``, from ``runs`` plays."""

    value: float
    error: float
    runs: int


def share(hits: int, runs: int) -> Share:
    """The share of hits; its error is never told as 0 (two hits and two misses are added to
    it: Agresti and Coull 1998)."""
    centre = (hits + 2) / (runs + 4)
    return Share(hits / runs, math.sqrt(centre * (1 - centre) / (runs + 4)), runs)


class Draws:
    """The random numbers of one play: for each person one for each attempt, and one more."""

    def __init__(self, people: Iterable[str], attempts: int) -> None:
        self._width = attempts + 1
        self._place = {person: n * self._width for n, person in enumerate(people)}
        self._values: list[float] = []

    def shuffle(self, random: Random) -> None:
        """New numbers for the next play."""
        draw = random.random
        self._values = [draw() for _ in range(len(self._place) * self._width)]

    def attempts(self, person: str, count: int) -> Sequence[float]:
        """The numbers that decide the first attempts at somebody."""
        place = self._place[person]
        return self._values[place : place + count]

    def other(self, person: str) -> float:
        """A number of the person's that no attempt uses."""
        return self._values[self._place[person] + self._width - 1]


Late = list[tuple[Post, Group, int]]


@dataclass(slots=True)
class _Play:
    """One play: who answers when (seconds from the activation). ``late``: posts that nobody
    answered of those called here, while others of their people are called elsewhere."""

    callout: Callout
    draws: Draws
    down: frozenset[str]
    away: frozenset[str]
    answered: Times = field(default_factory=dict)
    late: Late = field(default_factory=list)

    def run(self) -> Times:
        for group in self.callout.groups:
            self._group(group, 0)
        while self._wake():
            pass
        return self.answered

    def _group(self, group: Group, at: int) -> int:
        """Play a group from ``at``; returns when its caller is free again."""
        successes, end = 0, at
        for post in group.posts:
            free, reached, over = self._post(post, group, at)
            successes += reached
            end = max(end, over)
            at = at if group.parallel else free
        if group.then and successes < group.needed:
            at = max(at, self._group(group.then, end))
        return at + group.outside

    def _post(self, post: Post, group: Group, at: int) -> tuple[int, bool, int]:
        """Play a post: when the caller is free, whether it was reached, when that was clear."""
        begun, over = at, at
        for turn in post.turns:
            answered, end = self._turn(turn, begun if group.parallel else at)
            if answered is not None:
                self.answered[turn.person] = answered
                end += group.talk
            at, over = end, max(over, end)
        first = self._first(post, begun)
        if first is not None:
            self._calls(post, first + group.talk)
        elif post.elsewhere and post.calls:
            self.late.append((post, group, over))
        elif group.take_over:
            over = at = self._calls(post, over)
        return at, first is not None, over

    def _first(self, post: Post, begun: int) -> int | None:
        """When the first of a post's people has answered, here or elsewhere."""
        people = (*(turn.person for turn in post.turns), *post.elsewhere)
        times = [self.answered[p] for p in people if p in self.answered]
        return max(begun, min(times)) if times else None

    def _calls(self, post: Post, at: int) -> int:
        for group in post.calls:
            at = self._group(group, at)
        return at

    def _wake(self) -> bool:
        """Go on with the late posts that somebody has answered by now; when there is none, with
        those that the caller takes over. Returns whether anything was done."""
        waiting, self.late = self.late, []
        known = [one for one in waiting if self._first(one[0], one[2]) is not None]
        ready = known or [one for one in waiting if one[1].take_over]
        for post, group, over in ready:
            first = self._first(post, over)
            self._calls(post, over if first is None else first + group.talk)
        self.late += [one for one in waiting if one not in ready] if known else []
        return bool(ready)

    def _turn(self, turn: Turn, at: int) -> tuple[int | None, int]:
        """When the person answers, if so, and when the attempts end."""
        away = turn.person in self.away
        drawn = self.draws.attempts(turn.person, len(turn.tries))
        for number, (chance, carrier, ring, wait) in zip(drawn, turn.steps, strict=True):
            at += ring
            if number < chance and not away and carrier not in self.down:
                return at, at
            at += wait
        return None, at


def play(
    callout: Callout,
    draws: Draws,
    down: frozenset[str] = frozenset(),
    away: frozenset[str] = frozenset(),
) -> Times:
    """One play of the call-out: the second at which each person who answers has answered.

    ``down``: carriers that do not work; ``away``: people who cannot answer.
    """
    return _Play(callout, draws, down, away).run()


class _Placing:
    """People who come one after another, each placed if an alternating path allows it. Whom
    none allows, no later one would: those who can be placed together form a matroid.

    ``shut``: full roles whose people can move to no role outside of these (Hall's tight sets).
    They stay so, and nobody looks at them again: a tangle costs what fills it, and no more.
    """

    def __init__(self, staffing: Staffing) -> None:
        self.room = {need.role: need.minimum for need in staffing.needs}
        self.lacking = sum(self.room.values())
        self.inside: dict[str, set[str]] = {role: set() for role in self.room}
        self.may: dict[str, Sequence[str]] = {}
        self.shut: set[str] = set()

    def admit(self, person: str, roles: Sequence[str]) -> None:
        """Find a place for one more person."""
        open_ = [role for role in roles if role not in self.shut]
        if not open_:
            return
        self.may[person] = open_
        came: dict[str, tuple[str, str]] = dict.fromkeys(open_, (person, ""))
        free = next((role for role in open_ if self.room[role]), "") or self._onward(came)
        if free:
            self._shift(free, came)
        else:
            self.shut |= came.keys()

    def _onward(self, came: dict[str, tuple[str, str]]) -> str:
        """A role with room that somebody inside can move on to, "" if there is none; ``came``
        holds for each role seen who would move there, and from where."""
        waiting = list(came)
        for role in waiting:
            for other in self.inside[role]:
                for onward in self.may[other]:
                    if onward not in came and onward not in self.shut:
                        came[onward] = (other, role)
                        if self.room[onward]:
                            return onward
                        waiting.append(onward)
        return ""

    def _shift(self, role: str, came: Mapping[str, tuple[str, str]]) -> None:
        self.room[role] -= 1
        self.lacking -= 1
        while role:
            person, before = came[role]
            self.inside[role].add(person)
            if before:
                self.inside[before].discard(person)
            role = before


def filled_at(staffing: Staffing, times: Mapping[str, int]) -> int:
    """The second at which all places are filled by different people; ``EVER`` if never.

    Limits of roles are not looked at. Nobody holds two roles here, also where the plan lets
    them: the chance is then rather too low.
    """
    placing, roles = _Placing(staffing), staffing.roles_of
    for person in sorted((p for p in roles if p in times), key=lambda p: (times[p], p)):
        placing.admit(person, roles[person])
        if not placing.lacking:
            return times[person]
    return EVER if placing.lacking else 0


def filled_in_time(staffing: Staffing, times: Mapping[str, int]) -> bool:
    """Whether different people fill all places, each within the limit of their role."""
    placing = _Placing(staffing)
    for person, roles in staffing.roles_of.items():
        if person in times:
            placing.admit(person, [r for r in roles if times[person] <= staffing.limit(r)])
            if not placing.lacking:
                break
    return not placing.lacking
