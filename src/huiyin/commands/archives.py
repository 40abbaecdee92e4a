"""Archives of a backup: what is in which file, for how long, and the key folder under a passphrase.

``NAME.data.tar`` holds the database without any key; keep it as long as you like.
``NAME.keys.tar`` holds the wrapped keys; its manifest says when it has to be destroyed, because
an older one is where erased data could survive (privacy.md, "Retention"). The key folder is in
neither; on demand it is written apart, encrypted (scrypt, RFC 7914; AES-256-GCM), and without
the memory of the last signature, so that an old copy can never make the register sign a fork.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from huiyin import __version__
from huiyin.domain.errors import Refusal
from huiyin.domain.sealing import check_passphrase

FORMAT = "huiyin-backup/1"
KEYS_LIVE = timedelta(days=30)
RULE = (
    "These wrapped keys open personal data that may be erased meanwhile. Destroy this file on "
    "the day named by destroy_after, in every place it was copied to."
)
MANIFEST = "manifest.json"
_KEYS_FORMAT = b"huiyin-key-folder/1\n"
_SALT, _NONCE = 16, 12
# The web secret is made anew by each installation; nothing that lasts hangs on it.
_NEVER = ("last-signed", "last-signed.new", "log.key.new", "vault.key.new", "web.key")


def manifest(kind: str, backup: str, engine: str, made: datetime, file: Path) -> bytes:
    """What an archive says about itself. ``kind``: data or keys; ``backup``: common to both."""
    told: dict[str, object] = {
        "format": FORMAT,
        "kind": kind,
        "backup": backup,
        "engine": engine,
        "version": __version__,
        "made": made.isoformat(timespec="seconds"),
        "sha256": _digest(file),
    }
    if kind == "keys":
        until = (made + KEYS_LIVE).isoformat(timespec="seconds")
        told |= {"destroy_after": until, "rule": RULE}
    return (json.dumps(told, indent=1) + "\n").encode()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(archive: Path, told: bytes, file: Path) -> None:
    """Write manifest and file into a new archive, readable by its owner only.

    Raises Refusal ``backup-exists`` (path).
    """
    with os.fdopen(_new(archive), "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mode = len(told), 0o600
            tar.addfile(entry, io.BytesIO(told))
            tar.add(file, arcname=file.name, filter=_plain)
        out.flush()
        os.fsync(out.fileno())


def _new(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refusal("backup-exists", path=str(path)) from error


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """No account names of this machine in an archive."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def unpack(archive: Path, folder: Path) -> Mapping[str, str]:
    """Write the archive's file into ``folder``, checked against its manifest, and return that.

    Raises Refusal ``archive-unreadable`` (path, why).
    """
    try:
        with tarfile.open(archive, "r:") as tar:
            told = json.loads(_member(tar, MANIFEST))
            name = {"data": "database", "keys": "wrapped-keys"}[told["kind"]]
            if told["format"] != FORMAT:
                raise ValueError("another format")
            with (folder / name).open("wb") as out:
                source = tar.extractfile(name)
                while source is not None and (some := source.read(1 << 20)):
                    out.write(some)
    except (OSError, tarfile.TarError, ValueError, KeyError) as error:
        raise Refusal("archive-unreadable", path=str(archive), why=str(error)[:200]) from error
    if _digest(folder / name) != told["sha256"]:
        raise Refusal("archive-unreadable", path=str(archive), why="sha256")
    return {key: str(value) for key, value in told.items()}


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    return file.read() if file is not None else b""


def expired(told: Mapping[str, str], now: datetime) -> bool:
    """Whether a keys archive is older than it may get."""
    return now > datetime.fromisoformat(told["destroy_after"])


def seal_key_folder(folder: Path, out: Path, passphrase: str) -> None:
    """Write the key folder, encrypted under a passphrase, into a new file.

    Raises Refusal ``passphrase-weak``, ``backup-exists``.
    """
    check_passphrase(passphrase)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in _NEVER:
                tar.add(path, arcname=str(path.relative_to(folder)), filter=_plain)
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, plain.getvalue(), _KEYS_FORMAT)
    with os.fdopen(_new(out), "wb") as file:
        file.write(_KEYS_FORMAT + salt + nonce + sealed)
        file.flush()
        os.fsync(file.fileno())


def open_key_folder(file: Path, folder: Path, passphrase: str) -> None:
    """Bring the key folder back. Raises Refusal ``restore-over-keys`` (path) if one of its files
    exists, ``key-copy-wrong`` (path) for another passphrase or a damaged file."""
    sealed = file.read_bytes() if file.exists() else b""
    body = sealed.removeprefix(_KEYS_FORMAT)
    if len(body) == len(sealed):
        raise Refusal("archive-unreadable", path=str(file), why="format")
    salt, nonce, rest = body[:_SALT], body[_SALT : _SALT + _NONCE], body[_SALT + _NONCE :]
    try:
        plain = AESGCM(_key(passphrase, salt)).decrypt(nonce, rest, _KEYS_FORMAT)
    except InvalidTag as error:
        raise Refusal("key-copy-wrong", path=str(file)) from error
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        for name in tar.getnames():
            if (folder / name).exists():
                raise Refusal("restore-over-keys", path=str(folder / name))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        tar.extractall(folder, filter="data")
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _key(passphrase: str, salt: bytes) -> bytes:
    # 128 MiB and about half a second; the file may lie for years where others can copy it.
    plain = " ".join(passphrase.split())
    return Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(plain.encode())


def stamp(now: datetime) -> str:
    """The name of a backup: ``huiyin-20261121T223000Z``."""
    return f"huiyin-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
