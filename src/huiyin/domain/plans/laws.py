"""Legal duties that a plan must meet, as data: drills, reports, assembly times, duty rotas.

The figures stand in ``huiyin/plans/law/*.toml``, each with source and article; nothing here
knows a number. A duty binds a plan whose ``jurisdiction``, ``settings`` and ``hazards`` it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from huiyin.domain.counting import corresponding
from huiyin.domain.languages import pick
from huiyin.domain.periods import Period
from huiyin.domain.plans.fields import Text
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.values import read_duration, read_span

KINDS = ("drill", "report", "assembly", "rota", "classes", "review", "table-top")
_ANY_DAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Source:
    """``verified``: yes (read in the primary text), secondary, no."""

    id: str
    title: Text
    url: str
    verified: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty. Which fields are filled follows from ``kind``; empty ``settings`` or ``hazards``
    mean any. Exercise types that count are in ``types``; ``figures`` are classes of accidents."""

    id: str
    kind: str
    title: Text
    source: Source
    article: Text
    jurisdiction: str
    settings: tuple[str, ...]
    hazards: tuple[str, ...]
    from_: date
    until: date | None
    every: Period | None
    types: tuple[str, ...]
    clock: str
    within: int | None
    items: Mapping[str, Text]
    supplement: Period | None
    floors_below: int | None
    figures: tuple[str, ...]

    def cites(self, language: str) -> str:
        """Law and article in words."""
        gap = ", " if language == "en" else ""
        return pick(self.source.title, language) + gap + pick(self.article, language)


def parse(table: Mapping[str, Any]) -> tuple[Duty, ...]:
    """The duties of one file (TOML, already read). Raises KeyError or ValueError on a bad file."""
    sources = {
        name: Source(name, entry["title"], entry.get("url", ""), entry["verified"])
        for name, entry in table["sources"].items()
    }
    return tuple(_duty(name, entry, sources) for name, entry in table["duties"].items())


def _duty(name: str, entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Duty:
    if entry["kind"] not in KINDS:
        raise ValueError(f"{name}: kind {entry['kind']!r} is none of {KINDS}")
    every, within, supplement = entry.get("every"), entry.get("within"), entry.get("supplement")
    return Duty(
        id=name,
        kind=entry["kind"],
        title=entry["title"],
        source=sources[entry["source"]],
        article=entry["article"],
        jurisdiction=entry["jurisdiction"],
        settings=tuple(entry.get("settings", ())),
        hazards=tuple(entry.get("hazards", ())),
        from_=entry["from"],
        until=entry.get("until"),
        every=read_span(every) if every else None,
        types=tuple(entry.get("types", ())),
        clock=entry.get("clock", ""),
        within=read_duration(within) if within else None,
        items=entry.get("items", {}),
        supplement=read_span(supplement) if supplement else None,
        floors_below=entry.get("floors-below"),
        figures=tuple(entry.get("figures", ())),
    )


def binding(duties: Sequence[Duty], plan: Plan, on: date) -> tuple[Duty, ...]:
    """The duties that bind this plan on that day, in the order of the file.

    None for an on-site card: the plan above it meets them.
    """
    if plan.about.kind == "card":
        return ()
    return tuple(d for d in duties if _binds(d, plan, on))


def _binds(duty: Duty, plan: Plan, on: date) -> bool:
    about = plan.about
    if duty.jurisdiction != about.jurisdiction or on < duty.from_:
        return False
    if duty.until is not None and on > duty.until:
        return False
    if duty.settings and not set(duty.settings) & set(about.settings):
        return False
    return (
        not duty.hazards or "all" in about.hazards or bool(set(duty.hazards) & set(about.hazards))
    )


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
