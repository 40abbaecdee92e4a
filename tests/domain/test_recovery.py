"""Printed shares: any two of three give the secret, one alone nothing, and slips are told."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain import recovery
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import ALPHABET
from huiyin.domain.recovery import Share

SECRETS = st.binary(min_size=20, max_size=20)
PLACES = st.integers(0, recovery.LETTERS - 1)


def shares_of(secret: bytes, slope: bytes = bytes(range(20))) -> tuple[Share, ...]:
    return recovery.split(secret, slope, "ombudsman", 3, b"\xab\xcd")


def refusal(call: object, *args: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args)  # type: ignore[operator]
    return caught.value


@given(SECRETS, SECRETS)
def test_any_two_in_any_order_give_the_secret(secret: bytes, slope: bytes) -> None:
    shares = shares_of(secret, slope)
    for pair in combinations(shares, 2):
        assert recovery.join(pair) == recovery.join(pair[::-1]) == secret


@given(SECRETS, SECRETS, SECRETS, st.integers(0, 2))
def test_one_share_fits_every_secret(secret: bytes, slope: bytes, other: bytes, at: int) -> None:
    """For any other secret there is a slope that gives this very share: it says nothing."""
    mine = shares_of(secret, slope)[at]
    scale = recovery._inverse(mine.place)
    fitting = bytes(recovery._times(scale, y ^ s) for y, s in zip(mine.value, other, strict=True))
    assert shares_of(other, fitting)[at].value == mine.value


@given(
    SECRETS, st.sampled_from(recovery.ROLES), st.integers(0, 255), st.binary(min_size=2, max_size=2)
)
def test_what_is_printed_is_read_again(
    secret: bytes, role: str, generation: int, mark: bytes
) -> None:
    for share in recovery.split(secret, bytes(20), role, generation, mark):
        assert recovery.parse(share.text) == share
        typed = share.text.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        assert recovery.parse(typed) == share


@given(SECRETS, PLACES, st.sampled_from(ALPHABET))
def test_every_wrong_letter_is_told_by_its_group(secret: bytes, at: int, letter: str) -> None:
    letters = list("".join(shares_of(secret)[0].groups))
    if letters[at] == letter:
        return
    letters[at] = letter
    found = refusal(recovery.parse, "".join(letters))
    assert (found.code, found.data) == ("share-group-wrong", {"group": at // 5 + 1})


@given(SECRETS, st.integers(0, 9), st.integers(0, 9))
def test_swapped_groups_are_told(secret: bytes, one: int, other: int) -> None:
    groups = list(shares_of(secret)[1].groups)
    if one != other:
        groups[one], groups[other] = groups[other], groups[one]
        assert refusal(recovery.parse, "-".join(groups)).code == "share-group-wrong"


def test_what_does_not_belong_together_is_refused_by_name() -> None:
    secret = bytes(range(20))
    one, two, three = shares_of(secret)
    elsewhere = recovery.split(secret, bytes(20), "ombudsman", 3, b"\x00\x01")
    assert refusal(recovery.join, [one]).code == "shares-needed"
    assert refusal(recovery.join, [one, two, three]).code == "shares-needed"
    assert refusal(recovery.join, [two, two]).data == {"place": 2}
    assert refusal(recovery.join, [one, elsewhere[1]]).code == "shares-differ"
    assert refusal(recovery.parse, one.text[:-6]).code == "share-length"
    assert refusal(recovery.parse, "A" * 500).code == "share-length"
    assert refusal(recovery.parse, one.text.replace("-", "!")).code == "share-character"
    future = Share("ombudsman", 3, b"\xab\xcd", 9, one.value)
    assert refusal(recovery.parse, future.text).code == "share-unknown"
    assert one.value.hex() not in repr(one)


def test_the_second_copy_of_a_key_is_bound_to_role_and_generation() -> None:
    secret, private = bytes(range(20)), bytes(range(32))
    locked = recovery.lock(secret, "ombudsman", 3, private, bytes(12))
    assert recovery.unlock(secret, "ombudsman", 3, locked) == private
    for role, generation, key in (
        ("privacy_officer", 3, secret),
        ("ombudsman", 4, secret),
        ("ombudsman", 3, bytes(20)),
    ):
        found = refusal(recovery.unlock, key, role, generation, locked)
        assert found.code == "shares-slip"
