"""``make bench``: one JSON and one table. ``python -m bench --quick`` for a first look.

No figure is a verdict: the machine's own baseline (durable SQLite commits, hashing) stands
beside each, measured in the same run, so that ratios can be compared between machines.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import platform
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import load, photographs
from bench.server import Server, environment, folder, running

OUT = Path("bench/out")
TEXT = "楼下的路灯已经坏了三周，晚上接孩子看不见台阶，上周有位老人摔倒了。" * 4


def baseline() -> dict[str, float]:
    """What the machine itself can do: durable SQLite commits and SHA-256 per second."""
    with tempfile.TemporaryDirectory() as name:
        base = sqlite3.connect(f"{name}/b.sqlite3", isolation_level=None)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute("CREATE TABLE t(x)")
        started = time.perf_counter()
        for _ in range(1000):
            base.execute("BEGIN IMMEDIATE")
            base.execute("INSERT INTO t VALUES (?)", (os.urandom(2000),))
            base.execute("COMMIT")
        commits = 1000 / (time.perf_counter() - started)
    started = time.perf_counter()
    for n in range(200_000):
        hashlib.sha256(n.to_bytes(64, "big")).digest()
    return {
        "sqlite_commits_per_second": round(commits),
        "sha256_per_second": round(200_000 / (time.perf_counter() - started)),
    }


def _leaf(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/v1/categories")
    tree = json.loads(connection.getresponse().read())
    return str(next(c["children"][0]["id"] for c in tree if c["children"]))


def hand_in(server: Server, rounds: int, seconds: float) -> dict[str, object]:
    """Hand-in through HTTP at 1, 8 and 32 clients, in interleaved rounds."""
    body = load.post("/api/v1/cases", {"category": _leaf(server.port), "text": TEXT})
    load.run(server.port, lambda: body, 8, 2)
    runs: dict[int, list[dict[str, object]]] = {1: [], 8: [], 32: []}
    for _ in range(rounds):
        for clients, found in runs.items():
            found.append(load.run(server.port, lambda: body, clients, seconds).figures())
    return {f"{clients}_clients": _middle(found) for clients, found in runs.items()}


def hand_in_with_photo(server: Server, rounds: int, seconds: float) -> dict[str, object]:
    """Hand-in with identity and one photograph of 2 MB, each photograph a different one; and how
    long the worker then takes for a copy. Plain hand-ins stand beside it, in the same rounds."""
    plain = load.post("/api/v1/cases", {"category": _leaf(server.port), "text": TEXT})
    make = photographs.requests(_leaf(server.port), TEXT)
    runs: dict[str, list[dict[str, object]]] = {"with_photo": [], "plain_beside_it": []}
    for _ in range(rounds):
        runs["with_photo"].append(load.run(server.port, make, 1, seconds).figures())
        runs["plain_beside_it"].append(load.run(server.port, lambda: plain, 1, seconds).figures())
    return {
        **{name: _middle(found) for name, found in runs.items()},
        "photo_bytes": photographs.SIZE,
        "copy_seconds": photographs.cleaning_seconds(),
    }


def _middle(found: list[dict[str, object]]) -> dict[str, object]:
    """The round with the median rate, with the rates of all rounds beside it."""
    ordered = sorted(found, key=lambda run: float(str(run["per_second"])))
    rates = [float(str(run["per_second"])) for run in ordered]
    return {**ordered[len(ordered) // 2], "min": rates[0], "max": rates[-1]}


class Office:
    """A signed-in supervisor who times pages."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._sign_in()

    def _request(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://127.0.0.1:{self.port}"
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, answer.read().decode()

    def _sign_in(self) -> None:
        _, page = self._request("GET", "/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, "the sign-in page has no form"
        form = {
            "csrfmiddlewaretoken": token[1],
            "login": "head",
            "password": "a calm river keeps its stones",
        }
        status, _ = self._request("POST", "/accounts/login/", urlencode(form))
        assert status == 302, f"sign-in answered {status}"

    def time(self, path: str, times: int) -> dict[str, float]:
        """Milliseconds of ``times`` requests after three that are not counted."""
        found = []
        for n in range(times + 3):
            started = time.perf_counter()
            status, _ = self._request("GET", path)
            assert status == 200, f"{path} answered {status}"
            if n >= 3:
                found.append((time.perf_counter() - started) * 1000)
        cuts = statistics.quantiles(found, n=20)
        return {"p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}


def desk(data: Path, size: int, times: int) -> dict[str, object]:
    """Desk lists and search with ``size`` cases."""
    filling = time.perf_counter()
    command = [sys.executable, "-m", "bench.fill", str(data), str(size)]
    subprocess.run(command, check=True, env=environment(data), stdout=sys.stderr)
    filled = time.perf_counter() - filling
    with running(data) as server:
        office = Office(server.port)
        lists = {
            name: office.time(f"/desk/?list={name}", times)
            for name in ("mine", "unowned", "soon", "overdue")
        }
        search = office.time("/desk/find/?" + urlencode({"q": "路灯 积水"}), times)
    check = _ledger_check(data)
    return {"lists": lists, "search": search, "fill_seconds": round(filled, 1), **check}


def _ledger_check(data: Path) -> dict[str, object]:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "huiyin", "ledger", "check", "--data", str(data)],
        env=environment(data),
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - started
    return {"ledger_check_exit": done.returncode, "ledger_check_seconds": round(seconds, 1)}


def _privacy() -> dict[str, object]:
    """What protection costs, in the short form of ``python -m bench.privacy``."""
    command = [sys.executable, "-m", "bench.privacy", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def register(quick: bool) -> dict[str, Any]:
    """What the register costs, in a process of its own: bounded, so that everything takes
    minutes. ``python -m bench.register`` does a million leaves."""
    size = ["--quick"] if quick else ["--leaves", "200000"]
    command = [sys.executable, "-m", "bench.register", *size]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def readiness(rounds: int) -> dict[str, object]:
    """Lint and reading of a large plan, its simulation, a roster of thirty for a year and its month
    page: each in a process of its own, processor time with its baseline."""
    found: dict[str, object] = {}
    for name in ("plans", "simulation", "rosters"):
        command = [sys.executable, "-m", f"bench.{name}", "--rounds", str(rounds)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[name] = json.loads(done.stdout)
    return found


def main() -> int:
    """Run everything and write ``bench/out/bench.json``."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="shorter rounds, 1 k and 10 k cases")
    args = parser.parse_args()
    rounds, seconds, sizes = (
        (1, 5.0, (1_000, 10_000)) if args.quick else (3, 20.0, (1_000, 100_000))
    )
    result: dict[str, object] = {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "database": "postgresql" if os.environ.get("HUIYIN_DATABASE") else "sqlite",
        },
        "baseline": baseline(),
    }
    with folder() as data:
        with running(data) as server:
            result["first_start_seconds"] = round(server.start_seconds, 2)
            result["memory_idle_mb"] = server.memory_mb()
            result["hand_in"] = hand_in(server, rounds, seconds)
            result["memory_loaded_mb"] = server.memory_mb()
            # Without its worker: cleaning on the same cores would be measured with it.
        with running(data, arguments=("--no-work",)) as server:
            result["hand_in_with_photo"] = hand_in_with_photo(server, rounds, seconds / 2)
        with running(data) as server:
            result["second_start_seconds"] = round(server.start_seconds, 2)
        result["after_load"] = _ledger_check(data)
    result["privacy"] = _privacy()
    result["desk"] = {}
    for size in sizes:
        with folder() as data:
            result["desk"][str(size)] = desk(data, size, 60)  # type: ignore[index]  # a dict, see above
    result["register"] = register(args.quick)
    result["readiness"] = readiness(rounds)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "bench.json").write_text(json.dumps(result, indent=1), "utf-8")
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
