"""More tables of a filed plan: ground, risks, exercises, warnings and forms to fill in."""

from __future__ import annotations

from typing import Any

from huiyin.domain.documents import Table
from huiyin.domain.plans.accounts import Report, Warning
from huiyin.domain.plans.filed.names import Names
from huiyin.domain.plans.filed.tables import table

# Empty lines in which somebody writes with a pen.
ROOM = "\n\n"


def sites(n: Names) -> Table:
    return table(
        n,
        n.field("sites"),
        n.plan.scope.sites.values(),
        [
            ("title", 4, lambda e: n.text(e.title)),
            ("address", 4, lambda e: n.text(e.address)),
            ("place", 3, lambda e: n.point(e.place)),
            ("floors", 1, lambda e: str(e.floors)),
        ],
    )


def populations(n: Names) -> Table:
    return table(
        n,
        n.field("populations"),
        n.plan.scope.populations.values(),
        [
            ("title", 3, lambda e: n.text(e.title)),
            ("site", 3, lambda e: n.entry(n.plan.scope.sites, e.site)),
            ("count", 1, lambda e: str(e.count)),
            ("assisted", 1, lambda e: str(e.assisted) if e.assisted else ""),
            ("help", 5, lambda e: n.text(e.help)),
        ],
    )


def risks(n: Names) -> Table:
    def site(e: Any) -> str:
        return n.entry(n.plan.scope.sites, e.site) if e.site else ""

    return table(
        n,
        n.block("risks"),
        n.plan.risks.values(),
        [
            ("title", 3, lambda e: n.text(e.title)),
            ("hazard", 2, lambda e: n.value(e.hazard)),
            ("site", 2, site),
            ("likelihood", 2, lambda e: str(e.likelihood)),
            ("consequence", 2, lambda e: str(e.consequence)),
            ("measures", 5, lambda e: n.text(e.measures)),
            ("surveyed", 2, lambda e: n.day(e.surveyed)),
        ],
    )


def basis(n: Names) -> Table:
    return table(
        n,
        n.block("basis"),
        n.plan.basis.values(),
        [
            ("law", 6, lambda e: n.text(e.title)),
            ("article", 3, lambda e: e.article),
            ("from", 2, lambda e: n.day(e.from_)),
            ("until", 2, lambda e: n.day(e.until)),
            ("verified", 2, lambda e: n.value(e.verified)),
        ],
    )


def programme(n: Names) -> Table:
    exercises = n.plan.exercises
    return table(
        n,
        n.field("programme"),
        exercises.programme.values() if exercises else (),
        [
            ("title", 3, lambda e: n.text(e.title)),
            ("type", 2, lambda e: n.value(e.type)),
            ("every", 2, lambda e: n.span(e.every)),
            ("objectives", 4, lambda e: n.text(e.objectives)),
            ("duty", 4, lambda e: n.asked(e.duty)),
        ],
    )


def held(n: Names) -> Table:
    exercises = n.plan.exercises

    def findings(e: Any) -> str:
        return n.lines(
            n.say("finding", said=n.text(f.said), state=_state(n, f)) for f in e.findings.values()
        )

    return table(
        n,
        n.field("held"),
        exercises.held.values() if exercises else (),
        [
            ("on", 2, lambda e: n.day(e.on)),
            ("type", 2, lambda e: n.value(e.type)),
            ("version", 1, lambda e: e.version),
            ("participants", 1, lambda e: str(e.participants) if e.participants else ""),
            ("record", 3, lambda e: n.text(e.record)),
            ("findings", 5, findings),
        ],
    )


def _state(n: Names, finding: Any) -> str:
    if finding.closed:
        return n.say("closed", day=n.day(finding.closed))
    return n.say("open-until", day=n.day(finding.due)) if finding.due else n.say("open")


def nil_returns(n: Names) -> Table:
    return table(
        n,
        n.block("nil-return"),
        n.plan.nil_return.values(),
        [
            ("title", 3, lambda e: n.text(e.title)),
            ("form", 4, lambda e: n.text(e.form)),
            ("recurrence", 1, lambda e: n.value(e.recurrence)),
            ("due-by", 1, lambda e: e.due_by.isoformat("minutes")),
            ("from", 3, lambda e: n.listed(map(n.member, e.from_))),
            ("to", 2, lambda e: n.entry(n.plan.roles, e.to)),
        ],
    )


def warning(n: Names, warning: Warning) -> Table:
    """One prepared alert: the eight matters of 突发事件应对法 art. 64 and who gets it."""
    rows = [
        ("status", n.cap(warning.status)),
        ("scope", n.cap(warning.scope)),
        ("category", n.cap(warning.category)),
        ("level", n.value(warning.colour)),
        ("start", n.text(warning.start)),
        ("area", n.text(warning.area)),
        ("attention", n.text(warning.attention)),
        ("measures", n.text(warning.measures)),
        ("issuer", n.text(warning.issuer)),
        ("issued", n.text(warning.issued)),
        ("audience", n.text(warning.audience)),
        ("note", n.text(warning.note)),
    ]
    return _form(n, n.text(warning.title), [(n.field(key), said) for key, said in rows if said])


def report_form(n: Names, report: Report) -> Table:
    """The form of a report: its items with room to write, and when it was sent to whom."""
    rows = [(n.item(report.duty, item), ROOM) for item in report.items]
    rows += [(n.say("told-to"), n.entry(n.plan.contacts, report.to)), (n.say("told-at"), ROOM)]
    return _form(n, n.say("report-form", title=n.text(report.title)), rows)


def _form(n: Names, caption: str, rows: list[tuple[str, str]]) -> Table:
    return Table(caption, (n.say("item"), n.say("content")), tuple(rows), (2, 6))
