"""A year's notice on its way into a calendar: what would change, and writing it.

Shared by ``huiyin calendar import`` and the administration's page, so that both show the same
preview and write the same files. What a notice may look like: ``domain.calendar_notices``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from huiyin import calendars
from huiyin.domain.calendar_notices import Notice, read_notice, with_notice
from huiyin.domain.calendars import Calendar, DayNote, parse, render
from huiyin.domain.errors import Refusal


@dataclass(frozen=True)
class Proposal:
    """A calendar as it is and as the notice would make it. ``text``: the new file."""

    old: Calendar
    new: Calendar
    notice: Notice
    year: int
    text: str

    @property
    def changes(self) -> list[tuple[str, DayNote]]:
        """The days that come in ("+") or go out ("-") or change sides, in order."""
        was, now = _notes(self.old), _notes(self.new)
        found = [("-", note) for day, note in was.items() if _differs(note, now.get(day))]
        found += [("+", note) for day, note in now.items() if _differs(note, was.get(day))]
        return sorted(found, key=lambda change: (change[1].day, change[0] == "+"))


def propose(id: str, year: int, text: str, source: str, url: str, today: date) -> Proposal:
    """What the notice ``text`` would make of the calendar ``id``; nothing is written.

    Raises Refusal: calendar-unknown, those of ``read_notice`` and ``with_notice``, and
    notice-source-missing when neither ``source`` nor the notice itself says where it is from.
    """
    old = calendars.load(id)
    notice = read_notice(text, year)
    cited = source.strip() or notice.number
    if not cited:
        raise Refusal("notice-source-missing")
    new = with_notice(old, year, notice, _version(old, today), cited, url.strip())
    written = render(new)
    parse(written)  # what is written must read back, or nothing is written
    return Proposal(old, new, notice, year, written)


def write(old: Calendar, new: Calendar, text: str) -> Path:
    """Put the new version into the data folder, the one before beside it. Each file is whole or
    not there at all."""
    folder = calendars.own_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = folder / f"{old.id}@{old.version}.toml"
    if not before.exists():
        _whole(before, render(old))
    path = folder / f"{new.id}.toml"
    _whole(path, text)
    return path


def _whole(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _version(old: Calendar, day: date) -> str:
    """Today; a second version of one day gets a number."""
    today = day.isoformat()
    if not old.version.startswith(today):
        return today
    number = old.version.removeprefix(today).removeprefix(".")
    return f"{today}.{int(number) + 1 if number.isdigit() else 2}"


def _differs(note: DayNote, other: DayNote | None) -> bool:
    return other is None or (note.working, note.name) != (other.working, other.name)


def _notes(calendar: Calendar) -> dict[date, DayNote]:
    return {n.day: n for y in calendar.years.values() for n in y.notes}
