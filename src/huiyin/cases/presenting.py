"""Rows and entries of the office's pages as the templates want them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin import packs
from huiyin.cases.catalog import catalog
from huiyin.cases.models import Case
from huiyin.cases.story import Entry, Story
from huiyin.people.naming import place_name, staff_names, unit_name
from huiyin.people.refusing import pick

_FACT_NAMES = {"unit": unit_name, "about_unit": unit_name, "about": unit_name, "place": place_name}


def last_moment(due_at: datetime | None, zone: str) -> date | datetime | None:
    """The last day (or the instant) that a stored, exclusive due instant stands for."""
    if due_at is None:
        return None
    local = due_at.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return (local - timedelta(days=1)).date()
    return due_at


def category_name(category: str) -> str:
    """The category's name in the reader's language."""
    info = catalog().categories.get(category)
    return pick(info.name) if info else category


def rows(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Cases for ``components/case_table.html``. One query for the owners' names."""
    found = list(cases)
    names = staff_names(case.owner_id for case in found)
    return [_row(case, names) for case in found]


def _row(case: Case, names: dict[str, str]) -> dict[str, Any]:
    pack = packs.load(case.pack)
    stage = pack.stages.get(case.stage)
    flags = []
    if case.level:
        flags.append({"kind": "note", "text": _("under review")})
    if case.people > 1:
        flags.append({"kind": "note", "text": _("%(n)s people") % {"n": case.people}})
    return {
        "number": case.number,
        "href": reverse("cases:case", args=[case.number]),
        "subject": case.summary or category_name(case.category_id),
        "place": place_name(case.place_id),
        "unit": unit_name(case.unit_id),
        "owner": names.get(str(case.owner_id), ""),
        "stage": pick(stage.title) if stage else case.stage,
        "stage_kind": "waiting" if case.waiting_for == "complainant" else "open",
        "due": last_moment(case.office_due, pack.zone),
        "flags": flags,
    }


_KINDS = {
    "registered": "file",
    "answered": "decision",
    "reviewed": "decision",
    "extended": "deadline",
    "identity-opened": "identity",
    "corrected": "correction",
}


def timeline(case: Case, story: Story) -> list[dict[str, Any]]:
    """The story's entries for ``components/timeline.html``, newest first."""
    names = staff_names(e.actor for e in story.entries)
    return [_entry(case, e, names) for e in reversed(story.entries)]


def _entry(case: Case, entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    facts = [shown for name, value in entry.facts if (shown := _fact(name, value))]
    who = _("complainant") if entry.side == "complainant" else names.get(entry.actor or "", "")
    kind = "message" if entry.dialogue else _KINDS.get(entry.event_class, "event")
    return {
        "at": entry.at,
        "title": entry.title,
        "by": who or _("the system"),
        "kind": kind,
        "text": " · ".join(facts),
        "texts": [t for t in entry.texts],
        "href": reverse("reports:letter", args=[case.number, entry.seq]) if entry.letter else "",
        "entry": entry,
    }


def _fact(name: str, value: str) -> str:
    if name == "category":
        return category_name(value)
    if name in _FACT_NAMES:
        return _FACT_NAMES[name](value)
    return value if name in ("period", "finding", "review-finding", "limit", "ground") else ""
