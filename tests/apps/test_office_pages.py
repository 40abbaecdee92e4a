"""Who sees what of the office's pages, and what the pages cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huiyin.cases.models import Case
from tests.apps.office import Desk, ago, text
from tests.people import CAST, Town

TEXT = "The lamp by the bridge is dark."
# How many queries a page may cost; a change here needs a reason.
# The desk asks once what complainants let the reader's units know, and once what is asked of them.
DESK_AND_FIND = [16, 14]
CASE_PAGE = 19
STAFF_PAGES = ["cases:case", "cases:take", "cases:act", "reports:letter"]


def _address(page: str, number: str) -> str:
    args = {"cases:act": [number, "note"], "reports:letter": [number, 3]}
    return reverse(page, args=args.get(page, [number]))


def _accepted(town: Town, **more: object) -> str:
    number: str = town.hand_in(now=ago(9), **more)[0].case.number  # type: ignore[arg-type]
    town.act("alice", number, "assign", ago(8), owner=town.id("bob"))
    town.act("bob", number, "accept", ago(8))
    return number


@pytest.mark.parametrize("name", [n for n in CAST if n not in ("alice", "bob", "sun")])
def test_nobody_else_gets_any_page_of_a_case(town: Town, name: str) -> None:
    number = _accepted(town)
    client = Desk(town, name).client
    unknown = client.get(reverse("cases:case", args=["2026-999999-X"]))
    for page in STAFF_PAGES:
        answer = (
            client.post(_address(page, number))
            if page == "cases:take"
            else client.get(_address(page, number))
        )
        assert answer.status_code == 404, page
        assert TEXT not in answer.content.decode()
        # A case that one may not see reads exactly like one that does not exist.
        assert text(answer).replace(number, "2026-999999-X") == text(unknown)


@pytest.mark.parametrize("name", ["alice", "bob", "sun"])
def test_those_with_a_role_on_it_read_it(town: Town, name: str) -> None:
    number = _accepted(town)
    answer = Desk(town, name).case(number)
    assert answer.status_code == 200
    assert TEXT in text(answer)
    assert Desk(town, name).get("reports:letter", number, 3).content.startswith(b"%PDF")


@pytest.mark.parametrize("page", ["cases:desk", "cases:find"])
def test_without_signing_in_nothing_is_shown(town: Town, page: str) -> None:
    number = _accepted(town)
    for address in [reverse(page), *(_address(p, number) for p in STAFF_PAGES)]:
        answer = Client().get(address)
        assert answer.status_code in (302, 405)
        if answer.status_code == 302:
            assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["peng", "olga", "audrey", "adam", "otto"])
def test_desks_of_other_roles_hold_no_case(town: Town, name: str) -> None:
    number = _accepted(town)
    answer = Desk(town, name).get("cases:desk")
    assert answer.status_code == 200
    assert number not in answer.content.decode()
    assert Desk(town, name).get("cases:find", q=number).status_code == 403


def test_staff_see_neither_contact_nor_identity(town: Town) -> None:
    number = _accepted(
        town,
        contact={"email": "mei@example.org", "phone": "13900000000"},
        identity={"name": "Mei Lanfang", "address": "7 Bridge Street"},
    )
    for name in ("alice", "bob", "sun"):
        desk = Desk(town, name)
        for page in (desk.case(number), desk.get("cases:desk"), desk.form(number, "reply")):
            for secret in ("mei@example.org", "13900000000", "Mei Lanfang", "7 Bridge Street"):
                assert secret not in page.content.decode()


def test_the_unit_complained_of_sees_nothing_and_the_page_says_so(town: Town) -> None:
    number = town.hand_in(about_unit="works", now=ago(3))[0].case.number
    for name in ("bob", "bella"):
        desk = Desk(town, name)
        assert desk.case(number).status_code == 404
        assert number not in desk.get("cases:desk", list="unowned").content.decode()
        assert number not in desk.get("cases:find", q=number).content.decode().split("</form>")[-1]
    assert "Nobody of that unit sees this case." in text(Desk(town, "alice").case(number))


def test_taking_shows_no_content_before_and_works_once(town: Town) -> None:
    number = town.hand_in(now=ago(1))[0].case.number
    bob, bella = Desk(town, "bob"), Desk(town, "bella")
    assert TEXT not in text(bob.case(number))
    take = reverse("cases:take", args=[number])
    assert bob.client.post(take).status_code == 302
    assert TEXT in text(bob.case(number))
    assert bob.client.post(take).status_code == 302  # pressed twice
    assert bella.client.post(take).status_code == 404
    assert (Case.objects.get(pk=number).owner_id, Case.objects.get(pk=number).seq) == (
        int(town.id("bob")),
        2,
    )


def test_mine_is_strictly_mine_and_fifty_rows_a_page(town: Town) -> None:
    first = _accepted(town)
    Case.objects.bulk_create(_copies(first, 60))
    bella = Desk(town, "bella").get("cases:desk", list="mine")
    assert "Nothing waits for you" in text(bella)
    page = Desk(town, "bob").get("cases:desk", list="mine")
    assert len(page.context["cases"]) == 50
    assert (
        len(Desk(town, "bob").get("cases:desk", list="mine", **{"from": "50"}).context["cases"])
        == 11
    )
    for odd in ("-1", "x", "9" * 30, "٣"):
        assert Desk(town, "bob").get("cases:desk", list="mine", **{"from": odd}).status_code == 200


def _copies(number: str, count: int) -> list[Case]:
    """Rows like that of a real case; only for counting what lists cost."""
    found = []
    for serial in range(count):
        case = Case.objects.get(pk=number)
        case.serial += 1000 + serial
        case.number = f"{case.year}-{case.serial:06d}-0"
        case.lookup, case.vault = f"{serial:032d}".encode(), f"{serial:032d}"
        found.append(case)
    return found


def _queries(desk: Desk, page: str, *args: str, **query: str) -> int:
    desk.get(page, *args, **query)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert desk.get(page, *args, **query).status_code == 200
    return len(seen)


def test_lists_cost_the_same_for_five_cases_and_for_five_hundred(town: Town) -> None:
    first = _accepted(town)
    Case.objects.bulk_create(_copies(first, 4))
    bob = Desk(town, "bob")
    few = [_queries(bob, "cases:desk", list="mine"), _queries(bob, "cases:find", q=first)]
    Case.objects.filter(number__endswith="-0").delete()
    Case.objects.bulk_create(_copies(first, 499))
    many = [_queries(bob, "cases:desk", list="mine"), _queries(bob, "cases:find", q=first)]
    assert few == many
    assert many == DESK_AND_FIND


def test_a_case_page_costs_the_same_however_long_its_history(town: Town) -> None:
    number = _accepted(town)
    bob = Desk(town, "bob")
    short = _queries(bob, "cases:case", number)
    for _ in range(20):
        town.act("bob", number, "reply", timezone.now(), message="We are still looking.")
    assert _queries(bob, "cases:case", number) == short
    assert short == CASE_PAGE


def test_no_page_lists_or_finds_cases_by_person(town: Town) -> None:
    number = _accepted(town, text="I am Mei Lanfang of Bridge Street.")
    found = Desk(town, "bob").get("cases:find", q="Mei Lanfang")
    assert number not in text(found)
    assert "No case found" in text(found)
    plain = Desk(town, "bob").get("cases:desk", list="mine").context["cases"][0]
    assert not {"name", "complainant", "person", "contact", "identity"} & set(plain)
