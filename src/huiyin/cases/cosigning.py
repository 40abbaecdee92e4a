"""Co-signing a collective grievance by a link that the representatives pass on.

The link is the case's number sealed under a key of this installation: it names nothing, needs no
table, and who holds it can read what was handed in and put one co-signature beside it. A
co-signature is an event with a random mark and, if wanted, words for the office; it holds nothing
about who signed, and no two of them can be tied together.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from huiyin.cases.acting import Request, perform
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of, numbered
from huiyin.cases.recording import History
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule
from huiyin.domain.procedure import Act, as_of
from huiyin.domain.states import Event
from huiyin.history.queries import Stored
from huiyin.vault import queries as vault

CO_SIGN = "co-sign"
MARK_SIZE = 16
_NONCE = 12
_READ = ("text", "remedy")  # what of the complaint is shown before signing


@dataclass(frozen=True)
class Joint:
    """What somebody with the link may read before they sign."""

    case: Case
    history: History
    text: str
    remedy: str
    signed: int
    open: bool


def token_of(number: str) -> str:
    """What the link of a case ends in; the same for one case as long as the web key stays."""
    key, name = _keys()
    # The nonce follows from the number, so that the link can be shown again without keeping it;
    # one number is sealed under one nonce only.
    nonce = hmac.digest(name, number.encode(), "sha256")[:_NONCE]
    sealed = nonce + AESGCM(key).encrypt(nonce, number.encode(), CO_SIGN.encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def joint(token: str, now: datetime) -> Joint:
    """The grievance behind a link. Raises Refusal ``join-link-unknown``."""
    case = numbered(_number(token))
    if case is None:
        raise Refusal("join-link-unknown")
    history = history_of(case)
    refs = history.events[0].data.get("texts")
    ids = {k: UUID(ref) for k, ref in refs.items()} if isinstance(refs, dict) else {}
    found = vault.get([ids[k] for k in _READ if k in ids], case.vault)
    law = history.law
    state = as_of(law.pack, law.calendar, history.state, max(now, history.state.last))
    return Joint(
        case,
        history,
        found.get(ids["text"], "") if "text" in ids else "",
        found.get(ids["remedy"], "") if "remedy" in ids else "",
        signatures(history.events),
        CO_SIGN in law.pack.acts and state.stage in law.pack.acts[CO_SIGN].at,
    )


def co_sign(token: str, mark: str, message: str, now: datetime) -> History:
    """Put one co-signature; the same ``mark`` again changes nothing. Returns the history up to
    and with it.

    Raises Refusal: ``join-link-unknown``, ``join-mark-malformed``, those of ``clean_text`` and of
    the rules (``act-not-open`` once the case has ended).
    """
    number = _number(token)
    if len(mark) != 2 * MARK_SIZE or not set(mark) <= set("0123456789abcdef"):
        raise Refusal("join-mark-malformed")

    def play(case: Case, history: History, rule: ActRule) -> Act:
        if _with_mark(history, mark) is not None:
            raise _Repeated
        return Act(rule.id, "complainant", None, {"mark": mark})

    values = {"message": message} if message.strip() else {}
    with contextlib.suppress(_Repeated):
        perform(number, Request(CO_SIGN, values), play, now)
    return signed(token, mark)


class _Repeated(Exception):
    """The same press of the button came twice."""


def signed(token: str, mark: str) -> History:
    """The history up to the co-signature with ``mark``, for its receipt. Raises Refusal
    ``join-link-unknown``."""
    case = numbered(_number(token))
    if case is None:
        raise Refusal("join-link-unknown")
    history = history_of(case)
    last = _with_mark(history, mark)
    if last is None:
        raise Refusal("join-link-unknown")
    upto = history.stored[: history.stored.index(last) + 1]
    return History(upto, history.law, history.law.fold([row.event for row in upto]))


def read_by_co_signer(history: History) -> list[UUID]:
    """The texts that the receipt of a co-signature opens: what was read before signing, and what
    was added. ``history`` ends with the co-signature."""
    first, last = history.events[0].data.get("texts"), history.events[-1].data.get("texts")
    read = [first[kind] for kind in _READ if kind in first] if isinstance(first, dict) else []
    return [UUID(ref) for ref in (*read, *(last.values() if isinstance(last, dict) else ()))]


def signatures(events: Iterable[Event]) -> int:
    """How many have co-signed by the link."""
    return sum(event.type == CO_SIGN for event in events)


def _with_mark(history: History, mark: str) -> Stored | None:
    return next((row for row in history.stored if row.event.data.get("mark") == mark), None)


def _keys() -> tuple[bytes, bytes]:
    secret = settings.SECRET_KEY.encode()
    return tuple(  # type: ignore[return-value]  # two of them
        hmac.digest(secret, f"huiyin/1/join/{what}".encode(), "sha256") for what in ("seal", "name")
    )


def _number(token: str) -> str:
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        key, _ = _keys()
        number = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], CO_SIGN.encode()).decode()
    except (ValueError, InvalidTag):
        raise Refusal("join-link-unknown") from None
    # The last character of base64 has bits to spare: one spelling only.
    if token != token_of(number):
        raise Refusal("join-link-unknown")
    return number
