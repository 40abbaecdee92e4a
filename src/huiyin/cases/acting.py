"""Every later act on a case, by staff or by the complainant, goes through ``perform``.

One way for pages, API, import and demo data: lock the row, compare what the actor had seen,
find the role, seal the texts, let the rules decide, record. A refusal changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from huiyin.cases import commenting
from huiyin.cases.models import Case
from huiyin.cases.queries import facts_of, history_of, visible_to
from huiyin.cases.recalculating import brought_up
from huiyin.cases.recording import History, record
from huiyin.cases.submitting import TEXT_LIMIT
from huiyin.domain.access import OWNER, REVIEWER, Actor, candidates, excluded, may, roles_on
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule
from huiyin.domain.procedure import Act, State, decide
from huiyin.domain.states import Event
from huiyin.domain.texts import clean_line, clean_text
from huiyin.people.directory import directory
from huiyin.people.queries import actors_reaching
from huiyin.vault import acts as vault
from huiyin.vault.acts import ContentRef

SUMMARY_LIMIT = 500
Values = Mapping[str, str]
Play = Callable[[Case, History, ActRule], Act]
# What an act changes in the vault; it may return what the event has to commit to.
Half = Callable[[Case, Sequence[Event]], Sequence[ContentRef] | None]


@dataclass(frozen=True)
class Done:
    """An act that was recorded."""

    case: Case
    events: tuple[Event, ...]
    state: State


@dataclass(frozen=True)
class Request:
    """Who wants to do what: the act's id, its fields as typed, and the history's length that
    the actor had on the screen (None: whatever it is now)."""

    act: str
    values: Values
    seen: int | None = None


def by_staff(number: str, request: Request, actor: Actor, now: datetime) -> Done:
    """An act of a member of staff. Raises Refusal ``case-unknown`` also for a case that the
    actor may not see (its existence is not disclosed), ``stale``, and those of the rules."""
    try:
        return perform(number, request, staff_play(number, request, actor, now), now)
    except Refusal as refusal:
        # Asking for an act that no procedure has must not tell which cases there are.
        if refusal.code == "act-unknown" and not visible_to(actor).filter(number=number).exists():
            raise Refusal("case-unknown", number=number) from None
        raise


def staff_play(number: str, request: Request, actor: Actor, now: datetime) -> Play:
    """What ``actor``'s request is on a case: the act with its role and particulars."""

    def play(case: Case, history: History, rule: ActRule) -> Act:
        facts = facts_of(case, history.state)
        if rule.assigns and request.values.get("owner") == actor.id and may(actor, "take", facts):
            roles: tuple[str, ...] = (REVIEWER if case.level else OWNER,)
        else:
            roles = roles_on(actor, facts)
        if not roles:
            raise Refusal("case-unknown", number=number)
        _check_unsealed(rule)
        data = act_data(case, history, rule, request, now)
        if rule.leaves:
            texts = [text for _, text in texts_of(rule, request)]
            commenting.check(case, history, actor, texts, asked_unit(rule, request))
        return Act(rule.id, _role(history, rule, roles), actor.id, data)

    return play


def asked_unit(rule: ActRule, request: Request) -> str:
    """The unit that the act's texts go to; "" if none was named."""
    return next((request.values.get(f.id, "") for f in rule.fields if f.kind == "unit"), "")


def by_complainant(number: str, request: Request, now: datetime) -> Done:
    """An act of the complainant, whose receipt code the caller has checked."""

    def play(case: Case, history: History, rule: ActRule) -> Act:
        _check_unsealed(rule)
        return Act(rule.id, "complainant", None, act_data(case, history, rule, request, now))

    return perform(number, request, play, now)


def _check_unsealed(rule: ActRule) -> None:
    """A bare event must never claim what only a key can do, such as a consent."""
    if rule.sealed:
        raise Refusal("act-has-sealed-half", act=rule.id)


def perform(
    number: str, request: Request, play: Play, now: datetime, half: Half | None = None
) -> Done:
    """Record the act that ``play`` makes of ``request``, in one transaction.

    ``half``: what the act changes in the vault, done after the rules have agreed and before
    anything is written down; if it is refused, nothing was recorded. Who may act has been
    checked by the caller or is checked in ``play``. Raises Refusal ``case-unknown``, ``stale``,
    and those of the rules.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(number=number).first()
        if case is None:
            raise Refusal("case-unknown", number=number)
        history = history_of(case)
        rule = history.law.pack.act(request.act)
        act = play(case, history, rule)
        check_fresh(case, history, request)
        _check_fields(rule, request)
        history = brought_up(case, history, now)
        texts = texts_of(rule, request)
        ids, refs = _seal(case, texts, now)
        act = Act(act.id, act.role, act.actor, {**act.data, **({"texts": ids} if ids else {})})
        law = history.law
        events = decide(law.pack, law.calendar, history.state, act, now)
        more = half(case, events) if half is not None else None
        _, state = record(case, history, events, (*refs, *(more or ())), now)
        if rule.summarises:
            _summarise(case, texts)
    return Done(case, events, state)


def check_fresh(case: Case, history: History, request: Request) -> None:
    """Raises Refusal ``stale`` if more has happened than what the actor had seen. Somebody's
    look at a file or a name is no reason to think again."""
    if request.seen is None or request.seen == history.state.seq:
        return
    since = [event.type for event in news_since(history, request.seen)]
    if since or request.seen > history.state.seq:
        raise Refusal("stale", case=case.number, since=since)


def news_since(history: History, seen: int) -> list[Event]:
    """The events after ``seen`` that others may have to think about."""
    pack = history.law.pack
    return [e for e in history.events if e.seq > seen and not pack.act(e.type).quiet]


def _check_fields(rule: ActRule, request: Request) -> None:
    """What an act does not ask for is a mistake to tell, not to swallow."""
    known = [field.id for field in rule.fields]
    for name in request.values:
        if name not in known:
            raise Refusal("act-field-unknown", act=rule.id, field=name[:60], known=known)


def _role(history: History, rule: ActRule, roles: tuple[str, ...]) -> str:
    """The strongest of the actor's roles that the act is for; else the strongest, so that the
    rules can say whose act it is."""
    pack = history.law.pack
    return next((role for role in roles if rule.by & pack.plays(role)), roles[0])


def texts_of(rule: ActRule, request: Request) -> list[tuple[str, str]]:
    """The act's texts, cleaned, by field. Raises the refusals of ``clean_text``."""
    found = []
    for field in rule.fields:
        value = request.values.get(field.id, "")
        if field.kind == "text" and value.strip():
            limit = SUMMARY_LIMIT if rule.summarises else TEXT_LIMIT
            found.append((field.id, clean_text(value, field.id, limit)))
    return found


def _seal(
    case: Case, texts: list[tuple[str, str]], now: datetime
) -> tuple[dict[str, str], tuple[ContentRef, ...]]:
    if not texts:
        return {}, ()
    refs = vault.put_many(case.vault, texts, now=now)
    return {ref.kind: ref.id.hex for ref in refs}, refs


def act_data(
    case: Case, history: History, rule: ActRule, request: Request, now: datetime
) -> dict[str, object]:
    """The act's fields that are not texts, checked against the people and units there are."""
    data: dict[str, object] = {}
    for field in rule.fields:
        value = request.values.get(field.id, "")
        if field.kind != "text" and isinstance(value, str) and value.strip():
            line = clean_line(value, field.id, 128)
            counts = field.kind == "number" and line.isascii() and line.isdigit()
            data[field.id] = int(line) if counts else line
    if rule.level_change:
        data["unit"] = unit_above(case, history, now)
    elif rule.moves_unit and "unit" in data:
        _check_unit(case, str(data["unit"]))
    if rule.leaves and (unit := asked_unit(rule, request).strip()):
        _check_open(unit)
    if rule.assigns and "owner" in data:
        _check_owner(case, history, str(data["owner"]), now)
    return data


def unit_above(case: Case, history: History, now: datetime | None = None) -> str:
    """Where a review goes: the unit named for that level or the next legal body up, past those
    complained of and, at ``now``, past those in which every reviewer is in conflict. An
    organisation of one body reviews in its own house, by another person (Housing Complaint
    Handling Code 2024, 6.13)."""
    tree = directory()
    first = _first_unit(history)
    free, level = [], history.state.level + 1
    while (above := tree.reviewer_of(first, level)) is not None:
        if case.about_unit_id is None or case.about_unit_id not in tree.line(above):
            free.append(above)
        level += 1
    if not free:
        return next((u for u in tree.line(first) if u in tree.bodies), first)
    if now is None:
        return free[0]
    return next((u for u in free if not _all_in_conflict(case, history, u, now)), free[0])


def _all_in_conflict(case: Case, history: History, unit: str, now: datetime) -> bool:
    """Whether the unit has reviewers and each of them must stand aside."""
    facts = replace(facts_of(case, history.state), unit=unit, level=history.state.level + 1)
    today = now.astimezone(history.law.zone).date()
    reviewers = actors_reaching(unit, [REVIEWER], today)
    return bool(reviewers) and not candidates(reviewers, facts)


def _first_unit(history: History) -> str:
    """The unit that the case was with before any review."""
    unit = ""
    for event in history.events:
        rule = history.law.pack.act(event.type)
        if rule.level_change:
            break
        if rule.moves_unit and "unit" in event.data:
            unit = str(event.data["unit"])
    return unit


def _check_open(unit: str) -> None:
    info = directory().units.get(unit)
    if info is None:
        raise Refusal("unit-unknown", unit=unit[:60])
    if not info.open:
        raise Refusal("unit-closed", unit=unit)


def _check_unit(case: Case, unit: str) -> None:
    _check_open(unit)
    tree = directory()
    if case.about_unit_id is not None and case.about_unit_id in tree.line(unit):
        raise Refusal("unit-complained-of", unit=unit)


def _check_owner(case: Case, history: History, owner: str, now: datetime) -> None:
    facts = facts_of(case, history.state)
    today = now.astimezone(history.law.zone).date()
    role = REVIEWER if facts.level else OWNER
    actors = actors_reaching(facts.unit, [role], today)
    if owner in {a.id for a in candidates(actors, facts)}:
        return
    person = next((a for a in actors if a.id == owner), None)
    if person is not None and (why := excluded(person, facts)):
        raise Refusal("owner-excluded", why=why)
    raise Refusal("owner-unknown", unit=facts.unit)


def _summarise(case: Case, texts: list[tuple[str, str]]) -> None:
    """The staff's own summary is the only searchable text; the newest one counts."""
    from huiyin.cases.search import index_summary

    case.summary = texts[0][1] if texts else ""
    Case.objects.filter(pk=case.pk).update(summary=case.summary)
    index_summary(case)
