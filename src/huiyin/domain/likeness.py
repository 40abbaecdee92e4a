"""Whether a text says somebody's name, number or address, however it is written.

Other blanks, dashes and invisible marks, other widths and capitals, accents or none, traditional
for simplified characters, digits of another script, the family name first or last. Plain strings;
what follows from a find is decided elsewhere. A nickname or a description is not found.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc import OpenCC

CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_MIXED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\\d]+")
_WORDS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d(?:[\W_]{0,3}\d)+")
_SAID = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
# So many last digits are one telephone, whatever stands before them; fewer are none.
_TAIL, _LEAST = 8, 7
# A few letters in a Chinese address name a staircase, not a person.
_NAMES = 4


@cache
def _simplified() -> dict[int, int]:
    """Every traditional character that has another, simplified form."""
    every = [chr(point) for point in range(0x3400, 0xA000)]
    plain = OpenCC("t2s").convert("\n".join(every)).split("\n")
    return {ord(a): ord(b) for a, b in zip(every, plain, strict=True) if a != b}


def simplified(text: str) -> str:
    """The text in simplified characters, one for one, without invisible marks."""
    seen = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return "".join(seen).translate(_simplified())


def says(text: str, word: str) -> bool:
    """Whether ``text`` holds the private ``word``."""
    held, wanted = _folded(text), _folded(word)
    if len(_compact(wanted)) < 2:
        return False
    if _is_number(wanted):
        return _says_number(held, wanted)
    if "@" in wanted:
        return _says_address(held, wanted)
    if not CJK.search(wanted):
        return _says_words(held, wanted)
    return _says_characters(held, wanted)


def _folded(text: str) -> str:
    """Without what differs between two ways of writing the same."""
    plain = unicodedata.normalize("NFKD", simplified(text))
    kept = (c for c in plain if unicodedata.category(c) != "Mn")
    digits = (str(unicodedata.decimal(c, c)) for c in kept)
    return unicodedata.normalize("NFC", "".join(digits)).casefold()


def _compact(text: str) -> str:
    return "".join(_WORDS.findall(text))


def _is_number(wanted: str) -> bool:
    plain = _compact(wanted)
    return plain.isdigit() and len(plain) >= _LEAST


def _says_number(held: str, wanted: str) -> bool:
    tail = _compact(wanted)[-_TAIL:]
    runs = _DIGITS.findall(held.translate(_SAID))
    return any(tail in _compact(run) for run in runs)


def _says_address(held: str, wanted: str) -> bool:
    name, _, host = map(_compact, wanted.rpartition("@"))
    plain = _compact(held)
    return name + host in plain or f"{name}at{host}" in plain


def _says_words(held: str, wanted: str) -> bool:
    """All words of a name beside each other in any order, or written as one."""
    words, said = _WORDS.findall(wanted), _WORDS.findall(held)
    if {"".join(words), "".join(reversed(words))} & set(said):
        return True
    count, wanted_words = len(words), sorted(words)
    return any(sorted(said[at : at + count]) == wanted_words for at in range(len(said) - count + 1))


def _says_characters(held: str, wanted: str) -> bool:
    """The whole, or of a name in two scripts either half."""
    plain, letters = _compact(held), _MIXED.sub(" ", wanted)
    if _compact(wanted) in plain:
        return True
    if len(_compact(letters)) < _NAMES:
        return False
    names = [run for run in _MIXED.findall(wanted) if CJK.search(run) and len(run) > 1]
    return any(name in plain for name in names) or _says_words(held, letters)
