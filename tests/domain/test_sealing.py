"""Sealing: what opens, and above all what does not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain import sealing
from huiyin.domain.errors import Refusal

KEY, OTHER_KEY = b"k" * 32, b"K" * 32
NONCE = b"n" * 12
ANN, BEN = bytes(range(32)), bytes(range(1, 33))
ANN_PUBLIC, BEN_PUBLIC = sealing.public_of(ANN), sealing.public_of(BEN)
CASES = ("2026-000001-H", "2026-000002-K")
PASSPHRASE = "lantern river seven quiet maps"
parts = st.lists(st.text(max_size=8).filter(lambda s: s.isprintable()), max_size=4)


def broken(code: str = "seal-broken") -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}")


@given(parts, parts)
def test_two_contexts_are_equal_only_if_all_parts_are(one: list[str], other: list[str]) -> None:
    assert (sealing.context(*one) == sealing.context(*other)) == (one == other)


@given(st.binary(max_size=300), st.binary(min_size=32, max_size=32))
def test_a_seal_opens_only_with_its_key_case_and_field(plain: bytes, key: bytes) -> None:
    sealed = sealing.seal(key, CASES[0], "text/1", plain, NONCE)
    assert sealing.unseal(key, CASES[0], "text/1", sealed) == plain
    for wrong in [
        (bytes(b ^ 1 for b in key), CASES[0], "text/1"),
        (key, CASES[1], "text/1"),
        (key, CASES[0], "text/2"),
        (key, CASES[0] + "t", "ext/1"),
    ]:
        with broken():
            sealing.unseal(*wrong, sealed)


def test_every_flipped_bit_and_every_cut_is_noticed() -> None:
    sealed = sealing.seal(KEY, CASES[0], "text", b"no street lamp", NONCE)
    for place, bit in itertools.product(range(len(sealed)), range(8)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << bit
        with broken():
            sealing.unseal(KEY, CASES[0], "text", bytes(changed))
    for length in range(len(sealed)):
        with broken():
            sealing.unseal(KEY, CASES[0], "text", sealed[:length])


def test_a_content_key_is_wrapped_for_one_case() -> None:
    wrapped = sealing.wrap(OTHER_KEY, CASES[0], KEY, NONCE)
    assert sealing.unwrap(OTHER_KEY, CASES[0], wrapped) == KEY
    for kek, case in [(OTHER_KEY, CASES[1]), (KEY, CASES[0])]:
        with broken():
            sealing.unwrap(kek, case, wrapped)


@settings(max_examples=30)
@given(st.binary(max_size=200))
def test_hpke_opens_only_for_the_recipient_purpose_and_case(plain: bytes) -> None:
    sealed = sealing.seal_to(ANN_PUBLIC, "identity", CASES[0], "complainant", plain)
    assert sealing.open_with(ANN, "identity", CASES[0], "complainant", sealed) == plain
    for wrong in [
        (BEN, "identity", CASES[0], "complainant"),
        (ANN, "consent", CASES[0], "complainant"),
        (ANN, "identity", CASES[1], "complainant"),
        (ANN, "identity", CASES[0], "ombudsman/1"),
    ]:
        with broken():
            sealing.open_with(*wrong, sealed)
    with broken():
        sealing.open_with(ANN, "identity", CASES[0], "complainant", sealed[:-1])


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_two_shares_join_in_either_order(secret: bytes, randomness: bytes) -> None:
    one, other = sealing.split(secret, randomness)
    assert sealing.join(one, other) == sealing.join(other, one) == secret


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_one_share_fits_every_secret(secret: bytes, other_secret: bytes) -> None:
    # For each share there is a partner that makes any other secret: one share says nothing.
    share, _ = sealing.split(secret, b"r" * 32)
    assert sealing.join(share, sealing.join(share, other_secret)) == other_secret


def test_a_share_is_never_shorter_than_the_secret() -> None:
    with pytest.raises(ValueError, match="as long"):
        sealing.split(KEY, b"short")


def test_shares_open_only_in_their_place() -> None:
    publics = {"privacy_officer": (1, ANN_PUBLIC), "ombudsman": (3, BEN_PUBLIC)}
    shares = sealing.seal_shares(KEY, CASES[0], publics, b"r" * 32)
    one = sealing.open_share(ANN, CASES[0], "privacy_officer", 1, shares.privacy_officer)
    other = sealing.open_share(BEN, CASES[0], "ombudsman", 3, shares.ombudsman)
    assert sealing.join(one, other) == KEY and KEY not in (one, other)
    for wrong in [
        (ANN, CASES[0], "privacy_officer", 1, shares.ombudsman),
        (BEN, CASES[0], "ombudsman", 3, shares.privacy_officer),
        (BEN, CASES[0], "privacy_officer", 1, shares.privacy_officer),
        (ANN, CASES[0], "privacy_officer", 2, shares.privacy_officer),
        (ANN, CASES[1], "privacy_officer", 1, shares.privacy_officer),
    ]:
        with broken():
            sealing.open_share(*wrong)


def test_shares_of_two_cases_do_not_mix() -> None:
    mixed = sealing.join(sealing.split(KEY, b"a" * 32)[0], sealing.split(OTHER_KEY, b"b" * 32)[1])
    sealed = sealing.seal_field(KEY, CASES[0], "name", "Wang", NONCE)
    with broken():
        sealing.unseal_field(sealing.field_key(mixed, CASES[0], "name"), CASES[0], "name", sealed)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_an_identity_field_reads_back_and_hides_its_length(value: str) -> None:
    sealed = sealing.seal_field(KEY, CASES[0], "name", value, NONCE)
    key = sealing.field_key(KEY, CASES[0], "name")
    assert sealing.unseal_field(key, CASES[0], "name", sealed) == value
    assert (len(sealed) - 12 - 16) % 64 == 0


def test_a_released_field_key_opens_that_field_alone() -> None:
    name = sealing.seal_field(KEY, CASES[0], "name", "Wang", NONCE)
    phone = sealing.seal_field(KEY, CASES[0], "phone", "13800138000", NONCE)
    released = sealing.seal_consent(KEY, CASES[0], ["phone"], "unit:7", BEN_PUBLIC)
    keys = sealing.open_consent(BEN, CASES[0], "unit:7", released)
    assert list(keys) == ["phone"]
    assert sealing.unseal_field(keys["phone"], CASES[0], "phone", phone) == "13800138000"
    for field, sealed in [("name", name), ("phone", name), ("name", phone)]:
        with broken():
            sealing.unseal_field(keys["phone"], CASES[0], field, sealed)
    for private, case, recipient in [
        (ANN, CASES[0], "unit:7"),
        (BEN, CASES[1], "unit:7"),
        (BEN, CASES[0], "unit:8"),
    ]:
        with broken():
            sealing.open_consent(private, case, recipient, released)


def test_a_consent_under_the_content_key_is_for_one_recipient() -> None:
    wrap = sealing.wrap_consent(OTHER_KEY, KEY, CASES[0], ["name", "phone"], "unit:7", NONCE)
    keys = sealing.unwrap_consent(OTHER_KEY, CASES[0], "unit:7", wrap)
    assert keys["name"] == sealing.field_key(KEY, CASES[0], "name") and KEY not in keys.values()
    for case, recipient in [(CASES[1], "unit:7"), (CASES[0], "unit:70")]:
        with broken():
            sealing.unwrap_consent(OTHER_KEY, case, recipient, wrap)


def test_an_identity_key_opens_for_its_complainant_only() -> None:
    sealed = sealing.seal_identity_key(KEY, CASES[0], ANN_PUBLIC)
    assert sealing.open_identity_key(ANN, CASES[0], sealed) == KEY
    for private, case in [(BEN, CASES[0]), (ANN, CASES[1])]:
        with broken():
            sealing.open_identity_key(private, case, sealed)


def test_a_passphrase_unlocks_its_own_key_only() -> None:
    locked = sealing.lock_private(PASSPHRASE, "ombudsman", 1, ANN, b"s" * 16, NONCE)
    assert ANN not in locked
    assert sealing.unlock_private(PASSPHRASE, "ombudsman", 1, locked) == ANN
    spaced = PASSPHRASE.replace(" ", "\u3000 ") + "\n"
    assert sealing.unlock_private(spaced, "ombudsman", 1, locked) == ANN
    for passphrase, role, generation in [
        (PASSPHRASE.upper(), "ombudsman", 1),
        ("", "ombudsman", 1),
        (PASSPHRASE, "privacy_officer", 1),
        (PASSPHRASE, "ombudsman", 2),
    ]:
        with broken("passphrase-wrong"):
            sealing.unlock_private(passphrase, role, generation, locked)
    for damaged in (b"", b"\x02" + locked[1:], locked[:29]):
        with broken():
            sealing.unlock_private(PASSPHRASE, "ombudsman", 1, damaged)


@pytest.mark.parametrize(
    "passphrase",
    [PASSPHRASE, "uN3-vk0q-pp71-zzeH", "灯笼 河流 七个 安静 地图", "correcthorsebatterystaple"],
)
def test_a_strong_passphrase_is_taken(passphrase: str) -> None:
    sealing.check_passphrase(passphrase)


@pytest.mark.parametrize(
    "passphrase", ["", "password", "one two one two ONE", "a b c d e", "aaaaaaaaaaaaaaaaaaaaaaaa"]
)
def test_a_weak_passphrase_is_refused_without_being_repeated(passphrase: str) -> None:
    with pytest.raises(Refusal) as caught:
        sealing.check_passphrase(passphrase)
    assert caught.value.code == "passphrase-weak"
    assert set(caught.value.data) == {"words", "characters"}
