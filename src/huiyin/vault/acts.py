"""The only writers of sealed contents, identities and openings.

Run them inside the transaction of the act that they belong to: they open none of their
own beyond what keeps their own rows together. Crypto that needs no lock can be done
before it (``prepare``), so that only INSERTs happen inside (``write``). Texts come in
already cleaned (``domain.texts``); who may do what is decided by the caller.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Model

from huiyin.domain import receipts, sealing
from huiyin.domain.errors import Refusal
from huiyin.domain.words import SALT_SIZE, SILENT, Words, commit_words
from huiyin.vault import files, queries
from huiyin.vault.keys import kek
from huiyin.vault.models import (
    CaseKey,
    Content,
    Identity,
    IdentityRelease,
    IdentityShare,
    Opening,
)
from huiyin.vault.queries import CaseKeys
from huiyin.vault.queries import ContentRef as ContentRef
from huiyin.vault.rows import Row, insert, new_id

Entropy = Callable[[int], bytes]
# The whole list, on purpose: no identity number, nationality, religion, employer, household.
IDENTITY_FIELDS = ("name", "phone", "email", "address", "messenger", "helper")


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The keys of a new case, and its contents in the order given; ``words`` opens those that
    can be opened, for the receipt that is made on the spot."""

    keys: CaseKeys
    refs: tuple[ContentRef, ...]
    words: tuple[Words, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Prepared:
    """A hand-in with all crypto done, waiting to be written."""

    handed_in: HandedIn
    case_key: Row = field(repr=False)
    contents: tuple[Row, ...] = field(repr=False)
    identity: IdentityRows | None = field(repr=False)
    # The key that the identity lies under, for whoever prepares files with it (``files``).
    identity_key: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class IdentityRows:
    """The rows of one sealed identity."""

    identity: Row
    shares: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """How much an erasure destroyed."""

    contents: int
    openings: int


def hand_in(
    stream: str,
    code: receipts.Code,
    texts: Sequence[tuple[str, str | bytes]],
    *,
    identity: Mapping[str, str] | None = None,
    now: datetime,
    entropy: Entropy = os.urandom,
) -> HandedIn:
    """Seal and write everything of a new case: two INSERTs, four with an identity.

    PostgreSQL gets them in one message.
    """
    return write(prepare(stream, code, texts, identity=identity, now=now, entropy=entropy))


def prepare(
    stream: str,
    code: receipts.Code,
    texts: Sequence[tuple[str, str | bytes]],
    *,
    identity: Mapping[str, str] | None = None,
    with_files: bool = False,
    now: datetime,
    entropy: Entropy = os.urandom,
) -> Prepared:
    """Seal everything of a new case without writing.

    ``texts`` are (kind, text or bytes). Reads only the officers' public keys, and only
    with an identity. ``with_files``: there will be originals, which lie under I even if no
    field does. Raises ``identity-field-unknown`` and the refusals of ``keys.kek``.
    """
    keys = CaseKeys(stream, entropy(sealing.KEY_BYTES), receipts.public_key(code))
    contents, refs, words = _sealed(keys, texts, now, entropy)
    fields = _identity_fields(identity or {})
    handed_in, case_key = HandedIn(keys, refs, words), _case_key_row(keys, entropy)
    if not fields and not with_files:
        return Prepared(handed_in, case_key, contents, None)
    identity_key = entropy(sealing.KEY_BYTES)
    rows = _identity_rows(keys, fields, now, entropy, identity_key)
    return Prepared(handed_in, case_key, contents, rows, identity_key)


def write(prepared: Prepared) -> HandedIn:
    """Write a prepared hand-in; nothing but INSERTs."""
    with transaction.atomic(savepoint=False):
        insert(
            (CaseKey, [prepared.case_key]),
            (Content, prepared.contents),
            *_tables(prepared.identity),
        )
    return prepared.handed_in


def open_case(stream: str, complainant_public: bytes, *, entropy: Entropy = os.urandom) -> CaseKeys:
    """Make and keep the content key of a new case."""
    keys = CaseKeys(stream, entropy(sealing.KEY_BYTES), complainant_public)
    insert((CaseKey, [_case_key_row(keys, entropy)]))
    return keys


def put(
    stream: str,
    kind: str,
    text: str | bytes,
    *,
    now: datetime,
    keys: CaseKeys | None = None,
    entropy: Entropy = os.urandom,
) -> ContentRef:
    """Seal one text or file of a case; ``keys`` saves a query. Raises ``case-key-erased``."""
    return put_many(stream, [(kind, text)], now=now, keys=keys, entropy=entropy)[0]


def put_many(
    stream: str,
    texts: Sequence[tuple[str, str | bytes]],
    *,
    now: datetime,
    keys: CaseKeys | None = None,
    entropy: Entropy = os.urandom,
) -> tuple[ContentRef, ...]:
    """Seal several texts of a case in one INSERT; raises ``case-key-erased``."""
    keys = _own_keys(stream, keys)
    rows, refs, _ = _sealed(keys, texts, now, entropy)
    insert((Content, rows))
    return refs


def seal_identity(
    stream: str,
    fields: Mapping[str, str],
    *,
    now: datetime,
    keys: CaseKeys | None = None,
    private_key: bytes | None = None,
    entropy: Entropy = os.urandom,
) -> None:
    """Seal an identity under a new I, in place of an earlier one.

    Fields: ``IDENTITY_FIELDS``. Empty values are left out; all empty means no identity.
    Earlier releases end: consent covered what was sealed then. A case with files needs the
    complainant's ``private_key``, because the originals lie under I. Raises
    ``identity-field-unknown``, ``case-key-erased`` and ``seal-broken``.
    """
    kept = _identity_fields(fields)
    keys = _own_keys(stream, keys)
    identity_key = entropy(sealing.KEY_BYTES)
    with transaction.atomic(savepoint=False):
        moved = files.move_key(stream, private_key, identity_key, entropy)
        _delete_identity(stream)
        if kept or moved:
            insert(*_tables(_identity_rows(keys, kept, now, entropy, identity_key)))


def identity_key_for_files(
    keys: CaseKeys, private_key: bytes, *, now: datetime, entropy: Entropy = os.urandom
) -> bytes:
    """Return I for the first file of a case; an anonymous case gets one without any field.

    Raises ``seal-broken`` if ``private_key`` is not this complainant's.
    """
    if queries.has_identity(keys.stream):
        return queries.identity_key(keys.stream, private_key)[0]
    identity_key = entropy(sealing.KEY_BYTES)
    insert(*_tables(_identity_rows(keys, {}, now, entropy, identity_key)))
    return identity_key


def release_identity(
    stream: str,
    private_key: bytes,
    fields: Iterable[str],
    recipient: str,
    *,
    now: datetime,
    entropy: Entropy = os.urandom,
) -> None:
    """Release some identity fields to a recipient (``unit:12``): the complainant's consent.

    Only the complainant's key can do it. A second release to the same recipient replaces
    the first. Raises ``identity-absent``, ``seal-broken``, ``identity-field-unknown``.
    """
    identity_key, sealed = queries.identity_key(stream, private_key)
    names = sorted(set(fields))
    for name in names:
        if name not in sealed:
            raise Refusal("identity-field-unknown", field=name, known=sorted(sealed))
    keys = queries.case_keys(stream)
    with transaction.atomic(savepoint=False):
        IdentityRelease.objects.filter(stream=stream, recipient=recipient).delete()
        row = _release_row(keys, identity_key, names, recipient, now, entropy)
        insert((IdentityRelease, [row]))


def withdraw_release(
    stream: str,
    private_key: bytes,
    recipient: str,
    *,
    now: datetime,
    entropy: Entropy = os.urandom,
) -> None:
    """Take consent back: the release is deleted and I replaced by a new one.

    Releases to others stay, under the new key. What was read stays read. Raises
    ``release-absent`` (recipient), ``identity-absent``, ``seal-broken``.
    """
    given = queries.releases(stream)
    if recipient not in {release.recipient for release in given}:
        raise Refusal("release-absent", recipient=recipient)
    fields = queries.open_identity_as_complainant(stream, private_key)
    keys = queries.case_keys(stream)
    identity_key = entropy(sealing.KEY_BYTES)
    kept = [
        _release_row(keys, identity_key, list(one.fields), one.recipient, one.created, entropy)
        for one in given
        if one.recipient != recipient
    ]
    with transaction.atomic(savepoint=False):
        files.move_key(stream, private_key, identity_key, entropy)
        _delete_identity(stream)
        rows = _identity_rows(keys, fields, now, entropy, identity_key)
        insert(*_tables(rows), (IdentityRelease, kept))


def destroy_contents(stream: str, ids: Iterable[uuid.UUID]) -> int:
    """Destroy some texts of a case before its time; the next ``scrubbing.scrub_after_erasure``
    drives out their bytes. Returns how many there were."""
    gone, _ = Content.objects.filter(stream=stream, id__in=list(ids)).delete()
    return gone


def put_openings(rows: Sequence[tuple[int, bytes]]) -> None:
    """Keep (leaf index, 32-byte key) of new leaves: one INSERT."""
    insert((Opening, rows))


def erase(stream: str, leaf_indexes: Iterable[int] = ()) -> Erased:
    """Destroy the keys of a case, then what they sealed, then the openings of its leaves.

    History and register rows stay as they are. Erasing twice is harmless. Call
    ``scrubbing.scrub_after_erasure`` once the transaction has been committed.
    """
    with transaction.atomic(savepoint=False):
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA secure_delete = ON")
        CaseKey.objects.filter(stream=stream).delete()
        _delete_identity(stream)
        files.erase(stream)
        openings, _ = Opening.objects.filter(index__in=list(leaf_indexes)).delete()
        contents, _ = Content.objects.filter(stream=stream).delete()
    return Erased(contents=contents, openings=openings)


def _own_keys(stream: str, keys: CaseKeys | None) -> CaseKeys:
    if keys is None:
        return queries.case_keys(stream)
    if keys.stream != stream:
        raise ValueError("these keys belong to another case")
    return keys


def _case_key_row(keys: CaseKeys, entropy: Entropy) -> Row:
    wrapped = kek().wrap(keys.stream, keys.content, entropy(sealing.NONCE_BYTES))
    return (keys.stream, wrapped, keys.complainant_public)


def _sealed(
    keys: CaseKeys,
    texts: Sequence[tuple[str, str | bytes]],
    now: datetime,
    entropy: Entropy,
) -> tuple[tuple[Row, ...], tuple[ContentRef, ...], tuple[Words, ...]]:
    rows: list[Row] = []
    refs: list[ContentRef] = []
    words: list[Words] = []
    for kind, text in texts:
        row_id = new_id(now, entropy)
        plain = text.encode() if isinstance(text, str) else text
        promised, bound = "", queries.content_field(kind, row_id)
        if isinstance(text, str) and kind not in SILENT:
            salt, bound = entropy(SALT_SIZE), queries.salted_field(kind, row_id)
            promised = commit_words(salt, plain)
            words.append(Words(row_id.hex, kind, salt, text))
            plain = salt + plain
        nonce = entropy(sealing.NONCE_BYTES)
        sealed = sealing.seal(keys.content, keys.stream, bound, plain, nonce)
        rows.append((row_id, keys.stream, kind, sealed, now))
        refs.append(ContentRef(row_id, kind, hashlib.sha256(sealed).hexdigest(), promised))
    return tuple(rows), tuple(refs), tuple(words)


def _identity_fields(fields: Mapping[str, str]) -> dict[str, str]:
    for name in fields:
        if name not in IDENTITY_FIELDS:
            raise Refusal("identity-field-unknown", field=name, known=list(IDENTITY_FIELDS))
    return {name: value for name, value in fields.items() if value.strip()}


def _identity_rows(
    keys: CaseKeys,
    fields: Mapping[str, str],
    now: datetime,
    entropy: Entropy,
    identity_key: bytes | None = None,
) -> IdentityRows:
    identity_key = identity_key or entropy(sealing.KEY_BYTES)
    sealed = {
        name: base64.b64encode(
            sealing.seal_field(identity_key, keys.stream, name, value, entropy(sealing.NONCE_BYTES))
        ).decode()
        for name, value in sorted(fields.items())
    }
    wrap = sealing.seal_identity_key(identity_key, keys.stream, keys.complainant_public)
    row = (keys.stream, json.dumps(sealed).encode(), wrap, now)
    return IdentityRows(row, _share_rows(identity_key, keys.stream, entropy))


def _share_rows(identity_key: bytes, stream: str, entropy: Entropy) -> tuple[Row, ...]:
    """Return the two shares, or none while a role has no key: one alone opens nothing."""
    publics = queries.officer_publics()
    if len(publics) < len(queries.OFFICER_ROLES):
        return ()
    shares = sealing.seal_shares(identity_key, stream, publics, entropy(sealing.KEY_BYTES))
    return tuple(
        (stream, role, publics[role][0], getattr(shares, role)) for role in queries.OFFICER_ROLES
    )


def _tables(rows: IdentityRows | None) -> tuple[tuple[type[Model], Sequence[Row]], ...]:
    if rows is None:
        return ()
    return (Identity, [rows.identity]), (IdentityShare, rows.shares)


def _delete_identity(stream: str) -> None:
    for model in (IdentityShare, IdentityRelease, Identity):
        model.objects.filter(stream=stream).delete()


def _release_row(
    keys: CaseKeys,
    identity_key: bytes,
    names: list[str],
    recipient: str,
    created: datetime,
    entropy: Entropy,
) -> Row:
    nonce = entropy(sealing.NONCE_BYTES)
    wrap = sealing.wrap_consent(keys.content, identity_key, keys.stream, names, recipient, nonce)
    return (keys.stream, recipient, wrap, created)
