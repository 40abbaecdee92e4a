"""``ledger check`` on what only a few changes can show; the many are in test_tampering.py."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.db import connection, transaction

from huiyin.domain import leaves
from huiyin.register import acts, keys, lastsigned
from huiyin.register.checking import Report, check
from huiyin.register.faults import Fault
from huiyin.register.takeover import new_origin
from huiyin.register.verdicts import LANGUAGES, say_fault

from .register_world import NOW, as_owner, case, remember_signed, replace_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]


@pytest.fixture
def register() -> None:
    """40 cases, 520 and some leaves: two full tiles, a partial one, and a takeover."""
    for number in range(40):
        case(f"HY-2026-{number:06d}", 1 + number % 7)
        remember_signed()
    with transaction.atomic():
        acts.append([leaves.leaf_of(*pair) for pair in FILLERS], NOW)
        _write_fillers()
    remember_signed()
    new_origin(NOW)
    case("HY-2026-900000", 6)
    remember_signed()


def _filler(number: int) -> tuple[bytes, bytes]:
    """A one-event case that costs no transaction of its own: event bytes and key."""
    event = leaves.event_bytes(
        case=f"F-{number:05d}", seq=1, previous=None, at=NOW, role="system", act="note",
        event_class="proceeded",
    )  # fmt: skip
    return event, random.Random(number).randbytes(32)


FILLERS = [_filler(number) for number in range(380)]


def _write_fillers() -> None:
    at = connection.ops.adapt_datetimefield_value(NOW)
    with connection.cursor() as cursor:
        cursor.execute('SELECT MAX("index") FROM register_leaf')
        first = cursor.fetchone()[0] + 1 - len(FILLERS)
        for number, (event, key) in enumerate(FILLERS):
            cursor.execute(
                'INSERT INTO history_event ("index", stream, seq, type, at, role, actor, body) '
                "VALUES (%s, %s, 1, 'note', %s, 'system', NULL, %s)",
                [first + number, f"F-{number:05d}", at, event.decode()],
            )
            cursor.execute(
                'INSERT INTO vault_opening ("index", key) VALUES (%s, %s)', [first + number, key]
            )


def first_fault(report: Report) -> Fault:
    assert report.faults, "nothing was found"
    for fault in report.faults:
        assert all(say_fault(fault, language) for language in LANGUAGES)
    return report.faults[0]


def test_a_sound_register_raises_no_alarm(register: None) -> None:
    report = check()
    assert report.faults == ()
    assert report.leaves > 512
    assert report.events == report.leaves - 1  # the takeover has a statement, not an event


def test_an_empty_register_is_sound() -> None:
    assert check() == Report(0, 0, (), 0)


def test_a_case_removed_without_a_trace_is_found(register: None) -> None:
    """Rows, leaves, tiles and head rewritten consistently, signed with the stolen log key."""
    with as_owner() as cursor:
        cursor.execute('SELECT data FROM register_leaf ORDER BY "index"')
        kept = [bytes(row[0]) for row in cursor.fetchall()][1:]
        for table in ("history_event", "vault_opening", "register_origin"):
            cursor.execute(f"DELETE FROM {table}")
        replace_register(kept)
        report = check()
    assert "last-signed-ahead" in {fault.code for fault in report.faults}


def test_a_restored_backup_is_named_as_such(register: None) -> None:
    with connection.cursor() as cursor:
        frontier, note = acts.read_head(cursor)
    ahead = lastsigned.LastSigned(frontier.extend([bytes(32)] * 3), note)
    lastsigned.advance(keys.folder(), ahead)
    fault = first_fault(check())
    assert (fault.place, fault.code) == ("last-signed", "last-signed-ahead")
    assert fault.data == {"signed": frontier.size + 3, "stored": frontier.size}


def test_a_lost_file_is_named(register: None, keys: Path) -> None:
    (keys / lastsigned.NAME).unlink()
    assert first_fault(check()).code == "last-signed-missing"


# Erasure --------------------------------------------------------------------------------------


def erase_keys(*indexes: int) -> None:
    with connection.cursor() as cursor:
        for index in indexes:
            cursor.execute('DELETE FROM vault_opening WHERE "index" = %s', [index])


def test_erased_keys_are_no_fault_if_the_register_says_so() -> None:
    written = case("HY-2026-000001", 4, last_class="erased")
    erase_keys(*(one.first_index for one in written[:3]))
    assert check().faults == ()


def test_erased_keys_without_a_word_are_a_fault() -> None:
    written = case("HY-2026-000001", 4)
    erased = case("HY-2026-000002", 2, last_class="erased")
    erase_keys(written[1].first_index, erased[0].first_index)
    fault = first_fault(check())
    assert (fault.place, fault.where) == ("opening", written[1].first_index)


def test_an_erasure_does_not_cover_what_came_after() -> None:
    written = case("HY-2026-000001", 3, last_class="erased")
    erase_keys(written[2].first_index)
    assert first_fault(check()).code == "opening-missing"


def test_the_chain_still_covers_events_whose_keys_are_erased() -> None:
    written = case("HY-2026-000001", 4, last_class="erased")
    erase_keys(*(one.first_index for one in written[:3]))
    with as_owner() as cursor:
        forged = written[1].bodies[0].replace(b"2027-01-19", b"2027-01-20").decode()
        index = written[1].first_index
        cursor.execute('UPDATE history_event SET body = %s WHERE "index" = %s', [forged, index])
        fault = first_fault(check())
    # The erasure has its key and vouches for what it is chained to: the third, not the second.
    assert (fault.place, fault.where) == ("event", written[1].first_index)
    assert fault.code == "event-changed"


def test_only_so_many_faults_are_kept_and_the_rest_counted(register: None) -> None:
    with as_owner() as cursor:
        cursor.execute("UPDATE history_event SET role = 'nobody'")
        report = check(most=5)
    assert len(report.faults) == 5
    assert report.more == report.events - 5
