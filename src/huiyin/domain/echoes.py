"""What a text for others repeats of the complainant: their name, a way to reach them, their words.

A request for comment goes to whoever is complained of; it must let them answer the matter and not
tell them who wrote. Found are: given private words, anything that looks like a telephone number
or an e-mail address, and passages copied from the complaint. Plain strings in and out; what
follows from a find is decided elsewhere. A description in other words cannot be found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huiyin.domain.likeness import CJK, says, simplified

PRIVATE, REACH, QUOTE = "private", "reach", "quote"
# A run this long is no accident: some five words of English, a clause of Chinese.
_RUN, _RUN_CJK = 28, 10
_MOST = 6
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_NUMBER = re.compile("(?<!\\d)\\+?\\d(?:[ ()./_\u2010-\u2015-]?\\d){6,17}(?!\\d)")
_DATE = re.compile(r"(?:19|20)\d\d[-./]?[01]?\d[-./]?[0-3]?\d")
_BLANKS = re.compile(r"[\s\u3000]+")


@dataclass(frozen=True, slots=True)
class Echo:
    """One find: its kind (``private``, ``reach``, ``quote``) and the passage as it stands."""

    kind: str
    passage: str


def echoes(text: str, complaint: Iterable[str], private: Iterable[str] = ()) -> tuple[Echo, ...]:
    """What ``text`` repeats of the ``private`` words and of the texts of the ``complaint``."""
    found = [Echo(PRIVATE, word) for word in private if says(text, word)]
    found += [Echo(REACH, match) for match in _reaches(text)]
    found += [Echo(QUOTE, passage) for passage in _quotes(text, list(complaint))]
    return tuple(found[: 2 * _MOST])


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", simplified(text)).casefold().strip()


def _reaches(text: str) -> list[str]:
    plain = simplified(text)
    numbers = [n for n in _NUMBER.findall(plain) if not _DATE.fullmatch(n)]
    return [*_MAIL.findall(plain), *numbers][:_MOST]


def _quotes(text: str, complaint: Sequence[str]) -> list[str]:
    plain = _plain(text)
    length = _RUN_CJK if CJK.search(plain) else _RUN
    known = {
        source[start : start + length]
        for source in map(_plain, complaint)
        for start in range(len(source) - length + 1)
    }
    found: list[str] = []
    at = 0
    while at + length <= len(plain) and len(found) < _MOST:
        if plain[at : at + length] not in known:
            at += 1
            continue
        end = at + length
        while end < len(plain) and plain[end - length + 1 : end + 1] in known:
            end += 1
        found.append(plain[at:end].strip())
        at = end
    return found
