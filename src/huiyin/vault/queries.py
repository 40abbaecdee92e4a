"""Reading sealed contents, identities and openings; nothing here writes.

Every read names its case. There is no search, no list across complainants and no way
from a person to a case. Whoever calls has asked ``may`` first. What was erased is simply
absent from the answer.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import OuterRef, Subquery

from huiyin.domain import sealing
from huiyin.domain.errors import Refusal
from huiyin.domain.words import SALT_SIZE, SILENT, Words
from huiyin.vault.keys import kek
from huiyin.vault.models import (
    CaseKey,
    Content,
    Identity,
    IdentityRelease,
    OfficerKey,
    Opening,
)

OFFICER_ROLES = ("privacy_officer", "ombudsman")


@dataclass(frozen=True, slots=True)
class CaseKeys:
    """The opened keys of one case; ``repr`` shows none of them."""

    stream: str
    content: bytes = field(repr=False)
    complainant_public: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContentRef:
    """What an event may hold of a sealed content.

    ``commitment`` is the hex SHA-256 of the stored ciphertext. Hashing the ciphertext,
    not the text, keeps short texts from being guessed out of the event. ``words`` commits to
    the text itself under a sealed salt (domain/words.py); "" for what is never opened.
    """

    id: uuid.UUID
    kind: str
    commitment: str
    words: str = ""

    @property
    def told(self) -> dict[str, object]:
        """How an event names it."""
        told: dict[str, object] = {"id": self.id.hex, "kind": self.kind, "sha256": self.commitment}
        return {**told, "words": self.words} if self.words else told


@dataclass(frozen=True, slots=True)
class Release:
    """One consent in force: which identity fields were released to whom, and when."""

    recipient: str
    fields: tuple[str, ...]
    created: datetime


def case_keys(stream: str) -> CaseKeys:
    """Return the keys of a case; raises ``case-key-erased`` (case) if there are none."""
    row = CaseKey.objects.filter(stream=stream).first()
    if row is None:
        raise Refusal("case-key-erased", case=stream)
    content = kek().unwrap(stream, bytes(row.wrapped_c))
    return CaseKeys(stream, content, bytes(row.complainant_public))


def opens(stream: str, wrapped: bytes) -> str:
    """Try a case's wrapped key with the key of this installation: "" if it is the case's own, else
    the code of what stands against it (``seal-broken``, ``vault-key-wrong``, those of ``kek``)."""
    try:
        kek().unwrap(stream, wrapped)
    except Refusal as refusal:
        return refusal.code
    return ""


def content_field(kind: str, row_id: uuid.UUID) -> str:
    """Return what a content's seal is bound to besides its case."""
    return f"{kind}/{row_id}"


def salted_field(kind: str, row_id: uuid.UUID) -> str:
    """The same where a salt lies sealed before the text. A field of its own, so that neither
    form can be read as the other; texts sealed before there were salts keep the first."""
    return f"{content_field(kind, row_id)}/salted"


def words(ids: Iterable[uuid.UUID], stream: str) -> dict[str, Words]:
    """Return the openings of texts of a case by id (hex), in one query. Absent: what is
    erased, of another case, or was sealed before there were openings."""
    opened = _opened((stream, row_id) for row_id in ids).items()
    return {
        row_id.hex: Words(row_id.hex, one.kind, one.salt, one.plain.decode())
        for row_id, one in opened
        if one.salt
    }


def get(ids: Iterable[uuid.UUID], stream: str) -> dict[uuid.UUID, str]:
    """Return the texts of a case by id, in one query.

    Ids that are erased or of another case are absent. Raises ``seal-broken`` (case,
    field) for a row that was changed.
    """
    return {row_id: plain.decode() for row_id, plain in get_bytes(ids, stream).items()}


def get_bytes(ids: Iterable[uuid.UUID], stream: str) -> dict[uuid.UUID, bytes]:
    """Return files of a case by id, like ``get``."""
    return {row_id: one.plain for row_id, one in _opened((stream, n) for n in ids).items()}


def get_many(pairs: Iterable[tuple[str, uuid.UUID]]) -> dict[uuid.UUID, str]:
    """Return texts of several cases by (case, id), in one query: the lines of a desk page."""
    return {row_id: one.plain.decode() for row_id, one in _opened(pairs).items()}


def openings(leaf_indexes: Iterable[int]) -> dict[int, bytes]:
    """Return the opening keys of leaves, in one query; destroyed ones are absent."""
    rows = Opening.objects.filter(index__in=list(leaf_indexes)).values_list("index", "key")
    return {index: bytes(key) for index, key in rows}


def has_identity(stream: str) -> bool:
    """Tell whether an identity is sealed for the case (not what it is)."""
    return Identity.objects.filter(stream=stream).exists()


def open_identity_as_complainant(stream: str, private_key: bytes) -> dict[str, str]:
    """Return the identity fields to the complainant.

    ``private_key`` is ``receipts.private_key(code)``. Raises ``identity-absent`` (case)
    and, for another case's code, ``seal-broken``.
    """
    key, sealed = identity_key(stream, private_key)
    return open_fields(stream, key, sealed)


def identity_key(stream: str, private_key: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Return I and the sealed fields, for the holder of the complainant's key."""
    row = identity_row(stream)
    key = sealing.open_identity_key(private_key, stream, bytes(row.sealed_to_complainant))
    return key, sealed_fields(row)


def identity_row(stream: str) -> Identity:
    """Return the sealed identity of a case; raises ``identity-absent`` (case)."""
    row = Identity.objects.filter(stream=stream).first()
    if row is None:
        raise Refusal("identity-absent", case=stream)
    return row


def sealed_fields(row: Identity) -> dict[str, bytes]:
    """Return the identity's fields, still sealed, by name."""
    fields = json.loads(bytes(row.sealed_identity))
    return {name: base64.b64decode(sealed) for name, sealed in fields.items()}


def open_fields(stream: str, key: bytes, sealed: dict[str, bytes]) -> dict[str, str]:
    """Return the identity fields, given I; raises ``seal-broken`` for a wrong I."""
    return {
        name: sealing.unseal_field(sealing.field_key(key, stream, name), stream, name, value)
        for name, value in sealed.items()
    }


def releases(stream: str) -> list[Release]:
    """Return the consents in force in a case, oldest first."""
    keys = case_keys(stream)
    rows = IdentityRelease.objects.filter(stream=stream).order_by("created", "id")
    return [
        Release(row.recipient, tuple(sorted(_released_keys(keys, row))), row.created)
        for row in rows
    ]


def recipient_of(unit: str) -> str:
    """The name under which consent to a unit is sealed."""
    return f"unit:{unit}"


def told_units(stream: str) -> list[str]:
    """The units that consent is in force for, without opening anything. One query."""
    rows = IdentityRelease.objects.filter(stream=stream).values_list("recipient", flat=True)
    return [row.removeprefix("unit:") for row in rows if row.startswith("unit:")]


def open_release(stream: str, recipient: str) -> dict[str, str]:
    """Return the identity fields that consent released to ``recipient``; {} if none."""
    row = IdentityRelease.objects.filter(stream=stream, recipient=recipient).first()
    if row is None:
        return {}
    field_keys = _released_keys(case_keys(stream), row)
    sealed = sealed_fields(identity_row(stream))
    return {
        name: sealing.unseal_field(key, stream, name, sealed[name])
        for name, key in field_keys.items()
    }


def current_officers() -> dict[str, OfficerKey]:
    """Return the current key of each officer role that has one."""
    rows = OfficerKey.objects.filter(retired__isnull=True, role__in=OFFICER_ROLES)
    return {row.role: row for row in rows}


def officer_publics() -> dict[str, tuple[int, bytes]]:
    """Return (generation, public key) of each officer role that has one: cheap to ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT role, generation, public FROM vault_officerkey WHERE retired IS NULL"
        )
        rows = cursor.fetchall()
    return {role: (generation, bytes(public)) for role, generation, public in rows}


def officer_facts(role: str) -> dict[str, object]:
    """What the event of a ceremony says of the role's key in use: role, generation, public key.
    The check holds the table against it (``register.checking.officers``)."""
    generation, public = officer_publics()[role]
    return {"role": role, "generation": generation, "public": public.hex()}


def officer_keys() -> list[OfficerKey]:
    """Return all generations of officers' keys, oldest first."""
    return list(OfficerKey.objects.order_by("role", "generation"))


def can_break_glass() -> bool:
    """Tell whether both officers have a key, so that new identities get shares."""
    return len(current_officers()) == len(OFFICER_ROLES)


class _Unsealed(NamedTuple):
    kind: str
    salt: bytes
    plain: bytes


def _opened(pairs: Iterable[tuple[str, uuid.UUID]]) -> dict[uuid.UUID, _Unsealed]:
    wanted = {row_id: stream for stream, row_id in pairs}
    if not wanted:
        return {}
    wrapped = CaseKey.objects.filter(stream=OuterRef("stream")).values("wrapped_c")
    rows = (
        Content.objects.filter(id__in=wanted)
        .annotate(wrapped_c=Subquery(wrapped))
        .values_list("id", "stream", "kind", "ciphertext", "wrapped_c")
    )
    contents: dict[uuid.UUID, _Unsealed] = {}
    keys: dict[str, bytes] = {}
    server_key = kek()
    for row_id, stream, kind, ciphertext, wrapped_c in rows:
        # An id asked for under another case's number is not given out.
        if wrapped_c is None or wanted[row_id] != stream:
            continue
        if stream not in keys:
            keys[stream] = server_key.unwrap(stream, bytes(wrapped_c))
        contents[row_id] = _unsealed(keys[stream], stream, kind, row_id, bytes(ciphertext))
    return contents


def _unsealed(key: bytes, stream: str, kind: str, row_id: uuid.UUID, sealed: bytes) -> _Unsealed:
    """Open one content, whichever form it has; raises ``seal-broken`` if it has neither."""
    if kind not in SILENT:
        try:
            plain = sealing.unseal(key, stream, salted_field(kind, row_id), sealed)
            return _Unsealed(kind, plain[:SALT_SIZE], plain[SALT_SIZE:])
        except Refusal:
            pass  # sealed before there were salts, or broken, which the next line says
    return _Unsealed(kind, b"", sealing.unseal(key, stream, content_field(kind, row_id), sealed))


def _released_keys(keys: CaseKeys, row: IdentityRelease) -> dict[str, bytes]:
    return sealing.unwrap_consent(keys.content, keys.stream, row.recipient, bytes(row.wrap))
