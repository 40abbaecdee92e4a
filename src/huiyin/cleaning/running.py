"""Starting the child that opens a file, and what its end means."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from huiyin.cleaning import others
from huiyin.cleaning.child import AFTER, BEFORE
from huiyin.cleaning.results import (
    CLEANED,
    KEPT,
    MALFORMED,
    NO_CLEANER,
    REFUSED,
    TOO_DEMANDING,
    WALL_SECONDS,
    Result,
)
from huiyin.domain.sniffing import KINDS

Cleaned = Result
_PACKAGE_FOLDER = Path(__file__).resolve().parents[2]


def run(data: bytes, media: str) -> Result:
    """Clean a file in a process of its own; returns what came of it.

    A child that takes too long, needs too much memory or dies is a file refused as
    ``too-demanding``; nothing that a file does reaches this process.
    """
    done = _child(data, media)
    return _by_others(data, media) if done.reason == NO_CLEANER else done


def _by_others(data: bytes, media: str) -> Result:
    """By mat2, with a look before it unpacks anything and our own work after it."""
    if not others.takes(KINDS[media]):
        return Result(KEPT, NO_CLEANER)
    looked = _child(data, media, BEFORE)
    if looked.result != CLEANED:
        return looked
    done = others.clean(data, KINDS[media])
    return _child(done.copy, media, AFTER) if done.result == CLEANED else done


def _child(data: bytes, media: str, step: str = "") -> Result:
    head = json.dumps({"media": media, "step": step}).encode() + b"\n"
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "huiyin.cleaning.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        close_fds=True,
    )
    try:
        out, _ = process.communicate(head + data, timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return Result(REFUSED, TOO_DEMANDING)
    if process.returncode != 0:
        return Result(REFUSED, TOO_DEMANDING)
    return _read(out)


def walls() -> tuple[str, ...]:
    """What confines the child on this machine: names of ``confining.ALL``; asks one."""
    command = [sys.executable, "-P", "-m", "huiyin.cleaning.child", "--walls"]
    try:
        done = subprocess.run(
            command, env=environment(), capture_output=True, timeout=WALL_SECONDS, check=True
        )
        return tuple(json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError):
        return ()


def environment() -> dict[str, str]:
    """Nothing of ours: no key folder, no database, no address."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "PYTHONPATH": str(_PACKAGE_FOLDER),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
    }


def _read(out: bytes) -> Result:
    head, _, copy = out.partition(b"\n")
    try:
        told = json.loads(head)
        done = Result(told["result"], told["reason"], told["media"], told["removed"], copy)
    except (ValueError, KeyError, TypeError):
        return Result(REFUSED, MALFORMED)
    sound = bool(done.copy) if done.result == CLEANED else done.result in (KEPT, REFUSED)
    return done if sound else Result(REFUSED, MALFORMED)
