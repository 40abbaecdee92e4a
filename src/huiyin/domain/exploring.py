"""Proof by exhaustion that a pack strands nobody.

``explore`` walks every state that a case under the pack can reach (all acts, all roles, time
passing) with the real engine, and checks what a procedure owes people: somebody is always
answerable, a clock always runs, the office can always bring the case to an answer, nobody
reviews their own decision, silence always leaves a way on. What is wrong is told as the
shortest story that leads there. Walking itself is in ``walking``; names and texts that lead
nowhere were already found by ``pack_references``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from huiyin.domain.calendars import Calendar
from huiyin.domain.packs import OFFICE, ActRule, Pack
from huiyin.domain.walking import TIME, Node, Walk, walk

# Who can move a case without the complainant's help: the office, its overseers, and time.
OFFICIAL = OFFICE | {"ombudsman", "system", TIME}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One guarantee that does not hold: which, about what, and the shortest story to it."""

    rule: str
    about: str
    story: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of an exploration; ``flaws`` is empty for a sound pack."""

    states: int
    steps: int
    complete: bool
    flaws: tuple[Flaw, ...]


def explore(pack: Pack, calendar: Calendar, most_states: int = 20_000) -> Finding:
    """Walk the pack completely (or up to ``most_states``) and collect the flaws.

    ``calendar`` only has to know every year reached; weekdays suffice, for the guarantees do
    not depend on holidays.
    """
    walked = walk(pack, calendar, most_states)
    flaws: list[Flaw] = []
    for check in _CHECKS:
        flaws.extend(_first_of_each(check(pack, walked)))
    if not walked.complete:
        flaws.append(Flaw("too-many-states", str(most_states), ()))
    return Finding(len(walked.nodes), walked.steps, walked.complete, tuple(flaws))


def _first_of_each(found: Iterable[Flaw]) -> list[Flaw]:
    """The shortest story per rule and subject; nodes come in breadth-first order."""
    kept: dict[tuple[str, str], Flaw] = {}
    for flaw in found:
        kept.setdefault((flaw.rule, flaw.about), flaw)
    return list(kept.values())


def _open(walked: Walk) -> Iterator[Node]:
    return (node for node in walked.nodes if node.state.open)


def _answerable(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """An open case has an owner, or a clock runs until it has one."""
    for node in _open(walked):
        owned = node.state.owner is not None
        if not owned and not any("owned" in pack.limits[c.limit].stops for c in node.running()):
            yield Flaw("nobody-answerable", node.state.stage, node.story())


def _clock(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """In an open case a clock runs, beside the one for naming an owner."""
    for node in _open(walked):
        clocks = [c for c in node.running() if "owned" not in pack.limits[c.limit].stops]
        if not clocks:
            yield Flaw("no-clock", node.state.stage, node.story())


def _office_act(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """Where the office is to act, it can move the case on, naming an owner first if need be."""
    can = _backwards(walked, _office_leads_on, OFFICIAL - {TIME})
    for node in _open(walked):
        if pack.stages[node.state.stage].waits_on == "office" and node not in can:
            yield Flaw("office-cannot-act", node.state.stage, node.story())


def _office_leads_on(node: Node) -> bool:
    here = (node.state.stage, node.state.level)
    return any(
        edge.role in OFFICIAL - {TIME} and (edge.to.state.stage, edge.to.state.level) != here
        for edge in node.edges
    )


def _ends(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """The office and time alone can always bring a case to its end."""
    can = _backwards(walked, lambda node: not node.state.open)
    for node in _open(walked):
        if node not in can:
            yield Flaw("never-ends", node.state.stage, node.story())


def _backwards(
    walked: Walk, goal: Callable[[Node], bool], movers: frozenset[str] = OFFICIAL
) -> set[Node]:
    """The nodes from which the movers alone can reach a goal."""
    before: dict[Node, list[Node]] = {}
    for node in walked.nodes:
        for edge in node.edges:
            if edge.role in movers:
                before.setdefault(edge.to, []).append(node)
    reached = {node for node in walked.nodes if goal(node)}
    todo = list(reached)
    while todo:
        for node in before.get(todo.pop(), ()):
            if node not in reached:
                reached.add(node)
                todo.append(node)
    return reached


def _answer(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """A case closes only by a reasoned answer that reached the person, or by their own word."""
    delivering = {a.id for a in pack.acts.values() if a.answers}
    for node in walked.nodes:
        if not node.state.open:
            continue
        for edge in node.edges:
            rule = pack.acts.get(edge.act)
            if edge.to.state.open or (rule is not None and rule.word):
                continue
            done = node.state.done | {edge.act}
            if rule is not None and rule.level_change:
                done = frozenset((edge.act,))
            if not done & pack.answering:
                yield Flaw("closed-without-answer", edge.act, node.story_then(edge))
            elif not done & delivering:
                yield Flaw("answer-not-delivered", edge.act, node.story_then(edge))


def _levels(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """No case climbs above the highest level that the pack names."""
    known = {level.number for level in pack.levels}
    for node in walked.nodes:
        if node.state.level not in known:
            yield Flaw("level-undeclared", node.step, node.story())


def _word(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """Only the complainant can say that the matter is settled or withdrawn."""
    for act in pack.acts.values():
        if act.word and act.by != {"complainant"}:
            yield Flaw("word-of-another", act.id, ())


def _unreachable(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """Nothing in the file is dead letter: acts, stages, limits."""
    for act in pack.acts.values():
        if act.id not in walked.acts:
            yield Flaw("act-unreachable", act.id, ())
    stages = {node.state.stage for node in walked.nodes}
    for stage in pack.stages:
        if stage not in stages:
            yield Flaw("stage-unreachable", stage, ())
    for limit in pack.limits:
        if limit not in walked.limits:
            yield Flaw("limit-never-starts", limit, ())


def _stops(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """A running duty can always be fulfilled: the office can stop each of its clocks."""
    for limit in pack.limits.values():
        if limit.owed_by != "office" or limit.id in walked.side_limits:
            continue
        can = _backwards(walked, partial(_stopped, limit.id))
        for node in walked.nodes:
            if node not in can:
                yield Flaw("limit-never-stops", limit.id, node.story())
    yield from _side_stops(pack, walked)


def _stopped(limit: str, node: Node) -> bool:
    return limit not in node.limits


def _side_stops(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """Limits beside the main line may run on through every stage, so each must let them stop."""
    for name in sorted(walked.side_limits):
        limit = pack.limits[name]
        stoppers = [a for a in pack.acts.values() if a.id in limit.stops]
        for node in walked.nodes:
            if not (node.state.open or limit.outlives) or limit.lapses:
                continue
            if not any(_open_here(a, node) for a in stoppers):
                yield Flaw("limit-never-stops", name, node.story())


def _open_here(act: ActRule, node: Node) -> bool:
    state = node.state
    return state.stage in act.at and (not act.levels or state.level in act.levels)


def _own_judge(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """Above the first level nobody decides, or is given, what they decided before."""
    for node, edge in walked.self_reviews:
        yield Flaw("reviewer-is-decider", edge.act, node.story_then(edge))


def _way_up(pack: Pack, walked: Walk) -> Iterator[Flaw]:
    """When the office is late, the complainant has a lawful next step."""
    for node in _open(walked):
        if not node.late:
            continue
        acts = (pack.acts[e.act] for e in node.edges if e.role == "complainant")
        rising = [a for a in acts if a.level_change or a.when_late]
        standing = [a for a in pack.acts.values() if a.when_late and _open_here(a, node)]
        if not rising and not any("complainant" in a.by for a in standing):
            yield Flaw("no-way-up", node.state.stage, node.story())


_CHECKS = (
    _levels,
    _answerable,
    _clock,
    _office_act,
    _ends,
    _answer,
    _word,
    _unreachable,
    _stops,
    _own_judge,
    _way_up,
)
