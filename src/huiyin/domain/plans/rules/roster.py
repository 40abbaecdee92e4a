"""Duty rosters in short: gaps, people who may not or never serve, rest, and overlaps.

The exact semantics (wall clocks, overrides) live in ``domain/rosters``; here one day is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.organisation import WEEKDAYS, Duty, Person
from huiyin.domain.plans.subject import AHEAD, Subject, at


@rule("roster-missing")
def missing(subject: Subject) -> Iterator[Hit]:
    """The law asks for a duty rota and the organisation has none."""
    if subject.organisation is None or subject.organisation.duty:
        return
    for duty in subject.bound("rota"):
        yield Hit("/duty", {"law": duty.cites}, "organisation")


@rule("roster-gap")
def gap(subject: Subject) -> Iterator[Hit]:
    """A day of the next thirty on which nobody is on duty, or somebody who is not there."""
    rosters = _rosters(subject)
    if not rosters:
        return
    days = [subject.today + timedelta(days=n) for n in range(AHEAD + 1)]
    empty = [d for d in days if not any(_serving(subject, r, d) for r in rosters)]
    if empty:
        facts = {"day": empty[0].isoformat(), "count": len(empty)}
        yield Hit(at("duty", rosters[0].id), facts, "organisation")


@rule("roster-ineligible")
def ineligible(subject: Subject) -> Iterator[Hit]:
    for roster in _rosters(subject):
        for n, name in enumerate(roster.members):
            person = _people(subject).get(name)
            if roster.skill and person and roster.skill not in person.skills:
                facts = {"person": name, "roster": roster.title, "skill": roster.skill}
                yield Hit(at("duty", roster.id, "members", n), facts, "organisation")


@rule("roster-left")
def left(subject: Subject) -> Iterator[Hit]:
    soon = subject.today + timedelta(days=AHEAD)
    for roster in _rosters(subject):
        for n, name in enumerate(roster.members):
            person = _people(subject).get(name)
            if person and person.leaves and person.leaves <= soon:
                facts = {"person": name, "roster": roster.title, "day": person.leaves.isoformat()}
                yield Hit(at("duty", roster.id, "members", n), facts, "organisation")


@rule("roster-rest")
def rest(subject: Subject) -> Iterator[Hit]:
    """Too few members for the rest between two duties of one person."""
    for roster in _rosters(subject):
        free = (len(roster.members) - 1) * roster.days * 24
        if roster.rest and free < roster.rest:
            facts = {"roster": roster.title, "hours": free, "rest": roster.rest}
            yield Hit(at("duty", roster.id, "rest"), facts, "organisation")


@rule("roster-starved")
def starved(subject: Subject) -> Iterator[Hit]:
    """Members whom the rotation never brings to a day that is served (a common factor)."""
    for roster in _rosters(subject):
        cycle = len(roster.members) * roster.days * 7
        served = {
            roster.members[_turn(roster, roster.start + timedelta(days=n))]
            for n in range(cycle)
            if _is_served(roster, roster.start + timedelta(days=n))
        }
        never = [m for m in roster.members if m not in served]
        if never:
            facts = {"roster": roster.title, "people": never}
            yield Hit(at("duty", roster.id, "members"), facts, "organisation")


@rule("roster-overlap")
def overlap(subject: Subject) -> Iterator[Hit]:
    """Two temporary schedules that both claim a day."""
    for roster in _rosters(subject, whole=False):
        rows = sorted(enumerate(roster.temporary), key=lambda row: row[1].from_)
        for (_, earlier), (n, later) in pairwise(rows):
            if later.from_ <= earlier.until:
                facts = {"roster": roster.title, "day": later.from_.isoformat()}
                yield Hit(at("duty", roster.id, "temporary", n), facts, "organisation")


@rule("roster-backwards")
def backwards(subject: Subject) -> Iterator[Hit]:
    """A spell that ends before it begins: leave, temporary schedule, membership, roster."""
    organisation = subject.organisation
    if organisation is None:
        return
    for person in organisation.people.values():
        if person.joins and person.leaves and person.leaves < person.joins:
            yield Hit(at("people", person.id, "leaves"), {"name": person.id}, "organisation")
        for n, leave in enumerate(person.leave):
            if leave.until < leave.from_:
                here = at("people", person.id, "leave", n)
                yield Hit(here, {"name": person.id}, "organisation")
    for roster in organisation.duty.values():
        for n, spell in enumerate(roster.temporary):
            if spell.until < spell.from_:
                here = at("duty", roster.id, "temporary", n)
                yield Hit(here, {"name": roster.id}, "organisation")


@rule("roster-ends")
def ends(subject: Subject) -> Iterator[Hit]:
    soon = subject.today + timedelta(days=AHEAD)
    for roster in _rosters(subject):
        if roster.until and roster.until <= soon:
            facts = {"roster": roster.title, "day": roster.until.isoformat()}
            yield Hit(at("duty", roster.id, "until"), facts, "organisation")


def _people(subject: Subject) -> Mapping[str, Person]:
    return subject.organisation.people if subject.organisation else {}


def _rosters(subject: Subject, whole: bool = True) -> list[Duty]:
    """The rosters; only those with members, where the rotation is asked about."""
    if subject.organisation is None:
        return []
    return [r for r in subject.organisation.duty.values() if r.members or not whole]


def _is_served(roster: Duty, day: date) -> bool:
    return WEEKDAYS[day.weekday()] in roster.serves


def _turn(roster: Duty, day: date) -> int:
    """Whose turn it is, as an index: counted over served days, or over all days."""
    passed = (day - roster.start).days
    if roster.skips_unserved == "yes":
        weeks, rest = divmod(passed, 7)
        of_rest = sum(_is_served(roster, roster.start + timedelta(days=n)) for n in range(rest))
        passed = weeks * len(roster.serves) + of_rest
    return passed // roster.days % len(roster.members)


def _serving(subject: Subject, roster: Duty, day: date) -> str:
    """Who is on duty that day; "" for nobody, or for somebody who is not there."""
    if day < roster.start or (roster.until and day > roster.until):
        return ""
    replaced = [t for t in roster.temporary if t.from_ <= day <= t.until]
    if replaced:
        person = replaced[-1].person
    elif _is_served(roster, day):
        person = roster.members[_turn(roster, day)]
    else:
        return ""
    return person if person and subject.present(person, day) else ""
