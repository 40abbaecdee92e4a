"""Events of the installation's own keys: a stream beside those of the cases.

Who made, handed over, recovered or replaced a key is a fact like any other: one event, chained,
with its leaf of class ``administered``. Roles and generations only, never a name or a secret.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime

from huiyin.domain.states import Event
from huiyin.history.acts import Draft, Written, append
from huiyin.history.queries import Stored, events

STREAM = "keys"
CLASS = "administered"
ROLE = "administrator"


def register_ceremony(act: str, data: Mapping[str, object], now: datetime) -> Written:
    """Append one ceremony; call in the transaction that changes the keys. Raises ``stale``."""
    held = ceremonies()
    event = Event(len(held) + 1, act, now, ROLE, None, dict(data))
    previous = held[-1].body if held else None
    return append(STREAM, previous, [Draft(event, CLASS)], now, os.urandom)


def ceremonies() -> tuple[Stored, ...]:
    """All ceremonies so far, oldest first."""
    return events(STREAM)
