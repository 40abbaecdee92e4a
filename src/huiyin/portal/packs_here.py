"""The law of this installation: which packs its units use, and a pack told as a page.

Everything comes from the packs; this module only puts it into rows and the reader's words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext, ngettext

from huiyin import packs
from huiyin.domain.languages import pick
from huiyin.domain.lateness import when_late
from huiyin.domain.packs import LANGUAGES, Basis, Limit, Pack
from huiyin.domain.periods import Period
from huiyin.people.directory import directory
from huiyin.people.refusing import tag

COMPLAINANT = "complainant"
# The source of common.yaml: rules of Huiyin itself, which no law contains.
HOUSE_RULE = "huiyin"


def in_use() -> list[Pack]:
    """The newest version of each pack that a unit here works by, did, or will."""
    names = {pack for unit in directory().units.values() for pack in unit.packs}
    return [packs.load(name) for name in sorted(names) if name in packs.ids()]


@cache
def _numbers() -> dict[str, dict[str, str]]:
    text = (Path(__file__).parent / "emergency.toml").read_text("utf-8")
    return tomllib.loads(text)


def emergency_lines(used: Iterable[Pack]) -> list[str]:
    """Whom to call now: as the units here say it, else by the jurisdictions of ``used``."""
    said = {pick(unit.about.get("danger"), tag()): None for unit in directory().units.values()}
    if any(said):
        return [line for line in said if line]
    places = sorted({pack.jurisdiction.split("-")[0] for pack in used})
    return [pick(_numbers()[place], tag()) for place in places if place in _numbers()]


@dataclass(frozen=True)
class LimitRow:
    """One limit as a row of the page."""

    title: str
    length: str
    owed_by: str
    article: str
    source: str
    house_rule: bool
    verified: str
    reading: str
    silence: str


@dataclass(frozen=True)
class ActRow:
    """Something a complainant can do, with its ground."""

    title: str
    article: str


def length(limit: Limit) -> str:
    """How long a limit is, in words."""
    if limit.rule is None:
        return gettext("promptly (the law names no number of days)")
    return period_words(limit.rule.period)


def period_words(period: Period) -> str:
    """A period in words: "15 days", "5 working days"."""
    forms = {
        "d": ngettext("%(n)d day", "%(n)d days", period.count),
        "wd": ngettext("%(n)d working day", "%(n)d working days", period.count),
        "w": ngettext("%(n)d week", "%(n)d weeks", period.count),
        "m": ngettext("%(n)d month", "%(n)d months", period.count),
        "y": ngettext("%(n)d year", "%(n)d years", period.count),
        "h": ngettext("%(n)d hour", "%(n)d hours", period.count),
    }
    return forms[period.unit] % {"n": period.count}


def limit_rows(pack: Pack) -> list[LimitRow]:
    """All limits of the pack, those of the law before the house rules."""
    rows = [_limit_row(pack, limit) for limit in pack.limits.values()]
    return sorted(rows, key=lambda row: row.house_rule)


def _limit_row(pack: Pack, limit: Limit) -> LimitRow:
    basis = limit.basis
    return LimitRow(
        title=pick(limit.title, tag()),
        length=length(limit),
        owed_by=limit.owed_by,
        article=basis.article,
        source=_source(pack, basis),
        house_rule=basis.source == HOUSE_RULE,
        verified=basis.verified,
        reading=pick(basis.reading, tag()),
        silence=pick(limit.silence.text, tag()) if limit.silence else "",
    )


def _source(pack: Pack, basis: Basis) -> str:
    return pick(pack.sources[basis.source].title, tag())


def act_rows(pack: Pack) -> list[ActRow]:
    """What the pack lets a complainant do, apart from handing in."""
    return [
        ActRow(pick(rule.title, tag()), rule.basis.article if rule.basis else "")
        for rule in pack.acts.values()
        if COMPLAINANT in rule.by and not rule.opens and not rule.answers
    ]


def late_rows(pack: Pack) -> list[tuple[str, str]]:
    """What follows, and what a complainant may do, when the office is late; with the article."""
    language = tag() if tag() in LANGUAGES else "en"
    ways = when_late(pack, language)
    return [(w.text, w.basis.article if w.basis and w.basis.article != "-" else "") for w in ways]


def remarks(pack: Pack) -> list[tuple[str, str]]:
    """Rules that are told and never block, with their articles."""
    return [(pick(r.text, tag()), r.basis.article) for r in pack.remarks.values()]


def stage_rows(pack: Pack) -> list[tuple[str, str]]:
    """The stages with what a complainant is told there, without dates."""
    return [(pick(s.title, tag()), undated(pick(s.resident, tag()))) for s in pack.stages.values()]


def undated(text: str) -> str:
    """A stage's sentence as the rule that it is, with the date left open."""
    # A page about the law has no case, so a date is told as the limit that it is.
    return text.replace("{due}", gettext("[the date]")).replace("{started}", gettext("[the day]"))
