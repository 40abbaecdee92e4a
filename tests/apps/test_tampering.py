"""The tamper program: every change behind the back of the register is found and named.

Flips, deletions, insertions, swaps, back-dating and replays in every table and file that the
register or a case rests on, with fixed seeds. Twice each in an ordinary run; ``make torture``
tries each 60 times (TAMPER_ROUNDS). Words for what is found exist in every language.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from huiyin.cases import erasing
from huiyin.cases.models import Case
from huiyin.domain import leaves
from huiyin.domain.notes import parse_vkey
from huiyin.register import acts, exporting, queries
from huiyin.register.checking import Report, check
from huiyin.register.faults import Fault
from huiyin.register.monitoring import Memory, visit
from huiyin.register.sending import Reply
from huiyin.register.takeover import new_origin
from huiyin.register.verdicts import LANGUAGES, say_fault
from huiyin.vault.keys import load_kek
from huiyin.vault.queries import opens
from tests.people import NOW as MORNING
from tests.people import Town

from .case_tampering import CASE_TAMPERS, FILE_TAMPERS, Past
from .register_tampering import EITHER, TAMPERS
from .register_world import NOW, as_owner, case, remember_signed

pytestmark = pytest.mark.django_db
ROUNDS = int(os.environ.get("TAMPER_ROUNDS", "2"))


@pytest.fixture
def past(town: Town, monkeypatch: pytest.MonkeyPatch) -> Past:
    """40 cases, five of them real with sealed texts and one of these erased; two full tiles, a
    partial one, and a takeover."""
    monkeypatch.setattr(erasing, "scrub", lambda: None)
    past = _real_cases(town)
    for number in range(35):
        case(f"HY-2026-{number:06d}", 1 + number % 7)
        remember_signed()
    _fill(430)
    remember_signed()
    new_origin(NOW)
    case("HY-2026-900000", 6)
    remember_signed()
    past.after(dict(Case.objects.values_list("vault", "number")))
    return past


def _real_cases(town: Town) -> Past:
    numbers = []
    for lamp in range(5):
        given, _ = town.hand_in(text=f"Lamp {lamp} is dark.")
        numbers.append(given.case.number)
        town.act("alice", numbers[-1], "accept")
        town.act("bob", numbers[-1], "assign", owner=town.id("bob"))
        town.act("bob", numbers[-1], "summary", summary=f"Lamp {lamp}")
    gone = Case.objects.get(pk=numbers[0])
    town.complainant(gone.number, "withdraw")
    past = Past.before(gone.vault, gone.number)
    erasing.erase(gone.number, MORNING + timedelta(days=800))
    remember_signed()
    return past


def _fill(count: int) -> None:
    """One-event cases that cost no transaction of their own."""
    pairs = [(_filler(number), random.Random(number).randbytes(32)) for number in range(count)]
    at = connection.ops.adapt_datetimefield_value(NOW)
    with transaction.atomic(), connection.cursor() as cursor:
        first = acts.append([leaves.leaf_of(*pair) for pair in pairs], NOW).first_index
        for number, (event, key) in enumerate(pairs):
            cursor.execute(
                'INSERT INTO history_event ("index", stream, seq, type, at, role, actor, body) '
                "VALUES (%s, %s, 1, 'note', %s, 'system', NULL, %s)",
                [first + number, f"F-{number:05d}", at, event.decode()],
            )
            cursor.execute(
                'INSERT INTO vault_opening ("index", key) VALUES (%s, %s)', [first + number, key]
            )


def _filler(number: int) -> bytes:
    return leaves.event_bytes(
        case=f"F-{number:05d}", seq=1, previous=None, at=NOW, role="system", act="note",
        event_class="proceeded",
    )  # fmt: skip


def look() -> Report:
    report = check(opens=opens)
    for fault in report.faults:
        assert all(say_fault(fault, language) for language in LANGUAGES), fault
    return report


def first(name: str, seed: int) -> Fault:
    report = look()
    assert report.faults, f"{name}, seed {seed}: nothing was found"
    return report.faults[0]


def rows(name: str, tamper: Callable[..., tuple[str, int | str]], *more: object) -> None:
    """Change the tables as often as asked; each time the first fault must be the true one."""
    for seed in range(ROUNDS):
        rng = random.Random(f"{name} {seed}")
        with as_owner() as cursor:
            place, where = tamper(cursor, rng, *more)
            fault = first(name, seed)
        assert fault.where == where, (name, seed, fault)
        assert fault.place in EITHER.get(name, {place}), (name, seed, fault)


def test_untouched_data_raise_no_alarm(past: Past) -> None:
    report = look()
    assert report.faults == ()
    assert report.leaves > 512 and past.live and past.texts and past.openings


def test_every_change_in_the_register_is_found_and_named(past: Past) -> None:
    for name, tamper in TAMPERS.items():
        rows(name, tamper)
    assert look().faults == ()


def test_every_change_of_texts_keys_and_cases_is_found_and_named(past: Past) -> None:
    for name, tamper in CASE_TAMPERS.items():
        rows(name, tamper, past)
    assert look().faults == ()


def test_every_change_in_the_key_folder_is_found_and_named(past: Past, keys: Path) -> None:
    for name, (file, change, place) in FILE_TAMPERS.items():
        path = keys / file
        whole, mode = path.read_bytes(), path.stat().st_mode
        for seed in range(ROUNDS):
            change(path, random.Random(f"{name} {seed}"))
            path.exists() and path.chmod(mode)
            load_kek.cache_clear()
            fault = first(name, seed)
            assert fault.place == place, (name, seed, fault)
            path.write_bytes(whole)
            path.chmod(mode)
    load_kek.cache_clear()
    assert look().faults == ()


def test_every_change_in_the_published_files_is_seen_from_outside(
    keys: Path, tmp_path: Path
) -> None:
    """What anybody's server serves: the monitor reads it with the key alone."""
    case("HY-2026-000001", 6)
    _fill(700)
    remember_signed()
    folder = tmp_path / "ledger"
    exporting.export(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    key, later = parse_vkey(queries.vkey()), NOW + timedelta(days=1)

    def exit_status() -> int:
        def fetch(url: str) -> Reply:
            path = folder / url.removeprefix("http://office/ledger/")
            return Reply(200, body=path.read_bytes()) if path.is_file() else Reply(404)

        return visit("http://office/ledger", key, Memory(), fetch, later).exit_status

    assert exit_status() == 0
    for seed in range(ROUNDS * 10):
        rng = random.Random(f"published {seed}")
        path = rng.choice(files)
        whole = path.read_bytes()
        changed = _spoil(whole, rng)
        path.write_bytes(changed)
        assert exit_status() == 1, (path, seed)
        path.write_bytes(whole)
    assert exit_status() == 0


def _spoil(data: bytes, rng: random.Random) -> bytes:
    at, bit = rng.randrange(len(data)), 1 << rng.randrange(8)
    kinds: list[Any] = [
        data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :],
        data[:at],
        data[:at] + data[at + 1 :],
    ]
    return bytes(rng.choice(kinds))
