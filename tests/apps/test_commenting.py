"""Asking a unit for its comment: the owner's words only, shown once more, nothing of the sender."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.cases import consenting
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of, visible_to
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.people.directory import touch
from huiyin.people.models import Unit
from tests.apps.office import Desk, ago, text
from tests.people import Town

WHO = {"name": "Zhao Qiang", "phone": "13800138000"}


@pytest.fixture
def asked(town: Town) -> tuple[str, bytes]:
    """A case about the wages office, with Bob of the works office; its number and key."""
    given, code = town.hand_in(identity=WHO, about_unit="wages", now=ago(3))
    number = given.case.number
    town.act("alice", number, "accept", ago(3))
    from huiyin.people.acts import grant
    from tests.people import SINCE

    grant("bob", "owner", "town", SINCE)
    town.act("alice", number, "assign", ago(3), owner=town.id("bob"))
    return number, receipts.private_key(code)


def test_the_owner_sees_once_more_what_the_unit_will_read(
    town: Town, asked: tuple[str, bytes]
) -> None:
    number, _ = asked
    bob = Desk(town, "bob")
    fine = {"about": "wages", "request": "When was pay of January settled?"}
    page = bob.post(number, "request-comment", **fine)
    assert page.status_code == 200
    assert "this is all that the other unit gets" in text(page)
    assert "could not be compared" in text(page)
    assert not any(e.type == "request-comment" for e in history_of(_case(number)).events)
    copied = {
        "about": "wages",
        "request": "It says: the lamp by the bridge is dark. Call 138 0013 8000",
    }
    said = text(bob.post(number, "request-comment", **copied))
    assert "This may tell who complained" in said
    assert "the lamp by the bridge is dark" in said and "138 0013 8000" in said
    assert bob.post(number, "request-comment", step="send", **fine).status_code == 302
    state = history_of(_case(number)).state
    clock = state.clock("comment")
    assert clock is not None and clock.running, "it has a clock of its own"
    assert clock.due_at is not None and clock.due_at > timezone.now() + timedelta(days=5)


def test_a_unit_that_there_is_not_is_told_and_not_stored(
    town: Town, asked: tuple[str, bytes]
) -> None:
    number, _ = asked
    for unit in ("nowhere", "wages' OR 1", "x" * 100):
        with pytest.raises(Refusal, match="unit-unknown"):
            town.act("bob", number, "request-comment", timezone.now(), about=unit, request="Why?")
    answer = Desk(town, "bob").post(number, "request-comment", about="nowhere", request="Why?")
    assert answer.status_code == 422
    Unit.objects.filter(pk="wages").update(open=False)
    touch()
    with pytest.raises(Refusal, match="unit-closed"):
        town.act("bob", number, "request-comment", timezone.now(), about="wages", request="Why?")


def _case(number: str) -> Case:
    return Case.objects.get(pk=number)


def test_a_released_name_never_leaves_unless_that_unit_may_know(
    town: Town, asked: tuple[str, bytes]
) -> None:
    number, key = asked
    naming = {"about": "repairs", "request": "Zhao  QIANG says the pay was late."}
    consent = consenting.Consent("identity", _case(number).unit_id)
    consenting.give(number, key, consent, None, timezone.now())
    with pytest.raises(Refusal) as caught:
        town.act("bob", number, "request-comment", timezone.now(), **naming)
    assert caught.value.code == "comment-names-complainant"
    page = Desk(town, "bob").post(number, "request-comment", step="send", **naming)
    assert page.status_code == 422 and "who complained" in text(page)
    consenting.give(number, key, consenting.Consent("identity", "repairs"), None, timezone.now())
    town.act("bob", number, "request-comment", timezone.now(), **naming)


def test_the_unit_asked_still_sees_nothing_of_the_case(
    town: Town, asked: tuple[str, bytes]
) -> None:
    number, _ = asked
    about = {"about": "wages", "request": "When was pay of January settled?"}
    town.act("bob", number, "request-comment", timezone.now(), **about)
    assert not visible_to(town.actor("wang")).filter(pk=number).exists()
    assert Desk(town, "wang").case(number).status_code == 404
    town.act("bob", number, "comment-received", timezone.now(), comment="On 31 January.")
    assert history_of(_case(number)).state.clock("comment").stopped is not None  # type: ignore[union-attr]
