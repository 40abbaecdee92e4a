"""What a typed text looks like once it is safe to keep and to show.

Lone surrogates and control characters are refused; what is merely invisible (zero-width
spaces, byte-order marks, tags, bidi overrides that make a text read differently from
what it says) is taken out silently, so that nobody's complaint is turned away for a
character that they cannot see. Joiners stay where a script needs them. Markup, language
and meaning are not here, and neither is any limit: limits are arguments.
"""

from __future__ import annotations

import re
import unicodedata

from huiyin.domain.errors import Refusal

_LINE_ENDS = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{4,}")
_ISOLATE_STARTS = "\u2066\u2067\u2068"
_ISOLATE_END = "\u2069"
_ISOLATES = _ISOLATE_STARTS + _ISOLATE_END
# Zero-width space, non-joiner, joiner, Mongolian vowel separator: needed inside Arabic,
# Indic, Khmer, Thai, Mongolian words and emoji, invisible noise elsewhere.
_JOINERS = "\u200b\u200c\u200d\u180e"
# Hebrew to Mongolian and Vedic; Saurashtra to Meetei Mayek; the newer Indic scripts.
_JOINING = (("\u0590", "\u1cff"), ("\ua800", "\uabff"), ("\U00010a00", "\U00011fff"))
# Format characters (Cf) with a visible shape: signs that span Arabic, Syriac, Kaithi digits.
_VISIBLE_FORMAT = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# Letters by category that show nothing: Hangul fillers and the blank braille cell.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_FILLERS = "\u3164\uffa0"
# UAX #15 section 13 (Stream-Safe Text): no living writing has more marks on one letter,
# and sorting them costs the square of their number.
_MOST_MARKS = 30
_EARLY_SLACK = 1000
# Letters and signs of most texts: nothing here is invisible, a mark or a control, so a text
# of these alone skips the walk over its characters (a test holds each of them to that).
_PLAIN = re.compile(
    "[\n\t -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e"
    "\u20a0-\u20bf\u2190-\u23ff\u2460-\u27bf\u3000-\u3029\u3030-\u3096\u309b-\u312f\u3190-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9f]*"
)


def clean_text(text: str, field: str, limit: int) -> str:
    """Return a text of several lines: NFC, ``\\n`` ends, no trailing blanks.

    ``limit`` counts characters (code points) of the result; ``field`` names the input in
    refusals: ``text-empty``, ``text-too-long`` (length, limit), ``text-surrogate``,
    ``text-control-character`` (codepoint), ``text-too-many-marks`` (all with position).
    """
    _not_far_too_long(text, field, limit)
    text = _LINE_ENDS.sub("\n", text)
    text = _visible(text, field)
    lines = (_balanced(line).rstrip() for line in text.split("\n"))
    return _within(_BLANK_LINES.sub("\n\n\n", "\n".join(lines)), field, limit)


def clean_line(text: str, field: str, limit: int) -> str:
    """Return one line (a name, a subject, an address): white space runs become a space.

    No bidi control at all survives here: a name must read the same wherever it is shown.
    Refuses like ``clean_text``.
    """
    _not_far_too_long(text, field, limit)
    text = _visible(_LINE_ENDS.sub("\n", text), field)
    text = "".join(letter for letter in text if letter not in _ISOLATES)
    return _within(_SPACES.sub(" ", text), field, limit)


def _visible(text: str, field: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    _refuse_harmful(text, field)
    return _without_invisible(text)


def _within(text: str, field: str, limit: int) -> str:
    # Last, because what was taken out may have kept two marks from their right order.
    text = unicodedata.normalize("NFC", text.strip())
    if not any(_shows(letter) for letter in text):
        raise Refusal("text-empty", field=field)
    if len(text) > limit:
        raise Refusal("text-too-long", field=field, length=len(text), limit=limit)
    return text


def _not_far_too_long(text: str, field: str, limit: int) -> None:
    # Cleaning shortens; this bound only keeps the work proportional to the limit.
    if len(text) > 4 * limit + _EARLY_SLACK:
        raise Refusal("text-too-long", field=field, length=len(text), limit=limit)


def _refuse_harmful(text: str, field: str) -> None:
    """Raise for the first lone surrogate, control character or heap of marks."""
    marks = 0
    for position, letter in enumerate(text, start=1):
        category = unicodedata.category(letter)
        if category == "Cs":
            raise Refusal("text-surrogate", field=field, position=position)
        if (category == "Cc" and letter not in "\n\t") or _is_noncharacter(letter):
            codepoint = f"U+{ord(letter):04X}"
            raise Refusal(
                "text-control-character", field=field, position=position, codepoint=codepoint
            )
        if category[0] == "M":
            marks += 1
        elif category != "Cf" and letter not in _FILLERS:  # these may be taken out later
            marks = 0
        if marks > _MOST_MARKS:
            raise Refusal("text-too-many-marks", field=field, position=position)


def _is_noncharacter(letter: str) -> bool:
    """Tell the 66 code points that Unicode reserves as no character (section 23.7)."""
    point = ord(letter)
    return 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE


def _without_invisible(text: str) -> str:
    kept: list[str] = []
    before = base = ""
    for letter in text:
        if letter in _JOINERS:
            keep = bool(before) and before not in _JOINERS and _joins(base)
        elif _is_selector(letter):
            keep = _shows(before) and not _is_selector(before)
        else:
            keep = letter not in _FILLERS and not _is_invisible_format(letter)
        if keep:
            kept.append(letter)
            before = letter
            # Marks are passed over: NFC may put them into another order.
            if letter not in _JOINERS and unicodedata.category(letter)[0] != "M":
                base = letter
    return "".join(kept)


def _is_invisible_format(letter: str) -> bool:
    if unicodedata.category(letter) != "Cf":
        return False
    return letter not in _VISIBLE_FORMAT and letter not in _ISOLATES


def _is_selector(letter: str) -> bool:
    """Tell variation selectors; the ideographic ones spell names in China and Japan."""
    return "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"


def _joins(base: str) -> bool:
    """Tell whether a joiner after ``base`` and its marks can matter to script or emoji.

    Scripts from Hebrew to Khmer and Mongolian, and pictographs with their modifiers.
    Latin, Greek, Cyrillic and Chinese need no joiner.
    """
    if any(first <= base <= last for first, last in _JOINING):
        return unicodedata.category(base)[0] == "L"
    return base != "" and unicodedata.category(base) in ("So", "Sk")


def _balanced(line: str) -> str:
    """Return the line with its bidi isolates, or without any if they do not pair up."""
    depth = 0
    for letter in line:
        if letter in _ISOLATE_STARTS:
            depth += 1
        elif letter == _ISOLATE_END:
            depth -= 1
            if depth < 0:
                break
    if depth == 0:
        return line
    return "".join(letter for letter in line if letter not in _ISOLATES)


def _shows(letter: str) -> bool:
    """Tell whether a reader sees anything: a letter, digit, sign, punctuation, symbol."""
    if letter == "":
        return False
    visible = unicodedata.category(letter)[0] in "LNPS" or unicodedata.category(letter) == "Co"
    return (visible and letter not in _BLANK_LETTERS) or letter in _VISIBLE_FORMAT
