"""``huiyin calendar import`` and ``recompute``: a new year's notice into this installation.

The notice is read, shown, confirmed, and written as a new version of the calendar into the
data folder; the version before stays beside it, because cases say by which one they were
counted. Then the dates of open cases are computed anew. What a notice may look like:
``huiyin.domain.calendar_notices``.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from huiyin import calendars
from huiyin.calendars.importing import Proposal, propose, write
from huiyin.commands.installation import configure
from huiyin.commands.options import WrongCall
from huiyin.domain.calendar_notices import MOST_CHARACTERS
from huiyin.domain.errors import Refusal
from huiyin.domain.explaining import moment

WORDS = {
    "en": {
        "preview": "{title} {year}: new version {version} (now: {old})",
        "off": "off",
        "work": "work",
        "added": "+",
        "gone": "-",
        "same": "Nothing changes.",
        "unused": "Lines not used:",
        "ask": "Write this version? [y/N] ",
        "dry": "Nothing was written. Say --yes to write it.",
        "written": "Written: {path}",
        "moved": "{looked} open cases looked at; dates moved in {moved}.",
        "later": "No tables here yet: nothing to compute anew.",
    },
    "zh-Hans": {
        "preview": "{title} {year} 年：新版本 {version}（现为 {old}）",
        "off": "放假",
        "work": "上班",
        "added": "+",
        "gone": "-",
        "same": "没有变化。",
        "unused": "未采用的行：",
        "ask": "写入这个版本？[y/N] ",
        "dry": "未写入任何内容。加 --yes 写入。",
        "written": "已写入：{path}",
        "moved": "查看了 {looked} 件办理中的事项；{moved} 件的日期有变化。",
        "later": "这里还没有数据表，无需重新计算。",
    },
    "zh-Hant": {
        "preview": "{title} {year} 年：新版本 {version}（現為 {old}）",
        "off": "放假",
        "work": "上班",
        "added": "+",
        "gone": "-",
        "same": "沒有變化。",
        "unused": "未採用的行：",
        "ask": "寫入這個版本？[y/N] ",
        "dry": "未寫入任何內容。加 --yes 寫入。",
        "written": "已寫入：{path}",
        "moved": "查看了 {looked} 件辦理中的事項；{moved} 件的日期有變化。",
        "later": "這裡還沒有資料表，無需重新計算。",
    },
}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The two subcommands of ``huiyin calendar``."""
    new = commands.add_parser("import", help="a year's notice, with preview")
    new.add_argument("id", metavar="ID")
    new.add_argument("year", metavar="YEAR")
    new.add_argument("file", metavar="FILE", help="the notice or a table; - for pasted text")
    new.add_argument("--source", default="", help="the notice, as it is cited")
    new.add_argument("--url", default="", help="where it is published")
    new.add_argument("--yes", action="store_true", help="write without asking")
    new.set_defaults(run=run)
    again = commands.add_parser("recompute", help="dates of open cases by the calendar in use")
    again.add_argument("id", metavar="ID")
    again.set_defaults(run=recompute)
    for command in (new, again):
        command.add_argument("--data", help="the data folder of the installation")
        command.add_argument("--lang", default="en", help="en, zh, zh-Hans or zh-Hant")


def run(args: argparse.Namespace, language: str) -> int:
    """Read, show, confirm, write, recompute. Returns 0; 1 when it was declined."""
    words = WORDS[language]
    configure(args.data)  # which also says where this installation's calendars lie
    if not re.fullmatch(r"[0-9]{4}", args.year) or args.year == "0000":
        raise WrongCall(f"YEAR: {args.year!r} is not understood; expected four digits: 2026")
    try:
        found = propose(
            args.id,
            int(args.year),
            _text(args.file),
            args.source,
            args.url,
            datetime.now(UTC).date(),
        )
    except Refusal as refusal:
        if refusal.code != "notice-source-missing":
            raise
        wanted = "--source is missing; name the notice, for example: 国办发明电〔2025〕7号"
        raise WrongCall(wanted) from refusal
    _preview(found, language)
    if not args.yes and not _confirmed(args.file, words):
        print(words["dry"])
        return 1
    path = write(found.old, found.new, found.text)
    print(words["written"].format(path=path))
    return _recompute(args.id, words)


def recompute(args: argparse.Namespace, language: str) -> int:
    """Compute the dates of open cases anew (again, after an interruption or an upgrade)."""
    configure(args.data)  # which also says where this installation's calendars lie
    calendars.load(args.id)
    return _recompute(args.id, WORDS[language])


def _text(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw[: 4 * MOST_CHARACTERS + 4].decode("utf-8")
    except OSError as error:
        raise WrongCall(f"FILE: cannot read {name!r}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise WrongCall(f"FILE: {name}:{line}: not UTF-8; save the text as UTF-8") from error


def _preview(found: Proposal, language: str) -> None:
    words, new = WORDS[language], found.new
    told = {"title": new.title[language], "year": found.year, "version": new.version}
    print(words["preview"].format(**told, old=found.old.version))
    for sign, note in found.changes:
        day, kind = moment(note.day.isoformat(), language), words["work" if note.working else "off"]
        print(f"  {sign} {day}  {kind}  {note.name[language]}")
    if not found.changes:
        print(words["same"])
    if found.notice.unused:
        print(words["unused"])
        for line, text in found.notice.unused:
            print(f"  {line}: {text[:60]}")


def _confirmed(file: str, words: dict[str, str], ask: Callable[[str], str] = input) -> bool:
    if file == "-" or not sys.stdin.isatty():
        return False
    return ask(words["ask"]).strip().lower() in ("y", "yes", "是")


def _recompute(calendar_id: str, words: dict[str, str]) -> int:
    from django.db import connection

    if "cases_case" not in connection.introspection.table_names():
        print(words["later"])
        return 0
    from huiyin.cases.recalculating import recalculate

    done = recalculate(calendar_id, datetime.now(UTC))
    print(words["moved"].format(looked=done.looked, moved=len(done.moved)))
    return 0
