"""The small file in which ``huiyin monitor`` remembers a register between visits.

One JSON object: the log's key, the checkpoint seen last, the right edge of the tree, the counts.
Reading recomputes the root from the edge and compares it with the signed note, so that a damaged
file is told and never believed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import decode64, encode64, format_at, parse_at, parse_object
from huiyin.domain.merkle import Frontier
from huiyin.domain.notes import VerifierKey, open_checkpoint, parse_vkey
from huiyin.register.monitoring import Memory

FORMAT = "huiyin-monitor/1"
MOST = 1_000_000  # bytes


def read(path: Path) -> tuple[VerifierKey, Memory] | None:
    """The key and memory kept in ``path``, None if there is no file.

    Raises Refusal("monitor-state-damaged").
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except FileNotFoundError:
        return None
    try:
        said = parse_object(data)
        if said.get("format") != FORMAT:
            raise ValueError
        key = parse_vkey(str(said["vkey"]))
        note = str(said["checkpoint"])
        checkpoint, _ = open_checkpoint(note, key)
        frontier = Frontier.from_bytes(checkpoint.size, decode64(str(said["edge"])))
        if frontier.root() != checkpoint.root:
            raise ValueError
        day = said["latest_day"]
        counts = Counter({(str(n), str(m)): int(c) for n, m, c in said["counts"]})  # type: ignore[attr-defined]  # checked by int and unpacking
        latest = None if day is None else date.fromisoformat(str(day))
        return key, Memory(frontier, note, parse_at(said["visited"]), latest, counts)
    except (Refusal, KeyError, TypeError, ValueError):
        raise Refusal("monitor-state-damaged", path=str(path)) from None


def write(path: Path, key: VerifierKey, memory: Memory) -> None:
    """Keep the memory, replacing the file in one step. ``memory.visited`` must be set."""
    if memory.visited is None:
        raise ValueError("a memory without a visit")
    said = {
        "format": FORMAT,
        "vkey": str(key),
        "visited": format_at(memory.visited),
        "checkpoint": memory.note,
        "edge": encode64(memory.frontier.to_bytes()),
        "latest_day": memory.latest_day.isoformat() if memory.latest_day else None,
        "counts": [[name, month, n] for (name, month), n in sorted(memory.counts.items())],
    }
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as out:
        json.dump(said, out, ensure_ascii=True, indent=1)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
