"""The job worker: django-tasks' own, plus the jobs that a killed worker left half-done."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

# No job of ours runs longer; a claim older than this belongs to a worker that died.
ABANDONED = timedelta(minutes=10)


def take_back() -> int:
    """Make jobs ready again whose worker died while doing them; returns how many."""
    return DBTaskResult.objects.filter(
        status="RUNNING", started_at__lt=timezone.now() - ABANDONED
    ).update(status="READY", started_at=None)


def run(*, once: bool = False) -> int:
    """Work until a signal comes, or with ``once`` until no job is ready."""
    take_back()
    call_command("db_worker", queue_name="*", batch=once, reload=False, interval=1, verbosity=0)
    return 0
