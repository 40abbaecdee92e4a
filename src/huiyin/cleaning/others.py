"""Office documents, sound and film, by mat2 where the operator has installed it.

mat2 reads and writes files, so it gets a folder in memory (``/dev/shm``) that is gone when it
ends; without such a folder, or without mat2, the file is kept as it came and marked. mat2 takes
out what formats have fields for; what somebody hid on purpose inside a document it may miss,
and the page says so.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from huiyin.cleaning.confining import confine_program
from huiyin.cleaning.results import (
    CLEANED,
    CPU_SECONDS,
    KEPT,
    MEMORY_BYTES,
    NO_CLEANER,
    WALL_SECONDS,
    Result,
)
from huiyin.domain.sniffing import IMAGE, PDF, TEXT, Kind

IN_MEMORY = Path("/dev/shm")
MOST_WRITTEN = 250_000_000  # bytes of one file, in memory
_DECODED = {"audio/flac"}
_NEVER = {IMAGE, PDF, TEXT}  # ours are stricter


def installed() -> str | None:
    """Where mat2 is, or None."""
    return shutil.which("mat2") if IN_MEMORY.is_dir() else None


def takes(kind: Kind) -> bool:
    """Whether there is mat2, and the kind is not one of ours."""
    return installed() is not None and kind.family not in _NEVER


def clean(data: bytes, kind: Kind) -> Result:
    """The copy that mat2 makes, or the file kept as it came."""
    program = installed()
    if program is None or kind.family in _NEVER:
        return Result(KEPT, NO_CLEANER)
    with tempfile.TemporaryDirectory(prefix="huiyin-", dir=IN_MEMORY) as folder:
        copy = _by_mat2(program, Path(folder), data, kind)
        if copy is not None and kind.media in _DECODED:
            copy = _by_decoding(Path(folder), copy, kind)
    if copy is None:
        return Result(KEPT, NO_CLEANER)
    return Result(CLEANED, media=kind.media, removed={"fields": 1}, copy=copy)


def _by_decoding(folder: Path, data: bytes, kind: Kind) -> bytes | None:
    """The same samples written anew, without loss: where frames have no length that could be
    walked, only this leaves nothing behind them. None without ffmpeg."""
    program = shutil.which("ffmpeg")
    source, made = folder / f"cleaned.{kind.ending}", folder / f"anew.{kind.ending}"
    source.write_bytes(data)
    words = ["-nostdin", "-i", str(source), "-map", "0:a:0", "-map_metadata", "-1", "-bitexact"]
    done = program is not None and _ran([program, *words, str(made)], folder)
    return made.read_bytes() or None if done and made.is_file() else None


def _by_mat2(program: str, folder: Path, data: bytes, kind: Kind) -> bytes | None:
    source = folder / f"file.{kind.ending}"
    source.write_bytes(data)
    made = folder / f"file.cleaned.{kind.ending}"
    done = _ran([*_interpreter(program), "-I", "-c", _ONE_FILE, str(source)], folder)
    return made.read_bytes() or None if done and made.is_file() else None


# The program mat2 spreads its work over processes, for which it needs semaphores in the open part
# of /dev/shm; its library cleans one file in one process, which then can be confined to a folder.
_ONE_FILE = """
import sys
from libmat2 import UnknownMemberPolicy, parser_factory
parser, _ = parser_factory.get_parser(sys.argv[1])
if parser is None:
    sys.exit(1)
parser.unknown_member_policy = UnknownMemberPolicy.ABORT
parser.lightweight_cleaning = False
sys.exit(0 if parser.remove_all() else 1)
"""


def _interpreter(program: str) -> list[str]:
    """The Python that mat2 was installed for, by the first line of its program."""
    with open(program, "rb") as script:
        first = script.readline(200)
    words = first[2:].decode("utf-8", "replace").split() if first.startswith(b"#!") else []
    return words or ["/usr/bin/python3"]


def _ran(command: list[str], folder: Path) -> bool:
    """Whether a program ended well within its limits; it sees the folder and no setting of ours."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "TMPDIR": str(folder), "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=partial(_limit, folder),
            timeout=WALL_SECONDS,
            check=False,
        )
    except (subprocess.SubprocessError, OSError):
        return False
    return done.returncode == 0


def _limit(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY_BYTES, 2 * MEMORY_BYTES))
    confine_program(folder)
