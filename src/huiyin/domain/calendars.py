"""What is a working day, and who says so.

A calendar is a versioned table of years. Each year names the notice or list it was taken
from; a year whose official notice is not out yet is provisional, and so is every date
counted through it. Weekly rest days are data, and single rest days can be made working
days (China's 调休 notices). Nothing here counts a period: see ``periods``. Nothing here
reads a file: ``huiyin.calendars`` does.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NoReturn
from zlib import crc32

from huiyin.domain.errors import Refusal

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
VERIFIED = ("yes", "secondary", "no")
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
KEYS = frozenset({"id", "version", "source", "rest_days", "every_year", "title", "names", "years"})
MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class DayNote:
    """Why one day differs from its weekday: its name in each language and the notice."""

    day: date
    working: bool
    name: Mapping[str, str]
    source: str


@dataclass(frozen=True)
class Year:
    """One year of a calendar: where it was read and how sure that is."""

    year: int
    source: str
    verified: str
    provisional: bool
    notes: tuple[DayNote, ...]
    url: str = ""


class Calendar:
    """Working days of one legal order in the years that have a table.

    A calendar with ``every_year`` has no tables: only its weekly rest days speak, and it
    knows every year that a date can have.
    """

    def __init__(
        self,
        id: str,
        version: str,
        title: Mapping[str, str],
        source: str,
        rest_days: frozenset[int],
        years: Mapping[int, Year],
        every_year: bool = False,
    ) -> None:
        self.id = id
        self.version = version
        self.title = title
        self.source = source
        self.rest_days = rest_days
        self.years = years
        self.every_year = every_year
        self.first_year = date.min.year if every_year else min(years)
        self.last_year = date.max.year if every_year else max(years)
        self.provisional_years = frozenset(y.year for y in years.values() if y.provisional)
        self._notes = {note.day: note for year in years.values() for note in year.notes}
        # By ordinal, because engines ask about thousands of days a second.
        self._special = {day.toordinal(): note.working for day, note in self._notes.items()}
        self._rest = frozenset((weekday + 1) % 7 for weekday in rest_days)
        self._first = date(self.first_year, 1, 1).toordinal()
        self._last = date(self.last_year, 12, 31).toordinal()

    def __repr__(self) -> str:
        return f"<Calendar {self.id} {self.version}>"

    def is_working(self, day: date) -> bool:
        """Whether offices work on ``day``; refuses a year that has no table."""
        return self.works(day.toordinal())

    def works(self, ordinal: int) -> bool:
        """``is_working`` for a day given as its proleptic ordinal."""
        if not self._first <= ordinal <= self._last:
            self._year_missing(date.fromordinal(ordinal).year)
        special = self._special.get(ordinal)
        return ordinal % 7 not in self._rest if special is None else special

    def note(self, day: date) -> DayNote | None:
        """Why ``day`` is special, or None when only its weekday speaks."""
        return self._notes.get(day)

    def knows(self, day: date) -> bool:
        """Whether the year of ``day`` has a table."""
        return self.first_year <= day.year <= self.last_year

    def is_provisional(self, day: date) -> bool:
        """Whether no official notice fixes the year of ``day`` yet (or no table at all)."""
        return day.year in self.provisional_years or not self.knows(day)

    def year(self, year: int) -> Year:
        """The table of ``year``; refuses a year that has none."""
        if self.every_year:
            return Year(year, self.source, "yes", False, ())
        if year not in self.years:
            self._year_missing(year)
        return self.years[year]

    def _year_missing(self, year: int) -> NoReturn:
        raise Refusal(
            "calendar-year-missing",
            calendar=self.id,
            year=year,
            first=self.first_year,
            last=self.last_year,
        )


def parse(text: str) -> Calendar:
    """Read a calendar from TOML text; ``Refusal("calendar-invalid", place=, problem=)``.

    The shape: ``id``, ``version``, ``source``, ``rest_days`` (mon..sun), ``[title]`` and
    ``[names.KEY]`` in each language, and one ``[years.YYYY]`` per year with ``source``,
    ``verified`` (yes, secondary, no), optional ``provisional`` and ``url``, and the lists
    ``off`` and ``work`` of ``MM-DD name`` or ``MM-DD..MM-DD name``.
    """
    if len(text) > MOST_CHARACTERS:
        _invalid("file", f"{len(text)} characters; a calendar has at most {MOST_CHARACTERS}")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal("calendar-invalid", place="file", problem=str(error)) from error
    unknown = set(raw) - KEYS
    if unknown:
        _invalid(min(unknown), f"unknown key; known are {', '.join(sorted(KEYS))}")
    every_year = raw.get("every_year", False)
    names = {key: _texts(f"names.{key}", value) for key, value in _table(raw, "names").items()}
    years = dict(_years(_table(raw, "years"), names))
    if every_year is not True and not years:
        _invalid("years", "there is no year table and every_year is not true")
    rest_days = _rest_days(raw.get("rest_days"))
    _check_unbroken(years)
    _check_make_up(years, rest_days)
    return Calendar(
        id=_text(raw, "id", "file"),
        version=_text(raw, "version", "file"),
        title=_texts("title", raw.get("title")),
        source=_text(raw, "source", "file"),
        rest_days=rest_days,
        years=years,
        every_year=every_year is True,
    )


def calendar_key(name: Mapping[str, str]) -> str:
    """The key under which a day's name stands in ``[names]``: its English text as a slug, with
    the length of the others so that two names never share one."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name["en"].lower()).split()
    digest = crc32("|".join(name[language] for language in LANGUAGES).encode())
    return "-".join([*words[:6], f"{digest:08x}"])


def render(calendar: Calendar) -> str:
    """The TOML text of a calendar; ``parse(render(c))`` is the same calendar."""
    names = {calendar_key(n.name): n.name for y in calendar.years.values() for n in y.notes}
    lines = [f"{key} = {_quoted(getattr(calendar, key))}" for key in ("id", "version", "source")]
    rest = ", ".join(_quoted(WEEKDAYS[day]) for day in sorted(calendar.rest_days))
    lines += [f"rest_days = [{rest}]", *(["every_year = true"] if calendar.every_year else [])]
    lines += ["", "[title]", *(f"{k} = {_quoted(calendar.title[k])}" for k in LANGUAGES)]
    lines += ["", "[names]"]
    for key, name in sorted(names.items()):
        lines.append(f"{key} = {{ {', '.join(f'{k} = {_quoted(name[k])}' for k in LANGUAGES)} }}")
    for number in sorted(calendar.years):
        lines += _rendered(calendar.years[number])
    return "\n".join(lines) + "\n"


def _rendered(year: Year) -> list[str]:
    lines = ["", f"[years.{year.year:04}]", f"source = {_quoted(year.source)}"]
    lines += [f"url = {_quoted(year.url)}"] if year.url else []
    lines += [f"verified = {_quoted(year.verified)}"]
    lines += ["provisional = true"] if year.provisional else []
    for key, working in (("off", False), ("work", True)):
        days = [n for n in year.notes if n.working is working]
        if days:
            lines += [f"{key} = ["]
            lines += [f'    "{n.day:%m-%d} {calendar_key(n.name)}",' for n in days] + ["]"]
    return lines


def _quoted(text: str) -> str:
    # A JSON string of printable text is a TOML basic string.
    return json.dumps(text, ensure_ascii=False)


def _check_make_up(years: Mapping[int, Year], rest_days: frozenset[int]) -> None:
    """``work`` on a day that is worked anyway is a slip: the wrong date was typed."""
    for year in years.values():
        for note in year.notes:
            if note.working and note.day.weekday() not in rest_days:
                _invalid(f"years.{year.year}", f"{note.day} is a working day already")


def _years(
    tables: Mapping[str, object], names: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[int, Year]]:
    for key, table in sorted(tables.items()):
        place = f"years.{key}"
        if not (key.isascii() and key.isdigit() and len(key) == 4) or not isinstance(table, dict):
            _invalid(place, "a year is a table named by four digits")
        yield int(key), _year(int(key), table, names, place)


def _year(
    year: int, table: Mapping[str, object], names: Mapping[str, Mapping[str, str]], place: str
) -> Year:
    unknown = set(table) - {"source", "verified", "provisional", "off", "work", "url"}
    if unknown:
        _invalid(place, f"unknown key {min(unknown)}")
    source = _text(table, "source", place)
    verified = _text(table, "verified", place)
    if verified not in VERIFIED:
        _invalid(place, f"verified is {verified!r}, expected one of {', '.join(VERIFIED)}")
    notes: dict[date, DayNote] = {}
    for key, working in (("off", False), ("work", True)):
        for line in _lines(table, key, place):
            for note in _notes(year, line, working, names, source, place):
                if note.day in notes:
                    _invalid(place, f"{note.day} is listed twice")
                notes[note.day] = note
    days = tuple(notes[day] for day in sorted(notes))
    url = _text(table, "url", place) if "url" in table else ""
    return Year(year, source, verified, table.get("provisional") is True, days, url)


def _notes(
    year: int,
    line: str,
    working: bool,
    names: Mapping[str, Mapping[str, str]],
    source: str,
    place: str,
) -> Iterator[DayNote]:
    """The days of one line ``MM-DD..MM-DD name``."""
    span, _, key = line.partition(" ")
    if key not in names:
        _invalid(place, f"{line!r} uses the name {key!r}, which [names] does not have")
    first, _, last = span.partition("..")
    try:
        start = date.fromisoformat(f"{year:04}-{first}")
        end = date.fromisoformat(f"{year:04}-{last or first}")
    except ValueError:
        _invalid(place, f"{line!r} is not 'MM-DD name' or 'MM-DD..MM-DD name'")
    if end < start:
        _invalid(place, f"{line!r} ends before it begins")
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        yield DayNote(date.fromordinal(ordinal), working, names[key], source)


def _check_unbroken(years: Mapping[int, Year]) -> None:
    """A hole in the years would answer "Mon-Fri" for a year that nobody looked up."""
    for year in range(min(years, default=0), max(years, default=-1) + 1):
        if year not in years:
            _invalid("years", f"{year} is missing between {min(years)} and {max(years)}")


def _rest_days(value: object) -> frozenset[int]:
    if not isinstance(value, list) or not all(day in WEEKDAYS for day in value):
        _invalid("rest_days", f"expected a list out of {', '.join(WEEKDAYS)}")
    if len(set(value)) == len(WEEKDAYS):
        _invalid("rest_days", "a week without any working day has no working days to count")
    return frozenset(WEEKDAYS.index(day) for day in value)


def _lines(table: Mapping[str, object], key: str, place: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        _invalid(place, f"{key} is a list of texts")
    return value


def _table(raw: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = raw.get(key, {})
    if not isinstance(value, dict):
        _invalid(key, "expected a table")
    return value


def _texts(place: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        _invalid(place, f"expected a text in each of {', '.join(LANGUAGES)}")
    return {language: _text(value, language, place) for language in LANGUAGES}


def _text(table: Mapping[str, object], key: str, place: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        _invalid(place, f"{key} is missing or not a text")
    return value


def _invalid(place: str, problem: str) -> NoReturn:
    raise Refusal("calendar-invalid", place=place, problem=problem)
