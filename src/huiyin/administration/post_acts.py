"""Acts on posts that complaints can name and on who holds them; each leaves one event.

Who holds a post decides whom a complaint about it keeps out, so a change must not be silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from huiyin.administration.recording import Author, record, row_of
from huiyin.domain.errors import Refusal
from huiyin.people import acts as people
from huiyin.people.models import Post


@transaction.atomic
def add(id: str, name: Mapping[str, str], unit: str, author: Author, now: datetime) -> None:
    """A post in a unit. Raises Refusal ``unit-unknown``, ``post-exists``."""
    post = people.add_post(id, name, unit)
    _done("post-added", post.pk, author, now, unit=unit, sha256=row_of(Post, post.pk))


@transaction.atomic
def hold(login: str, post: str, since: date, author: Author, now: datetime) -> None:
    """Somebody takes a post. Raises Refusal ``account-unknown``, ``post-unknown``."""
    held = people.hold_post(login, post, since)
    _done("post-taken", post, author, now, account=str(held.user_id), since=since.isoformat())


@transaction.atomic
def leave(login: str, post: str, last: date, author: Author, now: datetime) -> None:
    """Somebody leaves a post after ``last``; complaints about it stay closed to them.

    Raises Refusal ``account-unknown``, ``post-not-held``.
    """
    user = people.leave_post(login, post, last)
    if user is None:
        raise Refusal("post-not-held", name=login[:60], post=post[:60])
    _done("post-left", post, author, now, account=str(user), until=last.isoformat())


def _done(act: str, post: str, author: Author, now: datetime, **data: object) -> None:
    """Accounts stand in events by their number: a name is personal data."""
    record(act, f"post:{post}", author, now, **data)
