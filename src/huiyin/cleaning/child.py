"""The process that opens a stranger's file: it reads one from a pipe, cleans it and ends.

It takes its own limits before it reads a byte: memory, processor time, no written file, no core
dump; and its walls (``confining``): no file but programs, no network, no program started. If a
limit is hit the process dies and the file is refused; the
complaint it belongs to is registered long before.
    python -m huiyin.cleaning.child   < one line of JSON, then the bytes   > the same back
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable

from huiyin.cleaning.confining import confine_reader
from huiyin.cleaning.results import (
    CLEANED,
    CPU_SECONDS,
    KEPT,
    MALFORMED,
    MEMORY_BYTES,
    NO_CLEANER,
    REFUSED,
    TOO_DEMANDING,
    NotCleaned,
    Result,
)
from huiyin.domain.sniffing import DOCUMENT, IMAGE, KINDS, PDF, TEXT

BEFORE, AFTER = "before", "after"  # what is done around mat2

Cleaner = Callable[[bytes, str], Result]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing in clear reaches a disk
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.setrecursionlimit(2_000)


def _cleaner(media: str) -> Cleaner | None:
    # Only what is needed is loaded: the readers of other formats stay out of this process.
    family = KINDS[media].family
    if family == IMAGE:
        from huiyin.cleaning.images import clean

        return clean
    if family == PDF:
        from huiyin.cleaning.pdfs import clean as clean_pdf

        return clean_pdf
    if family == TEXT:
        from huiyin.cleaning.texts import clean as clean_text

        return clean_text
    return None


def result_of(data: bytes, media: str) -> Result:
    """The file cleaned, or why not; never raises for what a file can do."""
    cleaner = _cleaner(media)
    if cleaner is None:
        return Result(KEPT, NO_CLEANER)
    try:
        return cleaner(data, media)
    except NotCleaned as error:
        return Result(error.result, error.reason)
    except (MemoryError, RecursionError):
        return Result(REFUSED, TOO_DEMANDING)
    except Exception:
        # Readers of old formats raise whatever they meet; to the people it is one thing.
        return Result(REFUSED, MALFORMED)


def around(data: bytes, media: str, step: str) -> bytes:
    """``before``: look whether mat2 may unpack it; ``after``: take out what mat2 leaves. Returns
    the bytes as they then are; raises NotCleaned."""
    from huiyin.cleaning import leftovers

    if step == BEFORE:
        if KINDS[media].family == DOCUMENT and data[:2] == b"PK":
            leftovers.check(data)
        return data
    if KINDS[media].family == DOCUMENT:
        return leftovers.clean_document(data)
    by_frames = {"audio/mpeg": leftovers.clean_mp3, "audio/ogg": leftovers.clean_ogg}
    return by_frames[media](data) if media in by_frames else data


def _around(data: bytes, media: str, step: str) -> Result:
    try:
        return Result(CLEANED, media=media, removed={"fields": 1}, copy=around(data, media, step))
    except NotCleaned as error:
        return Result(error.result, error.reason)
    except (MemoryError, RecursionError):
        return Result(REFUSED, TOO_DEMANDING)
    except Exception:  # as in result_of
        return Result(KEPT, NO_CLEANER)


def main() -> int:
    """One file from standard input to standard output; ``--walls``: say what confines it."""
    _limit()
    walls = confine_reader()
    if sys.argv[1:] == ["--walls"]:
        print(json.dumps(walls))
        return 0
    told = json.loads(sys.stdin.buffer.readline())
    data, step = sys.stdin.buffer.read(), told.get("step")
    done = _around(data, told["media"], step) if step else result_of(data, told["media"])
    head = {
        "result": done.result,
        "reason": done.reason,
        "media": done.media,
        "removed": done.removed,
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + done.copy)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
