"""``huiyin roster``: show, check and plan a duty roster from a file. Needs no installation.

``show`` (shifts), ``gaps`` (the coming 30 days), ``check`` (everything found), ``plan`` (a fair
roster where no rule of turns does). Exit status 0; 1 for a wrong file, a gap or an error
found; 2 after a wrong call.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from huiyin.calendars import load
from huiyin.commands import options
from huiyin.commands.options import WrongCall
from huiyin.commands.roster_words import WORDS
from huiyin.domain.errors import Refusal
from huiyin.domain.rosters import fairness
from huiyin.domain.rosters.checking import Finding, check
from huiyin.domain.rosters.covering import Gap, gaps
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.planning import Plan, greedy, problem
from huiyin.domain.rosters.reading import read
from huiyin.domain.rosters.resting import breaches
from huiyin.domain.rosters.serving import Served, serve
from huiyin.domain.rosters.values import Roster, Shift
from huiyin.domain.rosters.wallclock import day_start, wall
from huiyin.domain.strict_yaml import MOST_BYTES, Problem
from huiyin.rosters.wording import person_name, role_name, told

MOST_DAYS = 800
METHODS = ("auto", "greedy", "optimal")


def main(argv: Sequence[str]) -> int:
    """Run ``huiyin roster …``; returns 0, 1 (wrong, or gaps) or 2 (a wrong call)."""
    try:
        args = _parser().parse_args(list(argv))
        language = options.language(args.lang)
        return int(args.run(args, language))
    except WrongCall as wrong:
        return options.complain("roster", str(wrong))
    except Refusal as refusal:
        if refusal.code == "roster-invalid":
            return _tell_problems(refusal)
        text = options.sentence(refusal, language, "rosters", "time")
        return options.complain("roster", text, 1)


def _parser() -> options.OneLineParser:
    parser = options.OneLineParser(prog="huiyin roster", description="Duty rosters.")
    commands = parser.add_subparsers(required=True, metavar="show | gaps | check | plan")
    for name, run, days, text in (
        ("show", _show, "31", "who is on duty when"),
        ("gaps", _gaps, "30", "hours without enough people"),
        ("check", _check, "30", "everything that is wrong with a roster"),
        ("plan", _plan, "90", "a fair roster for people without fixed turns"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("file", metavar="FILE")
        command.add_argument("--from", dest="start", default="", help="first day; default today")
        command.add_argument("--days", default=days, help=f"how many days; default {days}")
        command.add_argument("--json", action="store_true", help="print JSON")
        command.add_argument("--lang", default="en", help="en, zh, zh-Hans or zh-Hant")
        command.set_defaults(run=run)
    command.add_argument("--method", default="auto", help=" | ".join(METHODS))
    command.add_argument("--seconds", default="60", help="most seconds for the optimiser")
    return parser


def _roster(args: argparse.Namespace) -> tuple[Roster, Span]:
    try:
        with Path(args.file).open("rb") as file:
            source = file.read(MOST_BYTES + 1)
    except BrokenPipeError:
        raise  # the reader has gone (``| head``): told by the command line as a whole
    except OSError as error:
        raise WrongCall(f"FILE: cannot read {args.file!r}: {error.strerror}") from error
    roster = read(source, args.file, load)
    start = _day(args.start, roster)
    length = _whole("--days", args.days, MOST_DAYS)
    end = day_start(start + timedelta(days=length), roster.zone)
    return roster, Span(day_start(start, roster.zone), end)


def _day(text: str, roster: Roster) -> date:
    if not text:
        return wall(datetime.now(UTC), roster.zone).date()
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise WrongCall(f"--from: {text!r} is no day; expected YYYY-MM-DD") from error
    if not 1900 <= found.year <= 2200:
        raise WrongCall(f"--from: {text!r}; expected a year from 1900 to 2200")
    return found


def _whole(option: str, text: str, most: int) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most:
        return int(text)
    raise WrongCall(f"{option}: {text!r}; expected a whole number from 1 to {most}")


def _show(args: argparse.Namespace, language: str) -> int:
    roster, span = _roster(args)
    served = serve(roster, span)
    if args.json:
        _print_json(shifts=[_shift_json(s) for s in served.shifts], gaps=_gaps_json(roster, served))
        return 0
    for shift in served.shifts:
        print(_line(roster, shift, language))
    return 0


def _line(roster: Roster, shift: Shift, language: str) -> str:
    name, role = person_name(roster, shift.person), role_name(roster, shift.role, language)
    return f"{_times(roster, shift.span)}  {role}  {name}  ({shift.origin})"


def _times(roster: Roster, span: Span) -> str:
    begins, ends = (wall(at, roster.zone) for at in span)
    return f"{begins:%Y-%m-%d %H:%M} – {ends:%Y-%m-%d %H:%M}"


def _gaps(args: argparse.Namespace, language: str) -> int:
    roster, span = _roster(args)
    served = serve(roster, span)
    found = gaps(roster, served)
    if args.json:
        _print_json(gaps=_gaps_json(roster, served))
    else:
        for gap in found:
            print(_gap_line(roster, gap, language))
        if not found:
            print(WORDS[language]["no-gaps"].format(days=args.days))
    return 1 if found else 0


def _gap_line(roster: Roster, gap: Gap, language: str) -> str:
    words = WORDS[language]
    line = f"{_times(roster, gap.span)}  {role_name(roster, gap.role, language)}  "
    line += words["lacking"].format(n=gap.lacking)
    reasons = {(person_name(roster, d.person), words[d.why]) for d in gap.dropped}
    return line + "".join(f"; {name}: {why}" for name, why in sorted(reasons))


def _check(args: argparse.Namespace, language: str) -> int:
    roster, span = _roster(args)
    found = check(roster, span)
    if args.json:
        _print_json(findings=[_finding_json(roster, f, language) for f in found])
    else:
        for finding in found:
            text, remedy = told(finding, roster, language)
            print(f"{args.file}: {finding.about}: {finding.severity}: {text} — {remedy}")
        errors = sum(f.severity == "error" for f in found)
        print(WORDS[language]["found"].format(errors=errors, warnings=len(found) - errors))
    return 1 if any(f.severity == "error" for f in found) else 0


def _plan(args: argparse.Namespace, language: str) -> int:
    method = options.choice("--method", args.method, METHODS)
    seconds = _whole("--seconds", args.seconds, 3600)
    roster, span = _roster(args)
    first, last = (wall(at, roster.zone).date() for at in span)
    before = _before(roster, span)
    plan = _solved(method, seconds, problem(roster, first, last - timedelta(days=1), before))
    shifts = tuple(Shift(*d.span, d.role, d.person, "plan") for d in plan.duties())
    served = Served(span, tuple(sorted(shifts)))
    if args.json:
        parts = [_part_json(p) for p in fairness.table(roster, served)]
        _print_json(method=plan.method, shifts=[_shift_json(s) for s in shifts], fairness=parts)
    else:
        _tell_plan(roster, plan, served, language)
    return 1 if plan.empty() else 0


def _before(roster: Roster, span: Span) -> Mapping[str, tuple[Span, ...]]:
    """Who served in the month before, so that nobody starts the plan tired."""
    earlier: dict[str, list[Span]] = {}
    for shift in serve(roster, Span(span.start - timedelta(days=31), span.start)).shifts:
        earlier.setdefault(shift.person, []).append(shift.span)
    return {person: tuple(spans) for person, spans in earlier.items()}


def _solved(method: str, seconds: int, task) -> Plan:  # type: ignore[no-untyped-def]
    from huiyin.rosters import optimising

    if method == "greedy" or (method == "auto" and not optimising.available()):
        return greedy(task)
    return optimising.optimal(task, seconds)


def _tell_plan(roster: Roster, plan: Plan, served: Served, language: str) -> None:
    words = WORDS[language]
    print(f"{words['method']}: {words[plan.method]}")
    for shift in served.shifts:
        print(_line(roster, shift, language))
    for slot in plan.empty():
        print(f"{_times(roster, slot.span)}  {role_name(roster, slot.role, language)}  —")
    print(f"\n{words['fairness']}")
    for part in fairness.table(roster, served):
        print(_part_line(roster, part, words))
    for breach in breaches(roster.rest, served.shifts):
        name = person_name(roster, breach.person)
        print(f"{words['rest']}: {name}, {_times(roster, breach.span)}: {breach.rule}")


def _part_line(roster: Roster, part: fairness.Part, words: Mapping[str, str]) -> str:
    hour = timedelta(hours=1)
    name = person_name(roster, part.person)
    line = words["part"].format(
        shifts=part.shifts, hours=part.duty / hour, off=part.days_off / hour,
        night=part.night / hour, over=part.over / hour,
    )  # fmt: skip
    return f"{name}: {line}" + (f" — {words['never']}" if not part.duty else "")


def _print_json(**answer: object) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _shift_json(shift: Shift) -> dict[str, object]:
    return {
        "role": shift.role, "person": shift.person, "from": shift.start.isoformat(),
        "to": shift.end.isoformat(), "origin": shift.origin, "algorithm": shift.algorithm,
    }  # fmt: skip


def _gaps_json(roster: Roster, served: Served) -> list[dict[str, object]]:
    return [
        {
            "role": g.role, "from": g.span.start.isoformat(), "to": g.span.end.isoformat(),
            "lacking": g.lacking,
            "reasons": [{"person": d.person, "why": d.why} for d in g.dropped],
        }
        for g in gaps(roster, served)
    ]  # fmt: skip


def _finding_json(roster: Roster, finding: Finding, language: str) -> dict[str, object]:
    text, remedy = told(finding, roster, language)
    return {
        "rule": finding.rule, "severity": finding.severity, "about": finding.about,
        "text": text, "remedy": remedy,
    }  # fmt: skip


def _part_json(part: fairness.Part) -> dict[str, object]:
    hour = timedelta(hours=1)
    return {
        "person": part.person, "shifts": part.shifts, "hours": round(part.duty / hour, 2),
        "night": round(part.night / hour, 2), "days_off": round(part.days_off / hour, 2),
        "fair": round(part.fair / hour, 2),
    }  # fmt: skip


def _tell_problems(refusal: Refusal) -> int:
    problems = refusal.data["problems"]
    assert isinstance(problems, list)
    for found in problems:
        assert isinstance(found, Problem)
        print(found)
    print(f"{len(problems)} problems; nothing was read")
    return 1
