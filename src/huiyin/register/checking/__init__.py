"""Recomputing the whole register from the database and naming what does not fit.

Four walks, each in bounded memory: leaves and tiles in order of their index, then head and last
signed checkpoint (tree.py); events by stream with their openings (events.py; plain.py is its
short way); the sealed texts that they name and the keys to them (contents.py); texts in the clear
whose digest they tell (told.py); the officers' public keys (officers.py). All read one snapshot, so
a running server does not disturb them. The tables of history and vault stand above this room and
are read by name: an auditor's tool must not share their code.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connection

from huiyin.register import keys, lastsigned
from huiyin.register.checking import contents, events, officers, told, tree
from huiyin.register.checking.beside import walking
from huiyin.register.checking.rows import snapshot
from huiyin.register.faults import CORRUPTION, Fault, Faults

TABLES = ("register_head", "register_leaf", "register_tile", "register_origin")
EVENT_TABLES = ("history_event", "vault_opening")
ALL_TABLES = (*TABLES, *EVENT_TABLES, *contents.TABLES, *officers.TABLES)


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and the faults: the first is the likeliest cause of the others."""

    leaves: int
    events: int
    faults: tuple[Fault, ...]
    more: int


def check(most: int = 20, opens: contents.Opens | None = None, *, apart: bool = False) -> Report:
    """Check everything; ``most`` faults are kept, the rest counted. Writes nothing.

    ``opens`` tries the wrapped key of a case; without it only its being there is checked.
    ``apart``: the walk over the events may take a process of its own (``beside``).
    """
    faults = Faults()
    # Read before the snapshot: a server running meanwhile moves this file forward.
    last = lastsigned.read(keys.folder())
    leaves = found = 0

    def walk(into: Faults) -> int:
        with snapshot():
            return _walk_events(into, opens, signed=True)

    try:
        with walking(walk, wanted=apart) as answer, snapshot(), _storage_checked(faults):
            leaves, signed = tree.check(faults, last)
            done = answer() if signed and faults.none() else None
            if done is not None:
                found = done[0]
                faults.take(done[1])
            else:
                found = _walk_events(faults, opens, signed=signed)
    except DatabaseError as error:
        faults.add(Fault("database", "", "database-unreadable", CORRUPTION, {"why": str(error)}))
    return Report(leaves, found, *faults.list(most))


def _walk_events(faults: Faults, opens: contents.Opens | None, *, signed: bool) -> int:
    """The second walk and those beside it; returns the number of events."""
    if not _has(EVENT_TABLES):
        return 0
    sealed = contents.Contents(faults, opens) if _has(contents.TABLES) else None
    found = events.check(faults, signed=signed, contents=sealed)
    if sealed is not None:
        sealed.finish()
    told.check(faults)
    if _has(officers.TABLES):
        officers.check(faults)
    return found


def _has(tables: tuple[str, ...]) -> bool:
    present = connection.introspection.table_names()
    return all(table in present for table in tables)


@contextmanager
def _storage_checked(faults: Faults) -> Iterator[None]:
    """SQLite's own check of our tables (pages, order, indexes against rows) beside our walks: on
    a connection of its own it takes another processor. What it finds explains what they find."""
    if connection.vendor != "sqlite":
        yield  # PostgreSQL checks pages while it reads them, if checksums are on
        return
    present = connection.introspection.table_names()
    tables = [name for name in ALL_TABLES if name in present]
    if connection.is_in_memory_db():
        found = _integrity(connection.connection, tables)
        yield
    else:
        with ThreadPoolExecutor(1) as beside:
            job = beside.submit(_integrity_of_file, str(connection.settings_dict["NAME"]), tables)
            try:
                yield
            finally:
                found = job.result()
    for fault in reversed(found):
        faults.first(fault)


def _integrity_of_file(path: str, tables: list[str]) -> list[Fault]:
    address = f"{Path(path).resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as own:
        return _integrity(own, tables)


def _integrity(base: sqlite3.Connection, tables: list[str]) -> list[Fault]:
    """One fault for each table that SQLite finds unsound, and for a file that it cannot read."""
    found = []
    for table in tables:
        try:
            row = base.execute(f"PRAGMA integrity_check('{table}')").fetchone()
            message = row[0] if row else "ok"
        except sqlite3.DatabaseError as error:
            message = str(error)
        if message != "ok":
            data = {"why": message}
            found.append(Fault(table, "", "database-unreadable", CORRUPTION, data))
    return found
