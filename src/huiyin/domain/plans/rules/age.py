"""Age: law no longer in force, reviews, drills and findings overdue, approval without proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from huiyin.domain.duties.model import Duty
from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.laws import counted_from, later, longer
from huiyin.domain.plans.model import Held, Programme
from huiyin.domain.plans.subject import Subject, at


@rule("age-law-repealed")
def law_repealed(subject: Subject) -> Iterator[Hit]:
    for law in subject.plan.basis.values():
        if law.until and law.until < subject.today:
            facts = {"law": law.title, "day": law.until.isoformat()}
            yield Hit(at("basis", law.id, "until"), facts)


@rule("age-law-not-yet")
def law_not_yet(subject: Subject) -> Iterator[Hit]:
    for law in subject.plan.basis.values():
        if law.from_ and law.from_ > subject.today:
            facts = {"law": law.title, "day": law.from_.isoformat()}
            yield Hit(at("basis", law.id, "from"), facts)


@rule("age-law-unverified")
def law_unverified(subject: Subject) -> Iterator[Hit]:
    for law in subject.plan.basis.values():
        if law.verified == "no":
            yield Hit(at("basis", law.id, "verified"), {"law": law.title})


@rule("age-no-review")
def no_review(subject: Subject) -> Iterator[Hit]:
    if subject.plan.about.review_due is None:
        yield Hit("/plan", {})


@rule("age-review-overdue")
def review_overdue(subject: Subject) -> Iterator[Hit]:
    due = subject.plan.about.review_due
    if due and due < subject.today and subject.plan.about.status != "superseded":
        yield Hit("/plan/review-due", {"day": due.isoformat()})


@rule("age-review-too-far")
def review_too_far(subject: Subject) -> Iterator[Hit]:
    """A review later than the law's interval after the last revision."""
    about = subject.plan.about
    for duty in subject.bound("review"):
        if about.revised and about.review_due:
            last = subject.laws.last_day(duty, about.revised)
            if last and about.review_due > last:
                facts = {"day": last.isoformat(), "law": duty.cites}
                yield Hit("/plan/review-due", facts)


@rule("age-drill-unplanned")
def drill_unplanned(subject: Subject) -> Iterator[Hit]:
    """No exercise names the duty, and none is of a kind that counts and as frequent."""
    exercises = subject.plan.exercises
    planned = tuple(exercises.programme.values()) if exercises else ()
    for duty in subject.bound("drill"):
        if not any(p.duty == duty.id or _meets(p, duty) for p in planned):
            yield Hit("/exercises", {"duty": duty.title, "law": duty.cites, "id": duty.id})


@rule("age-drill-interval")
def drill_interval(subject: Subject) -> Iterator[Hit]:
    duties = {d.id: d for d in subject.bound("drill")}
    for programme in subject.plan.exercises.programme.values() if subject.plan.exercises else ():
        duty = duties.get(programme.duty)
        if duty is None or duty.rule is None:
            continue
        if programme.every is None or longer(programme.every, duty.rule.period):
            facts = {"programme": programme.title, "duty": duty.title, "law": duty.cites}
            yield Hit(at("exercises", "programme", programme.id, "every"), facts)


@rule("age-drill-overdue")
def drill_overdue(subject: Subject) -> Iterator[Hit]:
    """The last day for the next exercise that counts has passed, as ``huiyin duty due`` says it.

    Where none was held the approval counts as one: no plan is overdue on its first day.
    """
    if subject.plan.about.status != "approved":
        return
    for duty in subject.bound("drill"):
        since = counted_from(subject.plan, duty, subject.today)
        last = subject.laws.last_day(duty, since) if since else None
        if since and last and last < subject.today:
            facts = {"duty": duty.title, "law": duty.cites, "day": since.isoformat()}
            yield Hit("/exercises", facts)


@rule("age-exercise-overdue")
def exercise_overdue(subject: Subject) -> Iterator[Hit]:
    """The plan's own interval has passed."""
    if subject.plan.exercises is None:
        return
    for programme in subject.plan.exercises.programme.values():
        days = [h.on for h in _held(subject) if h.programme == programme.id]
        if days and programme.every and later(max(days), programme.every) < subject.today:
            facts = {"programme": programme.title, "day": max(days).isoformat()}
            yield Hit(at("exercises", "programme", programme.id), facts)


@rule("age-no-objectives")
def no_objectives(subject: Subject) -> Iterator[Hit]:
    if subject.plan.exercises is None:
        return
    for programme in subject.plan.exercises.programme.values():
        if not programme.objectives:
            here = at("exercises", "programme", programme.id)
            yield Hit(here, {"programme": programme.title})


@rule("age-finding-overdue")
def finding_overdue(subject: Subject) -> Iterator[Hit]:
    for held in _held(subject):
        for finding in held.findings.values():
            if finding.due and finding.due < subject.today and finding.closed is None:
                facts = {"said": finding.said, "day": finding.due.isoformat()}
                yield Hit(at("exercises", "held", held.id, "findings", finding.id, "due"), facts)


@rule("age-finding-unowned")
def finding_unowned(subject: Subject) -> Iterator[Hit]:
    for held in _held(subject):
        for finding in held.findings.values():
            if finding.closed is None and (not finding.owner or finding.due is None):
                here = at("exercises", "held", held.id, "findings", finding.id)
                yield Hit(here, {"said": finding.said})


@rule("age-no-table-top")
def no_table_top(subject: Subject) -> Iterator[Hit]:
    """In review or approved, and no table-top exercise of this version."""
    about = subject.plan.about
    walked = any(h.type == "table-top" and h.version == about.version for h in _held(subject))
    if about.status in ("review", "approved") and not walked:
        yield Hit("/plan/status", {"version": about.version})


@rule("age-no-approval")
def no_approval(subject: Subject) -> Iterator[Hit]:
    about = subject.plan.about
    if about.status == "approved" and about.approval is None:
        yield Hit("/plan/status", {"version": about.version})


@rule("age-held-in-future")
def held_in_future(subject: Subject) -> Iterator[Hit]:
    """An exercise recorded before it took place."""
    for held in _held(subject):
        if held.on > subject.today:
            yield Hit(at("exercises", "held", held.id, "on"), {"day": held.on.isoformat()})


@rule("age-resource-expired")
def resource_expired(subject: Subject) -> Iterator[Hit]:
    for thing in subject.plan.resources.values():
        if thing.expires and thing.expires < subject.today:
            facts = {"resource": thing.title, "day": thing.expires.isoformat()}
            yield Hit(at("resources", thing.id, "expires"), facts)


@rule("age-inspection-overdue")
def inspection_overdue(subject: Subject) -> Iterator[Hit]:
    for thing in subject.plan.resources.values():
        if thing.inspect_every is None:
            continue
        if thing.inspected is None or later(thing.inspected, thing.inspect_every) < subject.today:
            yield Hit(at("resources", thing.id, "inspected"), {"resource": thing.title})


@rule("age-resource-unowned")
def resource_unowned(subject: Subject) -> Iterator[Hit]:
    for thing in subject.plan.resources.values():
        if not thing.owner or not (thing.site or thing.kept):
            yield Hit(at("resources", thing.id), {"resource": thing.title})


@rule("age-survey-old")
def survey_old(subject: Subject) -> Iterator[Hit]:
    """A risk surveyed before the last time the law lets a plan go without assessment."""
    for duty in subject.bound("review"):
        for risk in subject.plan.risks.values():
            if risk.surveyed is None or _past(risk.surveyed, duty, subject):
                facts = {"risk": risk.title, "law": duty.cites}
                yield Hit(at("risks", risk.id, "surveyed"), facts)


def _past(day: date, duty: Duty, subject: Subject) -> bool:
    last = subject.laws.last_day(duty, day)
    return last is not None and last < subject.today


def _meets(programme: Programme, duty: Duty) -> bool:
    """What is held each half year is held each year too."""
    if duty.rule is None or programme.every is None or programme.type not in duty.types:
        return False
    return not longer(programme.every, duty.rule.period)


def _held(subject: Subject) -> tuple[Held, ...]:
    exercises = subject.plan.exercises
    return tuple(exercises.held.values()) if exercises else ()
