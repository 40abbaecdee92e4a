"""Jobs of the administration: counting the dates of open cases by a new calendar."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from huiyin.cases.recalculating import recalculate


@task()
def recompute(calendar: str) -> str:
    """Count anew; every case in a transaction of its own, so a second run continues."""
    done = recalculate(calendar, timezone.now())
    return f"{len(done.moved)}/{done.looked}"
