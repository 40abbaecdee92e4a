"""One case from hand-in to the last level of review, in both procedures, through the acts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huiyin import packs
from huiyin.cases.models import Case
from huiyin.cases.projection import columns
from huiyin.cases.queries import desk, history_of, soon_until
from huiyin.domain.errors import Refusal
from tests.people import NOW, Town

DECISION = {
    "facts": "The lamp has been dark since February.",
    "reasons": "The town answers for lamps.",
    "basis": "City rules, art. 1.",
    "remedy": "It will be repaired within ten days.",
    "finding": "supported",
}


def _matches_rebuilt(number: str) -> None:
    case = Case.objects.get(pk=number)
    history = history_of(case)
    for name, value in columns(history.law.pack, history.law.calendar, history.state).items():
        assert getattr(case, name) == value, name


def test_xinfang_through_both_reviews(town: Town) -> None:
    handed_in, _ = town.hand_in()
    number = handed_in.case.number
    assert handed_in.case.unit_id == "works"
    day = timedelta(days=1)
    town.act("alice", number, "accept")
    town.act("alice", number, "assign", owner=town.id("bob"))
    town.act("bob", number, "ask", NOW + day, question="Which lamp?")
    town.complainant(number, "message", NOW + 2 * day, message="The third one.")
    town.act("bob", number, "propose-extension", NOW + 3 * day, period="30d", reason="Snow.")
    with pytest.raises(Refusal) as refused:
        town.act("bob", number, "extend", NOW + 3 * day)
    assert refused.value.code in ("act-not-yours", "approver-is-applicant")
    town.act("sun", number, "extend", NOW + 3 * day)
    town.act("bob", number, "decide", NOW + 4 * day, **DECISION)
    town.act("bob", number, "deliver", NOW + 4 * day)
    done = town.complainant(number, "ask-review", NOW + 5 * day, message="Not repaired.")
    assert (done.case.unit_id, done.case.level, done.case.owner_id) == ("county", 1, None)
    town.act("rao", number, "assign-reviewer", NOW + 6 * day, owner=town.id("rao"))
    review = {**DECISION, "review-finding": "changed"}
    del review["finding"]
    town.act("rao", number, "decide-review", NOW + 7 * day, **review)
    town.act("rao", number, "deliver", NOW + 7 * day)
    done = town.complainant(number, "ask-reexamination", NOW + 8 * day)
    assert done.case.unit_id == "city"
    town.act("chen", number, "assign-reviewer", NOW + 9 * day, owner=town.id("chen"))
    town.act("chen", number, "reexamine", NOW + 9 * day, **review)
    done = town.act("chen", number, "deliver", NOW + 9 * day)
    assert not done.state.open
    _matches_rebuilt(number)


def test_decider_cannot_see_the_review(town: Town) -> None:
    handed_in, _ = town.hand_in()
    number = handed_in.case.number
    town.act("alice", number, "accept")
    town.act("bob", number, "assign", owner=town.id("bob"))
    town.act("bob", number, "decide", **DECISION)
    town.act("bob", number, "deliver")
    town.complainant(number, "ask-review")
    with pytest.raises(Refusal) as refused:
        town.act("bob", number, "note", note="Let me look again.")
    assert refused.value.code == "case-unknown"


def test_housing_two_stages(town: Town) -> None:
    handed_in, _ = town.hand_in("damp", "vale")
    number = handed_in.case.number
    assert (handed_in.case.unit_id, handed_in.case.pack) == ("repairs", "uk-housing-2024")
    town.act("ruth", number, "acknowledge", definition="Damp in the bedroom; wants it dry.")
    town.act("omar", number, "assign", owner=town.id("omar"))
    answer = {"decision": "Upheld.", "reasons": "The wall is wet.", "remedy": "Repair by May."}
    rule = packs.load("uk-housing-2024").acts["respond"]
    fields = {f.id: answer.get(f.id, "Yes.") for f in rule.fields if f.kind == "text"}
    choices = {f.id: f.choices[0] for f in rule.fields if f.choices}
    town.act("omar", number, "respond", **fields, **choices)
    done = town.complainant(number, "escalate")
    assert (done.case.unit_id, done.case.level) == ("relations", 1)
    town.act("stella", number, "assign-reviewer", owner=town.id("stella"))
    _matches_rebuilt(number)


def test_desk_is_strictly_mine_and_needs_no_job(town: Town) -> None:
    first, _ = town.hand_in()
    second, _ = town.hand_in()
    for each in (first, second):
        town.act("alice", each.case.number, "accept")
    town.act("alice", first.case.number, "assign", owner=town.id("bob"))
    bob = town.actor("bob")
    now = desk(bob, NOW, soon_until(NOW))
    assert [c.number for c in now.mine] == [first.case.number]
    assert [c.number for c in now.unowned] == [second.case.number]
    assert not now.overdue.exists()
    later = NOW + timedelta(days=200)
    assert [c.number for c in desk(bob, later, soon_until(later)).overdue] == [first.case.number]


def test_unit_complained_of_never_gets_or_sees_the_case(town: Town) -> None:
    handed_in, _ = town.hand_in(about_unit="works")
    assert handed_in.case.unit_id == "town"
    for name in ("bob", "bella"):
        with pytest.raises(Refusal) as refused:
            town.act(name, handed_in.case.number, "note", note="Who is this?")
        assert refused.value.code == "case-unknown"


def test_stale_page_changes_nothing(town: Town) -> None:
    from huiyin.cases.acting import Request, by_complainant

    handed_in, _ = town.hand_in()
    number = handed_in.case.number
    town.complainant(number, "message", message="One more thing.")
    with pytest.raises(Refusal) as refused:
        by_complainant(number, Request("message", {"message": "Again."}, seen=1), NOW)
    assert (refused.value.code, refused.value.data["since"]) == ("stale", ["message"])
    assert Case.objects.get(pk=number).seq == 2
