"""The job that has a file cleaned after its complaint was registered.

The job row holds the case number and the file's id. Each file is opened in a process of its own
(``huiyin.cleaning``); whatever it does there, the case goes on.
"""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from huiyin import cleaning
from huiyin.cases.files import record_look
from huiyin.cases.models import Case
from huiyin.cleaning.results import INFECTED, MALFORMED, REFUSED, Result
from huiyin.cleaning.scanning import FOUND, NOT_SCANNED, scan
from huiyin.domain.errors import Refusal
from huiyin.domain.sniffing import sniff
from huiyin.vault import files as vault_files

log = logging.getLogger(__name__)
# Waits after the first, second … failure of ours; a fault of the file is no failure.
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=2), timedelta(hours=24))
_GONE = {"case-key-erased", "file-unknown"}


@task()
def clean_file(number: str, file: str, failed: int) -> str:
    """Clean one file and write down what came of it.

    Returns "done", "gone" (erased, or another worker was faster) or "later".
    """
    try:
        return "done" if _clean(number, file) else "gone"
    except Refusal as refusal:
        if refusal.code in _GONE:
            return "gone"
        return _later(number, file, failed)
    except Exception:
        return _later(number, file, failed)


def _later(number: str, file: str, failed: int) -> str:
    """Try again; after the last wait the job fails loudly and the file stays waiting."""
    if failed >= len(WAITS):
        raise
    # The kind of failure and no more: an error's own words could hold some of the file.
    kind = type(sys.exc_info()[1]).__name__
    log.error("a file of case %s could not be looked at (%s); it is tried again", number, kind)
    after = timezone.now() + WAITS[failed]
    clean_file.using(run_after=after).enqueue(number, file, failed + 1)
    return "later"


def _clean(number: str, file: str) -> bool:
    case = Case.objects.filter(pk=number).first()
    data = vault_files.for_cleaning(case.vault, UUID(file)) if case is not None else None
    if case is None or data is None:
        return False
    scanned = scan(data, settings.HUIYIN_CLAMAV)
    done = Result(REFUSED, INFECTED) if scanned == FOUND else _cleaned(data)
    record_look(case, file, done, scanned or NOT_SCANNED, timezone.now())
    return True


def _cleaned(data: bytes) -> Result:
    try:
        kind = sniff(data)
    except Refusal:  # taken by an older version whose list was longer
        return Result(REFUSED, MALFORMED)
    return cleaning.run(data, kind.media)
