"""A register to test with: a key folder of its own, and cases whose events fill it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction

from huiyin.domain.states import Event
from huiyin.history import acts as history

NOW = datetime(2026, 11, 20, 8, 30, 15, 123456, tzinfo=UTC)
CLASSES = ["registered", "accepted", "forwarded", "answered"]


def entropy(seed: str) -> Callable[[int], bytes]:
    """Bytes that differ from call to call and are the same in every run."""
    count = 0

    def draw(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed} {count}".encode()).digest(length)

    return draw


DRAW = entropy("register")


def write(stream: str, previous: bytes | None, seq: int, event_class: str) -> history.Written:
    """One more event of a case, in a transaction of its own."""
    at = NOW + timedelta(minutes=seq)
    event = Event(seq, f"act-{seq}", at, "owner", "p7" if seq > 1 else None, {"seq": seq})
    draft = history.Draft(event, event_class, [{"limit": "decide", "due": "2027-01-19"}])
    with transaction.atomic():
        return history.append(stream, previous, [draft], at, DRAW)


def case(stream: str, events: int, last_class: str = "answered") -> list[history.Written]:
    """A case with some events."""
    written: list[history.Written] = []
    for seq in range(1, events + 1):
        event_class = last_class if seq == events else CLASSES[(seq - 1) % 3]
        previous = written[-1].bodies[-1] if written else None
        written.append(write(stream, previous, seq, event_class))
    return written
