"""Identity: the complainant opens it alone, two officers together, nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from huiyin.domain import receipts, sealing
from huiyin.domain.errors import Refusal
from huiyin.vault import acts, keys, officers, queries
from huiyin.vault.models import Identity, IdentityRelease, IdentityShare, OfficerKey

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANN = receipts.make(bytes(range(15)))
BEN = receipts.make(bytes(range(1, 16)))
ANN_CASE, BEN_CASE = "a" * 32, "b" * 32
WHO = {"name": "王小明", "phone": "13800138000"}
WORDS = {
    "privacy_officer": "lantern river seven quiet maps",
    "ombudsman": "灯笼 河流 七个 安静 地图",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Path) -> None:
    settings.HUIYIN_KEYS_DIR = tmp_path
    keys.create_kek(tmp_path)


@pytest.fixture
def both_officers() -> None:
    for role, words in WORDS.items():
        officers.create_officer_key(role, words, now=NOW)


@pytest.fixture
def officers_without_passphrase() -> None:
    """Public keys alone: enough to seal, and fast."""
    for role in officers.ROLES:
        OfficerKey.objects.create(
            role=role,
            generation=1,
            public=sealing.public_of(role.encode().ljust(32)),
            sealed_private=b"",
            created=NOW,
        )


def hand_in(stream: str = ANN_CASE, code: receipts.Code = ANN) -> None:
    acts.hand_in(stream, code, [("text", "路灯")], identity=WHO, now=NOW)


def private(code: receipts.Code = ANN) -> bytes:
    return receipts.private_key(code)


def test_the_complainant_opens_their_own_identity() -> None:
    hand_in()
    assert queries.open_identity_as_complainant(ANN_CASE, private()) == WHO
    assert queries.has_identity(ANN_CASE)


def test_another_code_opens_nothing() -> None:
    hand_in()
    hand_in(BEN_CASE, BEN)
    with pytest.raises(Refusal, match="seal-broken"):
        queries.open_identity_as_complainant(ANN_CASE, private(BEN))


def test_anonymous_cases_have_no_identity() -> None:
    acts.hand_in(ANN_CASE, ANN, [], identity={"name": "  "}, now=NOW)
    assert not queries.has_identity(ANN_CASE)
    for opening in (
        lambda: queries.open_identity_as_complainant(ANN_CASE, private()),
        lambda: officers.open_identity(ANN_CASE, WORDS),
    ):
        with pytest.raises(Refusal, match="identity-absent"):
            opening()


@pytest.mark.parametrize("field", ["id_number", "religion", "employer", "Name"])
def test_nothing_but_the_listed_fields_is_kept(field: str) -> None:
    with pytest.raises(Refusal, match="identity-field-unknown"):
        acts.hand_in(ANN_CASE, ANN, [], identity={field: "x"}, now=NOW)
    assert not Identity.objects.exists()


def test_a_hand_in_with_identity_costs_four_statements(
    officers_without_passphrase: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    prepared = acts.prepare(ANN_CASE, ANN, [("text", "x")], identity=WHO, now=NOW)
    # PostgreSQL gets all in one message.
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 4):
        acts.write(prepared)
    assert queries.open_identity_as_complainant(ANN_CASE, private()) == WHO
    assert IdentityShare.objects.count() == 2


def test_shares_need_both_officers_to_have_a_key() -> None:
    hand_in()
    OfficerKey.objects.create(
        role="ombudsman",
        generation=1,
        public=sealing.public_of(b"o" * 32),
        sealed_private=b"",
        created=NOW,
    )
    hand_in(BEN_CASE, BEN)
    assert not IdentityShare.objects.exists() and not queries.can_break_glass()
    with pytest.raises(Refusal, match="identity-shares-absent"):
        officers.open_identity(ANN_CASE, WORDS)


def test_two_officers_open_together_and_not_alone(both_officers: None) -> None:
    hand_in()
    assert officers.open_identity(ANN_CASE, WORDS) == WHO
    with pytest.raises(Refusal) as alone:
        officers.open_identity(ANN_CASE, {"privacy_officer": WORDS["privacy_officer"]})
    assert alone.value.code == "passphrase-missing" and alone.value.data == {"role": "ombudsman"}
    wrong = WORDS | {"ombudsman": WORDS["privacy_officer"]}
    with pytest.raises(Refusal) as mistyped:
        officers.open_identity(ANN_CASE, wrong)
    assert mistyped.value.code == "passphrase-wrong" and mistyped.value.data == {
        "role": "ombudsman"
    }


def test_exchanged_shares_open_nothing(both_officers: None) -> None:
    hand_in()
    hand_in(BEN_CASE, BEN)
    of = {(row.stream, row.officer_role): bytes(row.wrap) for row in IdentityShare.objects.all()}
    assert len(of) == 4
    rows = IdentityShare.objects.filter(stream=ANN_CASE)
    # Ben's share in Ann's case; then both of Ben's; then Ann's two in each other's place.
    rows.filter(officer_role="ombudsman").update(wrap=of[BEN_CASE, "ombudsman"])
    assert_closed()
    rows.filter(officer_role="privacy_officer").update(wrap=of[BEN_CASE, "privacy_officer"])
    assert_closed()
    rows.filter(officer_role="ombudsman").update(wrap=of[ANN_CASE, "privacy_officer"])
    rows.filter(officer_role="privacy_officer").update(wrap=of[ANN_CASE, "ombudsman"])
    assert_closed()


def assert_closed() -> None:
    with pytest.raises(Refusal, match="seal-broken"):
        officers.open_identity(ANN_CASE, WORDS)


def test_an_identity_moved_to_another_case_opens_for_nobody() -> None:
    hand_in()
    Identity.objects.filter(stream=ANN_CASE).update(stream=BEN_CASE)
    with pytest.raises(Refusal, match="seal-broken"):
        queries.open_identity_as_complainant(BEN_CASE, private())


def test_a_new_identity_replaces_the_old_with_shares_and_releases(
    officers_without_passphrase: None,
) -> None:
    hand_in()
    before = Identity.objects.get()
    acts.release_identity(ANN_CASE, private(), ["phone"], "unit:7", now=NOW)
    acts.seal_identity(ANN_CASE, {"email": "ann@example.org", "phone": ""}, now=NOW)
    after = Identity.objects.get()
    assert bytes(before.sealed_to_complainant) != bytes(after.sealed_to_complainant)
    found = queries.open_identity_as_complainant(ANN_CASE, private())
    assert found == {"email": "ann@example.org"}
    assert queries.releases(ANN_CASE) == [] and IdentityShare.objects.count() == 2
    acts.seal_identity(ANN_CASE, {}, now=NOW)
    assert not Identity.objects.exists() and not IdentityShare.objects.exists()


def test_consent_releases_only_what_was_named_to_whom_it_was_named() -> None:
    hand_in()
    assert queries.open_release(ANN_CASE, "unit:7") == {}
    acts.release_identity(ANN_CASE, private(), ["phone"], "unit:7", now=NOW)
    assert queries.open_release(ANN_CASE, "unit:7") == {"phone": WHO["phone"]}
    assert queries.open_release(ANN_CASE, "unit:70") == {}
    assert queries.releases(ANN_CASE) == [queries.Release("unit:7", ("phone",), NOW)]
    acts.release_identity(ANN_CASE, private(), ["name", "phone"], "unit:7", now=NOW)
    assert queries.open_release(ANN_CASE, "unit:7") == WHO
    assert IdentityRelease.objects.count() == 1


def test_only_the_complainant_can_consent() -> None:
    hand_in()
    with pytest.raises(Refusal, match="seal-broken"):
        acts.release_identity(ANN_CASE, private(BEN), ["phone"], "unit:7", now=NOW)
    with pytest.raises(Refusal) as unknown:
        acts.release_identity(ANN_CASE, private(), ["email"], "unit:7", now=NOW)
    assert unknown.value.data == {"field": "email", "known": ["name", "phone"]}
    assert not IdentityRelease.objects.exists()


def test_a_release_moved_to_another_recipient_opens_nothing() -> None:
    hand_in()
    acts.release_identity(ANN_CASE, private(), ["phone"], "unit:7", now=NOW)
    IdentityRelease.objects.update(recipient="unit:8")
    with pytest.raises(Refusal, match="seal-broken"):
        queries.open_release(ANN_CASE, "unit:8")


def test_withdrawal_rotates_the_key_and_keeps_other_consents(both_officers: None) -> None:
    hand_in()
    acts.release_identity(ANN_CASE, private(), ["phone"], "unit:7", now=NOW)
    acts.release_identity(ANN_CASE, private(), ["name"], "unit:8", now=NOW)
    old_key, _ = queries.identity_key(ANN_CASE, private())
    acts.withdraw_release(ANN_CASE, private(), "unit:7", now=NOW)
    new_key, sealed = queries.identity_key(ANN_CASE, private())
    assert new_key != old_key
    with pytest.raises(Refusal, match="seal-broken"):
        queries.open_fields(ANN_CASE, old_key, sealed)
    assert queries.open_release(ANN_CASE, "unit:7") == {}
    assert queries.open_release(ANN_CASE, "unit:8") == {"name": WHO["name"]}
    assert officers.open_identity(ANN_CASE, WORDS) == WHO
    with pytest.raises(Refusal, match="release-absent"):
        acts.withdraw_release(ANN_CASE, private(), "unit:7", now=NOW)


def test_a_changed_passphrase_opens_what_was_sealed_before(both_officers: None) -> None:
    hand_in()
    new = "wooden bridge nine green cups"
    with pytest.raises(Refusal, match="passphrase-wrong"):
        officers.change_passphrase("ombudsman", new, new)
    officers.change_passphrase("ombudsman", WORDS["ombudsman"], new)
    assert officers.open_identity(ANN_CASE, WORDS | {"ombudsman": new}) == WHO
    with pytest.raises(Refusal, match="passphrase-wrong"):
        officers.open_identity(ANN_CASE, WORDS)


def test_a_successor_opens_old_and_new_cases_and_the_predecessor_none(
    both_officers: None,
) -> None:
    hand_in()
    new = "wooden bridge nine green cups"
    generation = officers.hand_over("ombudsman", WORDS["ombudsman"], new, now=NOW)
    assert generation == 2
    hand_in(BEN_CASE, BEN)
    for case in (ANN_CASE, BEN_CASE):
        assert officers.open_identity(case, WORDS | {"ombudsman": new}) == WHO
        with pytest.raises(Refusal, match="passphrase-wrong"):
            officers.open_identity(case, WORDS)


def test_a_replaced_key_leaves_old_cases_to_the_old_passphrase(both_officers: None) -> None:
    hand_in()
    new = "wooden bridge nine green cups"
    with pytest.raises(Refusal, match="officer-key-exists"):
        officers.create_officer_key("ombudsman", new, now=NOW)
    assert officers.create_officer_key("ombudsman", new, now=NOW, replace=True) == 2
    hand_in(BEN_CASE, BEN)
    assert officers.open_identity(ANN_CASE, WORDS) == WHO
    assert officers.open_identity(BEN_CASE, WORDS | {"ombudsman": new}) == WHO
    states = [(key.generation, key.retired is None) for key in queries.officer_keys()]
    assert sorted(states) == [(1, False), (1, True), (2, True)]


def test_a_lost_code_is_replaced_by_the_two_officers(both_officers: None) -> None:
    hand_in()
    officers.replace_complainant_key(ANN_CASE, WORDS, receipts.public_key(BEN))
    assert queries.open_identity_as_complainant(ANN_CASE, private(BEN)) == WHO
    with pytest.raises(Refusal, match="seal-broken"):
        queries.open_identity_as_complainant(ANN_CASE, private(ANN))
    assert queries.case_keys(ANN_CASE).complainant_public == receipts.public_key(BEN)


@pytest.mark.parametrize("role", ["administrator", "owner", ""])
def test_only_the_two_roles_have_keys(role: str) -> None:
    with pytest.raises(Refusal, match="officer-role-unknown"):
        officers.create_officer_key(role, WORDS["ombudsman"], now=NOW)
    with pytest.raises(Refusal, match="officer-role-unknown"):
        officers.change_passphrase(role, "x", WORDS["ombudsman"])


def test_a_weak_passphrase_makes_no_key() -> None:
    with pytest.raises(Refusal, match="passphrase-weak"):
        officers.create_officer_key("ombudsman", "too short", now=NOW)
    with pytest.raises(Refusal, match="officer-key-absent"):
        officers.change_passphrase("ombudsman", "x", WORDS["ombudsman"])
    assert not OfficerKey.objects.exists()
