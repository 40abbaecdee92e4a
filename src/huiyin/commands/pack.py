"""``huiyin pack``: check, show, list and compare rule packs. Needs no installation, except to
replay its cases (``pack_compare``).

``check`` proves that a procedure strands nobody, or tells the shortest story of how it does;
exit status 0 for a sound pack, 1 for an unsound or invalid one, 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from huiyin import calendars, packs
from huiyin.commands import options, pack_compare
from huiyin.commands.options import WrongCall
from huiyin.domain.describing import describe
from huiyin.domain.diagram import draw
from huiyin.domain.errors import Refusal
from huiyin.domain.exploring import Finding, explore
from huiyin.domain.pack_reading import read
from huiyin.domain.packs import LANGUAGES, Pack
from huiyin.domain.stories import sentence, steps
from huiyin.domain.strict_yaml import Problem

# The proof needs dates, not holidays: a calendar that knows every year.
PROOF_CALENDAR = "weekdays"


def main(argv: list[str]) -> int:
    """Run ``huiyin pack …``; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except Refusal as refusal:
        if refusal.code == "pack-invalid":
            return _tell_problems(refusal, getattr(arguments, "json", False))
        lang = getattr(arguments, "lang", "en")
        return options.complain("pack", options.sentence(refusal, lang, "procedure", "time"))
    except WrongCall as wrong:
        return options.complain("pack", str(wrong))
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"huiyin pack: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin pack", description="rule packs: law as data")
    commands = parser.add_subparsers(required=True, metavar="check | show | list | diff | what-if")
    check = commands.add_parser("check", help="prove that a procedure strands nobody")
    check.add_argument(
        "files", nargs="+", metavar="FILE", help="pack files or ids of shipped packs"
    )
    check.add_argument("--json", action="store_true", help="the result as JSON")
    check.set_defaults(run=_check)
    show = commands.add_parser("show", help="a pack as a page in words, or as a picture")
    show.add_argument("id", help="the id of a shipped pack, or a pack file")
    show.add_argument("--svg", metavar="FILE", help="write the state diagram to FILE")
    show.set_defaults(run=_show)
    listing = commands.add_parser("list", help="the shipped packs")
    listing.set_defaults(run=_list)
    pack_compare.add_to(commands, _packs)
    for command in (check, show, listing):
        command.add_argument("--lang", choices=LANGUAGES, default="en", help="language")
    return parser


def _packs(name: str) -> tuple[Pack, ...]:
    """The versions of a shipped pack or of a file."""
    if name in packs.ids():
        return packs.versions(name)
    return read(Path(name).read_bytes(), name, packs.common_text())


def _check(arguments: argparse.Namespace) -> int:
    """Check each file; a broken one does not hide those after it."""
    worst, found = 0, []
    for name in arguments.files:
        try:
            for pack in _packs(name):
                finding = explore(pack, calendars.load(PROOF_CALENDAR))
                worst = max(worst, 1 if finding.flaws else 0)
                if arguments.json:
                    found.append(_as_json(pack, finding, arguments.lang))
                else:
                    _tell(pack, finding, arguments.lang)
        except Refusal as refusal:
            if refusal.code != "pack-invalid":
                raise
            worst = _tell_problems(refusal, arguments.json)
    if found:
        print(json.dumps(found, ensure_ascii=False))
    return worst


def _tell(pack: Pack, finding: Finding, language: str) -> None:
    name = f"{pack.id} {pack.version}"
    if not finding.flaws:
        print(f"{name}: sound ({finding.states} states, {finding.steps} steps, all reached)")
        return
    print(f"{name}: {_counted(len(finding.flaws), 'flaw')} ({finding.states} states)")
    for flaw in finding.flaws:
        what, remedy = sentence(pack, flaw, language)
        print(f"\n{flaw.rule}: {what}")
        for step in steps(pack, flaw, language):
            print(f"    {step}")
        print(f"  → {remedy}")


def _as_json(pack: Pack, finding: Finding, language: str) -> dict[str, object]:
    flaws = []
    for flaw in finding.flaws:
        what, remedy = sentence(pack, flaw, language)
        story = steps(pack, flaw, language)
        flaws.append(
            {
                "rule": flaw.rule,
                "about": flaw.about,
                "what": what,
                "remedy": remedy,
                "story": story,
            }
        )
    return {
        "pack": pack.id,
        "version": pack.version,
        "sound": not finding.flaws,
        "states": finding.states,
        "steps": finding.steps,
        "complete": finding.complete,
        "flaws": flaws,
    }


def _tell_problems(refusal: Refusal, as_json: bool) -> int:
    problems = refusal.data["problems"]
    assert isinstance(problems, list)
    if as_json:
        print(json.dumps({"sound": False, "problems": [_problem(p) for p in problems]}))
    else:
        for problem in problems:
            print(problem)
        print(f"{_counted(len(problems), 'problem')}; nothing was loaded")
    return 1


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "where": problem.where,
        "what": problem.what,
        "remedy": problem.remedy,
    }


def _show(arguments: argparse.Namespace) -> int:
    pack = _packs(arguments.id)[-1]
    if arguments.svg:
        Path(arguments.svg).write_text(draw(pack, arguments.lang), encoding="utf-8")
        print(arguments.svg)
        return 0
    print(f"# {pack.title[arguments.lang]}\n\n{pack.summary[arguments.lang]}")
    print(f"\n{pack.id} {pack.version} · {pack.jurisdiction} · {pack.calendar} · {pack.zone}")
    for section in describe(pack, arguments.lang):
        print(f"\n## {section.heading}\n")
        for entry in section.entries:
            print(f"- {entry.text}")
            for detail in entry.details:
                print(f"  {detail}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    for pack_id in packs.ids():
        for pack in packs.versions(pack_id):
            until = f" – {pack.valid_until}" if pack.valid_until else ""
            title = pack.title[arguments.lang]
            print(f"{pack.id:<22} {pack.version:<8} {pack.valid_from}{until}  {title}")
    return 0
