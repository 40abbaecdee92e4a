"""Single values as they stand in a plan file: durations, spans, phones, places, clocks.

Each ``read_`` function takes the text and gives the value or raises ``ValueError`` with the
remedy in words; each ``write_`` gives the one canonical text, so that reading what was written
gives the same value.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal, InvalidOperation

from huiyin.domain.errors import Refusal
from huiyin.domain.periods import Period
from huiyin.domain.plans.grounds import Point

LONGEST = 366 * 86_400
_DURATION = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?")
_SPAN = re.compile(r"P(\d{1,5})([DWMY])")
_WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIGURE = re.compile(r"-?(0|[1-9]\d{0,11})(\.\d{1,6})?")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SHORT = re.compile(r"\d{3,6}")
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")


def read_word(text: str) -> str:
    if not _WORD.fullmatch(text) or len(text) > 80:
        raise ValueError("use small letters, digits and single hyphens, 80 at most")
    return text


def read_duration(text: str) -> int:
    """Seconds from ISO 8601 (``PT1H30M``, ``P2D``) or a whole number of seconds."""
    if text.isascii() and text.isdigit() and len(text) <= 8:
        seconds = int(text)
    else:
        match = _DURATION.fullmatch(text) if text.isascii() else None
        if match is None or not any(match.groups()) or text.endswith("T"):
            raise ValueError("write it as PT90S, PT5M, PT2H, P1D, or as whole seconds")
        days, hours, minutes, rest = (int(part or 0) for part in match.groups())
        seconds = days * 86_400 + hours * 3_600 + minutes * 60 + rest
    if seconds > LONGEST:
        raise ValueError("at most 366 days")
    return seconds


def write_duration(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{n}{u}" for n, u in ((hours, "H"), (minutes, "M"), (rest, "S")) if n]
    if not days and not parts:
        return "PT0S"
    return "P" + (f"{days}D" if days else "") + ("T" + "".join(parts) if parts else "")


def read_span(text: str) -> Period:
    """Calendar time: one count of days, weeks, months or years."""
    match = _SPAN.fullmatch(text) if text.isascii() else None
    if match is None:
        raise ValueError("write it as P30D, P2W, P6M or P2Y")
    try:
        return Period(int(match[1]), match[2].lower())
    except Refusal as refusal:
        raise ValueError("at least one day, week, month or year") from refusal


def write_span(period: Period) -> str:
    return f"P{period.count}{period.unit.upper()}"


def read_figure(text: str) -> Decimal:
    try:
        if not text.isascii() or not _FIGURE.fullmatch(text):
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("write a plain number such as 50 or 0.5") from error


def read_point(parts: list[str]) -> Point:
    """Latitude and longitude in degrees (WGS84)."""
    form = "write it as [36.6683, 116.9972]: latitude, then longitude, in degrees"
    if len(parts) != 2:
        raise ValueError(form)
    try:
        point = Point(read_figure(parts[0]), read_figure(parts[1]))
    except ValueError as error:
        raise ValueError(form) from error
    if abs(point.latitude) > 90 >= abs(point.longitude):
        raise ValueError("latitude lies between -90 and 90; it looks as if the two were exchanged")
    if abs(point.latitude) > 90:
        raise ValueError("latitude lies between -90 and 90")
    if abs(point.longitude) > 180:
        raise ValueError("longitude lies between -180 and 180")
    if not point.latitude and not point.longitude:
        raise ValueError("0, 0 lies in the Gulf of Guinea; give the true place, or leave it out")
    return point


def read_day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("write it as 2026-05-01") from error
    if len(text) != 10 or not 1900 <= found.year <= 2200:
        raise ValueError("write it as 2026-05-01, a year between 1900 and 2200")
    return found


def read_clock(text: str) -> time:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.ASCII) is None:
        raise ValueError('write it as "17:00"')
    return time.fromisoformat(text)


def read_address(channel: str, text: str) -> str:
    """The address of a channel: numbers in E.164, short numbers in digits."""
    if channel in ("mobile", "landline", "sms") and not _E164.fullmatch(text):
        raise ValueError("write the number in full, without spaces: +861012345678 (E.164)")
    if channel == "short-number" and not (text.isascii() and _SHORT.fullmatch(text)):
        raise ValueError("a short number has three to six digits: 119")
    if channel == "email" and not _EMAIL.fullmatch(text):
        raise ValueError("write it as name@example.org")
    return text
