"""``huiyin deadline``: when a period ends, and why, day by day.

A thin skin over ``huiyin.domain.periods``: it reads options, prints the answer for people
or as JSON. Needs no installation. Exit status 0, or 2 with one line that names the option
and the accepted form.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from huiyin.commands import options
from huiyin.commands.options import WrongCall
from huiyin.domain import periods
from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.explaining import explain, moment
from huiyin.domain.periods import Due, Exclusion, Period, Rule
from huiyin.domain.zones import zone_named

FORMS = {
    "--start": "a date YYYY-MM-DD or an instant YYYY-MM-DDThh:mm:ss+hh:mm (or ...Z)",
    "--period": "a whole number of 1 to 99999 and a unit: 15d, 5wd, 3w, 2m, 1y or 72h",
    "--calendar": "a calendar such as cn or none (see: huiyin calendar list), or a .toml file",
    "--roll": "none, forward, backward or same-time",
    "--from": "after, including or (hours only) next-hour",
    "--direction": "after or before",
    "--short-days": "a whole number of days, 0 to 99999",
    "--min-working-days": "a whole number of days, 0 to 99999",
    "--extend": "a period such as 30d, 5wd or 1m",
    "--exclude": "two dates A..B, A not after B: YYYY-MM-DD..YYYY-MM-DD",
    "--exclude-closed": "two dates A..B, A not after B: YYYY-MM-DD..YYYY-MM-DD",
    "--tz": "a time zone such as Asia/Shanghai",
    "--lang": "en, zh, zh-Hans or zh-Hant",
}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
# Which option a refusal of the domain is about.
BLAME = {
    "calendar-year-missing": "--calendar",
    "calendar-invalid": "--calendar",
    "period-invalid": "--period",
    "extension-unit": "--extend",
    "start-needs-time": "--start",
    "start-needs-zone": "--start",
    "date-out-of-range": "--period",
}
FIELDS = {"counting": "--from", "clear": "--clear", "short_days": "--short-days"}
HEADINGS = {
    "en": ("Due", "Calendar", "How it was counted"),
    "zh-Hans": ("到期", "日历", "计算过程"),
    "zh-Hant": ("到期", "日曆", "計算過程"),
}


def main(argv: Sequence[str]) -> int:
    """Run ``huiyin deadline …``; returns 0, or 2 after a wrong call."""
    try:
        args = _parser().parse_args(list(argv))
        language = options.language(args.lang)
        calendar = options.calendar(args.calendar)
        due = _answer(args, calendar)
    except WrongCall as wrong:
        return options.complain("deadline", str(wrong))
    except Refusal as refusal:
        option = BLAME.get(refusal.code) or FIELDS[str(refusal.data["field"])]
        return options.complain("deadline", f"{option}: {options.sentence(refusal)}")
    print(_json(due, calendar, language) if args.json else _text(due, calendar, language))
    return 0


def _parser() -> options.OneLineParser:
    parser = options.OneLineParser(
        prog="huiyin deadline",
        description="When does a period end, and why.",
        epilog="Exit status 2 and one line on a wrong option.",
        forms=FORMS,
    )

    def add(name: str, default: str | None = None, **more: object) -> None:
        required = default is None and "action" not in more and name != "--tz"
        parser.add_argument(name, default=default, required=required, help=FORMS[name], **more)

    add("--start")
    add("--period")
    add("--calendar")
    add("--roll", "none")
    add("--from", "after", dest="counting")
    add("--direction", "after")
    parser.add_argument("--clear", action="store_true", help="clear days: neither end counts")
    add("--short-days", "0")
    add("--min-working-days", "0")
    add("--extend", action="append")
    add("--exclude", action="append")
    add("--exclude-closed", action="append")
    add("--tz")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add("--lang", "en")
    return parser


def _answer(args: argparse.Namespace, calendar: Calendar) -> Due:
    zone = _zone(args.tz)
    rule = Rule(
        period=_period("--period", args.period),
        roll=options.choice("--roll", args.roll, periods.ROLLS),
        counting=options.choice("--from", args.counting, periods.COUNTINGS),
        direction=options.choice("--direction", args.direction, periods.DIRECTIONS),
        clear=args.clear,
        short_days=_days("--short-days", args.short_days),
        min_working_days=_days("--min-working-days", args.min_working_days),
    )
    due = periods.derive(
        rule,
        _start(args.start, zone),
        calendar,
        extensions=[_period("--extend", text) for text in args.extend or ()],
        exclusions=[
            *(_exclusion("--exclude", text, False) for text in args.exclude or ()),
            *(_exclusion("--exclude-closed", text, True) for text in args.exclude_closed or ()),
        ],
        zone=zone,
    )
    _check_years(due, calendar)
    return due


def _check_years(due: Due, calendar: Calendar) -> None:
    """A calculator must not look sure about a year that its calendar does not have."""
    for day in (due.start, due.nominal, due.due):
        calendar.year(day.year)


def _start(text: str, zone: ZoneInfo | None) -> date | datetime:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            found = datetime.fromisoformat(text.upper())
            if found.tzinfo is None and zone is None:
                raise WrongCall(
                    f"--start: {text!r} has no offset; add one (+08:00, Z) or give --tz"
                )
            return found
    except ValueError as error:
        raise WrongCall(f"--start: {text!r} does not exist ({error}); {_form('--start')}") from None
    raise WrongCall(f"--start: {text!r} is not understood; {_form('--start')}")


def _period(option: str, text: str) -> Period:
    try:
        return Period.parse(text)
    except Refusal:
        raise WrongCall(f"{option}: {text!r} is not a period; {_form(option)}") from None


def _days(option: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise WrongCall(f"{option}: {text!r} is not understood; {_form(option)}")
    return int(text)


def _exclusion(option: str, text: str, closed: bool) -> Exclusion:
    first, dots, last = text.partition("..")
    if not (dots and _DATE.fullmatch(first) and _DATE.fullmatch(last)):
        raise WrongCall(f"{option}: {text!r} is not understood; {_form(option)}")
    try:
        return Exclusion(date.fromisoformat(first), date.fromisoformat(last), closed)
    except ValueError as error:
        raise WrongCall(f"{option}: {text!r} does not exist ({error}); {_form(option)}") from None
    except Refusal:
        raise WrongCall(f"{option}: {text!r} ends before it begins; {_form(option)}") from None


def _zone(text: str | None) -> ZoneInfo | None:
    if text is None:
        return None
    zone = zone_named(text)
    if zone is None:
        raise WrongCall(f"--tz: {text!r} is not known; {_form('--tz')}")
    return zone


def _form(option: str) -> str:
    return f"expected {FORMS[option]}"


def _json(due: Due, calendar: Calendar, language: str) -> str:
    answer = {
        "start": due.start.isoformat(),
        "nominal": due.nominal.isoformat(),
        "due": due.due.isoformat(),
        "rolled": due.rolled,
        "provisional": due.provisional,
        "calendar": {"id": calendar.id, "version": calendar.version, "source": calendar.source},
        "steps": [{"text": explain(step, language), "date": step.when} for step in due.steps],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _text(due: Due, calendar: Calendar, language: str) -> str:
    end, table, how = HEADINGS[language]
    colon = ": " if language == "en" else "："
    lines = [
        f"{end}{colon}{moment(due.due.isoformat(), language)}",
        f"{table}{colon}{calendar.title[language]} ({calendar.id} {calendar.version}) – "
        f"{calendar.source}",
        f"{how}{colon}".rstrip(),
    ]
    lines += [f"  {n}. {explain(step, language)}" for n, step in enumerate(due.steps, 1)]
    return "\n".join(lines)
