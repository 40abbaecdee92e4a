"""The only writers of accounts, roles, units and places."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from huiyin.domain.access import STAFF_ROLES
from huiyin.domain.errors import Refusal
from huiyin.people.directory import touch
from huiyin.people.models import ApiToken, Membership, Place, Post, Tenure, Unit, User

Texts = Mapping[str, str]


def add_account(
    name: str, password: str, *, display: Texts | None = None, post: Texts | None = None
) -> User:
    """A new account without a role. Raises Refusal ``account-exists`` and Django's
    ValidationError for a weak password."""
    if User.objects.filter(username=name).exists():
        raise Refusal("account-exists", name=name)
    user = User(username=name, display_name=dict(display or {}), post=dict(post or {}))
    validate_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)
    return user


def set_password(name: str, password: str) -> None:
    """Set a password. Raises Refusal ``account-unknown``, ValidationError if it is weak."""
    user = _user(name)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


def grant(name: str, role: str, unit: str, since: date | None = None) -> Membership:
    """Give an account a role in a unit from a day on. Raises Refusal ``account-unknown``,
    ``unit-unknown``, ``role-unknown``."""
    if role not in STAFF_ROLES:
        raise Refusal("role-unknown", role=role)
    if not Unit.objects.filter(id=unit).exists():
        raise Refusal("unit-unknown", unit=unit)
    membership, _ = Membership.objects.get_or_create(
        user=_user(name), unit_id=unit, role=role, since=since or timezone.localdate()
    )
    return membership


def end_role(name: str, role: str, unit: str, last: date) -> int:
    """End a role after the day ``last``; returns how many memberships ended."""
    held = Membership.objects.filter(user=_user(name), role=role, unit_id=unit, until__isnull=True)
    return held.update(until=last)


def _user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise Refusal("account-unknown", name=name)
    return user


@transaction.atomic
def add_unit(
    id: str,
    name: Texts,
    *,
    parent: str | None = None,
    body: bool = False,
    pack: str = "",
    zone: str = "",
    reviews: Sequence[str] = (),
    about: Mapping[str, Texts] | None = None,
) -> Unit:
    """A new unit below ``parent``."""
    order = Unit.objects.count()
    unit = Unit.objects.create(
        id=id,
        name=dict(name),
        parent_id=parent,
        body=body,
        pack=pack,
        zone=zone,
        reviews=list(reviews),
        about=dict(about or {}),
        order=order,
    )
    touch()
    return unit


@transaction.atomic
def set_open(unit: str, is_open: bool) -> None:
    """Whether a unit takes new cases. Raises Refusal ``unit-unknown``."""
    if not Unit.objects.filter(id=unit).update(open=is_open):
        raise Refusal("unit-unknown", unit=unit)
    touch()


@transaction.atomic
def add_place(id: str, name: Texts, unit: str, parent: str | None = None) -> Place:
    """A new place that ``unit`` answers for."""
    order = Place.objects.count()
    place = Place.objects.create(
        id=id, name=dict(name), unit_id=unit, parent_id=parent, order=order
    )
    touch()
    return place


@transaction.atomic
def add_post(id: str, name: Texts, unit: str) -> Post:
    """A post in a unit that complaints can name. Raises ``unit-unknown``, ``post-exists``."""
    if not Unit.objects.filter(id=unit).exists():
        raise Refusal("unit-unknown", unit=unit)
    if Post.objects.filter(id=id).exists():
        raise Refusal("post-exists", post=id)
    order = Post.objects.count()
    post = Post.objects.create(id=id, name=dict(name), unit_id=unit, order=order)
    touch()
    return post


@transaction.atomic
def hold_post(name: str, post: str, since: date | None = None) -> Tenure:
    """Somebody takes a post. Cases about it that they own need another owner then
    (``cases.queries.needs_recusal``). Raises Refusal ``account-unknown``, ``post-unknown``."""
    if not Post.objects.filter(id=post).exists():
        raise Refusal("post-unknown", post=post)
    tenure, _ = Tenure.objects.get_or_create(
        user=_user(name), post_id=post, since=since or timezone.localdate()
    )
    touch()
    return tenure


@transaction.atomic
def leave_post(name: str, post: str, last: date) -> int:
    """Somebody leaves a post after the day ``last``; cases about it stay closed to them."""
    held = Tenure.objects.filter(user=_user(name), post_id=post, until__isnull=True)
    touch()
    return held.update(until=last)


TOKEN_LIFE = timedelta(days=365)


def make_token(name: str, label: str, entropy: bytes, now: datetime) -> str:
    """An API token for an account, shown once; ``entropy``: 32 random bytes. Raises Refusal
    ``account-unknown``."""
    user = _user(name)
    ApiToken.objects.create(
        digest=hashlib.sha256(entropy).digest(),
        user=user,
        label=label[:60],
        created=now,
        expires=now + TOKEN_LIFE,
    )
    return base64.urlsafe_b64encode(entropy).decode().rstrip("=")


def user_of_token(token: str, now: datetime) -> User | None:
    """The account that a token stands for, or None."""
    try:
        entropy = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    row = (
        ApiToken.objects.select_related("user")
        .filter(digest=hashlib.sha256(entropy).digest(), expires__gt=now, user__is_active=True)
        .first()
    )
    return row.user if row else None
