"""Is this receipt true? Pure: bytes in, a verdict with findings out.

A receipt is hostile input: every field is checked before it is used, each fault has a code of
its own, and nothing that was not proved is called valid. The findings also say what a receipt
cannot show. Words for them are in register/verdicts.toml; files and screens are the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from huiyin.domain.leaves import FIRST_SEQ, KEY_SIZE, chain_hash, decode64, parse_object
from huiyin.domain.merkle import leaf_hash, root_from_inclusion
from huiyin.domain.notes import Checkpoint, Note, VerifierKey, open_checkpoint, parse_proof
from huiyin.domain.opened import check_class_and_day, check_commitment, check_shape
from huiyin.domain.policies import Policy
from huiyin.domain.vouching import Trust, choose_key, vouched
from huiyin.domain.words import Told, Words, check_words, findings_of, read_words, readable

FORMAT = "huiyin-receipt/1"
MAX_BYTES = 32_000_000  # a long dialogue with all its words
MAX_EVENTS = 5_000
ERASED = "erased"


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
    words: tuple[Words, ...]


def verify_receipt(
    data: bytes,
    *,
    vkey: str | None = None,
    page: str | None = None,
    checkpoint: str | None = None,
    witnesses: Sequence[str] = (),
    policy: Policy | None = None,
    now: datetime | None = None,
    files: Sequence[tuple[str, str]] = (),
) -> Verdict:
    """Check a receipt file. Never raises for anything that ``data`` contains.

    ``vkey``: the log's key from elsewhere; without it the receipt's own is used and the verdict
    says so. ``page``: the key of the register that offers the check, used for receipts that
    say to be of it. ``checkpoint``: a signed checkpoint from elsewhere, to compare with the
    receipt's. ``witnesses``: vkeys of witnesses whose cosignatures count. ``policy``: logs,
    witnesses and a quorum without which nothing is valid. ``now`` (aware): what lies more than a
    day behind it has not happened yet. ``files``: name and SHA-256 in hex of files that the
    receipt should know. A malformed key raises Refusal (see notes.py): that is the caller's
    mistake, not the receipt's.
    """
    trust = Trust.of(vkey=vkey, page=page, witnesses=witnesses, policy=policy, now=now)
    return judge(data, trust, checkpoint, files)


def judge(
    data: bytes,
    trust: Trust,
    checkpoint: str | None = None,
    files: Sequence[tuple[str, str]] = (),
) -> Verdict:
    """``verify_receipt`` for a reader whose keys are read already. Never raises."""
    findings: list[Finding] = []
    receipt: Mapping[str, object] = {}
    size = None
    try:
        receipt = _read(data)
        entries = [_entry(at, item) for at, item in enumerate(list_of(receipt, "events"), 1)]
        key = choose_key(receipt, trust.logs, findings)
        signed, note = _open(entries, key, trust.witnesses, findings)
        size = signed.size
        for entry in entries:
            _check_entry(entry, signed, str(receipt["number"]), trust.now)
        _check_chain(entries)
        _check_dues(entries, list_of(receipt, "dues"))
        told = [Told(e.position, e.said, check_words(e.position, e.said, e.words)) for e in entries]
        words, unopened = findings_of(told, files)
        findings += [*_proved(entries, signed), *words]
        findings += vouched(signed, note, key, trust, checkpoint)
    except Stop as stop:
        findings.append(stop.finding)
        return _verdict(stop.status, findings, receipt, size)
    findings += [Finding("open-latest", "open"), *unopened, Finding("open-frame", "open")]
    status = INVALID if any(f.kind == "failed" for f in findings) else VALID
    return _verdict(status, findings, receipt, size, told)


def _verdict(
    status: str,
    findings: Sequence[Finding],
    receipt: Mapping[str, object],
    size: int | None,
    told: Sequence[Told] = (),
) -> Verdict:
    number, origin = (text_of(receipt.get(name), 200) for name in ("number", "origin"))
    texts = readable(told) if status == VALID else ()
    return Verdict(status, tuple(findings), number, origin, size, texts)


# Reading --------------------------------------------------------------------------------------


def _read(data: bytes) -> Mapping[str, object]:
    if len(data) > MAX_BYTES:
        raise Stop(UNREADABLE, "receipt-too-large", size=len(data), most=MAX_BYTES)
    receipt = guard(UNREADABLE, "receipt-", lambda: parse_object(data))
    if receipt.get("format") != FORMAT:
        raise Stop(UNREADABLE, "receipt-format-unknown", format=text_of(receipt.get("format"), 60))
    for name in ("number", "origin", "vkey"):
        if not isinstance(receipt.get(name), str) or not receipt[name]:
            raise Stop(UNREADABLE, "receipt-field-missing", field=name)
    for name in ("events", "dues"):
        if not isinstance(receipt.get(name), list):
            raise Stop(UNREADABLE, "receipt-field-missing", field=name)
    count = len(list_of(receipt, "events"))
    if count == 0:
        raise Stop(INVALID, "receipt-empty")
    if count > MAX_EVENTS:
        raise Stop(UNREADABLE, "receipt-too-many-events", events=count, most=MAX_EVENTS)
    return receipt


def _entry(at: int, item: object) -> _Entry:
    parts = item if isinstance(item, dict) else {}
    texts = {name: parts.get(name) for name in ("event", "key", "leaf", "proof")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise Stop(UNREADABLE, "event-part-missing", event=at, field=name)
    event, leaf = (_utf8(str(texts[name]), at, name) for name in ("event", "leaf"))
    said = guard(INVALID, "event-", lambda: parse_object(event), event=at)
    key = guard(INVALID, "event-key-", lambda: decode64(str(texts["key"]), KEY_SIZE), event=at)
    proof = guard(INVALID, "event-", lambda: parse_proof(str(texts["proof"])), event=at)
    words = read_words(at, parts.get("words"))
    return _Entry(at, event, said, key, leaf, proof.index, proof.hashes, proof.checkpoint, words)


def _utf8(text: str, at: int, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can write and UTF-8 cannot
        raise Stop(INVALID, "event-text-broken", event=at, field=name) from None


# Signatures -----------------------------------------------------------------------------------


def _open(
    entries: Sequence[_Entry],
    key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    findings: list[Finding],
) -> tuple[Checkpoint, Note]:
    note = entries[0].checkpoint
    for entry in entries:
        if entry.checkpoint != note:
            raise Stop(INVALID, "checkpoints-differ", event=entry.position)
    opened = guard(INVALID, "checkpoint-", lambda: open_checkpoint(note, key, witnesses))
    data = {"origin": key.name, "size": opened[0].size}
    findings.append(Finding("proved-signature", "proved", data))
    return opened


# Events ---------------------------------------------------------------------------------------


def _check_entry(entry: _Entry, signed: Checkpoint, number: str, now: datetime | None) -> None:
    at = entry.position
    root = guard(
        INVALID,
        "event-",
        lambda: root_from_inclusion(entry.index, signed.size, leaf_hash(entry.leaf), entry.path),
        event=at,
    )
    if root != signed.root:
        raise Stop(INVALID, "event-not-included", event=at, index=entry.index, size=signed.size)
    leaf = check_commitment(at, entry.event, entry.key, entry.leaf)
    check_shape(at, entry.event, entry.said)
    if entry.said["case"] != number:
        raise Stop(INVALID, "event-other-case", event=at, case=str(entry.said["case"])[:60])
    check_class_and_day(at, entry.said, leaf, now)


def _check_chain(entries: Sequence[_Entry]) -> None:
    """From the first event on, each names the hash of the one before; none is missing between.
    What an erasure destroyed is missing before it, and only there."""
    previous: _Entry | None = None
    if _starts_erased(entries):
        previous, entries = entries[0], entries[1:]
    for entry in entries:
        seq = entry.said["seq"]
        needed = FIRST_SEQ if previous is None else int(str(previous.said["seq"])) + 1
        if seq != needed:
            code = "chain-starts-late" if previous is None else "chain-gap"
            raise Stop(INVALID, code, event=entry.position, seq=seq, needed=needed)
        if entry.said["prev"] != chain_hash(previous.event if previous else None):
            raise Stop(INVALID, "chain-broken", event=entry.position)
        if previous is not None and entry.index <= previous.index:
            raise Stop(INVALID, "chain-order", event=entry.position)
        previous = entry


def _starts_erased(entries: Sequence[_Entry]) -> bool:
    """Whether the receipt begins with the event that says that all before it is erased."""
    first = entries[0].said
    return first["class"] == ERASED and int(str(first["seq"])) > FIRST_SEQ


def _check_dues(entries: Sequence[_Entry], dues: Sequence[object]) -> None:
    """Each date printed on the receipt stands, with its article, in a registered event."""
    registered = {_due(due) for entry in entries for due in list_of(entry.said, "dues")}
    for item in dues:
        due = _due(item)
        if due not in registered:
            limit, day = text_of(due[0], 60), text_of(due[1], 40)
            raise Stop(INVALID, "due-not-registered", limit=limit, due=day)


def _due(item: object) -> tuple[str | None, ...]:
    """Limit, date and article, each None unless it is a text."""
    parts = item if isinstance(item, dict) else {}
    values = (parts.get(name) for name in ("limit", "due", "article"))
    return tuple(value if isinstance(value, str) else None for value in values)


def _proved(entries: Sequence[_Entry], signed: Checkpoint) -> list[Finding]:
    first, last = entries[0].said, entries[-1].said
    chain = [Finding("proved-chain", "proved", {"last": last["seq"], "at": last["at"]})]
    if _starts_erased(entries):
        data = {"erased": int(str(first["seq"])) - FIRST_SEQ, "at": first["at"]}
        data |= {"first": first["seq"], "last": last["seq"]}
        chain = [Finding("proved-erased", "proved", data), Finding("open-erased", "open", data)]
    return [
        Finding("proved-inclusion", "proved", {"events": len(entries), "size": signed.size}),
        Finding("proved-commitment", "proved", {"events": len(entries)}),
        *chain,
    ]
