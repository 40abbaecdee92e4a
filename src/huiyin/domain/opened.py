"""One opened event against its public leaf: shape, commitment, class, day.

Shared by the checks of receipts (verification.py) and of an auditor's package (openings.py).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from huiyin.domain.findings import INVALID, Stop, guard
from huiyin.domain.leaves import (
    Leaf,
    canonical,
    commit,
    format_at,
    is_version,
    parse_at,
    parse_leaf,
)

FUTURE = timedelta(days=1)  # clocks and days differ; beyond that a time has not come yet
_FIELDS = {
    "case": str, "prev": str, "at": str, "role": str, "act": str, "class": str,
    "data": dict, "dues": list, "content": list,
}  # fmt: skip


def check_commitment(at: int, event: bytes, key: bytes, leaf: bytes) -> Leaf:
    """The leaf as read, if it commits to exactly these bytes under this key.

    ``at`` is the place that findings name. Raises Stop: event-leaf-malformed and its like,
    event-commitment-wrong.
    """
    public = guard(INVALID, "event-", lambda: parse_leaf(leaf), event=at)
    if not hmac.compare_digest(commit(key, event), public.commitment):
        raise Stop(INVALID, "event-commitment-wrong", event=at)
    return public


def check_shape(at: int, event: bytes, said: Mapping[str, object]) -> None:
    """The shape that the log commits to, so that no field is read that may not be there.

    Raises Stop: event-field-missing, event-not-canonical.
    """
    for name, kind in _FIELDS.items():
        if not isinstance(said.get(name), kind):
            raise Stop(INVALID, "event-field-missing", event=at, field=name)
    if not is_version(said.get("v")) or type(said.get("seq")) is not int:
        raise Stop(INVALID, "event-field-missing", event=at, field="v, seq")
    if guard(INVALID, "event-", lambda: canonical(said), event=at) != event:
        raise Stop(INVALID, "event-not-canonical", event=at)


def check_class_and_day(
    at: int, said: Mapping[str, object], leaf: Leaf, now: datetime | None
) -> None:
    """What the public leaf tells is what the event says, and by ``now`` its time has come.

    Raises Stop: event-class-differs, event-time-malformed, event-day-differs, event-in-future.
    """
    if said["class"] != leaf.event_class:
        raise Stop(INVALID, "event-class-differs", event=at)
    moment = guard(INVALID, "event-", lambda: parse_at(said["at"]), event=at)
    if moment.date() != leaf.day:
        raise Stop(INVALID, "event-day-differs", event=at, day=leaf.day.isoformat())
    if now is not None and moment > now + FUTURE:
        raise Stop(INVALID, "event-in-future", event=at, at=said["at"], now=format_at(now))
