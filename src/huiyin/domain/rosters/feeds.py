"""One person's duty as an iCalendar text (RFC 5545), for the calendar of their telephone.

Times are UTC, so that no time zone table has to travel along. An entry holds the role, the
roster and the duty telephone: never the name of a person, neither theirs nor another's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from huiyin.domain.rosters.values import Shift

_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1
# Embeddings, overrides and isolates of the Unicode bidirectional algorithm (UAX #9).
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the feed, in the reader's language."""

    calendar: str
    roles: dict[str, str]
    phones: dict[str, str]


def feed(roster: str, host: str, shifts: Iterable[Shift], words: Words, stamp: datetime) -> str:
    """The calendar of ``shifts``; ``roster`` and ``host`` make the identifiers unique,
    ``stamp`` is the instant at which it was made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Huiyin//Roster//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(words.calendar)}",
    ]
    for shift in shifts:
        lines += _event(roster, host, shift, words, stamp)
    return "".join(_folded(line) + "\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(roster: str, host: str, shift: Shift, words: Words, stamp: datetime) -> list[str]:
    phone = words.phones.get(shift.role, "")
    return [
        "BEGIN:VEVENT",
        f"UID:{roster}-{shift.role}-{_at(shift.start)}@{host}",
        f"DTSTAMP:{_at(stamp)}",
        f"DTSTART:{_at(shift.start)}",
        f"DTEND:{_at(shift.end)}",
        f"SUMMARY:{_text(words.roles.get(shift.role, shift.role))}",
        *([f"DESCRIPTION:{_text(phone)}"] if phone else []),
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]


def _at(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A TEXT value, RFC 5545 section 3.3.11. Whatever some reader takes for the end of a line is
    one, so that no text begins a property; other controls, and what turns a text around, have
    no place."""
    lines = ("".join(c for c in line if _shown(c)) for line in value.splitlines())
    kept = "\n".join(lines)
    for plain in ("\\", ";", ","):
        kept = kept.replace(plain, "\\" + plain)
    return kept.replace("\n", "\\n")


def _shown(character: str) -> bool:
    return character == "\t" or (
        character not in _TURNING and unicodedata.category(character) not in ("Cc", "Cs")
    )


def _folded(line: str) -> str:
    """Lines of at most 75 octets; no character is broken in two."""
    parts: list[bytes] = []
    held = b""
    for character in line:
        octets = character.encode()
        most = _LONGEST_LINE - (1 if parts else 0)
        if len(held) + len(octets) > most:
            parts.append(held)
            held = b""
        held += octets
    return "\r\n ".join(part.decode() for part in [*parts, held])
