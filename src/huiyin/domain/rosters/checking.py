"""What is wrong with a roster, found before anybody relies on it.

A finding names a rule of this module, its severity and the facts; its words in each language
are in ``huiyin/rosters/findings.toml``. Gaps, rest and double duty are read from the shifts as
they will be; starvation is also read from the numbers alone: people and turns that share a
factor meet in the same way for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import gcd

from huiyin.domain.rosters import fairness
from huiyin.domain.rosters.covering import gaps
from huiyin.domain.rosters.holding import UNABLE, standing
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.resting import breaches
from huiyin.domain.rosters.serving import Served, serve
from huiyin.domain.rosters.values import Roster, Rule
from huiyin.domain.rosters.wallclock import day_start, wall

# rule → severity. The texts are tested to have the same keys.
RULES = {
    "gap": "error",
    "away": "error",
    "double": "error",
    "rest": "error",
    "unable": "error",
    "starved": "error",
    "same-turns": "warning",
    "never": "warning",
    "without-effect": "warning",
    "hidden-override": "warning",
    "left": "warning",
}
# Starvation shows within a year: every rhythm of days, weeks and months has come round.
STARVED_AFTER = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: the rule, what it is about (a key of the roster) and the facts."""

    rule: str
    about: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        """error: the roster does not do what it says; warning: it does, but look at it."""
        return RULES[self.rule]


def check(roster: Roster, span: Span) -> tuple[Finding, ...]:
    """Everything found for ``span``. Raises Refusal ``roster-too-long``,
    ``calendar-year-missing``."""
    served = serve(roster, span)
    year = Span(span.start, max(span.end, span.start + STARVED_AFTER))
    long = served if year == span else _as_far_as_known(roster, year, served)
    found = [*_gaps(roster, served), *_dropped(served), *_rest(roster, served)]
    found += [*_unable(roster, served), *_starved(roster, long), *_same_turns(roster, span)]
    found += [*_overrides(roster, served), *_left(roster, span)]
    return tuple(found)


def _as_far_as_known(roster: Roster, year: Span, served: Served) -> Served:
    """The shifts of a whole year, or of the days that the calendar of working days knows."""
    calendar = roster.calendar
    if calendar is None or calendar.knows(wall(year.end, roster.zone).date()):
        return serve(roster, year)
    return served


def _gaps(roster: Roster, served: Served) -> Iterator[Finding]:
    for gap in gaps(roster, served):
        yield Finding(
            "gap",
            f"roles.{gap.role}",
            {"role": gap.role, "from": gap.span.start, "to": gap.span.end, "lacking": gap.lacking},
        )


def _dropped(served: Served) -> Iterator[Finding]:
    for lost in served.dropped:
        facts = {"person": lost.person, "role": lost.role, "from": lost.start, "to": lost.end}
        yield Finding(lost.why, f"people.{lost.person}", facts)


def _rest(roster: Roster, served: Served) -> Iterator[Finding]:
    rules = {rule.id: rule for rule in roster.rest}
    for breach in breaches(roster.rest, served.shifts):
        rule = rules[breach.rule]
        facts = {
            "person": breach.person, "from": breach.span.start, "to": breach.span.end,
            "found": breach.hours, "limit": rule.hours, "days": rule.days, "kind": rule.kind,
            "source": rule.source,
        }  # fmt: skip
        yield Finding("rest", f"rest.{rule.id}", facts)


def _unable(roster: Roster, served: Served) -> Iterator[Finding]:
    """Who serves on a duty whose list does not name them; each once a duty."""
    seen: set[tuple[str, str]] = set()
    for shift in served.shifts:
        known = shift.role in roster.roles and shift.end > served.span.start
        if known and (shift.role, shift.person) not in seen:
            seen.add((shift.role, shift.person))
            if standing(roster, shift.role, shift.person) == UNABLE:
                facts = {"person": shift.person, "role": shift.role, "from": shift.start}
                yield Finding("unable", f"roles.{shift.role}", facts)


def _starved(roster: Roster, served: Served) -> Iterator[Finding]:
    """Members of a rule who never serve, and members of the roster whom no rule names."""
    listed = {person for rule in roster.rules for person in rule.people}
    days = served.span.length.days
    for person in fairness.never(fairness.table(roster, served)):
        rule = "starved" if person in listed else "never"
        yield Finding(rule, f"people.{person}", {"person": person, "days": days})


def _same_turns(roster: Roster, span: Span) -> Iterator[Finding]:
    """Rules whose number of people shares a factor with the turns of a week: each person then
    has for ever the same few of them, one always the nights, one always the Sundays."""
    for rule in roster.rules:
        week = turns_a_week(roster, rule, span)
        people = len(set(rule.people))
        shared = gcd(people, week)
        if week > 1 and shared > 1:
            facts = {"people": people, "turns": week, "own": week // shared, "rule": rule.id}
            yield Finding("same-turns", f"rules.{rule.id}", facts)


def turns_a_week(roster: Roster, rule: Rule, span: Span) -> int:
    """How many turns of a rule a week has; 0 where its weeks differ or hold fewer than two."""
    if rule.turn.unit not in ("hours", "days") or rule.window.days.working is not None:
        return 0
    if rule.turn.unit == "days" and rule.turn.count > 1:
        return 0
    days = [wall(span.start, roster.zone).date() + timedelta(days=n) for n in range(7)]
    dates = sum(rule.window.days.include(day, None) for day in days)
    if rule.turn.unit == "days":
        return dates
    return dates * _turns_a_day(rule)


def _turns_a_day(rule: Rule) -> int:
    return -(-rule.window.minutes() // (60 * rule.turn.count))


def _overrides(roster: Roster, served: Served) -> Iterator[Finding]:
    """Overrides that do nothing: in a temporary schedule, or with nobody to take out."""
    for override in roster.overrides:
        if not override.span.meets(served.span):
            continue
        facts = {"override": override.id, "from": override.span.start, "to": override.span.end}
        if any(t.span.meets(override.span) for t in roster.temporary):
            yield Finding("hidden-override", f"overrides.{override.id}", facts)
        elif not _has_effect(roster, override.id, override.span):
            yield Finding("without-effect", f"overrides.{override.id}", facts)


def _has_effect(roster: Roster, override: str, span: Span) -> bool:
    others = tuple(o for o in roster.overrides if o.id != override)
    without = replace(roster, overrides=others)
    return serve(roster, span).shifts != serve(without, span).shifts


def _left(roster: Roster, span: Span) -> Iterator[Finding]:
    """People in the line of a rule who are members no longer."""
    for rule in roster.rules:
        if rule.until and day_start(rule.until, roster.zone) < span.start:
            continue
        for person in dict.fromkeys(rule.people):
            until = roster.people[person].until
            if until and day_start(until, roster.zone) + timedelta(days=1) <= span.start:
                facts = {"person": person, "rule": rule.id, "until": until}
                yield Finding("left", f"rules.{rule.id}", facts)
