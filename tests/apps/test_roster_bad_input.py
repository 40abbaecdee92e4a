"""What no sensible hand types into a roster: refused in words, and the roster stays readable."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.domain.errors import Refusal
from huiyin.rosters import acts
from huiyin.rosters.models import Member, Role, Roster
from tests.apps import roster_world as world
from tests.apps.matrix_world import BACKEND
from tests.people import NOW, Town

pytestmark = pytest.mark.django_db
FAR = "9999-12-31"


@pytest.fixture
def row(town: Town, monkeypatch: pytest.MonkeyPatch) -> Roster:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return world.build(town)


@pytest.fixture
def sun(town: Town) -> Client:
    client = Client()
    client.force_login(town.users["sun"], BACKEND)
    return client


def test_a_day_at_the_end_of_all_years_is_refused(town: Town, row: Roster, sun: Client) -> None:
    """One such day made every page of the roster fail for ever: the day after has no name."""
    setup, bob = f"/rosters/{row.pk}/setup/", town.id("bob")
    rule = {
        "role": "role-1", "people": [bob], "days": "all", "begins": "08:00", "ends": "08:00",
        "count": "1", "turn": "days", "since": FAR,
    }  # fmt: skip
    for sent in (
        {"do": "end-member", "row": bob, "until": FAR},
        {"do": "member", "account": town.id("alice"), "since": FAR},
        {"do": "end-rule", "row": str(world.the_rule(row).pk), "until": FAR},
        {"do": "rule", **rule},
    ):
        assert sun.post(setup, sent).status_code == 422, sent
    assert sun.get(f"/rosters/{row.pk}/").status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        [["role-1", "1", "2026-03-10T00:00:00+00:00", f"{FAR}T23:59:00-14:00"]],
        [["role-1", "1", "0001-01-01T00:00:00+14:00", "2026-03-11T00:00:00+00:00"]],
        [["role-1", "0", "2026-03-10T00:00:00+00:00", "2026-03-11T00:00:00+00:00"]],
    ],
)
def test_a_plan_with_odd_days_or_people_is_refused(
    row: Roster, sun: Client, data: list[object]
) -> None:
    sent = json.dumps({"seen": row.seq, "duties": data})
    answer = sun.post(f"/rosters/{row.pk}/propose/", {"do": "take", "data": sent})
    assert answer.status_code in (409, 422)


def test_a_plan_nested_beyond_reading_is_refused(row: Roster, sun: Client) -> None:
    sent = {"do": "take", "data": "[" * 100_000}
    assert sun.post(f"/rosters/{row.pk}/propose/", sent).status_code == 409


def test_a_row_number_beyond_the_database_is_no_row(row: Roster, sun: Client) -> None:
    setup = f"/rosters/{row.pk}/setup/"
    for do in ("end-member", "end-rule", "end-rest"):
        sent = {"do": do, "row": "9" * 30, "until": "2026-03-10"}
        assert sun.post(setup, sent).status_code == 422, do


def test_names_of_duties_read_as_they_are_written(row: Roster, sun: Client) -> None:
    """No character that turns the text around it, and none that begins a line of a calendar."""
    role = {"role": "Ni\u202eght\u0085X", "begins": "08:00", "ends": "08:00", "people": "1"}
    assert sun.post(f"/rosters/{row.pk}/setup/", {"do": "role", **role}).status_code == 302
    sent = {**role, "unit": "town", "title": "Du\u2066ty\u2028list", "line": ""}
    assert sun.post("/rosters/new/", sent).status_code == 302
    names = {role.title["en"] for role in Role.objects.all()}
    assert names == {"Duty desk", "Night X"}
    assert Roster.objects.exclude(pk=row.pk).get().title == {"en": "Duty list"}


def test_a_member_is_added_once(town: Town, row: Roster) -> None:
    """A second time with a later day took them off the roster until that day."""
    sun, wang = town.actor("sun"), town.users["wang"].pk
    with pytest.raises(Refusal) as refused:
        acts.add_member(row.pk, wang, date(2026, 5, 1), sun, NOW)
    assert refused.value.code == "member-already"
    assert Member.objects.get(roster=row, user_id=wang).since == date(2026, 1, 2)


def test_a_rule_names_each_person_once(town: Town, row: Roster) -> None:
    bob = town.id("bob")
    new = acts.NewRule(
        "role-1", (bob, bob), world.EIGHT.begins, world.EIGHT.ends, "days", world.TODAY
    )
    with pytest.raises(Refusal) as refused:
        acts.add_rule(row.pk, new, town.actor("sun"), NOW)
    assert refused.value.code == "member-twice"
