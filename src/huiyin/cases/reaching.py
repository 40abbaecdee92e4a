"""How the complainant can be reached, changed after the hand-in by them alone.

An identity is sealed later, exchanged or erased; an address for notices is set or erased. Whoever
calls has found the case by its receipt code. Each change is an event without any content; what
was destroyed is gone with the row, and consents to what was sealed before end.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from huiyin.cases.acting import Done, Half, Request, perform
from huiyin.cases.contact import NO_NOTICE, NOTICE, SEALED, UNSEALED, notice_of
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.recording import History
from huiyin.cases.submitting import LINE_LIMIT, clean_email
from huiyin.domain import sealing
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule
from huiyin.domain.procedure import Act
from huiyin.domain.states import Event
from huiyin.domain.texts import clean_line
from huiyin.vault import acts as vault
from huiyin.vault import queries as sealed


def seal_identity(
    number: str, key: bytes, fields: Mapping[str, str], seen: int | None, now: datetime
) -> Done:
    """Leave an identity under seal, in place of an earlier one; consents so far end.

    ``key``: the complainant's private key. Raises Refusal ``identity-empty``,
    ``identity-field-unknown``, ``seal-broken`` (not this case's key), ``stale``, and those of
    ``clean_line``.
    """
    kept = {name: clean_line(value, name, LINE_LIMIT) for name, value in fields.items() if value}
    if not kept:
        raise Refusal("identity-empty")

    def seal(case: Case, _: Sequence[Event]) -> None:
        _check_key(case, key)
        vault.seal_identity(case.vault, kept, now=now, private_key=key)

    return _perform(number, SEALED, {}, seen, now, seal)


def erase_identity(number: str, key: bytes, seen: int | None, now: datetime) -> Done:
    """Destroy the sealed identity with its shares and consents. Raises Refusal
    ``identity-absent``, ``seal-broken``, ``stale``."""

    def destroy(case: Case, _: Sequence[Event]) -> None:
        _check_key(case, key)
        # A case with files has a key without any field, which stays for the originals.
        if not sealed.open_identity_as_complainant(case.vault, key):
            raise Refusal("identity-absent", case=number)
        vault.seal_identity(case.vault, {}, now=now, private_key=key)

    return _perform(number, UNSEALED, {}, seen, now, destroy)


def set_notice(number: str, email: str, seen: int | None, now: datetime) -> Done:
    """Send notices to an address from now on; an earlier one is destroyed. Raises Refusal
    ``email-malformed``, ``stale``."""
    line = clean_email(email)
    return _perform(number, NOTICE, {"contact": line}, seen, now, _destroy_address)


def stop_notice(number: str, seen: int | None, now: datetime) -> Done:
    """Send no notices any more and destroy the address. Raises Refusal ``notice-absent``."""
    return _perform(number, NO_NOTICE, {}, seen, now, _destroy_address)


def _destroy_address(case: Case, events: Sequence[Event]) -> None:
    """The address that was in force until now."""
    held = notice_of(history_of(case).events)
    if held is not None:
        vault.destroy_contents(case.vault, [uuid.UUID(held)])
    elif any(event.type == NO_NOTICE for event in events):
        raise Refusal("notice-absent")


def _check_key(case: Case, key: bytes) -> None:
    """Whoever seals or erases holds the key of the receipt, not only a browser's cookie."""
    if sealing.public_of(key) != sealed.case_keys(case.vault).complainant_public:
        raise Refusal("seal-broken", case=case.number, field="complainant")


def _perform(
    number: str, act: str, values: Mapping[str, str], seen: int | None, now: datetime, half: Half
) -> Done:
    request = Request(act, values, seen)

    def play(case: Case, history: History, rule: ActRule) -> Act:
        return Act(rule.id, "complainant", None, {})

    return perform(number, request, play, now, half)
