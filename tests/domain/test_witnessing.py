"""The witness's rule: each status of C2SP tlog-witness, in its order; no fork is ever cosigned."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain import merkle, notes
from huiyin.domain.errors import Refusal
from huiyin.domain.witnessing import (
    SIZE_TYPE,
    Answer,
    Submission,
    judge,
    parse_submission,
    read_cosignature,
    trouble_of,
)

from .receipt_world import signer

LOG, OTHER = signer(), signer("other.example/ledger", 2)
WITNESS = signer("witness.example", 5, notes.COSIGNATURE)
NOW = 1_790_000_000
HASHES = [merkle.leaf_hash(b"%d" % n) for n in range(40)]
FORK = [*HASHES[:9], *(merkle.leaf_hash(b"fork %d" % n) for n in range(31))]


def root(size: int, hashes: list[bytes] = HASHES) -> bytes:
    return merkle.Frontier().extend(hashes[:size]).root()


def path(old: int, new: int, hashes: list[bytes] = HASHES) -> tuple[bytes, ...]:
    def node(level: int, number: int) -> bytes:
        return merkle.Frontier().extend(hashes[number << level : (number + 1) << level]).root()

    return tuple(merkle.consistency_proof(old, new, node))


def submission(old: int, new: int, hashes: list[bytes] = HASHES) -> bytes:
    note = notes.sign_checkpoint(new, root(new, hashes), LOG)
    return Submission(old, path(old, new, hashes), note).to_bytes()


def ask(body: bytes, latest: int = 0, hashes: list[bytes] = HASHES) -> Answer:
    seen = {LOG.name: notes.Checkpoint(LOG.name, latest, root(latest, hashes))} if latest else {}
    return judge(body, [OTHER.key, LOG.key], seen, WITNESS, NOW)


@settings(max_examples=60)
@given(st.integers(0, 39), st.integers(1, 39))
def test_what_continues_is_cosigned(first: int, second: int) -> None:
    old, new = sorted((first, second))
    answer = ask(submission(old, new), old)
    assert answer.status == 200 and answer.keep is not None
    note = notes.sign_checkpoint(new, root(new), LOG)
    line, at = read_cosignature(note, answer.body.encode(), WITNESS.key, NOW)
    assert (str(line), at) == (answer.body, NOW)
    origin, kept = answer.keep
    assert origin == LOG.name
    opened, _ = notes.open_checkpoint(str(kept), LOG.key, [WITNESS.key])
    assert (opened.size, opened.root) == (new, root(new))


@settings(max_examples=60)
@given(st.integers(10, 39), st.integers(10, 39))
def test_a_fork_is_never_cosigned(first: int, second: int) -> None:
    old, new = sorted((first, second))
    assert ask(submission(old, new, FORK), old).status == 422
    assert ask(submission(old, new), old, FORK).status == 422


def statuses() -> dict[str, tuple[bytes, int, int]]:
    good = submission(5, 9)
    unsigned = Submission(5, path(5, 9), notes.sign_checkpoint(9, root(9), signer(seed=9)))
    strange = Submission(0, (), notes.sign_checkpoint(9, root(9), signer("x.example", 3)))
    bad_empty = Submission(0, (), notes.sign_checkpoint(0, root(1), LOG))
    extra = Submission(0, (bytes(32),), notes.sign_checkpoint(9, root(9), LOG))
    backwards = Submission(9, (), notes.sign_checkpoint(5, root(5), LOG))
    huge = Submission(5, (), notes.sign_checkpoint(2**63, root(5), LOG))
    largest = Submission(5, (bytes(32),) * 63, notes.sign_checkpoint(2**63 - 1, root(5), LOG))
    return {
        "good": (good, 5, 200),
        "the same again": (submission(9, 9), 9, 200),
        "empty tree": (submission(0, 0), 0, 200),
        "unknown log": (strange.to_bytes(), 0, 404),
        "another key under the log's name": (unsigned.to_bytes(), 5, 403),
        "old larger than new": (backwards.to_bytes(), 9, 400),
        "old size that is not the last": (good, 7, 409),
        "first visit with an old size": (good, 0, 409),
        "path too short": (good.replace(good.split(b"\n")[1] + b"\n", b"", 1), 5, 422),
        "proof where none belongs": (extra.to_bytes(), 0, 422),
        "empty tree with another root": (bad_empty.to_bytes(), 0, 422),
        "same size, other root": (submission(9, 9), -9, 422),
        "size beyond 2^63": (huge.to_bytes(), 5, 400),
        "size 2^63 - 1": (largest.to_bytes(), 5, 422),
        "nothing": (b"", 0, 400),
        "not UTF-8": (good.replace(b"old", b"\xff"), 5, 400),
        "no old line": (good[6:], 5, 400),
        "leading zero": (good.replace(b"old 5", b"old 05"), 5, 400),
        "negative": (good.replace(b"old 5", b"old -5"), 5, 400),
        "crlf": (good.replace(b"\n", b"\r\n"), 5, 400),
        "64 hashes": (Submission(5, (bytes(32),) * 64, "x").to_bytes(), 5, 400),
        "a short hash": (good.replace(b"=\n", b"\n", 1), 5, 400),
        "no checkpoint": (good.split(b"\n\n")[0] + b"\n\n", 5, 400),
    }


@pytest.mark.parametrize("name", statuses())
def test_statuses(name: str) -> None:
    body, latest, status = statuses()[name]
    answer = ask(body, abs(latest), HASHES if latest >= 0 else FORK[::-1])
    assert (answer.status, answer.keep is not None) == (status, status == 200)
    if status == 409:
        assert (answer.body, answer.content_type) == (f"{latest}\n", SIZE_TYPE)


def test_reading_is_the_inverse_of_writing() -> None:
    body = submission(5, 9)
    assert parse_submission(body).to_bytes() == body


def test_what_an_answer_means() -> None:
    def meaning(status: int, body: bytes = b"", kind: str = SIZE_TYPE) -> tuple[str, int | None]:
        return trouble_of(status, kind, body, 9)

    assert meaning(409, b"5\n") == ("witness-conflict", 5)
    assert meaning(409, b"10\n") == ("witness-ahead", 10)
    assert meaning(409, b"five") == ("witness-answer-wrong", None)
    assert meaning(409, b"", "text/plain") == ("witness-fork", None)
    assert meaning(422) == ("witness-fork", None)
    assert meaning(403)[0] == meaning(404)[0] == meaning(400)[0] == "witness-refused"
    assert meaning(500)[0] == meaning(302)[0] == "witness-unreachable"


def test_answers_that_are_no_cosignature() -> None:
    note = notes.sign_checkpoint(9, root(9), LOG)
    text = notes.parse_note(note).text
    good = str(notes.cosign(text, WITNESS, NOW))
    stranger = str(notes.cosign(text, signer("y.example", 6, notes.COSIGNATURE), NOW))
    other = str(notes.cosign(text.replace("9", "8"), WITNESS, NOW))
    late = str(notes.cosign(text, WITNESS, NOW + 90_000))
    assert str(read_cosignature(note, (stranger + good).encode(), WITNESS.key, NOW)[0]) == good
    for body in (b"", b"\xff", stranger.encode(), other.encode(), late.encode(), b"x\n" * 500):
        with pytest.raises(Refusal, match="witness-answer-wrong"):
            read_cosignature(note, body, WITNESS.key, NOW)
