"""The log's signing key: one file outside the database, which also names the origin.

``log.key`` holds one line in the form of Go's note package and has mode 0600. The name in it
is the log's origin; settings only propose one when the key is made. Keys of earlier origins
move to ``former/`` and are never used to sign again.
"""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from huiyin.domain.errors import Refusal
from huiyin.domain.merkle import Frontier
from huiyin.domain.notes import Signer
from huiyin.register import lastsigned

NAME = "log.key"
MAX_ORIGIN = 200  # so that checkpoint and frontier fit a slot of lastsigned.py


def folder() -> Path:
    """The key folder of this installation."""
    return _folder(settings.HUIYIN_KEYS_DIR)


@lru_cache(maxsize=4)
def _folder(setting: str | Path) -> Path:
    return Path(setting)


def create_log_key(origin: str | None = None, keys_dir: Path | None = None) -> str:
    """Make the signing key and an empty last-signed file; returns the vkey.

    ``origin`` defaults to settings.HUIYIN_ORIGIN. Raises Refusal: log-key-exists,
    key-name-malformed, register-origin-too-long.
    """
    where = keys_dir or folder()
    if (where / NAME).exists():
        raise Refusal("log-key-exists")
    signer = new_signer(origin or settings.HUIYIN_ORIGIN)
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    lastsigned.begin(where, lastsigned.LastSigned(Frontier(), ""))
    store(signer, where)
    return str(signer.key)


def new_signer(origin: str) -> Signer:
    """A fresh random key for ``origin``, not stored anywhere yet."""
    if len(origin.encode()) > MAX_ORIGIN:
        raise Refusal("register-origin-too-long", most=MAX_ORIGIN)
    return Signer.from_seed(origin, secrets.token_bytes(32))


def store(signer: Signer, where: Path) -> None:
    """Write ``log.key`` in one step, readable by its owner only."""
    temporary = where / f"{NAME}.new"
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(signer.to_text() + "\n")
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(where / NAME)


def signer(keys_dir: Path | None = None) -> Signer:
    """The signing key. Raises Refusal: register-key-missing, signing-key-malformed."""
    path = f"{keys_dir or folder()}/{NAME}"
    try:
        found = os.stat(path)
        return _load(path, found.st_mtime_ns, found.st_ino)
    except FileNotFoundError:
        raise Refusal("register-key-missing") from None


@lru_cache(maxsize=4)
def _load(path: str, modified: int, inode: int) -> Signer:
    """Read once per version of the file: parsing would cost as much as signing."""
    try:
        return Signer.parse(Path(path).read_text("ascii"))
    except UnicodeDecodeError:
        raise Refusal("signing-key-malformed") from None
