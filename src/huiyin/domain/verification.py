"""Is this receipt true? Pure: bytes in, a verdict with findings out.

A receipt is hostile input: every field is checked before it is used, each fault has a code of
its own, and nothing that was not proved is called valid. The findings also say what a receipt
cannot show. Words for them are in register/verdicts.toml; files and screens are the caller's.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import (
    FIRST_SEQ,
    KEY_SIZE,
    canonical,
    chain_hash,
    commit,
    decode64,
    is_version,
    parse_at,
    parse_leaf,
    parse_object,
)
from huiyin.domain.merkle import leaf_hash, root_from_inclusion
from huiyin.domain.notes import (
    ED25519,
    Checkpoint,
    Note,
    VerifierKey,
    cosigned_at,
    open_checkpoint,
    parse_proof,
    parse_vkey,
)
from huiyin.domain.policies import Policy, TrustedLogs

FORMAT = "huiyin-receipt/1"
MAX_BYTES = 8_000_000
MAX_EVENTS = 5_000
VALID, INVALID, UNREADABLE = "valid", "invalid", "unreadable"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found out: ``kind`` is proved, failed, or open (could not be shown)."""

    code: str
    kind: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. ``status``: valid, invalid (something does not verify), unreadable."""

    status: str
    findings: tuple[Finding, ...]
    number: str = ""
    origin: str = ""
    size: int | None = None

    @property
    def exit_status(self) -> int:
        """0 valid, 1 does not verify, 2 unreadable."""
        return {VALID: 0, INVALID: 1}.get(self.status, 2)


class _Stop(Exception):
    """The receipt cannot be judged further."""

    def __init__(self, status: str, code: str, **data: object) -> None:
        super().__init__(code)
        self.status = status
        self.finding = Finding(code, "failed", data)


@dataclass(slots=True)
class _Entry:
    """One event of the receipt, taken apart."""

    position: int
    event: bytes
    said: Mapping[str, object]
    key: bytes
    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: str


def verify_receipt(
    data: bytes,
    *,
    vkey: str | None = None,
    page: str | None = None,
    checkpoint: str | None = None,
    witnesses: Sequence[str] = (),
    policy: Policy | None = None,
) -> Verdict:
    """Check a receipt file. Never raises for anything that ``data`` contains.

    ``vkey``: the log's key from elsewhere; without it the receipt's own is used and the verdict
    says so. ``page``: the key of the register that offers the check, used for receipts that
    say to be of it. ``checkpoint``: a signed checkpoint from elsewhere, to compare with the
    receipt's. ``witnesses``: vkeys of witnesses whose cosignatures count. ``policy``: logs,
    witnesses and a quorum without which nothing is valid. A malformed key raises Refusal (see
    notes.py): that is the caller's mistake, not the receipt's.
    """
    trusted = TrustedLogs(
        given=None if vkey is None else _log_key(vkey),
        page=None if page is None else _log_key(page),
        logs=tuple(log.key for log in policy.logs) if policy else (),
    )
    witness_keys = [parse_vkey(witness) for witness in witnesses]
    witness_keys += [w.key for w in policy.witnesses if w.key not in witness_keys] if policy else []
    findings: list[Finding] = []
    receipt: Mapping[str, object] = {}
    size = None
    try:
        receipt = _read(data)
        entries = [_entry(at, item) for at, item in enumerate(_list(receipt, "events"), 1)]
        key = _choose_key(receipt, trusted, findings)
        signed, note = _open(entries, key, witness_keys, findings)
        size = signed.size
        for entry in entries:
            _check_entry(entry, signed, str(receipt["number"]))
        _check_chain(entries)
        _check_dues(entries, _list(receipt, "dues"))
        findings += _proved(entries, signed)
        findings += _witnessed(note, witness_keys)
        findings += [] if policy is None else _quorum(note, policy)
        if checkpoint is not None:
            findings.append(_compare(checkpoint, key, signed, entries))
    except _Stop as stop:
        findings.append(stop.finding)
        return _verdict(stop.status, findings, receipt, size)
    findings += [Finding("open-latest", "open"), Finding("open-content", "open")]
    status = INVALID if any(f.kind == "failed" for f in findings) else VALID
    return _verdict(status, findings, receipt, size)


def _verdict(
    status: str, findings: Sequence[Finding], receipt: Mapping[str, object], size: int | None
) -> Verdict:
    number, origin = (_text(receipt.get(name), 200) for name in ("number", "origin"))
    return Verdict(status, tuple(findings), number, origin, size)


def _text(value: object, most: int) -> str:
    """At most so many characters of a field, nothing of what is no text."""
    return value[:most] if isinstance(value, str) else ""


def _log_key(vkey: str) -> VerifierKey:
    key = parse_vkey(vkey)
    if key.algorithm != ED25519:
        raise Refusal("vkey-algorithm-unknown", algorithm=key.algorithm)
    return key


# Reading --------------------------------------------------------------------------------------


def _read(data: bytes) -> Mapping[str, object]:
    if len(data) > MAX_BYTES:
        raise _Stop(UNREADABLE, "receipt-too-large", size=len(data), most=MAX_BYTES)
    receipt = _guard(UNREADABLE, "receipt-", lambda: parse_object(data))
    if receipt.get("format") != FORMAT:
        raise _Stop(UNREADABLE, "receipt-format-unknown", format=_text(receipt.get("format"), 60))
    for name in ("number", "origin", "vkey"):
        if not isinstance(receipt.get(name), str) or not receipt[name]:
            raise _Stop(UNREADABLE, "receipt-field-missing", field=name)
    for name in ("events", "dues"):
        if not isinstance(receipt.get(name), list):
            raise _Stop(UNREADABLE, "receipt-field-missing", field=name)
    count = len(_list(receipt, "events"))
    if count == 0:
        raise _Stop(INVALID, "receipt-empty")
    if count > MAX_EVENTS:
        raise _Stop(UNREADABLE, "receipt-too-many-events", events=count, most=MAX_EVENTS)
    return receipt


def _guard(status: str, prefix: str, step: Callable[[], _T], **data: object) -> _T:
    """Run a step; its refusal becomes a finding with the prefix before the code."""
    try:
        return step()
    except Refusal as refusal:
        raise _Stop(status, prefix + refusal.code, **data, **refusal.data) from None


def _list(receipt: Mapping[str, object], name: str) -> list[object]:
    value = receipt[name]
    return value if isinstance(value, list) else []


def _entry(at: int, item: object) -> _Entry:
    parts = item if isinstance(item, dict) else {}
    texts = {name: parts.get(name) for name in ("event", "key", "leaf", "proof")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise _Stop(UNREADABLE, "event-part-missing", event=at, field=name)
    event, leaf = (_utf8(str(texts[name]), at, name) for name in ("event", "leaf"))
    said = _guard(INVALID, "event-", lambda: parse_object(event), event=at)
    key = _guard(INVALID, "event-key-", lambda: decode64(str(texts["key"]), KEY_SIZE), event=at)
    proof = _guard(INVALID, "event-", lambda: parse_proof(str(texts["proof"])), event=at)
    return _Entry(at, event, said, key, leaf, proof.index, proof.hashes, proof.checkpoint)


def _utf8(text: str, at: int, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can write and UTF-8 cannot
        raise _Stop(INVALID, "event-text-broken", event=at, field=name) from None


# Signatures -----------------------------------------------------------------------------------


def _choose_key(
    receipt: Mapping[str, object], known: TrustedLogs, findings: list[Finding]
) -> VerifierKey:
    own = _guard(INVALID, "receipt-", lambda: _log_key(str(receipt["vkey"])))
    if own.name != receipt["origin"]:
        raise _Stop(INVALID, "receipt-origin-wrong", origin=receipt["origin"], key=own.name)
    trusted = known.for_(own)
    if trusted is None:
        findings.append(Finding("open-key", "open", {"vkey": str(own)}))
        return own
    if trusted != own:
        code = "receipt-origin-foreign" if trusted.name != own.name else "receipt-key-foreign"
        raise _Stop(INVALID, code, expected=trusted.name, origin=own.name)
    from_page = known.given is None and not known.logs
    code, kind = ("open-key-page", "open") if from_page else ("proved-key", "proved")
    findings.append(Finding(code, kind, {"origin": trusted.name, "vkey": str(own)}))
    return trusted


def _open(
    entries: Sequence[_Entry],
    key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    findings: list[Finding],
) -> tuple[Checkpoint, Note]:
    note = entries[0].checkpoint
    for entry in entries:
        if entry.checkpoint != note:
            raise _Stop(INVALID, "checkpoints-differ", event=entry.position)
    opened = _guard(INVALID, "checkpoint-", lambda: open_checkpoint(note, key, witnesses))
    data = {"origin": key.name, "size": opened[0].size}
    findings.append(Finding("proved-signature", "proved", data))
    return opened


def _witnessed(note: Note, witnesses: Sequence[VerifierKey]) -> list[Finding]:
    times = {key.name: cosigned_at(note, key) for key in witnesses}
    seen = {name: at for name, at in times.items() if at is not None}
    if not seen:
        return [Finding("open-witness", "open")]
    return [
        Finding("proved-witness", "proved", {"witness": name, "time": at})
        for name, at in seen.items()
    ]


def _quorum(note: Note, policy: Policy) -> list[Finding]:
    """Whether the policy's witnesses are enough."""
    seen = [w.name for w in policy.witnesses if cosigned_at(note, w.key) is not None]
    need, members = policy.needed()
    data = {"quorum": policy.quorum, "need": need, "of": members, "seen": len(seen)}
    if not policy.satisfied(seen):
        return [Finding("witness-quorum-missing", "failed", data)]
    return [Finding("proved-quorum", "proved", data)] if seen else []


# Events ---------------------------------------------------------------------------------------


def _check_entry(entry: _Entry, signed: Checkpoint, number: str) -> None:
    at = entry.position
    root = _guard(
        INVALID,
        "event-",
        lambda: root_from_inclusion(entry.index, signed.size, leaf_hash(entry.leaf), entry.path),
        event=at,
    )
    if root != signed.root:
        raise _Stop(INVALID, "event-not-included", event=at, index=entry.index, size=signed.size)
    leaf = _guard(INVALID, "event-", lambda: parse_leaf(entry.leaf), event=at)
    if not hmac.compare_digest(commit(entry.key, entry.event), leaf.commitment):
        raise _Stop(INVALID, "event-commitment-wrong", event=at)
    _check_event(entry)
    if entry.said["case"] != number:
        raise _Stop(INVALID, "event-other-case", event=at, case=str(entry.said["case"])[:60])
    if entry.said["class"] != leaf.event_class:
        raise _Stop(INVALID, "event-class-differs", event=at)
    moment = _guard(INVALID, "event-", lambda: parse_at(entry.said["at"]), event=at)
    if moment.date() != leaf.day:
        raise _Stop(INVALID, "event-day-differs", event=at, day=leaf.day.isoformat())


_EVENT_FIELDS = {
    "case": str, "prev": str, "at": str, "role": str, "act": str, "class": str,
    "data": dict, "dues": list, "content": list,
}  # fmt: skip


def _check_event(entry: _Entry) -> None:
    """The shape that the log commits to, so that no field is read that may not be there."""
    for name, kind in _EVENT_FIELDS.items():
        if not isinstance(entry.said.get(name), kind):
            raise _Stop(INVALID, "event-field-missing", event=entry.position, field=name)
    if not is_version(entry.said.get("v")) or type(entry.said.get("seq")) is not int:
        raise _Stop(INVALID, "event-field-missing", event=entry.position, field="v, seq")
    if _guard(INVALID, "event-", lambda: canonical(entry.said), event=entry.position) != (
        entry.event
    ):
        raise _Stop(INVALID, "event-not-canonical", event=entry.position)


def _check_chain(entries: Sequence[_Entry]) -> None:
    """From the first event on, each names the hash of the one before; none is missing between."""
    previous: _Entry | None = None
    for entry in entries:
        seq = entry.said["seq"]
        needed = FIRST_SEQ if previous is None else int(str(previous.said["seq"])) + 1
        if seq != needed:
            code = "chain-starts-late" if previous is None else "chain-gap"
            raise _Stop(INVALID, code, event=entry.position, seq=seq, needed=needed)
        if entry.said["prev"] != chain_hash(previous.event if previous else None):
            raise _Stop(INVALID, "chain-broken", event=entry.position)
        if previous is not None and entry.index <= previous.index:
            raise _Stop(INVALID, "chain-order", event=entry.position)
        previous = entry


def _check_dues(entries: Sequence[_Entry], dues: Sequence[object]) -> None:
    """Each date printed on the receipt stands, with its article, in a registered event."""
    registered = {_due(due) for entry in entries for due in _list(entry.said, "dues")}
    for item in dues:
        due = _due(item)
        if due not in registered:
            limit, day = _text(due[0], 60), _text(due[1], 40)
            raise _Stop(INVALID, "due-not-registered", limit=limit, due=day)


def _due(item: object) -> tuple[str | None, ...]:
    """Limit, date and article, each None unless it is a text."""
    parts = item if isinstance(item, dict) else {}
    values = (parts.get(name) for name in ("limit", "due", "article"))
    return tuple(value if isinstance(value, str) else None for value in values)


def _proved(entries: Sequence[_Entry], signed: Checkpoint) -> list[Finding]:
    last = entries[-1].said
    return [
        Finding("proved-inclusion", "proved", {"events": len(entries), "size": signed.size}),
        Finding("proved-commitment", "proved", {"events": len(entries)}),
        Finding("proved-chain", "proved", {"last": last["seq"], "at": last["at"]}),
    ]


# A checkpoint from elsewhere ------------------------------------------------------------------


def _compare(note: str, key: VerifierKey, signed: Checkpoint, entries: Sequence[_Entry]) -> Finding:
    try:
        other, _ = open_checkpoint(note, key)
    except Refusal as refusal:
        return Finding("other-" + refusal.code, "failed", refusal.data)
    data = {"size": signed.size, "other": other.size}
    if other.size != signed.size:
        code = "open-other-smaller" if other.size < signed.size else "open-other-larger"
        return Finding(code, "open", data)
    if other.root != signed.root:
        return Finding("other-root-differs", "failed", data)
    return Finding("proved-other", "proved", data)
