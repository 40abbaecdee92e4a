"""How likely a person answers: figures from the literature until the organisation has its own.

A rate is a Beta distribution kept as two counts. The literature enters as a few imagined tests
(its *weight*), so that an organisation's own reachability tests soon outweigh it. Tries are not
independent: whoever missed one is likelier to miss the next, and that is what the Beta
distribution says (its predictive chance falls with each miss). Times and trees: calls.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from huiyin.domain.errors import Refusal


@dataclass(frozen=True, slots=True)
class Figure:
    """A published rate: ``answered`` of ``asked`` people, with its source and what was measured."""

    channel: str
    answered: int
    asked: int
    source: str
    what: Mapping[str, str]

    @property
    def rate(self) -> float:
        """The published share."""
        return self.answered / self.asked


@dataclass(frozen=True, slots=True)
class OwnTest:
    """The organisation's own reachability tests of one channel of one person."""

    person: str
    channel: str
    answered: int
    asked: int

    def __post_init__(self) -> None:
        if not 0 <= self.answered <= self.asked:
            raise Refusal("reachability-counts", answered=self.answered, asked=self.asked)


@dataclass(frozen=True, slots=True)
class Rate:
    """A chance that is not known exactly: a Beta distribution with these two counts."""

    answered: float
    missed: float

    def after(self, misses: int) -> float:
        """The chance that the next try is answered, given that ``misses`` tries were not."""
        return self.answered / (self.answered + self.missed + misses)

    def within(self, tries: int) -> float:
        """The chance that at least one of ``tries`` is answered."""
        silent = 1.0
        for misses in range(tries):
            silent *= 1.0 - self.after(misses)
        return 1.0 - silent


def certain(chance: float) -> Rate:
    """A rate that is known: tries are independent (for comparisons and known answers)."""
    many = 1e18
    return Rate(chance * many, (1.0 - chance) * many)


@dataclass(frozen=True)
class Knowledge:
    """What is known about answering: figures by channel, own tests, weight of what is borrowed.

    ``fallback`` names the channel whose figure stands in where no figure was published.
    """

    figures: Mapping[str, Figure]
    fallback: str
    weight: float
    tests: tuple[OwnTest, ...] = ()

    def figure(self, channel: str) -> Figure:
        """The published figure used for a channel."""
        return self.figures.get(channel) or self.figures[self.fallback]

    def rate(self, person: str, channel: str) -> Rate:
        """The rate of one person on one channel.

        Two steps: all own tests of the channel replace the literature for everybody, and a
        person's own tests replace both for that person.
        """
        pooled = _beta(self.figure(channel).rate, self.weight, self._by_channel.get(channel, ()))
        return _beta(pooled.after(0), self.weight, self._own.get((person, channel), ()))

    def tested(self, channel: str) -> int:
        """How many own tests there are of a channel."""
        return sum(t.asked for t in self._by_channel.get(channel, ()))

    @cached_property
    def _by_channel(self) -> dict[str, list[OwnTest]]:
        found: dict[str, list[OwnTest]] = {}
        for test in self.tests:
            found.setdefault(test.channel, []).append(test)
        return found

    @cached_property
    def _own(self) -> dict[tuple[str, str], list[OwnTest]]:
        found: dict[tuple[str, str], list[OwnTest]] = {}
        for test in self.tests:
            found.setdefault((test.person, test.channel), []).append(test)
        return found


def _beta(rate: float, weight: float, tests: Iterable[OwnTest]) -> Rate:
    own = list(tests)
    answered = sum(t.answered for t in own)
    missed = sum(t.asked - t.answered for t in own)
    return Rate(weight * rate + answered, weight * (1.0 - rate) + missed)


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt at a person: its rate, and the seconds it rings and then waits if unanswered.

    ``carrier`` names what it depends on (a network, a building); "" for nothing shared.
    """

    channel: str
    rate: Rate
    ring: int
    wait: int
    carrier: str = ""


def chances(tries: Sequence[Try], down: frozenset[str] = frozenset()) -> tuple[float, ...]:
    """For each attempt, the chance that this is the one answered (all before were not).

    Attempts over a carrier in ``down`` cannot be answered. The rest, 1 − sum, is silence.
    """
    silent, found = 1.0, []
    misses: dict[str, int] = {}
    for attempt in tries:
        before = misses.get(attempt.channel, 0)
        misses[attempt.channel] = before + 1
        hit = 0.0 if attempt.carrier in down else attempt.rate.after(before)
        found.append(silent * hit)
        silent *= 1.0 - hit
    return tuple(found)
