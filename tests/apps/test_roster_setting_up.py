"""Setting a roster up through its pages: duties changed, limits of duty, who may hold what,
schedules of several people, a fair plan taken over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import Duty
from huiyin.history.models import Event
from huiyin.people.naming import staff_names
from huiyin.rosters import acts, changes
from huiyin.rosters.models import Override, Rest, Role, Roster, Temporary
from huiyin.rosters.queries import value_of
from tests.apps import roster_world as world
from tests.apps.matrix_world import BACKEND
from tests.people import NOW, Town

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def row(town: Town, monkeypatch: pytest.MonkeyPatch) -> Roster:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return world.build(town)


@pytest.fixture
def sun(town: Town) -> Client:
    client = Client()
    client.force_login(town.users["sun"], BACKEND)
    return client


def newcomer(town: Town, row: Roster) -> str:
    """Alice, a member whom no rule names."""
    acts.add_member(row.pk, town.users["alice"].pk, date(2026, 3, 2), town.actor("sun"), NOW)
    return town.id("alice")


def last_event(row: Roster) -> str:
    return Event.objects.filter(stream=row.pk).latest("seq").type


# -- a duty is changed ----------------------------------------------------------------------


def form_of(role: Role, **more: object) -> dict[str, object]:
    return {
        "do": "role", "role": "Night desk", "days": role.days, "begins": "08:00", "ends": "08:00",
        "people": "1", "line": "", **more,
    }  # fmt: skip


def test_a_duty_is_changed_and_the_past_stays(town: Town, row: Roster, sun: Client) -> None:
    path, role = f"/rosters/{row.pk}/duties/role-1/", row.roles.get()
    before = serve(value_of(row), Span(NOW - 9 * DAY, NOW)).shifts
    assert sun.get(path).status_code == 200
    changed = form_of(role, days="workdays", people="2", begins="18:00")
    assert sun.post(path, changed).status_code == 302
    role.refresh_from_db()
    assert (role.days, role.people, f"{role.begins:%H:%M}") == ("workdays", 2, "18:00")
    assert role.title["en"] == "Night desk" and last_event(row) == "role-changed"
    assert serve(value_of(row), Span(NOW - 9 * DAY, NOW)).shifts == before
    assert sun.post(path, form_of(role, begins="25:00")).status_code == 422
    assert sun.get(f"/rosters/{row.pk}/duties/role-9/").status_code == 404


def test_a_list_of_holders_must_hold_whom_the_rules_name(
    town: Town, row: Roster, sun: Client
) -> None:
    path, role = f"/rosters/{row.pk}/duties/role-1/", row.roles.get()
    refused = sun.post(path, form_of(role, able=[town.id("bob")]))
    assert refused.status_code == 422 and "rules" in refused.content.decode()
    assert sun.post(path, form_of(role, able=[*value_of(row).people])).status_code == 302
    newcomer(town, row)
    later = acts.NewRule("role-1", (town.id("alice"),), role.begins, role.ends, "days", world.TODAY)
    with pytest.raises(Refusal) as unable:
        acts.add_rule(row.pk, later, town.actor("sun"), NOW)
    assert unable.value.code == "holder-unable"


# -- who may stand in -----------------------------------------------------------------------


def stand_in(row: Roster, out: str, into: str, number: int = 2) -> dict[str, object]:
    begin = world.shifts(row)[number].start.astimezone(value_of(row).zone)
    return {
        "do": "override", "override-role": "role-1", "override-out": out, "override-into": into,
        "override-from_day": f"{begin:%Y-%m-%d}", "override-from_time": "08:00",
        "override-to_day": f"{begin + DAY:%Y-%m-%d}", "override-to_time": "08:00",
        "override-sure": "False",
    }  # fmt: skip


def test_a_substitute_whom_no_rule_names_is_asked_about(
    town: Town, row: Roster, sun: Client
) -> None:
    alice, path = newcomer(town, row), f"/rosters/{row.pk}/changes/"
    form = stand_in(row, world.shifts(row)[2].person, alice)
    asked = sun.post(path, form)
    text = asked.content.decode()
    assert asked.status_code == 409 and "No rule of this duty names this person" in text
    assert 'type="checkbox" name="override-sure"' in text and not Override.objects.exists()
    assert sun.post(path, {**form, "override-sure": "on"}).status_code == 302
    assert Override.objects.get().into_id == int(alice)


def test_a_substitute_who_is_not_on_the_list_is_refused_whatever_is_confirmed(
    town: Town, row: Roster, sun: Client
) -> None:
    named, alice = list(value_of(row).people), newcomer(town, row)
    role = form_of(row.roles.get(), able=named)
    assert sun.post(f"/rosters/{row.pk}/duties/role-1/", role).status_code == 302
    form = stand_in(row, world.shifts(row)[2].person, alice)
    refused = sun.post(f"/rosters/{row.pk}/changes/", {**form, "override-sure": "on"})
    assert refused.status_code == 422 and "not on the list" in refused.content.decode()
    assert not Override.objects.exists()


def test_a_swap_with_whom_no_rule_names_is_not_for_members_to_confirm(
    town: Town, row: Roster
) -> None:
    alice = newcomer(town, row)
    mine = world.of(town, world.shifts(row), "bob")
    with pytest.raises(Refusal) as refused:
        changes.ask_swap(row.pk, mine, alice, None, town.actor("bob"), NOW)
    assert refused.value.code == "holder-unnamed"


# -- limits of duty -------------------------------------------------------------------------


def test_a_limit_of_duty_is_entered_checked_and_taken_back(
    town: Town, row: Roster, sun: Client
) -> None:
    setup, check = f"/rosters/{row.pk}/setup/", f"/rosters/{row.pk}/check/"
    form = {"do": "rest", "kind": "between", "hours": "72", "source": "Decision of the office"}
    assert sun.post(setup, {**form, "source": ""}).status_code == 422
    assert sun.post(setup, {**form, "kind": "most"}).status_code == 422, "in how many days?"
    assert sun.post(setup, form).status_code == 302
    text = sun.get(check).content.decode()
    assert "Decision of the office" in text and "72" in text, "every third day is too often"
    rest = Rest.objects.get()
    assert "at least 72 hours free" in sun.get(setup).content.decode()
    assert sun.post(setup, {"do": "end-rest", "row": str(rest.pk)}).status_code == 302
    assert "Decision of the office" not in sun.get(check).content.decode()
    assert last_event(row) == "rest-ended"


# -- a schedule of several people -----------------------------------------------------------


def rows(*people: str, **days: str) -> dict[str, object]:
    found: dict[str, object] = {
        "row-TOTAL_FORMS": str(len(people)), "row-INITIAL_FORMS": "0",
        "temporary-from_day": "2026-03-10", "temporary-from_time": "08:00",
        "temporary-to_day": "2026-03-14", "temporary-to_time": "08:00", "temporary-sure": "False",
        **days,
    }  # fmt: skip
    for n, person in enumerate(people):
        found |= {f"row-{n}-role": "role-1", f"row-{n}-person": person}
    return found


def test_a_schedule_of_several_people(town: Town, row: Roster, sun: Client) -> None:
    path, (bob, bella, wang) = f"/rosters/{row.pk}/schedule/", map(town.id, world.MEMBERS)
    assert sun.get(path).status_code == 200
    days = {"row-0-to_day": "2026-03-12", "row-1-from_day": "2026-03-12"}
    typed = rows(wang, bella, "", **days)
    more = sun.post(path, {**typed, "do": "more"})
    assert more.status_code == 200 and more.content.decode().count("<legend") > 7
    assert '2026-03-12" ' in more.content.decode(), "what was typed stays"
    assert sun.post(path, {**typed, "do": "temporary"}).status_code == 302
    span = Span(world.at("2026-03-10T08:00"), world.at("2026-03-14T08:00"))
    found = serve(value_of(row), span).shifts
    assert [(s.person, s.span.length) for s in found] == [(wang, 2 * DAY), (bella, 2 * DAY)]
    assert sun.post(path, {**typed, "do": "temporary"}).status_code == 409, "one stands there"
    assert sun.post(path, {**rows("", ""), "do": "temporary"}).status_code == 422
    late = {**rows(bob), "temporary-to_day": "2026-03-09", "do": "temporary"}
    assert sun.post(path, late).status_code == 422
    assert Temporary.objects.count() == 1


def test_a_swap_within_a_schedule_is_made_in_it(town: Town, row: Roster, sun: Client) -> None:
    _bob, bella, wang = map(town.id, world.MEMBERS)
    days = {"row-0-to_day": "2026-03-12", "row-1-from_day": "2026-03-12"}
    path = f"/rosters/{row.pk}/schedule/"
    assert sun.post(path, {**rows(wang, bella, **days), "do": "temporary"}).status_code == 302
    given, taken = serve(
        value_of(row), Span(world.at("2026-03-10T08:00"), world.at("2026-03-14T08:00"))
    ).shifts
    asked = changes.ask_swap(row.pk, given, bella, taken, town.actor("wang"), NOW)
    assert changes.accept_swap(row.pk, asked.pk, town.actor("bella"), NOW) == ()
    after = serve(value_of(row), Span(given.start, taken.end)).shifts
    assert [s.person for s in after] == [bella, wang] and not Override.objects.exists()


# -- a fair plan ----------------------------------------------------------------------------


def test_a_fair_plan_is_looked_at_and_taken_over(town: Town, row: Roster, sun: Client) -> None:
    alice, path = newcomer(town, row), f"/rosters/{row.pk}/propose/"
    assert sun.get(path).status_code == 200
    assert sun.post(path, {"do": "make", "first": "2026-03-01", "days": "14"}).status_code == 422
    made = sun.post(path, {"do": "make", "first": "2026-03-10", "days": "12"})
    proposal = made.context["proposal"]
    assert made.status_code == 200 and not Temporary.objects.exists(), "looking changes nothing"
    fair = {line["name"]: line for line in proposal["fair"]}
    idle = staff_names([alice])[alice]
    assert len(fair) == 4 and fair[idle]["never"], "who never serves stands in the table"
    assert sorted(line["hours"] for line in fair.values()) == [0, 96, 96, 96]
    assert len(proposal["days"]) == 12
    assert sun.post(path, {"do": "take", "data": proposal["data"]}).status_code == 302
    span = Span(world.at("2026-03-10T08:00"), world.at("2026-03-22T08:00"))
    served = serve(value_of(row), span).shifts
    assert {s.origin.partition(":")[0] for s in served} == {"temporary"}
    assert alice not in {s.person for s in served}
    again = sun.post(path, {"do": "take", "data": proposal["data"]})
    assert again.status_code == 409 and again.context["refusal"].code == "roster-proposal-old"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"seen":1}', '{"seen":1,"duties":[["a","b","c","d"]]}',
             '{"seen":1,"duties":[]}', '{"seen":1e400,"duties":[]}', '{"seen":1,"duties":7}'],
)  # fmt: skip
def test_a_plan_that_is_none_is_refused(row: Roster, sun: Client, text: str) -> None:
    answer = sun.post(f"/rosters/{row.pk}/propose/", {"do": "take", "data": text})
    assert answer.status_code == 409 and not Temporary.objects.exists()


@pytest.mark.parametrize("page", ["schedule/", "propose/", "duties/role-1/"])
@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("alice", 403), ("otto", 404)])
def test_only_who_supervises_comes_here(
    town: Town, row: Roster, page: str, name: str, status: int
) -> None:
    client = Client()
    client.force_login(town.users[name], BACKEND)
    for answer in (
        client.get(f"/rosters/{row.pk}/{page}"),
        client.post(f"/rosters/{row.pk}/{page}"),
    ):
        assert answer.status_code == status


# -- a schedule that stands, duty by duty ---------------------------------------------------


def standing_schedule(town: Town, row: Roster, sun: Client) -> Temporary:
    """Wang for two days, then Bella for two."""
    _bob, bella, wang = map(town.id, world.MEMBERS)
    days = {"row-0-to_day": "2026-03-12", "row-1-from_day": "2026-03-12"}
    sent = {**rows(wang, bella, **days), "do": "temporary"}
    assert sun.post(f"/rosters/{row.pk}/schedule/", sent).status_code == 302
    row.refresh_from_db()
    return Temporary.objects.get()


def who(row: Roster, days: int = 4) -> list[tuple[str, int]]:
    """Who serves how many hours, from 10 March on."""
    begin = world.at("2026-03-10T08:00")
    found = serve(value_of(row), Span(begin, begin + days * DAY)).shifts
    return [(s.person, int(s.span.length.total_seconds() // 3600)) for s in found]


def test_a_schedule_that_stands_is_changed_duty_by_duty(
    town: Town, row: Roster, sun: Client
) -> None:
    bob, bella, wang = map(town.id, world.MEMBERS)
    made = standing_schedule(town, row, sun)
    path = f"/rosters/{row.pk}/schedule/{made.pk}/"
    assert path in sun.get(f"/rosters/{row.pk}/changes/").content.decode()
    page = sun.get(f"{path}?row=1").content.decode()
    assert 'value="2026-03-12"' in page and 'value="2026-03-14"' in page
    form = {"do": "save", "seen": str(row.seq), "role": "role-1", "person": bob}
    days = {"from_day": "2026-03-12", "from_time": "08:00", "to_day": "2026-03-13"}
    assert sun.post(path, {**form, **days, "row": "1"}).status_code == 302
    assert last_event(row) == "temporary-changed"
    assert who(row) == [(wang, 48), (bob, 24)]
    # What was changed meanwhile is not written over; the page knows an older number.
    assert sun.post(path, {**form, **days, "row": "1"}).status_code == 409
    row.refresh_from_db()
    last = {"from_day": "2026-03-13", "to_day": "2026-03-14", "person": bella}
    assert sun.post(path, {**form, **last, "seen": str(row.seq)}).status_code == 302
    assert who(row) == [(wang, 48), (bob, 24), (bella, 24)]


def test_a_duty_is_taken_out_of_a_schedule(town: Town, row: Roster, sun: Client) -> None:
    made = standing_schedule(town, row, sun)
    path, wang = f"/rosters/{row.pk}/schedule/{made.pk}/", town.id("wang")
    drop = {"do": "drop", "row": "1", "seen": str(row.seq), "role": "role-1"}
    assert sun.post(path, drop).status_code == 302
    assert who(row, 2) == [(wang, 48)] and len(Temporary.objects.get().duties) == 1
    row.refresh_from_db()
    last = {**drop, "row": "0", "seen": str(row.seq)}
    assert sun.post(path, last).status_code == 422, "an empty schedule is taken back as a whole"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"person": ""}, 422),
        ({"row": "7"}, 409),
        ({"row": "x"}, 409),
        ({"row": "9" * 30}, 409),
        ({"to_day": "2026-03-20"}, 422),  # beyond the schedule
        ({"to_day": "9999-12-31"}, 422),
        ({"from_day": "2026-03-13", "to_day": "2026-03-13"}, 422),  # no time at all
        ({"from_day": "2026-03-14", "to_day": "2026-03-12"}, 422),
        ({"role": "role-9"}, 422),
        ({"seen": ""}, 409),
        ({"seen": "9" * 40}, 409),
        ({"person": "wang", "from_day": "", "to_day": ""}, 409),  # he serves there already
    ],
)
def test_a_duty_that_cannot_be_meant_is_refused(
    town: Town, row: Roster, sun: Client, more: dict[str, str], status: int
) -> None:
    made = standing_schedule(town, row, sun)
    before = made.duties
    sent = {
        "do": "save", "row": "1", "seen": str(row.seq), "role": "role-1",
        "person": town.id("bob"), **more,
    }  # fmt: skip
    if more.get("person") == "wang":
        sent |= {"person": town.id("wang"), "row": "0", "to_day": "2026-03-12"}
    answer = sun.post(f"/rosters/{row.pk}/schedule/{made.pk}/", sent)
    made.refresh_from_db()
    assert answer.status_code == status and made.duties == before


def test_what_was_served_of_a_schedule_stays(town: Town, row: Roster, sun: Client) -> None:
    """In the middle of a duty somebody else takes the rest of it."""
    bob, bella, wang = map(town.id, world.MEMBERS)
    made = standing_schedule(town, row, sun)
    middle = world.at("2026-03-11T03:00")
    old, new = (
        Duty("role-1", p, Span(world.at("2026-03-10T08:00"), world.at("2026-03-12T08:00")))
        for p in (wang, bob)
    )
    changes.change_duty(row.pk, made.pk, old, new, town.actor("sun"), middle)
    assert who(row) == [(wang, 19), (bob, 29), (bella, 48)]
    late = world.at("2026-03-20T08:00")
    with pytest.raises(Refusal) as refused:
        changes.change_duty(row.pk, made.pk, old, None, town.actor("sun"), late)
    assert refused.value.code == "roster-row-unknown"
