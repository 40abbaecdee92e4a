"""``huiyin plan``: check, lint, simulate, compare, show and export plans. Needs no installation.

Exit status: 0 for a plan without open findings (``lint``: without errors and warnings; ``diff``:
without differences), 1 otherwise or if a file is no plan, 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

from huiyin import plans
from huiyin.commands import options, plan_document, plan_simulate
from huiyin.commands.options import OneLineParser, WrongCall
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.comparing import compare
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.linting import Files, lint, open_findings
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation, without_private
from huiyin.domain.plans.reading import MOST_BYTES, read_organisation, read_plan
from huiyin.domain.plans.schema import schema
from huiyin.domain.plans.showing import show
from huiyin.domain.plans.writing import as_data, write
from huiyin.domain.strict_yaml import Item, Problem, Problems
from huiyin.plans.problems import told

LANGUAGES = "en, zh, zh-Hans or zh-Hant"


def main(argv: list[str]) -> int:
    """Run ``huiyin plan …``; returns the exit status."""
    try:
        arguments = _parser().parse_args(argv)
        status: int = arguments.run(arguments)
    except WrongCall as wrong:
        return options.complain("plan", str(wrong))
    except Refusal as refusal:
        return _refused(refusal, "--json" in argv, _language(argv))
    except BrokenPipeError:
        raise  # the reader has gone (``| head``): told by the command line as a whole
    except OSError as error:
        return options.complain("plan", f"{error.filename}: {error.strerror}")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="huiyin plan", description="emergency plans as data")
    commands = parser.add_subparsers(
        required=True,
        metavar="check | lint | simulate | diff | show | export | document | rules | examples"
        " | schema",
        dest="command",
    )
    check = _command(commands, "check", _check, "is the file a plan? its shape only")
    _files(check)
    linting = _command(commands, "lint", _lint, "find what is wrong with a plan")
    _files(linting)
    linting.add_argument("--today", default="", help="the day to judge by, 2026-11-22")
    linting.add_argument("--all", action="store_true", help="also findings that were accepted")
    diff = _command(commands, "diff", _diff, "what a version changes, in words")
    diff.add_argument("old", help="a plan file, or the name of an example")
    diff.add_argument("new", help="a plan file, or the name of an example")
    showing = _command(commands, "show", _show, "a plan as a page in words")
    _files(showing)
    export = _command(commands, "export", _export, "a plan or organisation, written anew")
    _files(export)
    export.add_argument("--organisation", action="store_true", help="write the organisation")
    export.add_argument("--private", action="store_true", help="with names and numbers")
    export.add_argument("--out", metavar="FILE", help="write to FILE")
    document = _command(commands, "document", None, "a plan to be filed: PDF or Word")
    _files(document)
    plan_document.add_to(document, lambda a: (_plan(a.file)[0], _organisation(a)[0]))
    plan_simulate.add_to(commands)
    _command(commands, "rules", _rules, "all rules with severity and source")
    _command(commands, "examples", _examples, "the example plans")
    form = _command(commands, "schema", _schema, "the format as JSON Schema, for editors")
    form.add_argument("--organisation", action="store_true", help="of the organisation file")
    for command in (check, linting, diff, export, commands.choices["rules"]):
        command.add_argument("--json", action="store_true", help="the result as JSON")
    return parser


def _command(commands: object, name: str, run: object, help: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help)  # type: ignore[attr-defined]
    command.add_argument("--lang", default="en", help=LANGUAGES)
    command.set_defaults(run=run)
    return command


def _files(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help="a plan file, or the name of an example")
    command.add_argument("--org", metavar="FILE", help="the organisation file")


# --- reading -----------------------------------------------------------------------------------


def _plan(name: str) -> tuple[Plan, Item]:
    if name in plans.examples():
        return read_plan(plans.example(name)[0], f"{name}.yaml")
    return read_plan(_bytes(name), name)


def _organisation(arguments: argparse.Namespace) -> tuple[Organisation, Item] | tuple[None, None]:
    """The organisation of ``--org``, or the one that belongs to an example."""
    if arguments.org:
        return read_organisation(_bytes(arguments.org), arguments.org)
    if arguments.file in plans.examples():
        return read_organisation(plans.example(arguments.file)[1], f"{arguments.file}.org.yaml")
    return None, None


def _bytes(name: str) -> bytes:
    """The file, unless it is larger than any plan: then it is not read at all."""
    path = Path(name)
    size = path.stat().st_size
    if size > MOST_BYTES:
        problems = Problems()
        problems.add(Item("", 1, name), "", f"{size} bytes", f"at most {MOST_BYTES} bytes")
        problems.raise_any("plan-invalid")
    return path.read_bytes()


def _today(said: str) -> date:
    if not said:
        return datetime.now(UTC).astimezone().date()
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise WrongCall(f"--today: {said!r} is no day; expected 2026-11-22") from None


# --- commands ----------------------------------------------------------------------------------


def _check(arguments: argparse.Namespace) -> int:
    plan, _ = _plan(arguments.file)
    _organisation(arguments)
    if arguments.json:
        print(json.dumps({"valid": True, "plan": plan.about.id, "version": plan.about.version}))
    else:
        print(f"{plan.about.id} {plan.about.version}: a plan ({plan.about.status})")
    return 0


def _lint(arguments: argparse.Namespace) -> int:
    language = options.language(arguments.lang)
    today = _today(arguments.today)
    plan, top = _plan(arguments.file)
    organisation, org_top = _organisation(arguments)
    files = Files(top, org_top)
    law, words, labels = plans.laws(), plans.catalogue(), plans.labels()
    land = plans.land()
    found = lint(plan, organisation, today, law, words, language, files, labels, land)
    if arguments.json:
        print(_as_json(plan, organisation, today, found))
    else:
        _tell(arguments, found)
    grave = [f for f in open_findings(found) if f.severity != "note"]
    return 1 if grave else 0


def _as_json(
    plan: Plan, organisation: Organisation | None, today: date, found: Sequence[Finding]
) -> str:
    """A stable form: keys and their order are part of the interface."""
    counts = {
        s: sum(f.severity == s and not f.accepted for f in found)
        for s in ("error", "warning", "note")
    }
    answer = {
        "format": 1,
        "plan": plan.about.id,
        "version": plan.about.version,
        "organisation": organisation.about.id if organisation else None,
        "today": today.isoformat(),
        "open": counts,
        "accepted": sum(bool(f.accepted) for f in found),
        "findings": [asdict(f) for f in found],
    }
    return json.dumps(answer, ensure_ascii=False, indent=1)


def _tell(arguments: argparse.Namespace, found: Sequence[Finding]) -> None:
    names = {"plan": arguments.file, "organisation": arguments.org or "organisation"}
    shown = found if arguments.all else open_findings(found)
    for f in shown:
        accepted = f" (accepted until {f.accepted})" if f.accepted else ""
        print(f"{names[f.file]}:{f.line}: {f.severity}: {f.text} [{f.rule}]{accepted}")
        print(f"    {f.at or '/'} → {f.remedy}")
    still = open_findings(found)
    counts = [f"{sum(f.severity == s for f in still)} {s}s" for s in ("error", "warning", "note")]
    accepted = f", {len(found) - len(still)} accepted" if len(found) > len(still) else ""
    print(", ".join(counts) + accepted)


def _diff(arguments: argparse.Namespace) -> int:
    changes = compare(_plan(arguments.old)[0], _plan(arguments.new)[0])
    language = options.language(arguments.lang)
    if arguments.json:
        print(json.dumps([c.as_data() for c in changes], ensure_ascii=False, indent=1))
    else:
        for change in changes:
            print(change.said(language))
    return 1 if changes else 0


def _show(arguments: argparse.Namespace) -> int:
    plan, _ = _plan(arguments.file)
    organisation, _ = _organisation(arguments)
    print(show(plan, organisation, plans.labels(), options.language(arguments.lang)))
    return 0


def _export(arguments: argparse.Namespace) -> int:
    value: Plan | Organisation = _plan(arguments.file)[0]
    if arguments.organisation:
        organisation, _ = _organisation(arguments)
        if organisation is None:
            raise WrongCall("--organisation needs --org FILE")
        value = organisation if arguments.private else without_private(organisation)
    data = json.dumps(as_data(value), ensure_ascii=False, indent=1) + "\n"
    text = data if arguments.json else write(value)
    if arguments.out:
        Path(arguments.out).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _rules(arguments: argparse.Namespace) -> int:
    language = options.language(arguments.lang)
    catalogue = plans.catalogue()
    if arguments.json:
        print(json.dumps([asdict(w) for w in catalogue.values()], ensure_ascii=False, indent=1))
        return 0
    for words in catalogue.values():
        print(f"{words.id:<28} {words.severity:<8} {words.text[language]}  ({words.source})")
    return 0


def _examples(arguments: argparse.Namespace) -> int:
    language = options.language(arguments.lang)
    for name in plans.examples():
        title = _plan(name)[0].about.title
        print(f"{name:<24} {title.get(language) or next(iter(title.values()))}")
    print(f"complete on {plans.EXAMPLES_DAY}: huiyin plan lint NAME --today {plans.EXAMPLES_DAY}")
    return 0


def _schema(arguments: argparse.Namespace) -> int:
    language = options.language(arguments.lang)
    labels = plans.labels()
    titles = {key: text[language] for key, text in (labels["blocks"] | labels["fields"]).items()}
    of = Organisation if arguments.organisation else Plan
    print(json.dumps(schema(of, titles), ensure_ascii=False, indent=1))
    return 0


# After the problems of a file: how many there are (one, several).
_COUNTED = {
    "en": ("1 problem; nothing was loaded", "{} problems; nothing was loaded"),
    "zh-Hans": ("1 处问题；没有载入任何内容", "{} 处问题；没有载入任何内容"),
    "zh-Hant": ("1 處問題；沒有載入任何內容", "{} 處問題；沒有載入任何內容"),
}


def _language(argv: Sequence[str]) -> str:
    """The language of a call that was understood."""
    named = [value for name, value in pairwise(argv) if name == "--lang"]
    named += [word.partition("=")[2] for word in argv if word.startswith("--lang=")]
    return options.language(named[-1]) if named else "en"


def _refused(refusal: Refusal, as_json: bool, language: str) -> int:
    if refusal.code != "plan-invalid":
        return options.complain("plan", str(refusal))
    found = refusal.data["problems"]
    assert isinstance(found, list)
    problems = told(found, language)
    if as_json:
        print(json.dumps({"valid": False, "problems": [_problem(p) for p in problems]}))
    else:
        for problem in problems:
            print(problem)
        print(_COUNTED[language][len(problems) > 1].format(len(problems)))
    return 1


def _problem(problem: Problem) -> dict[str, object]:
    return asdict(problem)
