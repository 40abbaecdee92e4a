"""Events become a state: ``state = fold(pack, calendar, events)``.

Every change a case can undergo happens in ``evolve``, driven by the marks that the pack puts
on acts. ``as_of`` adds what the passing of time alone brings about (a window closes, silence
counts as acceptance). Nothing here refuses an act; that is ``deciding``. Nothing knows a
stage, an act or a number of days by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule, Limit, Pack
from huiyin.domain.periods import Due, Exclusion, Period, Rule, derive, instant
from huiyin.domain.states import Clock, Event, Spell, State


def fold(
    pack: Pack, calendar: Calendar, events: Iterable[Event], onto: State | None = None
) -> State:
    """The state after ``events``; with ``onto``, only the events after that state are needed.

    Raises ``Refusal``: ``history-empty``, ``replay`` (an event seen before), ``history-gap``,
    ``act-unknown`` (the event is of another pack or version).
    """
    state = onto
    for event in events:
        state = evolve(pack, calendar, state, event)
    if state is None:
        raise Refusal("history-empty", pack=pack.id)
    return state


def evolve(pack: Pack, calendar: Calendar, state: State | None, event: Event) -> State:
    """One event onto a state (None: the event that opens the case)."""
    rule = pack.act(event.type)
    expected = 1 if state is None else state.seq + 1
    if event.seq < expected:
        raise Refusal("replay", seq=event.seq, expected=expected)
    if event.seq > expected:
        raise Refusal("history-gap", seq=event.seq, expected=expected)
    if state is None:
        if not rule.opens:
            raise Refusal("history-gap", seq=event.seq, expected=expected)
        before = _birth(pack, event)
    else:
        before = as_of(pack, calendar, state, event.at)
    moved = _people(rule, _move(pack, rule, before, event), event)
    after = _spells(pack, rule, moved, event)
    clocks = _clocks(pack, calendar, rule, before, after, event)
    if rule.recounts:
        clocks = tuple(timed(pack, calendar, c) if c.stopped is None else c for c in clocks)
    after = replace(after, clocks=clocks, seq=event.seq, last=event.at)
    return _without_idle_spells(pack, after) if after.spells else after


def as_of(pack: Pack, calendar: Calendar, state: State, now: datetime) -> State:
    """``state`` with everything that the passing of time alone has brought about by ``now``.

    Computed on each reading, so no job has to run for silence to have its consequence.
    """
    while True:
        passed = [
            c
            for c in state.clocks
            if c.stopped is None
            and c.due_at is not None
            and c.due_at <= now
            and (pack.limits[c.limit].lapses or (c.limit in pack.passing and not c.passed))
        ]
        if not passed:
            return state
        state = _lapse(pack, calendar, state, min(passed, key=_due_then_name))


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _due_then_name(clock: Clock) -> tuple[datetime, str]:
    assert clock.due_at is not None
    return clock.due_at, clock.limit


def _birth(pack: Pack, event: Event) -> State:
    return State(
        pack=pack.id,
        version=pack.version,
        kind=str(event.data.get("kind", pack.default_kind)),
        stage=pack.first_stage,
        level=0,
        open=True,
        outcome=None,
        unit=None,
        owner=None,
        deciders=frozenset(),
        recused=frozenset(),
        clocks=(),
        seq=0,
        started=event.at,
        facts={},
        last=event.at,
    )


def _move(pack: Pack, rule: ActRule, state: State, event: Event) -> State:
    """Stage, level, kind, unit and remembered facts."""
    data = event.data
    facts = state.facts
    if rule.remembers:
        facts = {**facts, **{k: data[k] for k in rule.remembers if k in data}}
    done = frozenset((rule.id,)) if rule.level_change else state.done | {rule.id}
    # One copy for all changes: copying the state is what folding costs.
    stage = pack.stages[rule.target(state.stage)]
    stays = stage.id == state.stage
    return replace(
        state,
        facts=facts,
        stage=stage.id,
        open=state.open if stays else stage.open,
        outcome=state.outcome if stays else stage.outcome,
        level=state.level + rule.level_change,
        kind=str(data["kind"]) if rule.sets_kind and "kind" in data else state.kind,
        unit=str(data["unit"]) if "unit" in data and _moves_unit(rule) else state.unit,
        done=done,
        answered=state.answered or rule.answers,
    )


def _moves_unit(rule: ActRule) -> bool:
    """An act that says so, and any step up: a review goes to whom the office's tables name."""
    return rule.moves_unit or rule.level_change != 0


def _enter(pack: Pack, state: State, stage_id: str) -> State:
    if stage_id == state.stage:
        return state
    stage = pack.stages[stage_id]
    return replace(state, stage=stage_id, open=stage.open, outcome=stage.outcome)


def _people(rule: ActRule, state: State, event: Event) -> State:
    """Who owns the case, who has decided, who stands aside."""
    if not (rule.decides or rule.recuses or rule.unassigns or rule.assigns):
        return state
    owner, deciders, recused = state.owner, state.deciders, state.recused
    if rule.decides and event.actor is not None:
        deciders = deciders | {event.actor}
    if rule.recuses and event.actor is not None:
        recused = recused | {event.actor}
        owner = None if owner == event.actor else owner
    if rule.unassigns:
        owner = None
    if rule.assigns and "owner" in event.data:
        owner = str(event.data["owner"])
    return replace(state, owner=owner, deciders=deciders, recused=recused)


def _spells(pack: Pack, rule: ActRule, state: State, event: Event) -> State:
    if not (rule.begins or rule.ends):
        return state
    kept = tuple(s for s in state.spells if s.id not in rule.ends)
    known = {s.id for s in kept}
    begun = tuple(
        Spell(name, event.at, event.seq, event.actor, event.data)
        for name in sorted(rule.begins)
        if name not in known
    )
    return replace(state, spells=kept + begun)


def _without_idle_spells(pack: Pack, state: State) -> State:
    """What nothing can end any more is over; so is a proposal to extend a stopped limit."""
    kept = tuple(s for s in state.spells if _can_end(pack, state, s))
    return state if kept == state.spells else replace(state, spells=kept)


def _can_end(pack: Pack, state: State, spell: Spell) -> bool:
    limit = spell.data.get("limit")
    if limit is not None and not state.running(str(limit)):
        return False
    return any(
        state.stage in rule.at and (not rule.levels or state.level in rule.levels)
        for rule in pack.enders[spell.id]
    )


def _clocks(
    pack: Pack, calendar: Calendar, rule: ActRule, before: State, after: State, event: Event
) -> tuple[Clock, ...]:
    names = _happenings(rule, before, after)
    clocks = _stop(pack, names, before, after, event.at)
    if rule.extension in ("grant", "declare"):
        clocks = _prolong(pack, calendar, clocks, event)
    if before.spells != after.spells:
        clocks = _pause_or_resume(pack, calendar, clocks, before, after, event.at)
    started = _start_instant(pack, rule, event)
    return clocks + _start(pack, calendar, names, clocks, after, started)


def _happenings(rule: ActRule, before: State, after: State) -> tuple[str, ...]:
    """The names under which a limit may start or stop now: an act, from a stage, an owner."""
    owned = ("owned",) if after.owner is not None else ("unowned",) if after.open else ()
    return (rule.id, f"{rule.id}@{before.stage}", *owned)


def _start_instant(pack: Pack, rule: ActRule, event: Event) -> datetime:
    """An act that may carry its own date (paper received, letter served) starts clocks on it."""
    if rule.dated is not None and rule.dated in event.data:
        day = date.fromisoformat(str(event.data[rule.dated]))
        return start_of_day(day, ZoneInfo(pack.zone))
    return event.at


def _stop(
    pack: Pack, names: tuple[str, ...], before: State, after: State, at: datetime
) -> tuple[Clock, ...]:
    stopped = pack.ended_by(*names)
    closing = before.open and not after.open
    rising = after.level != before.level
    changed = []
    for clock in before.clocks:
        if clock.stopped is None:
            limit = pack.limits[clock.limit]
            ends = (closing or rising) and not limit.outlives
            if ends or clock.limit in stopped:
                clock = replace(clock, stopped=at, suspended=False)
        changed.append(clock)
    return tuple(changed)


def _start(
    pack: Pack,
    calendar: Calendar,
    names: tuple[str, ...],
    clocks: tuple[Clock, ...],
    state: State,
    started: datetime,
) -> tuple[Clock, ...]:
    """New clocks. A limit that already runs is left alone: no later act restarts it by accident."""
    running = {c.limit for c in clocks if c.stopped is None}
    fresh = []
    for limit in pack.begun_by(*names):
        if limit.id in running or not _applies(limit, state):
            continue
        clock = Clock(
            limit.id, state.level, limit.owed_by, started, None, None, window=limit.window
        )
        fresh.append(timed(pack, calendar, clock))
    return tuple(fresh)


def _applies(limit: Limit, state: State) -> bool:
    return (not limit.levels or state.level in limit.levels) and (
        not limit.kinds or state.kind in limit.kinds
    )


def _prolong(
    pack: Pack,
    calendar: Calendar,
    clocks: tuple[Clock, ...],
    event: Event,
) -> tuple[Clock, ...]:
    name, period = str(event.data["limit"]), Period.parse(str(event.data["period"]))
    return tuple(
        timed(
            pack,
            calendar,
            replace(c, extended=c.extended + 1, extensions=(*c.extensions, period)),
        )
        if c.limit == name and c.stopped is None
        else c
        for c in clocks
    )


def _pause_or_resume(
    pack: Pack,
    calendar: Calendar,
    clocks: tuple[Clock, ...],
    before: State,
    after: State,
    at: datetime,
) -> tuple[Clock, ...]:
    zone = ZoneInfo(pack.zone)
    ended = [s for s in before.spells if s not in after.spells]
    open_now = {s.id for s in after.spells}
    changed = []
    for clock in clocks:
        pauses = pack.limits[clock.limit].pauses
        if clock.stopped is None and pauses:
            closed = {p.spell: p.closed for p in pauses}
            gone = tuple(
                Exclusion(
                    max(s.since, clock.started).astimezone(zone).date(),
                    at.astimezone(zone).date(),
                    closed[s.id],
                )
                for s in ended
                if s.id in closed
            )
            clock = replace(
                clock,
                exclusions=clock.exclusions + gone,
                suspended=any(p.spell in open_now for p in pauses),
            )
            clock = timed(pack, calendar, clock)
        changed.append(clock)
    return tuple(changed)


def timed(pack: Pack, calendar: Calendar, clock: Clock) -> Clock:
    """The clock with its date derived anew from its start, extensions and uncounted time.

    A calendar without the year never stops a case: the clock runs without a date and says so.
    """
    rule = pack.limits[clock.limit].rule
    if rule is None:
        return clock
    zone = ZoneInfo(pack.zone)
    start: date | datetime = clock.started
    if rule.period.unit != "h":
        start = clock.started.astimezone(zone).date()
    try:
        due, due_at = _derived(rule, start, calendar, clock.extensions, clock.exclusions, pack.zone)
    except Refusal as refusal:
        if refusal.code != "calendar-year-missing":
            raise
        year = int(str(refusal.data["year"]))
        return replace(clock, due=None, due_at=None, missing_year=year)
    return replace(clock, due=due, due_at=None if clock.suspended else due_at, missing_year=None)


@lru_cache(maxsize=4096)
def _derived(
    rule: Rule,
    start: date | datetime,
    calendar: Calendar,
    extensions: tuple[Period, ...],
    exclusions: tuple[Exclusion, ...],
    zone: str,
) -> tuple[Due, datetime]:
    """Pure, hence remembered: on a busy day thousands of cases share their dates."""
    where = ZoneInfo(zone)
    due = derive(rule, start, calendar, extensions=extensions, exclusions=exclusions, zone=where)
    return due, instant(due, where)


def _lapse(pack: Pack, calendar: Calendar, state: State, clock: Clock) -> State:
    """A window closes, silence moves the case, or lateness opens another way, at the exact
    instant the limit ended. A duty that is merely late runs on."""
    at = clock.due_at
    assert at is not None
    limit = pack.limits[clock.limit]
    names: tuple[str, ...] = (f"{clock.limit}.passed",)
    marked, after = replace(clock, passed=True), state
    if limit.lapses:
        names = (*names, f"{clock.limit}.lapsed")
        marked = replace(clock, stopped=at, lapsed=True, passed=True)
    if limit.silence is not None and limit.silence.to is not None:
        after = _enter(pack, state, limit.silence.to)
    clocks = tuple(marked if c is clock else c for c in state.clocks)
    clocks = _stop(pack, names, replace(state, clocks=clocks), after, at)
    day_before = _last_day(clock, at)
    if limit.ends:
        kept = tuple(s for s in after.spells if s.id not in limit.ends)
        after = replace(after, spells=kept)
        clocks = _pause_or_resume(pack, calendar, clocks, state, after, day_before)
    after = replace(after, clocks=clocks)
    fresh = _start(pack, calendar, names, clocks, after, day_before)
    after = replace(after, clocks=clocks + fresh)
    return _without_idle_spells(pack, after) if after.spells else after


def _last_day(clock: Clock, at: datetime) -> datetime:
    """What starts on a lapse counts from the last day of the limit, not from the midnight after."""
    if clock.due is None or isinstance(clock.due.due, datetime):
        return at
    return at - timedelta(microseconds=1)
