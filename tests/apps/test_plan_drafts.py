"""What is typed into the editor is kept while somebody types: theirs alone, no event, not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from huiyin import plans as data
from huiyin.domain.plans.reading import read_plan
from huiyin.plans import acts, drafts
from huiyin.plans.models import Plan, Typed, Version
from tests.apps import plan_world
from tests.apps.plan_world import as_posted, moved, path
from tests.people import NOW, Town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    today = date.fromisoformat(data.EXAMPLES_DAY)
    monkeypatch.setattr("huiyin.plans.views.loading.today", lambda: today)


@pytest.fixture
def plan(town: Town) -> Plan:
    return plan_world.make(town)


@pytest.fixture
def bob(town: Town) -> Client:
    return plan_world.browser(town, "bob")


def typing(browser: Client, plan: Plan, words: str) -> dict[str, object]:
    """What the page's script sends while ``words`` stand in the field."""
    form = browser.get(path(plan, "edit/scope/")).context["form"]
    return {**as_posted(form), "applies__en": words, "step": "keep"}


def test_typing_is_kept_and_is_no_event_and_no_draft(plan: Plan, bob: Client) -> None:
    before, text = moved(plan), Version.objects.get(plan=plan).text
    answer = bob.post(path(plan, "edit/scope/"), typing(bob, plan, "Half a sen"))
    assert answer.status_code == 200 and answer.json()["stale"] is False
    assert "applies" in answer.json()["beside"]
    assert moved(plan) == before and Version.objects.get(plan=plan).text == text
    page = bob.get(path(plan, "edit/scope/"))
    assert "Half a sen" in page.content.decode() and "Not saved yet" in page.content.decode()


def test_typing_what_cannot_be_is_kept_too(plan: Plan, bob: Client) -> None:
    role = next(iter(read_plan(Version.objects.get(plan=plan).text, "p")[0].roles))
    address = path(plan, f"edit/roles/{role}/")
    form = bob.get(address).context["form"]
    posted = {**as_posted(form), "within": "soon", "step": "keep"}
    answer = bob.post(address, posted)
    assert answer.status_code == 200 and "beside" not in answer.json()
    assert bob.get(address).context["form"]["within"].value() == "soon"


def test_saving_and_throwing_away_end_it(plan: Plan, bob: Client) -> None:
    address = path(plan, "edit/scope/")
    bob.post(address, typing(bob, plan, "Half a sen"))
    assert bob.post(address, {"step": "drop"}).status_code == 302
    assert not Typed.objects.exists()
    assert "Half a sen" not in bob.get(address).content.decode()
    kept = typing(bob, plan, "A whole sentence.")
    bob.post(address, kept)
    assert bob.post(address, {**kept, "step": "save"}).status_code == 302
    assert not Typed.objects.exists()
    assert "A whole sentence." in Version.objects.get(plan=plan).text


def test_it_is_told_while_typing_that_somebody_else_was_here(
    plan: Plan, bob: Client, town: Town
) -> None:
    kept = typing(bob, plan, "Bob's words")
    value = read_plan(Version.objects.get(plan=plan).text, "p")[0]
    theirs = dict.fromkeys(value.about.languages, "Sun's words")
    changed = replace(value, scope=replace(value.scope, applies=theirs))
    acts.save(plan.pk, moved(plan), changed, town.actor("sun"), NOW)
    answer = bob.post(path(plan, "edit/scope/"), kept).json()
    assert answer["stale"] is True and "Somebody else" in answer["said"]
    # Coming back later, what was typed still knows what it was typed upon.
    form = bob.get(path(plan, "edit/scope/")).context["form"]
    assert form["applies__en"].value() == "Bob's words"
    refused = bob.post(path(plan, "edit/scope/"), {**as_posted(form), "step": "save"})
    assert refused.status_code == 409 and "Sun&#x27;s words" in refused.content.decode()


def test_nobody_else_sees_it(plan: Plan, bob: Client, town: Town) -> None:
    kept = typing(bob, plan, "Half a sen")
    bob.post(path(plan, "edit/scope/"), kept)
    sun = plan_world.browser(town, "sun")
    assert "Half a sen" not in sun.get(path(plan, "edit/scope/")).content.decode()
    bella = plan_world.browser(town, "bella")
    assert bella.post(path(plan, "edit/scope/"), kept).status_code == 403
    assert Typed.objects.count() == 1


def test_only_a_draft_and_only_so_much_is_kept(plan: Plan, bob: Client, town: Town) -> None:
    kept = typing(bob, plan, "x" * (drafts.MOST_CHARACTERS + 1))
    assert bob.post(path(plan, "edit/scope/"), kept).status_code == 413
    acts.submit(plan.pk, moved(plan), town.actor("bob"), NOW)
    assert bob.post(path(plan, "edit/scope/"), {**kept, "applies__en": "x"}).status_code == 409
    assert not Typed.objects.exists()


def test_what_lies_about_for_a_month_goes(plan: Plan, town: Town) -> None:
    drafts.keep(plan.pk, "/scope", {"seen": ["1"]}, town.actor("bob"), NOW)
    assert drafts.drop_old(NOW + drafts.LONGEST) == 0
    assert drafts.drop_old(NOW + drafts.LONGEST + timedelta(seconds=1)) == 1
