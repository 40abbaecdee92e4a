"""Lengths of time as people write them: “5 min”, “90 秒”, “1 h 30 min”, “3 months”.

A plan file holds ISO 8601 (``PT5M``, ``P3M``); nobody who fills in a form should have to know it.
What is not understood is handed on as it was typed, and the reader of plans refuses it.
"""

from __future__ import annotations

import re

# ISO letter → how it is shown in each language; the longest unit first. M is minutes after a T.
_SHOWN = {
    "D": {"en": "d", "zh": "天", "ar": "يوم"},
    "H": {"en": "h", "zh-Hans": "小时", "zh-Hant": "小時", "ar": "ساعة"},
    "M": {"en": "min", "zh-Hans": "分钟", "zh-Hant": "分鐘", "ar": "دقيقة"},
    "S": {"en": "s", "zh": "秒", "ar": "ثانية"},
}
_SPANS = {
    "D": {"en": "days", "zh": "天", "ar": "يوم"},
    "W": {"en": "weeks", "zh-Hans": "周", "zh-Hant": "週", "ar": "أسبوع"},
    "M": {"en": "months", "zh-Hans": "个月", "zh-Hant": "個月", "ar": "شهر"},
    "Y": {"en": "years", "zh": "年", "ar": "سنة"},
}
_READ = {
    "D": "d day days 天 日 يوم أيام",
    "H": "h hr hrs hour hours 小时 小時 时 時 ساعة ساعات",
    "M": "m min mins minute minutes 分钟 分鐘 分 دقيقة دقائق",
    "S": "s sec secs second seconds 秒 秒钟 秒鐘 ثانية ثوان",
}
_READ_SPANS = {
    "D": _READ["D"],
    "W": "w week weeks 周 週 星期 أسبوع أسابيع",
    "M": "m month months 月 个月 個月 شهر أشهر",
    "Y": "y year years 年 سنة سنوات",
}
_PARTS = re.compile(r"\s*([0-9]{1,8})\s*([^\W\d_]+)\.?\s*,?")
_ISO = re.compile(r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?")
_ISO_SPAN = re.compile(r"P([0-9]+)([DWMY])")


def duration_shown(iso: str, language: str) -> str:
    """“1 h 30 min” for ``PT1H30M``; what is no ISO duration comes back as it is."""
    found = _ISO.fullmatch(iso)
    if not found or not any(found.groups()):
        return iso
    parts = zip(found.groups(), "DHMS", strict=True)
    told = [f"{n} {_word(_SHOWN[unit], language)}" for n, unit in parts if n and int(n)]
    return " ".join(told) or f"0 {_word(_SHOWN['S'], language)}"


def span_shown(iso: str, language: str) -> str:
    """“3 months” for ``P3M``; what is no ISO span comes back as it is."""
    found = _ISO_SPAN.fullmatch(iso)
    return f"{found[1]} {_word(_SPANS[found[2]], language)}" if found else iso


def duration_typed(text: str) -> str:
    """ISO 8601 for what was typed, or the text itself where it is not understood."""
    parts = _parts(text, _READ)
    if parts is None or [u for _n, u in parts] != sorted({u for _n, u in parts}, key="DHMS".index):
        return text
    days = "".join(f"{n}D" for n, unit in parts if unit == "D")
    rest = "".join(f"{n}{unit}" for n, unit in parts if unit != "D")
    return f"P{days}" + (f"T{rest}" if rest else "")


def span_typed(text: str) -> str:
    """ISO 8601 for what was typed, or the text itself where it is not understood."""
    parts = _parts(text, _READ_SPANS)
    return f"P{parts[0][0]}{parts[0][1]}" if parts and len(parts) == 1 else text


def _parts(text: str, words: dict[str, str]) -> list[tuple[int, str]] | None:
    """The numbers with their units, or None where something else stands there."""
    known = {word: unit for unit, names in words.items() for word in names.split()}
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _PARTS.match(text, at)
        if match is None or match[2].lower() not in known or not match[1].isascii():
            return None
        found.append((int(match[1]), known[match[2].lower()]))
        at = match.end()
    return found or None


def _word(names: dict[str, str], language: str) -> str:
    return names.get(language) or names.get(language.partition("-")[0]) or names["en"]
