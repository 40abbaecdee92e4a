"""Receipt codes and case numbers: every slip that the check letter promises to catch."""

from __future__ import annotations

import hmac
import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import ALPHABET, Code, Number

SECRETS = [bytes(15), b"\xff" * 15, bytes(range(15)), b"\x8a\x01\xf3 Huiyin 2026"[:15]]
codes = st.binary(min_size=15, max_size=15).map(Code)
numbers = st.builds(
    Number, st.integers(min_value=0, max_value=9999), st.integers(min_value=0, max_value=10**9)
)


def plain(text: str) -> str:
    return text.replace("-", "")


def refusal(text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        receipts.parse(text)
    return caught.value


def multiply(one: int, other: int) -> int:
    """Carry-less product modulo x^5 + x^2 + 1: GF(32) by the textbook, without a table."""
    product = 0
    for bit in range(5):
        if other >> bit & 1:
            product ^= one << bit
    for bit in range(9, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


def hkdf(secret: bytes, info: bytes) -> bytes:
    """RFC 5869 section 2 for 32 bytes and no salt, with nothing but the standard library."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def test_the_check_letter_is_the_polynomial_of_the_docstring() -> None:
    for secret in SECRETS:
        value = 0
        for letter in plain(Code(secret).text):
            value = multiply(value, 2) ^ ALPHABET.index(letter)
        assert value == 0


def test_the_weights_of_31_places_all_differ() -> None:
    weight, seen = 1, set()
    for _ in range(31):
        seen.add(weight)
        weight = multiply(weight, 2)
    assert len(seen) == 31 and 0 not in seen


def test_known_codes_stay_readable_for_ever() -> None:
    assert Code(bytes(15)).text == "00000-00000-00000-00000-00000"
    assert Code(bytes(range(15))).text == "000G4-0R40M-30E20-9185G-R38ED"
    assert Code(b"\xff" * 15).text == "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZW"


@given(codes)
def test_a_code_reads_back(code: Code) -> None:
    assert receipts.parse(code.text) == code
    assert len(code.groups) == 5 and all(len(group) == 5 for group in code.groups)
    assert set(plain(code.text)) <= set(ALPHABET)


@given(codes, st.sampled_from(["lower", "spaces", "wide", "dashes", "lookalike", "none"]))
def test_a_code_reads_however_it_is_written(code: Code, how: str) -> None:
    text = code.text
    written = {
        "lower": text.lower(),
        "spaces": "  " + text.replace("-", " \u3000") + "\n",
        "wide": "".join(chr(ord(c) + 0xFEE0) for c in text),
        "dashes": text.replace("-", "\u2014\u200b"),
        "lookalike": text.replace("0", "o").replace("1", "l"),
        "none": plain(text),
    }[how]
    assert receipts.parse(written) == code
    assert receipts.parse(text.replace("1", "I").replace("0", "O")) == code


def test_digits_of_other_scripts_are_read() -> None:
    text = Code(bytes(range(15))).text
    arabic = text.translate({ord(str(d)): chr(0x660 + d) for d in range(10)})
    assert receipts.parse(arabic) == Code(bytes(range(15)))


@pytest.mark.parametrize("secret", SECRETS)
def test_every_wrong_letter_is_caught(secret: bytes) -> None:
    word = plain(Code(secret).text)
    for place, letter in itertools.product(range(25), ALPHABET):
        if letter != word[place]:
            wrong = word[:place] + letter + word[place + 1 :]
            assert refusal(wrong).code == "code-check-failed"


@pytest.mark.parametrize("secret", SECRETS)
def test_every_swap_of_two_letters_is_caught(secret: bytes) -> None:
    word = plain(Code(secret).text)
    for one, other in itertools.combinations(range(25), 2):
        if word[one] != word[other]:
            swapped = list(word)
            swapped[one], swapped[other] = word[other], word[one]
            assert refusal("".join(swapped)).code == "code-check-failed"


def test_every_pair_of_letters_swapped_or_doubled_wrong_is_caught_in_every_place() -> None:
    # The code is linear: an error is caught if and only if its own parity is not zero.
    for place, one, other in itertools.product(range(24), ALPHABET, ALPHABET):
        if one != other:
            difference = ALPHABET[ALPHABET.index(one) ^ ALPHABET.index(other)]
            twin = "0" * place + difference * 2 + "0" * (23 - place)
            assert refusal(twin).code == "code-check-failed"


@given(codes, st.data())
def test_one_letter_too_many_or_too_few_is_told_with_the_length(
    code: Code, data: st.DataObject
) -> None:
    word = plain(code.text)
    place = data.draw(st.integers(min_value=0, max_value=24))
    short = refusal(word[:place] + word[place + 1 :])
    assert (short.code, short.data) == ("code-length", {"length": 24, "expected": 25})
    assert refusal(word + "7").data["length"] == 26


def test_a_foreign_character_is_told_with_its_place() -> None:
    word = Code(bytes(15)).text
    for bad, shown in [("U", "U"), ("u", "u"), ("\u0410", "\u0410"), ("\x00", "U+0000")]:
        caught = refusal(word[:6] + bad + word[7:])
        assert (caught.code, caught.data) == ("code-character", {"character": shown, "position": 6})


@pytest.mark.parametrize("text", ["", "-", "\ufeff", "1" * 201, "-" * 100_000])
def test_nothing_and_far_too_much_have_a_wrong_length(text: str) -> None:
    assert refusal(text).code == "code-length"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert receipts.parse(receipts.parse(text).text)
    except Refusal as caught:
        assert caught.code in ("code-character", "code-length", "code-check-failed")


def test_neither_repr_nor_refusal_shows_a_code() -> None:
    code = Code(bytes(range(15)))
    assert repr(code) == "Code()"
    word = plain(code.text)
    assert word[:4] not in str(refusal(word[:-1] + "0")) + str(refusal(word[:-1]))


def test_keys_and_look_up_ids_differ_and_are_stable() -> None:
    code = Code(bytes(range(15)))
    lookup, private = receipts.lookup_id(code), receipts.private_key(code)
    assert len(lookup) == len(private) == 32 and lookup != private
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    assert receipts.public_key(code) == public
    # A change of these two would lock every receipt out of its case.
    assert lookup == hkdf(code.secret, b"huiyin/1 receipt look-up")
    assert private == hkdf(code.secret, b"huiyin/1 receipt X25519")


@given(codes, codes)
def test_two_codes_never_share_anything(one: Code, other: Code) -> None:
    if one != other:
        assert receipts.lookup_id(one) != receipts.lookup_id(other)
        assert receipts.private_key(one) != receipts.private_key(other)


def test_entropy_of_another_length_is_refused() -> None:
    for length in (0, 14, 16):
        with pytest.raises(Refusal, match="code-length"):
            receipts.make(bytes(length))


@given(numbers)
def test_a_number_reads_back(number: Number) -> None:
    assert receipts.parse_number(number.text) == number
    assert receipts.normalise_number(number.text.lower().replace("-", " ")) == number.text
    assert receipts.number(number.year, number.serial) == number.text


def test_numbers_look_as_announced_and_grow() -> None:
    assert receipts.number(2026, 123)[:-1] == "2026-000123-"
    assert receipts.number(2026, 1_000_000)[:-1] == "2026-1000000-"
    assert len({receipts.number(2026, serial)[-1] for serial in range(200)}) == 32


@pytest.mark.parametrize("number", [Number(2026, 123), Number(2026, 999_999), Number(1999, 0)])
def test_every_slip_in_a_number_is_caught(number: Number) -> None:
    word = plain(number.text)
    wrong = {
        word[:place] + letter + word[place + 1 :]
        for place, letter in itertools.product(range(11), ALPHABET)
    }
    for one, other in itertools.combinations(range(11), 2):
        swapped = list(word)
        swapped[one], swapped[other] = word[other], word[one]
        wrong.add("".join(swapped))
    for text in wrong - {word}:
        with pytest.raises(Refusal) as caught:
            receipts.parse_number(text)
        assert caught.value.code in ("number-check-failed", "number-character")


@pytest.mark.parametrize("text", ["", "2026", "2026-00012-3", "2026-0000123-K", "9" * 60])
def test_a_number_of_another_length_is_told(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        receipts.parse_number(text)
    assert caught.value.code == "number-length"


def test_a_letter_inside_a_number_is_told_with_its_place() -> None:
    with pytest.raises(Refusal) as caught:
        receipts.parse_number("2026-00S123-K")
    assert caught.value.data == {"character": "S", "position": 7}


def test_a_number_is_no_code_and_a_code_no_number() -> None:
    with pytest.raises(Refusal):
        receipts.parse(receipts.number(2026, 1))
    with pytest.raises(Refusal):
        receipts.parse_number(Code(bytes(15)).text)
