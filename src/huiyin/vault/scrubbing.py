"""What was destroyed leaves the files of the database too, not only its tables."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from huiyin.vault import files
from huiyin.vault.models import (
    CaseKey,
    Content,
    Identity,
    IdentityRelease,
    IdentityShare,
    Opening,
)


def scrub_after_erasure(also: Sequence[str] = ()) -> bool:
    """Drive the destroyed bytes out of the database files; outside any transaction.

    ``also``: further tables from which something was erased. False if somebody read the log
    all the time, so that it could not be emptied yet; the next checkpoint does it.

    SQLite keeps old pages in its write-ahead log until a checkpoint truncates it;
    PostgreSQL keeps dead rows until VACUUM. Backups are another matter: see the manual.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy: int = cursor.fetchone()[0]
            return not busy
        models = (CaseKey, Identity, IdentityShare, IdentityRelease, Opening, Content)
        for table in (*(m._meta.db_table for m in (*models, *files.TABLES)), *also):
            cursor.execute(f'VACUUM "{table}"')
    return True
