"""The administrator's acts: one event each, refusals that keep every complaint reachable."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huiyin.administration import account_acts, category_acts, unit_acts
from huiyin.administration.category_acts import CategoryValues, Leading
from huiyin.administration.queries import changed
from huiyin.administration.recording import STREAM, Author, author_of, begin, seen
from huiyin.administration.unit_acts import PlaceValues, UnitValues
from huiyin.cases.catalog import catalog
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain.errors import Refusal
from huiyin.history.models import Event
from huiyin.history.queries import events
from huiyin.people.directory import directory
from huiyin.people.models import Membership, User
from huiyin.register.checking import check
from tests.people import NOW, Town

DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)


@pytest.fixture
def adam(town: Town) -> Author:
    """The administrator as author of changes."""
    return author_of(town.actor("adam"))


def refused(code: str) -> object:
    """A context in which exactly this refusal must be raised."""
    return pytest.raises(Refusal, match=rf"^{code}")


def test_only_administrators_are_authors(town: Town) -> None:
    for name in ("alice", "sun", "peng", "audrey", "otto"):
        with refused("not-allowed"):
            author_of(town.actor(name))
    assert author_of(town.actor("adam")).id == town.id("adam")


def test_each_change_is_one_event_that_the_register_holds(town: Town, adam: Author) -> None:
    begin(NOW)
    unit_acts.add_unit("lamps", UnitValues({"en": "Lamps"}, parent="works"), adam, NOW)
    unit_acts.change_unit("lamps", UnitValues({"en": "Lights"}, parent="town"), adam, NOW)
    unit_acts.add_place("mill", PlaceValues({"en": "Mill"}, "lamps", "jixi"), adam, NOW)
    category_acts.add_category("lamp", CategoryValues({"en": "Lamps"}, "public"), adam, NOW)
    category_acts.set_lead("lamp", Leading("mill", "lamps", ["works"]), adam, NOW)
    held = events(STREAM)
    assert [row.event.type for row in held] == [
        "settings-begun", "unit-added", "unit-changed", "place-added", "category-added", "lead-set",
    ]  # fmt: skip
    assert {row.event_class for row in held} == {"administered"}
    assert [row.event.actor for row in held[1:]] == [town.id("adam")] * 5
    assert directory().units["lamps"].parent == "town"
    given, _ = town.hand_in("lamp", "mill")
    assert given.case.unit_id == "lamps"
    assert check().faults == ()


def test_events_of_settings_hold_no_name_and_no_text(town: Town, adam: Author) -> None:
    now = NOW
    names = {"en": "Heron Office", "zh-Hans": "鹭办"}
    unit_acts.add_unit("birds", UnitValues(names, parent="town"), adam, now)
    account_acts.add_account("heron", {"en": "Hera Ron"}, {"en": "Keeper"}, b"e" * 15, adam, now)
    account_acts.grant("heron", "owner", "birds", TODAY, TODAY, adam, now)
    for event in Event.objects.filter(stream=STREAM):
        for word in ("Heron", "heron", "鹭", "Hera", "Keeper"):
            assert word not in event.body


def test_nobody_overwrites_what_they_have_not_seen(town: Town, adam: Author) -> None:
    known = Author(adam.id, seen())
    unit_acts.change_unit("works", UnitValues({"en": "Roads"}, parent="town"), adam, NOW)
    with refused("settings-stale"):
        unit_acts.change_unit("works", UnitValues({"en": "Paths"}, parent="town"), known, NOW)
    assert directory().units["works"].name == {"en": "Roads"}
    unit_acts.change_unit("wages", UnitValues({"en": "Pay"}, parent="town"), known, NOW)


# --- units --------------------------------------------------------------------------------------


def test_a_tree_stays_a_tree(town: Town, adam: Author) -> None:
    for parent in ("town", "works"):
        with refused("tree-cycle"):
            unit_acts.change_unit("town", UnitValues({"en": "T"}, parent=parent), adam, NOW)
    with refused("tree-parent-unknown"):
        unit_acts.add_unit("x", UnitValues({"en": "X"}, parent="nowhere"), adam, NOW)
    unit_acts.add_place("mill", PlaceValues({"en": "Mill"}, "town", "jixi"), adam, NOW)
    with refused("tree-cycle"):
        unit_acts.change_place("jixi", PlaceValues({"en": "J"}, "town", "mill"), adam, NOW)
    assert not Event.objects.filter(type="unit-changed").exists()


def test_a_unit_with_open_cases_closes_only_with_a_place_for_them(town: Town, adam: Author) -> None:
    numbers = [town.hand_in()[0].case.number for _ in range(2)]
    town.act("alice", numbers[0], "accept")
    town.act("alice", numbers[0], "assign", owner=town.id("bob"))
    due = history_of(Case.objects.get(pk=numbers[0])).state.clock("decide")
    with refused("unit-has-open-cases"):
        unit_acts.close_unit("works", None, adam, NOW + DAY)
    assert directory().units["works"].open
    assert unit_acts.close_unit("works", "wages", adam, NOW + DAY) == 2
    for number in numbers:
        case = Case.objects.get(pk=number)
        assert (case.unit_id, case.owner_id) == ("wages", None)
        history = history_of(case)
        assert history.events[-1].type == "unit-closed"
        assert history.state.running("assign"), "a case without an owner has its clock"
    moved = history_of(Case.objects.get(pk=numbers[0])).state.clock("decide")
    assert due is not None and moved is not None and moved.due_at == due.due_at
    assert town.hand_in()[0].case.unit_id == "wages", "its leads have gone along"
    assert check().faults == ()


def test_a_case_never_moves_to_the_unit_that_it_complains_of(town: Town, adam: Author) -> None:
    number = town.hand_in(about_unit="wages")[0].case.number
    assert Case.objects.get(pk=number).unit_id == "works"
    unit_acts.close_unit("works", "wages", adam, NOW + DAY)
    assert Case.objects.get(pk=number).unit_id == "town"


def test_no_closing_leaves_a_complaint_without_anybody(town: Town, adam: Author) -> None:
    with refused("unit-needed"):
        unit_acts.close_unit("homes", None, adam, NOW)
    with refused("unit-closed"):
        unit_acts.close_unit("works", "works", adam, NOW)
    # Without cases a department may close: what it led climbs to the unit above.
    unit_acts.close_unit("works", None, adam, NOW)
    assert town.hand_in()[0].case.unit_id == "town"
    unit_acts.open_unit("works", adam, NOW)
    assert town.hand_in()[0].case.unit_id == "works"


def test_a_law_begins_on_its_day_and_open_cases_keep_theirs(town: Town, adam: Author) -> None:
    old = town.hand_in("damp", "vale")[0].case
    assert old.pack == "uk-housing-2024"
    from_day = TODAY + 7 * DAY
    unit_acts.set_law("homes", "school", from_day, TODAY, adam, NOW)
    assert town.hand_in("damp", "vale", NOW + 6 * DAY)[0].case.pack == "uk-housing-2024"
    assert town.hand_in("damp", "vale", NOW + 7 * DAY)[0].case.pack == "school"
    assert history_of(Case.objects.get(pk=old.number)).law.pack.id == "uk-housing-2024"
    unit_acts.drop_law("homes", from_day, TODAY, adam, NOW)
    assert town.hand_in("damp", "vale", NOW + 7 * DAY)[0].case.pack == "uk-housing-2024"
    with refused("law-in-the-past"):
        unit_acts.set_law("homes", "school", TODAY - DAY, TODAY, adam, NOW)
    with refused("pack-unknown"):
        unit_acts.set_law("homes", "no-such-pack", TODAY, TODAY, adam, NOW)


# --- categories ---------------------------------------------------------------------------------


def test_a_category_with_open_cases_is_neither_closed_nor_made_a_heading(
    town: Town, adam: Author
) -> None:
    number = town.hand_in()[0].case.number
    for id in ("roads", "public"):
        with refused("category-has-open-cases"):
            category_acts.close_category(id, adam, NOW)
    with refused("category-has-open-cases"):
        category_acts.add_category("kerbs", CategoryValues({"en": "Kerbs"}, "roads"), adam, NOW)
    with refused("category-has-open-cases"):
        category_acts.change_category("noise", CategoryValues({"en": "N"}, "roads"), adam, NOW)
    town.complainant(number, "withdraw")
    category_acts.close_category("roads", adam, NOW)
    with refused("category-closed"):
        town.hand_in()
    category_acts.open_category("roads", adam, NOW)
    town.hand_in()


def test_the_last_category_stays_open(town: Town, adam: Author) -> None:
    category_acts.close_category("public", adam, NOW)
    with refused("category-needed"):
        category_acts.close_category("living", adam, NOW)
    assert catalog().leaf("pay").open


def test_leads_are_set_and_ended(town: Town, adam: Author) -> None:
    category_acts.set_lead("roads", Leading("jixi", "wages", ["works"]), adam, NOW)
    assert town.hand_in()[0].case.unit_id == "wages"
    category_acts.end_lead("roads", "jixi", adam, NOW)
    assert town.hand_in()[0].case.unit_id == "works", "the category above leads again"
    with refused("lead-unknown"):
        category_acts.end_lead("roads", "jixi", adam, NOW)
    with refused("category-kind-unknown"):
        category_acts.change_category(
            "roads", CategoryValues({"en": "R"}, "public", kind="gossip"), adam, NOW
        )


# --- accounts -----------------------------------------------------------------------------------


def test_the_last_administrator_stays(town: Town, adam: Author) -> None:
    with refused("last-administrator"):
        account_acts.deactivate("adam", TODAY, adam, NOW)
    with refused("last-administrator"):
        account_acts.end_role("adam", "administrator", "town", TODAY, adam, NOW)
    assert User.objects.get(username="adam").is_active
    account_acts.grant("otto", "administrator", "town", TODAY, TODAY, adam, NOW)
    account_acts.deactivate("adam", TODAY, adam, NOW)
    assert not User.objects.get(username="adam").is_active


def test_whoever_leaves_leaves_no_case_behind(town: Town, adam: Author) -> None:
    number = town.hand_in()[0].case.number
    town.act("alice", number, "accept")
    town.act("alice", number, "assign", owner=town.id("bob"))
    assert account_acts.end_role("bob", "owner", "works", TODAY, adam, NOW + DAY) == 1
    case = Case.objects.get(pk=number)
    assert case.owner_id is None and history_of(case).state.running("assign")
    town.act("alice", number, "assign", NOW + DAY, owner=town.id("bella"))
    assert account_acts.deactivate("bella", TODAY, adam, NOW + 2 * DAY) == 1
    assert Case.objects.get(pk=number).owner_id is None
    with refused("role-not-held"):
        account_acts.end_role("bob", "owner", "works", TODAY, adam, NOW)


def test_a_role_ended_today_can_be_given_again_today(town: Town, adam: Author) -> None:
    account_acts.grant("otto", "owner", "works", TODAY, TODAY, adam, NOW)
    account_acts.end_role("otto", "owner", "works", TODAY, adam, NOW)
    account_acts.grant("otto", "owner", "works", TODAY, TODAY, adam, NOW)
    held = Membership.objects.get(user__username="otto")
    assert held.until is None


def test_changes_are_told_in_words_with_who_made_them(town: Town, adam: Author) -> None:
    unit_acts.close_unit("works", None, adam, NOW)
    account_acts.reset("bob", b"e" * 15, adam, NOW)
    told = [(c.title, c.thing, c.by) for c in changed()]
    assert told == [
        ("One-time password given", "Bob", "Adam"),
        ("Unit closed", "Town · Works office", "Adam"),
    ]
