"""Everything that can happen in a call-out, exactly, with what is alike taken together.

The call-out is walked once, as a play walks it (sampling.py), but with all outcomes at once: a
*way* is what still matters of a play so far (when the caller is free, who was heard of that
somebody waits for, which roles are filled), and ways that came to the same are one, with their
chances added. So groups that follow on failure, callers who are reached elsewhere and calls one
after another are exact in a plan of some twenty people. Each way carries its chance in every
combination of common causes, for these change how likely a way is and never which ways there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import add, mul
from typing import Protocol

from huiyin.domain.simulation.answering import chances
from huiyin.domain.simulation.calls import Callout, Group, Post, Turn
from huiyin.domain.simulation.scenario import State
from huiyin.domain.simulation.staffing import TooManyStates

# Ways times outcomes times columns: some seconds.
UNFOLD_WORK = 30_000_000
# What an outcome costs beside its columns, in columns.
OVERHEAD = 8
UNHEARD = -1

# A chance in each column.
Chances = list[float]
# How much of each column a way has; None: all of it.
Share = Chances | None
# What a tally keeps of those who have answered; what it is, only the tally knows.
Kept = tuple[int, ...]
# Posts that nobody has answered yet, of those that are reached elsewhere: number, given up at.
Late = tuple[tuple[int, int], ...]
# The clocks of all calls that are under way, what is kept, who was heard when, posts that wait.
Way = tuple[tuple[int, ...], Kept, tuple[int, ...], Late]
Ways = dict[Way, Chances]


class Tally(Protocol):
    """What is asked of the answers. ``timeless``: it does not matter when somebody answers."""

    timeless: bool
    start: Kept

    def heard(self, kept: Kept, person: str, at: int) -> Iterable[tuple[Kept, Share]]:
        """What is kept after an answer, each with its share of the chance."""

    def decided(self, person: str) -> bool:
        """Nothing more will come of this person. Whether that can make ways fail."""

    def close(self) -> None:
        """Nobody else will answer."""

    def alive(self, kept: Kept) -> Kept | None:
        """The same once more after somebody was decided; None if it can no longer succeed."""


@dataclass
class Unfolding:
    """One walk through a call-out. ``states``: the combinations of causes, a column each.

    ``run`` raises TooManyStates beyond ``work`` units. ``used``: units so far; ``moments``: the
    seconds at which somebody may have answered.
    """

    callout: Callout
    states: Sequence[State]
    tally: Tally
    work: int = UNFOLD_WORK
    used: int = 0
    moments: set[int] = field(default_factory=set)
    _numbers: dict[int, int] = field(default_factory=dict)
    _posts: list[tuple[Post, Group]] = field(default_factory=list)
    _watched: dict[str, int] = field(default_factory=dict)
    _waiting: set[str] = field(default_factory=set)
    _decided: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for group in self.callout.every_group():
            for post in group.posts:
                if post.calls or group.then:
                    for person in post.elsewhere:
                        self._watched.setdefault(person, len(self._watched))
                if post.calls and post.elsewhere:
                    self._numbers[id(post)] = len(self._posts)
                    self._posts.append((post, group))
                    self._waiting |= set(_people(post.calls))

    def run(self) -> dict[Kept, Chances]:
        """The chance of each end, in each combination of causes."""
        unheard = (UNHEARD,) * len(self._watched)
        ways: Ways = {((), self.tally.start, unheard, ()): [1.0] * len(self.states)}
        for group in self.callout.groups:
            ways = self._clock(ways, lambda way: (*way[0], 0))
            ways = self._clock(self._group(group, ways), lambda way: way[0][:-1])
        ways = self._woken(ways)
        self.tally.close()
        found: dict[Kept, Chances] = {}
        for (_, kept, _, _), line in self._alive(ways).items():
            found[kept] = list(map(add, found[kept], line)) if kept in found else line
        return found

    # -- groups: the last clock says when the caller is free --------------------------------

    def _group(self, group: Group, ways: Ways) -> Ways:
        """Walk through a group: (…, at) becomes (…, at). Within: (…, at, successes, end)."""
        ways = self._clock(ways, lambda way: (*way[0], 0, way[0][-1] if group.then else 0))
        for post in group.posts:
            ways = self._post(post, group, ways)
        if group.then:
            ways = self._follow(group, group.then, ways)
        outside = 0 if self.tally.timeless else group.outside
        return self._clock(ways, lambda way: (*way[0][:-3], way[0][-3] + outside))

    def _follow(self, group: Group, then: Group, ways: Ways) -> Ways:
        """The group that follows where too few were reached: it begins when that is clear."""
        failed = {way: line for way, line in ways.items() if way[0][-2] < group.needed}
        after = self._clock(
            self._group(then, failed),
            lambda way: (*way[0][:-3], max(way[0][-3], way[0][-1]), 0, 0),
        )
        for way, line in ways.items():
            if way not in failed:
                _put(after, ((*way[0][:-2], 0, 0), *way[1:]), line)
        return self._decide(_people((then,)), after)

    # -- posts: (…, at, successes, end, at, over, first) ------------------------------------

    def _post(self, post: Post, group: Group, ways: Ways) -> Ways:
        """Walk through a post: (…, at, successes, end) becomes the same."""
        ways = self._clock(
            ways,
            lambda way: (*way[0], way[0][-3], way[0][-3] if _ends(group, post) else 0, UNHEARD),
        )
        for turn in post.turns:
            ways = self._decide((turn.person,), self._turn(turn, post, group, ways))
        ways = self._reached(post, group, ways)
        if post.calls:
            ways = self._below(post, group, ways)
            ways = self._decide(_people(post.calls), ways)
        return self._clock(ways, lambda way: self._left(way[0], group))

    def _left(self, clocks: tuple[int, ...], group: Group) -> tuple[int, ...]:
        """The clocks of the group after a post: when its caller is free, how many posts were
        reached, when that was clear; the latter two are 0 where nothing follows on failure."""
        *outer, begun, successes, end, free, over, first = clocks
        at = begun if group.parallel else free
        if not group.then:
            return (*outer, at, 0, 0)
        return (*outer, at, successes + (first != UNHEARD), max(end, over))

    def _turn(self, turn: Turn, post: Post, group: Group, ways: Ways) -> Ways:
        """All outcomes of calling one person. In one piece: nearly all the work is here."""
        found: Ways = {}
        outcomes, silent, length = self._outcomes(turn)
        place = self._watched.get(turn.person)
        for way, line in ways.items():
            clocks, kept, heard, late = way
            begun = clocks[-6] if group.parallel else clocks[-3]
            self._spend(len(outcomes) + 1)
            for after, chance in outcomes:
                at = begun + after
                self.moments.add(at)
                met = _heard(heard, place, at)
                mine = self._clocks(clocks, at, post, group)
                whole = list(map(mul, line, chance))
                for now, share in self.tally.heard(kept, turn.person, at):
                    part = list(map(mul, whole, share)) if share else whole
                    _put(found, (mine, now, met, late), part)
            quiet = self._clocks(clocks, begun + length, post, group, answered=False)
            _put(found, (quiet, kept, heard, late), list(map(mul, line, silent)))
        return found

    def _clocks(
        self, clocks: tuple[int, ...], at: int, post: Post, group: Group, answered: bool = True
    ) -> tuple[int, ...]:
        """The clocks of a post after an outcome at ``at``; what nobody asks for stays 0."""
        *outer, free, over, first = clocks
        end = at + group.talk if answered and not self.tally.timeless else at
        over = max(over, end) if _ends(group, post) else 0
        if answered and (post.calls or group.then):
            at = at if post.calls else 0
            first = at if first == UNHEARD else min(first, at)
        return (*outer, free if group.parallel else end, over, first)

    def _outcomes(self, turn: Turn) -> tuple[list[tuple[int, Chances]], Chances, int]:
        """When the person may answer (from the beginning of the turn) with the chance in each
        combination of causes; the chance of silence; how long all attempts last."""
        known = {
            (state.down, away): [0.0] * len(turn.tries) if away else chances(turn.tries, state.down)
            for state in self.states
            if (away := turn.person in state.away) is not None
        }
        columns = [known[state.down, turn.person in state.away] for state in self.states]
        silent = [max(0.0, 1.0 - sum(column)) for column in columns]
        if self.tally.timeless:
            return [(0, [sum(column) for column in columns])], silent, 0
        at, found = 0, []
        for n, attempt in enumerate(turn.tries):
            at += attempt.ring
            line = [column[n] for column in columns]
            if any(line):
                found.append((at, line))
            at += attempt.wait
        return found, silent, at

    def _reached(self, post: Post, group: Group, ways: Ways) -> Ways:
        """``first`` also by those who are called elsewhere, if they were heard by now."""
        if not post.elsewhere or not (post.calls or group.then):
            return ways
        places = [self._watched[person] for person in post.elsewhere]

        def looked(way: Way) -> tuple[int, ...]:
            *outer, free, over, first = way[0]
            times = [way[2][place] for place in places if way[2][place] != UNHEARD]
            times += [first] if first != UNHEARD else []
            return (*outer, free, over, max(outer[-3], min(times)) if times else UNHEARD)

        return self._clock(ways, looked)

    def _below(self, post: Post, group: Group, ways: Ways) -> Ways:
        """What a post calls: at once if it was reached, by the caller if that takes over; later
        if its people are called elsewhere and nobody was heard; else never."""
        begun: Ways = {}
        rest: Ways = {}
        for way, line in ways.items():
            clocks, kept, heard, late = way
            start = self._start(clocks, post, group)
            if start is not None:
                _put(begun, ((*clocks, start), kept, heard, late), line)
            elif post.elsewhere:
                waiting = (*late, (self._numbers[id(post)], clocks[-2]))
                _put(rest, (clocks, kept, heard, waiting), line)
            else:
                _put(rest, way, line)
        for way, line in self._calls(post, begun).items():
            _put(rest, (_freed(way[0]), *way[1:]), line)
        return rest

    def _start(self, clocks: tuple[int, ...], post: Post, group: Group) -> int | None:
        """When a post's calls begin; None if not now."""
        *_, over, first = clocks
        if first != UNHEARD:
            return first if self.tally.timeless else first + group.talk
        return over if group.take_over and not post.elsewhere else None

    def _calls(self, post: Post, ways: Ways) -> Ways:
        for group in post.calls:
            ways = self._group(group, ways)
        return ways

    # -- posts that wait for somebody called elsewhere ---------------------------------------

    def _woken(self, ways: Ways) -> Ways:
        """Go on with the posts that wait, until none does."""
        done: Ways = {}
        waiting = ways
        while waiting:
            following: Ways = {}
            for way, line in waiting.items():
                if not way[3]:
                    _put(done, way, line)
                    continue
                for after, part in self._wake(way, line).items():
                    _put(following, after, part)
            waiting = following
        return done

    def _wake(self, way: Way, line: Chances) -> Ways:
        """One round: posts that somebody has answered by now; where there is none, those that
        the caller takes over; what is left then is lost."""
        clocks, kept, heard, late = way
        known = [one for one in late if self._first(one, heard) is not None]
        ready = known or [one for one in late if self._posts[one[0]][1].take_over]
        rest = tuple(one for one in late if one not in ready) if known else ()
        ways: Ways = {(clocks, kept, heard, ()): line}
        for one in ready:
            ways = self._wake_one(one, ways)
        return {(way[0], way[1], way[2], (*way[3], *rest)): v for way, v in ways.items()}

    def _wake_one(self, one: tuple[int, int], ways: Ways) -> Ways:
        post, group = self._posts[one[0]]
        talk = 0 if self.tally.timeless else group.talk

        def start(way: Way) -> tuple[int, ...]:
            first = self._first(one, way[2])
            return (*way[0], one[1] if first is None else first + talk)

        return self._clock(self._calls(post, self._clock(ways, start)), lambda way: way[0][:-1])

    def _first(self, one: tuple[int, int], heard: tuple[int, ...]) -> int | None:
        """When somebody of a waiting post has answered elsewhere, not before it was given up."""
        places = (self._watched[person] for person in self._posts[one[0]][0].elsewhere)
        times = [heard[place] for place in places if heard[place] != UNHEARD]
        return max(one[1], min(times)) if times else None

    # -- bookkeeping ---------------------------------------------------------------------------

    def _clock(self, ways: Ways, change: Callable[[Way], tuple[int, ...]]) -> Ways:
        """The ways with other clocks; those that became alike are one."""
        found: Ways = {}
        for way, line in ways.items():
            _put(found, (change(way), *way[1:]), line)
        self._spend(len(ways))
        return found

    def _decide(self, people: Iterable[str], ways: Ways) -> Ways:
        """Nothing more will come of these people; of those that a waiting post may still call,
        that is known at the end only."""
        fresh = set(people) - self._waiting - self._decided
        self._decided |= fresh
        told = [self.tally.decided(person) for person in fresh]
        return self._alive(ways) if any(told) else ways

    def _alive(self, ways: Ways) -> Ways:
        found: Ways = {}
        for (clocks, kept, heard, late), line in ways.items():
            alive = self.tally.alive(kept)
            if alive is not None:
                _put(found, (clocks, alive, heard, late), line)
        return found

    def _spend(self, units: int) -> None:
        self.used += units * (OVERHEAD + len(self.states))
        if self.used > self.work:
            raise TooManyStates


def _ends(group: Group, post: Post) -> bool:
    """Whether it matters when a post was given up."""
    return bool(group.then or (post.calls and (group.take_over or post.elsewhere)))


def _freed(clocks: tuple[int, ...]) -> tuple[int, ...]:
    """The clocks of a post once its calls are over (the last one): if its caller took them over,
    that is when the caller is free."""
    *outer, _free, _over, first, at = clocks
    return (*outer, at, at, first) if first == UNHEARD else clocks[:-1]


def _heard(heard: tuple[int, ...], place: int | None, at: int) -> tuple[int, ...]:
    return heard if place is None else (*heard[:place], at, *heard[place + 1 :])


def _put(ways: Ways, way: Way, line: Chances) -> None:
    known = ways.get(way)
    ways[way] = line if known is None else list(map(add, known, line))


def _people(groups: Iterable[Group]) -> Iterator[str]:
    """Everybody in these groups and below."""
    for turn in Callout(tuple(groups)).turns():
        yield turn.person
