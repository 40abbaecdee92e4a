"""From a story to what the components of a resident's page show.

The story says what this reader may know; here it only gets its form: timeline rows, bubbles
of the dialogue, the page of an act. No rule of law and no permission is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from huiyin.cases.acting import news_since
from huiyin.cases.catalog import catalog
from huiyin.cases.consenting import READ, consents
from huiyin.cases.law import Law
from huiyin.cases.models import Case
from huiyin.cases.opening import OPENED, REISSUED
from huiyin.cases.recording import History
from huiyin.cases.story import ActView, Entry, Reader, Story, TextView, tell, word
from huiyin.domain.packs import Pack
from huiyin.domain.periods import Period
from huiyin.people.directory import directory
from huiyin.people.naming import Names
from huiyin.people.refusing import pick, tag
from huiyin.portal.packs_here import period_words, undated

COMPLAINANT = "complainant"
MESSAGE = "message"
# What a complainant can say of a remedy, and what stands before it (packs/common.yaml).
RECORDED, REMEDY = "record-remedy", ("remedy-confirmed", "remedy-missing")
IDENTITY_OPENED = "identity-opened"


def story_of(case: Case, history: History, now: datetime) -> Story:
    """The case as its complainant may read it, in the language of the page."""
    return tell(case, history, Reader(COMPLAINANT, tag()), now)


def page_acts(story: Story) -> tuple[ActView, ...]:
    """The open acts that have a page of their own; writing stands under the dialogue."""
    return tuple(act for act in story.acts if act.id != MESSAGE)


@dataclass(frozen=True)
class ActRow:
    """An open act as the page lists it. ``last``: the last day (or moment) it is open."""

    id: str
    title: str
    article: str
    last: date | datetime | None
    from_pack: bool = True


def listed_acts(story: Story, law: Law) -> list[ActRow]:
    """The open acts: those whose time runs out first, and last those that end the case, so
    that nobody is nudged to give up."""

    def order(act: ActView) -> tuple[bool, bool, float]:
        closes = act.closes.timestamp() if act.closes else 0.0
        return law.pack.act(act.id).word, act.closes is None, closes

    return [act_row(law, act) for act in sorted(page_acts(story), key=order)]


def act_row(law: Law, act: ActView) -> ActRow:
    """One open act in a complainant's words."""
    title = act_title(law.pack, act)
    return ActRow(act.id, title, act.article, act.last, title == act.title)


def leads_to(story: Story, pack: Pack, act: ActView) -> str:
    """What a complainant will be told after the act, without the date it would set."""
    target = pack.act(act.id).target(story.stage)
    if target == story.stage:
        return ""
    return undated(pick(pack.stages[target].resident))


def act_of(story: Story, act_id: str) -> ActView | None:
    """An open act by its id, or None."""
    return next((act for act in story.acts if act.id == act_id), None)


def remedy_acts(story: Story, pack: Pack) -> list[ActRow]:
    """The two answers to "was the remedy delivered?", if the office or time has asked and the
    complainant has not said yet."""
    acts = [act for act in (act_of(story, id) for id in REMEDY) if act is not None]
    seqs = {entry.act: entry.seq for entry in story.entries}
    asked = max((seqs.get(id, 0) for id in (RECORDED, *pack.done_by_time.values())), default=0)
    said = max((seqs.get(id, 0) for id in REMEDY), default=0)
    if not acts or asked <= said:
        return []
    return [ActRow(act.id, act.title, "", None) for act in acts]


def can_write(story: Story) -> bool:
    """Whether a message can be sent now."""
    return act_of(story, MESSAGE) is not None


def act_title(pack: Pack, act: ActView) -> str:
    """What the act is called for a complainant. Packs name it for the office; to take an answer
    in hand is a different sentence from handing it over."""
    if pack.act(act.id).answers:
        return gettext("Confirm that I have received the answer")
    return act.title


def roles() -> dict[str, str]:
    """Who acted, in words; a resident reads no names of staff."""
    return {
        "complainant": gettext("You"),
        "registrar": gettext("Reception of the office"),
        "owner": gettext("The person handling your case"),
        "supervisor": gettext("The head of the unit"),
        "reviewer": gettext("The person reviewing your case"),
        "privacy_officer": gettext("The privacy officer"),
        "ombudsman": gettext("The ombudsman"),
        "asked": gettext("The unit that was asked"),
        "system": gettext("Huiyin, by itself"),
    }


def _by(entry: Entry, names: Mapping[str, str]) -> str:
    if entry.act in (OPENED, REISSUED):
        return gettext("The privacy officer and the ombudsman together")
    return names.get(entry.role, gettext("The office"))


_KINDS = {
    "identity-opened": "identity",
    "answered": "decision",
    "reviewed": "decision",
    "corrected": "correction",
    "extended": "deadline",
}


def timeline(story: Story, pack: Pack) -> list[dict[str, Any]]:
    """The rows of the timeline, newest first. What was written stands in the dialogue."""
    names = roles()
    return [
        {
            "at": entry.at,
            "title": entry.title,
            "from_pack": True,
            "text": "" if _spoken(entry) else _text_of(entry, pack),
            "by": _by(entry, names),
            "kind": "message" if _spoken(entry) else _KINDS.get(entry.event_class, "event"),
            "state": _state_of(entry.texts),
            "href": f"#entry-{entry.seq}" if _spoken(entry) else "",
            "letter": _letter_of(entry, pack),
        }
        for entry in reversed(story.entries)
    ]


# The fields in which the two sides speak to each other; the reasons of a proposed extension or
# a request to another unit are read in the timeline and are no part of the dialogue.
_SPOKEN = frozenset({"text", "message", "question"})


def _spoken(entry: Entry) -> bool:
    return entry.dialogue and any(text.field in _SPOKEN for text in entry.texts)


def _letter_of(entry: Entry, pack: Pack) -> str:
    """Where the letter of an entry is; the hand-in has its receipt instead of a letter."""
    if not entry.letter or pack.act(entry.act).opens:
        return ""
    return reverse("portal:letter", args=[entry.seq])


def _state_of(texts: Iterable[TextView]) -> str:
    """hidden or erased if that holds for all there was to read."""
    states = {text.state for text in texts}
    return states.pop() if len(states) == 1 else ""


def _text_of(entry: Entry, pack: Pack) -> str:
    parts = [f"{text.label}: {_shown(text)}" for text in entry.texts]
    parts += [f"{_fact_label(pack, name)}: {_fact(name, value)}" for name, value in entry.facts]
    if entry.told:
        told = "; ".join(entry.told)
        parts.append(gettext("What the law requires you to be told: {items}").format(items=told))
    return "\n\n".join(parts)


def _shown(text: TextView) -> str:
    if text.state == "hidden":
        return gettext("[you may not read this part]")
    if text.state == "erased":
        return gettext("[erased on schedule]")
    return text.text


def _fact_label(pack: Pack, name: str) -> str:
    labels = {
        "unit": gettext("Unit"),
        "about_unit": gettext("Complained of"),
        "about_post": gettext("Post complained of"),
        "place": gettext("Place"),
        "category": gettext("About"),
        "route": gettext("Why this unit"),
    }
    return labels.get(name) or word(pack, name, tag())


def _fact(name: str, value: str) -> str:
    """A fact of an event in words: names for ids, a period in words."""
    if name == "period":
        return period_words(Period.parse(value))
    if name == "category":
        known: Mapping[str, Any] = catalog().categories
    elif name == "place":
        known = directory().places
    elif name in ("unit", "about_unit", "to-unit"):
        known = directory().units
    elif name == "about_post":
        known = directory().posts
    else:
        return value
    return pick(known[value].name) if value in known else value


def bubbles(story: Story) -> list[dict[str, Any]]:
    """The dialogue, oldest first."""
    names = roles()
    return [
        {
            "id": f"entry-{entry.seq}",
            "kind": "complainant" if entry.side == COMPLAINANT else "public",
            "by": "" if entry.side == COMPLAINANT else names.get(entry.role, ""),
            "at": entry.at,
            "text": _said(entry),
            "state": _state_of(entry.texts),
            "question": any(text.field == "question" for text in entry.texts),
        }
        for entry in story.entries
        if _spoken(entry)
    ]


def _said(entry: Entry) -> str:
    """One text as it is; several with their labels."""
    shown = [text for text in entry.texts if not text.state]
    if len(shown) == 1:
        return shown[0].text
    # What happened comes before what was added to it.
    shown.sort(key=lambda text: text.field not in _SPOKEN)
    return "\n\n".join(f"{text.label}: {text.text}" for text in shown)


@dataclass(frozen=True)
class Answer:
    """An answer with reasons, its parts in the order of the pack."""

    at: datetime
    facts: tuple[tuple[str, str], ...]
    texts: tuple[TextView, ...]


def answer_of(story: Story, pack: Pack) -> Answer | None:
    """The newest answer, or None while there is none."""
    answers = [entry for entry in story.entries if pack.act(entry.act).decides]
    if not answers:
        return None
    order = {field.id: n for n, field in enumerate(pack.act(answers[-1].act).fields)}
    texts = sorted(answers[-1].texts, key=lambda text: order.get(text.field, len(order)))
    facts = [
        (_fact_label(pack, name), _fact(name, value))
        for name, value in answers[-1].facts
        if name in order
    ]
    return Answer(answers[-1].at, tuple(facts), tuple(texts))


def openings(story: Story) -> list[Entry]:
    """Each time that somebody opened the complainant's identity."""
    return [entry for entry in story.entries if entry.event_class == IDENTITY_OPENED]


@dataclass(frozen=True)
class Reading:
    """One reading of what was released: when, who in which unit, and how much."""

    at: datetime
    by: str
    told: tuple[str, ...]


def readings(story: Story) -> list[Reading]:
    """Each reading with the complainant's consent, also after it was taken back or erased."""
    names = roles()
    return [
        Reading(
            entry.at, _by(entry, names), tuple(_fact(name, value) for name, value in entry.facts)
        )
        for entry in story.entries
        if entry.act == READ
    ]


def told(case: Case) -> list[dict[str, Any]]:
    """The units that the complainant allowed to know who they are."""
    names = Names()
    return [
        {"unit": one.unit, "name": names.unit(one.unit), "scope": one.scope, "since": one.since}
        for one in consents(case)
    ]


def changed_since(history: History, seen: int) -> list[str]:
    """What happened after the page was made, in words."""
    pack = history.law.pack
    return [pick(pack.act(e.type).past) for e in news_since(history, seen)]
