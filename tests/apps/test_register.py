"""Appending, proving, refusing to fork, taking over: the register on a real database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from huiyin.domain import merkle, tiles
from huiyin.domain.errors import Refusal
from huiyin.register import acts, lastsigned, queries
from huiyin.register import keys as log_keys
from huiyin.register.models import Leaf, Origin, Tile
from huiyin.register.takeover import new_origin

from .register_world import NOW, append, fill, refused, replace_register, restore_backup, verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]


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


def test_a_restored_backup_refuses_to_sign() -> None:
    fill(300)
    restore_backup(280)
    assert refused("register-restored-backup") == {"signed": 300, "stored": 280}


def test_a_rewritten_leaf_refuses_to_sign() -> None:
    append(b"a", b"b")
    replace_register([b"a", b"X"])
    assert refused("register-fork") == {"size": 2}


def test_a_lagging_file_is_caught_up_with(keys: Path) -> None:
    append(b"a")
    behind = (keys / lastsigned.NAME).read_bytes()
    append(b"b", b"c")
    (keys / lastsigned.NAME).write_bytes(behind)
    assert append(b"d").size == 4
    assert lastsigned.read(keys).frontier.size == 4  # type: ignore[union-attr]  # is there


def test_a_fork_behind_a_lagging_file_refuses_to_sign(keys: Path) -> None:
    append(b"a")
    behind = (keys / lastsigned.NAME).read_bytes()
    append(b"b")
    (keys / lastsigned.NAME).write_bytes(behind)
    replace_register([b"X", b"b"])
    assert refused("register-fork") == {"size": 1}


def test_missing_files_refuse_to_sign(keys: Path) -> None:
    append(b"a")
    (keys / lastsigned.NAME).rename(keys / "elsewhere")
    refused("register-last-signed-missing")
    (keys / "elsewhere").rename(keys / lastsigned.NAME)
    (keys / log_keys.NAME).unlink()
    refused("register-key-missing")


def test_a_new_key_does_not_carry_on_an_old_tree(keys: Path) -> None:
    append(b"a")
    (keys / log_keys.NAME).unlink()
    (keys / lastsigned.NAME).unlink()
    log_keys.create_log_key()
    refused("register-key-new")


def test_a_slot_torn_by_a_crash_leaves_the_other(keys: Path) -> None:
    append(b"a")
    append(b"b")
    path = keys / lastsigned.NAME
    whole = path.read_bytes()
    torn = bytearray(whole)
    newest = 0 if lastsigned._size(whole[: lastsigned.SLOT]) == 2 else lastsigned.SLOT
    torn[newest + 20] ^= 1
    path.write_bytes(torn)
    assert lastsigned.read(keys).frontier.size == 1  # type: ignore[union-attr]  # is there
    assert append(b"c").size == 3
    path.write_bytes(bytes(2 * lastsigned.SLOT))
    refused("register-last-signed-missing")


def test_the_file_only_moves_forward(keys: Path) -> None:
    append(b"a")
    old = lastsigned.read(keys)
    append(b"b")
    assert old is not None
    lastsigned.advance(keys, old)
    assert lastsigned.read(keys) != old


def test_committing_moves_the_file_forward(
    keys: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        appended = acts.append([b"a"], NOW)
    last = lastsigned.read(keys)
    assert last is not None
    assert last.note == appended.checkpoint
