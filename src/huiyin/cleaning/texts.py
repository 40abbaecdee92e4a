"""Plain text: the letters that one sees, in UTF-8. Marks that nobody sees do not come along."""

from __future__ import annotations

import unicodedata

from huiyin.cleaning.results import CLEANED, MALFORMED, Result, refused
from huiyin.domain.sniffing import PLAIN, decoded

_JOINERS = "\u200c\u200d"  # words of some scripts need them


def clean(data: bytes, media: str) -> Result:
    """The text, readable everywhere. Raises NotCleaned if it is none."""
    text = decoded(data)
    if text is None:
        raise refused(MALFORMED)
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(c for c in ends if c in _JOINERS or unicodedata.category(c) != "Cf")
    removed = {"unseen": len(ends) - len(seen)} if len(ends) != len(seen) else {}
    return Result(CLEANED, media=PLAIN.media, removed=removed, copy=seen.encode())
