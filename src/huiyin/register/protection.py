"""Tables that only grow: triggers that refuse UPDATE, DELETE and TRUNCATE.

They stop mistakes and the serving role, not the owner of the database; tampering by the
owner is found by the tree. SQLite has no TRUNCATE; its REPLACE runs the delete trigger only
with ``PRAGMA recursive_triggers=ON``, which the settings switch on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations.base import Operation

_FUNCTION = """
CREATE OR REPLACE FUNCTION huiyin_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, TG_OP; END $$
"""


def refuse_changes(table: str) -> list[Operation]:
    """Migration operations (SQLite and PostgreSQL, reversible) that make ``table`` only grow."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        _run(schema_editor.connection, _creating(schema_editor.connection.vendor, table))

    def backwards(apps: Any, schema_editor: Any) -> None:
        _run(schema_editor.connection, _dropping(schema_editor.connection.vendor, table))

    return [migrations.RunPython(forwards, backwards)]


def _creating(vendor: str, table: str) -> list[str]:
    _require_plain_name(table)
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_refuse_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows: {verb} refused'); END"
            for verb in ("update", "delete")
        ]
    return [
        _FUNCTION,
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION huiyin_refuse_change()",
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION huiyin_refuse_change()",
    ]


def _dropping(vendor: str, table: str) -> list[str]:
    _require_plain_name(table)
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_refuse_{verb}" for verb in ("update", "delete")]
    return [
        f"DROP TRIGGER IF EXISTS {table}_refuse_{what} ON {table}"
        for what in ("change", "truncate")
    ]


def _require_plain_name(table: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", table):
        raise ValueError(f"not a table name: {table!r}")


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def protected(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables that have the triggers now."""
    source = "sqlite_master WHERE type = 'trigger'" if connection.vendor == "sqlite" else (
        "(SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal) AS found WHERE true"
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {source}")
        names = [name for (name,) in cursor.fetchall()]
    return sorted({name.partition("_refuse_")[0] for name in names if "_refuse_" in name})


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[list[str]]:
    """Without the triggers inside the block: for test suites that empty tables between tests."""
    tables = protected(connection)
    for table in tables:
        _run(connection, _dropping(connection.vendor, table))
    try:
        yield tables
    finally:
        for table in tables:
            _run(connection, _creating(connection.vendor, table))
