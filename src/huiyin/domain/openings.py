"""An auditor's package: every opening of the register up to one signed state, as lines of JSON.

The first line names the log and its checkpoint; then comes one line per leaf, in order. A leaf
without an opening is allowed only where a registered erasure of its case accounts for it, so
that nothing can be withheld unnoticed. Memory grows with the number of cases, not of events.
Encryption and files are the callers' (history/openings.py, commands/verify.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from huiyin.domain.findings import (
    INVALID,
    UNREADABLE,
    VALID,
    Finding,
    Stop,
    Verdict,
    guard,
    list_of,
    text_of,
)
from huiyin.domain.leaves import (
    FIRST_SEQ,
    KEY_SIZE,
    chain_hash,
    decode64,
    encode64,
    format_at,
    parse_object,
)
from huiyin.domain.merkle import Frontier, leaf_hash
from huiyin.domain.notes import Checkpoint, Note, VerifierKey, open_checkpoint, parse_vkey
from huiyin.domain.opened import check_class_and_day, check_commitment, check_shape
from huiyin.domain.verification import judge
from huiyin.domain.vouching import Trust, choose_key, vouched

FORMAT = "huiyin-openings/1"
MAX_LINE = 1_000_000  # bytes; a leaf has at most 65,535
TAKEOVER, ERASED = "origin", "erased"
REGISTER = "register"  # the register's own acts, told like a case beside the cases


def first_line(vkey: str, issued: datetime, checkpoint: str) -> bytes:
    """The line that names log, key, time of making and signed state."""
    return _line({
        "format": FORMAT, "origin": parse_vkey(vkey).name, "vkey": vkey,
        "issued": format_at(issued), "checkpoint": checkpoint,
    })  # fmt: skip


def leaf_line(
    leaf: bytes, key: bytes | None = None, *, event: str | None = None, statement: str | None = None
) -> bytes:
    """The line of one leaf: with its event, with a takeover's statement, or erased (no key)."""
    line = {"leaf": leaf.decode()}
    if key is not None and event is not None:
        line |= {"event": event, "key": encode64(key)}
    elif key is not None and statement is not None:
        line |= {"statement": statement, "key": encode64(key)}
    return _line(line)


def _line(parts: Mapping[str, object]) -> bytes:
    return (json.dumps(parts, ensure_ascii=False) + "\n").encode()


class Reader:
    """Checks a package line by line; ``verdict`` tells what was found. Nothing in a line raises."""

    def __init__(self, trust: Trust, checkpoint: str | None = None) -> None:
        self._trust, self._other = trust, checkpoint
        self._findings: list[Finding] = []
        self._stopped: Stop | None = None
        self._buffer = b""
        self._origin = ""
        self._key: VerifierKey | None = None
        self._signed: Checkpoint | None = None
        self._note: Note | None = None
        self._tree = Frontier()
        self._cases: dict[str, tuple[int, str]] = {}  # number of the last event, its hash
        self._opened = self._unopened = self._accounted = 0

    def write(self, data: bytes) -> int:
        """Take the next bytes of the package, however they are cut."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._take(line)
        if len(self._buffer) > MAX_LINE:
            self._take(self._buffer)
            self._buffer = b""
        return len(data)

    def verdict(self) -> Verdict:
        """What the lines so far amount to, if there are no more."""
        if self._buffer:
            self._take(self._buffer)
            self._buffer = b""
        if self._stopped is None:
            self._try(self._finish)
        findings = [*self._findings, *([self._stopped.finding] if self._stopped else [])]
        failed = INVALID if any(f.kind == "failed" for f in findings) else VALID
        status = self._stopped.status if self._stopped else failed
        size = self._signed.size if self._signed else None
        return Verdict(status, tuple(findings), "", self._origin, size)

    def _take(self, line: bytes) -> None:
        if self._stopped is None:
            self._try(lambda: self._leaf(line) if self._signed else self._first(line))

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Stop as stop:
            self._stopped = stop

    def _first(self, line: bytes) -> None:
        said = guard(UNREADABLE, "package-", lambda: parse_object(_short(line)))
        if said.get("format") != FORMAT:
            raise Stop(UNREADABLE, "package-format-unknown", format=text_of(said.get("format"), 60))
        for name in ("origin", "vkey", "checkpoint"):
            if not isinstance(said.get(name), str):
                raise Stop(UNREADABLE, "package-field-missing", field=name)
        self._origin = text_of(said["origin"], 200)
        self._key = key = choose_key(said, self._trust.logs, self._findings)
        note = str(said["checkpoint"])
        self._signed, self._note = guard(
            INVALID, "checkpoint-", lambda: open_checkpoint(note, key, self._trust.witnesses)
        )
        data = {"origin": key.name, "size": self._signed.size}
        self._findings.append(Finding("proved-signature", "proved", data))

    def _leaf(self, line: bytes) -> None:
        at = self._tree.size
        said = guard(INVALID, "entry-", lambda: parse_object(_short(line)), index=at)
        texts = [said.get(name) for name in ("leaf", "event", "statement", "key")]
        leaf, event, statement, key = (t if isinstance(t, str) else None for t in texts)
        if leaf is None:
            raise Stop(INVALID, "package-entry-malformed", index=at)
        self._tree = self._tree.append(leaf_hash(_bytes(leaf, at)))
        if key is None:
            self._unopened += 1
            return
        secret = guard(INVALID, "entry-", lambda: decode64(key, KEY_SIZE), index=at)
        if event is not None:
            self._event(at, _bytes(event, at), secret, _bytes(leaf, at))
        elif statement is not None:
            self._takeover(at, _bytes(statement, at), secret, _bytes(leaf, at))
        else:
            raise Stop(INVALID, "package-entry-malformed", index=at)
        self._opened += 1

    def _takeover(self, at: int, statement: bytes, key: bytes, leaf: bytes) -> None:
        if check_commitment(at, statement, key, leaf).event_class != TAKEOVER:
            raise Stop(INVALID, "package-entry-malformed", index=at)

    def _event(self, at: int, event: bytes, key: bytes, leaf: bytes) -> None:
        said = guard(INVALID, "event-", lambda: parse_object(event), event=at)
        public = check_commitment(at, event, key, leaf)
        check_shape(at, event, said)
        check_class_and_day(at, said, public, self._trust.now)
        self._chain(at, said)
        self._cases[str(said["case"])] = (int(str(said["seq"])), chain_hash(event))

    def _chain(self, at: int, said: Mapping[str, object]) -> None:
        """Each event follows the one before it in its case; a case may begin late only with the
        event that says that what was before is erased."""
        case, seq = str(said["case"]), int(str(said["seq"]))
        last = self._cases.get(case)
        if last is None and seq > FIRST_SEQ and said["class"] == ERASED:
            self._accounted += seq - FIRST_SEQ
            return
        number, digest = last or (FIRST_SEQ - 1, "")
        if seq != number + 1:
            raise Stop(INVALID, "package-gap", index=at, case=case, seq=seq, needed=number + 1)
        if said["prev"] != digest:
            raise Stop(INVALID, "package-chain-broken", index=at, case=case)

    def _finish(self) -> None:
        if self._signed is None or self._note is None or self._key is None:
            raise Stop(UNREADABLE, "package-empty")
        data = {"leaves": self._tree.size, "signed": self._signed.size}
        if self._tree.size != self._signed.size:
            raise Stop(INVALID, "package-cut", **data)
        if self._tree.root() != self._signed.root:
            raise Stop(INVALID, "package-root-differs", **data)
        if self._unopened != self._accounted:
            told = {"missing": self._unopened, "accounted": self._accounted}
            raise Stop(INVALID, "package-withheld", **told)
        counts = {
            "leaves": self._tree.size, "opened": self._opened, "erased": self._unopened,
            "cases": len(self._cases.keys() - {REGISTER}),
        }  # fmt: skip
        self._findings.append(Finding("package-complete", "proved", counts))
        self._findings += vouched(self._signed, self._note, self._key, self._trust, self._other)
        self._findings += [
            Finding("package-open-later", "open", data),
            Finding("package-open-texts", "open"),
        ]


def _short(line: bytes) -> bytes:
    if len(line) > MAX_LINE:
        raise Stop(UNREADABLE, "package-line-too-long", most=MAX_LINE)
    return line


def _bytes(text: str, at: int) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can write and UTF-8 cannot
        raise Stop(INVALID, "package-entry-malformed", index=at) from None


def registered(package: bytes, receipt: bytes, trust: Trust) -> Finding:
    """Whether a receipt of the register's own acts names a package by its SHA-256 (``package``).

    Never raises for anything that ``receipt`` contains.
    """
    if judge(receipt, trust).status != VALID:
        return Finding("package-receipt-invalid", "failed")
    for item in list_of(parse_object(receipt), "events"):
        said = parse_object(str(item["event"]).encode()) if isinstance(item, dict) else {}
        data = said.get("data")
        if isinstance(data, dict) and data.get("sha256") == package.hex():
            return Finding("package-registered", "proved", {"at": said["at"], "seq": said["seq"]})
    return Finding("package-not-registered", "failed")
