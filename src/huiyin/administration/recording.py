"""Every change of the settings leaves one event in the same store as the cases' events.

Stream ``settings``, class ``administered``. An event names the thing and the columns that
changed and holds the digest of the row as it then stood: never a name, never a free text. The
settings themselves are ordinary tables; their writers are in ``people`` and ``cases``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from huiyin.cases.models import Category, Competence
from huiyin.domain.access import ADMINISTRATOR, Actor, may
from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import canonical
from huiyin.domain.states import Event
from huiyin.history.acts import Draft, append
from huiyin.history.models import Event as EventRow
from huiyin.history.queries import Stored, read
from huiyin.people.models import InForce, Membership, Place, Post, Tenure, Unit
from huiyin.register import keys
from huiyin.register.acts import take_writer_lock
from huiyin.register.models import Head

STREAM = "settings"
CLASS = "administered"
BEGUN = "settings-begun"


@dataclass(frozen=True)
class Author:
    """Who changes settings: an administrator, or (``id`` None) whoever sits at the machine.
    ``seen``: how many changes the page had known of; None: whatever there are now."""

    id: str | None = None
    seen: int | None = None


OPERATOR = Author()


def author_of(actor: Actor, seen: int | None = None) -> Author:
    """The administrator behind a request. Raises Refusal ``not-allowed``."""
    if not may(actor, "administer"):
        raise Refusal("not-allowed", verb="administer")
    return Author(actor.id, seen)


def record(act: str, thing: str, author: Author, now: datetime, **data: object) -> None:
    """Append the event of a change that the running transaction has made.

    ``thing``: what was changed, as ``unit:works``. Raises Refusal ``settings-stale`` if somebody
    changed the same thing after the page was shown. Before the register has begun
    (``huiyin account`` in an empty folder) nothing is written: ``begin`` covers it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record() belongs into the act's transaction")
    if not _register_begun():
        return
    with connection.cursor() as cursor:
        take_writer_lock(cursor)
    last = _last()
    _check_fresh(thing, author, last)
    given = {name: value for name, value in data.items() if value is not None}
    _append(act, author, {"thing": thing, **given}, last, now)


def begin(now: datetime) -> None:
    """The first event of the stream: the digest of all settings as they stand, so that what was
    set up before the register began is covered too. Nothing if the stream has begun."""
    if not _register_begun() or _last() is not None:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            take_writer_lock(cursor)
        if _last() is None:
            _append(BEGUN, OPERATOR, {"sha256": digest(_everything())}, None, now)


def digest(value: object) -> str:
    """SHA-256 of a row's or table's canonical form, as hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def seen() -> int:
    """How many changes there are; forms carry it."""
    last = _last()
    return last.event.seq if last else 0


def changes(most: int) -> list[Stored]:
    """The newest changes, newest first."""
    rows = EventRow.objects.filter(stream=STREAM).order_by("-seq")[:most]
    return [read(row.index, row.body) for row in rows]


def _register_begun() -> bool:
    return (keys.folder() / keys.NAME).exists() or Head.objects.exists()


def _last() -> Stored | None:
    found = changes(1)
    return found[0] if found else None


def _check_fresh(thing: str, author: Author, last: Stored | None) -> None:
    if author.seen is None or last is None or last.event.seq <= author.seen:
        return
    later = EventRow.objects.filter(stream=STREAM, seq__gt=author.seen).order_by("seq")
    if any(read(row.index, row.body).event.data.get("thing") == thing for row in later):
        raise Refusal("settings-stale")


def _append(
    act: str, author: Author, data: Mapping[str, object], last: Stored | None, now: datetime
) -> None:
    seq, at = (last.event.seq + 1, max(now, last.event.at)) if last else (1, now)
    role = ADMINISTRATOR if author.id else "system"
    event = Event(seq, act, at, role, author.id, data)
    append(STREAM, last.body if last else None, [Draft(event, CLASS)], at, secrets.token_bytes)


def _everything() -> dict[str, object]:
    """All settings as plain values; accounts by their number alone."""
    tables = {
        "units": Unit.objects.order_by("id").values(),
        "places": Place.objects.order_by("id").values(),
        "categories": Category.objects.order_by("id").values(),
        "leads": Competence.objects.order_by("category", "place").values(),
        "laws": InForce.objects.order_by("unit", "since").values("unit_id", "since", "pack"),
        "roles": Membership.objects.order_by("id").values(
            "user_id", "unit_id", "role", "since", "until"
        ),
        "posts": Post.objects.order_by("id").values(),
        "holders": Tenure.objects.order_by("id").values("user_id", "post_id", "since", "until"),
    }
    return {name: [plain(row) for row in rows] for name, rows in tables.items()}


def plain(row: Mapping[str, object]) -> dict[str, object]:
    """A row as canonical JSON takes it: dates as text."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
    }


def row_of(model: type[Unit] | type[Place] | type[Category] | type[Post], id: str) -> str:
    """The digest of a row of the settings as it stands now."""
    return digest(plain(model.objects.filter(pk=id).values().get()))
