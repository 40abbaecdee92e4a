"""A year's notice of holidays, as published or as a plain table, becomes the days of a year.

Two forms are read. The wording of the Chinese notices: “一、元旦：1月1日（周四）至3日（周六）
放假调休，共3天。1月4日（周日）上班。” And a table with one line per span: ``2026-01-01..2026-01-03
off New Year``. Weekdays and totals that a notice states are held against the dates, because a
slip in one figure would move the dates of thousands of cases. What a calendar is: ``calendars``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NoReturn

from huiyin.domain.calendars import LANGUAGES, Calendar, DayNote, Year, calendar_key
from huiyin.domain.errors import Refusal

MOST_CHARACTERS = 200_000
_DAY = re.compile(
    r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日(?:[（(](?P<note>[^）)]*)[）)])?"
)
_HEAD = re.compile(r"\s*[（(]?[一二三四五六七八九十]+[）)]?[、.．]\s*(?P<name>[^：:\d]{1,12})[：:]")
_TOTAL = re.compile(r"共\s*(\d{1,2})\s*[天日]")
_ABOUT_YEAR = re.compile(r"(\d{4})年部分节假日")
_NUMBER = re.compile(r"国办发明电〔\d{4}〕\d+号|国办发〔\d{4}〕\d+号")
_WEEKDAYS = {name: n for n, name in enumerate("一二三四五六日")} | {"天": 6}
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_OFF, _WORK = ("放假", "补休", "调休", "休息"), ("上班",)
_ROW = re.compile(
    r"(?P<first>(?:\d{4}-)?\d{2}-\d{2})(?:\s*(?:\.\.|/|~|至)\s*(?P<last>(?:\d{4}-)?\d{2}-\d{2}))?"
    r"[\s,;|]+(?P<what>\S+?)(?:[\s,;|]+(?P<name>.+))?\Z"
)
_WHAT = {
    **dict.fromkeys(("off", "holiday", "rest", "放假", "休", "休息"), False),
    **dict.fromkeys(("work", "working", "workday", "上班", "班"), True),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One span of days that a notice speaks of, with the line it stands on."""

    first: date
    last: date
    working: bool
    name: str
    line: int

    def days(self) -> Iterator[date]:
        """Each day of the span."""
        for n in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=n)


@dataclass(frozen=True, slots=True)
class Notice:
    """What was read: the spans, the lines not used, and the notice's own number if it has one."""

    entries: tuple[Entry, ...]
    unused: tuple[tuple[int, str], ...]
    number: str


def read_notice(text: str, year: int) -> Notice:
    """The days of ``year`` as the text says them.

    Raises ``Refusal``: notice-too-long, notice-empty, notice-other-year, notice-line (line=,
    text=, problem=), notice-twice (line=, date=).
    """
    if len(text) > MOST_CHARACTERS:
        raise Refusal("notice-too-long", characters=len(text), most=MOST_CHARACTERS)
    said = _ABOUT_YEAR.search(text)
    if said is not None and int(said[1]) != year:
        raise Refusal("notice-other-year", said=int(said[1]), year=year)
    entries: list[Entry] = []
    unused: list[tuple[int, str]] = []
    name = ""
    for line, raw in enumerate(text.splitlines(), 1):
        row = raw.partition("#")[0].strip().removeprefix("\ufeff")
        if not row:
            continue
        head = _HEAD.match(row)
        name = head["name"].strip() if head else name
        found = list(_wording(row, year, name, line) if "日" in row else _table(row, year, line))
        entries += found
        if not found:
            unused.append((line, row))
    _check(entries, year)
    number = _NUMBER.search(text)
    return Notice(tuple(entries), tuple(unused), number[0] if number else "")


def _wrong(line: int, text: str, problem: str) -> NoReturn:
    raise Refusal("notice-line", line=line, text=text[:80], problem=problem)


def _check(entries: list[Entry], year: int) -> None:
    """Every day once, and none outside the year but the turn of the years beside it."""
    seen: set[date] = set()
    if not any(day.year == year for entry in entries for day in entry.days()):
        raise Refusal("notice-empty", year=year)
    for entry in entries:
        if not date(year - 1, 12, 1) <= entry.first <= entry.last <= date(year + 1, 1, 31):
            _wrong(entry.line, entry.first.isoformat(), f"is not in or beside {year}")
        for day in entry.days():
            if day in seen:
                raise Refusal("notice-twice", line=entry.line, date=day.isoformat())
            seen.add(day)


# --- the wording of the notices ----------------------------------------------------------------


def _wording(row: str, year: int, name: str, line: int) -> Iterator[Entry]:
    """The spans of one line of a notice; sentences end at a full stop or a semicolon."""
    month = 0
    for sentence in re.split(r"[。；;]", _HEAD.sub("", row)):
        off: list[Entry] = []
        waiting: list[tuple[date, date]] = []
        for clause in re.split(r"[，,](?![^（(]*[）)])", sentence):
            spans, month = _spans(clause, year, month, line)
            waiting += spans
            working = any(word in clause for word in _WORK)
            if waiting and (working or any(word in clause for word in _OFF)):
                found = [Entry(a, b, working, name, line) for a, b in waiting]
                off += [] if working else found
                waiting = []
                yield from found
            total = _TOTAL.search(clause)
            counted = sum(1 for entry in off for _ in entry.days())
            if total is not None and off and int(total[1]) != counted:
                _wrong(line, sentence, f"says {total[1]} days, but its dates are {counted}")
        if waiting:
            _wrong(line, sentence, "has dates, but neither 放假 nor 上班")


def _spans(clause: str, year: int, month: int, line: int) -> tuple[list[tuple[date, date]], int]:
    """Single days and spans A至B; a month or year not repeated is the one before."""
    spans: list[tuple[date, date]] = []
    end_before, open_ = 0, False
    here = year
    for found in _DAY.finditer(clause):
        month = int(found["month"] or month)
        here = int(found["year"] or here)
        try:
            day = date(here, month, int(found["day"]))
        except ValueError:
            _wrong(line, found[0], "is not a date")
        _check_weekday(day, found["note"] or "", found[0], line)
        open_ = clause[end_before : found.start()].strip() in ("至", "到", "－", "-", "—", "~")
        if open_ and spans:
            if day < spans[-1][0]:
                _wrong(line, clause, "ends before it begins")
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
        end_before = found.end()
    return spans, month


def _check_weekday(day: date, note: str, text: str, line: int) -> None:
    said = _WEEKDAY.search(note)
    if said is not None and _WEEKDAYS[said[1]] != day.weekday():
        right = "一二三四五六日"[day.weekday()]
        _wrong(line, text, f"{day.isoformat()} is 周{right}")


# --- the table ---------------------------------------------------------------------------------


def _table(row: str, year: int, line: int) -> Iterator[Entry]:
    """``2026-01-01..2026-01-03 off New Year``; the year may be left out."""
    found = _ROW.match(row)
    if found is None:
        if re.match(r"\d", row):
            _wrong(line, row, "is not `YYYY-MM-DD..YYYY-MM-DD off NAME`")
        return
    if found["what"].lower() not in _WHAT:
        _wrong(line, row, f"`{found['what']}` is neither off nor work")
    first = _date(found["first"], year, line, row)
    last = _date(found["last"] or found["first"], year, line, row)
    if last < first:
        _wrong(line, row, "ends before it begins")
    yield Entry(first, last, _WHAT[found["what"].lower()], (found["name"] or "").strip(), line)


def _date(text: str, year: int, line: int, row: str) -> date:
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{year:04}-{text}")
    except ValueError:
        _wrong(line, row, f"{text} is not a date")


# --- into the calendar -------------------------------------------------------------------------


def with_notice(
    calendar: Calendar, year: int, notice: Notice, version: str, source: str, url: str = ""
) -> Calendar:
    """``calendar`` in a new version whose ``year`` is the notice's, now official.

    Days in the years beside it are added to theirs. Raises ``Refusal``: notice-every-year,
    notice-gap (the year before has no table), notice-line (make-up work on a working day).
    """
    if calendar.every_year:
        raise Refusal("notice-every-year", calendar=calendar.id)
    if not calendar.first_year - 1 <= year <= calendar.last_year + 1:
        raise Refusal("notice-gap", year=year, first=calendar.first_year, last=calendar.last_year)
    names = {calendar_key(n.name): n.name for y in calendar.years.values() for n in y.notes}
    years = dict(calendar.years)
    fresh: dict[int, dict[date, DayNote]] = {}
    for entry in notice.entries:
        if entry.working and any(d.weekday() not in calendar.rest_days for d in entry.days()):
            _wrong(entry.line, entry.first.isoformat(), "is a working day already")
        for day in entry.days():
            note = DayNote(day, entry.working, _named(entry.name, names), source)
            fresh.setdefault(day.year, {})[day] = note
    for beside, notes in fresh.items():
        if beside == year:
            days = tuple(notes[d] for d in sorted(notes))
            years[year] = Year(year, source, "yes", False, days, url)
        elif beside in years:
            merged = {n.day: n for n in years[beside].notes} | notes
            days = tuple(merged[d] for d in sorted(merged))
            years[beside] = replace(years[beside], notes=days)
    return Calendar(
        calendar.id, version, calendar.title, calendar.source, calendar.rest_days, years
    )


def _named(name: str, names: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The calendar's own name of a day in each language; else the notice's word in all."""
    for part in [p.strip() for p in re.split(r"[、,]", name) if p.strip()]:
        for known in names.values():
            if any(text.startswith(part) for text in known.values()):
                return known
    return dict.fromkeys(LANGUAGES, name or "—")
