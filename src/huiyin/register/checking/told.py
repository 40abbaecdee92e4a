"""Fourth walk, beside the second: what lies in the clear and whose SHA-256 an event tells.

A plan or an alert is kept as a text in a table of its own, and each event that changes it tells the
text's SHA-256. The last one tells what must stand there now. Of a roster each event tells the
digests of its rows by table. The rooms stand above this one and
name their tables themselves (``tell``); tables are read by name, as everywhere here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huiyin.register.checking.rows import as_blob, beginning, stream
from huiyin.register.faults import TAMPERING, UNKNOWN, Fault, Faults


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of such texts: the column of its stream and how all such streams begin, the column
    that names the text in it with the key under which events tell that name, and the column of the
    text."""

    table: str
    stream: str
    prefix: str
    name: str
    key: str
    text: str


# (stream, what its last event told) → table → digest of the stream's rows now.
State = Callable[[str, Mapping[str, Any]], Mapping[str, str]]
_kept: dict[str, Kept] = {}
_states: dict[str, State] = {}


def tell(kept: Kept) -> None:
    """Say that a room keeps texts in the clear that events tell; for the start of the program."""
    _kept[kept.table] = kept


def tell_state(prefix: str, state: State) -> None:
    """Say that each event of the streams that begin so tells, as ``state``, the digests of the
    rows of its stream by table; for the start of the program."""
    _states[prefix] = state


def check(faults: Faults) -> None:
    """Compare every text and every row of these tables with what the last event tells."""
    present = connection.introspection.table_names()
    for table, kept in sorted(_kept.items()):
        if table in present:
            _check_table(kept, faults)
    for prefix, state in sorted(_states.items()):
        _check_states(prefix, state, faults)


def _check_states(prefix: str, state: State, faults: Faults) -> None:
    last = dict(_events(prefix))
    for of, data in sorted(last.items()):
        wanted = data.get("state", {})
        now = state(of, data) if wanted else {}
        for table in sorted(t for t, digest in wanted.items() if now.get(t) != digest):
            faults.later(Fault(table, of, "state-changed", UNKNOWN))


def _events(prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(stream, what it tells) of the events of all streams that begin so, in their order."""
    columns = f"{as_blob('stream')}, {as_blob('body')}"
    wanted = beginning("stream", prefix)
    rows = f"SELECT {columns} FROM history_event WHERE {wanted} ORDER BY stream, seq"
    for of, body in stream(rows):
        yield _text(of), _data(bytes(body or b""))


def _check_table(kept: Kept, faults: Faults) -> None:
    told = _told(kept)
    columns = ", ".join((as_blob(kept.stream), kept.name, as_blob(kept.text)))
    for of, name, text in stream(f"SELECT {columns} FROM {kept.table}"):
        where = (_text(of), str(name))
        wanted = told.pop(where, None)
        if wanted is None:
            faults.later(_fault(kept, where, "text-untold", TAMPERING))
        elif hashlib.sha256(bytes(text or b"")).hexdigest() != wanted:
            faults.later(_fault(kept, where, "text-changed", UNKNOWN))
    for where in sorted(told):
        faults.later(_fault(kept, where, "text-missing", TAMPERING))


def _told(kept: Kept) -> dict[tuple[str, str], str]:
    """(stream, name) → SHA-256, as the last event that speaks of it tells."""
    return {
        (of, str(data[kept.key])): str(data["sha256"])
        for of, data in _events(kept.prefix)
        if kept.key in data and "sha256" in data
    }


def _data(body: bytes) -> dict[str, Any]:
    """What an event tells; nothing if its bytes cannot be read, which the second walk says."""
    try:
        event = json.loads(body)
    except ValueError:
        return {}
    data = event.get("data") if isinstance(event, dict) else None
    return data if isinstance(data, dict) else {}


def _fault(kept: Kept, where: tuple[str, str], code: str, cause: str) -> Fault:
    return Fault(kept.table, "/".join(where), code, cause)


def _text(value: Any) -> str:
    return bytes(value or b"").decode("utf-8", "replace")
