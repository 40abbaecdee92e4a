"""What a case's events say of its files: which there are, what the cleaner made of them, who read.

A file enters with the hand-in or later (``data["files"]``); the cleaner's look, the complainant's
wish that the office may see it as it is, and each reading are events of their own. Bytes, names
and sizes are not here; they are sealed (``huiyin.vault.files``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from huiyin.domain.states import Event

ADD, CHECKED, READ, GIVEN = "add-files", "file-checked", "file-read", "file-given"
WAITING, CLEANED, KEPT, REFUSED = "waiting", "file-cleaned", "file-kept", "file-refused"
AS_IT_IS = "as-it-is"


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody of the office read the copy."""

    at: datetime
    role: str
    actor: str | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a case. ``n`` counts from 1; ``seq`` and ``checked`` are its events.

    ``about``, ``copy`` and ``report`` are ids of sealed contents, "" if there is none.
    ``state``: waiting, file-cleaned, file-kept, file-refused or as-it-is.
    """

    n: int
    id: str
    about: str
    seq: int
    at: datetime
    state: str = WAITING
    reason: str = ""
    copy: str = ""
    report: str = ""
    checked: int = 0
    readings: tuple[Reading, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether there is a copy for the office."""
        return bool(self.copy)


def files_in(events: Iterable[Event]) -> tuple[FileFacts, ...]:
    """The files of a case, in the order in which they came."""
    found: dict[str, FileFacts] = {}
    for event in events:
        for about, file in _added(event):
            found[file] = FileFacts(len(found) + 1, file, about, event.seq, event.at)
        known = found.get(str(event.data.get("file", "")))
        if known is not None:
            found[known.id] = _after(known, event)
    return tuple(found.values())


def _added(event: Event) -> list[tuple[str, str]]:
    listed = event.data.get("files")
    if not isinstance(listed, list | tuple):
        return []
    return [(str(one["about"]), str(one["file"])) for one in listed if isinstance(one, dict)]


def _after(file: FileFacts, event: Event) -> FileFacts:
    data = event.data
    if event.type == CHECKED:
        return replace(
            file,
            state=str(data["result"]),
            reason=str(data.get("why", "")),
            copy=str(data.get("copy", "")),
            report=str(data.get("report", "")),
            checked=event.seq,
        )
    if event.type == GIVEN:
        return replace(file, state=AS_IT_IS, copy=str(data["copy"]))
    if event.type == READ:
        reading = Reading(event.at, event.role, event.actor)
        return replace(file, readings=(*file.readings, reading))
    return file
