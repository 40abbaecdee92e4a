"""The administrator's pages as a browser uses them, and what a one-time password opens."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from huiyin import calendars
from huiyin.cases.models import Case, Category, Competence
from huiyin.history.models import Event
from huiyin.people.models import User
from tests.apps.office import Desk, text
from tests.people import Town

NAMES = {"name_en": "Lamps", "name_zh-Hans": "路灯所"}


@pytest.fixture
def adam(town: Town) -> Desk:
    """The administrator's browser."""
    return Desk(town, "adam")


def send(desk: Desk, name: str, *args: str, **values: str) -> tuple[int, str]:
    """A form of the administration as its page holds it, sent."""
    address = reverse(f"administration:{name}", args=args)
    seen = re.search(r'name="seen" value="(\d+)"', desk.client.get(address).content.decode())
    assert seen, address
    values = {key.replace("__", "-"): value for key, value in values.items()}
    answer = desk.client.post(address, {"seen": seen[1], **values})
    return answer.status_code, text(answer)


def test_the_desk_leads_administrators_and_nobody_else_there(town: Town, adam: Desk) -> None:
    home = reverse("administration:home")
    assert home in adam.get("cases:desk").content.decode()
    for name in ("alice", "sun", "otto", "peng"):
        desk = Desk(town, name)
        assert home not in desk.get("cases:desk").content.decode()
        assert desk.client.get(home).status_code == 403
    assert "What was changed last" in text(adam.get("administration:home"))


def test_no_page_shows_a_case(town: Town, adam: Desk) -> None:
    given, _ = town.hand_in(text="A heron stands in the road.")
    for name, args in (
        ("home", ()), ("units", ()), ("unit", ("works",)), ("close-unit", ("works",)),
        ("categories", ()), ("category", ("roads",)), ("accounts", ()), ("account", ("bob",)),
    ):  # fmt: skip
        page = adam.get(f"administration:{name}", *args).content.decode()
        assert given.case.number not in page and "heron" not in page
    assert "1 open case" in text(adam.get("administration:unit", "works"))


def test_units_and_places_from_adding_to_closing(town: Town, adam: Desk) -> None:
    assert send(adam, "add-unit", id="lamps", parent="town", zone="", **NAMES)[0] == 302
    assert "Lamps" in text(adam.get("administration:units"))
    status, told = send(adam, "add-unit", id="lamps", parent="town", **NAMES)
    assert status == 409 and "already a unit" in told
    status, told = send(adam, "add-unit", id="Lamp Office", parent="town", **NAMES)
    assert status == 422 and "no short name" in told
    assert send(adam, "add-unit", id="moon", zone="Moon/Base", **NAMES)[0] == 422
    status, told = send(adam, "unit", "lamps", parent="lamps", **NAMES)
    assert status == 422
    assert send(adam, "add-place", id="mill", unit="lamps", parent="jixi", **NAMES)[0] == 302
    status, _ = send(adam, "close-unit", "lamps")
    assert status == 422, "it answers for a place"
    assert send(adam, "close-unit", "lamps", successor="works")[0] == 302
    page = text(adam.get("administration:unit", "lamps"))
    assert "takes no new cases" in page
    assert send(adam, "unit", "lamps", do="open")[0] == 302
    assert "Takes new cases" in text(adam.get("administration:unit", "lamps"))


def test_an_old_page_is_told_so_and_keeps_what_was_typed(adam: Desk) -> None:
    address = reverse("administration:unit", args=["works"])
    first = {"seen": "0", "parent": "town", "name_en": "Roads"}
    assert adam.client.post(address, first).status_code == 302
    answer = adam.client.post(address, {**first, "name_en": "Paths and roads"})
    assert answer.status_code == 409
    assert "Somebody else has changed this" in text(answer)
    assert "Paths and roads" in answer.content.decode()


def test_law_from_a_day_on(adam: Desk) -> None:
    day = timezone.localdate() + timedelta(days=30)
    assert send(adam, "law", "homes", pack="school", since=day.isoformat())[0] == 302
    page = adam.get("administration:law", "homes")
    assert "announced" in text(page)
    assert send(adam, "law", "homes", do="drop", since=day.isoformat())[0] == 302
    assert "announced" not in text(adam.get("administration:law", "homes"))
    status, told = send(adam, "law", "homes", pack="school", since="2020-01-01")
    assert status == 422 and "past" in told


def test_categories_and_leads(town: Town, adam: Desk) -> None:
    values = {"parent": "public", "kind": "suggestion", "hint_en": "dark lamp", **NAMES}
    assert send(adam, "add-category", id="lamp", **values)[0] == 302
    assert Category.objects.get(id="lamp").kind == "suggestion"
    assert send(adam, "leads", "lamp", place="jixi", unit="wages", support="works")[0] == 302
    assert Competence.objects.get(category_id="lamp").support == ["works"]
    given, _ = town.hand_in("lamp")
    assert (given.case.unit_id, given.case.kind) == ("wages", "suggestion")
    assert send(adam, "category", "lamp", do="close")[0] == 302
    page = text(adam.get("administration:category", "lamp"))
    assert "Open cases lie under" in page and "Open for new complaints" in page
    town.complainant(given.case.number, "withdraw", timezone.now())
    assert send(adam, "category", "lamp", do="close")[0] == 302
    assert "no new complaint" in text(adam.get("administration:category", "lamp"))
    assert send(adam, "leads", "lamp", do="end", place="jixi")[0] == 302
    assert not Competence.objects.filter(category_id="lamp").exists()


# --- accounts and passwords ---------------------------------------------------------------------


@pytest.fixture
def _fresh_limits(db: None) -> None:
    cache.clear()


def _new_account(adam: Desk, login: str = "li.wei") -> str:
    values = {"login": login, "display_en": "Li Wei", "role": "owner", "unit": "works"}
    status, told = send(adam, "add-account", **values)
    assert status == 200, told
    found = re.search(r"\b(?:[a-z2-7]{4}-){5}[a-z2-7]{4}\b", told)
    assert found, told
    return found[0]


@pytest.mark.usefixtures("_fresh_limits")
def test_a_one_time_password_opens_the_choice_of_ones_own_and_nothing_else(
    town: Town, adam: Desk
) -> None:
    once = _new_account(adam)
    browser = Client(headers={"accept-language": "en"})
    browser.post(reverse("account_login"), {"login": "li.wei", "password": once})
    change = reverse("account_change_password")
    for page in ("/desk/", "/", reverse("portal:law")):
        assert browser.get(page).headers.get("Location") == change, page
    assert browser.get("/api/v1/desk").json()["code"] == "password-to-choose"
    own = "seven boats on a quiet river"
    sent = {"oldpassword": once, "password1": own, "password2": own}
    assert browser.post(change, sent).status_code == 302
    assert browser.get("/desk/").status_code == 200
    assert User.objects.get(username="li.wei").once_until is None


@pytest.mark.usefixtures("_fresh_limits")
def test_a_one_time_password_runs_out(town: Town, adam: Desk) -> None:
    once = _new_account(adam)
    User.objects.filter(username="li.wei").update(once_until=timezone.now() - timedelta(hours=1))
    browser = Client(headers={"accept-language": "en"})
    browser.post(reverse("account_login"), {"login": "li.wei", "password": once})
    answer = browser.get("/desk/")
    assert answer.status_code == 403 and "no longer good" in text(answer)
    assert browser.get("/desk/").status_code == 302, "and it has signed out"


def test_a_new_one_time_password_ends_the_old_password(town: Town, adam: Desk) -> None:
    bob = town.users["bob"]
    bob.set_password("the old words of bob")
    bob.save()
    status, told = send(adam, "account", "bob", do="reset")
    assert status == 200 and "good until" in told
    bob.refresh_from_db()
    assert not bob.check_password("the old words of bob")
    assert Event.objects.get(type="password-reset").role == "administrator"


def test_closing_an_account_ends_its_session_and_frees_its_cases(town: Town, adam: Desk) -> None:
    number = town.hand_in()[0].case.number
    town.act("alice", number, "accept")
    town.act("alice", number, "assign", owner=town.id("bob"))
    bob = Desk(town, "bob")
    assert bob.get("cases:desk").status_code == 200
    status, told = send(adam, "account", "bob", do="close")
    assert status == 200 and "1 open case is in this person's hands" in told.replace("&#x27;", "'")
    assert bob.get("cases:desk").status_code == 200, "nothing has happened before it is confirmed"
    assert send(adam, "account", "bob", do="close", sure="1")[0] == 302
    assert "1 open case has no owner" in text(adam.get("administration:account", "bob"))
    assert bob.get("cases:desk").status_code == 302
    assert Case.objects.get(pk=number).owner_id is None
    assert send(adam, "account", "bob", do="open")[0] == 302
    status, told = send(adam, "account", "adam", do="close", sure="1")
    assert status == 409 and "last administrator" in told


def test_roles_are_given_and_ended(town: Town, adam: Desk) -> None:
    assert send(adam, "account", "otto", do="grant", role="auditor", unit="town")[0] == 302
    assert "Auditor" in text(adam.get("administration:account", "otto"))
    assert send(adam, "account", "otto", do="end", role="auditor", unit="town", sure="1")[0] == 302
    status, _ = send(adam, "account", "otto", do="end", role="auditor", unit="town", sure="1")
    assert status == 404
    assert send(adam, "account", "otto", do="rename", display_en="Otto O.")[0] == 302
    assert "Otto O." in text(adam.get("administration:accounts"))
    assert (
        adam.client.post(
            reverse("administration:account", args=["otto"]), {"do": "nonsense"}
        ).status_code
        == 422
    )


# --- calendars ----------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path):
    """An installation's own calendar folder, for one test."""
    before = list(calendars._OWN)
    calendars.use(tmp_path / "calendars")
    yield tmp_path / "calendars"
    calendars._OWN[:] = before


def test_a_notice_is_shown_confirmed_and_counted(town: Town, adam: Desk, own: Path) -> None:
    notice = {
        "calendar": "cn", "year": "2026", "text": "2026-03-03..2026-03-04 off flood",
        "source": "a notice", "url": "",
    }  # fmt: skip
    address = reverse("administration:import-notice")
    page = adam.client.post(address, notice)
    assert page.status_code == 200 and "What would change" in text(page)
    assert "flood" in text(page) and not own.exists(), "nothing is written before it is confirmed"
    wrong = adam.client.post(address, {**notice, "do": "confirm", "shown_digest": "0" * 64})
    assert wrong.status_code == 409 and not own.exists()
    found = re.search(r'name="shown_digest" value="([0-9a-f]{64})"', page.content.decode())
    assert found
    done = adam.client.post(address, {**notice, "do": "confirm", "shown_digest": found[1]})
    assert done.status_code == 302
    assert (own / "cn.toml").exists()
    assert DBTaskResult.objects.filter(task_path__endswith="tasks.recompute").count() == 1
    assert Event.objects.get(type="calendar-imported").stream == "settings"
    bad = adam.client.post(address, {**notice, "text": "no day at all"})
    assert bad.status_code == 422 and "no day at all" in bad.content.decode()
    nowhere = adam.client.post(address, {**notice, "source": ""})
    assert nowhere.status_code == 422
