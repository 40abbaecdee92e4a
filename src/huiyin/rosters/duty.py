"""On duty, as acts: handing over with two signatures, calling people to see who answers, and
the address under which somebody reads their own duty.

What a handover says may name people. Each note lies in the vault under a key of its own and is
destroyed a year after it was signed; who handed over to whom, and when, stays.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.wallclock import wall
from huiyin.domain.texts import clean_text
from huiyin.people.models import User
from huiyin.rosters.acts import Held, held, write_event
from huiyin.rosters.models import CHANNELS, HOURS, Call, Feed, Handover, Role, Roster, Run
from huiyin.vault import acts as vault

NOTE_KIND = "handover"
NOTE_LIMIT = 4000
NOTES_KEPT = timedelta(days=365)


def hand_over(
    roster: str, role: str, into: str, note: str, actor: Actor, now: datetime
) -> Handover:
    """The actor signs that they hand a duty over, with what is open. The note is sealed.

    Raises Refusal ``handover-with-oneself``, ``handover-open``, ``member-unknown`` (also for who
    has left),
    ``roster-row-unknown``, and those of ``clean_text``.
    """
    with held(roster, "serve", actor, now) as act:
        duty = Role.objects.filter(roster=act.row, key=role).first()
        if duty is None:
            raise Refusal("roster-row-unknown")
        if into == actor.id:
            raise Refusal("handover-with-oneself")
        _require_member(act, into)
        if _waiting(act.row.pk).filter(role=duty, out_id=int(actor.id)).exists():
            raise Refusal("handover-open")
        text = clean_text(note, "note", NOTE_LIMIT)
        stream = secrets.token_hex(16)
        keys = vault.open_case(stream, b"")
        ref = vault.put(stream, NOTE_KIND, text, now=now, keys=keys)
        row = Handover.objects.create(
            roster=act.row, role=duty, out_id=int(actor.id), into_id=int(into), note=ref.id,
            vault=stream, signed_out=now,
        )  # fmt: skip
        told = {"handover": row.pk, "role": role, "into": into, "sha256": ref.commitment}
        act.write("handover-given", told)
    return row


def take_over(roster: str, handover: int, actor: Actor, now: datetime) -> None:
    """The other one signs that they have taken over. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "serve", actor, now) as act:
        mine = _waiting(act.row.pk).filter(pk=handover, into_id=int(actor.id))
        if not mine.update(signed_in=now):
            raise Refusal("roster-row-unknown")
        act.write("handover-taken", {"handover": handover})


def withdraw_handover(roster: str, handover: int, actor: Actor, now: datetime) -> None:
    """Who handed over takes it back while the other has not signed: it went to the wrong person,
    or that one never came. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "serve", actor, now) as act:
        mine = _waiting(act.row.pk).filter(pk=handover, out_id=int(actor.id))
        if not mine.update(withdrawn=now):
            raise Refusal("roster-row-unknown")
        act.write("handover-withdrawn", {"handover": handover})


def _waiting(roster: str) -> QuerySet[Handover]:
    """The handovers that the other one has still to sign."""
    return Handover.objects.filter(roster=roster, signed_in=None, withdrawn=None)


def _require_member(act: Held, person: str) -> None:
    """Refuse who is no member, or no longer. Raises Refusal ``member-unknown``."""
    found = act.value.people.get(person)
    if found is None or (found.until and found.until < wall(act.now, act.value.zone).date()):
        raise Refusal("member-unknown")


def notes_due(now: datetime) -> QuerySet[Handover]:
    """The handovers whose note has been kept long enough."""
    return Handover.objects.filter(note__isnull=False, signed_out__lte=now - NOTES_KEPT)


def destroy_notes(now: datetime) -> int:
    """Destroy the notes whose day has come; returns how many. Call
    ``scrubbing.scrub_after_erasure`` afterwards, outside any transaction."""
    count = 0
    for roster in sorted(set(notes_due(now).values_list("roster", flat=True))):
        with transaction.atomic():
            row = Roster.objects.select_for_update().get(pk=roster)
            gone = [_forget(note) for note in notes_due(now).filter(roster=row)]
            write_event(row, "notes-destroyed", "system", None, {"notes": len(gone)}, now)
        count += len(gone)
    return count


def _forget(handover: Handover) -> None:
    if handover.vault:
        vault.erase(handover.vault)
    elif handover.note:  # sealed under the roster's own key, which others still need
        vault.destroy_contents(handover.stream, [handover.note])
    handover.note = None
    handover.save(update_fields=["note"])


def begin_run(roster: str, actor: Actor, now: datetime) -> Run:
    """Begin a reachability test. Raises the refusals of ``held``."""
    with held(roster, "edit", actor, now) as act:
        run = Run.objects.create(roster=act.row, by_id=int(actor.id), begun=now)
        act.write("reach-begun", {"run": run.pk})
    return run


def note_call(
    roster: str, run: int, user: str, channel: str, hours: str, answered: bool,
    seconds: int | None, actor: Actor, now: datetime,
) -> Call:  # fmt: skip
    """Write down one call of a test. Raises Refusal ``roster-row-unknown``,
    ``member-unknown``."""
    with held(roster, "edit", actor, now) as act:
        row = Run.objects.filter(roster=act.row, pk=run).first()
        if row is None or channel not in CHANNELS or hours not in HOURS:
            raise Refusal("roster-row-unknown")
        _require_member(act, user)
        call = Call.objects.create(
            run=row, user_id=int(user), channel=channel, hours=hours, answered=answered,
            seconds=seconds if answered else None, at=now,
        )  # fmt: skip
        told = {"run": run, "call": call.pk, "channel": channel, "answered": answered}
        act.write("reach-called", told)
    return call


def make_feed(user: User, entropy: bytes, now: datetime) -> str:
    """The part of an address that opens somebody's own duty, shown once; ``entropy``: 32 random
    bytes. It replaces an earlier one, which stops working."""
    digest = hashlib.sha256(entropy).digest()
    Feed.objects.filter(user=user).delete()
    Feed.objects.create(digest=digest, user=user, created=now)
    return base64.urlsafe_b64encode(entropy).decode().rstrip("=")


def end_feed(user: User) -> None:
    """The address stops working."""
    Feed.objects.filter(user=user).delete()


def user_of_feed(token: str) -> User | None:
    """Whose duty the address opens, or None."""
    try:
        entropy = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    digest = hashlib.sha256(entropy).digest()
    row = Feed.objects.select_related("user").filter(digest=digest, user__is_active=True).first()
    return row.user if row else None
