"""Every day the past of all rosters is written down, whether anybody changed them or not, and the
notes of handovers that are a year old are destroyed.

A missed day loses nothing: the next one records from where the last stopped.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from huiyin.domain.errors import Refusal
from huiyin.rosters.acts import record
from huiyin.rosters.duty import destroy_notes
from huiyin.rosters.models import Roster
from huiyin.vault.scrubbing import scrub_after_erasure

log = logging.getLogger(__name__)


def record_all(now: datetime) -> int:
    """Record the past of every roster; returns how many. One that cannot be computed (its
    calendar of working days has no such year) does not stop the others."""
    done = 0
    for roster in Roster.objects.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                record(Roster.objects.select_for_update().get(pk=roster), now)
            done += 1
        except Refusal as refusal:
            log.error("roster %s was not recorded: %s", roster, refusal.code)
    return done


@task()
def record_daily() -> int:
    """The job of every day; leaves the next one."""
    now = timezone.now()
    try:
        if destroy_notes(now) and not scrub_after_erasure():
            log.warning(
                "the database's log is in use; erased bytes leave it at its next checkpoint"
            )
        return record_all(now)
    finally:
        schedule(now + timedelta(days=1))


def schedule(when: datetime) -> None:
    """Leave the job for ``when`` unless one waits already."""
    waiting = DBTaskResult.objects.filter(task_path=record_daily.module_path, status="READY")
    if not waiting.exists():
        record_daily.using(run_after=when).enqueue()
