"""``huiyin duty``: what emergency law asks to be reported or practised, and by when.

``list`` and ``show`` print the law with article, source and mark; ``due`` counts from what happened
and says why; ``check`` reads a file of your own. Needs no installation. Exit status 0, 1 for an
invalid file, 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from huiyin import calendars, duties
from huiyin.commands import options
from huiyin.commands.options import WrongCall
from huiyin.domain.duties import counting
from huiyin.domain.duties.counting import Moment, Standing
from huiyin.domain.duties.model import MOMENTS, Duty, Law
from huiyin.domain.duties.reading import read
from huiyin.domain.duties.telling import cited, label, limit, state, steps, word
from huiyin.domain.errors import Refusal
from huiyin.domain.zones import zone_named

TIME = "a date YYYY-MM-DD or an instant YYYY-MM-DDThh:mm:ss+hh:mm (hours need an instant)"


def main(argv: Sequence[str]) -> int:
    """Run ``huiyin duty …``; returns the exit status."""
    try:
        args = _parser().parse_args(list(argv))
        args.language = options.language(args.lang)
        status: int = args.run(args)
    except WrongCall as wrong:
        return options.complain("duty", str(wrong))
    except Refusal as refusal:
        return _refused(refusal, getattr(args, "language", "en"))
    except BrokenPipeError:
        raise  # the reader has gone (``| head``): told by the command line as a whole
    except OSError as error:
        return options.complain("duty", f"{error.filename}: {error.strerror}")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = options.OneLineParser(prog="huiyin duty", description="Duties of emergency law.")
    commands = parser.add_subparsers(required=True, metavar="list | show | due | check")
    listing = commands.add_parser("list", help="the laws and their duties")
    listing.set_defaults(run=_list)
    show = commands.add_parser("show", help="a law in words, with article, source and mark")
    show.set_defaults(run=_show)
    due = commands.add_parser("due", help="when each duty falls due, and why")
    due.add_argument(
        "--from", nargs=2, action="append", required=True, dest="since",
        metavar=("MOMENT", "TIME"), help=f"{', '.join(MOMENTS)}; {TIME}",
    )  # fmt: skip
    due.add_argument("--duty", help="only this one")
    due.add_argument("--tz", help="the time zone of the place, if not that of the law")
    due.set_defaults(run=_due)
    for command in (show, due):
        command.add_argument("--law", required=True, help="a law's id, or a .yaml file")
    check = commands.add_parser("check", help="read a file and name every problem")
    check.add_argument("file")
    check.set_defaults(run=_check)
    for command in (listing, show, due, check):
        command.add_argument("--lang", default="en", help="en, zh, zh-Hans or zh-Hant")
        command.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _law(name: str) -> Law:
    if name in duties.ids() or not name.endswith(".yaml"):
        return duties.load(name)
    return read(Path(name).read_bytes(), name)


def _list(args: argparse.Namespace) -> int:
    laws = [duties.load(name) for name in duties.ids()]
    if args.json:
        print(_dump([_law_json(law, args.language) for law in laws]))
        return 0
    for law in laws:
        print(f"{law.id}  {law.title[args.language]}")
        for duty in law.duties.values():
            print(f"    {duty.id:<30} {duty.title[args.language]}: {limit(duty, args.language)}")
    return 0


def _show(args: argparse.Namespace) -> int:
    law = _law(args.law)
    if args.json:
        print(_dump(_law_json(law, args.language)))
        return 0
    lang = args.language
    until = f" – {law.valid_until}" if law.valid_until else ""
    print(f"# {law.title[lang]}\n\n{law.summary[lang]}")
    print(f"\n{law.id} · {law.jurisdiction} · {law.zone} · {law.valid_from}{until}")
    for duty in law.duties.values():
        print(f"\n## {duty.title[lang]} ({duty.id})\n")
        for line in _told(law, duty, lang):
            print(f"- {line}")
    if law.gaps:
        print(f"\n## {word('gaps', lang)}\n")
        for gap in law.gaps:
            print(f"- {gap[lang]}")
    return 0


def _due(args: argparse.Namespace) -> int:
    law = _law(args.law)
    if args.tz:
        law = replace(law, zone=_zone(args.tz))
    happened = {name: _time(text) for name, text in args.since}
    if len(happened) < len(args.since):
        raise WrongCall("--from: a moment is given twice; each happens once")
    found = counting.standings(law, happened, calendars.load(law.calendar))
    if args.duty:
        found = tuple(s for s in found if s.duty.id == args.duty)
        if not found:
            raise Refusal("duty-unknown", duty=args.duty, known=list(law.duties))
    if args.json:
        print(_dump(_answer(law, found, args.language)))
        return 0
    for standing in found:
        _tell(law, standing, args.language)
    return 0


def _check(args: argparse.Namespace) -> int:
    law = read(Path(args.file).read_bytes(), args.file)
    print(f"{args.file}: {law.id}, {len(law.duties)} duties, no problem")
    return 0


def _tell(law: Law, standing: Standing, lang: str) -> None:
    duty = standing.duty
    print(f"{duty.title[lang]} ({duty.id}): {state(law, standing, lang)}")
    print(f"    {cited(law, duty.basis, lang)}")
    for line in steps(standing, lang):
        print(f"    {line}")
    if duty.basis.reading:
        print(f"    {label('reading', lang)}{duty.basis.reading[lang]}")


def _told(law: Law, duty: Duty, lang: str) -> list[str]:
    told = [
        f"{label('who', lang)}{duty.who[lang]}",
        limit(duty, lang),
        f"{label('law', lang)}{cited(law, duty.basis, lang)}",
    ]
    if duty.starts:
        told.insert(1, f"{label('from', lang)}{law.moments[duty.starts][lang]} ({duty.starts})")
    if duty.to:
        told.insert(1, f"{label('to', lang)}{duty.to[lang]}")
    if duty.items:
        joint = "; " if lang == "en" else "；"
        told.append(label("items", lang) + joint.join(i[lang] for i in duty.items.values()))
    if duty.basis.reading:
        told.append(f"{label('reading', lang)}{duty.basis.reading[lang]}")
    return told


def _law_json(law: Law, lang: str) -> dict[str, object]:
    return {
        "law": law.id,
        "title": law.title[lang],
        "summary": law.summary[lang],
        "jurisdiction": law.jurisdiction,
        "zone": law.zone,
        "from": law.valid_from.isoformat(),
        "until": law.valid_until.isoformat() if law.valid_until else None,
        "moments": {name: text[lang] for name, text in law.moments.items()},
        "duties": [_duty_json(law, duty, lang) for duty in law.duties.values()],
        "gaps": [gap[lang] for gap in law.gaps],
    }


def _duty_json(law: Law, duty: Duty, lang: str) -> dict[str, object]:
    source = law.sources[duty.basis.source]
    return {
        "id": duty.id,
        "kind": duty.kind,
        "title": duty.title[lang],
        "who": duty.who[lang],
        "to": duty.to[lang] if duty.to else None,
        "starts": duty.starts or None,
        "period": str(duty.rule.period) if duty.rule else None,
        "window": "calendar" if duty.window else "rolling",
        "settings": duty.settings,
        "hazards": duty.hazards,
        "items": {name: text[lang] for name, text in duty.items.items()},
        "basis": {
            "source": source.title[lang],
            "url": None if source.url == "-" else source.url,
            "article": None if duty.basis.article == "-" else duty.basis.article,
            "verified": duty.basis.verified,
            "reading": duty.basis.reading[lang] if duty.basis.reading else None,
        },
    }


def _answer(law: Law, found: Sequence[Standing], lang: str) -> dict[str, object]:
    return {
        "law": law.id,
        "title": law.title[lang],
        "zone": law.zone,
        "duties": [_duty_json(law, s.duty, lang) | _standing_json(law, s, lang) for s in found],
    }


def _standing_json(law: Law, standing: Standing, lang: str) -> Mapping[str, object]:
    end, due = counting.ends(standing, law), standing.due
    return {
        "state": standing.state,
        "from": standing.started.isoformat() if standing.started else None,
        "due": due.due.isoformat() if due else None,
        "before": end.isoformat() if end else None,
        "steps": steps(standing, lang),
    }


def _time(text: str) -> Moment:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise WrongCall(f"--from: {text!r} is not understood; expected {TIME}") from None


def _zone(name: str) -> str:
    if zone_named(name) is None:
        raise WrongCall(f"--tz: {name!r} is not known; write it as Asia/Shanghai")
    return name


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _refused(refusal: Refusal, lang: str) -> int:
    problems = refusal.data.get("problems")
    if isinstance(problems, list):
        for problem in problems:
            print(problem, file=sys.stderr)
        return 1
    room = "duties" if refusal.code in ROOM else "time"
    return options.complain("duty", options.sentence(refusal, lang, room))


# Refusals of duties; all others come from counting time.
ROOM = ("duty-unknown", "law-unknown", "moment-unknown", "law-not-in-force", "duty-invalid")
