"""All states that a case under a pack can reach, found by doing every act in every one.

The walk uses the real ``decide`` and ``fold`` with a small cast and lets time pass to the next
due date. Two states count as the same when nothing that the pack's rules look at differs.
Acts beside the main line (dialogue, comment, remedy) touch nothing that the main line looks
at; they are tried in every state but do not multiply the states. What the result must
fulfil is not known here: see ``exploring``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from huiyin.domain.calendars import Calendar
from huiyin.domain.deciding import decide
from huiyin.domain.errors import Refusal
from huiyin.domain.folding import as_of, fold
from huiyin.domain.packs import PERSONAL, ROLES, ActRule, Limit, Pack
from huiyin.domain.states import Act, Clock, State

TIME = "time"
_BEGIN = datetime(2030, 1, 7, 9, tzinfo=UTC)
_CAST = ("officer-1", "officer-2", "officer-3", "officer-4", "officer-5")


@dataclass(frozen=True, slots=True)
class Edge:
    """One step: an act by a role, or the passing of time up to a limit's date."""

    act: str
    role: str
    to: Node


@dataclass(eq=False, slots=True)
class Node:
    """A reachable state, with the step that first led to it."""

    state: State
    now: datetime
    late: frozenset[str]
    before: Node | None
    step: str
    role: str
    edges: list[Edge] = field(default_factory=list)

    def running(self) -> tuple[Clock, ...]:
        return self.state.running()

    @property
    def limits(self) -> frozenset[str]:
        return frozenset(c.limit for c in self.state.running())

    def story(self) -> tuple[Node, ...]:
        """The nodes from the beginning to this one."""
        steps: list[Node] = []
        node: Node | None = self
        while node is not None:
            steps.append(node)
            node = node.before
        return tuple(reversed(steps))

    def story_then(self, edge: Edge) -> tuple[Node, ...]:
        last = edge.to
        final = Node(last.state, last.now, last.late, self, edge.act, edge.role)
        return (*self.story(), final)


@dataclass(slots=True)
class Walk:
    """The whole graph, in breadth-first order, and what was seen on the way."""

    nodes: list[Node]
    steps: int
    complete: bool
    acts: set[str]
    limits: set[str]
    side_limits: frozenset[str]
    self_reviews: list[tuple[Node, Edge]]


def walk(pack: Pack, calendar: Calendar, most_states: int) -> Walk:
    """Every state reachable under ``pack``, or the first ``most_states`` of them."""
    walker = _Walker(pack, calendar)
    return walker.run(most_states)


class _Walker:
    """Holds what one walk needs; made for a single use."""

    def __init__(self, pack: Pack, calendar: Calendar) -> None:
        self.pack = pack
        self.calendar = calendar
        self.main = _main_line(pack)
        self.levels = {level.number for level in pack.levels}
        self.side_limits = _side_limits(pack, self.main)
        self.spells = _spells_that_matter(pack, self.main)
        self.needed = _acts_that_matter(pack)
        self.watched = _limits_watched(pack) - self.side_limits
        self.roles = {
            rule.id: [role for role in ROLES if rule.by & pack.plays(role)]
            for rule in pack.acts.values()
        }
        self.known: dict[object, Node] = {}
        self.queue: deque[Node] = deque()
        self.result = Walk([], 0, True, set(), set(), self.side_limits, [])

    def run(self, most_states: int) -> Walk:
        self._begin()
        while self.queue:
            if len(self.known) > most_states:
                self.result.complete = False
                break
            node = self.queue.popleft()
            self.result.nodes.append(node)
            self._expand(node)
        return self.result

    def _begin(self) -> None:
        rule = self.pack.opening
        kinds = [f for f in rule.fields if f.kind == "kind"]
        for kind in self.pack.kinds if kinds else [None]:
            extra = {"kind": kind} if kind else {}
            act = Act(rule.id, sorted(rule.by)[0], None, {**_data(rule, _BEGIN), **extra})
            events = decide(self.pack, self.calendar, None, act, _BEGIN)
            state = fold(self.pack, self.calendar, events)
            self._meet(state, _BEGIN, None, rule.id, act.role)
        self.result.acts.add(rule.id)

    def _meet(self, state: State, now: datetime, before: Node | None, step: str, role: str) -> Node:
        """The node of a state: the one already known, or a new one to expand."""
        late = frozenset(
            c.limit for c in state.running() if c.limit in self.watched and c.late(now)
        )
        key = self._key(state, late)
        node = self.known.get(key)
        if node is None:
            node = Node(state, now, late, before, step, role)
            self.known[key] = node
            self.queue.append(node)
            self.result.limits.update(c.limit for c in state.clocks)
        return node

    def _key(self, state: State, late: frozenset[str]) -> object:
        """Everything the pack's rules can look at, and nothing else."""
        running = frozenset(
            (c.limit, c.extended, c.suspended)
            for c in state.running()
            if c.limit not in self.side_limits
        )
        owner = None if state.owner is None else state.owner in state.deciders
        spells = frozenset(s.id for s in state.spells) & self.spells
        done = state.done & self.needed
        return (
            state.kind,
            state.stage,
            state.level,
            owner,
            bool(state.deciders),
            spells,
            running,
            done,
            state.answered,
            late,
        )

    def _expand(self, node: Node) -> None:
        if node.state.level not in self.levels:
            return  # a flaw of its own; climbing on would never end
        self._let_time_pass(node)
        side = []
        for rule in self.pack.acts.values():
            if rule.opens or node.state.stage not in rule.at:
                continue
            if rule.id in self.main:
                for act in self._ways(rule, node.state, node.now):
                    self._try(node, rule, act)
            elif rule.id not in self.result.acts:
                side.append(rule)
        self._try_side(node.state, node.now, side, depth=2)

    def _let_time_pass(self, node: Node) -> None:
        dues = [
            (c.due_at, c.limit)
            for c in node.running()
            if c.due_at is not None and c.due_at > node.now and self._dates_matter(c.limit)
        ]
        if not dues:
            return
        due_at, limit = min(dues)
        later = as_of(self.pack, self.calendar, node.state, due_at)
        to = self._meet(later, due_at, node, limit, TIME)
        node.edges.append(Edge(f"{limit}.lapsed", TIME, to))
        self.result.steps += 1

    def _dates_matter(self, limit: str) -> bool:
        lapses = self.pack.limits[limit].lapses or limit in self.pack.passing
        return limit in self.watched or lapses

    def _try(self, node: Node, rule: ActRule, act: Act) -> None:
        now = node.now + timedelta(minutes=1)
        try:
            events = decide(self.pack, self.calendar, node.state, act, now)
        except Refusal:
            return
        state = fold(self.pack, self.calendar, events, onto=node.state)
        to = self._meet(state, now, node, rule.id, act.role)
        edge = Edge(rule.id, act.role, to)
        node.edges.append(edge)
        self.result.steps += 1
        self.result.acts.add(rule.id)
        if self._judges_self(node.state, rule, act):
            self.result.self_reviews.append((node, edge))

    def _judges_self(self, state: State, rule: ActRule, act: Act) -> bool:
        if state.level == 0 or rule.level_change:
            return False
        if rule.assigns:
            return act.data.get("owner") in state.deciders
        return rule.decides and act.actor in state.deciders

    def _try_side(self, state: State, now: datetime, rules: list[ActRule], depth: int) -> None:
        """Acts beside the main line: enough to see each happen, alone or after another."""
        for rule in rules:
            for act in self._ways(rule, state, now):
                try:
                    events = decide(self.pack, self.calendar, state, act, now)
                except Refusal:
                    continue
                self.result.acts.add(rule.id)
                after = fold(self.pack, self.calendar, events, onto=state)
                self.result.limits.update(c.limit for c in after.clocks)
                if depth > 1:
                    rest = [r for r in rules if r.id not in self.result.acts]
                    self._try_side(after, now, rest, depth - 1)
                break

    def _ways(self, rule: ActRule, state: State, now: datetime) -> Iterator[Act]:
        """The act by each role that may do it, with each particular that matters."""
        for role in sorted(self.roles[rule.id]):
            for actor in self._actors(role, rule, state):
                for extra in self._variants(rule, state):
                    yield Act(rule.id, role, actor, {**_data(rule, now), **extra})

    def _actors(self, role: str, rule: ActRule, state: State) -> list[str | None]:
        if role in PERSONAL and not rule.assigns:
            return [state.owner]
        if role in ("complainant", "system"):
            return [None]
        free = [p for p in (f"{role}-1", f"{role}-2", f"{role}-3") if p not in state.deciders]
        actors: list[str | None] = [*free[:1]]
        if rule.decides and state.level > 0:
            actors += sorted(state.deciders)[:1]
        return actors

    def _variants(self, rule: ActRule, state: State) -> list[dict[str, object]]:
        if rule.assigns:
            fresh = [p for p in _CAST if p not in state.deciders | state.recused]
            people = fresh[:1] + (sorted(state.deciders)[:1] if state.level > 0 else [])
            return [{"owner": person} for person in people]
        if rule.sets_kind:
            return [{"kind": kind} for kind in self.pack.kinds]
        if rule.extension in ("propose", "declare"):
            limits = [self.pack.limits[c.limit] for c in state.running()]
            return [
                {"limit": x.id, "period": str(x.extension.maximum)}
                for x in limits
                if x.extension is not None
            ]
        return [{}]


def _data(rule: ActRule, now: datetime) -> dict[str, object]:
    """Particulars that satisfy the act's fields."""
    values: Mapping[str, object] = {
        "unit": "unit-1",
        "person": _CAST[0],
        "date": now.date().isoformat(),
        "future-date": date.max.isoformat(),
        "period": "1d",
        "token": "token",
        "number": 1,
    }
    data: dict[str, object] = {}
    for one in rule.fields:
        if not one.required or one.kind == "text":
            continue
        data[one.id] = one.choices[0] if one.kind == "one-of" else values.get(one.kind, "token")
    texts = {f.id: f"text-{f.id}" for f in rule.fields if f.kind == "text"}
    return {**data, "texts": texts} if texts else data


# --- what belongs to the main line -----------------------------------------------------------


def _main_line(pack: Pack) -> frozenset[str]:
    """Acts that move a case, and all that touch a limit or a spell those touch."""
    main = {rule.id for rule in pack.acts.values() if _moves(rule)}
    paused = {p.spell for limit in pack.limits.values() for p in limit.pauses}
    while True:
        limits = {x.id for x in pack.limits.values() if _touching(x) & main}
        spells = paused.union(*(_spells(pack.acts[name]) for name in main))
        more = {
            rule.id
            for rule in pack.acts.values()
            if _spells(rule) & spells
            or any(rule.id in _touching(pack.limits[name]) for name in limits)
        }
        more |= {name for act in main for name in pack.acts[act].after}
        if more <= main:
            return frozenset(main)
        main |= more


def _moves(rule: ActRule) -> bool:
    return bool(
        rule.opens
        or rule.to
        or rule.level_change
        or rule.assigns
        or rule.unassigns
        or rule.sets_kind
        or rule.decides
        or rule.recuses
        or rule.extension
        or rule.within
    )


def _touching(limit: Limit) -> set[str]:
    return {name.partition("@")[0] for name in limit.starts | limit.stops | limit.restarts}


def _spells(rule: ActRule) -> frozenset[str]:
    return rule.begins | rule.ends | rule.during | rule.not_during


def _side_limits(pack: Pack, main: frozenset[str]) -> frozenset[str]:
    return frozenset(
        x.id
        for x in pack.limits.values()
        if not _touching(x) & (main | {"owned", "unowned"})
        and not any("." in name for name in _touching(x))
    )


def _spells_that_matter(pack: Pack, main: frozenset[str]) -> frozenset[str]:
    spells = [_spells(pack.acts[name]) for name in main]
    return frozenset().union(*spells)


def _acts_that_matter(pack: Pack) -> frozenset[str]:
    """Acts whose having been done some rule asks for."""
    once = {rule.id for rule in pack.acts.values() if rule.once or rule.decides or rule.answers}
    return frozenset(once).union(*(rule.after for rule in pack.acts.values()))


def _limits_watched(pack: Pack) -> frozenset[str]:
    """Limits whose being late opens or closes something."""
    named = frozenset().union(*(rule.when_late for rule in pack.acts.values()))
    duties = {
        x.id
        for x in pack.limits.values()
        if x.rule is not None and x.owed_by == "office" and "owned" not in x.stops
    }
    extendable = {x.id for x in pack.limits.values() if x.extension is not None}
    return frozenset(duties if "any" in named else duties & named) | extendable
