"""Questions to and answers of a time-stamping authority (RFC 3161), as far as a log needs them.

The request is written and the answer read here in DER (X.690), by hand: four types of it. Checked
is what a log can check by itself: that the authority granted, for our very hash and nonce, and
what time it names. Whose signature it is, anybody checks later with the authority's certificate:
``openssl ts -verify``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from huiyin.domain.errors import Refusal

SHA256 = bytes.fromhex("0609608648016503040201")  # OID 2.16.840.1.101.3.4.2.1
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # OID 1.2.840.113549.1.7.2
TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")  # OID 1.2.840.113549.1.9.16.1.4
SEQUENCE, INTEGER, OCTETS, TIME = 0x30, 0x02, 0x04, 0x18
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
MAX_TOKEN = 60_000  # bytes


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def _integer(value: int) -> bytes:
    return _der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _imprint(digest: bytes) -> bytes:
    return _der(SEQUENCE, _der(SEQUENCE, SHA256, b"\x05\x00"), _der(OCTETS, digest))


def request(digest: bytes, nonce: int) -> bytes:
    """A TimeStampReq for a SHA-256 ``digest``, asking for the certificate (RFC 3161, 2.4.1)."""
    return _der(SEQUENCE, _integer(1), _imprint(digest), _integer(nonce), b"\x01\x01\xff")


@dataclass(frozen=True, slots=True)
class Stamp:
    """``token``: the DER of the TimeStampToken; ``at``: the time in it, UTC."""

    token: bytes
    at: datetime


def read_reply(data: bytes, digest: bytes, nonce: int) -> Stamp:
    """The token in a TimeStampResp (RFC 3161, 2.4.2), if it answers this question.

    Raises Refusal: tsa-refused (status other than granted), tsa-answer-wrong.
    """
    try:
        status, *rest = _children(_only(data, SEQUENCE))
        granted = int.from_bytes(_children_of(status)[0][1], "big")
        if granted not in (0, 1):
            raise Refusal("tsa-refused", status=granted)
        info = _tst_info(rest[0])
        _require_imprint(info, digest)
        numbers = [value for tag, value, _ in info if tag == INTEGER]
        # version and serialNumber come first, the nonce after them.
        if int.from_bytes(numbers[2], "big") != nonce or len(data) > MAX_TOKEN:
            raise ValueError
        (at,) = [value for tag, value, _ in info if tag == TIME]
        return Stamp(rest[0][2], _time(at))
    except (ValueError, IndexError):
        raise Refusal("tsa-answer-wrong") from None


Item = tuple[int, bytes, bytes]  # tag, content, the whole with its tag


def _children(body: bytes) -> Iterator[Item]:
    at = 0
    while at < len(body):
        tag, size, begin = body[at], body[at + 1], at + 2
        if size & 0x80:
            width = size & 0x7F
            if not 1 <= width <= 4:
                raise ValueError
            size, begin = int.from_bytes(body[begin : begin + width], "big"), begin + width
        end = begin + size
        if end > len(body):
            raise ValueError
        yield tag, body[begin:end], body[at:end]
        at = end


def _children_of(item: Item) -> list[Item]:
    return list(_children(item[1]))


def _only(data: bytes, tag: int) -> bytes:
    (item,) = _children(data)
    if item[0] != tag:
        raise ValueError
    return item[1]


def _tst_info(token: Item) -> list[Item]:
    """The fields of TSTInfo inside ContentInfo > SignedData > encapContentInfo (RFC 5652)."""
    kind, explicit = _children_of(token)
    if kind[2] != SIGNED_DATA:
        raise ValueError
    signed = list(_children(_only(explicit[1], SEQUENCE)))
    content = _children_of(signed[2])  # version, digestAlgorithms, encapContentInfo
    if content[0][2] != TST_INFO:
        raise ValueError
    return list(_children(_only(_only(content[1][1], OCTETS), SEQUENCE)))


def _require_imprint(info: list[Item], digest: bytes) -> None:
    algorithm, hashed = _children_of(info[2])  # version, policy, messageImprint
    if _children_of(algorithm)[0][2] != SHA256 or hashed[:2] != (OCTETS, digest):
        raise ValueError


def _time(text: bytes) -> datetime:
    """GeneralizedTime as RFC 3161 writes it: YYYYMMDDhhmmss[.fraction]Z."""
    whole, _, fraction = text.decode("ascii", "strict").removesuffix("Z").partition(".")
    if len(whole) != 14 or not (whole + fraction).isdigit() or not text.endswith(b"Z"):
        raise ValueError
    at = datetime.strptime(whole + "+0000", "%Y%m%d%H%M%S%z").astimezone(UTC)
    return at.replace(microsecond=int((fraction + "000000")[:6]))
