"""``huiyin calendar``: list, show and check the tables of working days.

``list``; ``show ID YEAR`` (off-days and make-up working days with their source);
``check FILE …`` (tables of one's own): these need no installation. ``import`` and
``recompute`` are in ``calendar_import``. Exit status 0; 1 when a checked file is wrong or
an import was declined; 2 after a wrong call.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from huiyin.calendars import ids, load
from huiyin.commands import calendar_import, options
from huiyin.commands.options import WrongCall
from huiyin.domain.calendars import WEEKDAYS, Calendar, DayNote, Year, parse
from huiyin.domain.errors import Refusal
from huiyin.domain.explaining import WEEKDAY_NAMES, moment

WORDS = {
    "en": {
        "off": "off",
        "work": "working day",
        "rest": "weekly rest",
        "none": "no weekly rest",
        "source": "Source",
        "verified": "Verified",
        "yes": "yes, read in the notice",
        "secondary": "read in a collection, not in the notice itself",
        "no": "no",
        "provisional": "Provisional: the official notice is not out yet.",
        "years": "years",
        "every": "every year",
    },
    "zh-Hans": {
        "off": "放假",
        "work": "上班",
        "rest": "周休息日",
        "none": "无周休息日",
        "source": "来源",
        "verified": "核对",
        "yes": "已对照通知原文",
        "secondary": "取自汇编，未对照通知原文",
        "no": "未核对",
        "provisional": "暂定：正式通知尚未公布。",
        "years": "年份",
        "every": "任何年份",
    },
    "zh-Hant": {
        "off": "放假",
        "work": "上班",
        "rest": "週休息日",
        "none": "無週休息日",
        "source": "來源",
        "verified": "核對",
        "yes": "已對照通知原文",
        "secondary": "取自彙編，未對照通知原文",
        "no": "未核對",
        "provisional": "暫定：正式通知尚未公布。",
        "years": "年份",
        "every": "任何年份",
    },
}


def main(argv: Sequence[str]) -> int:
    """Run ``huiyin calendar …``; returns 0, 1 (a wrong file) or 2 (a wrong call)."""
    try:
        args = _parser().parse_args(list(argv))
        language = options.language(args.lang)
        return int(args.run(args, language))
    except WrongCall as wrong:
        return options.complain("calendar", str(wrong))
    except Refusal as refusal:
        return options.complain("calendar", options.sentence(refusal))


def _parser() -> options.OneLineParser:
    parser = options.OneLineParser(prog="huiyin calendar", description="Working days.")
    names = "list | show | check | import | recompute"
    commands = parser.add_subparsers(required=True, metavar=names)
    every = commands.add_parser("list", help="the calendars that there are")
    every.set_defaults(run=_list)
    show = commands.add_parser("show", help="off-days and make-up days of one year")
    show.add_argument("id", metavar="ID")
    show.add_argument("year", metavar="YEAR")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(run=_show)
    check = commands.add_parser("check", help="check files of one's own, or shipped calendars")
    check.add_argument(
        "files", metavar="FILE", nargs="+", help="a file, or a shipped calendar's id"
    )
    check.set_defaults(run=_check)
    calendar_import.add_to(commands)
    for command in (every, show, check):
        command.add_argument("--lang", default="en", help="en, zh, zh-Hans or zh-Hant")
    return parser


def _list(args: argparse.Namespace, language: str) -> int:
    for calendar in map(load, ids()):
        print(f"{calendar.id:16} {_span(calendar, language):12} {calendar.title[language]}")
    return 0


def _show(args: argparse.Namespace, language: str) -> int:
    calendar = options.calendar(args.id)
    if not re.fullmatch(r"[0-9]{4}", args.year) or args.year == "0000":
        raise WrongCall(f"YEAR: {args.year!r} is not understood; expected four digits: 2026")
    year = calendar.year(int(args.year))
    print(_json(calendar, year) if args.json else _text(calendar, year, language))
    return 0


def _check(args: argparse.Namespace, language: str) -> int:
    return max([_checked(file, language) for file in args.files])


def _checked(file: str, language: str) -> int:
    text = "" if file in ids() else _text_of(file)
    try:
        calendar = load(file) if file in ids() else parse(text)
    except Refusal as refusal:
        line = _line_of(text, str(refusal.data.get("place", "")))
        where = f"{file}:{line}: " if line else f"{file}: "
        return options.complain("calendar", where + options.sentence(refusal, language), 1)
    off, work = (
        sum(n.working is w for y in calendar.years.values() for n in y.notes) for w in (False, True)
    )
    words = WORDS[language]
    found = f"{off} {words['off']}, {work} {words['work']}"
    print(f"{calendar.id} {calendar.version}: {_span(calendar, language)}, {found}")
    return 0


def _text_of(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise WrongCall(f"FILE: cannot read {file!r}: {reason}") from error


def _line_of(text: str, place: str) -> int | None:
    """The line of the table or key that a refusal is about."""
    for number, line in enumerate(text.splitlines(), 1):
        head = line.replace(" ", "")
        if place and (head == f"[{place}]" or head.startswith(f"{place}=")):
            return number
    return None


def _span(calendar: Calendar, language: str) -> str:
    if calendar.every_year:
        return WORDS[language]["every"]
    return f"{calendar.first_year}..{calendar.last_year}"


def _text(calendar: Calendar, year: Year, language: str) -> str:
    words, names = WORDS[language], WEEKDAY_NAMES[language]
    rest = ", ".join(names[weekday] for weekday in sorted(calendar.rest_days))
    lines = [
        f"{calendar.title[language]} ({calendar.id} {calendar.version}) {year.year}",
        f"{words['source']}: {year.source}" + (f" <{year.url}>" if year.url else ""),
    ]
    lines += [] if calendar.every_year else [f"{words['verified']}: {words[year.verified]}"]
    lines += [words["provisional"]] if year.provisional else []
    lines += [f"{words['rest']}: {rest}" if rest else words["none"]]
    for first, last in _runs(year.notes):
        days = moment(first.day.isoformat(), language)
        if last is not first:
            days += f" .. {moment(last.day.isoformat(), language)}"
        lines.append(
            f"  {words['work' if first.working else 'off']}  {days}  {first.name[language]}"
        )
    return "\n".join(lines)


def _runs(notes: Sequence[DayNote]) -> list[tuple[DayNote, DayNote]]:
    """Neighbouring days of one name together."""
    runs: list[tuple[DayNote, DayNote]] = []
    for note in notes:
        if runs and runs[-1][1].day + timedelta(days=1) == note.day:
            first = runs[-1][0]
            if (first.name, first.working) == (note.name, note.working):
                runs[-1] = (first, note)
                continue
        runs.append((note, note))
    return runs


def _json(calendar: Calendar, year: Year) -> str:
    days = [
        {"date": _iso(note.day), "working": note.working, "name": dict(note.name)}
        for note in year.notes
    ]
    answer = {
        "calendar": {"id": calendar.id, "version": calendar.version, "source": calendar.source},
        "year": year.year,
        "source": year.source,
        "url": year.url or None,
        "verified": year.verified,
        "provisional": year.provisional,
        "rest_days": [WEEKDAYS[weekday] for weekday in sorted(calendar.rest_days)],
        "days": days,
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _iso(day: date) -> str:
    return day.isoformat()
