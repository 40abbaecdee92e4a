"""Conflict of interest as the database's own rule: the last line behind ``domain.access``.

Two triggers, the same on both engines: nobody of the unit complained of (or of a unit below it),
nobody who holds or held the post complained of, nobody who stands aside, and in a review nobody
who decided before becomes the owner of a case; and nobody stands aside who still owns it. They
refuse a wrong write by whatever way it comes.

To alter a table SQLite makes it anew, which it refuses under a trigger that reads the table; so
an upgrade runs ``lifted`` (commands/installation.py). A later migration that makes ``cases_case``
or ``cases_exclusion`` anew ends with ``drop`` and ``create``, or a test finds them gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Every unit with itself and each unit above it, as ``people.directory.line`` has them.
_VIEW = """
CREATE VIEW cases_unit_line AS
WITH RECURSIVE line(unit_id, above_id) AS (
    SELECT id, id FROM people_unit
    UNION
    SELECT line.unit_id, people_unit.parent_id
    FROM line JOIN people_unit ON people_unit.id = line.above_id
    WHERE people_unit.parent_id IS NOT NULL
)
SELECT unit_id, above_id FROM line
"""
# A day of grace: the database knows no time zone of an office, and the stricter side is safe.
_IN_FORCE = "(m.until IS NULL OR m.until >= {yesterday})"
_COMPLAINED_OF = """
NEW.about_unit_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM people_membership m JOIN cases_unit_line l ON l.unit_id = m.unit_id
    WHERE m.user_id = NEW.owner_id AND l.above_id = NEW.about_unit_id AND {in_force}
)
"""
# Whoever holds or ever held the post, whatever the dates: as ``people.directory.holders``.
_IN_THE_POST = """
NEW.about_post_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM people_tenure t
    WHERE t.post_id = NEW.about_post_id AND t.user_id = NEW.owner_id
)
"""
_STANDS_ASIDE = """
EXISTS (
    SELECT 1 FROM cases_exclusion e
    WHERE e.case_id = NEW.number AND e.user_id = NEW.owner_id
    AND (e.reason = 'recused' OR (e.reason = 'decided' AND NEW.level > 0))
)
"""
_STILL_OWNS = """
EXISTS (
    SELECT 1 FROM cases_case c
    WHERE c.number = NEW.case_id AND c.owner_id = NEW.user_id AND NEW.reason = 'recused'
)
"""
OWNER, ASIDE = "huiyin: this person must not own this case", "huiyin: this person owns the case"
_PG_FUNCTIONS = """
CREATE FUNCTION cases_check_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {complained_of} OR {in_the_post} OR {stands_aside} THEN
        RAISE EXCEPTION '{owner}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION cases_check_aside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {still_owns} THEN
        RAISE EXCEPTION '{aside}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
_PG_TRIGGERS = (
    "CREATE TRIGGER cases_owner_is_free BEFORE INSERT ON cases_case FOR EACH ROW "
    "WHEN (NEW.owner_id IS NOT NULL) EXECUTE FUNCTION cases_check_owner()",
    "CREATE TRIGGER cases_owner_stays_free BEFORE UPDATE ON cases_case FOR EACH ROW "
    "WHEN (NEW.owner_id IS NOT NULL AND NEW.owner_id IS DISTINCT FROM OLD.owner_id) "
    "EXECUTE FUNCTION cases_check_owner()",
    "CREATE TRIGGER cases_aside_owns_not BEFORE INSERT OR UPDATE ON cases_exclusion FOR EACH ROW "
    "EXECUTE FUNCTION cases_check_aside()",
)
NAMES = {
    "cases_owner_is_free": "cases_case",
    "cases_owner_stays_free": "cases_case",
    "cases_aside_owns_not": "cases_exclusion",
}
_EXTRA = {"cases_aside_changed": "cases_exclusion"}  # SQLite has one trigger per verb


def create(connection: Any, *, posts: bool = True) -> None:
    """Put the view and the triggers into the database. ``posts``: False for the migration that
    ran before there were any (0005)."""
    sqlite = connection.vendor == "sqlite"
    _run(connection, _sqlite(posts) if sqlite else _postgresql(posts))


def drop(connection: Any) -> None:
    """Take them out again."""
    sqlite = connection.vendor == "sqlite"
    names = NAMES | _EXTRA if sqlite else NAMES
    on = {name: "" if sqlite else f" ON {table}" for name, table in names.items()}
    statements = [f"DROP TRIGGER {name}{where}" for name, where in on.items()]
    if not sqlite:
        statements += [f"DROP FUNCTION cases_check_{what}()" for what in ("owner", "aside")]
    _run(connection, [*statements, "DROP VIEW cases_unit_line"])


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Without the triggers inside the block, if they are there: for migrations."""
    held = present(connection)
    if held:
        drop(connection)
    try:
        yield
    finally:
        if held and not present(connection):
            create(connection)


def present(connection: Any) -> bool:
    """Whether the triggers are in the database."""
    source = "sqlite_master WHERE type = 'trigger' AND name" if connection.vendor == "sqlite" else (
        "pg_trigger WHERE NOT tgisinternal AND tgname"
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {source} = 'cases_owner_is_free'")
        return bool(cursor.fetchone()[0])


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sqlite(posts: bool) -> list[str]:
    owner = _conditions("date('now', '-1 day')", posts)
    free = f"{owner['complained_of']} OR {owner['in_the_post']} OR {owner['stands_aside']}"
    changed = "NEW.owner_id IS NOT NULL AND NEW.owner_id IS NOT OLD.owner_id"
    return [
        _VIEW,
        _refusing("cases_owner_is_free", "INSERT ON cases_case", "NEW.owner_id IS NOT NULL", free),
        _refusing("cases_owner_stays_free", "UPDATE ON cases_case", changed, free),
        _refusing("cases_aside_owns_not", "INSERT ON cases_exclusion", "1", _STILL_OWNS, ASIDE),
        _refusing("cases_aside_changed", "UPDATE ON cases_exclusion", "1", _STILL_OWNS, ASIDE),
    ]


def _refusing(name: str, on: str, when: str, wrong: str, words: str = OWNER) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {on} FOR EACH ROW WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{words}') WHERE {wrong}; END"
    )


def _conditions(yesterday: str, posts: bool) -> dict[str, str]:
    in_force = _IN_FORCE.format(yesterday=yesterday)
    return {
        "complained_of": _COMPLAINED_OF.format(in_force=in_force),
        "in_the_post": _IN_THE_POST if posts else "FALSE",
        "stands_aside": _STANDS_ASIDE,
        "still_owns": _STILL_OWNS,
    }


def _postgresql(posts: bool) -> list[str]:
    conditions = _conditions("current_date - 1", posts)
    functions = _PG_FUNCTIONS.format(owner=OWNER, aside=ASIDE, **conditions)
    return [_VIEW, functions, *_PG_TRIGGERS]
