"""Consent: the complainant releases the sealed identity to a unit, and takes it back.

Only the key that follows from the receipt code can release (``vault.acts``); here the key's
work and its event become one transaction, so that neither stands without the other. Reading
what was released writes an event too, once per person and day (mission.md, hard limit 6).
Who may read is ``domain.access.reads_released``; opening without consent is ``opening``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.cases.acting import Done, Half, Play, Request, act_data, perform
from huiyin.cases.contact import GIVE, TAKE_BACK
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of, released_to, units_told, visible_to
from huiyin.cases.recording import History
from huiyin.domain.access import OWNER, REVIEWER, SUPERVISOR, Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule
from huiyin.domain.procedure import Act
from huiyin.domain.states import Event
from huiyin.people.directory import directory
from huiyin.vault import acts as vault
from huiyin.vault import queries as sealed
from huiyin.vault.queries import recipient_of

IDENTITY, CONTACT = "identity", "contact"
# What "only how to be reached" is; the rest says who somebody is.
CONTACT_FIELDS = frozenset({"phone", "email", "address", "messenger"})
READ = "identity-read"


@dataclass(frozen=True)
class Consent:
    """What is released (``identity`` or ``contact``) to which unit."""

    scope: str
    unit: str


@dataclass(frozen=True)
class Given:
    """A consent in force."""

    unit: str
    scope: str
    since: datetime


@dataclass(frozen=True)
class Released:
    """What a unit was told, opened for one reader."""

    case: Case
    unit: str
    fields: Mapping[str, str]
    since: datetime


def scopes_of(fields: Iterable[str]) -> tuple[str, ...]:
    """What can be released of these identity fields; contact alone only where there is one."""
    held = set(fields)
    if not held:
        return ()
    return (CONTACT, IDENTITY) if held & CONTACT_FIELDS and held - CONTACT_FIELDS else (IDENTITY,)


def consents(case: Case) -> tuple[Given, ...]:
    """The consents in force, oldest first."""
    if case.contact != IDENTITY or not sealed.has_identity(case.vault):
        return ()
    given = [one for one in sealed.releases(case.vault) if one.recipient.startswith("unit:")]
    return tuple(
        Given(one.recipient.removeprefix("unit:"), _scope(one.fields), one.created) for one in given
    )


def _scope(fields: Sequence[str]) -> str:
    return CONTACT if set(fields) <= CONTACT_FIELDS else IDENTITY


def choosable(case: Case) -> tuple[str, ...]:
    """The units that may be told: the handling unit first; none of those complained of."""
    tree = directory()
    units = [u.id for u in tree.units.values() if u.open and not _complained_of(case, u.id)]
    return tuple(sorted(units, key=lambda unit: unit != case.unit_id))


def _complained_of(case: Case, unit: str) -> bool:
    return case.about_unit_id is not None and case.about_unit_id in directory().line(unit)


def give(number: str, key: bytes, consent: Consent, seen: int | None, now: datetime) -> Done:
    """Release to a unit what the consent says; a second consent to one unit replaces the first.

    ``key``: the complainant's private key. Raises Refusal ``unit-unknown``,
    ``unit-complained-of``, ``consent-scope-unknown``, ``identity-absent``, ``seal-broken``
    (not this case's key), ``stale`` and those of the rules.
    """

    def release(case: Case, _: Sequence[Event]) -> None:
        fields = _fields(case, key, consent.scope)
        vault.release_identity(case.vault, key, fields, recipient_of(consent.unit), now=now)

    request = Request(GIVE, {"scope": consent.scope, "to-unit": consent.unit}, seen)
    return perform(number, request, _play(request, now), now, release)


def _fields(case: Case, key: bytes, scope: str) -> set[str]:
    held = set(sealed.open_identity_as_complainant(case.vault, key))
    if scope not in scopes_of(held):
        raise Refusal("consent-scope-unknown", scope=scope[:20], known=list(scopes_of(held)))
    return held & CONTACT_FIELDS if scope == CONTACT else held


def _play(request: Request, now: datetime) -> Play:
    unit = request.values["to-unit"]

    def play(case: Case, history: History, rule: ActRule) -> Act:
        if unit not in directory().units:
            raise Refusal("unit-unknown", unit=unit[:60])
        if rule.id == GIVE and _complained_of(case, unit):
            raise Refusal("unit-complained-of", unit=unit)
        data = act_data(case, history, rule, request, now)
        return Act(rule.id, "complainant", None, data)

    return play


def take_back(number: str, key: bytes, unit: str, seen: int | None, now: datetime) -> Done:
    """End the consent to a unit; the identity gets a new key (``vault.withdraw_release``).

    What was read stays read. Raises Refusal ``release-absent``, ``seal-broken``, ``stale``.
    """

    def withdraw(case: Case, _: Sequence[Event]) -> None:
        vault.withdraw_release(case.vault, key, recipient_of(unit), now=now)

    request = Request(TAKE_BACK, {"to-unit": unit}, seen)
    return perform(number, request, _play(request, now), now, withdraw)


def read(number: str, actor: Actor, now: datetime) -> tuple[Released, ...]:
    """Open what units of the actor were told, leaving the event that says so.

    Raises Refusal: those of ``released_case``.
    """
    case = released_case(actor, number)
    return tuple(_read(case, unit, actor, now) for unit in units_told(actor, case))


def released_case(actor: Actor, number: str) -> Case:
    """A case of which a unit of the actor was told the identity.

    Raises Refusal ``nothing-released`` (number) to whoever may read the case; to everybody else
    ``case-unknown``, which cannot be told apart from a case that does not exist.
    """
    case = released_to(actor, number)
    if case is not None:
        return case
    visible = visible_to(actor).filter(number=number).exists()
    raise Refusal("nothing-released" if visible else "case-unknown", number=number)


def _read(case: Case, unit: str, actor: Actor, now: datetime) -> Released:
    given = {one.unit: one for one in consents(case)}[unit]
    if not _read_today(case, unit, actor, now):
        values = {"scope": given.scope, "to-unit": unit}
        perform(case.number, Request(READ, values), _reader(actor, unit), now, _still(unit))
    fields = sealed.open_release(case.vault, recipient_of(unit))
    return Released(case, unit, fields, given.since)


def _still(unit: str) -> Half:
    """The consent must stand in the moment in which the reading is written down."""

    def check(case: Case, _: Sequence[Event]) -> None:
        if unit not in sealed.told_units(case.vault):
            raise Refusal("case-unknown", number=case.number)

    return check


def _reader(actor: Actor, unit: str) -> Play:
    def play(case: Case, history: History, rule: ActRule) -> Act:
        if unit not in units_told(actor, case):
            raise Refusal("case-unknown", number=case.number)
        supervises = unit in actor.units(SUPERVISOR)
        owns = case.owner_id is not None and str(case.owner_id) == actor.id
        role = (REVIEWER if case.level else OWNER) if owns or not supervises else SUPERVISOR
        given = {one.unit: one for one in consents(case)}[unit]
        return Act(rule.id, role, actor.id, {"scope": given.scope, "to-unit": unit})

    return play


def _read_today(case: Case, unit: str, actor: Actor, now: datetime) -> bool:
    """Whether this reader's opening of this day stands in the timeline already."""
    history = history_of(case)
    zone = history.law.zone
    today = now.astimezone(zone).date()
    since = max((e.seq for e in history.events if e.type == GIVE), default=0)
    return any(
        event.type == READ
        and event.seq > since
        and event.actor == actor.id
        and event.data.get("to-unit") == unit
        and event.at.astimezone(zone).date() == today
        for event in history.events
    )
