"""Reading rows as they are: streamed, and as bytes, so that damaged text can be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_CHUNK = 2000
_BINARY = {"data", "hash", "hashes", "root", "frontier", "key"}
_BINARY |= {"ciphertext", "wrapped_c", "original"}


def as_blob(column: str) -> str:
    """SQL for a column as bytes; text that is not UTF-8 would otherwise end the reading."""
    if connection.vendor == "postgresql":
        binary = column.rpartition(".")[2] in _BINARY
        return column if binary else f"convert_to({column}::text, 'UTF8')"
    return f"CAST({column} AS BLOB)"


def as_instant(column: str) -> str:
    """SQL for a time column as the text that ``stored_instant`` gives."""
    if connection.vendor == "postgresql":
        form = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
        return f"convert_to(to_char({column} AT TIME ZONE 'UTC', '{form}'), 'UTF8')"
    return f"CAST({column} AS BLOB)"


def beginning(column: str, prefix: str) -> str:
    """SQL for a text column that begins with ``prefix`` (ASCII), so that SQLite asks its index."""
    if connection.vendor == "postgresql":
        return f"starts_with({column}, '{prefix}')"
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return f"{column} >= '{prefix}' AND {column} < '{end}'"


def stream(sql: str) -> Iterator[tuple[Any, ...]]:
    """Rows of a query, fetched in chunks (a server-side cursor on PostgreSQL)."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


@contextmanager
def snapshot() -> Iterator[None]:
    """A read-only transaction that takes no writer lock (atomic() would, on SQLite)."""
    begin = "BEGIN"
    if connection.vendor == "postgresql":
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    nested = connection.in_atomic_block
    with connection.cursor() as cursor:
        if not nested:
            cursor.execute(begin)
        try:
            yield
        finally:
            if not nested:
                cursor.execute("ROLLBACK")
