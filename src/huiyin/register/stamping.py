"""A time from somebody else for each checkpoint, when the office names an authority (HUIYIN_TSA).

The token is over the text that the register signed: origin, size, root. It is kept in the
database and published beside the register; it is checked with the authority's certificate:
``openssl ts -verify -data CHECKPOINT-TEXT -in TOKEN -token_in -CAfile CA``.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings

from huiyin.domain import timestamps
from huiyin.domain.errors import Refusal
from huiyin.domain.notes import parse_note
from huiyin.register import queries, sending
from huiyin.register.models import Stamped


def stamp(now: datetime) -> Stamped | None:
    """Have the newest checkpoint stamped, unless it is already; None without an authority.

    Raises Refusal: register-is-empty, tsa-unreachable, tsa-refused, tsa-answer-wrong.
    """
    if not settings.HUIYIN_TSA:
        return None
    head = queries.head()
    if not head.checkpoint:
        raise Refusal("register-is-empty")
    text = parse_note(head.checkpoint).text
    held = Stamped.objects.filter(size=head.size).first()
    if held is not None and held.text == text:
        return held
    found = _ask(settings.HUIYIN_TSA, hashlib.sha256(text.encode()).digest())
    row, _ = Stamped.objects.update_or_create(
        size=head.size,
        defaults={"text": text, "token": found.token, "stamped_at": found.at, "at": now},
    )
    return row


def _ask(url: str, digest: bytes) -> timestamps.Stamp:
    nonce = secrets.randbits(63)
    body = timestamps.request(digest, nonce)
    reply = sending.request("POST", url, body, timestamps.MAX_TOKEN, kind=timestamps.QUERY)
    if reply.status != 200:
        raise Refusal("tsa-unreachable", why=reply.problem or str(reply.status))
    return timestamps.read_reply(reply.body, digest, nonce)


def newest() -> Stamped | None:
    """The newest stamped checkpoint."""
    return Stamped.objects.order_by("-size").first()
