"""Appending, proving, refusing to fork, taking over: the register on a real database."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from huiyin.domain import merkle, notes, tiles
from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import commit, parse_leaf
from huiyin.register import acts, keys, lastsigned, queries
from huiyin.register.models import Head, Leaf, Origin, Tile
from huiyin.register.takeover import new_origin

from .register_world import NOW

ORIGIN = "register.example/ledger"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Path) -> Path:
    settings.HUIYIN_KEYS_DIR = tmp_path / "keys"
    keys.create_log_key(ORIGIN)
    return tmp_path / "keys"


@pytest.fixture(autouse=True)
def commits(django_capture_on_commit_callbacks: Any) -> Iterator[Any]:
    """Run what follows a commit although the test's own transaction never commits."""
    with django_capture_on_commit_callbacks(execute=True):
        yield


def append(*leaves: bytes) -> acts.Appended:
    """Append in a transaction and do what follows its commit."""
    with transaction.atomic():
        appended = acts.append(leaves, NOW)
    frontier, note = stored_head()
    lastsigned.advance(keys.folder(), lastsigned.LastSigned(frontier, note))
    return appended


def stored_head() -> tuple[merkle.Frontier, str]:
    with connection.cursor() as cursor:
        return acts.read_head(cursor)


def fill(size: int) -> list[bytes]:
    leaves = [b"leaf %d" % number for number in range(size)]
    append(*leaves)
    return [merkle.leaf_hash(leaf) for leaf in leaves]


def verify(proof: str) -> notes.Checkpoint:
    """Check a tlog-proof text as a stranger would, with the log's key alone."""
    parsed = notes.parse_proof(proof)
    checkpoint, _ = notes.open_checkpoint(parsed.checkpoint, notes.parse_vkey(queries.vkey()))
    leaf = merkle.leaf_hash(queries.leaf_data([parsed.index])[parsed.index])
    assert merkle.verify_inclusion(
        parsed.index, checkpoint.size, leaf, parsed.hashes, checkpoint.root
    )
    return checkpoint


# Appending ------------------------------------------------------------------------------------


def test_an_appended_leaf_is_proved_at_once() -> None:
    for number in range(1, 6):
        appended = append(b"leaf %d" % number)
        assert (appended.first_index, appended.size) == (number - 1, number)
        assert verify(appended.proof(0)).size == number


def test_several_leaves_get_their_own_proofs() -> None:
    append(b"first")
    appended = append(b"a", b"b", b"c")
    assert [verify(appended.proof(number)).size for number in range(3)] == [4, 4, 4]
    assert queries.leaf_data([1, 3]) == {1: b"a", 3: b"c"}


def test_full_tiles_are_stored_and_only_those() -> None:
    leaves = fill(511)
    assert list(Tile.objects.values_list("level", "number")) == [(0, 0)]
    append(b"the 512th")
    assert list(Tile.objects.order_by("number").values_list("level", "number")) == [(0, 0), (0, 1)]
    tile = Tile.objects.get(level=0, number=0)
    assert bytes(tile.hashes) == b"".join(leaves[:256])
    assert bytes(tile.root) == tiles.subtree_root(leaves[:256])


def test_every_leaf_is_provable_and_every_size_consistent() -> None:
    leaves = fill(700)
    root = queries.head().root
    assert root == merkle.Frontier().extend(leaves).root()
    for index in (0, 255, 256, 511, 512, 698, 699):
        path = queries.proof(index)
        assert merkle.verify_inclusion(index, 700, leaves[index], path, root)
    for old in (0, 1, 255, 256, 257, 512, 699, 700):
        old_root = merkle.Frontier().extend(leaves[:old]).root()
        assert merkle.verify_consistency(old, 700, old_root, root, queries.consistency(old))
    small = merkle.Frontier().extend(leaves[:300]).root()
    assert merkle.verify_inclusion(7, 300, leaves[7], queries.proof(7, 300), small)
    with pytest.raises(Refusal, match="sizes-out-of-order"):
        queries.proof(7, 701)
    with pytest.raises(Refusal, match="leaf-outside-tree"):
        queries.proof(700)


def test_receipt_proofs_share_the_newest_checkpoint() -> None:
    fill(300)
    note, proofs = queries.receipt_proofs([5, 299])
    assert note == queries.head().checkpoint
    assert [verify(proof).size for proof in proofs] == [300, 300]


@pytest.mark.parametrize(("size", "statements"), [(1, 3), (255, 5), (700, 3)])
def test_appending_costs_few_statements(
    size: int, statements: int, django_assert_num_queries: Any
) -> None:
    fill(size)
    locking = connection.vendor == "postgresql"
    with django_assert_num_queries(statements + locking):
        acts.append([b"one more"], NOW)


def test_a_rolled_back_act_leaves_nothing_and_its_place_is_used_again() -> None:
    append(b"kept")
    with pytest.raises(RuntimeError), transaction.atomic():
        acts.append([b"lost"], NOW)
        raise RuntimeError
    assert queries.head().size == 1
    assert append(b"next").first_index == 1


def test_a_leaf_needs_a_transaction_and_a_content() -> None:
    with pytest.raises(Refusal, match="register-empty-append"):
        acts.append([], NOW)
    with pytest.raises(Refusal, match="leaf-too-long"):
        acts.append([b"x" * 65_536], NOW)
    connection.in_atomic_block = False  # the test itself runs in a transaction
    try:
        with pytest.raises(transaction.TransactionManagementError):
            acts.append([b"leaf"], NOW)
    finally:
        connection.in_atomic_block = True


@pytest.mark.parametrize("model", [Leaf, Tile, Origin])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_tables_refuse_changes(model: Any, change: str) -> None:
    fill(256)
    new_origin(NOW)
    table = model._meta.db_table
    column = "level" if model is Tile else '"index"'
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table, column, column))
    assert Leaf.objects.count() == 257


# Refusing to fork -----------------------------------------------------------------------------


def roll_back_to(size: int) -> None:
    """What restoring an old backup does: the tables are as they were, the key folder is not."""
    from huiyin.register.protection import lifted

    with lifted(connection), connection.cursor() as cursor:
        cursor.execute('SELECT data FROM register_leaf ORDER BY "index"')
        leaves = [bytes(row[0]) for row in cursor.fetchall()][:size]
        for table in ("leaf", "tile", "head"):
            cursor.execute(f"DELETE FROM register_{table}")
    frontier = merkle.Frontier().extend(merkle.leaf_hash(leaf) for leaf in leaves)
    note = notes.sign_checkpoint(size, frontier.root(), keys.signer())
    with connection.cursor() as cursor:
        pairs = [(leaf, merkle.leaf_hash(leaf)) for leaf in leaves]
        acts._write(cursor, merkle.Frontier(), frontier, pairs, note, NOW)


def refused(code: str) -> dict[str, object]:
    before = queries.head()
    with pytest.raises(Refusal) as found, transaction.atomic():
        acts.append([b"fork"], NOW)
    assert found.value.code == code
    assert queries.head() == before
    return found.value.data


def test_a_restored_backup_refuses_to_sign() -> None:
    fill(300)
    roll_back_to(280)
    assert refused("register-restored-backup") == {"signed": 300, "stored": 280}


def test_a_rewritten_leaf_refuses_to_sign() -> None:
    append(b"a", b"b")
    roll_back_to(0)
    with transaction.atomic(), connection.cursor() as cursor:
        pairs = [(leaf, merkle.leaf_hash(leaf)) for leaf in (b"a", b"X")]
        frontier = merkle.Frontier().extend(digest for _, digest in pairs)
        note = notes.sign_checkpoint(2, frontier.root(), keys.signer())
        acts._write(cursor, merkle.Frontier(), frontier, pairs, note, NOW)
    assert refused("register-fork") == {"size": 2}


def test_a_lagging_file_is_caught_up_with(key_folder: Path) -> None:
    append(b"a")
    behind = (key_folder / lastsigned.NAME).read_bytes()
    append(b"b", b"c")
    (key_folder / lastsigned.NAME).write_bytes(behind)
    assert append(b"d").size == 4
    assert lastsigned.read(key_folder).frontier.size == 4  # type: ignore[union-attr]  # is there


def test_a_fork_behind_a_lagging_file_refuses_to_sign(key_folder: Path) -> None:
    append(b"a")
    behind = (key_folder / lastsigned.NAME).read_bytes()
    append(b"b")
    (key_folder / lastsigned.NAME).write_bytes(behind)
    roll_back_to(0)
    with transaction.atomic(), connection.cursor() as cursor:
        pairs = [(leaf, merkle.leaf_hash(leaf)) for leaf in (b"X", b"b")]
        frontier = merkle.Frontier().extend(digest for _, digest in pairs)
        note = notes.sign_checkpoint(2, frontier.root(), keys.signer())
        acts._write(cursor, merkle.Frontier(), frontier, pairs, note, NOW)
    assert refused("register-fork") == {"size": 1}


def test_missing_files_refuse_to_sign(key_folder: Path) -> None:
    append(b"a")
    (key_folder / lastsigned.NAME).rename(key_folder / "elsewhere")
    refused("register-last-signed-missing")
    (key_folder / "elsewhere").rename(key_folder / lastsigned.NAME)
    (key_folder / keys.NAME).unlink()
    refused("register-key-missing")


def test_a_new_key_does_not_carry_on_an_old_tree(key_folder: Path) -> None:
    append(b"a")
    (key_folder / keys.NAME).unlink()
    (key_folder / lastsigned.NAME).unlink()
    keys.create_log_key(ORIGIN)
    refused("register-key-new")


def test_a_slot_torn_by_a_crash_leaves_the_other(key_folder: Path) -> None:
    append(b"a")
    append(b"b")
    path = key_folder / lastsigned.NAME
    whole = path.read_bytes()
    torn = bytearray(whole)
    newest = 0 if lastsigned._size(whole[: lastsigned.SLOT]) == 2 else lastsigned.SLOT
    torn[newest + 20] ^= 1
    path.write_bytes(torn)
    assert lastsigned.read(key_folder).frontier.size == 1  # type: ignore[union-attr]  # is there
    assert append(b"c").size == 3
    path.write_bytes(bytes(2 * lastsigned.SLOT))
    refused("register-last-signed-missing")


def test_the_file_only_moves_forward(key_folder: Path) -> None:
    append(b"a")
    old = lastsigned.read(key_folder)
    append(b"b")
    assert old is not None
    lastsigned.advance(key_folder, old)
    assert lastsigned.read(key_folder) != old


# Keys and taking over -------------------------------------------------------------------------


def test_the_key_is_private_and_never_replaced(key_folder: Path) -> None:
    mode = stat.S_IMODE((key_folder / keys.NAME).stat().st_mode)
    assert mode == 0o600
    with pytest.raises(Refusal, match="log-key-exists"):
        keys.create_log_key(ORIGIN)
    assert "PRIVATE" not in repr(keys.signer())
    with pytest.raises(Refusal, match="register-origin-too-long"):
        keys.new_signer("x" * 201)


def test_taking_over_after_a_restored_backup(key_folder: Path) -> None:
    fill(300)
    old_vkey, old_note = queries.vkey(), queries.head().checkpoint
    roll_back_to(280)
    refused("register-restored-backup")
    appended = new_origin(NOW)
    assert appended.first_index == 280
    assert queries.vkey().startswith(f"{ORIGIN}/2+")
    assert verify(appended.proof(0)).origin == f"{ORIGIN}/2"
    takeover = Origin.objects.get(index=280)
    leaf = parse_leaf(queries.leaf_data([280])[280])
    assert leaf.event_class == "origin"
    assert commit(bytes(takeover.key), takeover.statement.encode()) == leaf.commitment
    assert old_note.replace("\n", "\\n") in takeover.statement
    assert old_vkey in takeover.statement
    assert '"kept":280' in takeover.statement
    assert '"signed":300' in takeover.statement
    assert append(b"life goes on").size == 282
    aside = next((key_folder / "former").iterdir())
    assert (aside / "checkpoint").read_text() == old_note


def test_taking_over_twice_counts_on() -> None:
    append(b"a")
    new_origin(NOW)
    new_origin(NOW)
    assert keys.signer().name == f"{ORIGIN}/3"
    with pytest.raises(Refusal, match="register-origin-same"):
        new_origin(NOW, f"{ORIGIN}/3")


def test_a_failed_takeover_puts_the_keys_back(
    key_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(b"a")
    before = {path.name: path.read_bytes() for path in key_folder.iterdir() if path.is_file()}

    def fail(*arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("huiyin.register.takeover.append", fail)
    with pytest.raises(OSError, match="disk full"):
        new_origin(NOW)
    after = {path.name: path.read_bytes() for path in key_folder.iterdir() if path.is_file()}
    assert after == before
    monkeypatch.undo()
    assert append(b"b").size == 2


# Over HTTP ------------------------------------------------------------------------------------


@pytest.fixture
def web(settings: Any) -> Client:
    settings.ROOT_URLCONF = "huiyin.register.urls"
    settings.MIDDLEWARE = []
    return Client()


def test_an_empty_register_has_no_checkpoint(web: Client) -> None:
    assert web.get("/checkpoint").status_code == 404
    assert web.get("/tile/0/000.p/1").status_code == 404


def test_a_stranger_reads_checkpoint_tiles_and_entries(web: Client) -> None:
    leaves = fill(700)
    answer = web.get("/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "max-age=5" in answer["Cache-Control"]
    key = notes.parse_vkey(queries.vkey())
    checkpoint, _ = notes.open_checkpoint(answer.content.decode(), key)
    for name in tiles.all_tiles(checkpoint.size):
        answer = web.get(f"/{name.path()}")
        assert answer.status_code == 200, name
        assert "immutable" in answer["Cache-Control"]
        first = name.number * 256
        if name.level is None:
            entries = tiles.unbundle(answer.content)
            assert [*map(merkle.leaf_hash, entries)] == leaves[first : first + name.width]
        else:
            assert len(answer.content) == 32 * name.width

    def tile(level: int, number: int) -> list[bytes]:
        name = tiles.TileName(level, number, tiles.width_at(700, level, number))
        return merkle.split_hashes(web.get(f"/{name.path()}").content)

    assert merkle.range_root(0, 700, tiles.node_source(tile)) == checkpoint.root


@pytest.mark.parametrize(
    "path",
    ["0/003", "0/002", "0/002.p/189", "1/000", "1/000.p/3", "2/000.p/1", "entries/002",
     "entries/002.p/189", "0/1", "0/000.p/256", "9/000", "entries/x001/000", "0/../../checkpoint"],
)  # fmt: skip
def test_what_is_not_in_the_tree_is_not_found(web: Client, path: str) -> None:
    fill(700)
    assert web.get(f"/tile/{path}").status_code == 404


def test_a_smaller_part_of_a_full_tile_is_still_served(web: Client) -> None:
    leaves = fill(700)
    assert web.get("/tile/0/000.p/3").content == b"".join(leaves[:3])
    assert web.post("/checkpoint").status_code == 405


def test_one_head_only() -> None:
    fill(3)
    assert Head.objects.count() == 1
