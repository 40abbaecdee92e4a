"""Sending checkpoints to witnesses and time-stamping authority, again and again: a job that
leaves the next one behind.

One chain of jobs, whoever starts it how often: a job that finds another one waiting leaves
none. What goes wrong is written to the log each time, at the level that operators read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from huiyin.domain.errors import Refusal
from huiyin.register.stamping import stamp
from huiyin.register.verdicts import say_refusal
from huiyin.register.witnessing import Standings, submit

logger = logging.getLogger(__name__)


@task()
def submit_checkpoint() -> str:
    """Send the newest checkpoint, then leave the next job. Returns "fine" or "trouble"."""
    try:
        fine = [_said(step) for step in (_witnesses, _authority)]
        return "fine" if all(fine) else "trouble"
    finally:
        _leave(timedelta(minutes=settings.HUIYIN_WITNESS_MINUTES))


def _said(step: Callable[[], bool]) -> bool:
    """Do one step; what it refuses goes to the log."""
    try:
        return step()
    except Refusal as refusal:
        if refusal.code != "register-is-empty":  # a new office has nothing to send yet
            logger.error(say_refusal(refusal.code, refusal.data, "en"))
        return False


def _witnesses() -> bool:
    return settings.HUIYIN_WITNESSES is None or not complain(submit(timezone.now()))


def _authority() -> bool:
    stamp(timezone.now())
    return True


def _wanted() -> bool:
    return settings.HUIYIN_WITNESSES is not None or bool(settings.HUIYIN_TSA)


def complain(found: Standings) -> list[str]:
    """Write each witness's trouble to the log; returns the lines."""
    lines = []
    for witness in found.witnesses:
        if witness.trouble:
            words = say_refusal(witness.trouble, {"witness": witness.name}, "en")
            lines.append(f"{words} [{witness.detail}]" if witness.detail else words)
            logger.error(lines[-1])
    return lines


def begin() -> bool:
    """Start the chain of jobs if the office names witnesses or an authority and there is none;
    True if it did."""
    return _leave(timedelta(0), "READY", "RUNNING")


def _leave(wait: timedelta, *unless: str) -> bool:
    statuses = unless or ("READY",)
    waiting = DBTaskResult.objects.filter(
        task_path=submit_checkpoint.module_path, status__in=statuses
    )
    if not _wanted() or waiting.exists():
        return False
    submit_checkpoint.using(run_after=timezone.now() + wait).enqueue()
    return True
