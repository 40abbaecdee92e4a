"""Findings and shifts in words, for pages and for the command that needs no installation."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from huiyin.domain.languages import pick
from huiyin.domain.rosters.checking import Finding
from huiyin.domain.rosters.values import Roster
from huiyin.domain.rosters.wallclock import wall

KINDS = {
    "between": {"en": "between two duties", "zh-Hans": "两班之间", "zh-Hant": "兩班之間"},
    "longest": {"en": "in one go", "zh-Hans": "一次连续", "zh-Hant": "一次連續"},
    "most": {"en": "in {days} days", "zh-Hans": "{days} 天内", "zh-Hant": "{days} 天內"},
    "free": {
        "en": "longest rest in {days} days",
        "zh-Hans": "{days} 天内最长休息",
        "zh-Hant": "{days} 天內最長休息",
    },
}


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, Any]]:
    """Text and remedy of every rule of ``domain/rosters/checking``."""
    text = files("huiyin.rosters").joinpath("findings.toml").read_text("utf-8")
    return tomllib.loads(text)


def told(finding: Finding, roster: Roster, language: str) -> tuple[str, str]:
    """What was found and what to do, in a language of the table (BCP 47 tag)."""
    entry = table()[finding.rule]
    facts = {key: _shown(key, value, roster, language) for key, value in finding.facts.items()}
    if finding.rule == "rest":
        kind = pick(KINDS[str(finding.facts["kind"])], language)
        facts["kind"] = kind.format(days=finding.facts["days"])
    return pick(entry, language).format(**facts), pick(entry["remedy"], language)


def _shown(key: str, value: object, roster: Roster, language: str) -> str:
    if isinstance(value, datetime):
        return f"{wall(value, roster.zone):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if key == "person":
        return person_name(roster, str(value))
    if key == "role":
        return role_name(roster, str(value), language)
    return f"{value:g}" if isinstance(value, float) else str(value)


def person_name(roster: Roster, person: str) -> str:
    """The member's name; the key where there is none."""
    known = roster.people.get(person)
    return known.name if known and known.name else person


def role_name(roster: Roster, role: str, language: str) -> str:
    """The role's name in a language."""
    names: Mapping[str, str] = roster.roles[role].name if role in roster.roles else {}
    return pick(names, language) or role
