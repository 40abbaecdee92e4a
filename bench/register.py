"""What the register costs: appending, proving, checking everything, serving tiles, memory.

``python -m bench.register`` prints one JSON object for a million leaves; ``--leaves`` for fewer,
``--quick`` for 50,000 in short rounds. Runs beside the database of ``HUIYIN_DATABASE``, in one made
for it and dropped afterwards, or on SQLite in a folder of its own. Each figure stands beside the
machine's baseline of the same run. Nothing is a verdict.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import load
from bench.server import environment, folder, own_database, running

BATCH = 20_000
EVENTS = 8  # a case
ROUNDS = 3
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DUE = {"limit": "decide", "due": "2026-05-04", "article": "第三十四条"}
DATA = {"texts": {"answer": "0190f2c8a1b47cc09d3e4f5a6b7c8d9e"}, "unit": "works"}


def fill(count: int) -> None:
    """``count`` leaves more: whole cases of true form; signed once a batch."""
    from django.db import connection, transaction

    from huiyin.domain.merkle import Frontier, leaf_hash
    from huiyin.domain.notes import sign_checkpoint
    from huiyin.register import acts, keys, lastsigned
    from huiyin.vault.acts import put_openings

    for begin in range(0, count, BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            acts.take_writer_lock(cursor)
            old, _ = acts.read_head(cursor)
            rows, openings, leaves = _rows(old.size, begin, min(begin + BATCH, count))
            pairs = [(leaf, leaf_hash(leaf)) for leaf in leaves]
            new: Frontier = old.extend(digest for _, digest in pairs)
            note = sign_checkpoint(new.size, new.root(), keys.signer())
            acts._write(cursor, old, new, pairs, note, NOW)
            cursor.executemany(
                'INSERT INTO history_event ("index", stream, seq, type, at, role, actor, body) '
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                rows,
            )
            for start in range(0, len(openings), 400):
                put_openings(openings[start : start + 400])
        lastsigned.advance(keys.folder(), lastsigned.LastSigned(new, note))


def _rows(
    first: int, begin: int, end: int
) -> tuple[list[tuple[Any, ...]], list[tuple[int, bytes]], list[Any]]:
    """Rows, openings and leaves of events ``begin`` to ``end``, at the leaves from ``first``."""
    from django.db import connection

    from huiyin.domain.leaves import event_bytes, leaf_of

    adapt = connection.ops.adapt_datetimefield_value
    rows, openings, leaves, previous = [], [], [], None
    for index, place in enumerate(range(begin, end), first):
        number, seq = f"2026-{place // EVENTS:06d}-X", place % EVENTS + 1
        at = NOW + timedelta(microseconds=place * 1_000_000 + 7)
        body = event_bytes(
            case=number, seq=seq, previous=None if seq == 1 else previous, at=at, role="owner",
            act="decide", event_class="answered", data=DATA, dues=[DUE], actor="17",
        )  # fmt: skip
        key, previous = random.Random(index).randbytes(32), body
        rows.append((index, number, seq, "decide", adapt(at), "owner", "17", body.decode()))
        openings.append((index, key))
        leaves.append(leaf_of(body, key))
    return rows, openings, leaves


def append_alone(seconds: float, name: str) -> int:
    """Acts of one event each, as fast as one writer can; how many were committed."""
    from django.db import transaction

    from huiyin.domain.states import Event
    from huiyin.history import acts as history

    until, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        event = Event(1, "submit", datetime.now(UTC), "complainant", None, DATA)
        draft = history.Draft(event, "registered", [DUE])
        with transaction.atomic():
            history.append(f"{name}-{count:07d}", None, [draft], event.at, os.urandom)
        count += 1
    return count


def bare_commits(seconds: float) -> float:
    """Durable commits per second of one small row by one writer: what the database itself can do,
    since acts are registered one after the other. Measured between the rounds of ``appends``."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_commits (x INTEGER)")
        until, count = time.perf_counter() + seconds, 0
        while time.perf_counter() < until:
            cursor.execute("INSERT INTO bench_commits VALUES (1)")
            count += 1
    return round(count / seconds, 1)


def appends(data: Path, writers: int, seconds: float) -> float:
    """Committed acts per second of several processes; the slowest start is not counted."""
    command = [sys.executable, "-m", "bench.register", "--append", str(seconds)]
    jobs = [
        subprocess.Popen(
            [*command, "--name", f"W{os.getpid()}-{n}-{time.time_ns() % 10**6}"],
            env=environment(data), stdout=subprocess.PIPE, text=True,
        )
        for n in range(writers)
    ]  # fmt: skip
    counts = [int(job.communicate()[0]) for job in jobs]
    return round(sum(counts) / seconds, 1)


def proofs(times: int) -> dict[str, dict[str, float]]:
    """Milliseconds for one proof: nothing is kept between two calls but the database's pages."""
    from huiyin.register import queries

    size = queries.head().size
    chance = random.Random(7)
    works = {
        "inclusion": lambda: queries.proof(chance.randrange(size)),
        "consistency": lambda: queries.consistency(chance.randrange(1, size)),
    }
    return {
        name: _spread([_milliseconds(work) for _ in range(times)]) for name, work in works.items()
    }


def _milliseconds(work: Any) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _spread(found: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(found, n=20)
    return {
        "p50_ms": round(cuts[9], 3),
        "p95_ms": round(cuts[18], 3),
        "max_ms": round(max(found), 3),
    }


def first_proof(data: Path, index: int) -> float:
    """Milliseconds of the first proof of a new process, with a new connection to the database."""
    command = [sys.executable, "-m", "bench.register", "--prove", str(index)]
    done = subprocess.run(
        command, env=environment(data), stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout)


def check() -> dict[str, float]:
    """Everything recomputed, as ``huiyin ledger check`` does; and the tree alone."""
    from huiyin.register import keys, lastsigned
    from huiyin.register.checking import check as check_all
    from huiyin.register.checking import tree
    from huiyin.register.checking.rows import snapshot
    from huiyin.register.faults import Faults

    started = time.perf_counter()
    report = check_all(apart=True)
    whole = time.perf_counter() - started
    assert not report.faults, report.faults[:3]
    started = time.perf_counter()
    with snapshot():
        tree.check(Faults(), lastsigned.read(keys.folder()))
    alone = time.perf_counter() - started
    return {
        "leaves": report.leaves,
        "everything_leaves_per_second": round(report.leaves / whole),
        "tree_leaves_per_second": round(report.leaves / alone),
    }


def tiles(data: Path, size: int, seconds: float) -> dict[str, object]:
    """Tiles over HTTP at 8 clients: full ones, at random, and the checkpoint."""
    chance = random.Random(3)
    numbers = [
        f"{n:03d}" if n < 1000 else f"x{n // 1000:03d}/{n % 1000:03d}" for n in range(size // 256)
    ]
    with running(data) as server:
        found = {
            "tile": load.run(
                server.port,
                lambda: load.get(f"/ledger/tile/0/{chance.choice(numbers)}"),
                8,
                seconds,
            ).figures(),
            "entries": load.run(
                server.port,
                lambda: load.get(f"/ledger/tile/entries/{chance.choice(numbers)}"),
                8,
                seconds,
            ).figures(),
            "checkpoint": load.run(
                server.port, lambda: load.get("/ledger/checkpoint"), 8, seconds
            ).figures(),
        }
        return {**found, "memory_mb": server.memory_mb()}


def measure(size: int, seconds: float) -> dict[str, object]:
    """All figures of one database."""
    from bench.__main__ import baseline
    from huiyin.commands import installation

    with own_database(), folder() as data:
        installation.configure(str(data))
        installation.prepare(demo=False, say=False)
        from django.db import connection

        found: dict[str, object] = {
            "machine": {"cores": os.cpu_count(), "load": os.getloadavg()[0],
                        "python": platform.python_version(), "database": connection.vendor},
            "baseline": baseline(),
        }  # fmt: skip
        started = time.perf_counter()
        fill(size)
        found["fill_seconds"] = round(time.perf_counter() - started, 1)
        found["proof_warm"] = proofs(300)
        first = [first_proof(data, index) for index in (0, size // 3, size - 1)]
        found["proof_first_of_a_process_ms"] = [round(one, 2) for one in first]
        found["check"] = check()
        found["check_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        rates: dict[int, list[float]] = {1: [], 8: []}
        bare = []
        for _ in range(ROUNDS):
            bare.append(bare_commits(seconds))
            for writers, rate in rates.items():
                rate.append(appends(data, writers, seconds))
        found["appends_per_second"] = {
            f"{writers}_writers": {"median": statistics.median(r), "min": min(r), "max": max(r)}
            for writers, r in rates.items()
        }
        found["bare_commits_per_second"] = statistics.median(bare)
        found["tiles"] = tiles(data, size, seconds)
        connection.close()
        return found


def main() -> int:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.register")
    parser.add_argument("--leaves", type=int, default=1_000_000, help="how large a register")
    parser.add_argument("--quick", action="store_true", help="50,000 leaves, short rounds")
    parser.add_argument("--append", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--name", default="W", help=argparse.SUPPRESS)
    parser.add_argument("--prove", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.append is not None or args.prove is not None:
        from huiyin.commands import installation

        installation.configure()
        if args.append is not None:
            print(append_alone(args.append, args.name[:16]))
        else:
            from huiyin.register import queries

            print(_milliseconds(lambda: queries.proof(args.prove)))
        return 0
    found = measure(*((50_000, 2.0) if args.quick else (args.leaves, 5.0)))
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
