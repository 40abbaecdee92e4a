"""Which legal duties bind a plan, and until when what recurs must have been done again.

The law is ``huiyin/duties/*.yaml`` and its reading ``huiyin.domain.duties``: lint, ``huiyin duty``
and the pages of duties count by the same function. A duty binds a plan whose ``jurisdiction``,
kind, ``settings`` and ``hazards`` it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from huiyin.domain.calendars import Calendar
from huiyin.domain.counting import corresponding
from huiyin.domain.duties.counting import Standing, in_force, standing
from huiyin.domain.duties.model import Duty, Law
from huiyin.domain.errors import Refusal
from huiyin.domain.periods import Period
from huiyin.domain.plans.model import Plan

_ANY_DAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Laws:
    """Laws with duties in order, and the calendars that they name, by id."""

    laws: tuple[Law, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Law]:
        return iter(self.laws)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all duties."""
        return frozenset(name for law in self.laws for name in law.duties)

    def binding(self, plan: Plan, on: date) -> tuple[Duty, ...]:
        """The duties that bind this plan on that day, in the order of the files."""
        return tuple(
            duty
            for law in self.laws
            if law.jurisdiction == plan.about.jurisdiction and in_force(law, on)
            for duty in law.duties.values()
            if _binds(duty, plan)
        )

    def standing(self, duty: Duty, since: date) -> Standing:
        """Where a duty stands that was last done on that day. Refusals: those of
        ``periods.derive``."""
        law = next(law for law in self.laws if law.id == duty.law)
        return standing(law, duty, {duty.starts: since}, self.calendars[law.calendar])

    def last_day(self, duty: Duty, since: date) -> date | None:
        """The last day on which a duty that was last done on ``since`` can be done again; None if
        it has no number or ends beyond the calendar."""
        try:
            due = self.standing(duty, since).due
        except Refusal:
            return None
        return due.due if due and not isinstance(due.due, datetime) else None


def _binds(duty: Duty, plan: Plan) -> bool:
    about = plan.about
    if about.kind not in duty.plans:
        return False
    if duty.settings and not set(duty.settings) & set(about.settings):
        return False
    return (
        not duty.hazards or "all" in about.hazards or bool(set(duty.hazards) & set(about.hazards))
    )


def last_done(plan: Plan, duty: Duty, today: date) -> date | None:
    """When a duty that recurs was last done: a drill by an exercise of a type that counts, a
    review by the last revision. None if never."""
    if duty.kind == "review":
        return plan.about.revised
    held = plan.exercises.held.values() if plan.exercises else ()
    return max((h.on for h in held if h.type in duty.types and h.on <= today), default=None)


def counted_from(plan: Plan, duty: Duty, today: date) -> date | None:
    """The day from which the next time is counted: the last time, else the approval, so that no
    plan is late on its first day."""
    approval = plan.about.approval
    return last_done(plan, duty, today) or (approval.on if approval else None)


def seconds(duty: Duty) -> int | None:
    """The limit of a duty in elapsed seconds; None if it has no number. A month or a year counts
    with its fewest days, so that a plan which keeps to it is never late."""
    if duty.rule is None:
        return None
    period = duty.rule.period
    if period.unit == "h":
        return period.count * 3_600
    day = date(2023, 2, 1) if period.unit == "m" else _ANY_DAY.replace(year=2023)
    unit = "d" if period.unit == "wd" else period.unit
    return (later(day, Period(period.count, unit)) - day).days * 86_400


def later(on: date, span: Period) -> date:
    """The day a span after ``on``; months and years keep the number of the day, or the last.

    What lies beyond the calendar is its last day: an interval of 9000 years is no error here.
    """
    try:
        if span.unit in ("d", "w"):
            return on + timedelta(days=span.count * (7 if span.unit == "w" else 1))
        return corresponding(on, span.count * (12 if span.unit == "y" else 1))[0]
    except (OverflowError, ValueError):
        return date.max


def longer(one: Period, other: Period) -> bool:
    """True if the first span is longer, counted from the same (arbitrary, fixed) day."""
    return later(_ANY_DAY, one) > later(_ANY_DAY, other)
