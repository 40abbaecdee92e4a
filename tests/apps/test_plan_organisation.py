"""The editor of the people behind a plan: nobody needs to see a file, and names die on time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from huiyin import plans as data
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.organisation import Organisation as Value
from huiyin.domain.plans.reading import read_organisation
from huiyin.domain.plans.writing import as_data, write
from huiyin.history.models import Event
from huiyin.plans import contacts, queries
from huiyin.plans.models import Card, Organisation, Plan
from huiyin.vault.models import CaseKey
from tests.apps import plan_world
from tests.apps.plan_world import EXAMPLE, as_posted, path
from tests.people import NOW, Town

pytestmark = pytest.mark.django_db
TODAY = date.fromisoformat(data.EXAMPLES_DAY)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.plans.views.loading.today", lambda: TODAY)
    monkeypatch.setattr("huiyin.plans.views.people_behind.today", lambda: TODAY)


@pytest.fixture
def plan(town: Town) -> Plan:
    return plan_world.make(town)


@pytest.fixture
def bob(town: Town) -> Client:
    return plan_world.browser(town, "bob")


def whole() -> Value:
    """The organisation as it is now, with names and numbers."""
    return queries.with_contacts(Organisation.objects.get())


def at(plan: Plan, pointer: str = "") -> str:
    return path(plan, f"organisation/edit/{pointer}")


def send(browser: Client, where: str, step: str = "save", **typed: object) -> object:
    """Open a form, type something, press."""
    form = browser.get(where).context["form"]
    return browser.post(where, {**as_posted(form), **typed, "step": step})


def test_every_block_has_a_form_and_saving_it_changes_nothing(plan: Plan, bob: Client) -> None:
    before = write(whole())
    value = as_data(whole())
    person, post = next(iter(value["private"])), next(iter(value["posts"]))
    pointers = ["", "units/", "posts/", "people/", "skills/", "duty/", "organisation/", "reached/",
                f"people/{person}/", f"private/{person}/", f"posts/{post}/",
                f"private/{person}/channels/", f"private/{person}/channels/0/",
                *(f"duty/{duty}/" for duty in value.get("duty", {}))]  # fmt: skip
    saved = 0
    for pointer in pointers:
        page = bob.get(at(plan, pointer))
        assert page.status_code == 200, pointer
        if page.context["form"] is not None and page.context["beside"]:
            answer = send(bob, at(plan, pointer))
            assert answer.status_code == 302, (pointer, answer.context["form"].errors)
            saved += 1
    assert saved >= 6 and write(whole()) == before


def test_somebody_is_added_given_a_post_and_reached(plan: Plan, bob: Client) -> None:
    unit = next(iter(whole().units))
    made = send(bob, at(plan, "people/-/"), unit=unit, travel="15 min")
    assert made.status_code == 302
    person = made["Location"].rstrip("/").rpartition("/")[2]
    assert whole().people[person].travel == 900, "a name was made, and minutes were understood"
    assert send(bob, at(plan, f"private/{person}/"), name="Wen Rumian").status_code == 302
    number = at(plan, f"private/{person}/channels/-/")
    wrong = send(bob, number, kind="mobile", address="12 34")
    assert wrong.status_code == 422 and "address" in wrong.context["form"].errors
    assert send(bob, number, kind="mobile", address="+8613800000001").status_code == 302
    post = next(iter(whole().posts))
    holders = [*whole().posts[post].holders, person]
    assert send(bob, at(plan, f"posts/{post}/"), holders=holders).status_code == 302
    after = whole()
    assert after.posts[post].holders == tuple(holders)
    assert after.private[person].name == "Wen Rumian"
    assert "Wen Rumian" in bob.get(at(plan, f"people/{person}/")).content.decode()
    assert "Wen Rumian" in bob.get(at(plan, f"posts/{post}/")).content.decode()
    kept = Organisation.objects.get().text + "".join(Event.objects.values_list("body", flat=True))
    assert "Wen Rumian" not in kept and "+8613800000001" not in kept


def test_only_what_differs_is_sealed_anew(plan: Plan, bob: Client) -> None:
    before = dict(Card.objects.values_list("person", "vault"))
    person = next(iter(before))
    assert send(bob, at(plan, f"private/{person}/"), name="Another name").status_code == 302
    after = dict(Card.objects.values_list("person", "vault"))
    assert {p for p in before if before[p] != after[p]} == {person}
    assert not CaseKey.objects.filter(stream=before[person]).exists(), "the old key is destroyed"
    told = json.loads(Event.objects.filter(stream=Organisation.objects.get().pk).latest("seq").body)
    assert told["data"] == {"people": len(whole().people), "contacts": 1, "destroyed": 0}


def test_who_is_taken_out_is_destroyed_after_it_was_said_where_they_are_named(
    plan: Plan, bob: Client
) -> None:
    value = whole()
    post = next(p for p in value.posts.values() if p.holders and p.holders[0] in value.private)
    person, stream = post.holders[0], Card.objects.get(person=post.holders[0]).vault
    page = bob.get(at(plan, f"people/{person}/"))
    assert page.context["mentions"], "the page says who names them"
    wrong = {"step": "remove", "seen": "0", "was": ""}
    assert bob.post(at(plan, f"people/{person}/"), wrong).status_code == 409
    right = {"step": "remove", "seen": page.context["seen"], "was": page.context["mark"]}
    assert bob.post(at(plan, f"people/{person}/"), right).status_code == 302
    assert not Card.objects.filter(person=person).exists()
    assert not CaseKey.objects.filter(stream=stream).exists()
    assert DBTaskResult.objects.filter(task_path=contacts.scrub_soon.module_path).exists()
    found = bob.get(at(plan, f"posts/{post.id}/")).context["findings"]
    assert any(f.rule == "structure-unknown-person" for f in found)


def test_the_finding_stands_beside_the_field_and_checking_keeps_nothing(
    plan: Plan, bob: Client
) -> None:
    before, post = write(whole()), next(iter(whole().posts))
    answer = send(bob, at(plan, f"posts/{post}/"), "check", holders=["nobody-of-this-name"])
    beside = {f.at for row in answer.context["beside"] for f in row["findings"]}
    assert f"/posts/{post}/holders/0" in beside and write(whole()) == before


def test_pages_and_files_say_the_same(plan: Plan, bob: Client) -> None:
    person = next(iter(whole().private))
    send(bob, at(plan, f"private/{person}/"), name="Another name")
    text = bob.get(path(plan, "organisation/file/")).content
    assert read_organisation(text, "o")[0] == whole()
    given = {"step": "file", "file": SimpleUploadedFile("o.yaml", text)}
    assert bob.post(path(plan, "organisation/"), given).status_code == 302
    assert bob.get(path(plan, "organisation/file/")).content == text


def test_two_who_change_one_block_see_both(plan: Plan, bob: Client, town: Town) -> None:
    post = next(iter(whole().posts))
    form = bob.get(at(plan, f"posts/{post}/")).context["form"]
    title = next(n for n in form.fields if n.startswith("title__"))
    sun = plan_world.browser(town, "sun")
    assert send(sun, at(plan, f"posts/{post}/"), **{title: "Sun's words"}).status_code == 302
    typed = {**as_posted(form), title: "Bob's words", "step": "save"}
    answer = bob.post(at(plan, f"posts/{post}/"), typed)
    text = answer.content.decode()
    assert answer.status_code == 409 and "Sun&#x27;s words" in text and "Bob&#x27;s words" in text
    again = {**typed, "seen": answer.context["form"]["seen"].value(),
             "was": answer.context["form"]["was"].value()}  # fmt: skip
    assert bob.post(at(plan, f"posts/{post}/"), again).status_code == 302


def test_an_organisation_begins_on_pages(town: Town) -> None:
    plan, bob = plan_world.make(town, organisation=False), plan_world.browser(town, "bob")
    assert bob.get(at(plan)).status_code == 404
    assert bob.post(path(plan, "organisation/"), {"step": "begin"}).status_code == 302
    assert bob.get(at(plan)).status_code == 200
    assert list(whole().units) == ["whole"] and not whole().people
    assert bob.post(path(plan, "organisation/"), {"step": "begin"}).status_code == 409


def test_that_of_a_unit_above_is_not_for_the_owner_of_a_plan_below(town: Town) -> None:
    plan = plan_world.make(town, organisation=False)
    value = read_organisation(data.example(EXAMPLE)[1], "o")[0]
    contacts.bring("town", value, town.actor("sun"), NOW)
    bob = plan_world.browser(town, "bob")
    assert bob.get(path(plan, "organisation/")).status_code == 200
    assert bob.get(at(plan)).status_code == 403
    assert plan_world.browser(town, "sun").get(at(plan)).status_code == 200
    row = Organisation.objects.get()
    with pytest.raises(Refusal) as refused:
        contacts.keep("town", row.seq, value, town.actor("bob"), NOW, owns_plan=True)
    assert refused.value.code == "not-allowed"


def test_readers_and_outsiders_change_nothing(plan: Plan, town: Town) -> None:
    for name, status in (("bella", 403), ("adam", 403), ("otto", 404), ("susan", 404)):
        browser = plan_world.browser(town, name)
        assert browser.get(at(plan)).status_code == status, name
        assert browser.post(at(plan, "people/-/"), {"step": "save"}).status_code == status


def test_contact_data_dies_earlier_when_its_person_leaves_earlier(
    plan: Plan, bob: Client, town: Town
) -> None:
    person = next(iter(whole().private))
    last = timezone.localdate(NOW) + timedelta(days=40)
    assert send(bob, at(plan, f"people/{person}/"), leaves=last.isoformat()).status_code == 302
    assert Card.objects.get(person=person).destroy_on == last + timedelta(days=1)
    value = whole()
    sooner = replace(value.people[person], leaves=last - timedelta(days=9))
    brought = replace(value, people={**value.people, person: sooner}, private={})
    contacts.bring("works", brought, town.actor("sun"), NOW)
    assert Card.objects.get(person=person).destroy_on == last - timedelta(days=8)


@pytest.mark.parametrize("pointer", ["nothing/", "people/nobody/", "private/nobody/", "posts/-/x/"])
def test_places_that_are_none(plan: Plan, bob: Client, pointer: str) -> None:
    assert bob.get(at(plan, pointer)).status_code == 404
