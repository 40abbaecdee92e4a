"""Lint: all rules over one plan, what was accepted taken out, the rest in words and in order.

A suppression (``accepted`` in the plan) covers a rule at a place or below it until its last day;
expired, unused and unknown ones are findings themselves, so that the list cannot rot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import huiyin.domain.plans.rules  # noqa: F401 - enters the rules into the table
from huiyin.domain.plans.findings import (
    RULES,
    SEVERITIES,
    Catalogue,
    Finding,
    Hit,
    Labels,
    line_of,
    told,
)
from huiyin.domain.plans.land import Land
from huiyin.domain.plans.laws import Laws
from huiyin.domain.plans.model import Plan, Suppression
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.subject import Subject, at
from huiyin.domain.strict_yaml import Item

ACCEPTED_RULES = (
    "accepted-expired",
    "accepted-unused",
    "accepted-unknown",
    "accepted-forbidden",
)
# Hard limits of the mission: no setting and no reason takes them out.
FIRM = ("limit-people-as-hazard",)


@dataclass(frozen=True, slots=True)
class Files:
    """The items that plan and organisation were read from; None where there is no file."""

    plan: Item | None = None
    organisation: Item | None = None


def hits(subject: Subject) -> list[tuple[str, Hit]]:
    """What the rules object to, rule by rule; accepted or not."""
    return [(name, hit) for name, check in RULES.items() for hit in check(subject)]


def lint(
    plan: Plan,
    organisation: Organisation | None,
    today: date,
    laws: Laws,
    catalogue: Catalogue,
    language: str = "en",
    files: Files | None = None,
    labels: Labels | None = None,
    land: Land | None = None,
) -> list[Finding]:
    """All findings in file order; those that are accepted carry the day until which they stand."""
    found = hits(Subject(plan, organisation, today, laws, land))
    words = _Words(catalogue, language, files or Files(), labels or {})
    told_all = [_covered(words.finding(name, hit), plan.accepted, today) for name, hit in found]
    told_all += [words.finding(name, hit) for name, hit in _about_accepted(plan, told_all, today)]
    return sorted(told_all, key=_order)


def open_findings(findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if not f.accepted]


def _order(finding: Finding) -> tuple[int, int, int, str, str, str]:
    """Plan before organisation, then by line, gravity, rule, place and text: stable."""
    file = ("plan", "organisation").index(finding.file)
    grave = SEVERITIES.index(finding.severity)
    return file, finding.line, grave, finding.rule, finding.at, finding.text


@dataclass(frozen=True, slots=True)
class _Words:
    catalogue: Catalogue
    language: str
    files: Files
    labels: Labels

    def finding(self, name: str, hit: Hit) -> Finding:
        words = self.catalogue[name]
        top = self.files.plan if hit.file == "plan" else self.files.organisation
        return Finding(
            rule=name,
            severity=words.severity,
            file=hit.file,
            at=hit.at,
            line=line_of(top, hit.at),
            text=told(words.text[self.language], hit.facts, self.language, self.labels),
            remedy=told(words.remedy[self.language], hit.facts, self.language, self.labels),
            source=words.source,
        )


def _covers(suppression: Suppression, rule: str, where: str) -> bool:
    inside = where == suppression.at or where.startswith(suppression.at + "/")
    return suppression.rule == rule and (not suppression.at or inside)


def _covered(finding: Finding, accepted: Sequence[Suppression], today: date) -> Finding:
    for suppression in accepted:
        if finding.rule in FIRM or suppression.until < today:
            continue
        if _covers(suppression, finding.rule, finding.at):
            return replace(finding, accepted=suppression.until.isoformat())
    return finding


def _about_accepted(
    plan: Plan, findings: Sequence[Finding], today: date
) -> Iterator[tuple[str, Hit]]:
    for n, suppression in enumerate(plan.accepted):
        here, facts = at("accepted", n), {"rule": suppression.rule}
        if suppression.rule not in RULES:
            yield "accepted-unknown", Hit(here + "/rule", facts)
        elif suppression.rule in FIRM:
            yield "accepted-forbidden", Hit(here + "/rule", facts)
        elif not any(_covers(suppression, f.rule, f.at) for f in findings):
            yield "accepted-unused", Hit(here, facts)
        elif suppression.until < today:
            day = suppression.until.isoformat()
            yield "accepted-expired", Hit(here + "/until", {**facts, "day": day})
