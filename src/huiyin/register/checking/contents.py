"""Third walk, beside the second: the sealed texts that events name, and what opens them.

An event holds id, kind and SHA-256 of each sealed text. A text may be missing only where a
later event of its case says ``erased``; the case's row and its key must be there to reach it.
Tables of vault and cases are read by name, as everywhere here. Texts stay sealed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huiyin.register.checking.rows import as_blob, stream
from huiyin.register.faults import CORRUPTION, TAMPERING, UNKNOWN, Fault, Faults

TABLES = ("vault_content", "vault_file", "vault_casekey", "cases_case")
# Tries a case's key: (the case's name in the vault, wrapped key) → "" if it opens, "seal-broken",
# or why the key file of this installation opens nothing at all.
Opens = Callable[[str, bytes], str]
_AT_ONCE = 300
# What other rooms keep in the vault and no event of a case names: kind → (table, column) that
# names each such text. The rooms stand above this one and say so themselves (``keep``).
_kept: dict[str, tuple[str, str]] = {}


def keep(kind: str, table: str, column: str) -> None:
    """Say that a room keeps sealed texts of this kind, whose ids stand in a column of its own;
    for the start of the program. One that the room does not name is a fault like any other,
    and so is one that lies in a case."""
    _kept[kind] = (table, column)


def _of_cases() -> str:
    """SQL: the texts that events of cases must name."""
    rooms = [
        f"(kind = '{kind}' AND id IN (SELECT {column} FROM {table} WHERE {column} IS NOT NULL))"
        for kind, (table, column) in sorted(_kept.items())
    ]
    if not rooms:
        return "1 = 1"
    return f"NOT (({' OR '.join(rooms)}) AND stream NOT IN (SELECT vault FROM cases_case))"


@dataclass(frozen=True, slots=True)
class Named:
    """A sealed text as an event names it; ``index`` is the event's."""

    index: int
    kind: str
    id: str
    sha256: str

    @property
    def where(self) -> str:
        """How a fault names it."""
        return f"{self.index}/{self.kind}"


@dataclass(frozen=True, slots=True)
class _Case:
    number: str
    named: tuple[Named, ...]
    erased: bool


class Contents:
    """Collects what the events name, case by case, and holds it against the tables."""

    def __init__(self, faults: Faults, opens: Opens | None) -> None:
        self._faults, self._opens = faults, opens
        self._waiting: list[_Case] = []
        self._seen = self._wrong = 0
        self._worked = False

    def add(self, number: str, named: Iterable[Named], erased: bool) -> None:
        """One case is read to its end. ``erased``: its last word about texts is that they went."""
        self._waiting.append(_Case(number, tuple(named), erased))
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def finish(self) -> None:
        """All cases are read: nothing may be left that no event names."""
        self._flush()
        if self._wrong > 1 and not self._worked:
            self._faults.first(Fault("vault-key", "", "vault-key-foreign", TAMPERING))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT (SELECT COUNT(*) FROM vault_content WHERE {_of_cases()})"
                " + (SELECT COUNT(*) FROM vault_file)"
            )
            if cursor.fetchone()[0] != self._seen:
                self._name_extra()

    def _flush(self) -> None:
        cases, self._waiting = self._waiting, []
        vaults = _vaults([case.number for case in cases])
        keys = _keys(list(vaults.values()))
        texts = _texts([named.id for case in cases for named in case.named])
        self._seen += len(texts)
        for case in cases:
            vault = vaults.get(case.number)
            if vault is None:
                self._fault("case", case.number, "case-missing")
            elif case.erased:
                self._check_gone(case, vault, keys, texts)
            else:
                self._check_key(case, vault, keys)
                for named in case.named:
                    self._check_text(named, vault, texts.get(named.id))

    def _check_text(self, named: Named, vault: str, row: tuple[str, str, bytes] | None) -> None:
        if row is None:
            self._fault("content", named.where, "content-missing")
            return
        digest = hashlib.sha256(row[2]).hexdigest()
        if digest != named.sha256:
            self._fault("content", named.where, "content-changed", UNKNOWN)
        elif row[1] != named.kind or row[0] != vault:
            self._fault("content", named.where, "content-moved")

    def _check_key(self, case: _Case, vault: str, keys: Mapping[str, bytes]) -> None:
        if vault not in keys:
            self._fault("case-key", case.number, "case-key-missing")
        elif self._opens is not None:
            self._try_key(case, vault, keys[vault])

    def _try_key(self, case: _Case, vault: str, key: bytes) -> None:
        why = self._opens(vault, key) if self._opens is not None else ""
        if why == "":
            self._worked = True
        elif why in ("seal-broken", "vault-key-wrong"):
            self._wrong += 1
            self._fault("case-key", case.number, "case-key-changed", UNKNOWN)
        else:
            self._faults.first(
                Fault("vault-key", "", "vault-key-unreadable", CORRUPTION, {"why": why})
            )
            self._opens = None  # once is enough

    def _check_gone(
        self, case: _Case, vault: str, keys: Mapping[str, bytes], texts: Mapping[str, Any]
    ) -> None:
        if vault in keys:
            self._fault("case-key", case.number, "case-key-returned")
        for named in case.named:
            if named.id in texts:
                self._fault("content", named.where, "content-returned")

    def _name_extra(self) -> None:
        """Only when the counts differ: which texts no event names. Holds all ids in memory."""
        known = _all_ids()
        texts = f"SELECT {as_blob('id')} FROM vault_content WHERE {_of_cases()}"
        files = f"SELECT {as_blob('id')} FROM vault_file"
        for rows in (texts, files):
            for (found,) in stream(f"{rows} ORDER BY created, id"):
                if _hex(found) not in known:
                    self._fault("content", _hex(found), "content-extra")

    def _fault(self, place: str, where: str, code: str, cause: str = TAMPERING) -> None:
        self._faults.add(Fault(place, where, code, cause))


def _rows(sql: str, values: list[str]) -> list[tuple[Any, ...]]:
    """Rows for any number of values; ``sql`` has ``{}`` where their marks belong."""
    if not values:
        return []
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for begin in range(0, len(values), 500):
            some = values[begin : begin + 500]
            cursor.execute(sql.format(",".join(["%s"] * len(some))), some)
            found += cursor.fetchall()
    return found


def _vaults(numbers: list[str]) -> dict[str, str]:
    columns = f"{as_blob('number')}, {as_blob('vault')}"
    found = _rows(f"SELECT {columns} FROM cases_case WHERE number IN ({{}})", numbers)
    return {_text(number): _text(vault) for number, vault in found}


def _keys(vaults: list[str]) -> dict[str, bytes]:
    columns = f"{as_blob('stream')}, {as_blob('wrapped_c')}"
    found = _rows(f"SELECT {columns} FROM vault_casekey WHERE stream IN ({{}})", vaults)
    return {_text(vault): bytes(key or b"") for vault, key in found}


def _texts(ids: list[str]) -> dict[str, tuple[str, str, bytes]]:
    """Id → (vault, kind, sealed bytes); files as they were handed in are of the kind original."""
    columns = ", ".join(map(as_blob, ("id", "stream", "kind", "ciphertext")))
    wanted = [one for one in ids if _is_id(one)]
    found = _rows(f"SELECT {columns} FROM vault_content WHERE id IN ({{}})", wanted)
    columns = ", ".join(map(as_blob, ("id", "stream", "original")))
    files = _rows(f"SELECT {columns} FROM vault_file WHERE id IN ({{}})", wanted)
    found += [(id, vault, b"original", sealed) for id, vault, sealed in files]
    return {
        _hex(id): (_text(vault), _text(kind), bytes(sealed or b""))
        for id, vault, kind, sealed in found
    }


def _is_id(text: str) -> bool:
    """PostgreSQL stops at a value that is no UUID."""
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


def _text(value: Any) -> str:
    return bytes(value or b"").decode("utf-8", "replace")


def _hex(id: Any) -> str:
    return _text(id).replace("-", "")


def _all_ids() -> set[str]:
    """Every id that an event names."""
    found = set()
    for (body,) in stream(f"SELECT {as_blob('body')} FROM history_event"):
        found |= {named.id for named in named_in(0, bytes(body or b""))}
    return found


def named_in(index: int, body: bytes) -> list[Named]:
    """The sealed texts that an event's bytes name; none if they cannot be read, which the second
    walk says."""
    try:
        found = json.loads(body)["content"]
        return [Named(index, str(c["kind"]), str(c["id"]), str(c["sha256"])) for c in found]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
