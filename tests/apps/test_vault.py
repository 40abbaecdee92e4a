"""Sealed contents and openings: written once, read whole, gone after erasure."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.vault import acts, keys, queries
from huiyin.vault.models import CaseKey, Content, Identity, IdentityShare, Opening

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)
ANN = receipts.make(bytes(range(15)))
BEN = receipts.make(bytes(range(1, 16)))
ANN_CASE, BEN_CASE = "a" * 32, "b" * 32
TEXTS = [("text", "路灯坏了三个月"), ("contact", "ann@example.org"), ("attachment", b"\x00\xff")]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Path) -> Path:
    settings.HUIYIN_KEYS_DIR = tmp_path / "keys"
    keys.create_kek(settings.HUIYIN_KEYS_DIR)
    return tmp_path / "keys"


def hand_in(stream: str = ANN_CASE, code: receipts.Code = ANN) -> acts.HandedIn:
    return acts.hand_in(stream, code, TEXTS, now=NOW)


def stored(row_id: uuid.UUID) -> bytes:
    return bytes(Content.objects.get(pk=row_id).ciphertext)


def test_a_hand_in_reads_back_in_order() -> None:
    done = hand_in()
    assert [ref.kind for ref in done.refs] == ["text", "contact", "attachment"]
    ids = [ref.id for ref in done.refs]
    assert queries.get(ids[:2], ANN_CASE) == {ids[0]: TEXTS[0][1], ids[1]: TEXTS[1][1]}
    assert queries.get_bytes(ids[2:], ANN_CASE) == {ids[2]: b"\x00\xff"}


def test_the_commitment_is_the_hash_of_the_stored_bytes() -> None:
    for ref in hand_in().refs:
        assert ref.commitment == hashlib.sha256(stored(ref.id)).hexdigest()


def test_the_same_short_text_never_has_the_same_commitment() -> None:
    hand_in()
    refs = acts.put_many(ANN_CASE, [("text", "yes")] * 20, now=NOW)
    assert len({ref.commitment for ref in refs}) == 20
    assert hashlib.sha256(b"yes").hexdigest() not in {ref.commitment for ref in refs}


def test_a_hand_in_costs_two_statements(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    prepared = acts.prepare(ANN_CASE, ANN, TEXTS, now=NOW)
    # PostgreSQL gets both in one message.
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
        acts.write(prepared)


def test_reading_costs_one_query_however_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    pairs = [(ANN_CASE, ref.id) for ref in hand_in().refs[:2]]
    pairs += [(BEN_CASE, ref.id) for ref in hand_in(BEN_CASE, BEN).refs[:2]]
    with django_assert_num_queries(1):
        assert len(queries.get_many(pairs)) == 4
    with django_assert_num_queries(0):
        assert queries.get([], ANN_CASE) == {}


def test_later_texts_use_the_keys_at_hand(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    done = hand_in()
    with django_assert_num_queries(1):
        ref = acts.put(ANN_CASE, "message", "等候", now=LATER, keys=done.keys)
    assert queries.get([ref.id], ANN_CASE) == {ref.id: "等候"}
    assert queries.case_keys(ANN_CASE) == done.keys
    with pytest.raises(ValueError, match="another case"):
        acts.put(BEN_CASE, "message", "no", now=LATER, keys=done.keys)


def test_many_rows_go_in_several_statements() -> None:
    acts.put_openings([(index, index.to_bytes(32)) for index in range(1000)])
    found = queries.openings(range(990, 1010))
    assert found == {index: index.to_bytes(32) for index in range(990, 1000)}
    acts.put_openings([])


def test_row_ids_grow_with_time() -> None:
    hand_in()
    early = acts.put(ANN_CASE, "text", "a", now=NOW).id
    late = acts.put(ANN_CASE, "text", "b", now=LATER).id
    assert early < late
    assert early.version == 7 and early.variant == uuid.RFC_4122


def test_an_id_of_another_case_is_not_given_out() -> None:
    ann, ben = hand_in(), hand_in(BEN_CASE, BEN)
    assert queries.get([ben.refs[0].id, ann.refs[0].id], ANN_CASE) == {ann.refs[0].id: TEXTS[0][1]}


def replace_content(row: Content, **changes: object) -> None:
    """Tamper as a database owner would: the trigger refuses UPDATE, so delete and insert."""
    Content.objects.filter(pk=row.pk).delete()
    for name, value in changes.items():
        setattr(row, name, value)
    Content.objects.bulk_create([row])


@pytest.mark.parametrize("change", ["kind", "stream", "bytes", "text", "id"])
def test_every_tampered_row_refuses_to_open(change: str) -> None:
    ann, ben = hand_in(), hand_in(BEN_CASE, BEN)
    row = Content.objects.get(pk=ann.refs[0].id)
    other = Content.objects.get(pk=ann.refs[1].id)
    sealed = bytes(row.ciphertext)
    replace_content(
        row,
        **{
            "kind": {"kind": "answer"},
            "stream": {"stream": BEN_CASE},
            "bytes": {"ciphertext": sealed[:-1] + bytes([sealed[-1] ^ 1])},
            "text": {"ciphertext": bytes(other.ciphertext)},
            "id": {"id": uuid.UUID(int=7)},
        }[change],
    )
    with pytest.raises(Refusal, match="seal-broken"):
        queries.get([row.id], row.stream)
    assert len(queries.get([ben.refs[0].id], BEN_CASE)) == 1


def test_exchanged_case_keys_refuse_to_open() -> None:
    ann = hand_in()
    hand_in(BEN_CASE, BEN)
    CaseKey.objects.filter(stream=ANN_CASE).update(
        wrapped_c=CaseKey.objects.get(stream=BEN_CASE).wrapped_c
    )
    with pytest.raises(Refusal, match="seal-broken"):
        queries.get([ann.refs[0].id], ANN_CASE)
    with pytest.raises(Refusal, match="seal-broken"):
        queries.case_keys(ANN_CASE)


def test_no_sealed_row_can_be_updated() -> None:
    hand_in()
    acts.put_openings([(1, b"k" * 32)])
    for model, change in [(Content, {"kind": "x"}), (Opening, {"key": b"x"})]:
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            model.objects.update(**change)


def test_erasure_destroys_keys_contents_and_openings_of_one_case_only() -> None:
    ann = hand_in()
    ben = hand_in(BEN_CASE, BEN)
    acts.seal_identity(ANN_CASE, {"name": "Ann"}, now=NOW)
    acts.put_openings([(index, bytes([index]) * 32) for index in range(4)])
    assert acts.erase(ANN_CASE, [0, 2]) == acts.Erased(contents=3, openings=2)
    assert queries.get([ref.id for ref in ann.refs], ANN_CASE) == {}
    assert set(queries.openings(range(4))) == {1, 3}
    for model in (CaseKey, Content, Identity, IdentityShare):
        assert not model.objects.filter(stream=ANN_CASE).exists()
    with pytest.raises(Refusal, match="case-key-erased"):
        acts.put(ANN_CASE, "text", "again", now=LATER)
    assert len(queries.get([ben.refs[0].id], BEN_CASE)) == 1
    assert acts.erase(ANN_CASE, [0, 2]) == acts.Erased(contents=0, openings=0)


def test_without_its_key_a_content_is_absent_rather_than_an_error() -> None:
    ann = hand_in()
    CaseKey.objects.filter(stream=ANN_CASE).delete()
    assert queries.get([ann.refs[0].id], ANN_CASE) == {}


def test_all_of_a_hand_in_or_nothing() -> None:
    prepared = acts.prepare(ANN_CASE, ANN, TEXTS, now=NOW)
    acts.write(prepared)
    with pytest.raises(DatabaseError), transaction.atomic():
        acts.write(prepared)
    assert Content.objects.count() == 3 and CaseKey.objects.count() == 1


def test_given_entropy_makes_the_same_rows() -> None:
    def counting() -> acts.Entropy:
        calls = iter(range(1000))
        return lambda size: hashlib.sha256(bytes([next(calls)])).digest()[:size]

    one = acts.prepare(ANN_CASE, ANN, TEXTS, now=NOW, entropy=counting())
    other = acts.prepare(ANN_CASE, ANN, TEXTS, now=NOW, entropy=counting())
    assert one == other
    assert one != acts.prepare(ANN_CASE, ANN, TEXTS, now=NOW)


def test_no_repr_shows_a_key_or_a_text() -> None:
    prepared = acts.prepare(ANN_CASE, ANN, TEXTS, now=NOW, identity={"name": "Ann Planted"})
    shown = repr(prepared) + repr(prepared.handed_in)
    for secret in (prepared.handed_in.keys.content, b"Planted", "路灯".encode()):
        assert repr(secret)[2:-1] not in shown and secret.hex() not in shown


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["text", "message"]),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
        ),
        max_size=6,
    )
)
def test_any_texts_read_back(texts: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        acts.open_case(ANN_CASE, receipts.public_key(ANN))
        refs = acts.put_many(ANN_CASE, texts, now=NOW)
        found = queries.get([ref.id for ref in refs], ANN_CASE)
        assert [found[ref.id] for ref in refs] == [text for _, text in texts]
        transaction.set_rollback(True)


def test_nothing_readable_in_any_table() -> None:
    planted = ["Planted Wang", "13800138000", "路灯坏了三个月", "ann@example.org"]
    acts.hand_in(ANN_CASE, ANN, TEXTS, identity={"name": planted[0], "phone": planted[1]}, now=NOW)
    dump = b""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("vault_"):
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    for value in row:
                        is_bytes = isinstance(value, (bytes, memoryview))
                        dump += bytes(value) if is_bytes else str(value).encode()
    assert ANN_CASE.encode() in dump
    for word in [*planted, ANN.text, ANN.text.replace("-", "")]:
        assert word.encode() not in dump
    for secret in (ANN.secret, receipts.private_key(ANN), queries.case_keys(ANN_CASE).content):
        assert secret not in dump
