"""A plan becomes a document: cover, approval, sections in the standard's order, annexes.

The order is data (``[[outline.special]]`` in ``document.toml``): each line has a level, a title
and, where something stands below it, the section that fills it. Numbers are counted here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from huiyin.domain.documents import Block, Document, Heading
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick
from huiyin.domain.plans.filed.forms import form
from huiyin.domain.plans.filed.names import Legal, Names
from huiyin.domain.plans.filed.sections import SECTIONS, silent
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation, without_private

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


def file_plan(
    plan: Plan,
    who: Organisation | None,
    labels: Mapping[str, Any],
    words: Mapping[str, Any],
    language: str,
    *,
    legal: Mapping[str, Legal] | None = None,
    private: bool = False,
) -> Document:
    """The document of a plan in ``language`` (one of the plan's own).

    ``private`` puts names and numbers of people in; otherwise they stand by post or id. ``legal``
    holds what the law asks for, by the id of the duty. Raises ``Refusal``:
    ``plan-language-missing``.
    """
    names = _names(plan, who, labels, words, language, legal or {}, private)
    about = plan.about
    return Document(
        title=names.text(about.title),
        subtitle=names.value(about.kind),
        office=_office(names),
        language=language,
        contents=names.say("contents"),
        facts=tuple(_facts(names)),
        signatures=tuple((names.say(key), "") for key in ("signed", "dated")),
        running=_running(names, private),
        blocks=tuple(_blocks(names)),
        short=about.kind == "card",
    )


def fill_form(
    number: str,
    plan: Plan,
    who: Organisation | None,
    labels: Mapping[str, Any],
    words: Mapping[str, Any],
    language: str,
    *,
    private: bool = False,
) -> Document:
    """The form ``number`` (201, 204) of a plan; otherwise as ``file_plan``."""
    names = _names(plan, who, labels, words, language, {}, private)
    return form(names, number, _office(names), _running(names, private))


def _names(
    plan: Plan,
    who: Organisation | None,
    labels: Mapping[str, Any],
    words: Mapping[str, Any],
    language: str,
    legal: Mapping[str, Legal],
    private: bool,
) -> Names:
    if language not in LANGUAGES or language not in plan.about.languages:
        known = [x for x in plan.about.languages if x in LANGUAGES]
        raise Refusal("plan-language-missing", language=language, known=known)
    seen = who if private or who is None else without_private(who)
    return Names(plan, seen, labels, words, language, legal)


def _office(names: Names) -> str:
    return names.text(names.who.about.title) if names.who else names.unit(names.plan.about.unit)


def _facts(names: Names) -> Iterator[tuple[str, str]]:
    """What stands on the cover (GB/T 29639-2020, annex C)."""
    about, approval = names.plan.about, names.plan.about.approval
    facts = [
        (names.field("id"), about.id),
        (names.field("version"), about.version),
        (names.field("status"), names.value(about.status)),
        (names.field("revised"), names.day(about.revised)),
        (names.field("review-due"), names.day(about.review_due)),
        (names.say("walked"), _table_top(names)),
        (names.say("approved-on"), names.day(approval.on) if approval else ""),
        (names.say("approved-by"), names.person(approval.by) if approval else ""),
    ]
    yield from ((label, said) for label, said in facts if said)


def _table_top(names: Names) -> str:
    approval, exercises = names.plan.about.approval, names.plan.exercises
    if approval is None or exercises is None or approval.table_top not in exercises.held:
        return ""
    held = exercises.held[approval.table_top]
    return names.listed([names.day(held.on), names.text(held.record)])


def _running(names: Names, private: bool) -> str:
    about = names.plan.about
    title = names.text(about.title)
    running = names.say(
        "running", title=title, version=about.version, status=names.value(about.status)
    )
    return f"{running} · {names.say('holds-private')}" if private else running


def _blocks(names: Names) -> Iterator[Block]:
    outline = [*names.words["outline"][names.plan.about.kind], *_annexes(names)]
    counts = [0, 0, 0]
    lettered = False
    for line in outline:
        level = int(line["level"])
        if level == 1:
            lettered = line.get("annex", False)
        said = tuple(SECTIONS[line["fill"]](names)) if "fill" in line else ()
        if lettered and names.plan.about.kind == "card" and said == (silent(names),):
            continue  # a card carries no empty annex
        counts[level - 1] += 1
        counts[level:] = [0] * (3 - level)
        yield Heading(level, _number(counts, level, lettered), pick(line["title"], names.language))
        yield from said


def _annexes(names: Names) -> list[Mapping[str, Any]]:
    """The annexes of section 9; a card has only those that belong in somebody's hand."""
    kind = names.plan.about.kind
    return [line for line in names.words["annexes"] if kind != "card" or line.get("card", False)]


def _number(counts: list[int], level: int, annex: bool) -> str:
    """``3.1.2``; annexes are counted on their own, as A.1."""
    if annex and level == 1:
        return ""
    parts = [str(count) for count in counts[:level]]
    return ".".join(["A", *parts[1:]] if annex else parts)
