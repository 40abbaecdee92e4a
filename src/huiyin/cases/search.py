"""Search over the staff's summaries, and nothing else (hard limit 1).

Chinese has no spaces and trigram indexes miss two-character words, so a summary is stored as
its bigrams (CJK) and words (others): FTS5 on SQLite, tsvector on PostgreSQL.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.db import connection, transaction

from huiyin.cases.models import Case
from huiyin.cases.queries import visible_to
from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import normalise_number

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS = re.compile(rf"[{_CJK}]+|[^\W{_CJK}_]+")
MOST_TERMS = 12


def tokens(text: str) -> list[str]:
    """The text's search tokens: CJK runs as overlapping pairs, other runs as folded words."""
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).casefold()):
        if re.match(rf"[{_CJK}]", run):
            found += [run[n : n + 2] for n in range(len(run) - 1)] or [run]
        else:
            found.append(run)
    return found


def _key(case: Case) -> int:
    return case.year * 10**9 + case.serial


def index_summary(case: Case) -> None:
    """Put the case's present summary into the index in place of an earlier one."""
    with connection.cursor() as cursor:
        name = "rowid" if connection.vendor == "sqlite" else "id"
        cursor.execute(f"DELETE FROM cases_summary WHERE {name} = %s", [_key(case)])
    index_all([case])


def scrub_index() -> None:
    """Drive words that were taken out of the index out of its pages too (after an erasure)."""
    if connection.vendor == "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            # FTS5 only marks words as gone; merging everything into one piece drops them.
            cursor.execute("INSERT INTO cases_summary(cases_summary) VALUES ('optimize')")


def index_all(cases: Sequence[Case]) -> None:
    """Put the summaries of cases that have none in the index yet into it."""
    rows = [(_key(case), " ".join(tokens(case.summary))) for case in cases if case.summary]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("INSERT INTO cases_summary(rowid, words) VALUES (%s, %s)", rows)
        else:
            cursor.executemany(
                "INSERT INTO cases_summary(id, words) VALUES (%s, to_tsvector('simple', %s))",
                rows,
            )


def _matching(terms: list[str], before: int, most: int) -> list[int]:
    """The newest ``most`` keys below ``before`` whose summaries have all ``terms``."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            query = " AND ".join('"' + term.replace('"', "") + '"' for term in terms)
            cursor.execute(
                "SELECT rowid FROM cases_summary WHERE cases_summary MATCH %s "
                "AND rowid < %s ORDER BY rowid DESC LIMIT %s",
                [query, before, most],
            )
        else:
            query = " & ".join(
                "'" + term.replace("'", "").replace("\\", "") + "'" for term in terms
            )
            cursor.execute(
                "SELECT id FROM cases_summary WHERE words @@ to_tsquery('simple', %s) "
                "AND id < %s ORDER BY id DESC LIMIT %s",
                [query, before, most],
            )
        return [row[0] for row in cursor.fetchall()]


# How many hits are looked at before the actor's own rights are applied to them: a handful
# first, since who searches mostly may read what is found; then as many as it takes.
SPANS = (60, 300, 1640)
_NEWEST = 10**13


def find(actor: Actor, question: str, most: int = 50) -> list[Case]:
    """The newest cases that the actor may read and whose number or summary match.

    ``question`` is a case number or words; raises Refusal ``search-empty``.
    """
    try:
        return list(visible_to(actor).filter(number=normalise_number(question)))
    except Refusal:
        terms = tokens(question)[:MOST_TERMS]
    if not terms:
        raise Refusal("search-empty")
    found: list[Case] = []
    before = _NEWEST
    for span in SPANS:
        keys = _matching(terms, before, span)
        found += _readable(actor, keys)
        if len(found) >= most or len(keys) < span:
            break
        before = keys[-1]
    return found[:most]


def _readable(actor: Actor, keys: list[int]) -> list[Case]:
    """The cases of these keys that the actor may read, newest first."""
    numbers = [divmod(key, 10**9) for key in keys]
    found = visible_to(actor).filter(
        serial__in=[serial for _, serial in numbers], year__in={year for year, _ in numbers}
    )
    wanted = set(numbers)
    return [c for c in found.order_by("-year", "-serial") if (c.year, c.serial) in wanted]
