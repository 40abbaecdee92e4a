"""Inserting rows of the vault in as few round trips as the engine allows.

A hand-in writes up to four tables while everybody else waits for the write lock; no model
objects are built and values are adapted by a list made once per table. PostgreSQL gets all
statements of one call in a single message. Reading and deleting go through the ORM as
everywhere.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connections, models
from django.db.utils import DEFAULT_DB_ALIAS

Row = tuple[object, ...]
Adapter = Callable[[Any], Any]
_AT_ONCE = 400  # rows per statement: below each engine's limit of parameters
_AS_IT_IS = (
    models.CharField,
    models.TextField,
    models.BinaryField,
    models.IntegerField,
    models.BooleanField,
    models.ForeignKey,
)


def insert(*tables: tuple[type[models.Model], Sequence[Row]]) -> None:
    """Insert (model, rows) in the order given; auto keys are left to the database.

    The values of a row come in the order of the model's fields. Run inside a transaction.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    statements = [
        _statement(connection, model, rows[start : start + _AT_ONCE])
        for model, rows in tables
        for start in range(0, len(rows), _AT_ONCE)
    ]
    # psycopg puts the values in itself unless told otherwise; then many fit one message.
    together = connection.vendor == "postgresql" and not getattr(
        connection.features, "uses_server_side_binding", False
    )
    if together and statements:
        parameters = [value for _, values in statements for value in values]
        statements = [("; ".join(text for text, _ in statements), parameters)]
    with connection.cursor() as cursor:
        for text, values in statements:
            cursor.execute(text, values)


def new_id(now: datetime, entropy: Callable[[int], bytes]) -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562): in order of time, so the index grows at its end."""
    milliseconds = int(now.timestamp() * 1000)
    bits = milliseconds << 80 | int.from_bytes(entropy(10))
    bits = bits & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)


def _statement(
    connection: Any, model: type[models.Model], rows: Sequence[Row]
) -> tuple[str, list[Any]]:
    adapters = _adapters(model, connection.vendor)
    values = [
        adapt(value) if adapt else value
        for row in rows
        for adapt, value in zip(adapters, row, strict=True)
    ]
    return _text(model, len(rows)), values


@cache
def _adapters(model: type[models.Model], vendor: str) -> tuple[Adapter | None, ...]:
    """Return for each field what the engine needs done to a value; None for nothing."""
    connection = connections[DEFAULT_DB_ALIAS]
    adapters: list[Adapter | None] = []
    for field in _fields(model):
        if isinstance(field, models.DateTimeField):
            adapters.append(connection.ops.adapt_datetimefield_value)
        elif isinstance(field, models.UUIDField):
            native = connection.features.has_native_uuid_field
            adapters.append(None if native else _hex)
        elif isinstance(field, _AS_IT_IS):
            adapters.append(None)
        else:
            raise TypeError(f"{field} has no adapter here")
    return tuple(adapters)


def _hex(value: uuid.UUID) -> str:
    return value.hex


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(
        field
        for field in model._meta.local_concrete_fields
        if not isinstance(field, models.AutoField)
    )


@cache
def _text(model: type[models.Model], count: int) -> str:
    # Both engines quote names alike; all names come from the models, none from a request.
    columns = ", ".join(f'"{field.column}"' for field in _fields(model))
    row = "(" + ", ".join(["%s"] * len(_fields(model))) + ")"
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ' + ", ".join([row] * count)
