"""Two overrides for one person at one time are refused by the database itself.

The acts refuse them first, in words; this is for whatever else writes. PostgreSQL locks the
roster's row before it looks, so that two transactions cannot both find the time free; SQLite
has one writer anyway. Whom an override touches, the database writes down too, by a second trigger:
an override that somebody puts into the table by hand is held to the same. Triggers and not an
exclusion constraint, because that would need an extension and half of our databases have none.
"""

from __future__ import annotations

from typing import Any

NAME = "rosters_touched_once"
WORDS = "another override touches this person at this time"
_TAKEN = (
    "EXISTS (SELECT 1 FROM rosters_touched t WHERE t.roster_id = NEW.roster_id "
    "AND t.user_id = NEW.user_id AND t.id IS DISTINCT FROM NEW.id "
    'AND t.start < NEW."end" AND NEW.start < t."end")'
)
_FUNCTION = f"""
CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM rosters_roster WHERE id = NEW.roster_id FOR UPDATE;
    IF {_TAKEN} THEN
        RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


TOUCHES = "rosters_override_touches"
_WRITE = (
    'INSERT INTO rosters_touched (override_id, roster_id, user_id, start, "end") '
    'SELECT NEW.id, NEW.roster_id, p.person, NEW.start, NEW."end" FROM '
    "(SELECT NEW.out_id AS person UNION SELECT NEW.into_id) p WHERE p.person IS NOT NULL"
)
_FORGET = "DELETE FROM rosters_touched WHERE override_id = NEW.id"
_COLUMNS = 'roster_id, start, "end", out_id, into_id'
_TOUCHING = f"""
CREATE FUNCTION {TOUCHES}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_FORGET};
    {_WRITE};
    RETURN NULL;
END $$
"""


def create(connection: Any) -> None:
    """Put the trigger into the database that refuses what overlaps."""
    if connection.vendor == "sqlite":
        _run(connection, [_sqlite("INSERT", NAME), _sqlite("UPDATE", f"{NAME}_changed")])
    else:
        trigger = (
            f"CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE ON rosters_touched "
            f"FOR EACH ROW EXECUTE FUNCTION {NAME}()"
        )
        _run(connection, [_FUNCTION, trigger])


def create_touching(connection: Any) -> None:
    """Put the trigger into the database that writes whom an override touches."""
    if connection.vendor == "sqlite":
        _run(connection, [
            f"CREATE TRIGGER {TOUCHES} AFTER INSERT ON rosters_override BEGIN {_WRITE}; END",
            f"CREATE TRIGGER {TOUCHES}_changed AFTER UPDATE OF {_COLUMNS} ON rosters_override "
            f"BEGIN {_FORGET}; {_WRITE}; END",
        ])  # fmt: skip
    else:
        trigger = (
            f"CREATE TRIGGER {TOUCHES} AFTER INSERT OR UPDATE OF {_COLUMNS} ON rosters_override "
            f"FOR EACH ROW EXECUTE FUNCTION {TOUCHES}()"
        )
        _run(connection, [_TOUCHING, trigger])


def drop_touching(connection: Any) -> None:
    """Take it out again."""
    if connection.vendor == "sqlite":
        _run(connection, [f"DROP TRIGGER {TOUCHES}", f"DROP TRIGGER {TOUCHES}_changed"])
    else:
        dropped = f"DROP TRIGGER {TOUCHES} ON rosters_override"
        _run(connection, [dropped, f"DROP FUNCTION {TOUCHES}()"])


def drop(connection: Any) -> None:
    """Take it out again."""
    if connection.vendor == "sqlite":
        _run(connection, [f"DROP TRIGGER {NAME}", f"DROP TRIGGER {NAME}_changed"])
    else:
        _run(connection, [f"DROP TRIGGER {NAME} ON rosters_touched", f"DROP FUNCTION {NAME}()"])


def _sqlite(verb: str, name: str) -> str:
    # AFTER: before an insert SQLite has not given the row its id yet.
    taken = _TAKEN.replace("IS DISTINCT FROM", "IS NOT")
    return (
        f"CREATE TRIGGER {name} AFTER {verb} ON rosters_touched WHEN {taken} "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
