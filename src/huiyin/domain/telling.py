"""What a state means, in a sentence: for the complainant, and for the office.

The sentences come from the pack; here they get their dates. A late office is told apart from
one in time by comparing clocks with ``now``, so the sentence changes at midnight without any
job. Formatting beyond a date in words is the business of the pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from huiyin.domain.calendars import Calendar
from huiyin.domain.folding import as_of
from huiyin.domain.packs import LANGUAGES, Pack, Stage, Text
from huiyin.domain.states import Clock, State, Status

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_UNKNOWN = {
    "zh-Hans": "（该年度历法尚未公布，日期暂不能算出）",
    "zh-Hant": "（該年度曆法尚未公布，日期暫不能算出）",
    "en": "a date that cannot be told until the calendar of that year is published",
}
_PROVISIONAL = {
    "zh-Hans": "（暂定，该年度放假安排尚未公布）",
    "zh-Hant": "（暫定，該年度放假安排尚未公布）",
    "en": " (provisional: that year's holidays are not yet official)",
}


def status(pack: Pack, calendar: Calendar, state: State, now: datetime) -> Status:
    """The sentences of the present stage, for complainant (``text``) and ``office``.

    ``data``: stage, level, outcome, open, waits_on, limit, due (last day or hour), due_at
    (exclusive instant), late, suspended, provisional, extended, missing_year, spells.
    """
    current = as_of(pack, calendar, state, max(now, state.last))
    stage = pack.stages[current.stage]
    clock = current.clock(stage.about) if stage.about else None
    if clock is not None and clock.level != current.level:
        clock = None
    late = clock is not None and clock.running and clock.late(now)
    resident = stage.late_resident if late and stage.late_resident else stage.resident
    office = stage.late_office if late and stage.late_office else stage.office
    words = _dates(pack, current, clock)
    paused = _paused(pack, current, clock)
    return Status(
        text=_fill(resident, words, paused),
        office=_fill(office, words, paused),
        data=_facts(current, stage, clock, late),
    )


def day_in_words(day: date, language: str) -> str:
    """ "3 March 2026", "2026年3月3日"."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def moment_in_words(moment: date | datetime, language: str, zone: ZoneInfo) -> str:
    """A due date in words; an instant also names the hour and minute at the office."""
    if not isinstance(moment, datetime):
        return day_in_words(moment, language)
    local = moment.astimezone(zone)
    return f"{day_in_words(local.date(), language)} {local:%H:%M}"


def _dates(pack: Pack, state: State, clock: Clock | None) -> dict[str, Text]:
    zone = ZoneInfo(pack.zone)
    started = state.started.astimezone(zone).date()
    return {
        "due": {lang: _due_in_words(clock, lang, zone) for lang in LANGUAGES},
        "started": {lang: day_in_words(started, lang) for lang in LANGUAGES},
    }


def _due_in_words(clock: Clock | None, language: str, zone: ZoneInfo) -> str:
    if clock is None or clock.due is None:
        return _UNKNOWN[language]
    words = moment_in_words(clock.due.due, language, zone)
    return words + (_PROVISIONAL[language] if clock.due.provisional else "")


def _paused(pack: Pack, state: State, clock: Clock | None) -> Text | None:
    if clock is None or not clock.suspended:
        return None
    begun = {s.id for s in state.spells}
    return next((p.text for p in pack.limits[clock.limit].pauses if p.spell in begun), None)


def _fill(text: Text, words: Mapping[str, Text], paused: Text | None) -> dict[str, str]:
    filled = {}
    for language in LANGUAGES:
        sentence = text[language]
        for name, word in words.items():
            sentence = sentence.replace("{" + name + "}", word[language])
        if paused is not None:
            sentence += (" " if language == "en" else "") + paused[language]
        filled[language] = sentence
    return filled


def _facts(state: State, stage: Stage, clock: Clock | None, late: bool) -> dict[str, object]:
    due = clock.due if clock else None
    return {
        "stage": state.stage,
        "level": state.level,
        "open": state.open,
        "outcome": state.outcome,
        "waits_on": stage.waits_on,
        "limit": clock.limit if clock else None,
        "due": due.due if due else None,
        "due_at": clock.due_at if clock else None,
        "late": late,
        "suspended": bool(clock and clock.suspended),
        "provisional": bool(due and due.provisional),
        "extended": clock.extended if clock else 0,
        "missing_year": clock.missing_year if clock else None,
        "spells": [s.id for s in state.spells],
    }
