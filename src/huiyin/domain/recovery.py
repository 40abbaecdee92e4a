"""Two of three printed shares bring an officer's key back: the arithmetic and the writing.

A secret of 20 random bytes locks a second copy of the officer's private key. It is cut into three
shares, points of a line over GF(2^8) for each byte (Shamir, "How to share a secret", 1979): any
two give the line and so the secret, one alone says nothing at all. A share is written as ten
groups of five letters of the receipt codes' alphabet; the last letter of each checks the group
and its place, so that a slip is told group by group. Rows, passphrases and paper are not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from huiyin.domain.access import OMBUDSMAN, PRIVACY_OFFICER
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import ALPHABET, check_letter, read_letters
from huiyin.domain.sealing import KEY_BYTES, NONCE_BYTES, context

SECRET_BYTES = 20
MARK_BYTES = 2
SHARES = 3
NEEDED = 2
ROLES = (PRIVACY_OFFICER, OMBUDSMAN)
GROUPS, GROUP = 10, 5
LETTERS = GROUPS * GROUP
_VERSION = 1
_POLYNOMIAL = 0x11B  # x^8 + x^4 + x^3 + x + 1, irreducible (the field of AES, FIPS 197)


@dataclass(frozen=True, slots=True)
class Share:
    """One of three. ``mark`` tells one set from another; ``repr`` does not show the value."""

    role: str
    generation: int
    mark: bytes
    place: int
    value: bytes = field(repr=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """The ten groups as they are printed."""
        head = bytes([_VERSION << 4 | self.place, ROLES.index(self.role), self.generation])
        bits = int.from_bytes(head + self.mark + self.value)
        letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(195, -1, -5))
        parts = [letters[start : start + GROUP - 1] for start in range(0, 40, GROUP - 1)]
        return tuple(part + _check(place, part) for place, part in enumerate(parts))

    @property
    def text(self) -> str:
        """The share as one line, for the square code."""
        return "-".join(self.groups)


def _check(place: int, part: str) -> str:
    return check_letter(ALPHABET[place] + part)


def parse(text: str) -> Share:
    """Read a share as typed or scanned.

    Raises ``share-character`` (character, position), ``share-length`` (length, expected),
    ``share-group-wrong`` (group), ``share-unknown`` (another version or role).
    """
    letters = read_letters(text, "share", LETTERS)
    if len(letters) != LETTERS:
        raise Refusal("share-length", length=len(letters), expected=LETTERS)
    bits = 0
    for place in range(GROUPS):
        group = letters[place * GROUP : (place + 1) * GROUP]
        if _check(place, group[:-1]) != group[-1]:
            raise Refusal("share-group-wrong", group=place + 1)
        for letter in group[:-1]:
            bits = bits << 5 | ALPHABET.index(letter)
    return _read(bits.to_bytes(25))


def _read(raw: bytes) -> Share:
    version, place = raw[0] >> 4, raw[0] & 15
    if version != _VERSION or not 1 <= place <= SHARES or raw[1] >= len(ROLES):
        raise Refusal("share-unknown")
    return Share(ROLES[raw[1]], raw[2], raw[3:5], place, raw[5:])


def split(
    secret: bytes, randomness: bytes, role: str, generation: int, mark: bytes
) -> tuple[Share, ...]:
    """Cut ``secret`` (20 bytes) into three shares; ``randomness``: 20 bytes used once."""
    if not len(secret) == len(randomness) == SECRET_BYTES or len(mark) != MARK_BYTES:
        raise ValueError("a share must be as long as the secret")
    return tuple(
        Share(role, generation, mark, x, _along(secret, randomness, x))
        for x in range(1, SHARES + 1)
    )


def _along(secret: bytes, slope: bytes, x: int) -> bytes:
    """The point of the line ``secret + slope * x`` at ``x``, byte by byte."""
    return bytes(s ^ _times(r, x) for s, r in zip(secret, slope, strict=True))


def join(shares: Sequence[Share]) -> bytes:
    """The secret of two shares of one set.

    Raises ``shares-needed`` (needed, given), ``shares-same`` (place), ``shares-differ``.
    """
    if len(shares) != NEEDED:
        raise Refusal("shares-needed", needed=NEEDED, given=len(shares))
    one, other = shares
    if (one.role, one.generation, one.mark) != (other.role, other.generation, other.mark):
        raise Refusal("shares-differ")
    if one.place == other.place:
        raise Refusal("shares-same", place=one.place)
    # y0 = (x2*y1 - x1*y2) / (x2 - x1); minus is plus in GF(2^8).
    scale = _inverse(one.place ^ other.place)
    return bytes(
        _times(scale, _times(other.place, a) ^ _times(one.place, b))
        for a, b in zip(one.value, other.value, strict=True)
    )


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= _POLYNOMIAL
        b >>= 1
    return product


def _inverse(a: int) -> int:
    return next(b for b in range(1, 256) if _times(a, b) == 1)


def lock(secret: bytes, role: str, generation: int, private: bytes, nonce: bytes) -> bytes:
    """Lock a private key under the secret, bound to role and generation of the key."""
    bound = context("officer-recovery", role, str(generation))
    return nonce + AESGCM(_key(secret, bound)).encrypt(nonce, private, bound)


def unlock(secret: bytes, role: str, generation: int, locked: bytes) -> bytes:
    """Return the private key; raises ``shares-slip`` (role) for another secret: whoever calls has
    compared the marks, so that it was mistyped where the check letters do not tell."""
    bound = context("officer-recovery", role, str(generation))
    nonce, body = locked[:NONCE_BYTES], locked[NONCE_BYTES:]
    try:
        return AESGCM(_key(secret, bound)).decrypt(nonce, body, bound)
    except (InvalidTag, ValueError) as error:
        raise Refusal("shares-slip", role=role) from error


def _key(secret: bytes, bound: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=bound).derive(secret)
