"""Receipts: what a good one proves, and a specific sentence for every bad one."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain import leaves, notes, verification
from huiyin.domain.errors import Refusal
from huiyin.domain.verification import Verdict, verify_receipt
from huiyin.register.verdicts import LANGUAGES, closing, kind, say

from .receipt_world import AT, DUE, Log, dump, signer

CASE, OTHER = "HY-2026-000001-7", "HY-2026-000002-5"


def make() -> tuple[Log, dict[str, Any]]:
    log = Log()
    mine = log.register(CASE, 3)
    log.register(OTHER, 3)
    return log, log.receipt(CASE, mine)


LOG, GOOD = make()
VKEY = str(LOG.signer.key)


def codes(verdict: Verdict) -> list[str]:
    for finding in verdict.findings:
        for language in LANGUAGES:
            assert say(finding, language)
            assert kind(finding, language)
            assert closing(verdict, language)
    return [finding.code for finding in verdict.findings]


def bent(**changes: object) -> dict[str, Any]:
    receipt: dict[str, Any] = json.loads(dump(GOOD))
    return receipt | changes


def bent_event(at: int, **changes: str) -> dict[str, Any]:
    receipt = bent()
    receipt["events"][at] |= changes
    return receipt


def failing(data: bytes, status: str = "invalid", **options: Any) -> str:
    """The one failed finding of a receipt that must not verify."""
    verdict = verify_receipt(data, **options)
    failed = [finding.code for finding in verdict.findings if finding.kind == "failed"]
    codes(verdict)
    assert verdict.status == status
    assert verdict.exit_status == {"invalid": 1, "unreadable": 2}[status]
    assert len(failed) == 1
    return failed[0]


# Good -----------------------------------------------------------------------------------------


def test_a_good_receipt_says_what_it_proves_and_what_not() -> None:
    verdict = verify_receipt(dump(GOOD))
    assert (verdict.status, verdict.exit_status, verdict.number) == ("valid", 0, CASE)
    assert verdict.size == len(LOG.leaves)
    assert codes(verdict) == [
        "open-key", "proved-signature", "proved-inclusion", "proved-commitment", "proved-chain",
        "open-witness", "open-latest", "open-content",
    ]  # fmt: skip


def test_a_key_from_elsewhere_closes_the_question_whose_it_is() -> None:
    assert codes(verify_receipt(dump(GOOD), vkey=VKEY))[0] == "proved-key"


def test_a_checkpoint_from_elsewhere() -> None:
    def compared(checkpoint: str) -> str:
        verdict = verify_receipt(dump(GOOD), vkey=VKEY, checkpoint=checkpoint)
        assert verdict.status == "valid"
        return next(code for code in codes(verdict) if "other" in code)

    assert compared(LOG.checkpoint()) == "proved-other"
    larger, smaller = Log(leaves=[*LOG.leaves, b"x"]), Log(leaves=LOG.leaves[:-1])
    assert compared(larger.checkpoint()) == "open-other-larger"
    assert compared(smaller.checkpoint()) == "open-other-smaller"


def test_two_registers_under_one_name_are_called_that() -> None:
    fork = Log(leaves=[*LOG.leaves[:-1], b"other"])
    code = failing(dump(GOOD), checkpoint=fork.checkpoint())
    assert code == "other-root-differs"


def test_a_bad_checkpoint_from_elsewhere_is_not_the_receipts_fault_but_named() -> None:
    foreign = Log(signer("other.example/ledger", 2), list(LOG.leaves))
    assert failing(dump(GOOD), checkpoint=foreign.checkpoint()) == "other-note-signer-unknown"
    assert failing(dump(GOOD), checkpoint="nonsense") == "other-note-malformed"
    spoiled = LOG.checkpoint().replace(f"\n{len(LOG.leaves)}\n", "\n7\n")
    assert failing(dump(GOOD), checkpoint=spoiled) == "other-note-signature-wrong"


def test_a_witness_that_one_trusts_counts() -> None:
    witness = signer("witness.example", 5, notes.COSIGNATURE)
    parsed = notes.parse_note(LOG.checkpoint())
    line = notes.cosign(parsed.text, witness, 1_790_000_000)
    note = f"{LOG.checkpoint()}{line}"
    receipt = bent()
    for event in receipt["events"]:
        event["proof"] = event["proof"].replace(LOG.checkpoint(), note)
    assert "open-witness" in codes(verify_receipt(dump(receipt)))
    verdict = verify_receipt(dump(receipt), witnesses=[str(witness.key)])
    finding = next(f for f in verdict.findings if f.code == "proved-witness")
    assert finding.data == {"witness": "witness.example", "time": 1_790_000_000}
    wrong = signer("witness.example", 6, notes.COSIGNATURE)
    lie = notes.Signature(wrong.name, wrong.key.id, line.signature)
    receipt = bent()
    for event in receipt["events"]:
        event["proof"] = event["proof"].replace(LOG.checkpoint(), f"{LOG.checkpoint()}{lie}")
    code = failing(dump(receipt), witnesses=[str(wrong.key)])
    assert code == "checkpoint-note-signature-wrong"


@pytest.mark.parametrize("vkey", ["", "nonsense", VKEY[:-4], VKEY.replace("register", "registrar")])
def test_a_wrong_key_argument_is_the_callers_mistake(vkey: str) -> None:
    with pytest.raises(Refusal, match="vkey-"):
        verify_receipt(dump(GOOD), vkey=vkey)


# Not a receipt --------------------------------------------------------------------------------

NOT_RECEIPTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "receipt-json-malformed"),
    "truncated": (dump(GOOD)[:-100], "receipt-json-malformed"),
    "not UTF-8": (dump(GOOD).replace(b"owner", b"own\xffr"), "receipt-not-utf8"),
    "UTF-16": (dump(GOOD).decode().encode("utf-16"), "receipt-not-utf8"),
    "huge": (b" " * 8_000_001, "receipt-too-large"),
    "a list": (b"[]", "receipt-json-not-object"),
    "deep": (b"[" * 100_000, "receipt-json-too-deep"),
    "deep objects": (b'{"a":' * 50_000, "receipt-json-too-deep"),
    "a long number": (b'{"format":' + b"9" * 10_000 + b"}", "receipt-json-number"),
    "a fraction": (dump(bent(x=1.5)), "receipt-json-number"),
    "not a number": (b'{"format": NaN}', "receipt-json-number"),
    "twice the same key": (
        dump(GOOD).replace(b'"number"', b'"number": "A", "number"', 1),
        "receipt-json-duplicate-key",
    ),
    "half a character": (dump(bent(number="\ud800")), "receipt-not-utf8"),
    "another format": (dump(bent(format="huiyin-receipt/2")), "receipt-format-unknown"),
    "no format": (b"{}", "receipt-format-unknown"),
    "no number": (dump(bent(number=None)), "receipt-field-missing"),
    "no vkey": (dump(bent(vkey="")), "receipt-field-missing"),
    "events are text": (dump(bent(events="none")), "receipt-field-missing"),
    "dues missing": (dump(bent(dues=None)), "receipt-field-missing"),
    "an event is a number": (dump(bent(events=[1])), "event-part-missing"),
    "an event lacks its key": (dump(bent(events=[{"event": "{}"}])), "event-part-missing"),
    "too many events": (dump(bent(events=[0] * 5001)), "receipt-too-many-events"),
}


@pytest.mark.parametrize("name", NOT_RECEIPTS)
def test_what_is_no_receipt_is_called_unreadable(name: str) -> None:
    data, code = NOT_RECEIPTS[name]
    assert failing(data, "unreadable") == code


# Receipts that lie ----------------------------------------------------------------------------


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
    leaf = leaves.leaf_bytes("proceeded", "2026-11-20", leaves.commit(key, data))
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
    "hash in base 16": (proof_with("index 3\n", f"index 3\n{'00' * 32}\n"), "event-proof-malformed"),
    "endless path": (proof_with("index 3\n", "index 3\n" + f"{HASH}\n" * 64),
                     "event-proof-length-wrong"),
    "proof of another kind": (proof_with("tlog-proof@v1", "tlog-proof@v2"), "event-proof-malformed"),
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
    "day without hour": (forged_event(at="2026-11-20"), "event-time-malformed"),
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
    leaf = leaves.leaf_bytes("proceeded", "2026-11-20", leaves.commit(bytes(32), event))
    index = log.add(event, bytes(32), leaf)
    assert failing(dump(log.receipt(CASE, [index]))) == "event-not-canonical"


def test_later_events_registered_before_earlier_ones_are_named() -> None:
    log = Log()
    first, second = (LOG.openings[index] for index in list(LOG.openings)[:2])
    later, earlier = log.add(*second), log.add(*first)
    assert failing(dump(log.receipt(CASE, [earlier, later]))) == "chain-order"


@settings(max_examples=200)
@given(st.integers(0, len(dump(GOOD)) - 1), st.integers(0, 7))
def test_no_flipped_bit_is_called_valid_unless_it_means_the_same(at: int, bit: int) -> None:
    data = bytearray(dump(GOOD))
    data[at] ^= 1 << bit
    verdict = verify_receipt(bytes(data), vkey=VKEY)
    codes(verdict)
    if verdict.status == "valid":
        changed = leaves.parse_object(bytes(data))
        assert {k: v for k, v in changed.items() if k in GOOD and k not in UNPROVED} == {
            k: v for k, v in GOOD.items() if k not in UNPROVED
        }


UNPROVED = ("issued", "how")


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_noise_is_unreadable_and_never_a_traceback(data: bytes) -> None:
    verdict = verify_receipt(data)
    codes(verdict)
    assert verdict.status == "unreadable"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                               max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=200)
@given(st.sampled_from([*GOOD, "event", "key", "leaf", "proof"]), JSON)
def test_any_field_may_hold_anything(name: str, value: object) -> None:
    receipt = bent()
    (receipt if name in GOOD else receipt["events"][1])[name] = value
    verdict = verify_receipt(json.dumps(receipt).encode())
    codes(verdict)
    if verdict.status == "valid":
        assert (
            name in UNPROVED
            or (name == "dues" and value in ([], ()))
            or (receipt | {"how": "", "issued": ""} == GOOD | {"how": "", "issued": ""})
        )


def test_every_finding_has_words() -> None:
    folder = Path(verification.__file__).parents[1]
    source = Path(verification.__file__).read_text("utf-8")
    words = tomllib.loads((folder / "register" / "verdicts.toml").read_text("utf-8"))
    refusals = tomllib.loads((folder / "web" / "refusals" / "register.toml").read_text("utf-8"))
    named = set(
        re.findall(r'"((?:receipt|event|chain|due|proved|open|other)s?-[a-z-]+[a-z])"', source)
    )
    assert named == set(words["findings"]) - {"checkpoints-differ"}
    for entry in words["findings"].values():
        assert set(entry) == set(LANGUAGES)
    for entry in refusals.values():
        assert {"status", "remedy", *LANGUAGES} <= set(entry)
        assert set(LANGUAGES) <= set(entry["remedy"])


def test_the_clock_of_the_examples_is_in_utc() -> None:
    assert leaves.parse_at(leaves.format_at(AT)) == AT
