"""A second way to keep a case's clocks, plain and slow, sharing no code with the engine.

It lives through a history event by event and, between events, midnight by midnight; whenever
a date is wanted it counts on its fingers (``slow_periods``). It reads the same pack, of
course: the law is shared, the reasoning is not. Only tests use it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huiyin.domain.calendars import Calendar
from huiyin.domain.packs import ActRule, Limit, Pack
from huiyin.domain.periods import Exclusion, Period
from huiyin.domain.states import Event
from tests.domain.slow_periods import slow_days

TICK = timedelta(microseconds=1)


@dataclass
class SlowClock:
    """One limit that began at ``since``; ``until`` is when it stopped, None while it runs."""

    limit: Limit
    level: int
    since: datetime
    until: datetime | None = None
    more: list[Period] = field(default_factory=list)
    left_out: list[Exclusion] = field(default_factory=list)
    told: bool = False


class SlowCase:
    """Everything about one case, changed in place."""

    def __init__(self, pack: Pack, calendar: Calendar) -> None:
        self.pack, self.calendar = pack, calendar
        self.zone = ZoneInfo(pack.zone)
        self.stage, self.level, self.kind = pack.first_stage, 0, pack.default_kind
        self.owner: str | None = None
        self.clocks: list[SlowClock] = []
        self.spells: dict[str, datetime] = {}
        self.about: dict[str, object] = {}

    # --- dates -----------------------------------------------------------------------------

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def paused(self, clock: SlowClock) -> bool:
        return any(pause.spell in self.spells for pause in clock.limit.pauses)

    def due(self, clock: SlowClock) -> date | None:
        rule = clock.limit.rule
        if rule is None:
            return None
        start = self.day(clock.since)
        return slow_days(rule, start, self.calendar, clock.more, clock.left_out)[1]

    def end(self, clock: SlowClock) -> datetime | None:
        """The midnight after the last day, unless the clock stands still."""
        due = self.due(clock)
        if due is None or self.paused(clock):
            return None
        after = datetime.combine(due + timedelta(days=1), time(), self.zone)
        return after.astimezone(clock.since.tzinfo)

    # --- time ------------------------------------------------------------------------------

    def live_until(self, now: datetime) -> None:
        """Let every limit pass that passes by ``now``, the earliest first."""
        while True:
            passed = []
            for clock in self.clocks:
                end = self.end(clock) if clock.until is None else None
                if end is not None and end <= now and self.matters(clock):
                    passed.append((end, clock.limit.id, id(clock), clock))
            if not passed:
                return
            end, _, _, clock = min(passed)
            self.passes(clock, end)

    def matters(self, clock: SlowClock) -> bool:
        limit = clock.limit
        moves = limit.silence is not None and limit.silence.to is not None
        heard = any(
            f"{limit.id}.passed" in other.starts | other.stops | other.restarts
            for other in self.pack.limits.values()
        )
        return limit.window or moves or bool(limit.ends) or (heard and not clock.told)

    def passes(self, clock: SlowClock, end: datetime) -> None:
        limit = clock.limit
        names = {f"{limit.id}.passed"}
        moves = limit.silence is not None and limit.silence.to is not None
        clock.told = True
        was_open = self.pack.stages[self.stage].open
        if limit.window or moves or limit.ends:
            names.add(f"{limit.id}.lapsed")
            clock.until = end
        if moves:
            assert limit.silence is not None and limit.silence.to is not None
            self.stage = limit.silence.to
        self.stop(names, end, closing=was_open and not self.pack.stages[self.stage].open)
        self.end_spells(set(limit.ends), end - TICK)
        self.start(names, end - TICK)
        self.forget_spells(end)

    # --- events ----------------------------------------------------------------------------

    def happen(self, event: Event) -> None:
        rule = self.pack.acts[event.type]
        self.live_until(event.at)
        names = {rule.id, f"{rule.id}@{self.stage}"}
        was_open, was_level = self.pack.stages[self.stage].open, self.level
        self.stage = rule.to.get(self.stage) or rule.to.get("*") or self.stage
        self.level += rule.level_change
        if (rule.opens or rule.sets_kind) and "kind" in event.data:
            self.kind = str(event.data["kind"])
        self.people(rule, event)
        is_open = self.pack.stages[self.stage].open
        if self.owner is not None:
            names.add("owned")
        elif is_open:
            names.add("unowned")
        shut = (was_open and not is_open) or self.level != was_level
        self.stop(names, event.at, closing=shut)
        if rule.extension in ("grant", "declare"):
            for clock in self.running(str(event.data["limit"])):
                clock.more.append(Period.parse(str(event.data["period"])))
        self.end_spells(set(rule.ends), event.at)
        for name in rule.begins - set(self.spells):
            self.spells[name] = event.at
            self.about[name] = event.data.get("limit")
        dated = event.data.get(rule.dated) if rule.dated else None
        begun = event.at
        if dated is not None:
            begun = datetime.combine(date.fromisoformat(str(dated)), time(), self.zone)
            begun = begun.astimezone(event.at.tzinfo)
        self.start(names, begun)
        self.forget_spells(event.at)

    def people(self, rule: ActRule, event: Event) -> None:
        if rule.unassigns or (rule.recuses and self.owner == event.actor):
            self.owner = None
        if rule.assigns and "owner" in event.data:
            self.owner = str(event.data["owner"])

    def running(self, limit: str) -> list[SlowClock]:
        return [c for c in self.clocks if c.until is None and c.limit.id == limit]

    def stop(self, names: set[str], at: datetime, closing: bool) -> None:
        for clock in self.clocks:
            limit = clock.limit
            hit = names & (limit.stops | limit.restarts)
            if clock.until is None and (hit or (closing and not limit.outlives)):
                clock.until = at

    def start(self, names: set[str], begun: datetime) -> None:
        for limit in self.pack.limits.values():
            if not names & (limit.starts | limit.restarts) or self.running(limit.id):
                continue
            if limit.levels and self.level not in limit.levels:
                continue
            if limit.kinds and self.kind not in limit.kinds:
                continue
            self.clocks.append(SlowClock(limit, self.level, begun))

    def end_spells(self, names: set[str], at: datetime) -> None:
        for name in names & set(self.spells):
            since = self.spells.pop(name)
            for clock in self.clocks:
                for pause in clock.limit.pauses:
                    if clock.until is None and pause.spell == name:
                        first = max(since, clock.since)
                        out = Exclusion(self.day(first), self.day(at), pause.closed)
                        clock.left_out.append(out)

    def forget_spells(self, at: datetime) -> None:
        """What no act can end here any more is over, and counts for nothing."""
        for name in list(self.spells):
            about = self.about.get(name)
            enders = [a for a in self.pack.acts.values() if name in a.ends]
            here = any(
                self.stage in a.at and (not a.levels or self.level in a.levels) for a in enders
            )
            if not here or (about is not None and not self.running(str(about))):
                del self.spells[name]
