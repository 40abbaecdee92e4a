"""Triggers: is there a number with a unit, somebody who watches it, and a way out again?"""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.model import Trigger
from huiyin.domain.plans.subject import Subject, at

_UP = (">", ">=")


@rule("triggers-none")
def none(subject: Subject) -> Iterator[Hit]:
    started = {t.level for t in subject.plan.triggers.values()}
    for level in subject.plan.levels.values():
        if level.id not in started:
            yield Hit(at("levels", level.id), {"level": level.title})


@rule("triggers-threshold")
def threshold(subject: Subject) -> Iterator[Hit]:
    for t in _measured(subject):
        if not t.variable or not t.operator or t.value is None:
            yield Hit(at("triggers", t.id), {"trigger": t.title})


@rule("triggers-unit")
def unit(subject: Subject) -> Iterator[Hit]:
    for t in _measured(subject):
        if t.value is not None and not t.unit:
            yield Hit(at("triggers", t.id, "value"), {"trigger": t.title})


@rule("triggers-mixed-units")
def mixed_units(subject: Subject) -> Iterator[Hit]:
    """One variable measured in two units: the numbers cannot be compared."""
    first: dict[str, str] = {}
    for t in _measured(subject):
        if t.variable and t.unit and first.setdefault(t.variable, t.unit) != t.unit:
            facts = {"variable": t.variable, "unit": t.unit, "other": first[t.variable]}
            yield Hit(at("triggers", t.id, "unit"), facts)


@rule("triggers-not-monotone")
def not_monotone(subject: Subject) -> Iterator[Hit]:
    """A graver level that starts at a milder value of the same variable."""
    levels = subject.plan.levels
    known = [t for t in _measured(subject) if t.level in levels and t.value is not None]
    for t in known:
        for milder in known:
            same = t.variable == milder.variable and (t.operator in _UP) == (milder.operator in _UP)
            graver = levels[t.level].number < levels[milder.level].number
            if same and graver and not _beyond(t, milder):
                facts = {"trigger": t.title, "other": milder.title, "variable": t.variable}
                yield Hit(at("triggers", t.id, "value"), facts)


def _beyond(t: Trigger, milder: Trigger) -> bool:
    assert t.value is not None and milder.value is not None
    if t.window != milder.window:
        return True  # 50 mm in one hour and 80 mm in a day are not the same scale
    return t.value > milder.value if t.operator in _UP else t.value < milder.value


@rule("triggers-no-exit")
def no_exit(subject: Subject) -> Iterator[Hit]:
    for t in _measured(subject):
        if t.value is not None and t.exit is None:
            yield Hit(at("triggers", t.id), {"trigger": t.title})


@rule("triggers-exit-side")
def exit_side(subject: Subject) -> Iterator[Hit]:
    """An exit on the wrong side of the threshold would end the level while it still holds."""
    for t in _measured(subject):
        if t.value is None or t.exit is None or t.operator not in (*_UP, "<", "<="):
            continue
        if t.exit > t.value if t.operator in _UP else t.exit < t.value:
            facts = {"trigger": t.title, "exit": t.exit, "value": t.value}
            yield Hit(at("triggers", t.id, "exit"), facts)


@rule("triggers-manual-silent")
def manual_silent(subject: Subject) -> Iterator[Hit]:
    for t in subject.plan.triggers.values():
        if t.manual and not t.described:
            yield Hit(at("triggers", t.id), {"trigger": t.title})


@rule("triggers-free-text")
def free_text(subject: Subject) -> Iterator[Hit]:
    """Words in a measured trigger: a machine cannot read them, and people read them differently."""
    for t in _measured(subject):
        if t.described:
            yield Hit(at("triggers", t.id, "described"), {"trigger": t.title})


@rule("triggers-unwatched")
def unwatched(subject: Subject) -> Iterator[Hit]:
    for t in subject.plan.triggers.values():
        if not t.watched_by:
            yield Hit(at("triggers", t.id), {"trigger": t.title})


@rule("triggers-automatic")
def automatic(subject: Subject) -> Iterator[Hit]:
    """A level that starts by itself, with nothing measured that could start it."""
    measured = {t.level for t in _measured(subject)}
    for level in subject.plan.levels.values():
        if level.automatic and level.id not in measured:
            yield Hit(at("levels", level.id, "automatic"), {"level": level.title})


def _measured(subject: Subject) -> list[Trigger]:
    return [t for t in subject.plan.triggers.values() if not t.manual]
