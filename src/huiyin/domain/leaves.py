"""What the register says: canonical bytes of events and leaves, and how they are tied together.

A leaf is public and tells only class and day; its commitment hides the event behind a key of
its own, so that destroying the key erases the event's meaning and leaves the tree whole. Each
event names the hash of the case's previous event. The tree itself is in merkle.py; who may
open what, and which act has which class, is decided elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from huiyin.domain.errors import Refusal

VERSION = 1
FIRST_SEQ = 1
KEY_SIZE = 32

# Register-wide classes: never office, subject, place or case, so that counting leaves cannot
# undo the suppression of small numbers in published statistics.
CLASSES = frozenset({
    "registered", "accepted", "forwarded", "extended", "answered", "review-requested",
    "reviewed", "settled", "identity-opened", "erased", "corrected", "statistics-released",
    "openings-released",  # an auditor got every opening there is
    "proceeded",      # any other step in a case
    "administered",   # accounts, units, settings
    "readiness",      # plans, rosters, incidents, exercises
    "origin",         # this log took over from an older one
})  # fmt: skip

_CLASS = re.compile(r"[a-z][a-z-]{0,39}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
_encoder = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)
_MAX_INTEGER = 2**53 - 1  # RFC 8785 numbers are IEEE doubles: beyond this they are not exact


def canonical(value: object) -> bytes:
    """Canonical JSON (RFC 8785) of None, bool, int, str, lists, and mappings with ASCII keys.

    Numbers with fractions have no place in a register and are refused, as are lone surrogates:
    Refusal("not-canonical", why=...).
    """
    try:
        _require_plain(value)
        return _encoder.encode(value).encode()
    except UnicodeEncodeError:
        raise Refusal("not-canonical", why="surrogate") from None
    except RecursionError:
        raise Refusal("not-canonical", why="depth") from None


def _require_plain(value: object) -> None:
    """Raise unless every part has a canonical form. Texts, by far the most, cost no call."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise Refusal("not-canonical", why="key")
            if type(item) is not str:
                _require_plain(item)
    elif isinstance(value, list | tuple):
        for item in value:
            if type(item) is not str:
                _require_plain(item)
    elif isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            raise Refusal("not-canonical", why="integer")
    elif value is not None and not isinstance(value, str):
        raise Refusal("not-canonical", why=type(value).__name__)


def parse_object(data: bytes) -> dict[str, object]:
    """A JSON object, strictly: UTF-8, no duplicate keys, no fractions, no NaN.

    Raises Refusal: not-utf8, json-malformed, json-duplicate-key, json-number, json-too-deep,
    json-not-object.
    """
    try:
        value = _strict.decode(data.decode())
        if b"\\u" in data:  # JSON can escape half a character, which no text may contain
            _encoder.encode(value).encode()
    except UnicodeEncodeError:
        raise Refusal("not-utf8", at=0) from None
    except UnicodeDecodeError as error:
        raise Refusal("not-utf8", at=error.start) from None
    except RecursionError:
        raise Refusal("json-too-deep") from None
    except json.JSONDecodeError as error:
        raise Refusal("json-malformed", at=error.pos) from None
    except ValueError:  # Python's own limit on the digits of an integer
        raise Refusal("json-number") from None
    if not isinstance(value, dict):
        raise Refusal("json-not-object")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise Refusal("json-duplicate-key", key=name[:60])
            seen.add(name)
    return found


def _no_number(text: str) -> object:
    raise Refusal("json-number")


_strict = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_no_number, parse_constant=_no_number
)


def encode64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode()


def decode64(text: str, length: int | None = None) -> bytes:
    """The inverse, strictly: only the one canonical spelling is accepted.

    Raises Refusal("base64-malformed") also if ``length`` (bytes) is given and differs.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("base64-malformed") from None
    if encode64(data) != text or (length is not None and len(data) != length):
        raise Refusal("base64-malformed")
    return data


def chain_hash(previous: bytes | None) -> str:
    """The ``prev`` of an event: base64 SHA-256 of the previous event's bytes, "" for the first."""
    return "" if previous is None else encode64(hashlib.sha256(previous).digest())


def commit(key: bytes, event: bytes) -> bytes:
    """The commitment: HMAC-SHA256(key, event bytes). ``key``: 32 random bytes of this event."""
    if len(key) != KEY_SIZE:
        raise Refusal("opening-key-wrong-length", length=len(key), needed=KEY_SIZE)
    return hmac.digest(key, event, "sha256")


def format_at(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds: 2026-11-21T08:00:00.000000Z. ``at`` must be aware."""
    if at.tzinfo is None:
        raise Refusal("time-without-zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_at(text: object) -> datetime:
    """The inverse of ``format_at``. Raises Refusal("time-malformed")."""
    try:
        if not isinstance(text, str) or not _AT.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("time-malformed", value=str(text)[:40]) from None


def event_bytes(
    *,
    case: str,
    seq: int,
    previous: bytes | None,
    at: datetime,
    role: str,
    act: str,
    event_class: str,
    data: Mapping[str, object] | None = None,
    dues: Sequence[Mapping[str, object]] = (),
    content: Sequence[Mapping[str, object]] = (),
    actor: str | None = None,
) -> bytes:
    """The canonical bytes of one event. ``previous``: the event bytes before it in this case.

    ``seq`` counts from 1. ``actor`` stands in the event only if given, so that the column
    beside it is covered by the commitment. Raises Refusal: not-canonical, leaf-class-unknown,
    event-seq-wrong, time-without-zone.
    """
    if event_class not in CLASSES:
        raise Refusal("leaf-class-unknown", event_class=event_class)
    if seq < FIRST_SEQ or (seq == FIRST_SEQ) != (previous is None):
        raise Refusal("event-seq-wrong", seq=seq)
    event: dict[str, object] = {
        "v": VERSION, "case": case, "seq": seq, "prev": chain_hash(previous),
        "at": format_at(at), "role": role, "act": act, "class": event_class,
        "data": dict(data or {}), "dues": [dict(due) for due in dues],
        "content": [dict(item) for item in content],
    }  # fmt: skip
    if actor is not None:
        event["actor"] = actor
    return canonical(event)


def leaf_bytes(event_class: str, day: str, commitment: bytes) -> bytes:
    """The canonical bytes of a leaf; ``day`` is the event's day in UTC, YYYY-MM-DD.

    Written out, because none of the values needs escaping: what ``canonical`` would give.
    Raises Refusal: leaf-class-unknown, leaf-malformed.
    """
    if event_class not in CLASSES:
        raise Refusal("leaf-class-unknown", event_class=event_class)
    if not _DAY.fullmatch(day):
        raise Refusal("leaf-malformed")
    return (
        f'{{"class":"{event_class}","commitment":"{encode64(commitment)}",'
        f'"day":"{day}","v":{VERSION}}}'
    ).encode()


def leaf_of(event: bytes, key: bytes) -> bytes:
    """The leaf for event bytes as ``event_bytes`` made them, under the key of this event."""
    said = parse_object(event)
    return leaf_bytes(str(said["class"]), str(said["at"])[:10], commit(key, event))


def is_version(value: object) -> bool:
    """True for the number 1, not for ``true``, which Python takes for equal."""
    return type(value) is int and value == VERSION


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as read: ``event_class``, ``day`` and the 32 bytes of the commitment."""

    event_class: str
    day: date
    commitment: bytes


def parse_leaf(data: bytes) -> Leaf:
    """Read a leaf strictly; unknown classes are allowed, other spellings of the bytes are not.

    Raises Refusal: leaf-malformed, and those of ``parse_object``.
    """
    said = parse_object(data)
    event_class, day = said.get("class"), said.get("day")
    if said.keys() != {"v", "class", "day", "commitment"} or not is_version(said["v"]):
        raise Refusal("leaf-malformed")
    if not isinstance(event_class, str) or not _CLASS.fullmatch(event_class):
        raise Refusal("leaf-malformed")
    if not isinstance(day, str) or not _DAY.fullmatch(day) or canonical(said) != data:
        raise Refusal("leaf-malformed")
    try:
        return Leaf(event_class, date.fromisoformat(day), decode64(str(said["commitment"]), 32))
    except (ValueError, Refusal):
        raise Refusal("leaf-malformed") from None
