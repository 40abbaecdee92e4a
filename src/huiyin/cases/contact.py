"""What a case's events say of how the complainant can be reached; never how to reach them.

Plain functions over events, for the projection, its rebuilding and the mailer. The acts that
change it after the hand-in are in ``reaching``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from huiyin.domain.states import Event

SEALED, UNSEALED = "identity-sealed", "identity-erased"
NOTICE, NO_NOTICE = "notice-set", "notice-stopped"
ERASED = "erased"
GIVE, TAKE_BACK = "consent", "consent-withdrawn"


def contact_of(events: Iterable[Event]) -> str:
    """``none``, ``notice``, ``identity`` (also with a notice), or ``erased`` on schedule."""
    identity, notice = False, False
    for event in events:
        if event.type == ERASED and (identity or notice):
            return "erased"
        identity = _identity_after(identity, event)
        notice = _notice_after("x" if notice else None, event) is not None
    return "identity" if identity else "notice" if notice else "none"


def notice_of(events: Iterable[Event]) -> str | None:
    """The reference of the sealed address that notices go to, or None."""
    found: str | None = None
    for event in events:
        found = _notice_after(found, event)
    return found


def told_of(events: Iterable[Event]) -> dict[str, tuple[str, datetime]]:
    """The consents in force: unit → (scope, since). What was sealed anew ends them all."""
    found: dict[str, tuple[str, datetime]] = {}
    for event in events:
        if event.type in (SEALED, UNSEALED, ERASED):
            found.clear()
        elif event.type == GIVE:
            found[str(event.data["to-unit"])] = (str(event.data["scope"]), event.at)
        elif event.type == TAKE_BACK:
            found.pop(str(event.data["to-unit"]), None)
    return found


def _identity_after(held: bool, event: Event) -> bool:
    if event.data.get("sealed_identity") or event.type == SEALED:
        return True
    return held and event.type not in (UNSEALED, ERASED)


def _notice_after(held: str | None, event: Event) -> str | None:
    texts = event.data.get("texts")
    if isinstance(texts, dict) and "contact" in texts:
        return str(texts["contact"])
    return None if event.type in (NO_NOTICE, ERASED) else held
