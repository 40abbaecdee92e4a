"""``ledger check`` finds every change made behind the register's back, and no other."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from huiyin.domain import leaves, merkle, notes
from huiyin.register import acts, keys, lastsigned
from huiyin.register.checking import Report, check
from huiyin.register.faults import Fault
from huiyin.register.takeover import new_origin
from huiyin.register.verdicts import LANGUAGES, say_fault

from .register_world import NOW, case

pytestmark = pytest.mark.django_db
ROUNDS = 20 if os.environ.get("HUIYIN_DEEP") else 2


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Path) -> Path:
    settings.HUIYIN_KEYS_DIR = tmp_path / "keys"
    keys.create_log_key("register.example/ledger")
    return tmp_path / "keys"


def remember_signed() -> None:
    """What follows a commit; the tests' own transactions never commit."""
    with connection.cursor() as cursor:
        frontier, note = acts.read_head(cursor)
    lastsigned.advance(keys.folder(), lastsigned.LastSigned(frontier, note))


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


@contextmanager
def tampered() -> Iterator[Any]:
    """A cursor of the database's owner, all triggers off; everything is undone at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (trigger,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {trigger}")
        yield cursor
        transaction.set_rollback(True)


def first_fault(report: Report) -> Fault:
    assert report.faults, "nothing was found"
    for fault in report.faults:
        assert all(say_fault(fault, language) for language in LANGUAGES)
    return report.faults[0]


def fetch(cursor: Any, sql: str, *values: object) -> tuple[Any, ...]:
    cursor.execute(sql, values)
    row = cursor.fetchone()
    return tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)


def test_a_sound_register_raises_no_alarm(register: None) -> None:
    report = check()
    assert report.faults == ()
    assert report.leaves > 512
    assert report.events == report.leaves - 1  # the takeover has a statement, not an event


def test_an_empty_register_is_sound() -> None:
    assert check() == Report(0, 0, (), 0)


# Every table, flips, deletions, insertions, swaps ---------------------------------------------

Tamper = Callable[[Any, random.Random], tuple[str, int | str]]


def _pick(cursor: Any, rng: random.Random, table: str, where: str = "1 = 1") -> int:
    cursor.execute(f'SELECT "index" FROM {table} WHERE {where} ORDER BY "index"')
    return int(rng.choice(cursor.fetchall())[0])


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _flip_text(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    other = rng.choice([c for c in 'abcxyz019{}",:' if c != text[at]])
    return text[:at] + other + text[at + 1 :]


def _flipping(table: str, column: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        index = _pick(cursor, rng, table)
        (old,) = fetch(cursor, f'SELECT {column} FROM {table} WHERE "index" = %s', index)
        new: object = _flip_text(old, rng) if isinstance(old, str) else _flip(old, rng)
        cursor.execute(f'UPDATE {table} SET {column} = %s WHERE "index" = %s', [new, index])
        return {"register_leaf": "leaf", "history_event": "event", "vault_opening": "opening",
                "register_origin": "origin"}[table], index  # fmt: skip

    return tamper


def _deleting(table: str, place: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        index = _pick(cursor, rng, table)
        cursor.execute(f'DELETE FROM {table} WHERE "index" = %s', [index])
        return place, index

    return tamper


def _column(name: str, value: object) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        index = _pick(cursor, rng, "history_event", "seq > 1")
        cursor.execute(f'UPDATE history_event SET {name} = %s WHERE "index" = %s', [value, index])
        return "event", index

    return tamper


def _swapping(table: str, column: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        one, other = sorted(
            (_pick(cursor, rng, table, '"index" < 200'), _pick(cursor, rng, table, '"index" > 250'))
        )
        select = f'SELECT {column} FROM {table} WHERE "index" = %s'
        (a,), (b,) = fetch(cursor, select, one), fetch(cursor, select, other)
        update = f'UPDATE {table} SET {column} = %s WHERE "index" = %s'
        cursor.execute(update, [b, one])
        cursor.execute(update, [a, other])
        return {"register_leaf": "leaf", "history_event": "event"}.get(table, "opening"), one

    return tamper


def _leaf_with_its_hash(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    index = _pick(cursor, rng, "register_leaf")
    (data,) = fetch(cursor, 'SELECT data FROM register_leaf WHERE "index" = %s', index)
    forged = bytes(data).replace(b'"v":1', b'"v":2') if b'"v":1' in data else b"forged"
    cursor.execute(
        'UPDATE register_leaf SET data = %s, hash = %s WHERE "index" = %s',
        [forged, merkle.leaf_hash(forged), index],
    )
    return "leaf", index


def _event_with_its_columns(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """A careful forger: body, column and key are changed so that they agree with each other."""
    index = _pick(cursor, rng, "history_event", "stream = 'HY-2026-900000' AND seq < 6")
    (body,) = fetch(cursor, 'SELECT body FROM history_event WHERE "index" = %s', index)
    forged = leaves.parse_object(body.encode()) | {"role": "forger"}
    cursor.execute(
        "UPDATE history_event SET body = %s, role = 'forger' WHERE \"index\" = %s",
        [leaves.canonical(forged).decode(), index],
    )
    return "event", index


def _last_event_of_a_case(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    """Event, opening and leaf of the newest event vanish together."""
    index = fetch(cursor, 'SELECT MAX("index") FROM register_leaf')[0]
    for table in ("history_event", "vault_opening", "register_leaf"):
        cursor.execute(f'DELETE FROM {table} WHERE "index" = %s', [index])
    return "leaf", index


def _inserted_leaf(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    index = fetch(cursor, 'SELECT MAX("index") FROM register_leaf')[0] + 1
    cursor.execute(
        'INSERT INTO register_leaf ("index", data, hash) VALUES (%s, %s, %s)',
        [index, b"more", merkle.leaf_hash(b"more")],
    )
    return "leaf", index


def _inserted_event(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    index = fetch(cursor, 'SELECT MAX("index") FROM register_leaf')[0] + 1
    cursor.execute(
        'INSERT INTO history_event ("index", stream, seq, type, at, role, actor, body) '
        "SELECT %s, stream, seq + 1, type, at, role, actor, body FROM history_event "
        "WHERE stream = 'HY-2026-900000' AND seq = 6",
        [index],
    )
    return "event", index


def _inserted_opening(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
    cursor.execute('INSERT INTO vault_opening ("index", key) VALUES (9999, %s)', [bytes(32)])
    return "opening", 9999


def _tile(change: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        number = rng.randrange(2)
        if change == "delete":
            cursor.execute("DELETE FROM register_tile WHERE number = %s", [number])
        elif change == "insert":
            number = 2
            cursor.execute(
                "INSERT INTO register_tile (level, number, hashes, root) "
                "SELECT level, 2, hashes, root FROM register_tile WHERE number = 1"
            )
        elif change == "swap":
            number = 0
            cursor.execute("UPDATE register_tile SET number = number + 10 WHERE number = 0")
            cursor.execute("UPDATE register_tile SET number = number - 1 WHERE number = 1")
            cursor.execute("UPDATE register_tile SET number = number - 9 WHERE number = 10")
        else:
            select = f"SELECT {change} FROM register_tile WHERE number = %s"
            (old,) = fetch(cursor, select, number)
            update = f"UPDATE register_tile SET {change} = %s WHERE number = %s"
            cursor.execute(update, [_flip(bytes(old), rng), number])
        return "tile", f"0/{number}"

    return tamper


def _head(change: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random) -> tuple[str, int | str]:
        if change == "delete":
            cursor.execute("DELETE FROM register_head")
        elif change == "size":
            cursor.execute("UPDATE register_head SET size = size - 1")
        else:
            (old,) = fetch(cursor, f"SELECT {change} FROM register_head")
            new = _flip_text(old, rng) if isinstance(old, str) else _flip(bytes(old), rng)
            cursor.execute(f"UPDATE register_head SET {change} = %s", [new])
        return "head", 1

    return tamper


TAMPERS: dict[str, Tamper] = {
    "flip in a leaf": _flipping("register_leaf", "data"),
    "flip in a leaf's hash": _flipping("register_leaf", "hash"),
    "leaf replaced with its hash": _leaf_with_its_hash,
    "leaf deleted": _deleting("register_leaf", "leaf"),
    "leaf added": _inserted_leaf,
    "leaves swapped": _swapping("register_leaf", "data"),
    "flip in a tile": _tile("hashes"),
    "flip in a tile's root": _tile("root"),
    "tile deleted": _tile("delete"),
    "tile added": _tile("insert"),
    "tiles swapped": _tile("swap"),
    "head deleted": _head("delete"),
    "head smaller": _head("size"),
    "flip in the head's root": _head("root"),
    "flip in the head's frontier": _head("frontier"),
    "flip in the checkpoint": _head("checkpoint"),
    "flip in an event": _flipping("history_event", "body"),
    "event forged with its columns": _event_with_its_columns,
    "event deleted": _deleting("history_event", "event"),
    "event added": _inserted_event,
    "events swapped": _swapping("history_event", "body"),
    "column stream": _column("stream", "HY-2026-999999"),
    "column seq": _column("seq", 77),
    "column type": _column("type", "other"),
    "column at": _column("at", NOW.replace(second=16)),
    "column role": _column("role", "reviewer"),
    "column actor": _column("actor", "p8"),
    "column actor emptied": _column("actor", None),
    "flip in an opening": _flipping("vault_opening", "key"),
    "opening deleted": _deleting("vault_opening", "opening"),
    "opening added": _inserted_opening,
    "openings swapped": _swapping("vault_opening", "key"),
    "flip in a takeover's statement": _flipping("register_origin", "statement"),
    "flip in a takeover's key": _flipping("register_origin", "key"),
    "takeover deleted": _deleting("register_origin", "event"),
    "end of the register cut off": _last_event_of_a_case,
}
# Where one of two things that belong together was changed and nothing third can tell which.
EITHER = {
    "flip in an opening": {"opening", "event"},
    "openings swapped": {"opening", "event"},
}


def test_every_change_is_found_and_named(register: None) -> None:
    for name, tamper in TAMPERS.items():
        for seed in range(ROUNDS):
            rng = random.Random(f"{name} {seed}")
            with tampered() as cursor:
                place, where = tamper(cursor, rng)
                fault = first_fault(check())
            assert fault.where == where, (name, seed, fault)
            assert fault.place in EITHER.get(name, {place}), (name, seed, fault)
    assert check().faults == ()


def test_a_whole_case_removed_without_a_trace_is_found(register: None) -> None:
    """Rows, leaves, tiles and head rewritten consistently, signed with the stolen log key."""
    with tampered() as cursor:
        cursor.execute('SELECT data FROM register_leaf ORDER BY "index"')
        kept = [bytes(row[0]) for row in cursor.fetchall()][1:]
        cursor.execute("DELETE FROM history_event WHERE stream = 'HY-2026-000000'")
        cursor.execute("DELETE FROM vault_opening")
        cursor.execute("DELETE FROM history_event")
        for table in ("leaf", "tile", "head", "origin"):
            cursor.execute(f"DELETE FROM register_{table}")
        pairs = [(data, merkle.leaf_hash(data)) for data in kept]
        frontier = merkle.Frontier().extend(digest for _, digest in pairs)
        note = notes.sign_checkpoint(frontier.size, frontier.root(), keys.signer())
        acts._write(cursor, merkle.Frontier(), frontier, pairs, note, NOW)
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


def test_a_lost_file_is_named(register: None, key_folder: Path) -> None:
    (key_folder / lastsigned.NAME).unlink()
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
    case("HY-2026-000002", 2, last_class="erased")
    erase_keys(written[1].first_index)
    fault = first_fault(check())
    assert (fault.place, fault.where) == ("opening", written[1].first_index)


def test_an_erasure_does_not_cover_what_came_after() -> None:
    written = case("HY-2026-000001", 3, last_class="erased")
    erase_keys(written[2].first_index)
    assert first_fault(check()).code == "opening-missing"


def test_the_chain_still_covers_events_whose_keys_are_erased() -> None:
    written = case("HY-2026-000001", 4, last_class="erased")
    erase_keys(*(one.first_index for one in written[:3]))
    with tampered() as cursor:
        forged = written[1].bodies[0].replace(b"2027-01-19", b"2027-01-20").decode()
        index = written[1].first_index
        cursor.execute('UPDATE history_event SET body = %s WHERE "index" = %s', [forged, index])
        fault = first_fault(check())
    assert (fault.place, fault.where) == ("event", written[2].first_index)
    assert fault.code == "event-chain-broken"


def test_only_so_many_faults_are_kept_and_the_rest_counted(register: None) -> None:
    with tampered() as cursor:
        cursor.execute("UPDATE history_event SET role = 'nobody'")
        report = check(most=5)
    assert len(report.faults) == 5
    assert report.more == report.events - 5
