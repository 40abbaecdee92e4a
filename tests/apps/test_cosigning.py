"""Co-signing by a link: unlinkable, with a receipt of one's own; and what others reported."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.cases.cosigning import token_of
from huiyin.cases.models import Case, Category
from huiyin.cases.queries import history_of
from huiyin.domain.verification import verify_receipt
from huiyin.history.models import Event
from huiyin.people.acts import add_post
from huiyin.people.directory import touch
from huiyin.register.checking import check
from huiyin.register.queries import vkey
from tests.apps.office import Desk, text
from tests.apps.portal_journey import Resident, shown
from tests.people import Town

TOGETHER = {"together": "together", "people": "5"}


@pytest.fixture
def link(town: Town) -> tuple[Resident, Case, str]:
    """A grievance of five people, its representative, and the link that they pass on."""
    resident = Resident()
    case, code = resident.hand_in(people=TOGETHER)
    page = resident.open(code).content.decode()
    found = re.search(r"http://testserver(/join/[\w-]+/)", page)
    assert found, "the representatives are shown the link"
    return resident, case, found[1]


def other() -> Client:
    return Client(headers={"accept-language": "en"})


def sign(client: Client, address: str, message: str = "") -> tuple[str, str]:
    """Open the link and co-sign; returns the page afterwards and the mark."""
    page = client.get(address).content.decode()
    mark = re.search(r'name="mark" value="([0-9a-f]{32})"', page)
    assert mark, page
    answer = client.post(address, {"mark": mark[1], "message": message})
    assert answer.status_code == 200, shown(answer)
    return shown(answer), mark[1]


def test_co_signers_get_a_receipt_that_verifies_and_says_nothing_of_them(
    link: tuple[Resident, Case, str],
) -> None:
    resident, case, address = link
    page, mark = sign(other(), address, "I live there too.")
    assert "You have co-signed" in page and case.number in page
    answer = other().get(f"{address}{mark}/")
    assert "attachment" in answer["Content-Disposition"]
    verdict = verify_receipt(answer.content, page=vkey())
    assert verdict.status == "valid", verdict
    last = json.loads(json.loads(answer.content)["events"][-1]["event"])
    assert last["act"] == "co-sign" and set(last["data"]) == {"mark", "texts"}
    assert "actor" not in last
    assert "1 more has co-signed" in shown(resident.get("/follow/"))
    assert check().faults == ()


def test_the_office_sees_how_many_and_what_was_said(
    town: Town, link: tuple[Resident, Case, str]
) -> None:
    resident, case, address = link
    sign(other(), address, "The school bus passes there.")
    sign(other(), address)
    page = text(Desk(town, "alice").case(case.number))
    assert "and co-signed by 2 more" in page and "The school bus passes there." in page
    marks = [e.data["mark"] for e in history_of(case).events if e.type == "co-sign"]
    assert len(set(marks)) == 2 and not any(mark in page for mark in marks)
    assert not any(mark in shown(resident.get("/follow/")) for mark in marks)


def test_a_double_click_is_one_signature(link: tuple[Resident, Case, str]) -> None:
    _, case, address = link
    client = other()
    _, mark = sign(client, address)
    assert client.post(address, {"mark": mark, "message": ""}).status_code == 200
    assert Event.objects.filter(stream=case.number, type="co-sign").count() == 1


def test_the_link_opens_no_dialogue_and_dies_with_the_case(
    town: Town, link: tuple[Resident, Case, str]
) -> None:
    _, case, address = link
    now = timezone.now()
    town.act("alice", case.number, "reply", now, message="Only for you.")
    page = shown(other().get(address))
    assert ("Only for you" not in page and "The lamp" in page) or "bridge" in page
    town.complainant(case.number, "withdraw", now)
    closed = other().get(address)
    assert "The case has ended" in shown(closed) and 'name="mark"' not in closed.content.decode()
    refused = other().post(address, {"mark": "0" * 32, "message": ""})
    assert refused.status_code == 409
    assert not Event.objects.filter(type="co-sign").exists()


def test_bad_links_and_marks_lead_nowhere(link: tuple[Resident, Case, str]) -> None:
    _, case, address = link
    token = address.split("/")[2]
    assert case.number not in address and token == token_of(case.number)
    for bad in ("x", token[:-2], token[:-1] + ("A" if token[-1] != "A" else "B"), "a" * 60):
        assert other().get(f"/join/{bad}/").status_code == 404, bad
    assert other().get(f"{address}{'0' * 32}/").status_code == 404
    for mark in ("", "zz", "0" * 31, "Z" * 32):
        assert other().post(address, {"mark": mark}).status_code == 422
    answer = other().get(address)
    assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]


def test_who_is_alone_has_no_link(town: Town) -> None:
    resident = Resident()
    _, code = resident.hand_in()
    assert "/join/" not in resident.open(code).content.decode()


# --- already reported? --------------------------------------------------------------------------


def public(category: str, value: bool = True) -> None:
    Category.objects.filter(id=category).update(public=value)
    touch()


def test_public_subjects_are_shown_before_the_button_and_stop_nobody(town: Town) -> None:
    public("roads")
    town.hand_in(now=timezone.now() - timedelta(days=3), text="A heron on the road.")
    resident = Resident()
    page = resident.answer()
    words = shown(page)
    assert "Already reported?" in words and "Roads · Jixi" in words and "Registered" in words
    number = Case.objects.get().number
    assert number not in words and "heron" not in words
    assert resident.post("/hand-in/check/").headers["Location"] == "/hand-in/receipt/"
    assert Case.objects.count() == 2


def test_what_is_not_public_is_not_shown(town: Town) -> None:
    now = timezone.now()
    town.hand_in(now=now)
    assert "Already reported?" not in shown(Resident().answer())
    public("roads")
    Case.objects.all().update(about_unit="works")
    assert "Already reported?" not in shown(Resident().answer()), "somebody is complained of"
    add_post("head", {"en": "Head"}, "works")
    Case.objects.all().update(about_unit=None, about_post="head")
    assert "Already reported?" not in shown(Resident().answer()), "so is whoever holds a post"
    Case.objects.all().update(about_post=None, open=False)
    assert "Already reported?" not in shown(Resident().answer()), "it is over"
