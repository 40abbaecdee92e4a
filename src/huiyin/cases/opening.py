"""Opening an identity without consent: two officers, each in their own session, with a reason.

The first officer names the case and the reason and types their passphrase: their share is
opened and at once re-sealed to the second officer, for this case and purpose only. The second
officer types their own passphrase: both shares meet, the event is written, then the fields are
shown once. Nobody's passphrase enters another's session, and no request alone opens anything.
For a lost code the same two, having compared the person before them with the fields, issue a
new one. Who may know by consent is in ``consenting``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from huiyin import packs
from huiyin.cases.acting import Done, Half, Play, Request, perform
from huiyin.cases.files import Download, file_of
from huiyin.cases.models import Case, OpeningRequest
from huiyin.cases.queries import (
    facts_of,
    for_officers,
    history_of,
    not_barred_from,
    set_lookup,
)
from huiyin.cases.recording import History
from huiyin.cases.story import last_moment
from huiyin.domain import receipts, sealing
from huiyin.domain.access import OMBUDSMAN, PRIVACY_OFFICER, Actor, excluded
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule
from huiyin.domain.procedure import Act, State
from huiyin.domain.receipts import Code
from huiyin.domain.states import Event
from huiyin.domain.texts import clean_text
from huiyin.vault import files as vault_files
from huiyin.vault import officers
from huiyin.vault.queries import case_keys

OFFICERS = (PRIVACY_OFFICER, OMBUDSMAN)
OPEN, REISSUE, FILES = "open", "reissue", "files"
OPENED, EXPLAINED, REISSUED = "opened-identity", "explain-opening", "code-reissued"
# A request that nobody answered is forgotten: the first officer's word is about today's reason.
LIFE = timedelta(days=7)
REASON_LIMIT = 2_000
_REASON = "opening-reason"


@dataclass(frozen=True)
class Asking:
    """What the first officer asks for."""

    number: str
    purpose: str
    reason: str
    passphrase: str


@dataclass(frozen=True)
class Opened:
    """An identity on the second officer's screen, and the day by which it is explained."""

    fields: Mapping[str, str]
    explain: Owed | None


@dataclass(frozen=True)
class Owed:
    """An explanation that is owed: its last day, and whether that has passed."""

    by: date | datetime
    late: bool


def role_of(actor: Actor) -> str:
    """The actor's role as an officer. Raises Refusal ``not-allowed``, and ``officer-of-both``:
    one person in both roles would be nobody's second."""
    held = [role for role in OFFICERS if actor.has(role)]
    if not held:
        raise Refusal("not-allowed", verb="officer")
    if len(held) > 1:
        raise Refusal("officer-of-both")
    return held[0]


def case_for(actor: Actor, number: str) -> Case:
    """The case that an officer names. Raises Refusal ``case-unknown``, ``officer-excluded`` (the
    complaint is about them or their unit)."""
    role_of(actor)
    case = for_officers(actor, number)
    if case is None:
        raise Refusal("case-unknown", number=number)
    if excluded(actor, facts_of(case, history_of(case).state)):
        raise Refusal("officer-excluded", number=number)
    return case


def ask(actor: Actor, asking: Asking, now: datetime) -> OpeningRequest:
    """Ask the other officer to open with you; your own share is handed over sealed.

    Raises Refusal: those of ``case_for`` and ``vault.officers.hand_share``, of ``clean_text``,
    ``opening-purpose-unknown``, ``opening-asked-already``.
    """
    role, case = role_of(actor), case_for(actor, asking.number)
    if asking.purpose not in (OPEN, REISSUE, FILES):
        raise Refusal("opening-purpose-unknown", purpose=asking.purpose[:20])
    reason = clean_text(asking.reason, "reason", REASON_LIMIT)
    forget_stale(now)
    if _pending(case.number) is not None:
        raise Refusal("opening-asked-already", number=case.number)
    handed = officers.hand_share(case.vault, role, asking.passphrase, asking.purpose)
    keys = case_keys(case.vault)
    nonce = os.urandom(sealing.NONCE_BYTES)
    row = OpeningRequest(
        number=case.number,
        purpose=asking.purpose,
        role=role,
        first_id=int(actor.id),
        asked=now,
        generation=handed[0],
        wrap=handed[1],
        reason=sealing.seal(keys.content, case.vault, _REASON, reason.encode(), nonce),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # both officers asked in one moment
        raise Refusal("opening-asked-already", number=case.number) from error
    return row


def forget_stale(now: datetime) -> None:
    """Delete requests that nobody answered in time, with the shares in them."""
    OpeningRequest.objects.filter(opened__isnull=True, asked__lte=now - LIFE).delete()
    stale = OpeningRequest.objects.filter(opened__lte=now - LIFE).exclude(wrap=b"")
    stale.update(wrap=b"", reason=b"")


def requests(now: datetime) -> list[OpeningRequest]:
    """What the officers have to do: answer requests, explain openings. Numbers, no cases."""
    since = now - LIFE
    rows = OpeningRequest.objects.order_by("asked", "id")
    return [row for row in rows if row.opened is not None or row.asked > since]


def requests_for(actor: Actor, now: datetime) -> list[OpeningRequest]:
    """Those of them that an officer may know of: none about a case they are excluded from."""
    rows = requests(now)
    open_to = not_barred_from(actor, {row.number for row in rows}) if rows else {}
    return [row for row in rows if row.number in open_to]


def _pending(number: str) -> OpeningRequest | None:
    return OpeningRequest.objects.filter(number=number, opened__isnull=True).first()


def request_for(actor: Actor, number: str) -> OpeningRequest:
    """The newest request about a case; raises Refusal ``opening-not-asked``, ``case_for``'s."""
    case_for(actor, number)
    row = OpeningRequest.objects.filter(number=number).order_by("-asked", "-id").first()
    if row is None:
        raise Refusal("opening-not-asked", number=number)
    return row


def reason_of(row: OpeningRequest, case: Case) -> str:
    """The first officer's reason, for the second; "" once the identity was opened."""
    if not row.reason:
        return ""
    keys = case_keys(case.vault)
    return sealing.unseal(keys.content, case.vault, _REASON, bytes(row.reason)).decode()


def may_answer(actor: Actor, row: OpeningRequest) -> bool:
    """Whether the actor is the second of this request: another person in the other role."""
    return role_of(actor) != row.role and actor.id != str(row.first_id)


def confirm(actor: Actor, number: str, passphrase: str, now: datetime) -> Opened:
    """Open the identity with the first officer; the event stands before anything is returned.

    Raises Refusal: ``opening-not-asked``, ``opening-needs-another`` (the first officer alone),
    those of ``case_for`` and of ``vault.officers.open_with_handed``.
    """
    case = case_for(actor, number)
    forget_stale(now)
    row = _pending(number)
    if row is None:
        raise Refusal("opening-not-asked", number=number)
    _check_second(actor, row)
    fields = officers.open_with_handed(case.vault, role_of(actor), passphrase, _handed(row))
    values = {"reason": reason_of(row, case), "second": str(row.first_id)}
    told = {"second": str(row.first_id)} | ({"scope": "files"} if row.purpose == FILES else {})
    play = _play(actor, told)
    done = perform(number, Request(OPENED, values), play, now, _mark_opened(row, actor, now))
    return Opened(fields, _owed(done.case, done.state, now))


def owed(actor: Actor, number: str, now: datetime) -> Owed | None:
    """By when an opening is explained; None if nothing is owed (any more)."""
    case = for_officers(actor, number)
    return _owed(case, history_of(case).state, now) if case is not None else None


def _owed(case: Case, state: State, now: datetime) -> Owed | None:
    clock = state.clock(EXPLAINED)
    if clock is None or not clock.running or clock.due_at is None:
        return None
    last = last_moment(clock.due_at, ZoneInfo(packs.load(case.pack).zone))
    return Owed(last, clock.late(now)) if last else None


def _check_second(actor: Actor, row: OpeningRequest) -> None:
    if not may_answer(actor, row):
        raise Refusal("opening-needs-another", number=row.number)


def _handed(row: OpeningRequest) -> officers.Handed:
    return officers.Handed(row.generation, row.purpose, bytes(row.wrap))


def _play(actor: Actor, data: Mapping[str, str]) -> Play:
    def play(case: Case, history: History, rule: ActRule) -> Act:
        if excluded(actor, facts_of(case, history.state)):
            raise Refusal("officer-excluded", number=case.number)
        return Act(rule.id, role_of(actor), actor.id, dict(data))

    return play


def _mark_opened(row: OpeningRequest, actor: Actor, now: datetime) -> Half:
    """The request is used up by exactly one opening."""

    def mark(case: Case, _: Sequence[Event]) -> None:
        left: dict[str, object] = {"wrap": b""} if row.purpose == OPEN else {}
        changed = OpeningRequest.objects.filter(pk=row.pk, opened__isnull=True).update(
            opened=now, second_id=int(actor.id), reason=b"", **left
        )
        if not changed:
            raise Refusal("opening-not-asked", number=case.number)

    return mark


def withdraw(actor: Actor, number: str) -> None:
    """Either officer ends a request: nothing is opened, or after opening no code is issued."""
    case_for(actor, number)
    OpeningRequest.objects.filter(number=number, opened__isnull=True).delete()
    OpeningRequest.objects.filter(number=number).update(wrap=b"", reason=b"")


def may_reissue(actor: Actor, row: OpeningRequest) -> bool:
    """Whether a new code can be issued now: opened for that purpose by this second officer."""
    return (
        row.purpose == REISSUE
        and row.opened is not None
        and bool(row.wrap)
        and str(row.second_id) == actor.id
    )


def reissue(
    actor: Actor,
    number: str,
    passphrase: str,
    now: datetime,
    entropy: Callable[[int], bytes] = os.urandom,
) -> Code:
    """A new receipt code for the person whom both officers have recognised; the old one opens
    nothing any more. The code is returned once and stored nowhere.

    Raises Refusal ``opening-not-asked`` unless both have opened for this purpose, and those of
    ``vault.officers.replace_key_with_handed``.
    """
    case = case_for(actor, number)
    forget_stale(now)
    row = request_for(actor, number)
    if not may_reissue(actor, row):
        raise Refusal("opening-not-asked", number=number)
    code = receipts.make(entropy(15))

    def exchange(held: Case, _: Sequence[Event]) -> None:
        # Only one of two presses finds the share.
        if not OpeningRequest.objects.filter(pk=row.pk).exclude(wrap=b"").update(wrap=b""):
            raise Refusal("opening-not-asked", number=number)
        officers.replace_key_with_handed(
            held.vault, role_of(actor), passphrase, _handed(row), receipts.public_key(code)
        )
        set_lookup(held, receipts.lookup_id(code))

    values = {"second": str(row.first_id)}
    perform(case.number, Request(REISSUED, values), _play(actor, values), now, exchange)
    return code


def may_fetch(actor: Actor, row: OpeningRequest) -> bool:
    """Whether originals can be fetched now: opened for that purpose by this second officer, and
    not yet explained."""
    return (
        row.purpose == FILES
        and row.opened is not None
        and bool(row.wrap)
        and str(row.second_id) == actor.id
    )


def original(actor: Actor, number: str, file_id: str, passphrase: str, now: datetime) -> Download:
    """A file as it was handed in, for the second officer, until the opening is explained.

    Raises Refusal ``opening-not-asked`` unless both have opened for this purpose,
    ``file-unknown``, and those of ``vault.officers.identity_key_with_handed``.
    """
    case = case_for(actor, number)
    forget_stale(now)
    row = request_for(actor, number)
    if not may_fetch(actor, row):
        raise Refusal("opening-not-asked", number=number)
    file = file_of(case, history_of(case), file_id)
    key = officers.identity_key_with_handed(case.vault, role_of(actor), passphrase, _handed(row))
    data = vault_files.opener(case.vault, key).original(UUID(file_id))
    if file.kind is None:
        raise Refusal("file-unknown")
    return Download(f"{number}-{file.facts.n}-original.{file.kind.ending}", file.kind.media, data)


def explain(actor: Actor, number: str, message: str, now: datetime) -> Done:
    """Tell the complainant why the identity was opened. Raises Refusal ``nothing-to-end`` if
    there is nothing to explain, and those of ``clean_text``."""

    def forget(case: Case, _: Sequence[Event]) -> None:
        OpeningRequest.objects.filter(number=case.number, opened__isnull=False).delete()

    case_for(actor, number)
    return perform(number, Request(EXPLAINED, {"message": message}), _play(actor, {}), now, forget)
