"""Cleaning of typed texts: what stays, what goes silently, what is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain import texts
from huiyin.domain.errors import Refusal
from huiyin.domain.texts import clean_line, clean_text

anything = st.text(alphabet=st.characters(codec=None, categories=None), max_size=80)
awkward = st.text(
    alphabet="ab \n\t\r\u2028\u200b\u200c\u200d\u202e\u2066\u2069\u0301\u0915\u094d\u3164\ufe0f",
    max_size=40,
)


def refused(text: str, limit: int = 100, line: bool = False) -> Refusal:
    clean = clean_line if line else clean_text
    with pytest.raises(Refusal) as caught:
        clean(text, "text", limit)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "街道没有路灯，已经三个月了。",
        "二、要求：\n\t1. 修复路灯",
        "می\u200cخواهم",  # Persian needs the non-joiner
        "क\u094d\u200dष",  # Devanagari half form needs the joiner
        "ශ\u0dca\u200dරී",  # Sinhala
        "សូម\u200bជួយ",  # Khmer marks words by zero-width spaces
        "👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 👩🏽\u200d🚒",
        "葛\U000e0100城市",  # a name's variant by ideographic selector
        "السعر \u0600123",  # a visible format character
        "name: \u2068שלום\u2069!",  # balanced isolate in a long text
        "\U00013000\ue000\U0010fffd",  # rare and private characters of names
    ],
)
def test_every_script_keeps_what_it_needs(text: str) -> None:
    assert clean_text(text, "text", 100) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  one\r\ntwo\rthree\u2028four\v\ffive \n\n", "one\ntwo\nthree\nfour\n\nfive"),
        ("a\n\n\n\n\n\nb", "a\n\n\nb"),
        ("cafe\u0301", "café"),
        ("\ufeffpay\u200bment\u00ad \u2060now", "payment now"),
        ("in\u202evoice\u202c", "invoice"),
        ("a\u2066b", "ab"),
        ("a\u2069b\u2066", "ab"),
        ("\u200dab\u200c", "ab"),
        ("a\ufe0f\ufe0f\U000e0041", "a\ufe0f"),
        ("x\u3164y\uffa0z", "xyz"),
    ],
)
def test_what_nobody_sees_goes_silently(typed: str, kept: str) -> None:
    assert clean_text(typed, "text", 100) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 王\u3000小明 ", "王 小明"),
        ("Ada\r\n\tLovelace", "Ada Lovelace"),
        ("\u2067Ada\u2069 \u200eL\u202e", "Ada L"),
    ],
)
def test_a_line_is_one_line_without_direction_controls(typed: str, kept: str) -> None:
    assert clean_line(typed, "name", 100) == kept


@pytest.mark.parametrize("letter", ["\x00", "\x08", "\x1b", "\x7f", "\x9f", "\ufdd0", "\U0001fffe"])
def test_control_characters_are_refused_with_their_place(letter: str) -> None:
    for line in (False, True):
        caught = refused("ab" + letter, line=line)
        assert (caught.code, caught.data["position"]) == ("text-control-character", 3)
        assert caught.data["codepoint"] == f"U+{ord(letter):04X}"


def test_half_a_character_is_refused() -> None:
    assert refused("ok \ud83d").code == "text-surrogate"
    assert refused("\udcff", line=True).data == {"field": "text", "position": 1}


@pytest.mark.parametrize(
    "text", ["", " \n\t ", "\u200b\ufeff", "\u3164\u2800", "\u2066\u2069", "\ufe0f"]
)
def test_what_shows_nothing_is_empty(text: str) -> None:
    assert refused(text).code == "text-empty"
    assert refused(text, line=True).code == "text-empty"


def test_the_limit_counts_characters_of_the_result() -> None:
    assert clean_text("  " + "é" * 5 + "  ", "text", 5) == "é" * 5
    assert clean_text("e\u0301" * 5, "text", 5) == "é" * 5
    caught = refused("字" * 6, limit=5)
    assert (caught.code, caught.data) == (
        "text-too-long",
        {"field": "text", "length": 6, "limit": 5},
    )
    assert refused("x" * 10**6, limit=5).data["length"] == 10**6


def test_heaps_of_marks_are_refused() -> None:
    assert clean_text("a" + "\u0301" * 30, "text", 100)
    assert refused("a" + "\u0301\u0316" * 16).code == "text-too-many-marks"
    for hidden in "\u200b\u3164\u2066":
        heap = "a" + ("\u0301\u0316" * 10 + hidden) * 4
        assert refused(heap, limit=1000).code == "text-too-many-marks"


def test_a_refusal_never_repeats_the_text() -> None:
    for bad in ("secret name\x00", "secret name\ud800", "secret name" * 100):
        assert "secret" not in str(refused(bad))


@given(st.one_of(anything, awkward), st.booleans())
def test_what_comes_out_is_clean_and_stays_as_it_is(text: str, line: bool) -> None:
    clean = clean_line if line else clean_text
    try:
        result = clean(text, "text", 100)
    except Refusal as caught:
        assert caught.code.startswith("text-")
        return
    result.encode()
    assert unicodedata.is_normalized("NFC", result)
    assert result == result.strip() and 0 < len(result) <= 100
    allowed = "" if line else "\n\t"
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in result)
    assert not any("\u202a" <= c <= "\u202e" for c in result)
    assert clean(result, "text", 100) == result


def test_the_characters_that_skip_the_walk_have_nothing_to_hide() -> None:
    plain = [chr(point) for point in range(0x110000) if texts._PLAIN.fullmatch(chr(point))]
    assert len(plain) > 40_000
    for letter in plain:
        category = unicodedata.category(letter)
        assert category[0] in "LNPSZ" or letter in "\n\t" or category == "Cn", letter
        assert letter not in "\u3164\uffa0\u200b\u200c\u200d\u180e"
        assert not texts._is_noncharacter(letter)
    assert not texts._PLAIN.fullmatch("a\u200bb")
