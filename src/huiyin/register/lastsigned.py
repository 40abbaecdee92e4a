"""The last checkpoint this installation signed, in a file outside the database.

A restored backup knows nothing of the checkpoints signed after it was made; this file does.
Two slots are written in turn, each with a checksum, so that a torn write leaves the other.
The file only moves forward. It is not synced on purpose: after a power cut it may lag behind
the database, which is harmless, because signing then checks the leaves in between.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from huiyin.domain.errors import Refusal
from huiyin.domain.merkle import Frontier

NAME = "last-signed"
SLOT = 4096
_HEADER = struct.Struct(">8sQHH")  # magic, tree size, bytes of frontier, bytes of note
_MAGIC = b"HYSIGNED"
_CHECK = 32


@dataclass(frozen=True, slots=True)
class LastSigned:
    """A tree that was signed: its frontier and the checkpoint note ("" before the first)."""

    frontier: Frontier
    note: str

    @property
    def origin(self) -> str:
        """The log's name in the note, "" before the first signature."""
        return self.note.partition("\n")[0]


def _pack(last: LastSigned) -> bytes:
    peaks, note = last.frontier.to_bytes(), last.note.encode()
    header = _HEADER.pack(_MAGIC, last.frontier.size, len(peaks), len(note))
    body = header + peaks + note
    if len(body) + _CHECK > SLOT:
        raise Refusal("register-origin-too-long", most=200)
    return (body + hashlib.sha256(body).digest()).ljust(SLOT, b"\x00")


def _size(slot: bytes) -> int:
    """The tree size a slot claims, -1 if it is no slot."""
    return _HEADER.unpack_from(slot)[1] if slot.startswith(_MAGIC) and len(slot) == SLOT else -1


def _unpack(slot: bytes) -> LastSigned | None:
    if _size(slot) < 0:
        return None
    _, size, peaks, note = _HEADER.unpack_from(slot)
    end = _HEADER.size + peaks + note
    if slot[end : end + _CHECK] != hashlib.sha256(slot[:end]).digest():
        return None
    at = _HEADER.size + peaks
    return LastSigned(Frontier.from_bytes(size, slot[_HEADER.size : at]), slot[at:end].decode())


def _newest(data: bytes) -> tuple[LastSigned | None, int]:
    """The newest readable slot, and the offset of the other one."""
    slots = [(data[:SLOT], SLOT), (data[SLOT:], 0)]
    for slot, other in sorted(slots, key=lambda item: _size(item[0]), reverse=True):
        found = _unpack(slot)
        if found is not None:
            return found, other
    return None, 0


def read(folder: Path) -> LastSigned | None:
    """The last signed tree, or None if the file is missing or both slots are damaged.

    Needs no lock: a slot read while it is written fails its checksum, and the other stands.
    """
    try:
        file = os.open(f"{folder}/{NAME}", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        return _newest(os.pread(file, 2 * SLOT, 0))[0]
    finally:
        os.close(file)


def damaged(folder: Path) -> bool:
    """Whether one of the two slots is neither whole nor still empty. The other one stands, and
    the next signature repairs it. Looked at again before it is said: a server may be writing."""
    return all(_has_damage(folder) for _ in range(3))


def _has_damage(folder: Path) -> bool:
    try:
        data = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return False  # missing is another fault
    slots = (data[:SLOT], data[SLOT : 2 * SLOT])
    return len(data) != 2 * SLOT or not all(_is_whole(slot) for slot in slots)


def _is_whole(slot: bytes) -> bool:
    if not any(slot):
        return True
    found = _unpack(slot)
    return found is not None and _pack(found) == slot


def advance(folder: Path, last: LastSigned) -> None:
    """Remember ``last`` unless a tree at least as large is remembered already."""
    file = os.open(f"{folder}/{NAME}", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        newest, other = _newest(os.pread(file, 2 * SLOT, 0))
        if newest is None or last.frontier.size > newest.frontier.size:
            os.pwrite(file, _pack(last), other)
    finally:
        os.close(file)


def begin(folder: Path, last: LastSigned) -> None:
    """Start the file afresh (a new key); replaces what was there in one step."""
    temporary = folder / f"{NAME}.new"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(_pack(last) + bytes(SLOT))
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / NAME)
