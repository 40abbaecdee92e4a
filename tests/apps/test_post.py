"""The notice "there is news": left with the act, sent later, nothing personal, retried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from huiyin.post import tasks, worker
from tests.people import Town

ADDRESS = "wei@example.org"


def _case_with_notice(town: Town) -> str:
    handed_in, _ = town.hand_in(contact={"email": ADDRESS}, language="zh-hans")
    return handed_in.case.number


def _work() -> None:
    """Do every job that is ready, as the worker would."""
    for row in DBTaskResult.objects.ready():
        row.claim("test")
        row.set_successful(row.task.call(*row.args_kwargs["args"]))


def test_office_act_leaves_one_job_without_the_address(town: Town) -> None:
    number = _case_with_notice(town)
    assert not DBTaskResult.objects.exists()
    town.act("alice", number, "accept")
    row = DBTaskResult.objects.get()
    assert ADDRESS not in str(row.args_kwargs)


def test_notice_says_that_there_is_news_and_nothing_else(town: Town) -> None:
    number = _case_with_notice(town)
    town.act("alice", number, "accept")
    _work()
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    text = message.subject + message.body
    assert number not in text and "lamp" not in text and "/follow/" in message.body


def test_complainants_own_act_and_internal_acts_tell_nobody(town: Town) -> None:
    number = _case_with_notice(town)
    town.complainant(number, "message", message="And the bridge.")
    town.act("alice", number, "note", note="Looks simple.")
    assert not DBTaskResult.objects.exists()


def test_question_is_news(town: Town) -> None:
    number = _case_with_notice(town)
    town.act("bob", number, "assign", owner=town.id("bob"))
    assert not DBTaskResult.objects.exists()
    town.act("bob", number, "ask", question="Which lamp?")
    assert DBTaskResult.objects.count() == 1


def test_refused_act_leaves_no_job(town: Town) -> None:
    from huiyin.domain.errors import Refusal

    number = _case_with_notice(town)
    with pytest.raises(Refusal):
        town.act("bob", number, "decide", facts="x")
    assert not DBTaskResult.objects.exists()


def test_failure_is_tried_again_later_and_given_up_loudly(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _case_with_notice(town)
    town.act("alice", number, "accept")
    args = DBTaskResult.objects.get().args_kwargs["args"]
    DBTaskResult.objects.all().delete()

    def broken(*_: object) -> None:
        raise OSError("the mail server refuses")

    monkeypatch.setattr(tasks, "_send", broken)
    before = timezone.now()
    assert tasks.send_notice.call(*args) == "later"
    again = DBTaskResult.objects.get()
    assert again.args_kwargs["args"][-1] == 1
    assert again.run_after >= before + tasks.WAITS[0]
    with pytest.raises(OSError):
        tasks.send_notice.call(*args[:-1], len(tasks.WAITS))


def test_erased_address_is_no_failure(town: Town) -> None:
    from huiyin.vault.acts import erase

    number = _case_with_notice(town)
    town.act("alice", number, "accept")
    args = DBTaskResult.objects.get().args_kwargs["args"]
    erase(args[1])
    assert tasks.send_notice.call(*args) == "erased"


def test_job_of_a_dead_worker_is_taken_back(town: Town) -> None:
    number = _case_with_notice(town)
    town.act("alice", number, "accept")
    DBTaskResult.objects.update(
        status="RUNNING", started_at=timezone.now() - worker.ABANDONED - timedelta(seconds=1)
    )
    assert worker.take_back() == 1
    assert DBTaskResult.objects.ready().count() == 1
