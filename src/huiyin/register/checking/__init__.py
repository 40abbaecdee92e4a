"""Recomputing the whole register from the database and naming what does not fit.

Three walks, each in bounded memory: leaves and tiles in order of their index, then head and last
signed checkpoint (tree.py); events by stream with their openings (events.py; plain.py is its
short way); the sealed texts that they name and the keys to them (contents.py). All read one
snapshot, so a running server does not disturb them. The tables of history and vault
stand above this room and are read by name: an auditor's tool must not share their code.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError, connection

from huiyin.register import keys, lastsigned
from huiyin.register.checking import contents, events, tree
from huiyin.register.checking.rows import snapshot
from huiyin.register.faults import CORRUPTION, Fault, Faults

TABLES = ("register_head", "register_leaf", "register_tile", "register_origin")
EVENT_TABLES = ("history_event", "vault_opening")


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and the faults: the first is the likeliest cause of the others."""

    leaves: int
    events: int
    faults: tuple[Fault, ...]
    more: int


def check(most: int = 20, opens: contents.Opens | None = None) -> Report:
    """Check everything; ``most`` faults are kept, the rest counted. Writes nothing.

    ``opens`` tries the wrapped key of a case; without it only its being there is checked.
    """
    faults = Faults()
    # Read before the snapshot: a server running meanwhile moves this file forward.
    last = lastsigned.read(keys.folder())
    leaves = found = 0
    try:
        with snapshot():
            _check_storage(faults)
            leaves, signed = tree.check(faults, last)
            if _has(EVENT_TABLES):
                sealed = contents.Contents(faults, opens) if _has(contents.TABLES) else None
                found = events.check(faults, signed=signed, contents=sealed)
                if sealed is not None:
                    sealed.finish()
    except DatabaseError as error:
        faults.add(Fault("database", "", "database-unreadable", CORRUPTION, {"why": str(error)}))
    return Report(leaves, found, *faults.list(most))


def _has(tables: tuple[str, ...]) -> bool:
    present = connection.introspection.table_names()
    return all(table in present for table in tables)


def _check_storage(faults: Faults) -> None:
    """SQLite's own check of our tables: pages, order, and indexes against rows."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL checks pages while it reads them, if checksums are on
    present = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in (*TABLES, *EVENT_TABLES, *contents.TABLES):
            if table not in present:
                continue
            cursor.execute(f"PRAGMA integrity_check('{table}')")
            for (message,) in cursor.fetchmany(1):
                if message != "ok":
                    data = {"why": message}
                    faults.add(Fault(table, "", "database-unreadable", CORRUPTION, data))
