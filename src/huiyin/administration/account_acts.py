"""Acts on the accounts of staff. Each leaves one event; none shows a case.

A password that somebody else chose is good once: ``one_time_password`` gives words that only
serve to set one's own within ``ONCE`` (the middleware holds the account to it).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from huiyin.administration.checking import login_of, texts_of
from huiyin.administration.recording import Author, record
from huiyin.cases import moving
from huiyin.domain.access import ADMINISTRATOR, OWNER, REVIEWER
from huiyin.domain.errors import Refusal
from huiyin.people import acts as people
from huiyin.people import second_factor
from huiyin.people.directory import directory
from huiyin.people.models import Membership, User
from huiyin.people.queries import actor_of

ONCE = timedelta(days=3)
Texts = Mapping[str, str]


def one_time_password(entropy: bytes) -> str:
    """Words to pass on by mouth or paper; ``entropy``: 15 random bytes (120 bits)."""
    text = base64.b32encode(entropy).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


@transaction.atomic
def add_account(
    login: str, display: Texts, post: Texts, entropy: bytes, author: Author, now: datetime
) -> str:
    """A new account; returns its one-time password, which is stored nowhere in clear.

    Raises Refusal: ``login-malformed``, ``account-exists``, ``settings-name-missing``.
    """
    password = one_time_password(entropy)
    names, posts = texts_of(display, "name"), texts_of(post, "post", needed=False)
    user = people.add_account(login_of(login), password, display=names, post=posts)
    people.set_once(login, password, now + ONCE)
    _done("account-added", user, author, now)
    return password


@transaction.atomic
def add_account_with_role(
    login: str,
    display: Texts,
    post: Texts,
    entropy: bytes,
    role: tuple[str, str],
    today: date,
    author: Author,
    now: datetime,
) -> str:
    """``add_account`` and ``grant`` as one step; ``role``: the role and its unit."""
    password = add_account(login, display, post, entropy, author, now)
    grant(login, role[0], role[1], today, today, Author(author.id), now)
    return password


@transaction.atomic
def add_account_with(login: str, password: str, author: Author, now: datetime) -> None:
    """A new account whose holder sits at the machine and types the password. Raises Refusal
    ``account-exists`` and Django's ValidationError for a weak password."""
    _done("account-added", people.add_account(login, password), author, now)


@transaction.atomic
def rename(login: str, display: Texts, post: Texts, author: Author, now: datetime) -> None:
    """How somebody and their post are called. Raises Refusal ``account-unknown``,
    ``settings-name-missing``."""
    names, posts = texts_of(display, "name"), texts_of(post, "post", needed=False)
    _done("account-renamed", people.rename(login, names, posts), author, now)


@transaction.atomic
def reset(login: str, entropy: bytes, author: Author, now: datetime) -> str:
    """A new one-time password; the old password opens nothing from now on. Raises Refusal
    ``account-unknown``."""
    password = one_time_password(entropy)
    people.set_once(login, password, now + ONCE)
    _done("password-reset", _user(login), author, now)
    return password


@transaction.atomic
def set_password(login: str, password: str, author: Author, now: datetime) -> None:
    """Set a password at the machine. Raises Refusal ``account-unknown``, ValidationError."""
    people.set_password(login, password)
    _done("password-set", _user(login), author, now)


@transaction.atomic
def drop_factors(login: str, author: Author, now: datetime) -> None:
    """Somebody lost their second factor: from now on the password alone signs them in, until they
    set up another. Raises Refusal ``account-unknown``, ``second-factor-absent``."""
    second_factor.drop(login)
    _done("factors-dropped", _user(login), author, now)


@transaction.atomic
def grant(
    login: str, role: str, unit: str, since: date, today: date, author: Author, now: datetime
) -> None:
    """Give a role in a unit from a day on. Raises Refusal ``account-unknown``,
    ``role-unknown``, ``unit-unknown``, ``role-in-the-past``."""
    if since < today:
        raise Refusal("role-in-the-past", since=since)
    people.grant(login, role, unit, since)
    _done("role-given", _user(login), author, now, role=role, unit=unit, since=since.isoformat())


@transaction.atomic
def end_role(login: str, role: str, unit: str, today: date, author: Author, now: datetime) -> int:
    """End a role at once; open cases that its holder may own no longer lose their owner, and
    their clock of assignment starts. Returns how many.

    Raises Refusal: ``account-unknown``, ``role-not-held``, ``last-administrator``.
    """
    user = _user(login)
    if not people.end_role(login, role, unit, today - timedelta(days=1)):
        raise Refusal("role-not-held", name=login, role=role, unit=unit)
    _require_administrator(today)
    freed = _free(user, today, now)
    _done("role-ended", user, author, now, role=role, unit=unit, freed=freed)
    return freed


@transaction.atomic
def deactivate(login: str, today: date, author: Author, now: datetime) -> int:
    """The account can sign in no more, its programs neither; its open cases lose their owner.
    Returns how many. Raises Refusal ``account-unknown``, ``last-administrator``."""
    user = people.set_active(login, False)
    _require_administrator(today)
    freed = moving.free_all(moving.owned_by(user.pk), now)
    _done("account-deactivated", user, author, now, freed=freed)
    return freed


@transaction.atomic
def activate(login: str, author: Author, now: datetime) -> None:
    """The account can sign in again. Raises Refusal ``account-unknown``."""
    _done("account-activated", people.set_active(login, True), author, now)


def administrators(today: date) -> int:
    """How many active accounts administer this installation today."""
    held = Q(until__isnull=True) | Q(until__gte=today)
    rows = Membership.objects.filter(held, role=ADMINISTRATOR, since__lte=today)
    return rows.filter(user__is_active=True).values("user").distinct().count()


def _require_administrator(today: date) -> None:
    """Raises Refusal ``last-administrator`` if the change just made leaves none."""
    if not administrators(today):
        raise Refusal("last-administrator")


def _free(user: User, today: date, now: datetime) -> int:
    """Free the cases in units that none of the person's remaining roles covers."""
    covered = actor_of(user.pk, today).units(OWNER, REVIEWER)
    return moving.free_all(moving.owned_by(user.pk, set(directory().units) - covered), now)


def _user(login: str) -> User:
    user = User.objects.filter(username=login).first()
    if user is None:
        raise Refusal("account-unknown", name=login[:60])
    return user


def _done(act: str, user: User, author: Author, now: datetime, **data: object) -> None:
    """Accounts stand in events by their number: a name is personal data."""
    record(act, f"account:{user.pk}", author, now, **data)
