"""The quiet ends: nil returns that count, and an incident that is over, also for its data."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.subject import Subject, at


@rule("nil-nobody")
def nil_nobody(subject: Subject) -> Iterator[Hit]:
    for nil in subject.plan.nil_return.values():
        if not nil.from_:
            yield Hit(at("nil-return", nil.id), {"return": nil.title})


@rule("nil-silent-zero")
def nil_silent_zero(subject: Subject) -> Iterator[Hit]:
    """Silence is taken for “nothing to report”: it may as well be a broken line."""
    for nil in subject.plan.nil_return.values():
        if not nil.explicit_zero:
            yield Hit(at("nil-return", nil.id), {"return": nil.title})


@rule("nil-no-escalation")
def nil_no_escalation(subject: Subject) -> Iterator[Hit]:
    for nil in subject.plan.nil_return.values():
        if not nil.escalation:
            yield Hit(at("nil-return", nil.id), {"return": nil.title})


@rule("nil-no-grace")
def nil_no_grace(subject: Subject) -> Iterator[Hit]:
    for nil in subject.plan.nil_return.values():
        if nil.grace is None:
            yield Hit(at("nil-return", nil.id), {"return": nil.title})


@rule("end-none")
def end_none(subject: Subject) -> Iterator[Hit]:
    if subject.plan.demobilisation is None and subject.plan.about.kind != "card":
        yield Hit("/demobilisation", {})


@rule("end-no-authority")
def end_no_authority(subject: Subject) -> Iterator[Hit]:
    end = subject.plan.demobilisation
    if end and not end.authority:
        yield Hit("/demobilisation", {})


@rule("end-data-kept")
def end_data_kept(subject: Subject) -> Iterator[Hit]:
    """No day on which the personal data of the incident is destroyed."""
    end = subject.plan.demobilisation
    if end and end.destroy_after is None:
        yield Hit("/demobilisation", {})


@rule("end-no-handover")
def end_no_handover(subject: Subject) -> Iterator[Hit]:
    end = subject.plan.demobilisation
    if end and not end.handover:
        yield Hit("/demobilisation", {})
