"""The slow way to know who is on duty: ask the clock on the wall every thirty seconds.

An oracle for ``huiyin.domain.rosters``. It shares no arithmetic with it: local times are only
ever read off instants, and "first" and "last" are what the wall clock has shown so far and what
it will yet show. A window is open at an instant if the clock has already reached its beginning,
and will yet be before its end or show it again.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, groupby

from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.values import Roster, Rule

STEP = timedelta(seconds=30)
Ticks = set[int]


class Walk:
    """Thirty-second steps from ``start`` to ``end``; ``start`` must lie before every rule."""

    def __init__(self, roster: Roster, start: datetime, end: datetime) -> None:
        self.roster = roster
        self.ticks = [start + n * STEP for n in range((end - start) // STEP)]
        shown = [t.astimezone(roster.zone).replace(tzinfo=None) for t in self.ticks]
        self.reached = list(accumulate(shown, max))
        self.still_to_come = list(accumulate(reversed(shown), min))[::-1]
        self.last_shown = {local: n for n, local in enumerate(shown)}
        self.there = {p: self._there(p, shown) for p in roster.people}

    def _there(self, person: str, shown: list[datetime]) -> Ticks:
        who = self.roster.people[person]
        days = {
            n for n in range(len(shown))
            if (who.since is None or self.reached[n].date() >= who.since)
            and (who.until is None or self.still_to_come[n].date() <= who.until)
        }  # fmt: skip
        away = [leave.span for leave in self.roster.leave if leave.person == person]
        return {n for n in days if not any(self._in(n, span) for span in away)}

    def _in(self, tick: int, span: Span) -> bool:
        return span.start <= self.ticks[tick] < span.end

    def on_duty(self) -> Iterator[tuple[datetime, set[tuple[str, str]]]]:
        """Each instant with everybody on duty, as (role, person)."""
        by_rules = self._rules()
        for n, at in enumerate(self.ticks):
            yield at, self._at(n, by_rules[n])

    def _at(self, n: int, rules: set[tuple[str, str]]) -> set[tuple[str, str]]:
        history = self.roster.history
        if history and self.ticks[n] < history.until:
            return {(s.role, s.person) for s in history.shifts if self._in(n, s.span)}
        found = self._overridden(n, rules)
        for temporary in self.roster.temporary:
            if self._in(n, temporary.span):
                mine = {(d.role, d.person) for d in temporary.duties if self._in(n, d.span)}
                filled = {role for role, _ in mine}
                rest = {x for x in found if temporary.otherwise_rules and x[0] not in filled}
                found = mine | rest
        return self._single({x for x in found if n in self.there[x[1]]})

    def _overridden(self, n: int, rules: set[tuple[str, str]]) -> set[tuple[str, str]]:
        now = [o for o in self.roster.overrides if self._in(n, o.span)]
        found = set()
        for role, person in rules:
            hit = [o for o in now if (o.role, o.out) == (role, person)]
            found |= {(role, o.into) for o in hit if o.into} if hit else {(role, person)}
        return found | {(o.role, o.into) for o in now if o.out is None and o.into}

    def _single(self, found: set[tuple[str, str]]) -> set[tuple[str, str]]:
        kept: set[tuple[str, str]] = set()
        for role in self.roster.roles:
            taken = {person for _, person in kept}
            kept |= {x for x in found if x[0] == role and x[1] not in taken}
        return kept

    def _rules(self) -> list[set[tuple[str, str]]]:
        found: list[set[tuple[str, str]]] = [set() for _ in self.ticks]
        busy: dict[str, Ticks] = {p: set() for p in self.roster.people}
        for rule in self.roster.rules:
            mine: dict[str, Ticks] = {}
            at = 0
            for turn in self._turns(rule):
                at = self._serve(rule, turn, at, busy, mine)
            for person, ticks in mine.items():
                busy[person] |= ticks
                for n in ticks:
                    found[n].add((rule.role, person))
        return found

    def _serve(
        self, rule: Rule, turn: list[Ticks], at: int, busy: dict[str, Ticks], mine: dict[str, Ticks]
    ) -> int:
        line = [*rule.people[at:], *rule.people[:at]]
        free = {p: self.there[p] - busy[p] for p in line}
        whole = [p for p in line if all(piece <= free[p] for piece in turn)]
        part = [p for p in line if any(piece & free[p] for piece in turn)]
        chosen = (part if rule.cover else whole or part)[:1]
        if not chosen:
            return at
        start = line.index(chosen[0])
        for piece in turn:
            left = set(piece)
            for person in [*line[start:], *line[:start]]:
                mine.setdefault(person, set()).update(left & free[person])
                left -= free[person]
        return (rule.people.index(chosen[0]) + 1) % len(rule.people)

    def _turns(self, rule: Rule) -> Iterator[list[Ticks]]:
        """The turns that have at least one tick, each as the ticks of its stretches."""
        found = [(key, ticks) for key, ticks in self._stretches(rule) if ticks]
        for _, group in groupby(found, key=lambda pair: pair[0]):
            yield [ticks for _, ticks in group]

    def _stretches(self, rule: Rule) -> Iterator[tuple[object, Ticks]]:
        day, last = rule.since, self.ticks[-1].astimezone(self.roster.zone).date()
        while day <= min(last, rule.until or last):
            if rule.window.days.include(day, self.roster.calendar):
                opens = datetime.combine(day, rule.window.begins)
                closes = datetime.combine(day, rule.window.ends)
                closes += timedelta(days=closes <= opens)
                ticks = {
                    n for n in self._near(day)
                    if self.reached[n] >= opens and self._before(n, closes)
                }  # fmt: skip
                yield from self._hours(rule, day, opens, closes, ticks)
            day += timedelta(days=1)

    def _before(self, n: int, closes: datetime) -> bool:
        return self.still_to_come[n] < closes or n < self.last_shown.get(closes, -1)

    def _near(self, day: date) -> range:
        """The ticks of the days around ``day``, to look at fewer."""
        noon = datetime.combine(day, datetime.min.time(), tzinfo=UTC)
        begin = (noon - timedelta(days=2) - self.ticks[0]) // STEP
        end = (noon + timedelta(days=4) - self.ticks[0]) // STEP
        return range(max(0, begin), max(0, min(len(self.ticks), end)))

    def _hours(
        self, rule: Rule, day: date, opens: datetime, closes: datetime, ticks: Ticks
    ) -> Iterator[tuple[object, Ticks]]:
        if rule.turn.unit != "hours":
            yield self._number(rule, day), ticks
            return
        step = timedelta(hours=rule.turn.count)
        number = 0
        while opens + number * step < closes:
            begin, end = opens + number * step, opens + (number + 1) * step
            last = end >= closes
            own = {n for n in ticks if begin <= self.reached[n] and (last or self.reached[n] < end)}
            yield (day, number), own
            number += 1

    def _number(self, rule: Rule, day: date) -> int:
        """The turn of a day, by stepping from the anchor."""
        anchor, number = rule.anchor or rule.since, 0
        while self._boundary(anchor, rule, number + 1) <= day:
            number += 1
        return number

    def _boundary(self, anchor: date, rule: Rule, number: int) -> date:
        steps = number * rule.turn.count
        if rule.turn.unit != "months":
            return anchor + timedelta(days=steps * (7 if rule.turn.unit == "weeks" else 1))
        year, month = anchor.year, anchor.month
        for _ in range(steps):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return date(year, month, min(anchor.day, calendar.monthrange(year, month)[1]))
