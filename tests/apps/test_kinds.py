"""What a category says a matter is decides its procedure, and a registrar can still change it."""

from __future__ import annotations

import pytest

from huiyin.cases.models import Case, Category
from huiyin.cases.queries import history_of
from huiyin.cases.story import Reader, tell
from huiyin.domain.errors import Refusal
from huiyin.people.directory import touch
from tests.people import NOW, Town


def set_kind(category: str, kind: str) -> None:
    Category.objects.filter(id=category).update(kind=kind)
    touch()


@pytest.mark.parametrize(
    ("kind", "own", "act"),
    [
        ("grievance", "request", "accept"),
        ("complaint", "request", "accept"),
        ("suggestion", "suggestion", "take-up"),
        ("report-of-wrongdoing", "report", "take-up"),
    ],
)
def test_the_leaf_chooses_the_procedure(town: Town, kind: str, own: str, act: str) -> None:
    set_kind("roads", kind)
    case = town.hand_in()[0].case
    assert case.kind == own
    story = tell(case, history_of(case), Reader("office", "en", ("registrar",)), NOW)
    open_acts = {view.id for view in story.acts}
    assert act in open_acts and {"accept", "take-up"} - {act} - open_acts
    town.act("alice", case.number, act)


def test_a_pack_of_one_kind_takes_everything(town: Town) -> None:
    set_kind("damp", "suggestion")
    assert town.hand_in("damp", "vale")[0].case.kind == "complaint"


def test_a_registrar_can_still_classify(town: Town) -> None:
    set_kind("roads", "suggestion")
    number = town.hand_in()[0].case.number
    with pytest.raises(Refusal):
        town.act("alice", number, "accept")
    town.act("alice", number, "classify", kind="request")
    town.act("alice", number, "accept")
    assert Case.objects.get(pk=number).kind == "request"


def test_a_timeline_says_what_was_done(town: Town) -> None:
    number = town.hand_in()[0].case.number
    town.act("alice", number, "accept")
    case = Case.objects.get(pk=number)
    for side in ("complainant", "office"):
        story = tell(case, history_of(case), Reader(side, "en", ("registrar",)), NOW)
        assert [entry.title for entry in story.entries] == ["Handed in", "Accepted"]
    chinese = tell(case, history_of(case), Reader("complainant", "zh-Hans"), NOW)
    assert chinese.entries[-1].title == "已受理"
