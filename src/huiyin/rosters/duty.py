"""On duty, as acts: handing over with two signatures, calling people to see who answers, and
the address under which somebody reads their own duty."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime

from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.texts import clean_text
from huiyin.people.models import User
from huiyin.rosters.acts import held
from huiyin.rosters.models import CHANNELS, HOURS, Call, Feed, Handover, Role, Run
from huiyin.vault import acts as vault

NOTE_KIND = "handover"
NOTE_LIMIT = 4000


def hand_over(
    roster: str, role: str, into: str, note: str, actor: Actor, now: datetime
) -> Handover:
    """The actor signs that they hand a duty over, with what is open. The note is sealed.

    Raises Refusal ``handover-with-oneself``, ``handover-open``, ``member-unknown``,
    ``roster-row-unknown``, and those of ``clean_text``.
    """
    with held(roster, "serve", actor, now) as act:
        duty = Role.objects.filter(roster=act.row, key=role).first()
        if duty is None:
            raise Refusal("roster-row-unknown")
        if into == actor.id:
            raise Refusal("handover-with-oneself")
        if into not in act.value.people:
            raise Refusal("member-unknown")
        if Handover.objects.filter(role=duty, out_id=int(actor.id), signed_in=None).exists():
            raise Refusal("handover-open")
        text = clean_text(note, "note", NOTE_LIMIT)
        ref = vault.put(act.row.pk, NOTE_KIND, text, now=now)
        row = Handover.objects.create(
            roster=act.row, role=duty, out_id=int(actor.id), into_id=int(into), note=ref.id,
            signed_out=now,
        )  # fmt: skip
        told = {"handover": row.pk, "role": role, "into": into, "sha256": ref.commitment}
        act.write("handover-given", told)
    return row


def take_over(roster: str, handover: int, actor: Actor, now: datetime) -> None:
    """The other one signs that they have taken over. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "serve", actor, now) as act:
        mine = Handover.objects.filter(
            roster=act.row, pk=handover, into_id=int(actor.id), signed_in=None
        )
        if not mine.update(signed_in=now):
            raise Refusal("roster-row-unknown")
        act.write("handover-taken", {"handover": handover})


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
        if user not in act.value.people:
            raise Refusal("member-unknown")
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
