"""What time costs: deriving a date, folding a case, proving the packs, finding what falls due.

``python -m bench.clocks`` prints one JSON object. Each figure is the median of several rounds
that are interleaved, with the least and the most beside it; nothing here is a verdict.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from huiyin import calendars, packs
from huiyin.domain.calendars import Calendar
from huiyin.domain.exploring import explore
from huiyin.domain.packs import Pack
from huiyin.domain.periods import Period, Rule, derive
from huiyin.domain.procedure import Act, Event, decide, fold

BEGIN = datetime(2026, 3, 2, 2, tzinfo=UTC)
PACK = "cn-xinfang-2022"
Work = Callable[[], object]


def measured(works: Mapping[str, tuple[int, Work]], rounds: int) -> dict[str, dict[str, float]]:
    """Microseconds of processor time per call, so that a busy machine does not count; the works
    take turns, so that what still disturbs them hits all alike."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, (times, work) in works.items():
            started = time.process_time()
            for _ in range(times):
                work()
            found[name].append((time.process_time() - started) / times * 1e6)
    return {name: _figure(values) for name, values in found.items()}


def _figure(values: list[float]) -> dict[str, float]:
    shown = (statistics.median(values), min(values), max(values))
    return dict(zip(("median", "min", "max"), (round(v, 1) for v in shown), strict=True))


def history(length: int) -> list[Event]:
    """A case of ``length`` events: handed in, assigned, accepted, then questions and replies."""
    pack = packs.load(PACK)
    calendar = calendars.load(pack.calendar)
    opening = {"unit": "unit-1", "texts": {"text": "t"}}
    events = list(decide(pack, calendar, None, Act("submit", "complainant", None, opening), BEGIN))
    state = fold(pack, calendar, events)
    steps = [("assign", "supervisor", "sue", {"owner": "olga"}), ("accept", "owner", "olga", {})]
    texts = {"ask": "question", "message": "message"}
    for n in range(length - len(steps) - 1):
        act = "ask" if n % 2 == 0 else "message"
        role, actor = ("owner", "olga") if act == "ask" else ("complainant", None)
        steps.append((act, role, actor, {"texts": {texts[act]: "t"}}))
    for n, (name, role, actor, data) in enumerate(steps, 1):
        now = BEGIN + timedelta(minutes=n)
        new = decide(pack, calendar, state, Act(name, role, actor, data), now)
        events += new
        state = fold(pack, calendar, new, onto=state)
    return events


def deriving(rounds: int) -> dict[str, object]:
    """One date, and cases of 10, 100 and 1000 events."""
    pack, china = packs.load(PACK), calendars.load("cn")
    rule, start = Rule(Period(20, "wd")), date(2026, 3, 2)
    lives = {n: history(n) for n in (10, 100, 1000)}
    works: dict[str, tuple[int, Work]] = {
        "derive_20_working_days": (500, lambda: derive(rule, start, china)),
        "derive_60_days": (500, lambda: derive(Rule(Period(60, "d")), start, china)),
    }
    for n, events in lives.items():
        works[f"fold_{n}_events"] = (max(1, 500 // n), _folding(pack, china, events))
    return {"microseconds": measured(works, rounds)}


def _folding(pack: Pack, calendar: Calendar, events: list[Event]) -> Work:
    return lambda: fold(pack, calendar, events)


def checking() -> dict[str, object]:
    """``pack check`` of every shipped pack, each explored completely, once."""
    weekdays, seconds = calendars.load("weekdays"), {}
    for name in packs.ids():
        for pack in packs.versions(name):
            started = time.process_time()
            finding = explore(pack, weekdays)
            taken = round(time.process_time() - started, 2)
            sound = finding.complete and not finding.flaws
            seconds[f"{name} {pack.version}"] = {
                "seconds": taken, "states": finding.states, "sound": sound
            }  # fmt: skip
    return {"packs": seconds, "seconds": round(sum(p["seconds"] for p in seconds.values()), 2)}


def sweeping(cases: int, due: int, rounds: int) -> dict[str, object]:
    """What falls due in one unit, and in all, among ``cases`` open clocks.

    A table with the columns and the indexes that cases_case has for its queues; ``due`` of
    the rows are due now, the others later.
    """
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "sweep.sqlite3")
        base.execute(
            "CREATE TABLE cases_case (number TEXT PRIMARY KEY, unit_id TEXT, owner_id INTEGER,"
            " open BOOL, office_due TEXT)"
        )
        now = BEGIN.isoformat()
        base.executemany("INSERT INTO cases_case VALUES (?,?,?,?,?)", _rows(cases, due))
        base.execute("CREATE INDEX desk_unit ON cases_case (unit_id, open, owner_id, office_due)")
        base.execute("CREATE INDEX desk_mine ON cases_case (owner_id, open, office_due)")
        base.execute("ANALYZE")
        mine = (
            "SELECT number FROM cases_case WHERE owner_id = 7 AND open = 1 AND office_due <= ?"
            " ORDER BY office_due LIMIT 50"
        )
        everywhere = "SELECT count(*) FROM cases_case WHERE open = 1 AND office_due <= ?"
        plans = {
            "owner": base.execute(f"EXPLAIN QUERY PLAN {mine}", [now]).fetchall()[0][3],
            "everywhere": base.execute(f"EXPLAIN QUERY PLAN {everywhere}", [now]).fetchall()[0][3],
        }
        works: dict[str, tuple[int, Work]] = {
            "owner": (20, lambda: base.execute(mine, [now]).fetchall()),
            "everywhere": (1, lambda: base.execute(everywhere, [now]).fetchone()),
        }
        figures = measured(works, rounds)
        found = base.execute(everywhere, [now]).fetchone()[0]
        base.close()
    return {"open": cases, "due_now": found, "microseconds": figures, "plans": plans}


def _rows(cases: int, due: int) -> list[tuple[object, ...]]:
    rows = []
    for n in range(cases):
        days = -(n % 30) - 1 if n < due else 1 + n % 400
        day = BEGIN + timedelta(days=days)
        rows.append((f"2026-{n:07}", f"unit-{n % 200}", n % 1000, 1, day.isoformat()))
    return rows


def main() -> None:
    """Print every figure as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.clocks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", type=int, default=1_000_000)
    options = parser.parse_args()
    result = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(),
                    "sqlite": sqlite3.sqlite_version},
        "deriving": deriving(options.rounds),
        "sweep": [sweeping(options.cases, due, options.rounds) for due in (100, 10_000)],
        "pack_check": checking(),
    }  # fmt: skip
    print(json.dumps(result, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
