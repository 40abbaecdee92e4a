"""Conflict of interest as the database's own rule: the last line behind ``domain.access``.

Triggers, the same on both engines. Nobody of the unit complained of (or of a unit below it) now or
since the complaint, nobody who holds or held the post complained of, nobody who stands aside, and
in a review nobody who decided before becomes the owner of a case or one of the two officers who
open its identity, and these are never one person; nobody stands aside who still owns it; no unit
is asked for its comment but by an event of the office that names it; no unit complained of is told
who complained. They refuse a wrong write by whatever way it comes.

To alter a table SQLite makes it anew, which it refuses under a trigger that reads the table; so
an upgrade runs ``lifted`` (commands/installation.py). A later migration that makes one of these
tables anew ends with ``drop`` and ``create``, or a test finds them gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

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
# ``c``: the case, ``person``: who must be free. A member counts who is one or was one since the
# complaint, with the day of grace of ``people.queries``; a holder of the post whatever the dates.
_IN_CONFLICT = """(
    {c}.about_unit_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM people_membership m JOIN cases_unit_line l ON l.unit_id = m.unit_id
        WHERE m.user_id = {person} AND l.above_id = {c}.about_unit_id
        AND (m.until IS NULL OR m.until >= m.since AND m.until >= {day_before})
    ) OR {c}.about_post_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM people_tenure t
        WHERE t.post_id = {c}.about_post_id AND t.user_id = {person}
    ) OR EXISTS (
        SELECT 1 FROM cases_exclusion e
        WHERE e.case_id = {c}.number AND e.user_id = {person}
        AND (e.reason = 'recused' OR (e.reason = 'decided' AND {c}.level > 0))
    )
)"""
_STILL_OWNS = """EXISTS (
    SELECT 1 FROM cases_case c
    WHERE c.number = NEW.case_id AND c.owner_id = NEW.user_id AND NEW.reason = 'recused'
)"""
_OFFICER_IN_CONFLICT = """(
    NEW.first_id = NEW.second_id OR EXISTS (
        SELECT 1 FROM cases_case c WHERE c.number = NEW.number AND ({first} OR {second})
    )
)"""
# The hand-in names the unit complained of too, hence not by the complainant or who registers.
_NOT_ASKED = """NOT EXISTS (
    SELECT 1 FROM history_event e
    WHERE e.stream = NEW.case_id AND e.seq = NEW.seq AND e.actor IS NOT NULL
    AND e.role NOT IN ('complainant', 'registrar', 'asked')
    AND EXISTS (SELECT 1 FROM {each_value} d WHERE d.value = NEW.unit_id)
)"""
_COMPLAINED_OF = """EXISTS (
    SELECT 1 FROM cases_case c JOIN cases_unit_line l ON l.above_id = c.about_unit_id
    WHERE c.number = NEW.case_id AND l.unit_id = NEW.unit_id
)"""
OWNER, ASIDE = "huiyin: this person must not own this case", "huiyin: this person owns the case"
OFFICER = "huiyin: this person must not open this identity"
ASKED = "huiyin: no event asks this unit"
TOLD = "huiyin: this unit must not be told"


class _Rule(NamedTuple):
    """One thing that the database refuses. ``changed``: what must differ for an update to be
    looked at, so that a row whose owner came into conflict later can still be written."""

    name: str
    table: str
    wrong: str
    words: str
    changed: tuple[str, ...] = ()
    given: str = ""


_RULES = (
    _Rule(
        *("owner", "cases_case", "owner_wrong", OWNER),
        ("owner_id", "about_unit_id", "about_post_id"),
        "owner_id",
    ),
    _Rule("aside", "cases_exclusion", "still_owns", ASIDE),
    _Rule("officer", "cases_openingrequest", "officer_wrong", OFFICER, ("first_id", "second_id")),
    _Rule("asked", "cases_askedunit", "not_asked", ASKED),
    _Rule("told", "cases_told", "complained_of", TOLD),
)
NAMES = {
    f"cases_{rule.name}_{verb}": rule.table for rule in _RULES for verb in ("insert", "update")
}
_BEFORE = {  # names of earlier versions
    "cases_owner_is_free": "cases_case",
    "cases_owner_stays_free": "cases_case",
    "cases_aside_owns_not": "cases_exclusion",
    "cases_aside_changed": "cases_exclusion",
}


def create(connection: Any) -> None:
    """Put the view and the triggers into the database."""
    sqlite = connection.vendor == "sqlite"
    make = _sqlite if sqlite else _postgresql
    parts = _parts(sqlite)
    _run(connection, [_VIEW, *(one for rule in _RULES for one in make(rule, parts))])


def drop(connection: Any) -> None:
    """Take them out again."""
    sqlite = connection.vendor == "sqlite"
    held = (NAMES | _BEFORE).items()
    on = {name: "" if sqlite else f" ON {table}" for name, table in held}
    statements = [f"DROP TRIGGER IF EXISTS {name}{where}" for name, where in on.items()]
    if not sqlite:
        statements += [f"DROP FUNCTION IF EXISTS cases_check_{rule.name}()" for rule in _RULES]
    _run(connection, [*statements, "DROP VIEW IF EXISTS cases_unit_line"])


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
        cursor.execute(
            f"SELECT count(*) FROM {source} IN ('cases_owner_is_free', 'cases_owner_insert')"
        )
        return bool(cursor.fetchone()[0])


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _parts(sqlite: bool) -> dict[str, str]:
    """What is wrong, by the names that the rules use, in the words of the engine."""
    utc = "({c}.started AT TIME ZONE 'UTC')"
    day = "date({c}.started, '-1 day')" if sqlite else f"({utc}::date - 1)"

    def conflict(c: str, person: str) -> str:
        return _IN_CONFLICT.format(c=c, person=person, day_before=day.format(c=c))

    values = "json_each(e.body, '$.data')" if sqlite else "json_each_text(e.body::json -> 'data')"
    return {
        "owner_wrong": conflict("NEW", "NEW.owner_id"),
        "still_owns": _STILL_OWNS,
        "officer_wrong": _OFFICER_IN_CONFLICT.format(
            first=conflict("c", "NEW.first_id"), second=conflict("c", "NEW.second_id")
        ),
        "not_asked": _NOT_ASKED.format(each_value=values),
        "complained_of": _COMPLAINED_OF,
    }


def _when(rule: _Rule, update: bool, differs: str) -> str:
    """When a row is looked at: the trigger's own condition."""
    given = [f"NEW.{rule.given} IS NOT NULL"] if rule.given else []
    changed = " OR ".join(f"NEW.{one} {differs} OLD.{one}" for one in rule.changed)
    return " AND ".join([*given, *([f"({changed})"] if update and changed else [])])


def _sqlite(rule: _Rule, parts: dict[str, str]) -> list[str]:
    return [
        f"CREATE TRIGGER cases_{rule.name}_{verb.lower()} BEFORE {verb} ON {rule.table} "
        f"FOR EACH ROW WHEN {_when(rule, verb == 'UPDATE', 'IS NOT') or '1'} "
        f"BEGIN SELECT RAISE(ABORT, '{rule.words}') WHERE {parts[rule.wrong]}; END"
        for verb in ("INSERT", "UPDATE")
    ]


def _postgresql(rule: _Rule, parts: dict[str, str]) -> list[str]:
    function = (
        f"CREATE FUNCTION cases_check_{rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {parts[rule.wrong]} THEN RAISE EXCEPTION '{rule.words}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    triggers = [
        f"CREATE TRIGGER cases_{rule.name}_{verb.lower()} BEFORE {verb} ON {rule.table} "
        f"FOR EACH ROW WHEN ({_when(rule, verb == 'UPDATE', 'IS DISTINCT FROM') or 'TRUE'}) "
        f"EXECUTE FUNCTION cases_check_{rule.name}()"
        for verb in ("INSERT", "UPDATE")
    ]
    return [function, *triggers]
