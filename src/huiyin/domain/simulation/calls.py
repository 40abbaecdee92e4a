"""The call-out: how many are reached, and when each one has answered, exactly.

A call-out is a tree: whoever starts it calls groups, a group calls roles, a role is its people in
their order, and a role that was reached may call groups of its own. If it was not reached, those
are lost, or the caller takes them over. Counts are generating functions over the tree, times are
convolutions on a grid of whole steps; nothing is sampled here. Who is called at two places, and
groups that follow only on failure, are beyond this module: sampling.py. Staffing: staffing.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

from huiyin.domain.simulation.answering import Try, chances
from huiyin.domain.simulation.distributions import Masses, added, convolve, product, spread

# More steps than this cost time and show nothing: the grid is made coarser.
MOST_STEPS = 720


@dataclass(frozen=True)
class Turn:
    """One person's turn: the attempts at them, in order."""

    person: str
    tries: tuple[Try, ...]

    @cached_property
    def steps(self) -> tuple[tuple[float, str, int, int], ...]:
        """For each attempt, if all before were not answered: the chance of an answer, the
        carrier, the seconds of ringing and of waiting."""
        misses: dict[str, int] = {}
        found = []
        for one in self.tries:
            before = misses.get(one.channel, 0)
            misses[one.channel] = before + 1
            found.append((one.rate.after(before), one.carrier, one.ring, one.wait))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Post:
    """A role that is called: its people in their order, and the groups it calls when one of
    them has answered. ``elsewhere``: its people whose turn comes at another place of the tree."""

    role: str
    turns: tuple[Turn, ...]
    calls: tuple[Group, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Posts called at once (``parallel``) or one after another; everybody is called, the first
    answer silences nobody.

    ``take_over``: if a post is not reached, the caller calls its groups. ``talk``: seconds of a
    conversation. ``outside``: seconds for bodies outside, at the end. ``needed``: so many posts
    make it a success; if fewer are reached, ``then`` follows.
    """

    posts: tuple[Post, ...]
    parallel: bool
    take_over: bool = False
    talk: int = 0
    outside: int = 0
    needed: int = 0
    then: Group | None = None


@dataclass(frozen=True)
class Callout:
    """Groups that are begun at once, at the activation."""

    groups: tuple[Group, ...]

    def every_group(self) -> Iterator[Group]:
        """All groups, callers before those they call."""
        waiting = list(reversed(self.groups))
        while waiting:
            group = waiting.pop()
            yield group
            below = [g for post in group.posts for g in post.calls]
            waiting.extend(reversed(below + ([group.then] if group.then else [])))

    def turns(self) -> Iterator[Turn]:
        """Everybody who is to be called."""
        for group in self.every_group():
            for post in group.posts:
                yield from post.turns

    @property
    def is_plain(self) -> bool:
        """Whether each answer decides only what hangs below it: no group waits for a failure,
        and no caller's people are called at another place."""
        return not any(
            group.then or any(post.calls and post.elsewhere for post in group.posts)
            for group in self.every_group()
        )

    @property
    def reaches_all(self) -> bool:
        """Whether everybody gets a turn whoever answers, so that answers are independent."""
        return self.is_plain and all(
            group.take_over or not any(post.calls for post in group.posts)
            for group in self.every_group()
        )

    @property
    def is_at_once(self) -> bool:
        """Whether times are independent too: everybody's turn begins at the activation."""
        return self.is_plain and all(
            group.parallel and not any(post.calls for post in group.posts)
            for group in self.every_group()
        )


# -- how many -------------------------------------------------------------------------------


def reached(callout: Callout, answers: Mapping[str, float]) -> Masses:
    """The distribution of how many answer, from each person's chance to answer if called.

    G = S(z)·∏G_below + F·(1 or ∏G_below): S and F the parts in which somebody of the post
    answers and nobody does. Only for a plain call-out. Cost at most the square of the people.
    """
    return product(_count_group(group, answers) for group in callout.groups)


def _count_group(group: Group, answers: Mapping[str, float]) -> Masses:
    return product(_count_post(post, group.take_over, answers) for post in group.posts)


def _count_post(post: Post, take_over: bool, answers: Mapping[str, float]) -> Masses:
    own = product([1.0 - answers[t.person], answers[t.person]] for t in post.turns)
    if not post.calls:
        return own
    below = product(_count_group(group, answers) for group in post.calls)
    hit = convolve([0.0, *own[1:]], below)
    missed = [own[0] * mass for mass in (below if take_over else [1.0])]
    return added(hit, missed)


# -- when -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grid:
    """Whole steps of ``step`` seconds, ``length`` of them from 0 on. ``exact``: every duration
    of the call-out is a whole number of steps, so that nothing was rounded."""

    step: int
    length: int
    exact: bool

    def of(self, seconds: int) -> int:
        """A duration in steps, rounded up: a computed time is never earlier than the real one."""
        return -(-seconds // self.step)


def grid_for(callout: Callout, horizon: int) -> Grid:
    """The coarsest grid up to ``horizon`` seconds that rounds nothing, unless that has too many
    steps."""
    durations = {horizon}
    for group in callout.every_group():
        durations |= {group.talk, group.outside}
    for turn in callout.turns():
        for attempt in turn.tries:
            durations |= {attempt.ring, attempt.wait}
    step = math.gcd(*durations) or 1
    exact = horizon // step <= MOST_STEPS
    step = step if exact else -(-horizon // MOST_STEPS)
    return Grid(step, horizon // step + 1, exact)


@dataclass(frozen=True, slots=True)
class _Timed:
    """One person in steps: answered (step → chance), given up (and how likely), and how long
    the caller is kept in all."""

    answers: Mapping[int, float]
    given_up: Mapping[int, float]
    kept: Mapping[int, float]


def _timed(turn: Turn, talk: int, grid: Grid, down: frozenset[str]) -> _Timed:
    answers: dict[int, float] = {}
    at = 0
    for attempt, chance in zip(turn.tries, chances(turn.tries, down), strict=True):
        answered = at + grid.of(attempt.ring)
        answers[answered] = answers.get(answered, 0.0) + chance
        at = answered + grid.of(attempt.wait)
    given_up = {at: max(0.0, 1.0 - math.fsum(answers.values()))}
    kept = dict(given_up)
    for step, chance in answers.items():
        kept[step + grid.of(talk)] = kept.get(step + grid.of(talk), 0.0) + chance
    return _Timed(answers, given_up, kept)


def answer_steps(tries: tuple[Try, ...], grid: Grid, down: frozenset[str]) -> Masses:
    """At which step somebody answers whose turn begins at 0."""
    timed = _timed(Turn("", tries), 0, grid, down)
    return spread([1.0], timed.answers, grid.length)


class _Clockwork:
    """The marginal times of everybody, from the activation downwards."""

    def __init__(self, grid: Grid, down: frozenset[str]) -> None:
        self.grid, self.down = grid, down
        self.found: dict[str, Masses] = {}
        self._busy: dict[int, Masses] = {}

    def spread(self, masses: Masses, atoms: Mapping[int, float]) -> Masses:
        return spread(masses, atoms, self.grid.length)

    def begin(self, group: Group, start: Masses) -> None:
        """Walk through a group that is begun at ``start``."""
        for post in group.posts:
            self._begin_post(post, group, start)
            if not group.parallel:
                start = convolve(start, self._busy_post(post, group), self.grid.length)

    def _begin_post(self, post: Post, group: Group, start: Masses) -> None:
        timed = [_timed(turn, group.talk, self.grid, self.down) for turn in post.turns]
        at = start
        for turn, one in zip(post.turns, timed, strict=True):
            self.found[turn.person] = self.spread(at, one.answers)
            if not group.parallel:
                at = self.spread(at, one.kept)
        if post.calls:
            first, silent = self._first_answer(timed, group)
            ways = [convolve(start, first, self.grid.length)]
            if group.take_over:
                ways.append(self.spread(start, silent))
            self._begin_calls(post, added(*ways))

    def _begin_calls(self, post: Post, start: Masses) -> None:
        for below in post.calls:
            self.begin(below, start)
            start = convolve(start, self._busy_group(below), self.grid.length)

    def _first_answer(
        self, timed: Sequence[_Timed], group: Group
    ) -> tuple[Masses, Mapping[int, float]]:
        """When the first of a post's people is free to call on, and when the post is given up
        (both counted from its beginning)."""
        talk = {self.grid.of(group.talk): 1.0}
        if group.parallel:
            return self._earliest(timed, talk)
        at, ways = [1.0], [[0.0]]
        for one in timed:
            ways.append(self.spread(self.spread(at, one.answers), talk))
            at = self.spread(at, one.given_up)
        return added(*ways), {step: mass for step, mass in enumerate(at) if mass}

    def _earliest(
        self, timed: Sequence[_Timed], talk: Mapping[int, float]
    ) -> tuple[Masses, Mapping[int, float]]:
        silent = {max(max(one.given_up) for one in timed): 1.0} if timed else {0: 1.0}
        left = [1.0] * self.grid.length
        for one in timed:
            total = 0.0
            for step in range(self.grid.length):
                total += one.answers.get(step, 0.0)
                left[step] *= 1.0 - total
        nobody = math.prod(sum(one.given_up.values()) for one in timed)
        gone = [before - after for before, after in zip([1.0, *left], left, strict=False)]
        return self.spread(gone, talk), dict.fromkeys(silent, nobody)

    def _busy_post(self, post: Post, group: Group) -> Masses:
        """How long a post keeps its caller in a serial group, with all that is taken over."""
        timed = [_timed(turn, group.talk, self.grid, self.down) for turn in post.turns]
        whole = reduce(self.spread, (one.kept for one in timed), [1.0])
        if not (group.take_over and post.calls):
            return whole
        silent = reduce(self.spread, (one.given_up for one in timed), [1.0])
        spoken = [max(0.0, x - y) for x, y in zip(whole, silent, strict=True)]
        for below in post.calls:
            silent = convolve(silent, self._busy_group(below), self.grid.length)
        return added(spoken, silent)

    def _busy_group(self, group: Group) -> Masses:
        """How long a group keeps its caller; messages to all at once take no time."""
        found = self._busy.get(id(group))
        if found is None:
            found = self.spread([1.0], {self.grid.of(group.outside): 1.0})
            for post in () if group.parallel else group.posts:
                found = convolve(found, self._busy_post(post, group), self.grid.length)
            self._busy[id(group)] = found
        return found


def acknowledged(
    callout: Callout, grid: Grid, down: frozenset[str] = frozenset()
) -> dict[str, Masses]:
    """For each person the distribution of the step at which they have answered.

    A list sums to the chance of an answer within the grid; an answer counts at the end of its
    ring. Exact for each person alone, for a plain call-out; whether times of two people are
    independent, ``is_at_once`` says. ``down``: carriers that do not work.
    """
    clockwork = _Clockwork(grid, down)
    for group in callout.groups:
        clockwork.begin(group, [1.0])
    return clockwork.found
