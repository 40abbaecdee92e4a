"""Second walk: events by stream, with openings and leaves.

Each column is held against the event's own bytes, the bytes against the commitment in the
leaf, each event against the one before it. An opening key may be missing only where a later
event of the same stream says ``erased``; the chain from there still covers the older bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import (
    FIRST_SEQ,
    KEY_SIZE,
    chain_hash,
    commit,
    leaf_bytes,
    parse_leaf,
    parse_object,
)
from huiyin.register.checking.contents import Contents, Named, named_in
from huiyin.register.checking.plain import chain_of, class_if_sound, own_instant
from huiyin.register.checking.rows import as_blob, as_instant, stream
from huiyin.register.faults import CORRUPTION, TAMPERING, UNKNOWN, Fault, Faults

_ERASED = "erased"
_TEXTS = {"stream": "case", "type": "act", "role": "role", "actor": "actor"}


@dataclass(slots=True)
class _Row:
    """One event row with its opening and leaf, as raw bytes."""

    index: Any
    seq: Any
    stream: bytes
    type: bytes
    at: bytes
    role: bytes
    actor: bytes
    body: bytes
    key: bytes | None
    leaf: bytes | None
    said: Any = None  # what ``body`` says; read only where it must be looked at closer


def check(faults: Faults, *, signed: bool, contents: Contents | None = None) -> int:
    """Check all events and openings; returns the number of events. ``signed``: the leaves lead
    to the signed root, so that where leaf and event disagree it is not the leaf. ``contents``
    is told which sealed texts the events name."""
    _check_pairs(faults)
    _check_origins(faults, signed)
    count = 0
    thread = _Thread(faults, signed, contents)
    sqlite = connection.vendor == "sqlite"
    for index, seq, *parts, key, leaf in stream(_query()):
        case, act, at, role, actor, body = [b"" if part is None else part for part in parts]
        thread.add(
            _Row(index, seq, case, act, own_instant(at, sqlite), role, actor, body, key, leaf)
        )
        count += 1
    thread.end()
    return count


def _query() -> str:
    texts = ["e.stream", "e.type"]
    columns = [
        'e."index"', "e.seq", *map(as_blob, texts), as_instant("e.at"), as_blob("e.role"),
        as_blob("e.actor"), as_blob("e.body"), as_blob("o.key"), as_blob("l.data"),
    ]  # fmt: skip
    return (
        f"SELECT {', '.join(columns)} FROM history_event e "
        'LEFT JOIN vault_opening o ON o."index" = e."index" '
        'LEFT JOIN register_leaf l ON l."index" = e."index" ORDER BY e.stream, e.seq'
    )


_PAIRS = {
    "event-missing": (
        'SELECT l."index" FROM register_leaf l LEFT JOIN history_event e ON e."index" = l."index" '
        'LEFT JOIN register_origin r ON r."index" = l."index" '
        'WHERE e."index" IS NULL AND r."index" IS NULL ORDER BY 1'
    ),
    "event-extra": (
        'SELECT e."index" FROM history_event e LEFT JOIN register_leaf l ON l."index" = e."index" '
        'WHERE l."index" IS NULL ORDER BY 1'
    ),
    "opening-extra": (
        'SELECT o."index" FROM vault_opening o LEFT JOIN history_event e ON e."index" = o."index" '
        'WHERE e."index" IS NULL ORDER BY 1'
    ),
    "origin-extra": (
        'SELECT r."index" FROM register_origin r LEFT JOIN register_leaf l '
        'ON l."index" = r."index" WHERE l."index" IS NULL ORDER BY 1'
    ),
}


def _check_pairs(faults: Faults) -> None:
    """Every leaf has its event or takeover, every event its leaf, every opening its event."""
    for code, query in _PAIRS.items():
        place = code.partition("-")[0]
        for (index,) in stream(query):
            if place == "event" and faults.has("leaf", index):
                continue
            faults.add(Fault(place, index, code, TAMPERING))


def _check_origins(faults: Faults, signed: bool) -> None:
    columns = f'r."index", {as_blob("r.key")}, {as_blob("r.statement")}, {as_blob("l.data")}'
    query = (
        f"SELECT {columns} FROM register_origin r "
        'JOIN register_leaf l ON l."index" = r."index" ORDER BY 1'
    )
    for index, key, statement, data in stream(query):
        try:
            sound = commit(bytes(key), bytes(statement)) == parse_leaf(bytes(data)).commitment
        except Refusal:
            sound = False
        if sound or faults.has("leaf", index):
            continue
        if signed:
            faults.add(Fault("origin", index, "origin-changed", UNKNOWN))
        else:  # the statement cannot change the root, the leaf does
            faults.add(Fault("leaf", index, "origin-or-leaf-changed", TAMPERING))


class _Thread:
    """Follows one stream after the other, keeping only the last event."""

    def __init__(self, faults: Faults, signed: bool, contents: Contents | None) -> None:
        self.faults = faults
        self.signed = signed
        self.contents = contents
        self.named: list[Named] = []  # the sealed texts of this stream
        self.erased = False
        self.suspected: tuple[Any, Any] | None = None  # an event, if it has no key, and the next
        self.opened: Any = None  # first event with its key that a later erasure should have taken
        self.last: _Row | None = None
        self.number: object = FIRST_SEQ - 1  # of the last event, as its own text says
        self.unopened: Any = None  # first event without its key that no erasure covers yet
        self.doubted: Any = None  # the last event, if its commitment does not fit

    def add(self, row: _Row) -> None:
        """Take the next event in order of stream and seq."""
        if self.last is not None and row.stream != self.last.stream:
            self.end()
        if self.contents is not None and b'"content":[]' not in row.body:
            self.named += named_in(row.index, row.body)
        if not self._is_sound(row):
            self._look_closer(row)
        self.last = row

    def _is_sound(self, row: _Row) -> bool:
        if self.doubted is not None or type(self.number) is not int:
            return False
        number = self.number + 1
        found = class_if_sound(row, number, chain_of(self.last.body) if self.last else b"")
        if found is None or self.faults.has("leaf", row.index):
            return False
        self.number = number
        if found == b"erased" or self.opened is None or self.suspected is not None:
            self._note_opened(row, found == b"erased", sound=True)
        return True

    def _settle_suspicion(self, witness: _Row | None) -> None:
        """An event without its key and the one after it do not fit. What comes later and proves
        itself (``witness``) vouches for all that it is chained to: then it is the earlier one."""
        if self.suspected is None:
            return
        (before, after), self.suspected = self.suspected, None
        if witness is not None and before is not None:
            self.faults.add(Fault("event", before, "event-changed", TAMPERING))
        self.faults.later(Fault("event", after, "event-chain-broken", TAMPERING))

    def _note_opened(self, row: _Row, erasing: bool, *, sound: bool) -> None:
        """An erasure accounts for the keys that are gone, and wants those gone that are not."""
        if sound:
            self._settle_suspicion(row)
        if erasing:
            if self.opened is not None:
                self.faults.add(Fault("opening", self.opened, "opening-returned", TAMPERING))
            self.unopened, self.erased = None, True
        elif self.opened is None:
            self.opened = row.index

    def _look_closer(self, row: _Row) -> None:
        self._settle_doubt(row)
        if self._read(row):
            self._check_columns(row)
            self._check_chain(row)
            self._check_opening(row)
        self.number = row.said.get("seq")

    def end(self) -> None:
        """The stream is over: nothing can explain a doubt any more."""
        self._settle_suspicion(None)
        if self.doubted is not None:
            code = "event-or-key-changed" if self.signed else "event-or-leaf-changed"
            self.faults.add(Fault("event", self.doubted, code, TAMPERING))
        if self.unopened is not None:
            # Last: if the event that says ``erased`` was moved or removed, that is the cause.
            self.faults.later(Fault("opening", self.unopened, "opening-missing", TAMPERING))
        if self.contents is not None and self.last is not None and self.named:
            number = self.last.stream.decode("utf-8", "replace")
            self.contents.add(number, self.named, self.erased)
        self.last = self.unopened = self.doubted = self.opened = None
        self.number, self.named, self.erased = FIRST_SEQ - 1, [], False

    def _read(self, row: _Row) -> bool:
        try:
            row.said = parse_object(row.body)
        except Refusal as refusal:
            row.said, data = {}, {"why": refusal.code}
            self.faults.add(Fault("event", row.index, "event-unreadable", CORRUPTION, data))
            return False
        return True

    def _check_columns(self, row: _Row) -> None:
        wrong = [
            column for column, name in _TEXTS.items()
            if getattr(row, column) != str(row.said.get(name) or "").encode()
        ]  # fmt: skip
        if row.seq != row.said.get("seq"):
            wrong.append("seq")
        if row.at != str(row.said.get("at")).encode():
            wrong.append("at")
        if wrong:
            data = {"columns": wrong}
            self.faults.add(Fault("event", row.index, "event-column-differs", UNKNOWN, data))

    def _check_chain(self, row: _Row) -> None:
        last = self.last
        if type(self.number) is not int:
            return  # the event before is unreadable and named already
        needed = self.number + 1
        if row.said.get("seq") != needed:
            data = {"needed": needed, "seq": row.said.get("seq")}
            self.faults.later(Fault("event", row.index, "event-gap", TAMPERING, data))
        elif row.said.get("prev") != chain_hash(last.body if last else None):
            self._settle_suspicion(None)
            self.suspected = (last.index if last and last.key is None else None, row.index)

    def _check_opening(self, row: _Row) -> None:
        if row.leaf is None or self.faults.has("leaf", row.index):
            return
        if row.key is None:
            self.unopened = row.index if self.unopened is None else self.unopened
            return
        sound = self._check_leaf(row, row.leaf, row.key)
        self._note_opened(row, row.said.get("class") == _ERASED, sound=sound)

    def _check_leaf(self, row: _Row, data: bytes, key: bytes) -> bool:
        if len(key) != KEY_SIZE:
            self.faults.add(Fault("opening", row.index, "opening-changed", CORRUPTION))
            return False
        commitment = commit(key, row.body)
        try:
            said = row.said
            if leaf_bytes(str(said.get("class")), str(said.get("at"))[:10], commitment) == data:
                return True
        except Refusal:
            pass  # a class or day that no leaf can have: looked into below
        self._name_mismatch(row, data, commitment)
        return False

    def _name_mismatch(self, row: _Row, data: bytes, commitment: bytes) -> None:
        try:
            leaf = parse_leaf(data)
        except Refusal:
            self.faults.add(Fault("leaf", row.index, "leaf-unreadable", CORRUPTION))
            return
        if leaf.commitment != commitment:
            self.doubted = row.index
        else:
            self.faults.add(Fault("leaf", row.index, "leaf-differs-from-event", TAMPERING))

    def _settle_doubt(self, row: _Row) -> None:
        """The next event's ``prev`` tells whether the doubted event or its key was changed."""
        if self.doubted is None or self.last is None:
            return
        index, self.doubted = self.doubted, None
        if chain_hash(self.last.body).encode() in row.body:
            place, code = ("opening", "opening-changed") if self.signed else ("leaf", "leaf-forged")
            self.faults.add(Fault(place, index, code, UNKNOWN))
        else:
            self.faults.add(Fault("event", index, "event-changed", TAMPERING))
