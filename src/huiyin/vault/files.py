"""Files as they were handed in: sealed so that the office cannot open them, and only erased.

Each file has a key F of its own. F is sealed to the case's file key pair, whose private half
lies under I: the complainant opens it with the receipt code, the two officers together, nobody
else. Until the cleaner has looked at a file, F lies a second time under C (``FileWaiting``);
that row goes when the look is over, and with it the server's own way to the original. What the
office reads is the cleaned copy, a content like any other text of the case (``acts``).
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from huiyin.domain import sealing
from huiyin.domain.errors import Refusal
from huiyin.vault import queries
from huiyin.vault.models import File, FileKey, FileWaiting
from huiyin.vault.queries import CaseKeys, ContentRef
from huiyin.vault.rows import Row, insert, new_id

Entropy = Callable[[int], bytes]
ORIGINAL = "original"
TABLES = (FileKey, FileWaiting, File)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be sealed: its name as given and its bytes."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PreparedFiles:
    """Files with all crypto done, waiting to be written."""

    refs: tuple[ContentRef, ...]
    key: tuple[Row, ...] = field(repr=False)
    files: tuple[Row, ...] = field(repr=False)
    waiting: tuple[Row, ...] = field(repr=False)


NONE = PreparedFiles((), (), (), ())


def prepare(
    keys: CaseKeys,
    uploads: Sequence[Upload],
    *,
    identity_key: bytes | None = None,
    now: datetime,
    entropy: Entropy = os.urandom,
) -> PreparedFiles:
    """Seal files of a case without writing.

    ``identity_key``: I, if the case has no file key yet; it is made then. The commitment of
    each reference is the SHA-256 of the sealed original, as it is stored.
    """
    pair, public = _file_key(keys.stream, identity_key, entropy)
    refs, files, waiting = [], [], []
    for upload in uploads:
        file_id, key = new_id(now, entropy), entropy(sealing.KEY_BYTES)
        row = _file_row(keys.stream, file_id, key, public, upload, now, entropy)
        wrap = sealing.seal(
            keys.content, keys.stream, _waits(file_id), key, entropy(sealing.NONCE_BYTES)
        )
        refs.append(ContentRef(file_id, ORIGINAL, hashlib.sha256(row[4]).hexdigest()))
        files.append(row)
        waiting.append((file_id, keys.stream, wrap))
    return PreparedFiles(tuple(refs), pair, tuple(files), tuple(waiting))


def write(prepared: PreparedFiles) -> None:
    """Write prepared files; nothing but INSERTs."""
    with transaction.atomic(savepoint=False):
        insert((FileKey, prepared.key), (File, prepared.files), (FileWaiting, prepared.waiting))


def has_key(stream: str) -> bool:
    """Whether the case has a file key, so that a file can be added without opening I."""
    return FileKey.objects.filter(stream=stream).exists()


def _file_key(
    stream: str, identity_key: bytes | None, entropy: Entropy
) -> tuple[tuple[Row, ...], bytes]:
    """The row of a new file key (none if there is one) and its public half."""
    if identity_key is None:
        row = FileKey.objects.filter(stream=stream).first()
        if row is None:
            raise Refusal("identity-absent", case=stream)
        return (), bytes(row.public)
    private = entropy(sealing.KEY_BYTES)
    public, nonce = sealing.public_of(private), entropy(sealing.NONCE_BYTES)
    return (
        (stream, public, sealing.seal_file_private(identity_key, stream, private, nonce)),
    ), public


def _file_row(
    stream: str,
    file_id: uuid.UUID,
    key: bytes,
    public: bytes,
    upload: Upload,
    now: datetime,
    entropy: Entropy,
) -> tuple[uuid.UUID, str, bytes, bytes, bytes, datetime]:
    name = sealing.seal(
        key, stream, _named(file_id), upload.name.encode(), entropy(sealing.NONCE_BYTES)
    )
    original = sealing.seal(
        key, stream, _original(file_id), upload.data, entropy(sealing.NONCE_BYTES)
    )
    wrap = sealing.seal_file_key(public, stream, file_id.hex, key)
    return file_id, stream, wrap, name, original, now


def _named(file_id: uuid.UUID) -> str:
    return f"file-name/{file_id}"


def _original(file_id: uuid.UUID) -> str:
    return f"{ORIGINAL}/{file_id}"


def _waits(file_id: uuid.UUID) -> str:
    return f"file-waiting/{file_id}"


# -- the cleaner's way, until it has looked ------------------------------------------------------


def waiting(stream: str) -> list[uuid.UUID]:
    """The files of a case that no cleaner has looked at yet, oldest first."""
    rows = FileWaiting.objects.filter(stream=stream).order_by("id")
    return list(rows.values_list("id", flat=True))


def for_cleaning(stream: str, file_id: uuid.UUID) -> bytes | None:
    """Return the original to the cleaner, or None if somebody has looked at it already.

    Raises ``case-key-erased`` and, for a changed row, ``seal-broken``.
    """
    row = FileWaiting.objects.filter(stream=stream, id=file_id).first()
    if row is None:
        return None
    keys = queries.case_keys(stream)
    key = sealing.unseal(keys.content, stream, _waits(file_id), bytes(row.wrap))
    return _opened(stream, file_id, key)


def commitment(stream: str, file_id: uuid.UUID) -> ContentRef:
    """What an event says of the original as it is stored now. Raises ``file-unknown``."""
    return ContentRef(file_id, ORIGINAL, hashlib.sha256(_stored(stream, file_id)).hexdigest())


def looked_at(stream: str, file_id: uuid.UUID) -> bool:
    """Take the server's own way to the original away; False if it was gone already."""
    gone, _ = FileWaiting.objects.filter(stream=stream, id=file_id).delete()
    return bool(gone)


def _opened(stream: str, file_id: uuid.UUID, key: bytes) -> bytes:
    return sealing.unseal(key, stream, _original(file_id), _stored(stream, file_id))


def _stored(stream: str, file_id: uuid.UUID) -> bytes:
    rows = File.objects.filter(stream=stream, id=file_id)
    held = rows.values_list("original", flat=True).first()
    if held is None:
        raise Refusal("file-unknown")
    return bytes(held)


# -- whoever has I -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opener:
    """The opened file key of one case."""

    stream: str
    private: bytes = field(repr=False)

    def names(self, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
        """The names under which files were handed in. One query."""
        rows = File.objects.filter(stream=self.stream, id__in=list(ids))
        found = {}
        for file_id, wrap, name in rows.values_list("id", "key", "sealed_name"):
            key = self._key(file_id, bytes(wrap))
            found[file_id] = sealing.unseal(key, self.stream, _named(file_id), bytes(name)).decode()
        return found

    def original(self, file_id: uuid.UUID) -> bytes:
        """A file as it was handed in. Raises ``file-unknown``, ``seal-broken``."""
        rows = File.objects.filter(stream=self.stream, id=file_id)
        wrap = rows.values_list("key", flat=True).first()
        if wrap is None:
            raise Refusal("file-unknown")
        return _opened(self.stream, file_id, self._key(file_id, bytes(wrap)))

    def _key(self, file_id: uuid.UUID, wrap: bytes) -> bytes:
        return sealing.open_file_key(self.private, self.stream, file_id.hex, wrap)


def opener(stream: str, identity_key: bytes) -> Opener:
    """The way to a case's originals for whoever holds I. Raises ``file-unknown`` if it has
    none, ``seal-broken`` for another I."""
    row = FileKey.objects.filter(stream=stream).first()
    if row is None:
        raise Refusal("file-unknown")
    private = sealing.open_file_private(identity_key, stream, bytes(row.sealed_private))
    return Opener(stream, private)


def as_complainant(stream: str, private_key: bytes) -> Opener:
    """The way for the complainant, by ``receipts.private_key(code)``."""
    return opener(stream, queries.identity_key(stream, private_key)[0])


def move_key(stream: str, private_key: bytes | None, identity_key: bytes, entropy: Entropy) -> bool:
    """Put the case's file key, if it has one, under the new I; True if it has."""
    row = FileKey.objects.filter(stream=stream).first()
    if row is None:
        return False
    if private_key is None:
        raise ValueError("the originals of this case lie under I: its key is needed")
    private = as_complainant(stream, private_key).private
    nonce = entropy(sealing.NONCE_BYTES)
    moved = sealing.seal_file_private(identity_key, stream, private, nonce)
    FileKey.objects.filter(stream=stream).update(sealed_private=moved)
    return True


def erase(stream: str) -> None:
    """Destroy the case's originals and the keys to them; for ``acts.erase`` alone."""
    for model in TABLES:
        model.objects.filter(stream=stream).delete()
