"""Two overrides for one person at one time are refused by the database itself.

The acts refuse them first, in words; this is for whatever else writes. PostgreSQL locks the
roster's row before it looks, so that two transactions cannot both find the time free; SQLite
has one writer anyway. A trigger and not an exclusion constraint, because that would need an
extension and half of our databases have none.
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


def create(connection: Any) -> None:
    """Put the trigger into the database."""
    if connection.vendor == "sqlite":
        _run(connection, [_sqlite("INSERT", NAME), _sqlite("UPDATE", f"{NAME}_changed")])
    else:
        trigger = (
            f"CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE ON rosters_touched "
            f"FOR EACH ROW EXECUTE FUNCTION {NAME}()"
        )
        _run(connection, [_FUNCTION, trigger])


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
