"""Rows, entries and act groups of the office's pages as the templates want them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin import packs
from huiyin.cases.catalog import catalog
from huiyin.cases.citing import article, period
from huiyin.cases.consequences import consequences
from huiyin.cases.models import Case
from huiyin.cases.recording import History
from huiyin.cases.story import ActView, Entry, Story, TextView, last_moment, word
from huiyin.domain.packs import ActRule, Pack
from huiyin.domain.periods import Period
from huiyin.people.naming import Names, role_name, staff_names
from huiyin.people.refusing import pick, tag


class CaseNames(Names):
    """The names of units, places and categories for one page."""

    def __init__(self) -> None:
        super().__init__()
        self.catalog = catalog()

    def category(self, category: str) -> str:
        """The category's name in the reader's language."""
        info = self.catalog.categories.get(category)
        return pick(info.name) if info else category


def rows(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Cases for ``components/case_table.html``. One query for the owners' names."""
    found = list(cases)
    names, staff = CaseNames(), staff_names(case.owner_id for case in found)
    return [_row(case, names, staff) for case in found]


def _row(case: Case, names: CaseNames, staff: Mapping[str, str]) -> dict[str, Any]:
    pack = packs.load(case.pack)
    stage = pack.stages.get(case.stage)
    waits = case.waiting_for == "complainant"
    due = case.complainant_due if waits else case.office_due
    return {
        "number": case.number,
        "href": reverse("cases:case", args=[case.number]),
        "subject": case.summary or names.category(case.category_id),
        "place": names.place(case.place_id),
        "unit": names.unit(case.unit_id),
        "owner": staff.get(str(case.owner_id), ""),
        "stage": pick(stage.title) if stage else case.stage,
        "stage_kind": "done" if not case.open else "waiting" if waits else "open",
        "due": last_moment(due, ZoneInfo(pack.zone)),
        "flags": _flags(case),
    }


def _flags(case: Case) -> list[dict[str, str]]:
    flags = []
    if case.level:
        flags.append({"kind": "note", "text": _("under review")})
    if case.people > 1:
        people = ngettext("%(n)d person", "%(n)d people", case.people) % {"n": case.people}
        flags.append({"kind": "note", "text": people})
    return flags


# --- the timeline ----------------------------------------------------------------------------

_KINDS = {
    "registered": "file",
    "answered": "decision",
    "reviewed": "decision",
    "extended": "deadline",
    "identity-opened": "identity",
    "corrected": "correction",
}


def timeline(case: Case, history: History, story: Story) -> list[dict[str, Any]]:
    """The story's entries for ``cases/history.html``, newest first. One query for names."""
    people = {e.actor for e in story.entries}
    people |= {str(e.data["owner"]) for e in history.events if "owner" in e.data}
    teller = _Teller(case, history, story, staff_names(people))
    return [teller.entry(entry) for entry in reversed(story.entries)]


class _Teller:
    """One case's entries in words."""

    def __init__(
        self, case: Case, history: History, story: Story, staff: Mapping[str, str]
    ) -> None:
        self.case, self.story, self.staff = case, story, staff
        self.pack, self.names, self.tag = history.law.pack, CaseNames(), tag()
        self.data = {event.seq: event.data for event in history.events}

    def entry(self, entry: Entry) -> dict[str, Any]:
        """One entry for the template."""
        by_office = entry.side == "office"
        return {
            "seq": entry.seq,
            "at": entry.at,
            "title": entry.title,
            "by": self.staff.get(entry.actor or "", ""),
            "role": role_name(entry.role),
            "kind": "message" if entry.dialogue else _KINDS.get(entry.event_class, "event"),
            "facts": self._facts(entry),
            "texts": self._texts(entry),
            "bubble": "internal" if entry.internal else "public" if by_office else "complainant",
            "letter": self._letter(entry),
        }

    def _letter(self, entry: Entry) -> str:
        # The hand-in's own paper is the receipt, which only its holder can make.
        if not entry.letter or self.pack.acts[entry.act].opens:
            return ""
        return reverse("reports:letter", args=[self.case.number, entry.seq])

    def _texts(self, entry: Entry) -> list[TextView]:
        """The texts in the order in which they were asked for; events keep no order."""
        rule = self.pack.acts[entry.act]
        order = [field.id for field in rule.fields] + ["where", "about", "remedy"]
        texts = sorted(entry.texts, key=lambda t: order.index(t.field) if t.field in order else 99)
        if not rule.opens:
            return texts
        own = {
            "remedy": _("What would put it right"),
            "where": _("Where"),
            "about": _("About whom"),
        }
        return [replace(text, label=own.get(text.field, text.label)) for text in texts]

    def _facts(self, entry: Entry) -> list[tuple[str, str]]:
        rule, data = self.pack.acts[entry.act], self.data[entry.seq]
        kinds = {field.id: field.kind for field in rule.fields}
        found = [
            (word(self.pack, name, self.tag), self._fact(name, kind, str(data[name])))
            for name, kind in kinds.items()
            if kind != "text" and name in data and name not in ("language", "channel", "kind")
        ]
        if rule.opens:
            found.insert(0, (_("Category"), self.names.category(str(data.get("category", "")))))
        return found

    def _fact(self, name: str, kind: str, value: str) -> str:
        if kind == "unit":
            return self.names.unit(value)
        if kind == "person":
            return self.staff.get(value, "")
        if kind == "period":
            return period(Period.parse(value), self.tag)
        if kind == "date" and (day := parse_date(value)):
            return date_format(day, "DATE_FORMAT")
        if kind == "number":
            corrected = next((e for e in self.story.entries if str(e.seq) == value), None)
            return f"{value}. {corrected.title}" if corrected else value
        return word(self.pack, value, self.tag)


# --- acts and dates --------------------------------------------------------------------------


def act_groups(history: History, story: Story) -> list[dict[str, Any]]:
    """The acts open to the reader: the procedure's next steps with what they lead to, then
    writing, then keeping the case in order."""
    pack = history.law.pack
    groups: dict[str, list[dict[str, Any]]] = {"steps": [], "write": [], "order": []}
    for act in story.acts:
        rule = pack.acts[act.id]
        leads = consequences(pack, story.state, rule, tag())
        groups[_group(pack, rule)].append({"id": act.id, "title": act.title, "consequences": leads})
    titles = {
        "steps": _("Next steps of the procedure"),
        "write": _("Write"),
        "order": _("Keep the case in order"),
    }
    return [{"id": id, "title": titles[id], "acts": acts} for id, acts in groups.items() if acts]


def _group(pack: Pack, rule: ActRule) -> str:
    pauses = {pause.spell for limit in pack.limits.values() for pause in limit.pauses}
    if rule.letter or (rule.begins | rule.ends) & pauses:
        return "steps"
    if rule.to or rule.decides or rule.answers or rule.extension:
        return "steps"
    kinds = {field.kind for field in rule.fields if field.required}
    if rule.assigns or rule.recuses or rule.moves_unit or rule.sets_kind or kinds != {"text"}:
        return "order"
    return "write"


def dues(history: History, story: Story) -> dict[str, list[dict[str, Any]]]:
    """The limits for the page's side column: with a date, without one, and past."""
    limits = history.law.pack.limits

    def shown(due: Any) -> dict[str, Any]:
        return {"due": due, "article": article(limits[due.limit].basis, tag())}

    return {
        "dated": [shown(d) for d in story.dues if d.due or d.suspended],
        "undated": [shown(d) for d in story.dues if not d.due and not d.suspended],
        "past": [shown(d) for d in story.past_dues if d.clock.due is not None],
    }


def act_view(story: Story, act: str) -> ActView | None:
    """The act if it is open to the reader."""
    return next((view for view in story.acts if view.id == act), None)
