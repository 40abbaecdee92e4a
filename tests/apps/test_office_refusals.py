"""What the pages of acts refuse, and that nothing typed is lost and nothing half-written."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from huiyin.cases.models import Case
from tests.apps.office import DECISION, Desk, ago, text
from tests.people import Town


@pytest.fixture
def number(town: Town) -> str:
    """A case of the works, owned by Bob and accepted."""
    found: str = town.hand_in(now=ago(9))[0].case.number
    town.act("alice", found, "assign", ago(8), owner=town.id("bob"))
    town.act("bob", found, "accept", ago(8))
    return found


def _seq(number: str) -> int:
    return Case.objects.get(pk=number).seq


@pytest.mark.parametrize("part", sorted(DECISION))
def test_a_decision_with_a_part_empty_is_not_sent(town: Town, number: str, part: str) -> None:
    bob = Desk(town, "bob")
    for step in ("", "send"):
        answer = bob.post(number, "decide", step, **{**DECISION, part: "  "})
        assert answer.status_code == 422
        assert "govuk-error-summary" in answer.content.decode()
    for kept, typed in DECISION.items():
        assert kept == part or typed in answer.content.decode()
    assert _seq(number) == 3


def test_the_decision_is_shown_as_a_letter_before_it_is_sent(town: Town, number: str) -> None:
    bob = Desk(town, "bob")
    shown = bob.post(number, "decide", **DECISION)
    assert shown.status_code == 200
    assert _seq(number) == 3
    for said in (*list(DECISION.values())[:4], "County", "30 calendar days", "Supported"):
        assert said in text(shown), said
    change = bob.post(number, "decide", "change", **DECISION)
    assert "The lamp has been dark since February." in change.content.decode()
    assert _seq(number) == 3
    assert bob.post(number, "decide", "send", **DECISION).status_code == 302
    assert Case.objects.get(pk=number).stage == "decided"


def test_a_public_reply_is_previewed_and_a_note_is_not(town: Town, number: str) -> None:
    bob = Desk(town, "bob")
    shown = bob.post(number, "reply", message="We will come on Monday.")
    assert "this is what the complainant will see" in text(shown)
    assert _seq(number) == 3
    assert bob.post(number, "note", note="Call the works first.").status_code == 302
    page = bob.case(number).content.decode()
    assert "hy-bubble--internal" in page
    assert "the complainant never sees this text" in page


def test_a_stale_page_says_what_is_new_and_keeps_the_text(town: Town, number: str) -> None:
    bob = Desk(town, "bob")
    town.complainant(number, "message", timezone.now(), message="The light is back.")
    answer = bob.post(number, "reply", "send", message="We will come on Monday.", seen="3")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The light is back." in page and "We will come on Monday." in page
    assert 'name="seen" value="4"' in page
    assert _seq(number) == 4
    again = bob.post(number, "reply", "send", message="We will come on Monday.", seen="4")
    assert again.status_code == 302


def test_a_step_closed_meanwhile_keeps_the_text_too(town: Town, number: str) -> None:
    town.complainant(number, "withdraw", timezone.now())
    answer = Desk(town, "bob").post(number, "decide", "send", **DECISION, seen="3")
    assert answer.status_code == 409
    assert "The lamp has been dark since February." in answer.content.decode()
    assert "Withdraw" in text(answer)


def test_pressing_send_twice_records_once(town: Town, number: str) -> None:
    bob = Desk(town, "bob")
    for _ in range(3):
        sent = bob.post(number, "reply", "send", message="We will\ncome on Monday.", seen="3")
        assert sent.status_code == 302
    assert _seq(number) == 4
    for _ in range(2):
        assert bob.post(number, "decide", "send", **DECISION, seen="4").status_code == 302
    assert _seq(number) == 5


def test_an_act_that_is_not_open_says_which_are(town: Town, number: str) -> None:
    answer = Desk(town, "bob").form(number, "deliver")
    assert answer.status_code == 409
    assert "Decide" in text(answer)
    unknown = Desk(town, "bob").form(number, "make-coffee")
    assert unknown.status_code == 404


def test_another_s_act_is_refused(town: Town, number: str) -> None:
    answer = Desk(town, "alice").post(number, "decide", "send", **DECISION)
    assert answer.status_code == 409
    assert _seq(number) == 3


@pytest.mark.parametrize("owner", ["wang", "otto", "rao", "999999", "'; --"])
def test_an_owner_who_may_not_own_it_is_refused(town: Town, number: str, owner: str) -> None:
    chosen = town.id(owner) if owner in town.users else owner
    answer = Desk(town, "sun").post(number, "assign", "send", owner=chosen)
    assert answer.status_code == 422
    assert Case.objects.get(pk=number).owner_id == int(town.id("bob"))


def test_a_unit_that_may_not_get_it_is_refused(town: Town) -> None:
    number = town.hand_in(about_unit="works", now=ago(3))[0].case.number
    alice = Desk(town, "alice")
    assert 'value="works"' not in alice.form(number, "forward").content.decode()
    for unit in ("works", "nowhere", "town"):
        answer = alice.post(number, "forward", "send", unit=unit)
        assert answer.status_code == 422, unit
    assert _seq(number) == 1


@pytest.mark.parametrize("period", ["0", "-3", "31", "x", "1e3", "9" * 40])
def test_an_extension_beyond_the_law_is_refused(town: Town, number: str, period: str) -> None:
    bob = Desk(town, "bob")
    answer = bob.post(number, "propose-extension", "send", period=period, reason="Snow.")
    assert answer.status_code == 422
    assert _seq(number) == 3


def test_an_act_names_its_last_day_as_people_count_it(town: Town, number: str) -> None:
    """What is stored is the moment after it: midnight of the following day."""
    page = Desk(town, "bob").form(number, "propose-extension")
    last = (ago(8).astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(days=60)).date()
    assert f'Open until <time datetime="{last.isoformat()}"' in page.content.decode()


def test_who_proposes_an_extension_does_not_grant_it(town: Town, number: str) -> None:
    bob = Desk(town, "bob")
    bob.act(number, "propose-extension", period="10", reason="Snow.")
    assert bob.form(number, "extend").status_code == 409
    assert "Grant the extension" in text(Desk(town, "sun").case(number))


@pytest.mark.parametrize(
    "typed",
    ["x" * 20_001, "\x00\x01", "\u202e" * 5, "   \n "],
    ids=["long", "control", "bidi", "blank"],
)
def test_texts_that_are_none_are_refused(town: Town, number: str, typed: str) -> None:
    answer = Desk(town, "bob").post(number, "reply", "send", message=typed)
    assert answer.status_code == 422
    assert _seq(number) == 3


def test_a_forged_page_state_is_refused_without_harm(town: Town, number: str) -> None:
    bob = Desk(town, "bob")
    for seen in ("abc", "-1", "9" * 30, "99"):
        answer = bob.post(number, "reply", "send", message="Hello.", seen=seen)
        assert answer.status_code in (409, 422), seen
    assert _seq(number) == 3
