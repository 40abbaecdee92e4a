"""Levels: who may activate, adjust and end them, and do their criteria cut the range cleanly?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.model import Criterion, Level
from huiyin.domain.plans.subject import Subject, at

_LOW, _HIGH = Decimal("-Infinity"), Decimal("Infinity")
Entry = tuple[Decimal, Decimal, Level, int]


@rule("authority-none")
def none(subject: Subject) -> Iterator[Hit]:
    for level in subject.plan.levels.values():
        if not level.authority and not level.automatic:
            yield Hit(at("levels", level.id), {"level": level.title})


@rule("authority-single")
def single(subject: Subject) -> Iterator[Hit]:
    """Only one person could ever activate the level."""
    for level in subject.plan.levels.values():
        roles = [subject.plan.roles[r] for r in level.authority if r in subject.plan.roles]
        people = {p for r in roles for p in subject.candidates[r.id]}
        if roles and len(people) < 2 and not level.automatic:
            yield Hit(at("levels", level.id, "authority"), {"level": level.title})


@rule("authority-no-criteria")
def no_criteria(subject: Subject) -> Iterator[Hit]:
    for level in subject.plan.levels.values():
        if not level.criteria and not level.described:
            yield Hit(at("levels", level.id), {"level": level.title})


@rule("authority-no-end")
def no_end(subject: Subject) -> Iterator[Hit]:
    for level in subject.plan.levels.values():
        if not level.ends:
            yield Hit(at("levels", level.id), {"level": level.title})


@rule("authority-no-adjust")
def no_adjust(subject: Subject) -> Iterator[Hit]:
    if len(subject.plan.levels) < 2:
        return
    for level in subject.plan.levels.values():
        if not level.adjusts:
            yield Hit(at("levels", level.id), {"level": level.title})


@rule("authority-no-time")
def no_time(subject: Subject) -> Iterator[Hit]:
    for level in subject.plan.levels.values():
        if level.within is None:
            yield Hit(at("levels", level.id), {"level": level.title})


@rule("authority-overlap")
def overlap(subject: Subject) -> Iterator[Hit]:
    for variable, entries in _by_variable(subject).items():
        for (_, high, one, _), (low, _, other, n) in pairwise(entries):
            if low < high and one is not other:
                facts = {"variable": variable, "level": other.title, "other": one.title}
                yield Hit(at("levels", other.id, "criteria", n), facts)


@rule("authority-gap")
def gap(subject: Subject) -> Iterator[Hit]:
    """A value between two levels that belongs to neither."""
    for variable, entries in _by_variable(subject).items():
        reach = entries[0][1]
        for low, high, level, n in entries[1:]:
            if low > reach:
                facts = {"variable": variable, "from": reach, "to": low}
                yield Hit(at("levels", level.id, "criteria", n), facts)
            reach = max(reach, high)


@rule("authority-order")
def order(subject: Subject) -> Iterator[Hit]:
    """Criteria that run neither up nor down with the gravity of the level."""
    for variable, entries in _by_variable(subject).items():
        numbers = [level.number for _, _, level, _ in entries]
        if numbers != sorted(numbers) and numbers != sorted(numbers, reverse=True):
            _, _, level, n = entries[-1]
            yield Hit(at("levels", level.id, "criteria", n), {"variable": variable})


@rule("authority-criterion-empty")
def criterion_empty(subject: Subject) -> Iterator[Hit]:
    for level in subject.plan.levels.values():
        for n, one in enumerate(level.criteria):
            if (one.at_least is None and one.below is None) or _range(one)[0] >= _range(one)[1]:
                facts = {"level": level.title, "variable": one.variable}
                yield Hit(at("levels", level.id, "criteria", n), facts)


@rule("authority-copied")
def copied(subject: Subject) -> Iterator[Hit]:
    """Thresholds that are just the legal classes of accidents: GB/T 29639 forbids to copy them."""
    for duty in subject.bound("classes"):
        classes = {Decimal(figure) for figure in duty.figures}
        used = {
            c.at_least
            for level in subject.plan.levels.values()
            for c in level.criteria
            if c.variable in ("deaths", "injured") and c.at_least
        }
        if len(used & classes) >= 2 and used <= classes:
            figures = [str(f) for f in sorted(used)]
            yield Hit("/levels", {"figures": figures, "law": duty.cites})


def _range(one: Criterion) -> tuple[Decimal, Decimal]:
    low = _LOW if one.at_least is None else one.at_least
    return low, _HIGH if one.below is None else one.below


def _by_variable(subject: Subject) -> dict[str, list[Entry]]:
    """The ranges of each variable over all levels, from low to high."""
    found: dict[str, list[Entry]] = {}
    for level in subject.plan.levels.values():
        for n, one in enumerate(level.criteria):
            found.setdefault(one.variable, []).append((*_range(one), level, n))
    for entries in found.values():
        entries.sort(key=lambda entry: (entry[0], entry[1]))
    return found
