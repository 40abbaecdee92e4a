"""The yearly notice of working days into this installation, from the page.

Reading, preview and writing are ``calendars.importing``, the same as for the command. The dates
of open cases follow in a job, because there may be a million of them.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huiyin.administration.recording import Author, digest, record
from huiyin.administration.tasks import recompute
from huiyin.calendars.importing import Proposal, write
from huiyin.domain.errors import Refusal


@transaction.atomic
def import_notice(found: Proposal, confirmed: str, author: Author, now: datetime) -> None:
    """Write the calendar that the page has shown and leave the job that counts dates anew.

    ``confirmed``: the digest of what was shown. Raises Refusal ``calendar-preview-old`` if
    it is no longer what would be written.
    """
    if confirmed != shown_digest(found):
        raise Refusal("calendar-preview-old")
    record(
        "calendar-imported",
        f"calendar:{found.new.id}",
        author,
        now,
        year=found.year,
        version=found.new.version,
        row=digest(found.text),
    )
    recompute.enqueue(found.new.id)
    # Last: if the disk refuses, nothing of it has happened.
    write(found.old, found.new, found.text)


def shown_digest(found: Proposal) -> str:
    """What a confirmation refers to: the new file's digest."""
    return digest(found.text)
