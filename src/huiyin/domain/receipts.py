"""Receipt codes, which open a case, and case numbers, which open nothing.

A code is 120 random bits written as 24 letters of Crockford's base 32 alphabet plus one
check letter. With that entropy neither salt nor slow hash is needed: HKDF-SHA256
(RFC 5869) gives the look-up id, which is stored, and the private key, which never is.
Reading is generous (case, dashes, O for 0, I and L for 1, full-width forms); a slip of
the pen is caught here, before any server is asked. Where codes are stored is not here.

The check letter makes the word a zero of a Reed-Solomon parity check over GF(32):
sum of letter_i * alpha^i = 0, counted from the right, alpha of order 31. All weights are
different and none is zero as long as a word has at most 31 letters. Hence *every* wrong
single letter, *every* swap of two different letters (neighbours or not) and *every* twin
error (XX for YY) is caught; of arbitrary other errors, 31 in 32.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from huiyin.domain.errors import Refusal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 15
CODE_LETTERS = 25
GROUP = 5
SERIAL_DIGITS = 6
MAX_SERIAL_DIGITS = 20
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1 is primitive over GF(2), so x has order 31
_LONGEST_INPUT = 200  # characters; nobody types more, and the work stays bounded
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_LOOKALIKE = {"O": "0", "I": "1", "L": "1"}


@dataclass(frozen=True, slots=True)
class Code:
    """A receipt code. ``secret`` is its 15 random bytes; ``repr`` does not show them."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES:
            raise Refusal("code-length", length=len(self.secret) * 8 // 5 + 1, expected=25)

    @property
    def text(self) -> str:
        """Return the code as it is printed: ``XXXXX-XXXXX-XXXXX-XXXXX-XXXXX``."""
        return "-".join(self.groups)

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the five groups of five letters."""
        bits = int.from_bytes(self.secret)
        letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(115, -1, -5))
        word = letters + check_letter(letters)
        return tuple(word[start : start + GROUP] for start in range(0, CODE_LETTERS, GROUP))


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A case number: the year and the serial in that year. Public; it opens nothing."""

    year: int
    serial: int

    @property
    def text(self) -> str:
        """Return ``2026-000123-K``; serials beyond 999999 simply grow longer."""
        digits = f"{self.year:04d}{self.serial:0{SERIAL_DIGITS}d}"
        return f"{digits[:4]}-{digits[4:]}-{check_letter(digits)}"


def make(entropy: bytes) -> Code:
    """Return the code made of 15 bytes from a cryptographic random source."""
    return Code(bytes(entropy))


def parse(text: str) -> Code:
    """Read a receipt code as typed.

    Raises ``code-character`` (character, position), ``code-length`` (length, expected)
    or ``code-check-failed``. None of them repeats the code.
    """
    letters = read_letters(text, "code", CODE_LETTERS)
    if len(letters) != CODE_LETTERS:
        raise Refusal("code-length", length=len(letters), expected=CODE_LETTERS)
    if _syndrome(letters):
        raise Refusal("code-check-failed")
    bits = 0
    for letter in letters[:-1]:
        bits = bits << 5 | _VALUE[letter]
    return Code(bits.to_bytes(SECRET_BYTES))


def lookup_id(code: Code) -> bytes:
    """Return the 32 bytes under which the server finds the case. Reveals nothing else."""
    return _derive(code, b"huiyin/1 receipt look-up")


def private_key(code: Code) -> bytes:
    """Return the complainant's X25519 private key (32 bytes, RFC 7748). Never stored."""
    return _derive(code, b"huiyin/1 receipt X25519")


def public_key(code: Code) -> bytes:
    """Return the complainant's X25519 public key (32 bytes)."""
    return X25519PrivateKey.from_private_bytes(private_key(code)).public_key().public_bytes_raw()


def number(year: int, serial: int) -> str:
    """Return the text of a case number, e.g. ``2026-000123-K``."""
    return Number(year, serial).text


def parse_number(text: str) -> Number:
    """Read a case number as typed, with or without dashes.

    Raises ``number-character`` (character, position), ``number-length`` (length,
    expected) or ``number-check-failed``.
    """
    expected = 4 + SERIAL_DIGITS + 1
    letters = read_letters(text, "number", expected)
    digits = letters[:-1]
    for position, letter in enumerate(digits, start=1):
        if not letter.isdigit():
            raise Refusal("number-character", character=letter, position=position)
    # A serial longer than six digits has no leading zero: each number has one spelling.
    overlong = len(letters) > expected and (digits[4] == "0" or len(digits) > MAX_SERIAL_DIGITS)
    if len(letters) < expected or overlong:
        raise Refusal("number-length", length=len(letters), expected=expected)
    if _syndrome(letters):
        raise Refusal("number-check-failed")
    return Number(int(digits[:4]), int(digits[4:]))


def normalise_number(text: str) -> str:
    """Return the one spelling of a case number; refuses as ``parse_number`` does."""
    return parse_number(text).text


def check_letter(letters: str) -> str:
    """Return the letter that completes ``letters`` (at most 30 of the alphabet)."""
    return ALPHABET[_syndrome(letters + "0")]


def _syndrome(letters: str) -> int:
    """Return the parity sum over GF(32): 0 for a word with its right check letter."""
    weights = _weights()
    total = 0
    for place, letter in enumerate(reversed(letters)):
        total ^= weights[place][_VALUE[letter]]
    return total


@cache
def _weights() -> tuple[tuple[int, ...], ...]:
    """Return the table [place][value] of value * alpha^place in GF(32)."""
    rows = [tuple(range(32))]
    while len(rows) < 31:
        rows.append(tuple(_times_alpha(value) for value in rows[-1]))
    return tuple(rows)


def _times_alpha(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & 32 else doubled


def read_letters(text: str, what: str, expected: int) -> str:
    """Return the letters of the alphabet in ``text``, without what merely separates them.

    ``what`` begins the codes of the refusals: ``code-length``, ``code-character`` and alike.
    """
    if len(text) > _LONGEST_INPUT:
        raise Refusal(f"{what}-length", length=len(text), expected=expected)
    letters: list[str] = []
    for typed in text:
        for letter in unicodedata.normalize("NFKC", typed):
            if not _separates(letter):
                letters.append(_letter(letter, what, len(letters) + 1))
    return "".join(letters)


def _letter(typed: str, what: str, position: int) -> str:
    # Digits of every script are read: an Arabic or Devanagari keyboard types them.
    digit = unicodedata.decimal(typed, None)
    letter = str(digit) if digit is not None else typed
    if letter.isascii():
        letter = letter.upper()
    letter = _LOOKALIKE.get(letter, letter)
    if letter not in _VALUE:
        raise Refusal(f"{what}-character", character=_shown(typed), position=position)
    return letter


def _separates(letter: str) -> bool:
    """Tell dashes, spaces, line ends, minus signs and invisible format characters."""
    category = unicodedata.category(letter)
    return category in ("Pd", "Pc", "Zs", "Zl", "Zp", "Cf") or letter in "\t\r\n\u2212\u00b7."


def _shown(letter: str) -> str:
    return letter if letter.isprintable() else f"U+{ord(letter):04X}"


def _derive(code: Code, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(code.secret)
