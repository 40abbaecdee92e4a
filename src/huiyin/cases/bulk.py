"""Many cases at once: the rules decide each, the register is appended to once per batch.

For bringing in paper ledgers and for filling test installations. What comes out is the same
as if each case had been handed in and acted on singly; only the number of signatures differs.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from huiyin.cases.law import Law, for_new
from huiyin.cases.models import Case
from huiyin.cases.projection import columns
from huiyin.cases.recording import dues_of
from huiyin.cases.search import index_all
from huiyin.domain.procedure import Act, State, decide, fold
from huiyin.domain.receipts import Code, lookup_id, make, number
from huiyin.domain.texts import clean_text
from huiyin.history.acts import Chapter, Draft, append_all
from huiyin.people.directory import directory
from huiyin.register.acts import take_writer_lock
from huiyin.vault import acts as vault
from huiyin.vault.acts import ContentRef

Entropy = Callable[[int], bytes]


@dataclass(frozen=True)
class Told:
    """One case to bring in: where it belongs, its text, and the acts after the hand-in as
    (act, role, account id, data); all at ``at``."""

    unit: str
    category: str
    text: str
    at: datetime
    language: str = "zh-hans"
    summary: str = ""
    acts: Sequence[tuple[str, str, str | None, Mapping[str, object]]] = field(default_factory=tuple)


@dataclass(frozen=True)
class _Ready:
    case: Case
    code: Code
    drafts: list[Draft]
    sealed: vault.Prepared


def add(stories: Sequence[Told], now: datetime, entropy: Entropy) -> list[tuple[str, Code]]:
    """Register ``stories`` in the order given, in one transaction; returns each number with
    its receipt code. Raises what the rules refuse; then nothing is added."""
    ready = [_ready(story, entropy) for story in stories]
    with transaction.atomic():
        with connection.cursor() as cursor:
            take_writer_lock(cursor)
        _number([r.case for r in ready])
        for one in ready:
            vault.write(one.sealed)
        append_all([Chapter(r.case.number, None, r.drafts) for r in ready], now, entropy)
        Case.objects.bulk_create([r.case for r in ready], batch_size=500)
        index_all([r.case for r in ready])
    return [(r.case.number, r.code) for r in ready]


def _number(cases: list[Case]) -> None:
    """The next numbers of each year, in order."""
    newest: dict[int, int] = {}
    for case in cases:
        if case.year not in newest:
            held = Case.objects.filter(year=case.year).order_by("-serial").first()
            newest[case.year] = held.serial if held else 0
        newest[case.year] += 1
        case.serial = newest[case.year]
        case.number = number(case.year, case.serial)


def _ready(story: Told, entropy: Entropy) -> _Ready:
    code = make(entropy(15))
    law = for_new(story.unit, directory(), story.at)
    stream = uuid.UUID(bytes=entropy(16)).hex
    text = clean_text(story.text, "text", 20_000)
    sealed = vault.prepare(stream, code, [("text", text)], now=story.at, entropy=entropy)
    drafts, state = _drafts(story, law, sealed.handed_in.refs)
    case = Case(
        lookup=lookup_id(code),
        vault=stream,
        pack=law.pack.id,
        language=story.language,
        category_id=story.category,
        started=state.started,
        year=state.started.astimezone(law.zone).year,
        summary=story.summary,
        **columns(law.pack, law.calendar, state),
    )
    return _Ready(case, code, drafts, sealed)


def _drafts(story: Told, law: Law, refs: tuple[ContentRef, ...]) -> tuple[list[Draft], State]:
    opening = {
        "texts": {r.kind: r.id.hex for r in refs},
        "unit": story.unit,
        "route": "chosen",
        "category": story.category,
        "language": story.language,
    }
    acts = [(law.pack.opening.id, "complainant", None, opening), *story.acts]
    content = [ref.told for ref in refs]
    drafts: list[Draft] = []
    state: State | None = None
    for act, role, actor, data in acts:
        what = Act(act, role, actor, data)
        for event in decide(law.pack, law.calendar, state, what, story.at):
            after = fold(law.pack, law.calendar, [event], onto=state)
            klass = law.pack.act(event.type).register_class
            drafts.append(Draft(event, klass, dues_of(law, after, state), content))
            state, content = after, []
    assert state is not None  # the opening act always gives an event
    return drafts, state
