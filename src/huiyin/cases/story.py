"""One case told to one reader: sentence, dates with their derivation, timeline, open acts.

Pages and API of both sides read the same story; what a reader may not see is left out here
and nowhere else. Reads only.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from huiyin.cases.models import Case
from huiyin.cases.recording import History
from huiyin.domain.explaining import explain
from huiyin.domain.filing import files_in
from huiyin.domain.languages import pick
from huiyin.domain.packs import LANGUAGES, ActRule, Field, Pack
from huiyin.domain.procedure import as_of, offers, status
from huiyin.domain.states import Clock, State
from huiyin.history.queries import Stored
from huiyin.vault import queries as vault


@dataclass(frozen=True)
class Reader:
    """Who reads: ``complainant`` or ``office``, their roles on the case, and the language tag."""

    side: str
    language: str
    roles: tuple[str, ...] = ()
    actor: str | None = None


@dataclass(frozen=True)
class TextView:
    """One text of an entry. ``state``: "" (shown), ``hidden`` or ``erased``."""

    field: str
    label: str
    text: str
    state: str = ""


@dataclass(frozen=True)
class Entry:
    """One event as the reader may see it. ``side``: who acted, complainant or office."""

    seq: int
    act: str
    at: datetime
    title: str
    side: str
    role: str
    actor: str | None
    event_class: str
    texts: tuple[TextView, ...]
    facts: tuple[tuple[str, str], ...]
    told: tuple[str, ...]
    letter: str | None
    internal: bool
    dialogue: bool


@dataclass(frozen=True)
class DueView:
    """A limit of the case with its date and where the date comes from.

    ``due`` is the last day (or the instant, for limits in hours); None: qualitative, suspended
    or not computable. ``silence`` says what follows when it passes.
    """

    limit: str
    title: str
    level: int
    owed_by: str
    started: datetime
    due: date | datetime | None
    due_at: datetime | None
    stopped: datetime | None
    late: bool
    window: bool
    suspended: bool
    extended: int
    provisional: bool
    article: str
    source: str
    verified: str
    reading: str
    silence: str
    steps: tuple[str, ...]
    clock: Clock


@dataclass(frozen=True)
class FieldView:
    """A field of an act's form. ``kind`` as in the pack: text, unit, person, date, period,
    limit, token, one-of, kind. ``choices``: (id, label)."""

    id: str
    kind: str
    label: str
    required: bool
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ActView:
    """An act that is open to the reader now, with what it asks for and what it leads to."""

    id: str
    title: str
    role: str
    fields: tuple[FieldView, ...]
    closes: datetime | None
    last: date | datetime | None
    limit: str | None
    tells: tuple[str, ...]
    article: str
    decides: bool
    internal: bool


@dataclass(frozen=True)
class Story:
    """The whole case for one reader."""

    number: str
    pack: str
    pack_title: str
    stage: str
    stage_title: str
    level: int
    level_title: str
    open: bool
    outcome: str
    sentence: str
    facts: Mapping[str, object]
    entries: tuple[Entry, ...]
    dues: tuple[DueView, ...]
    past_dues: tuple[DueView, ...]
    acts: tuple[ActView, ...]
    seq: int
    state: State

    @property
    def dialogue(self) -> tuple[Entry, ...]:
        """The entries that are messages between the two sides."""
        return tuple(entry for entry in self.entries if entry.dialogue)


def tell(case: Case, history: History, reader: Reader, now: datetime) -> Story:
    """The story of ``case`` at ``now`` for ``reader``. One query, for the sealed texts."""
    law, pack = history.law, history.law.pack
    state = as_of(pack, law.calendar, history.state, max(now, history.state.last))
    said = status(pack, law.calendar, history.state, now)
    sentence = said.text if reader.side == "complainant" else said.office
    tag = reader.language
    level = next((lv for lv in pack.levels if lv.number == state.level), None)
    dues = tuple(_due(pack, c, now, tag) for c in state.clocks)
    return Story(
        number=case.number,
        pack=pack.id,
        pack_title=pick(pack.title, tag),
        stage=state.stage,
        stage_title=pick(pack.stages[state.stage].title, tag),
        level=state.level,
        level_title=pick(level.title, tag) if level else "",
        open=state.open,
        outcome=state.outcome or "",
        sentence=pick(sentence, tag),
        facts=said.data,
        entries=_entries(case, history, reader, tag),
        dues=tuple(sorted((d for d in dues if d.stopped is None), key=_soonest)),
        past_dues=tuple(d for d in dues if d.stopped is not None),
        acts=_acts(history, state, reader, now, tag),
        seq=history.state.seq,
        state=state,
    )


def _soonest(due: DueView) -> tuple[bool, float, str]:
    return due.due_at is None, due.due_at.timestamp() if due.due_at else 0.0, due.limit


def _due(pack: Pack, clock: Clock, now: datetime, tag: str) -> DueView:
    limit = pack.limits[clock.limit]
    due = clock.due
    return DueView(
        limit=clock.limit,
        title=pick(limit.title, tag),
        level=clock.level,
        owed_by=clock.owed_by,
        started=clock.started,
        due=due.due if due and not clock.suspended else None,
        due_at=clock.due_at,
        stopped=clock.stopped,
        late=clock.late(now),
        window=clock.window,
        suspended=clock.suspended,
        extended=clock.extended,
        provisional=bool(due and due.provisional),
        article=limit.basis.article,
        source=pick(pack.sources[limit.basis.source].title, tag),
        verified=limit.basis.verified,
        reading=pick(limit.basis.reading, tag),
        silence=pick(limit.silence.text, tag) if limit.silence else "",
        steps=tuple(explain(step, _written(tag)) for step in due.steps) if due else (),
        clock=clock,
    )


def _written(tag: str) -> str:
    """The language that derivations are told in: packs and calendars have these three."""
    return tag if tag in LANGUAGES else "en"


def _entries(case: Case, history: History, reader: Reader, tag: str) -> tuple[Entry, ...]:
    shown = {
        row.index: _shown_texts(history.law.pack.act(row.event.type), row, reader)
        for row in history.stored
    }
    ids = [UUID(ref) for texts in shown.values() for ref in texts.values() if ref]
    found = vault.get(ids, case.vault) if ids else {}
    return tuple(
        _entry(history.law.pack, row, shown[row.index], found, tag) for row in history.stored
    )


def opened_to_complainant(history: History, seqs: Container[int] | None = None) -> list[UUID]:
    """The sealed texts that a receipt may open: those that the complainant reads on their page,
    and what their files are; ``seqs`` takes those of some events only."""
    reader, found = Reader("complainant", "en"), []
    for row in history.stored:
        if seqs is None or row.event.seq in seqs:
            shown = _shown_texts(history.law.pack.act(row.event.type), row, reader)
            found += [UUID(ref) for ref in shown.values() if ref]
            found += [UUID(file.about) for file in files_in([row.event])]
    return found


def _shown_texts(rule: ActRule, row: Stored, reader: Reader) -> dict[str, str | None]:
    """Field → reference, or None where the reader may not see the text."""
    texts = row.event.data.get("texts")
    if not isinstance(texts, dict):
        return {}
    hide = rule.internal and reader.side == "complainant"
    found: dict[str, str | None] = {name: None if hide else ref for name, ref in texts.items()}
    # The notice address is for the mailer alone (privacy.md); nobody reads it on a page.
    found.pop("contact", None)
    return found


def _entry(
    pack: Pack,
    row: Stored,
    refs: Mapping[str, str | None],
    found: Mapping[UUID, str],
    tag: str,
) -> Entry:
    event, rule = row.event, pack.act(row.event.type)
    texts = tuple(_text(pack, name, ref, found, tag) for name, ref in refs.items())
    office = event.role != "complainant"
    return Entry(
        seq=event.seq,
        act=event.type,
        at=event.at,
        title=pick(rule.past, tag),
        side="office" if office else "complainant",
        role=event.role,
        actor=event.actor,
        event_class=row.event_class,
        texts=texts,
        facts=_facts(pack, event.data, tag),
        told=tuple(pick(text, tag) for text in rule.tells),
        letter=rule.letter,
        internal=rule.internal,
        dialogue=rule.dialogue or rule.opens,
    )


def _text(pack: Pack, name: str, ref: str | None, found: Mapping[UUID, str], tag: str) -> TextView:
    label = word(pack, name, tag)
    if ref is None:
        return TextView(name, label, "", "hidden")
    text = found.get(UUID(ref))
    return TextView(name, label, text or "", "" if text is not None else "erased")


# Facts of an event that a reader gains nothing from, or that are shown elsewhere.
_QUIET = {
    *("texts", "pack", "pack_version", "calendar", "calendar_version", "language"),
    *("file", "copy", "report", "why"),  # the page's list of files tells them
    "mark",  # tells a double click from two co-signatures
    *("owner", "second"),  # accounts of staff: residents read roles, never persons
}


def _facts(pack: Pack, data: Mapping[str, object], tag: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value if name in _NAMED_ELSEWHERE else word(pack, value, tag))
        for name, value in data.items()
        if name not in _QUIET and isinstance(value, str)
    )


# Their values are ids of our own tables, named by the page and not by the pack.
_NAMED_ELSEWHERE = {"unit", "about_unit", "about_post", "to-unit", "place", "category"}


def word(pack: Pack, name: str, tag: str) -> str:
    """The pack's label of a field or choice; its id if the pack has no word for it."""
    if name in pack.words:
        return pick(pack.words[name], tag)
    if name in pack.limits:
        return pick(pack.limits[name].title, tag)
    if name in pack.kinds:
        return pick(pack.kinds[name].title, tag)
    return name


def last_moment(end: datetime | None, zone: ZoneInfo) -> date | datetime | None:
    """The last day (or the instant) that a stored, exclusive end stands for: who reads "until the
    midnight after" misreads it by a day."""
    if end is None:
        return None
    local = end.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return (local - timedelta(days=1)).date()
    return local


def _acts(
    history: History, state: State, reader: Reader, now: datetime, tag: str
) -> tuple[ActView, ...]:
    pack, found = history.law.pack, {}
    roles = ("complainant",) if reader.side == "complainant" else reader.roles
    for role in roles:
        for offer in offers(pack, history.law.calendar, history.state, now, role, reader.actor):
            rule = pack.acts[offer.act]
            if offer.act not in found and not rule.sealed:
                found[offer.act] = ActView(
                    id=rule.id,
                    title=pick(rule.title, tag),
                    role=role,
                    fields=tuple(_field(pack, state, rule, f, tag) for f in rule.fields),
                    closes=offer.closes,
                    last=last_moment(offer.closes, history.law.zone),
                    limit=offer.limit,
                    tells=tuple(pick(text, tag) for text in rule.tells),
                    article=rule.basis.article if rule.basis else "",
                    decides=rule.decides,
                    internal=rule.internal,
                )
    return tuple(found.values())


def _field(pack: Pack, state: State, rule: ActRule, field: Field, tag: str) -> FieldView:
    ids: tuple[str, ...] = field.choices
    if field.kind == "kind":
        ids = tuple(pack.kinds)
    elif field.kind == "limit":
        ids = tuple(c.limit for c in state.running() if pack.limits[c.limit].extension)
    choices = tuple((choice, word(pack, choice, tag)) for choice in ids)
    return FieldView(field.id, field.kind, word(pack, field.id, tag), field.required, choices)
