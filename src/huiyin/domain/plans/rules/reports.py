"""Reports: for each legal duty one report, no later, no shorter, from no later a moment."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.domain.plans.accounts import CLOCKS
from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.laws import Duty, longer
from huiyin.domain.plans.model import Report
from huiyin.domain.plans.rules.structure import told
from huiyin.domain.plans.subject import Subject, at


def cited(duty: Duty) -> dict[str, str]:
    """Law and article in each language."""
    return {language: duty.cites(language) for language in ("zh-Hans", "zh-Hant", "en")}


@rule("reports-missing")
def missing(subject: Subject) -> Iterator[Hit]:
    met = {report.duty for report in subject.plan.reports.values()}
    for duty in subject.bound("report"):
        if duty.id not in met:
            yield Hit("/reports", {"duty": duty.title, "law": cited(duty), "id": duty.id})


@rule("reports-too-late")
def too_late(subject: Subject) -> Iterator[Hit]:
    for report, duty in _pairs(subject):
        if duty.within and (report.within is None or report.within > duty.within):
            facts = {"report": report.title, "limit": told(duty.within), "law": cited(duty)}
            yield Hit(at("reports", report.id, "within"), facts)


@rule("reports-late-clock")
def late_clock(subject: Subject) -> Iterator[Hit]:
    """The time runs from a later moment than the law's."""
    for report, duty in _pairs(subject):
        if duty.clock and CLOCKS.index(report.clock) > CLOCKS.index(duty.clock):
            facts = {"report": report.title, "law": cited(duty), "clock": duty.clock}
            yield Hit(at("reports", report.id, "clock"), facts)


@rule("reports-item")
def item(subject: Subject) -> Iterator[Hit]:
    for report, duty in _pairs(subject):
        for name, title in duty.items.items():
            if name not in report.items:
                facts = {"report": report.title, "item": title, "name": name, "law": cited(duty)}
                yield Hit(at("reports", report.id, "items"), facts)


@rule("reports-supplement")
def supplement(subject: Subject) -> Iterator[Hit]:
    for report, duty in _pairs(subject):
        if duty.supplement is None:
            continue
        if report.supplement is None or longer(report.supplement, duty.supplement):
            facts = {"report": report.title, "law": cited(duty), "span": str(duty.supplement)}
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
