"""What somebody has typed into the editor and not saved yet: kept apart from the draft, a row a
person and a place, so that a closed lid or a lost line loses nothing. Only its writer sees it; it
goes when it is saved, thrown away, or a month old. It is no event: nothing has been decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.http import QueryDict

from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.plans.acts import locked_for_writing
from huiyin.plans.models import Typed

LONGEST = timedelta(days=30)
# The forms of a block are small; what is longer than a plan may be is no typing.
MOST_CHARACTERS = 400_000


def keep(
    plan_id: str, place: str, fields: Mapping[str, list[str]], actor: Actor, now: datetime
) -> Typed:
    """Keep what is typed. Raises Refusal: plan-unknown, not-allowed, plan-not-draft,
    plan-typed-too-long."""
    with transaction.atomic():
        plan = locked_for_writing(plan_id, actor)
        newest = plan.versions.first()
        if newest is None or newest.status != "draft":
            raise Refusal("plan-not-draft")
        if sum(len(t) for texts in fields.values() for t in texts) > MOST_CHARACTERS:
            raise Refusal("plan-typed-too-long")
        row, _ = Typed.objects.update_or_create(
            plan=plan, user_id=int(actor.id), place=place,
            defaults={"fields": dict(fields), "changed": now},
        )  # fmt: skip
    return row


def drop(plan_id: str, actor: Actor, place: str) -> None:
    """What was typed at a place is no longer wanted."""
    Typed.objects.filter(plan_id=plan_id, user_id=int(actor.id), place=place).delete()


def drop_old(now: datetime) -> int:
    """Drop what has lain about for too long; returns how many."""
    return Typed.objects.filter(changed__lt=now - LONGEST).delete()[0]


def kept(plan_id: str, actor: Actor, place: str) -> Typed | None:
    """What the actor typed at a place and did not save."""
    rows = Typed.objects.filter(plan_id=plan_id, user_id=int(actor.id), place=place)
    return rows.first()


def as_posted(row: Typed) -> QueryDict:
    """What was typed as a form would send it."""
    found = QueryDict(mutable=True)
    for name, texts in row.fields.items():
        found.setlist(name, texts)
    return found
