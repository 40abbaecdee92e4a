"""What protection costs: ``python -m bench.privacy [--quick]``, one JSON.

Hand-in with an identity, with and without a photograph of 2 MB, opening an identity by two
officers, consent and taking it back, following with a code: each as the real acts in a process of
their own, in wall-clock and in processor time, two rounds in turn. Then over HTTP: following a case
with a right code, alone and under 1,000 wrong codes a second from many networks. ``make bench``
runs the short form. The machine's own baseline stands beside.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import load, photographs
from bench.__main__ import TEXT, _leaf, baseline
from bench.server import environment, folder, running

WORDS = "lantern river seven quiet maps"
WHO = {"name": "陈安", "phone": "13800138000"}


def times(call: Callable[[], object], count: int) -> dict[str, float]:
    """Milliseconds of ``count`` calls: median, least, most; ``cpu_ms``: processor time of one."""
    found, used = [], time.process_time()
    for _ in range(count):
        started = time.perf_counter()
        call()
        found.append((time.perf_counter() - started) * 1000)
    return {
        "median_ms": round(statistics.median(found), 1),
        "min_ms": round(min(found), 1),
        "max_ms": round(max(found), 1),
        "cpu_ms": round((time.process_time() - used) * 1000 / count, 1),
    }


def acts(data: str, count: int) -> None:
    """The acts, in this process, ``count`` times in each round; prints one JSON."""
    # Long: the acts hand cases and codes to each other, and nothing of Django may be imported
    # before the folder is chosen.
    from huiyin.commands import installation

    installation.configure(data)
    installation.prepare(demo=False, say=False)
    from datetime import UTC, datetime

    from huiyin.cases import consenting, opening
    from huiyin.cases.filing import sort_out
    from huiyin.cases.models import Case
    from huiyin.cases.queries import history_of
    from huiyin.cases.story import Reader, tell
    from huiyin.cases.submitting import HandIn, submit
    from huiyin.domain import receipts
    from huiyin.people import acts as people
    from huiyin.people.models import User
    from huiyin.people.queries import actor_of
    from huiyin.portal.acts import find_case
    from huiyin.vault import officers

    now = datetime.now(UTC)
    actors = {}
    for role in officers.ROLES:
        officers.create_officer_key(role, WORDS, now=now)
        User.objects.create(username=role)
        people.grant(role, role, "office", now.date())
        actors[role] = actor_of(User.objects.get(username=role).pk, now.date())
    held: list[tuple[Case, bytes]] = []
    codes: list[str] = []
    given = {"category": "land-compensation", "text": TEXT, "language": "zh-hans", "identity": WHO}

    def hand_in(**more: object) -> None:
        code = receipts.make(os.urandom(15))
        done = submit(HandIn(**given, **more), code=code, now=datetime.now(UTC))  # type: ignore[arg-type]  # keywords of HandIn
        held.append((done.case, receipts.private_key(code)))
        codes.append(code.text)

    def with_photo() -> None:
        # Each one different: a photograph that is there already is not taken twice.
        new = picture[:-16] + os.urandom(16)
        hand_in(files=sort_out([("photo.jpg", new)]).taken)

    picture = photographs.photograph()

    def follow() -> None:
        found = find_case(random.choice(codes), "192.0.2.7", datetime.now(UTC))
        tell(found.case, history_of(found.case), Reader("complainant", "en"), datetime.now(UTC))

    def open_identity() -> None:
        case, _ = next(waiting)
        asked = opening.Asking(case.number, "open", "Somebody is in danger.", WORDS)
        opening.ask(actors["privacy_officer"], asked, datetime.now(UTC))
        found = opening.confirm(actors["ombudsman"], case.number, WORDS, datetime.now(UTC))
        assert found.fields == WHO

    def consent() -> None:
        case, key = next(waiting)
        given = consenting.Consent("identity", "office")
        consenting.give(case.number, key, given, None, datetime.now(UTC))

    def take_back() -> None:
        case, key = next(consented)
        consenting.take_back(case.number, key, "office", None, datetime.now(UTC))

    hand_in()
    rounds: dict[str, list[dict[str, float]]] = {}
    for _ in range(2):
        start = len(held)
        for name, call, often in (
            ("hand_in_with_identity", hand_in, 3 * count),
            ("hand_in_with_identity_and_photo", with_photo, count),
            ("opening_by_two_officers", open_identity, count),
            ("consent", consent, count),
            ("consent_taken_back", take_back, count),
            ("follow_with_code", follow, 3 * count),
        ):
            waiting, consented = iter(held[start:]), iter(held[start + count :])
            if name == "consent":
                waiting = iter(held[start + count :])
            rounds.setdefault(name, []).append(times(call, often))
    result = {name: sorted(r, key=lambda one: one["median_ms"]) for name, r in rounds.items()}
    print(json.dumps(result))


def _wrong() -> bytes:
    """A request with a well-formed code that no case has, from a network of its own."""
    from huiyin.domain import receipts

    code = receipts.make(random.randbytes(15)).text
    address = f"10.{random.randrange(256)}.{random.randrange(256)}.7"
    return _follow(code, address)


def _follow(code: str, address: str) -> bytes:
    lines = [
        "GET /api/v1/follow HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Receipt {code}",
        f"X-Forwarded-For: {address}",
        "Connection: keep-alive",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


RATE = 1000


def flood(data: Path, seconds: float, rounds: int = 3) -> dict[str, object]:
    """A right code followed again and again, alone and beside 1,000 wrong codes a second, in turn.

    The flood comes from a process of its own, on the same cores. ``server_cpu`` is the processor
    time of the server in cores; ``slower_by`` the ratio of the medians of all rounds.
    """
    with running(data, arguments=("--no-work",), HUIYIN_PROXIES="127.0.0.1") as server:
        code = _code(server.port)

        def right() -> load.Result:
            return load.run(server.port, lambda: _follow(code, "192.0.2.7"), 1, seconds)

        load.run(server.port, lambda: _follow(code, "192.0.2.7"), 1, 1)
        alone, beside, floods, used = [], [], [], []
        for _ in range(rounds):
            alone.append(right())
            started = server.cpu_seconds()
            with _flooding(server.port, seconds) as told:
                beside.append(right())
            used.append((server.cpu_seconds() - started) / seconds)
            floods.append(json.loads(told[0]))
    ratios = [b.quantile(0.5) / a.quantile(0.5) for a, b in zip(alone, beside, strict=True)]
    return {
        "right_code_alone": [run.figures() for run in alone],
        "right_code_beside_flood": [run.figures() for run in beside],
        "flood": floods,
        "server_cpu_beside_flood": [round(cores, 2) for cores in used],
        "slower_by": {
            "median": round(statistics.median(ratios), 2),
            "rounds": [round(ratio, 2) for ratio in ratios],
        },
    }


@contextlib.contextmanager
def _flooding(port: int, seconds: float) -> Iterator[list[str]]:
    """Wrong codes at ``RATE`` while the block runs; afterwards the list holds what they saw."""
    command = [sys.executable, "-m", "bench.privacy", "--flood", f"{port}:{seconds}"]
    told: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready
        yield told
        told.append(process.stdout.read())


def _flood_here(port: int, seconds: float) -> None:
    """This process is the flood: says that it is ready, then what it saw as one JSON."""
    requests = [_wrong() for _ in range(int(RATE * seconds))]
    print("ready", flush=True)
    print(json.dumps(load.paced(port, requests, RATE, clients=16).figures()))


def _code(port: int) -> str:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = json.dumps({"category": _leaf(port), "text": TEXT})
    connection.request("POST", "/api/v1/cases", body, {"Content-Type": "application/json"})
    return str(json.loads(connection.getresponse().read())["code"])


def figures(*, quick: bool) -> dict[str, object]:
    """Everything here, in folders of its own; ``quick`` in about a minute."""
    count, seconds, rounds = (5, 4.0, 2) if quick else (20, 10.0, 3)
    result: dict[str, object] = {"baseline": baseline()}
    with folder() as data:
        command = [sys.executable, "-m", "bench.privacy", "--acts", f"{data}:{count}"]
        done = subprocess.run(
            command, env=environment(data), capture_output=True, text=True, check=True
        )
        result["acts"] = json.loads(done.stdout.splitlines()[-1])
    with folder() as data:
        result["codes"] = flood(data, seconds, rounds)
    return result


def main() -> int:
    """Run all of it and write ``bench/out/privacy.json``."""
    parser = argparse.ArgumentParser(prog="python -m bench.privacy")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--acts", help=argparse.SUPPRESS)
    parser.add_argument("--flood", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.acts:
        data, _, count = args.acts.rpartition(":")
        acts(data, int(count))
        return 0
    if args.flood:
        port, _, seconds = args.flood.partition(":")
        _flood_here(int(port), float(seconds))
        return 0
    result = figures(quick=args.quick)
    out = Path("bench/out")
    out.mkdir(parents=True, exist_ok=True)
    (out / "privacy.json").write_text(json.dumps(result, indent=1), "utf-8")
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
