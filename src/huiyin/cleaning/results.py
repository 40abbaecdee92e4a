"""What cleaning a file can come to, and the limits of what is tried.

The limits guard the machine, not the law: they are far above what a telephone, a scanner or an
office program makes, and a file beyond them is refused with the advice to hand in a smaller one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

CLEANED, KEPT, REFUSED = "cleaned", "kept", "refused"

# A picture of 64 million points takes 256 MB as plain colours and as much again when turned.
MOST_PIXELS = 64_000_000
MOST_PAGES = 500
# Drawing instructions of one PDF, unpacked; a bomb of a few kilobytes unpacks to gigabytes.
MOST_UNPACKED = 256_000_000
MOST_OBJECTS = 50_000
DEEPEST = 40

MEMORY_BYTES = 1_600_000_000
CPU_SECONDS = 40
WALL_SECONDS = 60

# Why a file was kept as it is, or refused; each has its words in ``cases.file_words``.
NO_CLEANER, DYNAMIC_FORM, UNKNOWN_PICTURE = "no-cleaner", "dynamic-form", "unknown-picture"
MALFORMED, LOCKED, TOO_DEMANDING = "malformed", "locked", "too-demanding"
TOO_MANY_PIXELS, TOO_MANY_PAGES, INFECTED = "too-many-pixels", "too-many-pages", "infected"
REASONS = (
    *(NO_CLEANER, DYNAMIC_FORM, UNKNOWN_PICTURE),
    *(MALFORMED, LOCKED, TOO_DEMANDING, TOO_MANY_PIXELS, TOO_MANY_PAGES, INFECTED),
)


@dataclass(frozen=True, slots=True)
class Result:
    """``result``: cleaned, kept or refused. ``media``: the type of ``copy``, the cleaned bytes.

    ``removed`` counts what was left out, by its name in ``cases.file_words``.
    """

    result: str
    reason: str = ""
    media: str = ""
    removed: dict[str, int] = field(default_factory=dict)
    copy: bytes = field(default=b"", repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the copy, in hex."""
        return hashlib.sha256(self.copy).hexdigest()


class NotCleaned(Exception):
    """Raised by a cleaner that cannot make a clean copy; becomes a ``Result``."""

    def __init__(self, result: str, reason: str) -> None:
        super().__init__(f"{result}: {reason}")
        self.result, self.reason = result, reason


def refused(reason: str) -> NotCleaned:
    """The file itself is at fault: somebody should hand in another one."""
    return NotCleaned(REFUSED, reason)


def kept(reason: str) -> NotCleaned:
    """The file may be sound, but no cleaner of ours can make a copy of it."""
    return NotCleaned(KEPT, reason)
