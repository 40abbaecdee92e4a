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
from huiyin.domain.trees import check_parent
from huiyin.people.directory import touch
from huiyin.people.models import ApiToken, InForce, Membership, Place, Post, Tenure, Unit, User

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
    _require_unit(unit)
    membership, _ = Membership.objects.get_or_create(
        user=_user(name), unit_id=unit, role=role, since=since or timezone.localdate()
    )
    if membership.until is not None:  # ended and given again on one day
        membership.until = None
        membership.save(update_fields=["until"])
    return membership


def end_role(name: str, role: str, unit: str, last: date) -> int:
    """End a role after the day ``last``; returns how many memberships ended."""
    held = Membership.objects.filter(user=_user(name), role=role, unit_id=unit, until__isnull=True)
    return held.update(until=last)


def _require_unit(unit: str) -> None:
    if not Unit.objects.filter(id=unit).exists():
        raise Refusal("unit-unknown", unit=unit)


def _user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise Refusal("account-unknown", name=name)
    return user


def set_once(name: str, password: str, until: datetime) -> None:
    """Give an account a password that only serves to choose one's own, until ``until``. Raises
    Refusal ``account-unknown``."""
    user = _user(name)
    user.set_password(password)
    user.once_until = until
    user.save(update_fields=["password", "once_until"])


def set_active(name: str, active: bool) -> User:
    """Whether an account may sign in. Raises Refusal ``account-unknown``."""
    user = _user(name)
    user.is_active = active
    user.save(update_fields=["is_active"])
    return user


def rename(name: str, display: Texts, post: Texts) -> User:
    """How a member of staff and their post are called. Raises Refusal ``account-unknown``."""
    user = _user(name)
    user.display_name, user.post = dict(display), dict(post)
    user.save(update_fields=["display_name", "post"])
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
    """A new unit below ``parent``. Raises Refusal ``unit-exists``, ``tree-parent-unknown``."""
    if Unit.objects.filter(id=id).exists():
        raise Refusal("unit-exists", unit=id)
    check_parent(id, parent, unit_parents())
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


def unit_parents() -> dict[str, str | None]:
    """Unit → the unit above, in the order of the table."""
    return dict(Unit.objects.values_list("id", "parent_id"))


@transaction.atomic
def change_unit(unit: str, **values: object) -> Unit:
    """Change columns of a unit (``parent`` by id). Raises Refusal ``unit-unknown``,
    ``tree-parent-unknown``, ``tree-cycle``."""
    row = Unit.objects.filter(id=unit).first()
    if row is None:
        raise Refusal("unit-unknown", unit=unit)
    if "parent" in values:
        parent = values.pop("parent") or None
        check_parent(unit, None if parent is None else str(parent), unit_parents())
        row.parent_id = parent
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    touch()
    return row


@transaction.atomic
def set_law(unit: str, since: date, pack: str) -> None:
    """From ``since`` on the unit takes new cases by ``pack``. Raises Refusal ``unit-unknown``."""
    _require_unit(unit)
    InForce.objects.update_or_create(unit_id=unit, since=since, defaults={"pack": pack})
    touch()


@transaction.atomic
def drop_law(unit: str, since: date) -> None:
    """The law announced for ``since`` does not come. Raises Refusal ``law-not-announced``."""
    gone, _ = InForce.objects.filter(unit_id=unit, since=since).delete()
    if not gone:
        raise Refusal("law-not-announced", unit=unit[:80], since=since)
    touch()


@transaction.atomic
def hand_over(unit: str, successor: str) -> None:
    """``successor`` answers for the places of ``unit`` and reviews where it reviewed."""
    Place.objects.filter(unit_id=unit).update(unit_id=successor)
    for row in Unit.objects.exclude(reviews=[]):
        if unit in row.reviews:
            row.reviews = [successor if u == unit else u for u in row.reviews]
            row.save(update_fields=["reviews"])
    touch()


@transaction.atomic
def set_open(unit: str, is_open: bool) -> None:
    """Whether a unit takes new cases. Raises Refusal ``unit-unknown``."""
    if not Unit.objects.filter(id=unit).update(open=is_open):
        raise Refusal("unit-unknown", unit=unit)
    touch()


@transaction.atomic
def add_place(id: str, name: Texts, unit: str, parent: str | None = None) -> Place:
    """A new place that ``unit`` answers for. Raises Refusal ``place-exists``,
    ``unit-unknown``, ``tree-parent-unknown``."""
    if Place.objects.filter(id=id).exists():
        raise Refusal("place-exists", place=id)
    _require_unit(unit)
    check_parent(id, parent, place_parents())
    order = Place.objects.count()
    place = Place.objects.create(
        id=id, name=dict(name), unit_id=unit, parent_id=parent, order=order
    )
    touch()
    return place


def place_parents() -> dict[str, str | None]:
    """Place → the place around it, in the order of the table."""
    return dict(Place.objects.values_list("id", "parent_id"))


@transaction.atomic
def change_place(id: str, name: Texts, unit: str, parent: str | None) -> Place:
    """Change a place. Raises Refusal ``place-unknown``, ``unit-unknown``,
    ``tree-parent-unknown``, ``tree-cycle``."""
    row = Place.objects.filter(id=id).first()
    if row is None:
        raise Refusal("place-unknown", place=id)
    _require_unit(unit)
    check_parent(id, parent, place_parents())
    row.name, row.unit_id, row.parent_id = dict(name), unit, parent
    row.save()
    touch()
    return row


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
def leave_post(name: str, post: str, last: date) -> int | None:
    """Somebody leaves a post after the day ``last``; cases about it stay closed to them. Returns
    the account's number, or None if they did not hold it. Raises ``account-unknown``."""
    user = _user(name)
    held = Tenure.objects.filter(user=user, post_id=post, until__isnull=True)
    touch()
    return user.pk if held.update(until=last) else None


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
