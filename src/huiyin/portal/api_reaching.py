"""The public API, continued: how one can be reached, and who may know; by the own code alone.

The same acts as on the pages (``cases.reaching``, ``cases.consenting``). Neither the notice address
nor what lies under seal is ever shown back: no answer of the API has a place for a name.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query, Router, Status

from huiyin.cases import consenting, reaching
from huiyin.cases.contact import notice_of
from huiyin.cases.queries import history_of
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import private_key
from huiyin.portal import api_shapes as shapes
from huiyin.portal.acts import Found
from huiyin.portal.api_code import by_code, found_by
from huiyin.portal.telling import told
from huiyin.vault.queries import open_identity_as_complainant

router = Router(tags=["public"], auth=by_code)
# How much of the history the caller had seen; somebody else's act since then is refused.
Seen = Query(None, ge=0, le=10**9)


def _key(found: Found) -> bytes:
    return private_key(found.code)


def _out(found: Found) -> dict[str, Any]:
    """What holds now, read anew."""
    case = found.case
    case.refresh_from_db()
    history = history_of(case)
    try:
        identity = open_identity_as_complainant(case.vault, _key(found))
    except Refusal as refusal:
        if refusal.code != "identity-absent":
            raise
        identity = {}
    return {
        "notice": notice_of(history.events) is not None,
        "sealed": sorted(identity),
        "scopes": list(consenting.scopes_of(identity)),
        "told": told(case),
        "seen": history.state.seq,
    }


@router.get(
    "/follow/contact",
    response=shapes.ContactOut,
    summary=gettext_noop("How I can be reached, and who may know"),
)
def contact(request: HttpRequest) -> dict[str, Any]:
    """Which fields you left under seal (never what they say), whether notices are sent, the units
    that you let know."""
    return _out(found_by(request))


@router.put(
    "/follow/identity",
    response=shapes.ContactOut,
    summary=gettext_noop("Leave my identity under seal"),
)
def seal(request: HttpRequest, body: shapes.Identity, seen: int | None = Seen) -> dict[str, Any]:
    """Replaces what was there as a whole; consents given so far end."""
    found = found_by(request)
    fields = {name: value for name, value in body.model_dump().items() if value}
    reaching.seal_identity(found.case.number, _key(found), fields, seen, timezone.now())
    return _out(found)


@router.delete(
    "/follow/identity", response=shapes.ContactOut, summary=gettext_noop("Erase my identity")
)
def erase(request: HttpRequest, seen: int | None = Seen) -> dict[str, Any]:
    """Destroys it with the officers' halves and all consents; the case goes on."""
    found = found_by(request)
    reaching.erase_identity(found.case.number, _key(found), seen, timezone.now())
    return _out(found)


@router.put(
    "/follow/notice", response=shapes.ContactOut, summary=gettext_noop("Send notices to me")
)
def notice(request: HttpRequest, body: shapes.Contact, seen: int | None = Seen) -> dict[str, Any]:
    """By e-mail alone; a notice says only that there is news. An earlier address is destroyed. A
    telephone number belongs to the identity and is refused here."""
    found = found_by(request)
    email = body.email if body.email and not body.phone else ""
    reaching.set_notice(found.case.number, email, seen, timezone.now())
    return _out(found)


@router.delete(
    "/follow/notice", response=shapes.ContactOut, summary=gettext_noop("Send no notices")
)
def no_notice(request: HttpRequest, seen: int | None = Seen) -> dict[str, Any]:
    """Destroys the address."""
    found = found_by(request)
    reaching.stop_notice(found.case.number, seen, timezone.now())
    return _out(found)


@router.post(
    "/follow/consents",
    response={201: shapes.ContactOut},
    summary=gettext_noop("Let a unit know who I am"),
)
def give(request: HttpRequest, body: shapes.ConsentIn) -> Status[dict[str, Any]]:
    """`scope` is one of those that `GET /follow/contact` lists. Nobody of a unit complained of can
    be let know here."""
    found = found_by(request)
    consent = consenting.Consent(body.scope, body.unit)
    consenting.give(found.case.number, _key(found), consent, body.seen, timezone.now())
    return Status(201, _out(found))


@router.delete(
    "/follow/consents/{unit}",
    response=shapes.ContactOut,
    summary=gettext_noop("Take a consent back"),
)
def take_back(request: HttpRequest, unit: str, seen: int | None = Seen) -> dict[str, Any]:
    """The identity gets a new key. What was read meanwhile stays read."""
    found = found_by(request)
    consenting.take_back(found.case.number, _key(found), unit, seen, timezone.now())
    return _out(found)
