"""The roster pages as their readers see them: who gets what, what a form does, the feed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from huiyin.domain.rosters.intervals import Span
from huiyin.rosters import acts, changes, duty, presenting
from huiyin.rosters.models import Call, Feed, Handover, Leave, Override, Roster, Swap, Temporary
from huiyin.rosters.queries import value_of
from tests.apps import roster_world as world
from tests.apps.matrix_world import BACKEND
from tests.people import NOW, Town

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TABS = ("", "check/", "changes/", "swap/", "handover/", "reach/", "setup/")


@pytest.fixture
def row(town: Town, monkeypatch: pytest.MonkeyPatch) -> Roster:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return world.build(town)


def browser(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.users[name], BACKEND)
    return client


STATUSES = {
    # reader: month, check, changes, swap, handover, reach, setup
    "sun": (200, 200, 200, 403, 403, 200, 200),
    "bob": (200, 200, 200, 200, 200, 403, 403),
    "alice": (200, 200, 200, 403, 403, 403, 403),
    "rao": (404,) * 7,
    "susan": (404,) * 7,
    "otto": (404,) * 7,
}


@pytest.mark.parametrize("name", STATUSES)
def test_who_sees_which_page(town: Town, row: Roster, name: str) -> None:
    client = browser(town, name)
    found = tuple(client.get(f"/rosters/{row.pk}/{tab}").status_code for tab in TABS)
    assert found == STATUSES[name]


def test_a_member_from_elsewhere_sees_it(town: Town, row: Roster) -> None:
    acts.add_member(row.pk, town.users["otto"].pk, date(2026, 3, 3), town.actor("sun"), NOW)
    assert browser(town, "otto").get(f"/rosters/{row.pk}/").status_code == 200


def test_nobody_without_an_account_sees_anything(row: Roster) -> None:
    for path in ("/rosters/", f"/rosters/{row.pk}/", "/rosters/mine/"):
        assert Client().get(path).status_code == 302


def test_the_month_shows_shifts_gaps_and_who_is_on_duty(town: Town, row: Roster) -> None:
    shift = world.shifts(row)[3]
    sun = town.actor("sun")
    changes.add_override(row.pk, "role-1", shift.span, shift.person, None, sun, NOW)
    text = browser(town, "alice").get(f"/rosters/{row.pk}/?month=2026-03").content.decode()
    assert text.count("hy-month__day ") + text.count('hy-month__day"') == 31
    assert "1 person missing" in text and "+8653112345678" in text
    assert "hy-month__day--7" in text  # 1 March 2026 is a Sunday
    for odd in ("2026-13", "x", "9999-01", "２０２６-03"):
        assert browser(town, "alice").get(f"/rosters/{row.pk}/?month={odd}").status_code == 200


def test_leave_through_the_page(town: Town, row: Roster) -> None:
    client, path = browser(town, "bob"), f"/rosters/{row.pk}/changes/"
    form = {
        "do": "leave", "leave-person": town.id("bob"), "leave-from_day": "2026-03-05",
        "leave-from_time": "08:00", "leave-to_day": "2026-03-07", "leave-to_time": "08:00",
    }  # fmt: skip
    assert client.post(path, {**form, "leave-person": town.id("bella")}).status_code == 422
    assert client.post(path, {**form, "leave-to_day": "2026-03-01"}).status_code == 422
    assert client.post(path, {**form, "leave-to_day": "9999-03-01"}).status_code == 422
    assert client.post(path, form).status_code == 302
    again = client.post(path, form)
    assert again.status_code == 409 and "already entered" in again.content.decode()
    leave = Leave.objects.get()
    assert leave.start == world.at("2026-03-05T08:00")
    assert client.post(path, {"do": "end-leave", "row": str(leave.pk)}).status_code == 302
    assert not Leave.objects.exists()
    assert client.post(path, {"do": "end-leave", "row": "99"}).status_code == 409


def test_an_override_and_a_temporary_schedule_through_the_page(town: Town, row: Roster) -> None:
    client, path = browser(town, "sun"), f"/rosters/{row.pk}/changes/"
    shift = world.shifts(row)[1]
    other = next(p for p in value_of(row).people if p != shift.person)
    begin = shift.start.astimezone(value_of(row).zone)
    when = {
        "from_day": f"{begin:%Y-%m-%d}", "from_time": "08:00",
        "to_day": f"{begin + DAY:%Y-%m-%d}", "to_time": "08:00",
    }  # fmt: skip
    form = {f"override-{k}": v for k, v in when.items()}
    form |= {"do": "override", "override-role": "role-1", "override-out": shift.person}
    assert client.post(path, {**form, "override-into": other}).status_code == 302
    assert Override.objects.get().into_id == int(other)
    schedule = {f"temporary-{k}": v for k, v in when.items()}
    schedule |= {"do": "temporary", "row-0-role": "role-1", "row-0-person": other}
    schedule |= {"row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0"}
    page = f"/rosters/{row.pk}/schedule/"
    assert client.post(page, schedule).status_code == 409  # it would hide the override
    client.post(path, {"do": "end-override", "row": str(Override.objects.get().pk)})
    assert client.post(page, schedule).status_code == 302
    assert Temporary.objects.count() == 1
    text = client.get(path).content.decode()
    assert "Temporary schedule:" in text and "end-temporary" in text


def test_a_swap_through_the_page(town: Town, row: Roster) -> None:
    path, value = f"/rosters/{row.pk}/swap/", value_of(row)
    found = presenting.coming(value, NOW)
    mine, theirs = (
        presenting.shift_choice(value, world.of(town, found, name))[0] for name in ("bob", "bella")
    )
    bob, bella = browser(town, "bob"), browser(town, "bella")
    assert bob.post(path, {"do": "ask", "mine": mine, "theirs": theirs}).status_code == 302
    swap = Swap.objects.get()
    assert "Accept" in bella.get(path).content.decode()
    assert "Withdraw" in bob.get(path).content.decode()
    assert bob.post(path, {"do": "accept", "row": str(swap.pk)}).status_code == 409
    assert bella.post(path, {"do": "accept", "row": str(swap.pk)}).status_code == 302
    assert Override.objects.count() == 2
    gift = f"|{town.id('wang')}|"
    later = presenting.shift_choice(
        value, next(s for s in found if s.person == town.id("bob") and s.start > NOW + 5 * DAY)
    )[0]
    assert bob.post(path, {"do": "ask", "mine": later, "theirs": gift}).status_code == 302
    assert bob.post(path, {"do": "ask", "mine": theirs, "theirs": gift}).status_code == 422


def test_a_handover_through_the_page(town: Town, row: Roster) -> None:
    path = f"/rosters/{row.pk}/handover/"
    bob, bella = browser(town, "bob"), browser(town, "bella")
    form = {"do": "give", "role": "role-1", "into": town.id("bella"), "note": "Pump <b>2</b>"}
    assert bob.post(path, {**form, "note": ""}).status_code == 422
    assert bob.post(path, form).status_code == 302
    assert "I have taken over" not in bob.get(path).content.decode()
    back = {"do": "withdraw", "row": str(Handover.objects.get().pk)}
    assert bella.post(path, back).status_code == 409
    assert bob.post(path, back).status_code == 302
    assert "I have taken over" not in bella.get(path).content.decode()
    Handover.objects.all().delete()
    assert bob.post(path, form).status_code == 302
    text = bella.get(path).content.decode()
    assert "Pump &lt;b&gt;2&lt;/b&gt;" in text and "I have taken over" in text
    assert (
        bella.post(path, {"do": "take", "row": str(Handover.objects.get().pk)}).status_code == 302
    )
    assert Handover.objects.get().signed_in is not None


def test_a_reachability_test_through_the_page(town: Town, row: Roster) -> None:
    client, path = browser(town, "sun"), f"/rosters/{row.pk}/reach/"
    assert client.post(path, {"do": "begin"}).status_code == 302
    form = {"do": "call", "person": town.id("bob"), "channel": "mobile", "answered": "yes"}
    assert client.post(path, {**form, "seconds": "40"}).status_code == 302
    assert client.post(path, {**form, "answered": "no"}).status_code == 302
    assert client.post(path, {**form, "channel": "pigeon"}).status_code == 422
    assert list(Call.objects.values_list("answered", "seconds", "hours")) == [
        (True, 40, "day"), (False, None, "day"),
    ]  # fmt: skip
    assert "after 40 seconds" in client.get(path).content.decode()


def test_a_roster_is_made_through_the_pages(town: Town, row: Roster) -> None:
    client = browser(town, "sun")
    form = {
        "unit": "works", "title": "Flood watch", "role": "Watch", "begins": "20:00",
        "ends": "08:00", "line": "+86 531 1234567",
    }  # fmt: skip
    assert client.post("/rosters/new/", {**form, "line": "call me"}).status_code == 422
    assert client.post("/rosters/new/", {**form, "unit": "homes"}).status_code == 422
    answer = client.post("/rosters/new/", form)
    path = answer.headers["Location"]
    made = Roster.objects.get(unit_id="works")
    assert path == f"/rosters/{made.pk}/setup/" and made.roles.get().line == "+865311234567"
    since = {"since": "2026-03-02"}
    for name in ("bob", "bella"):
        sent = {"do": "member", "account": town.id(name), **since}
        assert client.post(path, sent).status_code == 302
    rule = {
        "do": "rule", "role": "role-1", "people": [town.id("bob"), town.id("bella")],
        "days": "all", "begins": "20:00", "ends": "08:00", "count": "1", "turn": "weeks", **since,
    }  # fmt: skip
    assert client.post(path, {**rule, "turn": "hours", "count": "5"}).status_code == 422
    assert client.post(path, rule).status_code == 302
    text = client.get(f"/rosters/{made.pk}/?month=2026-03").content.decode()
    assert text.count("20:00–08:00 +1") == 30
    ended = {"do": "end-rule", "row": str(made.rules.get().pk), "until": "2026-03-10"}
    assert client.post(path, ended).status_code == 302
    client.post(path, {"do": "end-member", "row": town.id("bob"), "until": "2026-03-08"})
    text = client.get(f"/rosters/{made.pk}/check/").content.decode()
    assert "1 person missing" in text


def test_the_feed_holds_ones_own_duty_and_nobodys_name(town: Town, row: Roster) -> None:
    client = browser(town, "bob")
    text = client.post("/rosters/mine/", {"do": "make"}).content.decode()
    address = text.partition("/rosters/feed/")[2].partition("<")[0]
    assert (
        Feed.objects.count() == 1 and address not in client.get("/rosters/mine/").content.decode()
    )
    answer = Client().get(f"/rosters/feed/{address}")
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    own = {(s.start, s.end) for s in world.shifts(row, NOW, 90) if s.person == town.id("bob")}
    calendar = icalendar.Calendar.from_ical(answer.content)
    events = calendar.walk("VEVENT")
    found = {(e.decoded("dtstart"), e.decoded("dtend")) for e in events}
    assert own <= found and not any(name in answer.content.decode() for name in ("Bob", "Bella"))
    assert {str(e["description"]) for e in events} == {"+8653112345678"}
    assert client.post("/rosters/mine/", {"do": "end"}).status_code == 302
    assert Client().get(f"/rosters/feed/{address}").status_code == 404


def test_pages_cost_the_same_for_few_and_for_many(
    town: Town, row: Roster, django_assert_max_num_queries: object
) -> None:
    for name in ("sun", "alice", "omar", "rita", "chen", "ruth", "stella", "susan"):
        acts.add_member(row.pk, town.users[name].pk, date(2026, 3, 3), town.actor("sun"), NOW)
    for n in range(10):
        changes.add_leave(
            row.pk,
            town.id("omar"),
            Span(NOW + n * DAY, NOW + (n + 1) * DAY),
            town.actor("sun"),
            NOW,
        )
    client = browser(town, "alice")
    with django_assert_max_num_queries(33):  # type: ignore[operator]
        client.get(f"/rosters/{row.pk}/?month=2026-03")


def test_the_daily_job_records_every_roster(town: Town, row: Roster) -> None:
    from huiyin.rosters.recording import record_all

    later: datetime = NOW + 3 * DAY
    assert record_all(later) == 1
    row.refresh_from_db()
    assert row.recorded == later and row.served.count() >= 60
    assert duty.user_of_feed("") is None


def test_a_request_whose_shift_has_begun_waits_no_longer(
    town: Town, row: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could only be refused; a list that keeps it hides those that can be answered."""
    given = world.of(town, world.shifts(row), "bob")
    changes.ask_swap(row.pk, given, town.id("wang"), None, town.actor("bob"), NOW)
    page = f"/rosters/{row.pk}/swap/"
    assert 'value="accept"' in browser(town, "wang").get(page).content.decode()
    monkeypatch.setattr(timezone, "now", lambda: given.start)
    assert 'value="accept"' not in browser(town, "wang").get(page).content.decode()
