"""The server's key-encryption key, behind an interface that a KMS could stand behind too.

The key is a file of its own, outside the data folder, readable by its owner only. It is
made once by an explicit step and never replaced silently: a missing, open or foreign key
is refused loudly, because a new one would make every stored text unreadable for ever.
"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from huiyin.domain import sealing
from huiyin.domain.errors import Refusal

FILE_NAME = "vault.key"
_HEADER = "huiyin-vault-key-1 "
_ID_BYTES = 4


class Kek(Protocol):
    """What wraps the content key of each case."""

    def wrap(self, case: str, key: bytes, nonce: bytes) -> bytes:
        """Return the wrapped key, bound to the case."""

    def unwrap(self, case: str, wrapped: bytes) -> bytes:
        """Return the key; raises ``seal-broken`` or ``vault-key-wrong``."""


class FileKek:
    """A key-encryption key held in a file; each wrap begins with the key's short id."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._id = hashlib.sha256(b"huiyin/1 vault key id" + key).digest()[:_ID_BYTES]

    def wrap(self, case: str, key: bytes, nonce: bytes) -> bytes:
        """Return id + nonce + AES-256-GCM; ``nonce`` is 12 fresh random bytes."""
        return self._id + sealing.wrap(self._key, case, key, nonce)

    def unwrap(self, case: str, wrapped: bytes) -> bytes:
        """Return the key of the case.

        Raises ``vault-key-wrong`` if another key file wrapped it, ``seal-broken`` if the
        row was changed or belongs to another case.
        """
        if wrapped[:_ID_BYTES] != self._id:
            raise Refusal("vault-key-wrong", case=case)
        return sealing.unwrap(self._key, case, wrapped[_ID_BYTES:])


def create_kek(directory: Path) -> Path:
    """Make ``vault.key`` (mode 0600) in ``directory`` and return its path.

    Raises ``vault-key-exists`` (path): an existing key is never overwritten.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / FILE_NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refusal("vault-key-exists", path=str(path)) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(_HEADER + base64.b64encode(os.urandom(sealing.KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(directory)
    return path


def kek() -> Kek:
    """Return the key-encryption key of this installation, read once per process.

    Raises ``vault-key-missing``, ``vault-key-permission`` or ``vault-key-unreadable``.
    """
    return load_kek(Path(settings.HUIYIN_KEYS_DIR) / FILE_NAME)


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
    return FileKek(_decoded(text, path))


def _decoded(text: str, path: Path) -> bytes:
    try:
        key = base64.b64decode(text.removeprefix(_HEADER).strip(), validate=True)
    except ValueError as error:
        raise Refusal("vault-key-unreadable", path=str(path)) from error
    # One spelling only: else a changed byte of the file could go unseen.
    written = _HEADER + base64.b64encode(key).decode()
    if text.removesuffix("\n") != written or len(key) != sealing.KEY_BYTES:
        raise Refusal("vault-key-unreadable", path=str(path))
    return key


def _sync_folder(directory: Path) -> None:
    # Without this a power cut could lose the name of a file whose bytes are on disk.
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
