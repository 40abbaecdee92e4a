"""Which files are taken, and what is sealed about them when they come in.

A file that is not taken is refused by itself and in words; the complaint it came with goes on.
What happens to a file afterwards is in ``files``; how its bytes are kept, in ``vault.files``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings

from huiyin.domain.errors import Refusal
from huiyin.domain.sniffing import Kind, plain_name, sniff
from huiyin.vault.files import Upload
from huiyin.vault.queries import ContentRef

# A case is a dispute, not a store: more than this has to go on paper or be joined in a PDF.
MOST_AT_ONCE = 10
MOST_IN_CASE = 40
ABOUT = "file"
# Files stop long before a full disk would stop the complaints themselves.
LEAST_FREE = 1_000_000_000


@dataclass(frozen=True)
class Taken:
    """A file that passed: its bytes and what they are."""

    upload: Upload
    kind: Kind

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes as they were handed in, in hex."""
        return hashlib.sha256(self.upload.data).hexdigest()

    @property
    def about(self) -> str:
        """What the office may know of the original: type, size, hash; sealed under C. Not its
        name, which people choose and which often names people."""
        told = {
            "media": self.kind.media,
            "size": len(self.upload.data),
            "sha256": self.digest,
        }
        return json.dumps(told, sort_keys=True)


def most_bytes() -> int:
    """The largest file that is taken, in bytes (setting ``HUIYIN_FILE_MB``)."""
    return int(settings.HUIYIN_FILE_MB) * 1024 * 1024


def take(name: str, data: bytes | None) -> Taken:
    """Look at one file; None stands for one whose bytes were too many to be kept.

    Raises Refusal ``file-too-large`` (most, in MB), ``file-no-room``, and those of ``sniff``.
    """
    if data is None or len(data) > most_bytes():
        raise Refusal("file-too-large", most=settings.HUIYIN_FILE_MB)
    kind = sniff(data)
    if shutil.disk_usage(settings.HUIYIN_DATA_DIR).free < LEAST_FREE + len(data):
        raise Refusal("file-no-room")
    return Taken(Upload(plain_name(name), data), kind)


@dataclass(frozen=True)
class Sorted:
    """Files looked at: those taken, and for each other one its place (from 1) and why not."""

    taken: tuple[Taken, ...]
    refused: tuple[tuple[int, Refusal], ...] = field(default=())


def sort_out(given: Iterable[tuple[str, bytes | None]], known: Sequence[str] = ()) -> Sorted:
    """Look at several files. ``known``: digests of those that are there already; the same file
    twice is kept once."""
    taken: list[Taken] = []
    refused: list[tuple[int, Refusal]] = []
    digests = list(known)
    for place, (name, data) in enumerate(given, 1):
        try:
            one = take(name, data)
            if one.digest in digests:
                raise Refusal("file-already-there")
            if len(taken) >= MOST_AT_ONCE or len(digests) >= MOST_IN_CASE:
                raise Refusal("file-too-many", most=MOST_AT_ONCE, most_in_all=MOST_IN_CASE)
        except Refusal as refusal:
            refused.append((place, refusal))
        else:
            taken.append(one)
            digests.append(one.digest)
    return Sorted(tuple(taken), tuple(refused))


def listed(files: Sequence[ContentRef], abouts: Sequence[ContentRef]) -> list[dict[str, str]]:
    """How an event names the files that came with it."""
    return [
        {"file": file.id.hex, "about": about.id.hex}
        for file, about in zip(files, abouts, strict=True)
    ]


def leave_jobs(number: str, files: Sequence[ContentRef]) -> None:
    """Leave a job per file for the cleaner, in the running transaction."""
    # The job acts on cases, and acting on cases begins with what is in this module.
    from huiyin.cases.file_job import clean_file

    for file in files:
        clean_file.enqueue(number, file.id.hex, 0)
