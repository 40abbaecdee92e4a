"""Recomputing the whole register from the database and naming what does not fit.

Three walks, each in bounded memory: leaves and tiles in order of their index (tree.py), head
and last signed checkpoint (tree.py), events by stream with their openings (events.py). All
read one snapshot, so a running server does not disturb them. The tables of history and vault
stand above this room and are read by name: an auditor's tool must not share their code.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError, connection

from huiyin.register import keys, lastsigned
from huiyin.register.checking import events, tree
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


def check(most: int = 20) -> Report:
    """Check everything; ``most`` faults are kept, the rest counted. Writes nothing."""
    faults = Faults()
    # Read before the snapshot: a server running meanwhile moves this file forward.
    last = lastsigned.read(keys.folder())
    leaves = found = 0
    try:
        with snapshot():
            _check_storage(faults)
            leaves, signed = tree.check(faults, last)
            if _has_events():
                found = events.check(faults, signed=signed)
    except DatabaseError as error:
        faults.add(Fault("database", "", "database-unreadable", CORRUPTION, {"why": str(error)}))
    return Report(leaves, found, *faults.list(most))


def _has_events() -> bool:
    present = connection.introspection.table_names()
    return all(table in present for table in EVENT_TABLES)


def _check_storage(faults: Faults) -> None:
    """SQLite's own check of our tables: pages, order, and indexes against rows."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL checks pages while it reads them, if checksums are on
    present = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in (*TABLES, *EVENT_TABLES):
            if table not in present:
                continue
            cursor.execute(f"PRAGMA integrity_check('{table}')")
            for (message,) in cursor.fetchmany(1):
                if message != "ok":
                    data = {"why": message}
                    faults.add(Fault(table, "", "database-unreadable", CORRUPTION, data))
