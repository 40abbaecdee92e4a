"""The unit asked for comment reads the request and answers it, and learns nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huiyin.cases import answering
from huiyin.cases.models import AskedUnit, Case
from huiyin.cases.queries import history_of
from huiyin.cases.rebuilding import rebuild
from huiyin.domain.errors import Refusal
from huiyin.people.acts import grant
from tests.apps.matrix_world import BACKEND
from tests.apps.office import Desk, ago, text
from tests.people import CAST, SINCE, Town

TEXT = "The heron by the lamp saw no pay since May."
REQUEST = "When was pay of January settled?"
ANSWER = "On 31 January; the list is in folder 12."


@pytest.fixture
def number(town: Town) -> str:
    """A case about the wages office, handled by Bob for the town, who asked that office."""
    given, _ = town.hand_in(text=TEXT, about_unit="wages", now=ago(3))
    town.act("alice", given.case.number, "accept", ago(3))
    grant("bob", "owner", "town", SINCE)
    town.act("alice", given.case.number, "assign", ago(3), owner=town.id("bob"))
    ask(town, given.case.number, "wages")
    return given.case.number


def ask(town: Town, number: str, unit: str) -> None:
    town.act("bob", number, "request-comment", ago(2), about=unit, request=REQUEST)


def browser(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.users[name], BACKEND)
    return client


def mark_of(town: Town, name: str = "wang") -> str:
    (waiting,) = answering.waiting_for(town.actor(name), timezone.now())
    return waiting.mark


def test_the_unit_reads_the_request_and_nothing_else_of_the_case(town: Town, number: str) -> None:
    wang = browser(town, "wang")
    assert "1 request waits" in text(wang.get(reverse("cases:desk")))
    listed = wang.get(reverse("cases:comments"))
    address = reverse("cases:comment", args=[mark_of(town)])
    assert address in listed.content.decode()
    page = wang.get(address)
    assert page.status_code == 200 and REQUEST in text(page)
    due = history_of(Case.objects.get(pk=number)).state.clock("comment")
    assert due is not None and due.due is not None and str(due.due.due.day) in text(page)
    case = Case.objects.get(pk=number)
    secrets = (number, number[:11], TEXT, case.vault, "Roads", "lamp", "bob")
    for answer in (listed, page, wang.get(reverse("cases:desk"))):
        assert not [word for word in secrets if word in answer.content.decode()]
        assert answer["Cache-Control"] == "no-store, private"
    assert number.replace("-", "") not in address and str(case.serial) not in address.split("/")


def test_the_answer_is_an_event_that_the_owner_reads(town: Town, number: str) -> None:
    wang, mark = browser(town, "wang"), mark_of(town)
    address = reverse("cases:comment", args=[mark])
    empty = wang.post(address, {"comment": "  "})
    assert empty.status_code == 422 and "Write your comment" in text(empty)
    done = wang.post(address, {"comment": ANSWER}, follow=True)
    assert "handed over" in text(done) and "No request waits" in text(done)
    history = history_of(Case.objects.get(pk=number))
    last = history.events[-1]
    assert (last.type, last.role, last.actor) == ("comment-received", "asked", town.id("wang"))
    clock = history.state.clock("comment")
    assert clock is not None and clock.stopped is not None
    shown = text(Desk(town, "bob").case(number))
    assert ANSWER in shown and "The unit asked" in shown
    # Once: the second press finds nothing that waits, and the request is not shown again.
    assert wang.post(address, {"comment": ANSWER}).status_code == 404
    assert wang.get(address).status_code == 404
    assert len(history_of(Case.objects.get(pk=number)).events) == len(history.events)


def test_the_complainant_reads_that_a_unit_commented_and_not_what(town: Town, number: str) -> None:
    from huiyin.cases.story import Reader, tell

    answering.answer(town.actor("wang"), mark_of(town), ANSWER, timezone.now())
    case = Case.objects.get(pk=number)
    story = tell(case, history_of(case), Reader("complainant", "en"), timezone.now())
    assert story.entries[-1].act == "comment-received"
    assert ANSWER not in repr(story) and REQUEST not in repr(story)


def test_only_who_speaks_for_that_unit_finds_it(town: Town, number: str) -> None:
    """Sun supervises the town, hence the wages office; but she reads the case."""
    mark = mark_of(town)
    for name in set(CAST) - {"wang"}:
        with pytest.raises(Refusal) as caught:
            answering.read(town.actor(name), mark, timezone.now())
        assert caught.value.code == "comment-not-waiting", name
        status = (
            browser(town, name)
            .post(reverse("cases:comment", args=[mark]), {"comment": "x"})
            .status_code
        )
        assert status == 404, name
    assert Client().get(reverse("cases:comment", args=[mark])).status_code == 302
    assert not [e for e in history_of(Case.objects.get(pk=number)).events if e.role == "asked"]


def test_who_stands_aside_or_has_the_case_does_not_answer(town: Town) -> None:
    given, _ = town.hand_in(now=ago(3))
    number = given.case.number
    town.act("alice", number, "accept", ago(3))
    town.act("alice", number, "assign", ago(3), owner=town.id("bob"))
    ask(town, number, "works")
    assert not answering.waiting_for(town.actor("bob"), timezone.now()), "the owner asks"
    assert len(answering.waiting_for(town.actor("bella"), timezone.now())) == 1
    mark = mark_of(town, "bella")
    from huiyin.cases.models import Exclusion

    Exclusion.objects.create(case_id=number, user=town.users["bella"], reason="recused")
    assert not answering.waiting_for(town.actor("bella"), timezone.now())
    with pytest.raises(Refusal):
        answering.answer(town.actor("bella"), mark, ANSWER, timezone.now())


def test_what_was_ended_meanwhile_is_refused_in_the_transaction(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner notes an answer that came by telephone while the page was open."""
    row = AskedUnit.objects.get(case_id=number)
    mark = mark_of(town)
    town.act("bob", number, "comment-received", timezone.now(), comment="By telephone.")
    assert not AskedUnit.objects.exists()
    monkeypatch.setattr(answering, "_row", lambda *given: row)
    with pytest.raises(Refusal) as caught:
        answering.answer(town.actor("wang"), mark, ANSWER, timezone.now())
    assert caught.value.code == "comment-not-waiting"
    # Asked anew: the old page does not answer the new question.
    ask_again = timezone.now() + timedelta(seconds=1)
    town.act("bob", number, "request-comment", ask_again, about="wages", request=REQUEST)
    with pytest.raises(Refusal):
        answering.answer(town.actor("wang"), mark, ANSWER, ask_again)


def test_no_refusal_tells_the_stage_of_the_case(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules say which acts are open instead; the unit asked must not read that."""
    row = AskedUnit.objects.get(case_id=number)
    town.complainant(number, "withdraw", timezone.now())
    monkeypatch.setattr(answering, "_row", lambda *given: row)
    monkeypatch.setattr(answering, "_check", lambda *given: None)
    with pytest.raises(Refusal) as caught:
        answering.answer(town.actor("wang"), "mark", ANSWER, timezone.now())
    assert caught.value.code == "comment-not-waiting" and not caught.value.data


def test_what_is_wrong_with_the_text_is_told(town: Town, number: str) -> None:
    with pytest.raises(Refusal) as caught:
        answering.answer(town.actor("wang"), mark_of(town), "a\0b", timezone.now())
    assert caught.value.code.startswith("text-")


def test_rows_follow_the_events(town: Town, number: str) -> None:
    assert rebuild(number) == ()
    AskedUnit.objects.all().delete()
    assert [d.column for d in rebuild(number)] == ["asked"]
    assert AskedUnit.objects.get().unit_id == "wages"
    town.complainant(number, "withdraw", timezone.now())
    assert not AskedUnit.objects.exists(), "nobody is asked about a case that is over"
    assert not answering.waiting_for(town.actor("wang"), timezone.now())


def test_a_desk_asks_once_for_any_number_of_requests(
    town: Town, number: str, django_assert_num_queries: object
) -> None:
    wang = town.actor("wang")
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture that is called
        assert answering.waiting_for(wang, timezone.now())
