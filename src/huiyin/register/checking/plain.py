"""The short way for an event that proves itself: by far the most, in a register at rest.

An event's canonical form begins and ends with what its columns repeat, so that columns and
chain are held against the bytes without reading them as JSON; then the leaf must be the very
one that these bytes and this key make. Whatever does not fit goes the long way (events.py),
which names what is wrong; nothing is called wrong here.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from hashlib import sha256
from typing import Protocol

from huiyin.domain.leaves import CLASSES, KEY_SIZE

_CLASSES = frozenset(name.encode() for name in CLASSES)


class Row(Protocol):
    """One event row with its opening and leaf, as raw bytes."""

    seq: int
    stream: bytes
    type: bytes
    at: bytes
    role: bytes
    actor: bytes
    body: bytes
    key: bytes | None
    leaf: bytes | None


def class_if_sound(row: Row, number: int, chain: bytes) -> bytes | None:
    """The event's class if the row proves itself as event ``number`` of its case, after the
    event whose hash is ``chain`` (empty for the first); None if that needs a closer look.

    ``row.at`` in the event's own form (``own_instant``). Spelled out, because this runs for every
    event there is: what ``leaves.leaf_bytes`` and ``leaves.commit`` would give.
    """
    body, key = row.body, row.key
    if row.seq != number or key is None or len(key) != KEY_SIZE:
        return None
    actor = b'"actor":"%b",' % row.actor if row.actor else b""
    head = b'{"act":"%b",%b"at":"%b","case":"%b","class":"' % (row.type, actor, row.at, row.stream)
    tail = b',"prev":"%b","role":"%b","seq":%d,"v":1}' % (chain, row.role, number)
    if not (body.startswith(head) and body.endswith(tail)):
        return None
    named = body[len(head) : body.index(b'"', len(head))]
    commitment = b2a_base64(hmac.digest(key, body, "sha256"), newline=False)
    leaf = b'{"class":"%b","commitment":"%b","day":"%b","v":1}' % (named, commitment, row.at[:10])
    return named if leaf == row.leaf and named in _CLASSES else None


def chain_of(body: bytes) -> bytes:
    """What ``leaves.chain_hash`` gives, as bytes."""
    return b2a_base64(sha256(body).digest(), newline=False)


def own_instant(stored: bytes, sqlite: bool) -> bytes:
    """An event's time in its own form (leaves.format_at), from the form of the database."""
    if not sqlite:
        return stored
    at = stored.replace(b" ", b"T")
    return at + b"Z" if b"." in at else at + b".000000Z"
