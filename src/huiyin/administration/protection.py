"""What protects this installation from the files it opens, in words: for a page and for the start.

Asked of the machine itself (``cleaning.running.walls``), once for each process: a kernel does not
change while it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from huiyin.cleaning import others, scanning
from huiyin.cleaning.confining import ALL, CALLS, LANDLOCK, NETWORK, NO_NEW_PRIVILEGES
from huiyin.cleaning.running import walls

_WORDS = {
    NO_NEW_PRIVILEGES: gettext_noop("It can gain no rights (no-new-privs)."),
    LANDLOCK: gettext_noop("It can read programs only, and write and start nothing (Landlock)."),
    CALLS: gettext_noop("It cannot open a connection or look into other programs (seccomp)."),
    NETWORK: gettext_noop("It has a network of its own with nothing in it."),
}
_held = lru_cache(maxsize=1)(walls)


@dataclass(frozen=True)
class Protection:
    """One thing that protects, in words, and whether it does here."""

    text: str
    holds: bool


def protections() -> list[Protection]:
    """The walls around the process that opens a file, then what an operator may add."""
    held = _held()
    found = [Protection(gettext(_WORDS[name]), name in held) for name in ALL]
    mat2 = gettext("Office documents, sound and film are cleaned (mat2).")
    packed = gettext("Recordings of telephones are cleaned (ffmpeg).")
    scanned = gettext("Files are scanned (ClamAV).")
    return [
        *found,
        Protection(mat2, others.installed() is not None),
        Protection(packed, others.packs() is not None),
        Protection(scanned, scanning.answers(settings.HUIYIN_CLAMAV)),
    ]


def missing() -> list[str]:
    """The names of the walls that this machine does not give; for whoever starts the worker."""
    held = _held()
    return [name for name in ALL if name not in held]
