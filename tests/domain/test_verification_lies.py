"""Receipts that lie: each lie has its own finding, and none is called valid."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from huiyin.domain import leaves, notes
from huiyin.domain.verification import verify_receipt

from .receipt_world import (
    CASE,
    DUE,
    GOOD,
    LOG,
    OTHER,
    VKEY,
    Log,
    bent,
    bent_event,
    dump,
    failing,
    signer,
)  # fmt: skip


def proof_with(old: str, new: str, at: int = 0) -> dict[str, Any]:
    receipt = bent()
    proof = receipt["events"][at]["proof"]
    assert old in proof
    receipt["events"][at]["proof"] = proof.replace(old, new, 1)
    return receipt


def all_proofs(change: Callable[[str], str]) -> dict[str, Any]:
    receipt = bent()
    for event in receipt["events"]:
        event["proof"] = change(event["proof"])
    return receipt


def resigned(size: int, by: notes.Signer) -> dict[str, Any]:
    """All proofs against a checkpoint that somebody made up."""
    note = notes.sign_checkpoint(size, LOG.root(), by)
    return all_proofs(lambda proof: proof.replace(LOG.checkpoint(), note))


def forged_event(**changes: object) -> dict[str, Any]:
    """A register that contains an event with these changes, honestly committed to."""
    log = Log()
    event = leaves.parse_object(GOOD["events"][0]["event"].encode()) | changes
    data = leaves.canonical({k: v for k, v in event.items() if v is not ...})
    key = bytes(32)
    leaf = leaves.leaf_bytes("proceeded", "2025-11-20", leaves.commit(key, data))
    return log.receipt(CASE, [log.add(data, key, leaf)])


def two_cases() -> dict[str, Any]:
    receipt = bent()
    other = LOG.receipt(OTHER, [i for i in LOG.openings if OTHER.encode() in LOG.openings[i][0]])
    receipt["events"][1] = other["events"][1]
    return receipt


def swapped(*order: int) -> dict[str, Any]:
    return bent(events=[GOOD["events"][at] for at in order])


SIZE = len(LOG.leaves)
STRANGER = signer("register.example/ledger", 9)
HASH = leaves.encode64(bytes(32))
LIES: dict[str, tuple[dict[str, Any], str]] = {
    "no events": (bent(events=[]), "receipt-empty"),
    "origin of another": (bent(origin="other.example/ledger"), "receipt-origin-wrong"),
    "vkey broken": (bent(vkey=VKEY[:-1]), "receipt-vkey-malformed"),
    "vkey with wrong digits": (
        bent(vkey=re.sub(r"\+[0-9a-f]{8}\+", "+00000000+", VKEY)), "receipt-vkey-id-wrong",
    ),
    "vkey of a witness": (
        bent(vkey=str(signer(algorithm=notes.COSIGNATURE).key)), "receipt-vkey-algorithm-unknown",
    ),
    "vkey of a stranger": (bent(vkey=str(STRANGER.key)), "checkpoint-note-signer-unknown"),
    "unknown signer": (resigned(SIZE, signer("x.example", 3)), "checkpoint-note-signer-unknown"),
    "changed size": (
        all_proofs(lambda proof: proof.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")),
        "checkpoint-note-signature-wrong",
    ),
    "size signed but false": (resigned(SIZE + 100, LOG.signer), "event-proof-length-wrong"),
    "size zero": (resigned(0, LOG.signer), "event-leaf-outside-tree"),
    "tree of 2^63": (
        all_proofs(lambda proof: proof.replace(
            LOG.checkpoint(), notes.sign_checkpoint(2**63, LOG.root(), LOG.signer))),
        "checkpoint-size-too-large",
    ),
    "tree of 2^63 - 1": (resigned(2**63 - 1, LOG.signer), "event-proof-length-wrong"),
    "size with zeros": (
        all_proofs(lambda proof: proof.replace(LOG.checkpoint(), str(notes.Note(
            text := LOG.checkpoint().split("\n\n")[0].replace(f"\n{SIZE}\n", f"\n0{SIZE}\n") + "\n",
            (notes.sign(text, LOG.signer),))))),
        "checkpoint-size-malformed",
    ),
    "checkpoint of another origin, same key": (
        all_proofs(lambda proof: proof.replace(LOG.checkpoint(), str(notes.Note(
            text := f"other.example\n{SIZE}\n{leaves.encode64(LOG.root())}\n",
            (notes.sign(text, LOG.signer),))))),
        "checkpoint-checkpoint-origin-wrong",
    ),
    "no signature": (
        all_proofs(lambda proof: proof[: proof.rindex("\u2014")]), "checkpoint-note-malformed",
    ),
    "two checkpoints": (
        proof_with(LOG.checkpoint(), Log(leaves=[*LOG.leaves, b"x"]).checkpoint(), 2),
        "checkpoints-differ",
    ),
    "index of another": (proof_with("index 3\n", "index 4\n"), "event-not-included"),
    "index beyond": (proof_with("index 3\n", f"index {SIZE}\n"), "event-leaf-outside-tree"),
    "index 2^64": (proof_with("index 3\n", f"index {2**64}\n"), "event-size-too-large"),
    "index negative": (proof_with("index 3\n", "index -1\n"), "event-size-malformed"),
    "index in other digits": (proof_with("index 3\n", "index ３\n"), "event-size-malformed"),
    "hash missing": (
        bent_event(0, proof=re.sub(r"(index 3\n)[^\n]+\n", r"\1", GOOD["events"][0]["proof"])),
        "event-proof-length-wrong",
    ),
    "hash added": (proof_with("index 3\n", f"index 3\n{HASH}\n"), "event-proof-length-wrong"),
    "hash replaced": (
        bent_event(0, proof=re.sub(
            r"(index 3\n)[^\n]+\n", rf"\g<1>{HASH}\n", GOOD["events"][0]["proof"])),
        "event-not-included",
    ),
    "hash in base 32": (proof_with("index 3\n", "index 3\nMFRGGZDF\n"), "event-proof-malformed"),
    "hash in URL base 64": (
        proof_with("index 3\n", f"index 3\n{'_' * 43}=\n"), "event-proof-malformed",
    ),
    "hash in base 16": (
        proof_with("index 3\n", f"index 3\n{'00' * 32}\n"), "event-proof-malformed",
    ),
    "endless path": (proof_with("index 3\n", "index 3\n" + f"{HASH}\n" * 64),
                     "event-proof-length-wrong"),
    "proof of another kind": (
        proof_with("tlog-proof@v1", "tlog-proof@v2"), "event-proof-malformed",
    ),
    "no proof": (bent_event(0, proof=""), "event-proof-malformed"),
    "key of another event": (bent_event(0, key=GOOD["events"][1]["key"]),
                             "event-commitment-wrong"),
    "key too short": (bent_event(0, key="AAAA"), "event-key-base64-malformed"),
    "key with spare bits": (
        bent_event(0, key=GOOD["events"][0]["key"][:-2] + "B="), "event-key-base64-malformed",
    ),
    "event text changed": (
        bent_event(0, event=GOOD["events"][0]["event"].replace("2027-01-19", "2027-02-19")),
        "event-commitment-wrong",
    ),
    "event not JSON": (bent_event(0, event="{"), "event-json-malformed"),
    "event with two of a kind": (
        bent_event(0, event='{"v":1,"v":1}'), "event-json-duplicate-key",
    ),
    "leaf changed": (
        bent_event(0, leaf=GOOD["events"][0]["leaf"].replace("proceeded", "accepted")),
        "event-not-included",
    ),
    "leaf of another event": (bent_event(0, leaf=GOOD["events"][1]["leaf"]), "event-not-included"),
    "two cases' events exchanged": (two_cases(), "event-other-case"),
    "receipt of another case": (bent(number=OTHER), "event-other-case"),
    "events swapped": (swapped(1, 0, 2), "chain-starts-late"),
    "first event missing": (swapped(1, 2), "chain-starts-late"),
    "middle event missing": (swapped(0, 2), "chain-gap"),
    "event twice": (swapped(0, 1, 1, 2), "chain-gap"),
    "a date that nobody registered": (
        bent(dues=[DUE | {"due": "2027-06-30"}]), "due-not-registered",
    ),
    "a date that is no object": (bent(dues=[7]), "due-not-registered"),
    "class differs": (forged_event(**{"class": "answered"}), "event-class-differs"),
    "day differs": (forged_event(at="2026-11-19T23:59:59.999999Z"), "event-day-differs"),
    "day without hour": (forged_event(at="2025-11-20"), "event-time-malformed"),
    "thirteenth month": (forged_event(at="2026-13-20T00:00:00.000000Z"), "event-time-malformed"),
    "event without act": (forged_event(act=...), "event-field-missing"),
    "event without version": (forged_event(v=...), "event-field-missing"),
    "event of version true": (forged_event(v=True), "event-field-missing"),
    "event with text for a number": (forged_event(seq="1"), "event-field-missing"),
    "wrong previous": (forged_event(prev=HASH), "chain-broken"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_named(name: str) -> None:
    receipt, code = LIES[name]
    assert failing(dump(receipt)) == code


def test_a_receipt_of_another_register_is_foreign() -> None:
    foreign = Log(signer("other.example/ledger", 2))
    receipt = foreign.receipt(CASE, foreign.register(CASE, 2))
    assert verify_receipt(dump(receipt)).status == "valid"
    assert failing(dump(receipt), vkey=VKEY) == "receipt-origin-foreign"


def test_a_stranger_under_the_same_name_is_not_the_register() -> None:
    stranger = Log(STRANGER)
    receipt = stranger.receipt(CASE, stranger.register(CASE, 2))
    assert failing(dump(receipt), vkey=VKEY) == "receipt-key-foreign"


def test_a_leaf_that_is_not_a_leaf_is_named() -> None:
    log = Log()
    event, key = LOG.openings[3]
    index = log.add(event, key, b'{"class":"proceeded","v":1}')
    assert failing(dump(log.receipt(CASE, [index]))) == "event-leaf-malformed"


def test_an_event_registered_in_other_spelling_is_named() -> None:
    log = Log()
    event = json.dumps(json.loads(LOG.openings[3][0])).encode()
    leaf = leaves.leaf_bytes("proceeded", "2025-11-20", leaves.commit(bytes(32), event))
    index = log.add(event, bytes(32), leaf)
    assert failing(dump(log.receipt(CASE, [index]))) == "event-not-canonical"


def test_later_events_registered_before_earlier_ones_are_named() -> None:
    log = Log()
    first, second = (LOG.openings[index] for index in list(LOG.openings)[:2])
    later, earlier = log.add(*second), log.add(*first)
    assert failing(dump(log.receipt(CASE, [earlier, later]))) == "chain-order"
