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
from zoneinfo import ZoneInfo

from huiyin import calendars, duties
from huiyin.commands import options
from huiyin.commands.options import WrongCall
from huiyin.domain.duties import counting
from huiyin.domain.duties.citing import joined
from huiyin.domain.duties.counting import Moment, Standing
from huiyin.domain.duties.model import MOMENTS, UNCLOCKED, Duty, Law
from huiyin.domain.duties.reading import read
from huiyin.domain.errors import Refusal
from huiyin.domain.explaining import explain, length, moment
from huiyin.domain.packs import Basis

TIME = "a date YYYY-MM-DD or an instant YYYY-MM-DDThh:mm:ss+hh:mm (hours need an instant)"
# en, zh-Hans, zh-Hant
WORDS = {
    "within": ("within {0}", "{0}内", "{0}內"),
    "each-1": ("once in each calendar month", "每个日历月一次", "每個日曆月一次"),
    "each-3": ("once in each calendar quarter", "每个日历季度一次", "每個日曆季度一次"),
    "each-6": ("once in each half of a calendar year", "每个日历半年一次", "每個日曆半年一次"),
    "each-12": ("once in each calendar year", "每个日历年一次", "每個日曆年一次"),
    "each": ("once in each {0} of the calendar", "按日历每{0}一次", "按日曆每{0}一次"),
    "every": ("again within {0}", "{0}内再次进行", "{0}內再次進行"),
    "at-once": ("at once; no number", "立即；没有时限数字", "立即；沒有時限數字"),
    "kept": ("to be kept; no clock runs", "应予遵守；不计时限", "應予遵守；不計時限"),
    "waits": ("waits for: {0}", "尚待：{0}", "尚待：{0}"),
    "due": ("due {0}", "到期：{0}", "到期：{0}"),
    "window": (
        "The last one was on {0}; the period in which the next is owed begins on {1}.",
        "上一次在{0}；下一次所在的周期自{1}开始。",
        "上一次在{0}；下一次所在的週期自{1}開始。",
    ),
    "from": ("from", "起算", "起算"),
    "who": ("who", "义务人", "義務人"),
    "to": ("to", "报告对象", "報告對象"),
    "items": ("holding", "内容", "內容"),
    "law": ("law", "依据", "依據"),
    "reading": ("reading", "理解", "理解"),
    "gaps": ("Left open", "未定之处", "未定之處"),
    "moments": ("Moments", "起算时刻", "起算時刻"),
    "yes": ("read in the primary text", "已核对原文", "已核對原文"),
    "secondary": ("from secondary sources", "据二手资料", "據二手資料"),
    "no": ("unverified", "未核实", "未核實"),
}


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
        print(f"\n## {_word('gaps', lang)}\n")
        for gap in law.gaps:
            print(f"- {gap[lang]}")
    return 0


def _due(args: argparse.Namespace) -> int:
    law = _law(args.law)
    if args.tz:
        law = replace(law, zone=_zone(args.tz))
    happened = {name: _time(text) for name, text in args.since}
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
    print(f"{duty.title[lang]} ({duty.id}): {_state(law, standing, lang)}")
    print(f"    {cited(law, duty.basis, lang)}")
    for line in _steps(standing, lang):
        print(f"    {line}")
    if duty.basis.reading:
        print(f"    {_label('reading', lang)}{duty.basis.reading[lang]}")


def _state(law: Law, standing: Standing, lang: str) -> str:
    if standing.state == "kept":
        return limit(standing.duty, lang)
    if standing.state == "waits":
        return _word("waits", lang, law.moments[standing.duty.starts][lang])
    if standing.due is None:
        return _word("at-once", lang)
    return _word("due", lang, moment(standing.due.due.isoformat(), lang))


def _steps(standing: Standing, lang: str) -> list[str]:
    """How it was counted, a sentence per step."""
    if standing.due is None:
        return []
    told = []
    if standing.opens is not None and standing.started is not None:
        last = moment(standing.started.isoformat()[:10], lang)
        told.append(_word("window", lang, last, moment(standing.opens.isoformat(), lang)))
    return told + [explain(step, lang) for step in standing.due.steps]


def _told(law: Law, duty: Duty, lang: str) -> list[str]:
    told = [
        f"{_label('who', lang)}{duty.who[lang]}",
        limit(duty, lang),
        f"{_label('law', lang)}{cited(law, duty.basis, lang)}",
    ]
    if duty.starts:
        told.insert(1, f"{_label('from', lang)}{law.moments[duty.starts][lang]} ({duty.starts})")
    if duty.to:
        told.insert(1, f"{_label('to', lang)}{duty.to[lang]}")
    if duty.items:
        joint = "; " if lang == "en" else "；"
        told.append(_label("items", lang) + joint.join(i[lang] for i in duty.items.values()))
    if duty.basis.reading:
        told.append(f"{_label('reading', lang)}{duty.basis.reading[lang]}")
    return told


def limit(duty: Duty, lang: str) -> str:
    """The duty's limit in words: ``within 1 hour``, ``once in each calendar month``."""
    if duty.kind in UNCLOCKED:
        return _word("kept", lang)
    if duty.rule is None:
        return _word("at-once", lang)
    period = duty.rule.period
    span = length(period.count, period.unit, lang)
    if duty.window:
        named = f"each-{period.count * (12 if period.unit == 'y' else 1)}"
        return _word(named if named in WORDS else "each", lang, span)
    again = duty.kind in ("drill", "review")
    return _word("every" if again else "within", lang, span)


def cited(law: Law, basis: Basis, lang: str) -> str:
    """Source, article and mark: ``State Council Order 493 …, art. 9, 12 (read in …)``."""
    title = law.sources[basis.source].title[lang]
    return f"{joined(title, basis.article, lang)} ({_word(basis.verified, lang)})"


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
        "steps": _steps(standing, lang),
    }


def _time(text: str) -> Moment:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise WrongCall(f"--from: {text!r} is not understood; expected {TIME}") from None


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise WrongCall(f"--tz: {name!r} is not known; write it as Asia/Shanghai") from None
    return name


def _word(key: str, lang: str, *facts: str) -> str:
    return WORDS[key][options.DATA_LANGUAGES.index(lang)].format(*facts)


def _label(key: str, lang: str) -> str:
    return _word(key, lang) + (": " if lang == "en" else "：")


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
