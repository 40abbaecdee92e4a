"""A message of this house: from what somebody wants to say to a message that may leave.

Huiyin is no public warning authority. So a message is an exercise unless it says otherwise, and
private or restricted; an actual public one is refused without the authority's name. An exercise is
marked where people look (headline and event), and an alert holds what 突发事件应对法 (2024) art. 64
asks of a warning: category, level, start, area, what to heed, measures, issuer, time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from huiyin.domain.cap import rules, times
from huiyin.domain.cap.findings import Finding
from huiyin.domain.cap.message import Alert, Info, Pair
from huiyin.domain.cap.writing import write
from huiyin.domain.errors import Refusal

# The word that marks an exercise, by language; another language has the English word.
MARKS = {"zh": "演练", "en": "EXERCISE", "ar": "تمرين"}
LEVEL = "level"
WARNS = ("Alert", "Update")
_BOUND = ("Actual", "Exercise")


def compose(alert: Alert, now: datetime, entropy: bytes, authority: str = "") -> str:
    """The text of the message, with identifier, time and marks filled in where they are empty.

    ``authority`` names the rule or body that lets the sender warn the public. Refusals:
    ``alert-public`` (actual, public, no authority), ``alert-invalid`` (with ``findings``),
    ``alert-time-offset``, ``alert-unprintable``.
    """
    filled = fill(alert, now, entropy)
    if filled.status == "Actual" and filled.scope == "Public" and not authority.strip():
        raise Refusal("alert-public", sender=filled.sender)
    found = [f for f in (*rules.check(filled), *check(filled)) if f.is_error]
    if found:
        raise Refusal("alert-invalid", count=len(found), findings=found)
    return write(filled)


def fill(alert: Alert, now: datetime, entropy: bytes) -> Alert:
    """What can be known without asking: exercise unless said otherwise, time, a new identifier."""
    status = alert.status or "Exercise"
    scope = alert.scope or ("Private" if alert.addresses else "Restricted")
    sent = alert.sent or times.written(now)
    stamp = "".join(sign for sign in sent[:19] if sign.isdigit())
    return replace(
        alert,
        identifier=alert.identifier or f"{stamp}-{entropy.hex()}",
        sent=sent,
        status=status,
        msg_type=alert.msg_type or "Alert",
        scope=scope,
        info=tuple(_marked(info) for info in alert.info) if status == "Exercise" else alert.info,
    )


def check(alert: Alert) -> tuple[Finding, ...]:
    """What this house asks for beyond the standard."""
    found: list[Finding] = []
    for number, info in enumerate(alert.info):
        path = f"info[{number}]"
        if alert.status == "Exercise" and not is_marked(info):
            found.append(Finding("exercise-unmarked", f"{path}.headline"))
        if alert.msg_type in WARNS and alert.status in _BOUND:
            found += [Finding(f"art64-{name}", f"{path}.{at}") for name, at in _lacking(info)]
    if alert.msg_type in WARNS and alert.status in _BOUND and not alert.info:
        found.append(Finding("art64-category", "info"))
    return tuple(found)


def is_marked(info: Info) -> bool:
    """Whether headline and event both say that this is an exercise."""
    texts = [text for text in (info.headline, info.event) if text]
    return bool(texts) and all(
        any(mark in text or mark.lower() in text.lower() for mark in MARKS.values())
        for text in texts
    )


def _marked(info: Info) -> Info:
    language = info.language.partition("-")[0].lower()
    return replace(
        info,
        event=_with_mark(info.event, language),
        headline=_with_mark(info.headline, language),
    )


def _with_mark(text: str, language: str) -> str:
    mark = MARKS.get(language, MARKS["en"])
    if not text.strip() or mark.lower() in text.lower():
        return text
    return f"【{mark}】{text}" if language == "zh" else f"{mark}: {text}"


def _lacking(info: Info) -> Iterator[tuple[str, str]]:
    """The items of art. 64 that are not there, with the element that should hold them.

    The time of issue is ``sent``, without which there is no message.
    """
    if not info.category:
        yield "category", "category"
    if info.severity in ("", "Unknown") or not _has(info.parameter, LEVEL):
        yield "level", "parameter"
    if not (info.onset or info.effective):
        yield "start", "onset"
    if not any(area.area_desc.strip() for area in info.area):
        yield "area", "area"
    if not info.description.strip():
        yield "attention", "description"
    if not info.instruction.strip() or not info.response_type:
        yield "measures", "instruction"
    if not info.sender_name.strip():
        yield "issuer", "senderName"


def _has(pairs: tuple[Pair, ...], name: str) -> bool:
    return any(pair.value_name == name and pair.value.strip() for pair in pairs)
