"""Policies: the example of the specification, thresholds, and a sentence for every mistake."""

from __future__ import annotations

import itertools

import pytest

from huiyin.domain import notes
from huiyin.domain.errors import Refusal
from huiyin.domain.policies import parse_policy
from huiyin.domain.verification import verify_receipt

from .receipt_world import GOOD, LOG, VKEY, bent, codes, dump, signer


def key(name: str, seed: int) -> str:
    return str(signer(f"{name}.example", seed, notes.COSIGNATURE).key)


X = [key(f"x{n}", n) for n in (1, 2, 3)]
Y = [key(f"y{n}", 3 + n) for n in (1, 2, 3)]
EXAMPLE = "\n".join([
    f"log {VKEY} https://register.example/ledger", "  # a comment", "",
    *(f"witness X{n} \t{vkey}" for n, vkey in enumerate(X, 1)),
    "group X-witnesses 2 X1 X2 X3",
    *(f"witness Y{n} {vkey} https://y{n}.example/w" for n, vkey in enumerate(Y, 1)),
    "group Y-witnesses any Y1 Y2 Y3", "group X-and-Y all X-witnesses Y-witnesses",
    "quorum X-and-Y", "",
])  # fmt: skip


def test_the_example_of_the_specification() -> None:
    policy = parse_policy(EXAMPLE)
    names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    assert [w.name for w in policy.witnesses] == names
    assert policy.witnesses[3].url == "https://y1.example/w"
    assert policy.logs[0].key == LOG.signer.key
    for size in range(7):
        for chosen in itertools.combinations(names, size):
            xs, ys = (sum(name[0] == letter for name in chosen) for letter in "XY")
            assert policy.satisfied(chosen) == (xs >= 2 and ys >= 1)
    assert policy.needed() == (2, 2)


def test_one_witness_and_none() -> None:
    assert parse_policy(f"witness a {X[0]}\nquorum a").satisfied(["a"])
    assert not parse_policy(f"witness a {X[0]}\nquorum a").satisfied([])
    assert parse_policy("quorum none").satisfied([])
    # The name is opaque: a key's own name is another name.
    assert not parse_policy(f"witness a {X[0]}\nquorum a").satisfied(["x1.example"])


A, B = f"witness a {X[0]}\n", f"witness b {X[1]}\n"
MISTAKES = {
    "": "policy-quorum-missing",
    "quorum none\nquorum none": "policy-line-malformed",
    "quorum a": "policy-name-unknown",
    "quorum": "policy-line-malformed",
    "watchers 3": "policy-line-malformed",
    "witness a": "policy-line-malformed",
    f"log {X[0]}\nquorum none": "policy-key-malformed",
    f"witness a {VKEY}\nquorum a": "policy-key-malformed",
    f"witness a {X[0][:-1]}\nquorum a": "policy-key-malformed",
    f"{A}{A}quorum a": "policy-name-taken",
    f"{A}witness b {X[0]}\nquorum a": "policy-key-twice",
    f"log {VKEY}\nlog {VKEY}\nquorum none": "policy-key-twice",
    f"witness none {X[0]}\nquorum none": "policy-name-taken",
    f"{A}group a 1 a\nquorum a": "policy-name-taken",
    f"{A}group g 1 b\nquorum g": "policy-name-unknown",
    f"{A}group g 2 a\nquorum g": "policy-threshold-wrong",
    f"{A}group g 0 a\nquorum g": "policy-threshold-wrong",
    f"{A}group g 01 a\nquorum g": "policy-threshold-wrong",
    f"{A}group g ١ a\nquorum g": "policy-threshold-wrong",
    f"{A}group g some a\nquorum g": "policy-threshold-wrong",
    f"{A}group g any\nquorum g": "policy-line-malformed",
    f"{A}group g any a a\nquorum g": "policy-member-twice",
    f"{A}{B}group g any a\ngroup h any a b\nquorum h": "policy-member-twice",
    f"{A}quorum a\r": "policy-line-malformed",
    f"{A}\x00quorum a": "policy-line-malformed",
    "#\n" * 1001 + "quorum none": "policy-too-large",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes(text: str) -> None:
    with pytest.raises(Refusal) as found:
        parse_policy(text)
    assert found.value.code == MISTAKES[text]


def cosigned(*seeds: int) -> bytes:
    text = notes.parse_note(LOG.checkpoint()).text
    lines = "".join(
        str(notes.cosign(text, signer(f"x{n}.example", n, notes.COSIGNATURE), 1_790_000_000))
        for n in seeds
    )
    receipt = bent()
    for event in receipt["events"]:
        event["proof"] = event["proof"].replace(LOG.checkpoint(), LOG.checkpoint() + lines)
    return dump(receipt)


def test_a_receipt_is_valid_only_with_enough_witnesses() -> None:
    lines = "".join(f"witness X{n} {vkey}\n" for n, vkey in enumerate(X, 1))
    policy = parse_policy(f"log {VKEY}\n{lines}group g 2 X1 X2 X3\nquorum g\n")
    good = verify_receipt(cosigned(1, 3), policy=policy)
    assert good.status == "valid"
    assert {"proved-key", "proved-quorum", "proved-witness"} <= set(codes(good))
    for seeds in ((1,), ()):
        verdict = verify_receipt(cosigned(*seeds), policy=policy)
        assert verdict.status == "invalid"
        assert "witness-quorum-missing" in codes(verdict)
    other = parse_policy(f"log {signer(seed=8).key}\nquorum none\n")
    assert codes(verify_receipt(dump(GOOD), policy=other)) == ["receipt-key-foreign"]
    assert verify_receipt(dump(GOOD), policy=parse_policy("quorum none")).status == "valid"
