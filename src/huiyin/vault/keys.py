"""The server's key-encryption key, behind an interface that a KMS could stand behind too.

The key is a file of its own, outside the data folder, readable by its owner only. It is
made once by an explicit step and never replaced silently: a missing, open or foreign key
is refused loudly, because a new one would make every stored text unreadable for ever. The file
holds the key itself, or the key wrapped by a key service (``keepers``). After a rotation the
former keys stay beside it, so that what they wrapped opens until it is wrapped anew (``rotation``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from huiyin.domain import sealing
from huiyin.domain.errors import Refusal
from huiyin.vault.keepers import Keeper, PlainKeeper, keeper_of

FILE_NAME = "vault.key"
ID_BYTES = 4


class Kek(Protocol):
    """What wraps the content key of each case."""

    def wrap(self, case: str, key: bytes, nonce: bytes) -> bytes:
        """Return the wrapped key, bound to the case."""

    def unwrap(self, case: str, wrapped: bytes) -> bytes:
        """Return the key; raises ``seal-broken`` or ``vault-key-wrong``."""


class FileKek:
    """A key-encryption key read from a file; each wrap begins with the key's short id."""

    def __init__(self, key: bytes, *, plain: bool = True) -> None:
        self._key = key
        self.id = hashlib.sha256(b"huiyin/1 vault key id" + key).digest()[:ID_BYTES]
        self.plain = plain

    def wrap(self, case: str, key: bytes, nonce: bytes) -> bytes:
        """Return id + nonce + AES-256-GCM; ``nonce`` is 12 fresh random bytes."""
        return self.id + sealing.wrap(self._key, case, key, nonce)

    def unwrap(self, case: str, wrapped: bytes) -> bytes:
        """Return the key of the case.

        Raises ``vault-key-wrong`` if another key file wrapped it, ``seal-broken`` if the
        row was changed or belongs to another case.
        """
        if wrapped[:ID_BYTES] != self.id:
            raise Refusal("vault-key-wrong", case=case)
        return sealing.unwrap(self._key, case, wrapped[ID_BYTES:])


class Ring:
    """The present key, and on demand the former ones that lie beside it."""

    def __init__(self, folder: Path, present: FileKek) -> None:
        self.folder = folder
        self.present = present

    def wrap(self, case: str, key: bytes, nonce: bytes) -> bytes:
        """As ``FileKek.wrap``, always under the present key."""
        return self.present.wrap(case, key, nonce)

    def unwrap(self, case: str, wrapped: bytes) -> bytes:
        """As ``FileKek.unwrap``, by whichever key of the folder wrapped it."""
        if wrapped[:ID_BYTES] == self.present.id:
            return self.present.unwrap(case, wrapped)
        path = former_path(self.folder, wrapped[:ID_BYTES])
        if not path.exists():
            raise Refusal("vault-key-wrong", case=case)
        return load_kek(path).unwrap(case, wrapped)


def create_kek(directory: Path, keeper: Keeper | None = None) -> Path:
    """Make ``vault.key`` (mode 0600) in ``directory`` and return its path.

    Raises ``vault-key-exists`` (path): an existing key is never overwritten.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / FILE_NAME
    write_new(path, os.urandom(sealing.KEY_BYTES), keeper or PlainKeeper())
    return path


def write_new(path: Path, key: bytes, keeper: Keeper) -> None:
    """Write a key file that is not there yet, as ``keeper`` keeps it; raises
    ``vault-key-exists`` (path)."""
    text = keeper.form + " " + base64.b64encode(keeper.wrap(key)).decode() + "\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refusal("vault-key-exists", path=str(path)) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def former_path(folder: Path, key_id: bytes) -> Path:
    """Where the key of that id lies once it is a former one."""
    return folder / f"{FILE_NAME}.{key_id.hex()}"


def kek() -> Kek:
    """Return the key-encryption keys of this installation, read once per process and file.

    Raises ``vault-key-missing``, ``vault-key-permission`` or ``vault-key-unreadable``; the
    refusals of ``keepers``; ``vault-key-plain`` if a key service is set but the file holds the
    key itself.
    """
    folder = Path(settings.HUIYIN_KEYS_DIR)
    found = ring(folder)
    if found.present.plain and settings.HUIYIN_KMS:
        raise Refusal("vault-key-plain", path=str(folder / FILE_NAME))
    return found


def ring(folder: Path) -> Ring:
    """The keys of a folder. A rotation by another process is noticed by the file's stamp."""
    path = folder / FILE_NAME
    try:
        found = path.stat()
    except OSError:
        return Ring(folder, load_kek(path))  # says what is wrong
    return _ring(folder, found.st_ino, found.st_mtime_ns)


@lru_cache(maxsize=8)
def _ring(folder: Path, inode: int, written: int) -> Ring:
    load_kek.cache_clear()
    return Ring(folder, load_kek(folder / FILE_NAME))


@lru_cache(maxsize=8)
def load_kek(path: Path) -> FileKek:
    """Return the key in ``path``; raises as ``kek`` (a refusal is not remembered)."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise Refusal("vault-key-missing", path=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("vault-key-unreadable", path=str(path)) from error
    if mode & 0o077:
        raise Refusal("vault-key-permission", path=str(path), mode=f"{mode:04o}")
    return _decoded(text, path)


def _decoded(text: str, path: Path) -> FileKek:
    form, _, kept = text.strip().partition(" ")
    keeper = keeper_of(form)
    try:
        raw = base64.b64decode(kept, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    # One spelling only: else a changed byte of the file could go unseen.
    written = f"{form} {base64.b64encode(raw).decode()}"
    if keeper is None or not raw or text.removesuffix("\n") != written:
        raise Refusal("vault-key-unreadable", path=str(path))
    key = keeper.unwrap(raw)
    if len(key) != sealing.KEY_BYTES:
        raise Refusal("vault-key-unreadable", path=str(path))
    return FileKek(key, plain=isinstance(keeper, PlainKeeper))


def sync_folder(directory: Path) -> None:
    """Put the folder's entries on the disk."""
    # Without this a power cut could lose the name of a file whose bytes are on disk.
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
