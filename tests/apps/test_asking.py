"""Four weeks after a remedy was recorded the system asks once more, and the answer is easy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from huiyin.cases.asking import ask_due
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.register.checking import check
from tests.apps.office import DECISION
from tests.apps.portal_journey import Resident, code_on, shown
from tests.people import NOW, Town

DAY = timedelta(days=1)


@pytest.fixture
def remedied(town: Town) -> str:
    """A case with a notice address whose remedy Bob has recorded."""
    given, _ = town.hand_in(contact={"email": "x@example.org"})
    number = given.case.number
    town.act("alice", number, "accept")
    town.act("alice", number, "assign", owner=town.id("bob"))
    town.act("bob", number, "decide", NOW + DAY, **DECISION)
    town.act("bob", number, "deliver", NOW + DAY)
    town.act("bob", number, "record-remedy", NOW + 2 * DAY, remedy="The lamp burns.")
    DBTaskResult.objects.all().delete()
    return number


def test_it_asks_after_four_weeks_once_and_tells_the_complainant(town: Town, remedied: str) -> None:
    assert ask_due(NOW + 29 * DAY) == 0
    assert ask_due(NOW + 32 * DAY) == 1
    assert ask_due(NOW + 33 * DAY) == 0
    history = history_of(Case.objects.get(pk=remedied))
    assert (history.events[-1].type, history.events[-1].role) == ("ask-again", "system")
    assert not history.state.running("ask-again")
    assert DBTaskResult.objects.filter(task_path__endswith="send_notice").count() == 1
    assert check().faults == ()


def test_it_asks_also_when_the_case_has_ended(town: Town, remedied: str) -> None:
    later = NOW + 200 * DAY
    assert ask_due(later) == 1
    assert history_of(Case.objects.get(pk=remedied)).events[-1].type == "ask-again"


def test_who_has_said_so_is_not_asked(town: Town, remedied: str) -> None:
    town.complainant(remedied, "remedy-confirmed", NOW + 5 * DAY)
    assert ask_due(NOW + 40 * DAY) == 0


def test_nothing_else_is_done_by_the_passing_of_time(town: Town) -> None:
    """An answer is never delivered, and nothing acknowledged, by a clock."""
    given, _ = town.hand_in()
    number = given.case.number
    town.act("alice", number, "accept")
    town.act("alice", number, "assign", owner=town.id("bob"))
    town.act("bob", number, "decide", NOW + DAY, **DECISION)
    assert ask_due(NOW + 300 * DAY) == 0


def test_the_page_asks_and_both_answers_are_one_press_away(town: Town) -> None:
    resident = Resident()
    case, code = resident.hand_in()
    resident.open(code)
    assert "Has what was promised been done" not in shown(resident.get("/follow/"))
    number = case.number
    town.act("alice", number, "accept", case.started)
    town.act("alice", number, "assign", case.started, owner=town.id("bob"))
    town.act("bob", number, "decide", case.started, **DECISION)
    town.act("bob", number, "deliver", case.started)
    town.act("bob", number, "record-remedy", case.started, remedy="The lamp burns.")
    assert "Has what was promised been done" in shown(resident.get("/follow/"))
    page = resident.get("/follow/act/remedy-missing/")
    assert page.status_code == 200
    town.complainant(number, "remedy-missing", case.started)
    assert "Has what was promised been done" not in shown(resident.get("/follow/"))


def test_the_receipt_on_paper(town: Town) -> None:
    resident = Resident()
    resident.answer()
    resident.post("/hand-in/check/")
    code = code_on(resident.get("/hand-in/receipt/"))
    with_code = resident.get("/hand-in/receipt/receipt.pdf")
    assert with_code.status_code == 200 and with_code["Content-Type"] == "application/pdf"
    assert code in _text(with_code.content).replace("\n", "")
    resident.post("/hand-in/receipt/", {"last": code[-5:]})
    assert resident.get("/hand-in/receipt/receipt.pdf").status_code == 404, "noted is gone"
    without = resident.get("/follow/receipt.pdf")
    assert without.status_code == 200 and code not in _text(without.content)
    assert "no-store" in without["Cache-Control"]
    assert shown(resident.get("/follow/")).count("Receipt on paper") == 1


def _text(pdf: bytes) -> str:
    import io

    from pypdf import PdfReader

    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
