"""The only writer of alerts: a message made from a warning of a plan, kept, and signed.

What a message is and what is wrong with it: ``huiyin.domain.cap``. The key that signs is never
stored: it comes with the request and goes with it. Events hold identifier and hash, never a text.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from huiyin.alerts import signing
from huiyin.domain.access import Actor
from huiyin.domain.cap import composing, reading
from huiyin.domain.cap.message import Alert as Message
from huiyin.domain.errors import Refusal
from huiyin.domain.plan_access import role_in
from huiyin.domain.plans.alerting import gathering
from huiyin.plans.acts import locked_for_writing, write_event
from huiyin.plans.models import Alert, Plan, Version
from huiyin.plans.queries import facts_of


def make(
    version: Version,
    warning: str,
    message: Message,
    actor: Actor,
    now: datetime,
    follows: Alert | None = None,
) -> Alert:
    """Compose and keep a message; an update or a cancellation ``follows`` another one. Raises
    Refusal: plan-unknown, not-allowed, alert-gathering, alert-invalid (with ``findings``),
    alert-unprintable, alert-followed."""
    if word := gathering(message):
        raise Refusal("alert-gathering", word=word)
    with transaction.atomic():
        plan = locked_for_writing(version.plan_id, actor)
        if follows and has_ended(follows):
            raise Refusal("alert-followed")
        text = composing.compose(message, now, secrets.token_bytes(4))
        alert = Alert(
            plan=plan, identifier=reading.read(text.encode()).alert.identifier, warning=warning,
            version=version.label, status=message.status or "Exercise", made=now,
            by_id=int(actor.id), text=text, kind=message.msg_type or "Alert", follows=follows,
        )  # fmt: skip
        alert.save(force_insert=True)
        _record(plan, alert, "alert-made", actor, now)
    return alert


def has_ended(alert: Alert) -> bool:
    """Whether another message has followed, or this one called the alert off."""
    return alert.kind == "Cancel" or Alert.objects.filter(follows=alert).exists()


def sign(
    plan_id: str, identifier: str, key: bytes, certificate: bytes, actor: Actor, now: datetime
) -> Alert:
    """Sign a kept message. Raises Refusal: plan-unknown, not-allowed, alert-unknown, alert-signed,
    alert-key, alert-certificate."""
    with transaction.atomic():
        plan = locked_for_writing(plan_id, actor)
        alert = Alert.objects.filter(plan=plan, identifier=identifier).first()
        if alert is None:
            raise Refusal("alert-unknown")
        alert.text = signing.sign(alert.text.encode(), key, certificate).decode()
        alert.signer = signing.load(certificate).subject.rfc4514_string()
        alert.save()
        _record(plan, alert, "alert-signed", actor, now)
    return alert


def _record(plan: Plan, alert: Alert, event: str, actor: Actor, now: datetime) -> None:
    digest = hashlib.sha256(alert.text.encode()).hexdigest()
    told = {"alert": alert.identifier, "status": alert.status, "sha256": digest}
    if alert.follows is not None:
        told |= {"kind": alert.kind, "follows": alert.follows.identifier}
    write_event(plan, event, role_in(actor, facts_of(plan)), actor.id, told, now)
