"""The words of the notice board: fixed for ever, distinct, and the inverse of each other."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.errors import Refusal
from huiyin.domain.fingerprints import CHINESE, ENGLISH, bytes_of, words_of

PINNED = {
    "1f6365cf2b77c0c5d9ab072f24e6d71cff21ad247fb8047dea91680e0f1944f2": " ".join(ENGLISH),
    "959b4cb2d175387a253dd8db083be0878d6cbbd27420220a7fa57058cdddfc8d": "".join(CHINESE),
}


@pytest.mark.parametrize("digest", PINNED)
def test_the_lists_never_change(digest: str) -> None:
    assert hashlib.sha256(PINNED[digest].encode()).hexdigest() == digest


def test_english_words_are_distinct_from_their_beginnings_on() -> None:
    assert len(set(ENGLISH)) == 256
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 8 for word in ENGLISH)
    assert [w for w in ENGLISH if any(o != w and o.startswith(w) for o in ENGLISH)] == []


def test_chinese_characters_exist_in_both_scripts() -> None:
    assert len(set(CHINESE)) == 256
    for character in CHINESE:
        assert len(character.encode("gb2312")) == len(character.encode("big5")) == 2


@given(st.binary(min_size=12, max_size=32), st.sampled_from(["en", "zh-Hans", "zh-Hant"]))
def test_words_lead_back_to_the_bytes(root: bytes, language: str) -> None:
    words = words_of(root, language)
    assert len(words) == 12
    assert bytes_of(" ".join(words).upper(), language) == root[:12]
    assert bytes_of("\n".join(words), language) == root[:12]


def test_another_root_has_other_words() -> None:
    assert words_of(bytes(32), "en") == ("acorn",) * 12
    assert words_of(bytes(11) + b"\x01" + bytes(20), "en")[-1] == "amber"


@pytest.mark.parametrize(
    ("words", "language", "code"),
    [
        ("acorn " * 11, "en", "fingerprint-too-short"),
        ("acorn " * 13, "en", "fingerprint-too-short"),
        ("acorn " * 11 + "acron", "en", "fingerprint-word-unknown"),
        ("", "zh-Hans", "fingerprint-too-short"),
        ("一" * 12, "zh-Hans", "fingerprint-word-unknown"),
    ],
)
def test_mistakes(words: str, language: str, code: str) -> None:
    with pytest.raises(Refusal) as found:
        bytes_of(words, language)
    assert found.value.code == code


def test_a_hash_that_is_none() -> None:
    with pytest.raises(Refusal, match="fingerprint-too-short"):
        words_of(b"short", "en")
