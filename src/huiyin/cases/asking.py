"""What falls to the system itself when a date has come: today, to ask once more whether a remedy
was delivered, four weeks after it was recorded.

Which act meets which limit is the pack's (``Pack.done_by_time``); nothing here names one. The
complainant finds the question on their page and, with a notice address, gets the notice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.recalculating import brought_up
from huiyin.cases.recording import History, record
from huiyin.domain.errors import Refusal
from huiyin.domain.procedure import Act, decide

log = logging.getLogger("huiyin.cases")
_AT_ONCE = 200


def ask_due(now: datetime) -> int:
    """Do what is due of the system by ``now``; returns how many acts. Each case is a transaction
    of its own; one that cannot be done is logged by its number and tried the next day."""
    done = 0
    for number in _numbers(now):
        try:
            done += _ask(number, now)
        except Refusal as refusal:
            log.error("case %s was not asked: %s", number, refusal.code)
    return done


def _numbers(now: datetime) -> Iterator[str]:
    """Cases with any duty of the office past its date, ended ones too: the nearest date that the
    row holds is never later than the one looked for."""
    last = ""
    cases = Case.objects.filter(office_due__lte=now).order_by("number")
    while some := list(cases.filter(number__gt=last).values_list("number", flat=True)[:_AT_ONCE]):
        yield from some
        last = some[-1]


def _ask(number: str, now: datetime) -> int:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(number=number)
        history = history_of(case)
        due = _due(history, now)
        if not due:
            return 0
        history = brought_up(case, history, now)
        law = history.law
        events = decide(law.pack, law.calendar, history.state, Act(due, "system", None, {}), now)
        record(case, history, events, (), now)
        return 1


def _due(history: History, now: datetime) -> str:
    """The act of the system whose limit has come to its date; "" if none has."""
    acts = history.law.pack.done_by_time
    late = (c.limit for c in history.state.running() if c.limit in acts and c.late(now))
    return next((acts[limit] for limit in late), "")


@task()
def ask_daily() -> int:
    """The job of every day; returns how many were asked, and leaves the next one."""
    now = timezone.now()
    try:
        return ask_due(now)
    finally:
        schedule(now + timedelta(days=1))


def schedule(when: datetime) -> None:
    """Leave the job for ``when`` unless one waits already."""
    waiting = DBTaskResult.objects.filter(task_path=ask_daily.module_path, status="READY")
    if not waiting.exists():
        ask_daily.using(run_after=when).enqueue()
