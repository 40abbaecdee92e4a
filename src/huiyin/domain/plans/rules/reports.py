"""Reports: for each legal duty one report, no later, no shorter, from no later a moment."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.domain.duties.model import Duty
from huiyin.domain.plans.accounts import CLOCKS
from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.laws import longer, seconds
from huiyin.domain.plans.model import Report
from huiyin.domain.plans.rules.structure import told
from huiyin.domain.plans.subject import Subject, at


@rule("reports-missing")
def missing(subject: Subject) -> Iterator[Hit]:
    met = {report.duty for report in subject.plan.reports.values()}
    for duty in subject.bound("report"):
        if duty.id not in met:
            yield Hit("/reports", {"duty": duty.title, "law": duty.cites, "id": duty.id})


@rule("reports-too-late")
def too_late(subject: Subject) -> Iterator[Hit]:
    for report, duty in _pairs(subject):
        limit = seconds(duty)
        if limit is not None and (report.within is None or report.within > limit):
            facts = {"report": report.title, "limit": told(limit), "law": duty.cites}
            yield Hit(at("reports", report.id, "within"), facts)


@rule("reports-late-clock")
def late_clock(subject: Subject) -> Iterator[Hit]:
    """The time runs from a later moment than the law's."""
    for report, duty in _pairs(subject):
        if duty.starts in CLOCKS and CLOCKS.index(report.clock) > CLOCKS.index(duty.starts):
            facts = {"report": report.title, "law": duty.cites, "clock": duty.starts}
            yield Hit(at("reports", report.id, "clock"), facts)


@rule("reports-item")
def item(subject: Subject) -> Iterator[Hit]:
    for report, duty in _pairs(subject):
        for name, title in duty.items.items():
            if name not in report.items:
                facts = {"report": report.title, "item": title, "name": name, "law": duty.cites}
                yield Hit(at("reports", report.id, "items"), facts)


@rule("reports-supplement")
def supplement(subject: Subject) -> Iterator[Hit]:
    """Changed numbers are added for a shorter time than the law says: its span is how long one
    must go on, so a longer one is no fault."""
    for report, reported in _pairs(subject):
        for duty in subject.bound("supplement"):
            if duty.rule is None or duty.supplements != reported.id:
                continue
            if report.supplement is None or longer(duty.rule.period, report.supplement):
                span = str(duty.rule.period)
                facts = {"report": report.title, "law": duty.cites, "span": span}
                yield Hit(at("reports", report.id, "supplement"), facts)


@rule("reports-no-limit")
def no_limit(subject: Subject) -> Iterator[Hit]:
    for report in subject.plan.reports.values():
        if report.within is None:
            yield Hit(at("reports", report.id), {"report": report.title})


@rule("reports-no-items")
def no_items(subject: Subject) -> Iterator[Hit]:
    for report in subject.plan.reports.values():
        if not report.items:
            yield Hit(at("reports", report.id), {"report": report.title})


@rule("reports-no-law")
def no_law(subject: Subject) -> Iterator[Hit]:
    """A report that meets a legal duty should say which law of the plan's basis asks for it."""
    for report, _ in _pairs(subject):
        if not report.law:
            yield Hit(at("reports", report.id), {"report": report.title})


def _pairs(subject: Subject) -> list[tuple[Report, Duty]]:
    duties = {duty.id: duty for duty in subject.bound("report")}
    reports = subject.plan.reports.values()
    return [(r, duties[r.duty]) for r in reports if r.duty in duties]
