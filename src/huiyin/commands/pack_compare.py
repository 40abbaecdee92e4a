"""``huiyin pack diff`` and ``what-if``: what a new version says, and what it would have done.

``diff`` needs two packs. ``what-if`` replays recorded histories, from a file of events (one
JSON object per line, as the register keeps them, or a JSON list) or from the data folder of
an installation, and lists the dates that move. Nothing is written.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from huiyin import calendars, packs
from huiyin.commands import options
from huiyin.domain.calendars import Calendar
from huiyin.domain.comparing import Comparison, compare
from huiyin.domain.errors import Refusal
from huiyin.domain.folding import as_of, fold
from huiyin.domain.leaves import parse_at
from huiyin.domain.packs import Pack
from huiyin.domain.replaying import Moved, fold_recorded, moved
from huiyin.domain.states import Event

MOST_BYTES = 200_000_000
History = tuple[str, list[Event]]
Packs = Callable[[str], tuple[Pack, ...]]


@dataclass(slots=True)
class Result:
    """What a replay found."""

    cases: int = 0
    skipped: int = 0
    moved: list[tuple[str, Moved]] = field(default_factory=list)
    impossible: list[tuple[str, str]] = field(default_factory=list)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser], find: Packs) -> None:
    """The two subcommands of ``huiyin pack``; ``find`` gives the packs of an id or file."""
    diff = commands.add_parser("diff", help="what a new version changes")
    diff.add_argument("old", help="ID@VERSION, ID, or a pack file")
    diff.add_argument("new", help="ID@VERSION, ID, or a pack file")
    diff.set_defaults(run=lambda args: _diff(args, find))
    what_if = commands.add_parser("what-if", help="recorded cases under another law")
    what_if.add_argument("--pack", required=True, help="ID@VERSION, ID, or a pack file")
    what_if.add_argument("--calendar", help="another calendar, or a .toml file")
    source = what_if.add_mutually_exclusive_group(required=True)
    source.add_argument("--history", metavar="FILE", help="events as JSON or JSON lines")
    source.add_argument("--data", metavar="DIR", help="the data folder of an installation")
    what_if.set_defaults(run=lambda args: _what_if(args, find))
    for command in (diff, what_if):
        command.add_argument("--json", action="store_true", help="the result as JSON")


def one(name: str, find: Packs) -> Pack:
    """The pack ``ID@VERSION``; without a version the newest. Raises pack-version-missing."""
    if Path(name).is_file():
        return find(name)[-1]
    pack_id, _, version = name.partition("@")
    found = find(pack_id)
    if not version:
        return found[-1]
    for pack in found:
        if pack.version == version:
            return pack
    raise Refusal("pack-version-missing", pack=pack_id, version=version)


# --- diff --------------------------------------------------------------------------------------


def _diff(arguments: argparse.Namespace, find: Packs) -> int:
    old, new = one(arguments.old, find), one(arguments.new, find)
    result = compare(old, new)
    if arguments.json:
        print(json.dumps(_diff_as_json(old, new, result), ensure_ascii=False))
        return 0
    print(f"{old.id} {old.version} → {new.id} {new.version}")
    for d in result.differences:
        print(f"  {d.part:6} {d.id:24} {d.what:18} {d.before} → {d.after}")
    print(f"{len(result.differences)} differences, {result.texts} texts worded differently")
    return 0


def _diff_as_json(old: Pack, new: Pack, result: Comparison) -> dict[str, object]:
    return {
        "old": {"pack": old.id, "version": old.version},
        "new": {"pack": new.id, "version": new.version},
        "texts": result.texts,
        "differences": [
            {"part": d.part, "id": d.id, "what": d.what, "before": d.before, "after": d.after}
            for d in result.differences
        ],
    }


# --- what-if -----------------------------------------------------------------------------------


def _what_if(arguments: argparse.Namespace, find: Packs) -> int:
    pack = one(arguments.pack, find)
    calendar = options.calendar(arguments.calendar or pack.calendar)
    histories: Iterable[History] = (
        _of_installation(arguments.data) if arguments.data else _of_file(Path(arguments.history))
    )
    result = replay(pack, calendar, histories, datetime.now(UTC))
    print(_as_json(pack, calendar, result) if arguments.json else _as_table(result))
    return 0


def replay(pack: Pack, calendar: Calendar, histories: Iterable[History], now: datetime) -> Result:
    """Each history of the pack's procedure as it was, and under ``pack`` and ``calendar``."""
    result = Result()
    for case, events in histories:
        if events[0].data.get("pack") != pack.id:
            result.skipped += 1
            continue
        result.cases += 1
        try:
            lived = packs.load(pack.id, str(events[0].data["pack_version"]))
            was = fold_recorded(lived, _recorded, events)
            other = fold(pack, calendar, events)
        except Refusal as refusal:
            result.impossible.append((case, str(refusal)))
            continue
        then = as_of(lived, _recorded(events[0]), was, max(now, was.last))
        instead = as_of(pack, calendar, other, max(now, other.last))
        result.moved += [(case, one) for one in moved(then, instead)]
    return result


def _recorded(event: Event) -> Calendar:
    """The calendar an event names; the one in use if that version is lost."""
    name, version = str(event.data["calendar"]), str(event.data["calendar_version"])
    try:
        return calendars.load(name, version)
    except Refusal as refusal:
        if refusal.code != "calendar-version-missing":
            raise
        return calendars.load(name)


def _of_installation(folder: str) -> Iterator[History]:
    from huiyin.commands.installation import configure

    configure(folder)
    from huiyin.cases.models import Case
    from huiyin.history.queries import events

    for number in Case.objects.order_by("number").values_list("number", flat=True).iterator():
        yield number, [row.event for row in events(number)]


def _of_file(path: Path) -> list[History]:
    """The histories in a file, in the order of first mention. Raises history-invalid."""
    if path.stat().st_size > MOST_BYTES:
        raise Refusal("history-invalid", line=1, problem=f"more than {MOST_BYTES} bytes")
    found: dict[str, list[Event]] = {}
    for line, said in _objects(path.read_bytes()):
        case, event = _event(line, said)
        found.setdefault(case, []).append(event)
    if not found:
        raise Refusal("history-invalid", line=1, problem="no events")
    return list(found.items())


def _objects(raw: bytes) -> Iterator[tuple[int, Any]]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refusal("history-invalid", line=line, problem="not UTF-8") from error
    if text.lstrip().startswith("["):
        yield from ((1, said) for said in _json(1, text))
        return
    for line, row in enumerate(text.splitlines(), 1):
        if row.strip():
            yield line, _json(line, row)


def _json(line: int, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal("history-invalid", line=line, problem=f"not JSON: {error}"[:120]) from error


def _event(line: int, said: Any) -> tuple[str, Event]:
    try:
        event = Event(
            seq=int(said["seq"]),
            type=str(said["act"]),
            at=parse_at(said["at"]),
            role=str(said["role"]),
            actor=said.get("actor"),
            data=dict(said["data"]),
            version=int(said.get("v", 1)),
        )
        return str(said["case"]), event
    except (KeyError, TypeError, ValueError, AttributeError, Refusal) as error:
        problem = "an event has case, seq, act, at, role and data"
        raise Refusal("history-invalid", line=line, problem=problem) from error


def _as_json(pack: Pack, calendar: Calendar, result: Result) -> str:
    answer = {
        "pack": {"id": pack.id, "version": pack.version},
        "calendar": {"id": calendar.id, "version": calendar.version},
        "cases": result.cases,
        "skipped": result.skipped,
        "impossible": [{"case": c, "why": why} for c, why in result.impossible],
        "moved": [
            {
                "case": case,
                "limit": m.limit,
                "level": m.level,
                "before": m.before.isoformat() if m.before else None,
                "after": m.after.isoformat() if m.after else None,
                "days": m.days,
            }
            for case, m in result.moved
        ],
    }
    return json.dumps(answer, ensure_ascii=False)


def _as_table(result: Result) -> str:
    lines = [f"{'case':14} {'limit':24} {'before':12} {'after':12} days"] if result.moved else []
    for case, m in result.moved:
        days = "" if m.days is None else f"{m.days:+d}"
        lines.append(f"{case:14} {m.limit:24} {_cell(m.before)} {_cell(m.after)} {days}")
    lines += [f"{case}: cannot be replayed: {why}" for case, why in result.impossible]
    touched = len({case for case, _ in result.moved})
    lines.append(
        f"{result.cases} cases replayed, {result.skipped} of other procedures; "
        f"{len(result.moved)} dates move in {touched} cases"
    )
    return "\n".join(lines)


def _cell(moment: object) -> str:
    return f"{str(moment)[:10] if moment else '-':12}"
