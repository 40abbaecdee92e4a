"""The role of plan owner, and giving a plan to another: keeps plans, sees no case."""

from __future__ import annotations

from datetime import date

import pytest

from huiyin import plans as data
from huiyin.domain.errors import Refusal
from huiyin.history.models import Event
from huiyin.people import acts as people
from huiyin.plans import acts
from huiyin.plans.models import Plan
from tests.apps import plan_world
from tests.apps.plan_world import moved, path
from tests.people import NOW, SINCE, Town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    today = date.fromisoformat(data.EXAMPLES_DAY)
    monkeypatch.setattr("huiyin.plans.views.loading.today", lambda: today)


@pytest.fixture
def plan(town: Town) -> Plan:
    return plan_world.make(town)


def test_a_plan_owner_keeps_the_plans_of_the_unit_and_sees_no_case(town: Town, plan: Plan) -> None:
    given, _ = town.hand_in(text="The lamp is dark.")
    people.grant("otto", "plan_owner", "works", SINCE)
    otto = plan_world.browser(town, "otto")
    for page in ("", "edit/", "edit/scope/", "organisation/", "organisation/edit/", "simulate/"):
        assert otto.get(path(plan, page)).status_code == 200, page
    assert otto.get("/plans/new/").status_code == 200
    assert otto.get(f"/office/cases/{given.case.number}/").status_code == 404
    desk = otto.get("/office/")
    assert given.case.number not in desk.content.decode()
    assert otto.post(path(plan, "act/submit/"), {"seen": moved(plan)}).status_code == 302
    assert Event.objects.filter(stream=plan.pk).latest("seq").body.find('"plan-owner"') > 0
    signed = {"seen": moved(plan), "who": plan_world.signs_as()}
    assert otto.post(path(plan, "act/approve/"), signed).status_code == 403, "owners do not approve"


def test_a_plan_owner_of_another_unit_sees_nothing(town: Town, plan: Plan) -> None:
    people.grant("otto", "plan_owner", "repairs", SINCE)
    assert plan_world.browser(town, "otto").get(path(plan)).status_code == 404


def test_a_plan_is_given_to_another(town: Town, plan: Plan) -> None:
    bob, bella = plan_world.browser(town, "bob"), plan_world.browser(town, "bella")
    assert bella.get(path(plan, "edit/")).status_code == 403
    to = {"seen": moved(plan), "owner": town.id("bella")}
    assert bella.post(path(plan, "act/give/"), to).status_code == 403
    assert bob.post(path(plan, "act/give/"), {**to, "owner": town.id("otto")}).status_code == 422
    assert bob.post(path(plan, "act/give/"), {**to, "seen": 0}).status_code == 409
    assert bob.post(path(plan, "act/give/"), to).status_code == 302
    assert bella.get(path(plan, "edit/")).status_code == 200
    assert bob.get(path(plan, "edit/")).status_code == 403
    assert Event.objects.filter(stream=plan.pk).latest("seq").type == "plan-given"


@pytest.mark.parametrize("name", ["otto", "omar", "audrey"])
def test_nobody_unfit_becomes_owner(town: Town, plan: Plan, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        acts.give(plan.pk, moved(plan), town.users[name].pk, town.actor("bob"), NOW)
    assert refused.value.code == "plan-owner-unfit"
