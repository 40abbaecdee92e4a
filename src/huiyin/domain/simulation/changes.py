"""Which single change helps most: each candidate is computed anew, none is guessed.

Candidates are one more deputy for a role, one more try for everybody, a second way to reach a
person, calling all at once, taking over, and doing away with one common cause. What counts is
the chance that every role is filled within its limit by somebody who has answered, common causes
included. Played variants share their random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from huiyin.domain.simulation.answering import Try
from huiyin.domain.simulation.calls import Callout, Group, Post, Turn
from huiyin.domain.simulation.distributions import counted
from huiyin.domain.simulation.exactly import EXACT_WORK, MIX_WORK, Exact, Memory
from huiyin.domain.simulation.playing import PLAY_WORK, draws_for, in_time, runs_for, work
from huiyin.domain.simulation.sampling import Draws
from huiyin.domain.simulation.scenario import EXACT, SAMPLED, Change, Scenario
from huiyin.domain.simulation.staffing import Need, Staffing
from huiyin.domain.simulation.whole import Whole

# Roles and people tried; the weakest first, so that nothing that helps much is left out.
MOST_ROLES, MOST_PEOPLE = 24, 12
# Failures of the plan that every variant is tried on, to find the promising ones (fewer of a
# large plan); and plays of these to tell them apart.
LEAST_FAILURES, FAILURES, PROMISING = 4, 60, 4
LEAST_RUNS, RUNS = 100, 1_500
NEW = "new deputy"
# Work for one variant: of a tangled plan with many causes the pairs of causes, not all of them.
CHANGE_WORK = MIX_WORK // 4
# Work for all variants together, beyond which they are played.
ALL_CHANGES = 2 * EXACT_WORK
# The same of a small plan whose call-out is walked whole.
WHOLE_CHANGES = 20_000_000


@dataclass(frozen=True, slots=True)
class Offer:
    """What a change may use: the attempts at a new deputy, and at a person's second channel."""

    deputy: tuple[Try, ...]
    second: tuple[Try, ...]


def candidates(
    scenario: Scenario, offer: Offer, weight: Mapping[str, float], answers: Mapping[str, float]
) -> Iterator[tuple[str, str, Scenario]]:
    """Each change as (kind, what, the scenario after it). ``weight``: how much hangs on whom;
    ``answers``: each person's chance to answer."""
    for need in _weakest(scenario.staffing.needs, answers)[:MOST_ROLES]:
        yield "deputy", need.role, _with_deputy(scenario, need.role, offer.deputy)
    one_way = [t for t in scenario.callout.turns() if len({a.channel for a in t.tries}) == 1]
    taken = {t.person for t in one_way} & scenario.staffing.people
    for person in sorted(taken, key=lambda p: (-weight.get(p, 0.0), p))[:MOST_PEOPLE]:
        turned = _each_turn(scenario.callout, partial(_also, person, offer.second))
        yield "channel", person, replace(scenario, callout=turned)
    groups = list(scenario.callout.every_group())
    yield "try", "", replace(scenario, callout=_each_turn(scenario.callout, _once_more))
    if any(not group.parallel for group in groups):
        at_once = _each_group(scenario.callout, lambda g: replace(g, parallel=True))
        yield "parallel", "", replace(scenario, callout=at_once)
    if any(post.calls and not group.take_over for group in groups for post in group.posts):
        taking = _each_group(scenario.callout, lambda g: replace(g, take_over=True))
        yield "take-over", "", replace(scenario, callout=taking)
    for shock in scenario.shocks:
        rest = tuple(other for other in scenario.shocks if other != shock)
        yield "shock", shock.id, replace(scenario, shocks=rest)


def best(
    scenario: Scenario,
    offer: Offer,
    weight: Mapping[str, float],
    answers: Mapping[str, float],
    seed: int,
    wanted: int = 3,
    runs: int = RUNS,
) -> tuple[Change, ...]:
    """The changes that help most, the best first; fewer than ``wanted`` if fewer help. ``runs``:
    play each at most so often."""
    tried = list(candidates(scenario, offer, weight, answers))
    found = _exactly(scenario, tried) or _wholly(scenario, tried)
    if found is None:
        found = _played(scenario, tried, seed, min(runs, _runs(scenario)))
    ranked = sorted(found, key=lambda change: (-change.gain, change.kind, change.what))
    return tuple(change for change in ranked if change.gain > 1e-9)[:wanted]


def _runs(scenario: Scenario) -> int:
    """How often the plan and its promising variants are played."""
    affordable = PLAY_WORK // ((1 + PROMISING) * work(scenario))
    return max(LEAST_RUNS, min(RUNS, runs_for(scenario), affordable))


Tried = Sequence[tuple[str, str, Scenario]]


def _exactly(scenario: Scenario, tried: Tried) -> list[Change] | None:
    """All changes exactly; None if one of the variants has to be played."""
    values, memory = [], Memory()
    for variant in (scenario, *(after for _, _, after in tried)):
        exact = Exact.of(variant, memory, work=CHANGE_WORK) if variant.callout.is_at_once else None
        if exact is None or not exact.fits(1) or exact.cost(1) * len(tried) > ALL_CHANGES:
            return None
        values.append(exact.in_time(variant.shocks))
    return _compared(tried, values)


def _wholly(scenario: Scenario, tried: Tried) -> list[Change] | None:
    """All changes exactly, of a small plan of any shape; None if that is too much work."""
    values: list[float] = []
    left = WHOLE_CHANGES
    for variant in (scenario, *(after for _, _, after in tried)):
        whole = Whole.of(variant, left)
        if whole is None or not whole.has_in_time():
            return None
        spent, left = left - whole.work, whole.work
        if not values and spent * len(tried) > left:
            return None
        values.append(whole.in_time(variant.shocks))
    return _compared(tried, values)


def _compared(tried: Tried, values: Sequence[float]) -> list[Change]:
    """``values``: of the plan as it is, then of each variant."""
    return [
        Change(kind, what, values[0], after, EXACT)
        for (kind, what, _), after in zip(tried, values[1:], strict=True)
    ]


def _played(scenario: Scenario, tried: Tried, seed: int, runs: int) -> list[Change]:
    """The most promising changes, played at length with equal draws: those that most often
    staff the plan where it fails as it is."""
    rescued = _rescued(scenario, tried, runs, seed)
    ranked = sorted(range(len(tried)), key=lambda n: (-rescued[n], n))
    chosen = [tried[n] for n in ranked[:PROMISING]]
    if (exact := _wholly(scenario, chosen)) is not None:
        return exact
    variants = [scenario, *(after for _, _, after in chosen)]
    hits = [0] * len(variants)
    for draws in _plays(variants, runs, seed):
        staffed = in_time(scenario, draws)
        # Where all are called at once nobody waits for another: a variant that adds somebody, or
        # takes a cause away, is staffed wherever the plan is.
        safe = staffed and scenario.callout.is_at_once
        for n, variant in enumerate(variants):
            hits[n] += safe or (in_time(variant, draws) if n else staffed)
    return [
        Change(kind, what, hits[0] / runs, after / runs, SAMPLED, runs)
        for (kind, what, _), after in zip(chosen, hits[1:], strict=True)
    ]


def _rescued(scenario: Scenario, tried: Tried, runs: int, seed: int) -> list[int]:
    """For each variant how many of the plan's first failures it would have prevented."""
    found, failures = [0] * len(tried), 0
    most = PLAY_WORK // (len(tried) * work(scenario))
    most = max(LEAST_FAILURES, min(FAILURES, most))
    for draws in _plays([scenario, *(after for _, _, after in tried)], runs, seed):
        if in_time(scenario, draws):
            continue
        failures += 1
        for n, (_, _, after) in enumerate(tried):
            found[n] += in_time(after, draws)
        if failures == most:
            break
    return found


def _plays(variants: Sequence[Scenario], runs: int, seed: int) -> Iterator[Draws]:
    draws, random = draws_for(variants), Random(seed)
    for _ in range(runs):
        draws.shuffle(random)
        yield draws


def _weakest(needs: Sequence[Need], answers: Mapping[str, float]) -> list[Need]:
    def alone(need: Need) -> float:
        here = counted(answers.get(p, 0.0) for p in dict.fromkeys(need.holders))
        return sum(here[need.minimum :])

    return sorted(needs, key=lambda need: (alone(need), need.role))


def _with_deputy(scenario: Scenario, role: str, tries: tuple[Try, ...]) -> Scenario:
    """One more person for a role, called last of its people; at the start if nobody calls it."""
    turn = Turn(NEW, tries)
    added = False

    def extended(post: Post) -> Post:
        nonlocal added
        if post.role != role or added:
            return post
        added = True
        return replace(post, turns=(*post.turns, turn))

    callout = _each_group(
        scenario.callout, lambda g: replace(g, posts=tuple(map(extended, g.posts)))
    )
    if not added:
        callout = Callout((*callout.groups, Group((Post(role, (turn,)),), parallel=True)))
    needs = tuple(
        replace(n, holders=(*n.holders, NEW)) if n.role == role else n
        for n in scenario.staffing.needs
    )
    staffing = Staffing(needs, scenario.staffing.double, scenario.staffing.limits)
    return replace(scenario, callout=callout, staffing=staffing)


def _also(person: str, more: tuple[Try, ...], turn: Turn) -> Turn:
    """The turn with further attempts on another channel, if it is that person's."""
    fresh = tuple(one for one in more if one.channel not in {a.channel for a in turn.tries})
    return replace(turn, tries=(*turn.tries, *fresh)) if turn.person == person else turn


def _once_more(turn: Turn) -> Turn:
    """One more round of the person's channels."""
    once = {attempt.channel: attempt for attempt in turn.tries}
    return replace(turn, tries=(*turn.tries, *once.values()))


def _each_turn(callout: Callout, change: Callable[[Turn], Turn]) -> Callout:
    def posts(group: Group) -> Group:
        return replace(
            group,
            posts=tuple(
                replace(post, turns=tuple(map(change, post.turns))) for post in group.posts
            ),
        )

    return _each_group(callout, posts)


def _each_group(callout: Callout, change: Callable[[Group], Group]) -> Callout:
    def walked(group: Group) -> Group:
        posts = tuple(
            replace(post, calls=tuple(map(walked, post.calls))) if post.calls else post
            for post in group.posts
        )
        then = walked(group.then) if group.then else None
        return change(replace(group, posts=posts, then=then))

    return Callout(tuple(map(walked, callout.groups)))
