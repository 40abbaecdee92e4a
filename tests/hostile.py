"""Input that wishes us ill: many ways to spoil a text, the same in every run."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

# Where a number stands: too large for 63 and 64 bits, negative, other bases, other scripts.
NUMBERS = (
    b"9223372036854775807", b"9223372036854775808", b"18446744073709551616", b"-1", b"0x10",
    b"1e3", "١٢".encode(), "１２".encode(), b"9" * 400, b"01", b"+1", b" 1", b"1_0", b"",
)  # fmt: skip
_NUMBER = re.compile(rb"(?<![A-Za-z0-9+/=])\d+(?![A-Za-z0-9+/=])")


def spoilt(data: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Nothing, too much, other encodings, deep nesting, wrong numbers, then ``count`` random
    cuts, flips, repetitions, gaps and insertions."""
    yield from (b"", b"\xef\xbb\xbf" + data, b"\x00" * 100, data.replace(b"\n", b"\r\n"))
    yield from (data + b"\xff", data * 2, b"9" * 5000, b"[" * 100_000, b'{"a":' * 50_000)
    yield "\u202e".encode() + data
    found = list(_NUMBER.finditer(data))
    for match in found[:8]:
        for number in NUMBERS:
            yield data[: match.start()] + number + data[match.end() :]
    chance = random.Random(seed)
    for _ in range(count):
        yield _spoil(data, chance)


def _spoil(data: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.randrange(1, 60)
    return chance.choice([
        data[:at],
        data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :],
        data[:at] + data[at : at + length] + data[at:],
        data[:at] + data[at + length :],
        data[:at] + chance.randbytes(4) + data[at:],
    ])  # fmt: skip
