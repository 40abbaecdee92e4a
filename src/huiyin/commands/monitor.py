"""``huiyin monitor URL``: follow a published register from outside, visit after visit.

Exit status 0: it only grew since the last visit; 1: it contradicts itself, its past or its
published counts (what was seen is kept beside the state file as evidence); 2: it could not be
visited, or the command was used wrongly. Needs no Django and no account.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from huiyin.domain.errors import Refusal
from huiyin.domain.notes import VerifierKey, parse_vkey
from huiyin.domain.policies import parse_policy
from huiyin.register import monitor_memory
from huiyin.register.monitoring import Memory, Visit, visit
from huiyin.register.sending import get
from huiyin.register.verdicts import (
    LANGUAGES,
    kind,
    language_of,
    say_monitor,
    say_monitor_end,
    say_refusal,
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huiyin monitor", description="Check from outside that a register only grew."
    )
    parser.add_argument("url", metavar="URL", help="the register, such as https://office/ledger")
    parser.add_argument("--vkey", help="the register's key; needed at the first visit")
    parser.add_argument(
        "--state", metavar="FILE", type=Path, help="where to remember (default: by the address)"
    )
    parser.add_argument("--witness-policy", metavar="FILE", type=Path, help="witnesses you trust")
    parser.add_argument(
        "--counts", metavar="URL", help="published counts (default: register/counts.json beside)"
    )
    parser.add_argument(
        "--lang", choices=LANGUAGES, default=language_of(os.environ), help="words in"
    )
    return parser


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        return _run(arguments)
    except Refusal as refusal:
        words = say_refusal(refusal.code, refusal.data, arguments.lang)
        print(f"huiyin monitor: {words}", file=sys.stderr)
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"huiyin monitor: {error}", file=sys.stderr)
    return 2


def _run(arguments: argparse.Namespace) -> int:
    url = arguments.url.rstrip("/")
    path = arguments.state or Path(re.sub(r"[^a-z0-9.-]+", "_", url.lower()) + ".monitor.json")
    key, memory = _remembered(path, arguments.vkey)
    policy = None
    if arguments.witness_policy:
        policy = parse_policy(arguments.witness_policy.read_text("utf-8", "replace"))
    counts = arguments.counts or url.rsplit("/", 1)[0] + "/register/counts.json"
    found = visit(url, key, memory, get, datetime.now(UTC), policy, counts)
    for finding in found.findings:
        print(f"[{kind(finding, arguments.lang)}] {say_monitor(finding, arguments.lang)}")
    if found.memory is not None:
        monitor_memory.write(path, key, found.memory)
    else:
        print(_keep_evidence(path, memory, found))
    print(say_monitor_end(found.exit_status, arguments.lang))
    return found.exit_status


def _remembered(path: Path, vkey: str | None) -> tuple[VerifierKey, Memory]:
    kept = monitor_memory.read(path)
    given = None if vkey is None else parse_vkey(vkey)
    if kept is None:
        if given is None:
            raise Refusal("monitor-key-needed")
        return given, Memory()
    if given is not None and given != kept[0]:
        raise Refusal("monitor-key-other", path=str(path), origin=kept[0].name)
    return kept


def _keep_evidence(path: Path, memory: Memory, found: Visit) -> Path:
    """Both checkpoints in one text; what was remembered stays as it was."""
    evidence = path.with_name(path.name + ".evidence")
    evidence.write_text(f"{memory.note}\n\n=====\n\n{found.note}", "utf-8")
    return evidence
