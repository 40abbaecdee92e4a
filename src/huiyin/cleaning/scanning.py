"""Asking ClamAV about a file, over the socket of a daemon that runs anyway.

The protocol is INSTREAM of clamd(8): the command, pieces with their length, a piece of length
nought, one line back. Without a daemon a file is "not scanned" and taken all the same: evidence
is never refused because a scanner is missing or busy.
"""

from __future__ import annotations

import socket
import struct

CLEAN, FOUND, NOT_SCANNED = "clean", "found", "not-scanned"
_PIECE = 1 << 16
_SECONDS = 30
_SECONDS_TO_ANSWER = 2


def scan(data: bytes, where: str) -> str:
    """``clean``, ``found`` or ``not-scanned``. ``where``: a path, or HOST:PORT, or ""."""
    if not where:
        return NOT_SCANNED
    try:
        with _connected(where) as link:
            link.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), _PIECE):
                piece = data[start : start + _PIECE]
                link.sendall(struct.pack(">I", len(piece)) + piece)
            link.sendall(struct.pack(">I", 0))
            return _read(_line(link))
    except OSError:
        return NOT_SCANNED


def answers(where: str) -> bool:
    """Whether a daemon is there and answers (PING of clamd(8))."""
    if not where:
        return False
    try:
        with _connected(where) as link:
            link.settimeout(_SECONDS_TO_ANSWER)
            link.sendall(b"zPING\0")
            return _line(link) == b"PONG"
    except OSError:
        return False


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(_SECONDS)
        try:
            link.connect(where)
        except OSError:
            link.close()
            raise
        return link
    host, _, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_SECONDS)


def _line(link: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\0") and len(line) < 4096:
        some = link.recv(1024)
        if not some:
            break
        line += some
    return line.rstrip(b"\0\n")


def _read(line: bytes) -> str:
    if line.endswith(b" FOUND"):
        return FOUND
    return CLEAN if line.endswith(b": OK") else NOT_SCANNED
