"""Receipts: what a good one proves, and a specific sentence for every bad one."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain import leaves, notes, verification
from huiyin.domain.errors import Refusal
from huiyin.domain.verification import verify_receipt
from huiyin.domain.words import SILENT
from huiyin.register.verdicts import LANGUAGES

from .receipt_world import (
    AT,
    CASE,
    GOOD,
    LOG,
    VKEY,
    Log,
    after_erasure,
    bent,
    codes,
    dump,
    failing,
    signer,
)  # fmt: skip

# Good -----------------------------------------------------------------------------------------


def test_a_good_receipt_says_what_it_proves_and_what_not() -> None:
    verdict = verify_receipt(dump(GOOD))
    assert (verdict.status, verdict.exit_status, verdict.number) == ("valid", 0, CASE)
    assert verdict.size == len(LOG.leaves)
    assert codes(verdict) == [
        "open-key", "proved-signature", "proved-inclusion", "proved-commitment", "proved-chain",
        "open-witness", "open-latest", "open-frame",
    ]  # fmt: skip


def test_a_time_that_has_not_come_is_never_valid() -> None:
    first = AT + timedelta(hours=1)
    assert failing(dump(GOOD), now=first - timedelta(hours=25)) == "event-in-future"
    late = verify_receipt(dump(GOOD), now=first - timedelta(hours=21))
    assert late.status == "valid"  # clocks and days differ
    witness = signer("witness.example", 5, notes.COSIGNATURE)
    line = notes.cosign(notes.parse_note(LOG.checkpoint()).text, witness, 4_000_000_000)
    receipt = bent()
    for event in receipt["events"]:
        event["proof"] = event["proof"].replace(LOG.checkpoint(), f"{LOG.checkpoint()}{line}")
    options = {"witnesses": [str(witness.key)], "now": AT + timedelta(days=1)}
    assert failing(dump(receipt), **options) == "witness-in-future"


def test_after_an_erasure_the_receipt_says_what_was_erased() -> None:
    verdict = verify_receipt(after_erasure())
    assert verdict.status == "valid"
    data = {finding.code: finding.data for finding in verdict.findings}
    assert data["proved-erased"]["erased"] == 2
    assert (data["proved-erased"]["first"], data["proved-erased"]["last"]) == (3, 4)
    assert "open-erased" in data and "proved-chain" not in data


def test_only_an_erasure_may_begin_late() -> None:
    receipt = bent()
    assert failing(dump(receipt | {"events": receipt["events"][1:]})) == "chain-starts-late"
    gone = json.loads(after_erasure())
    assert failing(dump(gone | {"events": gone["events"][1:]})) == "chain-starts-late"


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
    "huge": (b" " * 32_000_001, "receipt-too-large"),
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
    rooms_of_code = ("verification", "findings", "vouching", "opened", "words")
    source = "".join(
        (folder / "domain" / f"{name}.py").read_text("utf-8") for name in rooms_of_code
    )
    words = tomllib.loads((folder / "register" / "verdicts.toml").read_text("utf-8"))
    refusals = tomllib.loads((folder / "web" / "refusals" / "register.toml").read_text("utf-8"))
    rooms = "receipt|event|chain|due|proved|open|other|witness|words|file"
    named = set(re.findall(rf'"((?:{rooms})s?-[a-z-]+[a-z])"', source)) - SILENT
    assert named == set(words["findings"]) - {"checkpoints-differ"}
    for entry in words["findings"].values():
        assert set(entry) == set(LANGUAGES)
    for entry in refusals.values():
        assert {"status", "remedy", *LANGUAGES} <= set(entry)
        assert set(LANGUAGES) <= set(entry["remedy"])


def test_the_clock_of_the_examples_is_in_utc() -> None:
    assert leaves.parse_at(leaves.format_at(AT)) == AT
