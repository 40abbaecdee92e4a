"""The office's journey through its pages, from an unowned case to the last answer."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huiyin.cases.models import Case
from tests.apps.office import DECISION, RESPONSE, REVIEW, Desk, ago, text
from tests.people import Town

LANGUAGES = ("en", "zh-hans")


@pytest.mark.parametrize("language", LANGUAGES)
def test_xinfang_from_the_desk_to_the_re_examination(town: Town, language: str) -> None:
    number = town.hand_in(now=ago(9))[0].case.number
    alice, bob, sun = (Desk(town, name, language) for name in ("alice", "bob", "sun"))
    assert number in text(alice.get("cases:desk", list="unowned"))
    alice.act(number, "assign", owner=town.id("bob"))
    bob.act(number, "accept", message="We look into it.")
    bob.act(number, "ask", question="Which lamp?")
    assert number in text(bob.get("cases:desk", list="mine")) or number in text(
        bob.get("cases:desk", list="waiting")
    )
    town.complainant(number, "message", timezone.now(), message="The third one.")
    assert "The third one." in text(bob.case(number))
    bob.act(number, "note", note="Call the works.")
    bob.act(number, "summary", summary="Street lamp dark at the bridge")
    assert number in text(bob.get("cases:find", q="lamp bridge"))
    bob.act(number, "request-comment", about="works", request="Since when is it dark?")
    bob.act(number, "comment-received", comment="Since February.")
    bob.act(number, "propose-extension", period="20", reason="Snow on the road.")
    sun.act(number, "extend")
    bob.act(number, "hearing-start")
    bob.act(number, "hearing-end")
    bob.act(number, "decide", **DECISION)
    bob.act(number, "deliver", how="online")
    bob.act(number, "record-remedy", remedy="The lamp burns again.")
    bob.act(number, "correct", corrects="2", reason="Wrong person first.")
    town.complainant(number, "ask-review", timezone.now(), message="Still dark.")
    _review(town, number, language)
    case = Case.objects.get(pk=number)
    assert (case.level, case.open) == (2, False)


def _review(town: Town, number: str, language: str) -> None:
    rao, chen = Desk(town, "rao", language), Desk(town, "chen", language)
    assert rao.case(number).status_code == 200
    rao.act(number, "assign-reviewer", owner=town.id("rao"))
    review = {k: v for k, v in REVIEW.items() if k != "finding"}
    rao.act(number, "decide-review", **review)
    rao.act(number, "deliver")
    town.complainant(number, "ask-reexamination", timezone.now())
    assert number in text(chen.get("cases:desk", list="unowned"))
    chen.act(number, "assign-reviewer", owner=town.id("chen"))
    chen.act(number, "reexamine", **review)
    chen.act(number, "deliver")


@pytest.mark.parametrize("language", LANGUAGES)
def test_housing_through_both_stages(town: Town, language: str) -> None:
    number = town.hand_in("damp", "vale", now=ago(5))[0].case.number
    omar, stella = Desk(town, "omar", language), Desk(town, "stella", language)
    offered = omar.case(number)
    assert "The lamp" not in text(offered)
    assert omar.client.post(f"/cases/{number}/take/").status_code == 302
    omar.act(number, "acknowledge", definition="Damp wall; wants it dry.")
    omar.act(number, "declare-extension", period="5", reason="The surveyor is ill.")
    omar.act(number, "respond", **RESPONSE)
    town.complainant(number, "escalate", timezone.now())
    stella.act(number, "assign-reviewer", owner=town.id("stella"))
    stella.act(number, "acknowledge-2", definition="Damp wall; wants it dry.")
    final = {k: v for k, v in RESPONSE.items() if k != "finding"}
    stella.act(number, "respond-2", **final, **{"review-finding": "confirmed"})
    assert Case.objects.get(pk=number).stage == "final"


def test_refused_extension_and_not_ours(town: Town) -> None:
    number = town.hand_in(now=ago(2))[0].case.number
    alice, bob, sun = Desk(town, "alice"), Desk(town, "bob"), Desk(town, "sun")
    alice.act(number, "assign", owner=town.id("bob"))
    bob.act(number, "accept")
    bob.act(number, "propose-extension", period="10", reason="Busy.")
    sun.act(number, "refuse-extension", reason="Not a complex case.")
    assert "extend" not in [a["id"] for g in sun.case(number).context["groups"] for a in g["acts"]]
    other = town.hand_in(now=ago(2))[0].case.number
    alice.act(other, "assign", owner=town.id("bob"))
    bob.act(
        other,
        "not-accept",
        reasons="A court decides this.",
        ground="not-competent",
        route="The district court.",
    )
    assert Case.objects.get(pk=other).stage == "refusal-issued"


def test_forwarding_ends_one_s_sight_and_ownership(town: Town) -> None:
    number = town.hand_in(now=ago(1))[0].case.number
    alice, bob, wang = Desk(town, "alice"), Desk(town, "bob"), Desk(town, "wang")
    alice.act(number, "assign", owner=town.id("bob"))
    answer = bob.act(number, "forward", unit="wages", reason="Wages, not works.")
    assert answer.url == "/desk/"
    assert bob.case(number).status_code == 404
    assert "Take this case" in text(wang.case(number))
    alice.act(number, "assign", owner=town.id("wang"))
    wang.act(number, "object-competence", reason="It is a lamp.")
    assert Case.objects.get(pk=number).stage == "disputed"


def test_standing_aside_ends_one_s_sight(town: Town) -> None:
    number = town.hand_in(now=ago(1))[0].case.number
    Desk(town, "alice").act(number, "assign", owner=town.id("bob"))
    bob = Desk(town, "bob")
    bob.act(number, "recuse", reason="My cousin.")
    assert bob.case(number).status_code == 404
    offered = Desk(town, "alice").form(number, "assign").content.decode()
    assert f'value="{town.id("bella")}"' in offered
    assert f'value="{town.id("bob")}"' not in offered
