"""The first act: a complaint comes in, is sealed, registered and routed, in one transaction.

Everything that needs no lock (cleaning, routing, rules, encryption) is done before the
transaction; inside it are only the number, the inserts and the register.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from huiyin.cases.catalog import About, catalog
from huiyin.cases.filing import ABOUT, Taken, leave_jobs, listed
from huiyin.cases.law import Law, for_new
from huiyin.cases.models import Case
from huiyin.cases.projection import columns
from huiyin.cases.queries import history_of
from huiyin.cases.recording import dues_of
from huiyin.domain.errors import Refusal
from huiyin.domain.filing import files_in
from huiyin.domain.languages import TAGS
from huiyin.domain.procedure import Act, decide
from huiyin.domain.receipts import Code, lookup_id, number
from huiyin.domain.routing import Route
from huiyin.domain.states import Event, State
from huiyin.domain.texts import clean_line, clean_text
from huiyin.domain.words import Words
from huiyin.history.acts import Draft, Written
from huiyin.history.acts import append as append_events
from huiyin.people.directory import directory
from huiyin.register.acts import take_writer_lock
from huiyin.vault import acts as vault
from huiyin.vault import files as vault_files
from huiyin.vault import queries as vault_queries
from huiyin.vault.rows import insert

# Room for a life story; what is longer belongs into a file.
TEXT_LIMIT = 20_000
LINE_LIMIT = 300
MOST_PEOPLE = 100_000


@dataclass(frozen=True)
class HandIn:
    """What a complainant hands in. Optional texts may be empty."""

    category: str
    text: str
    language: str
    place: str | None = None
    unit: str | None = None
    about_unit: str | None = None
    about_post: str | None = None
    about: str = ""
    where: str = ""
    remedy: str = ""
    people: int = 1
    contact: Mapping[str, str] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Taken, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class HandedIn:
    """A registered case. ``repeated``: the same code had registered it before. ``words`` opens
    what was handed in, for the receipt that is made on the spot."""

    case: Case
    law: Law
    state: State
    route: Route | None
    written: Written | None
    repeated: bool = False
    words: tuple[Words, ...] = field(repr=False, default=())


def submit(
    command: HandIn, *, code: Code, now: datetime, role: str = "complainant", actor: str = ""
) -> HandedIn:
    """Register a complaint under ``code``; the same code again gives the same case.

    Raises Refusal: those of ``clean_text``, of ``Catalog.leaf`` and ``Catalog.route``,
    ``language-unknown``, ``contact-unknown``, ``email-malformed``, ``people-out-of-range``,
    ``code-used`` (same code, other text).
    """
    lookup = lookup_id(code)
    texts, identity = _texts(command), _identity(command)
    table, tree = catalog(), directory()
    category = table.leaf(command.category)
    about = About(command.about_unit, command.about_post, timezone.localdate(now))
    route = table.route(tree, category.id, command.place, command.unit, about)
    law = for_new(route.unit, tree, now)
    stream = uuid.uuid4().hex
    abouts = [(ABOUT, file.about) for file in command.files]
    sealed = vault.prepare(
        stream, code, [*texts, *abouts], identity=identity, with_files=bool(abouts), now=now
    )
    files = _sealed_files(command, sealed, now)
    refs = sealed.handed_in.refs
    told: dict[str, object] = {"texts": {ref.kind: ref.id.hex for ref in refs[: len(texts)]}}
    if files.refs:
        told["files"] = listed(files.refs, refs[len(texts) :])
    if identity:
        told["sealed_identity"] = True
    # What the category says the matter is decides its procedure; a registrar can still classify.
    kind = law.pack.kind_for(category.kind)
    events = _decide(command, law, route, told, kind, now, role, actor)
    state = law.fold(events)
    draft = Draft(
        events[0],
        law.pack.opening.register_class,
        dues_of(law, state),
        [ref.told for ref in (*refs, *files.refs)],
    )
    case = _row(command, law, state, lookup, stream, bool(identity))
    with transaction.atomic():
        # Taken first: of two requests with one code the second must find the first's case.
        with connection.cursor() as cursor:
            take_writer_lock(cursor)
        if (held := _repeated(lookup, texts, events[0])) is not None:
            return held
        written = _write(case, law, sealed, draft, now)
        if files.refs:
            vault_files.write(files)
            leave_jobs(case.number, files.refs)
    return HandedIn(case, law, state, route, written, words=sealed.handed_in.words)


def _sealed_files(
    command: HandIn, sealed: vault.Prepared, now: datetime
) -> vault_files.PreparedFiles:
    """The originals under I; nothing at all for the many complaints without a file."""
    if not command.files:
        return vault_files.NONE
    uploads = [file.upload for file in command.files]
    keys, identity_key = sealed.handed_in.keys, sealed.identity_key
    return vault_files.prepare(keys, uploads, identity_key=identity_key, now=now)


def _texts(command: HandIn) -> list[tuple[str, str]]:
    """The sealed texts, cleaned; kinds are the field names."""
    found = [("text", clean_text(command.text, "text", TEXT_LIMIT))]
    for kind, value in (("remedy", command.remedy), ("about", command.about)):
        if value.strip():
            found.append((kind, clean_text(value, kind, TEXT_LIMIT)))
    if command.where.strip():
        found.append(("where", clean_line(command.where, "where", LINE_LIMIT)))
    if command.contact.get("email", "").strip():
        found.append(("contact", clean_email(command.contact["email"])))
    return found


def clean_email(value: str) -> str:
    """The address in one clean line. Raises ``email-malformed``, and those of ``clean_line``."""
    line = clean_line(value, "email", LINE_LIMIT)
    name, at, host = line.rpartition("@")
    if not at or not name or "." not in host or " " in line or not line.isascii():
        raise Refusal("email-malformed")
    return line


def _identity(command: HandIn) -> dict[str, str]:
    """What goes under the identity key: who somebody is, and a phone to reach them."""
    unknown = set(command.contact) - {"email", "phone"}
    if unknown:
        raise Refusal("contact-unknown", field=sorted(unknown)[0][:40])
    unknown = set(command.identity) - set(vault.IDENTITY_FIELDS)
    if unknown:
        raise Refusal("identity-field-unknown", field=sorted(unknown)[0][:40])
    given = dict(command.identity)
    if command.contact.get("phone", "").strip():
        given.setdefault("phone", command.contact["phone"])
    return {
        name: clean_line(value, name, LINE_LIMIT) for name, value in given.items() if value.strip()
    }


# What must be the same for a request to be a repetition; the rest of the event follows from it.
_SAID = ("category", "language", "place", "about_unit", "about_post", "people", "sealed_identity")


def _repeated(lookup: bytes, texts: list[tuple[str, str]], asked: Event) -> HandedIn | None:
    """The case that this code has registered already (a double click, a repeated request).

    What cannot be compared is only what nobody here can read: the sealed identity's words.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM cases_case WHERE lookup = %s", [lookup])
        found = cursor.fetchone()
    if found is None:
        return None
    case = Case.objects.get(pk=found[0])
    history = history_of(case)
    first = history.stored[0].event
    refs: Any = first.data["texts"]
    held = vault_queries.get([uuid.UUID(ref) for ref in refs.values()], case.vault)
    same = {kind: held.get(uuid.UUID(ref)) for kind, ref in refs.items()} == dict(texts)
    files = [len(files_in([event])) for event in (first, asked)]
    if (held and not same) or any(first.data.get(n) != asked.data.get(n) for n in _SAID):
        raise Refusal("code-used")
    if files[0] != files[1]:
        raise Refusal("code-used")
    return HandedIn(case, history.law, history.state, None, None, repeated=True)


def _decide(
    command: HandIn,
    law: Law,
    route: Route,
    told: Mapping[str, object],
    kind: str,
    now: datetime,
    role: str,
    actor: str,
) -> tuple[Event, ...]:
    if command.language not in TAGS:
        raise Refusal("language-unknown", language=command.language[:20], known=list(TAGS))
    if not 1 <= command.people <= MOST_PEOPLE:
        raise Refusal("people-out-of-range", most=MOST_PEOPLE)
    data: dict[str, object] = {
        **told,
        "unit": route.unit,
        "route": route.reason,
        "category": command.category,
        "language": command.language,
    }
    optional = {
        "place": command.place,
        "about_unit": command.about_unit,
        "about_post": command.about_post,
        "people": command.people if command.people > 1 else None,
        "kind": kind if kind != law.pack.default_kind else None,
    }
    data |= {name: value for name, value in optional.items() if value}
    act = Act(law.pack.opening.id, role, actor or None, data)
    return decide(law.pack, law.calendar, None, act, now)


def _row(
    command: HandIn, law: Law, state: State, lookup: bytes, stream: str, identity: bool
) -> Case:
    contact = "identity" if identity else "notice" if command.contact.get("email") else "none"
    return Case(
        lookup=lookup,
        vault=stream,
        pack=law.pack.id,
        language=command.language,
        category_id=command.category,
        place_id=command.place,
        about_unit_id=command.about_unit,
        about_post_id=command.about_post,
        people=command.people,
        started=state.started,
        contact=contact,
        **columns(law.pack, law.calendar, state),
    )


def _values(case: Case) -> tuple[object, ...]:
    """The row as plain values; the ORM's own insert would double the cost of a hand-in."""
    return tuple(getattr(case, field.attname) for field in Case._meta.local_concrete_fields)


def _write(case: Case, law: Law, sealed: vault.Prepared, draft: Draft, now: datetime) -> Written:
    """Number, sealed rows, event, leaf and projection; the caller holds the transaction and
    the writer's lock, so that numbers have no gap and no duplicate on PostgreSQL."""
    case.year = now.astimezone(law.zone).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(serial) FROM cases_case WHERE year = %s", [case.year])
        case.serial = (cursor.fetchone()[0] or 0) + 1
    case.number = number(case.year, case.serial)
    vault.write(sealed)
    written = append_events(case.number, None, [draft], now, secrets.token_bytes)
    insert((Case, [_values(case)]))
    return written
