"""Office documents, sound and film, by mat2 and ffmpeg where the operator has installed them.

Both read and write files, so they get a folder in memory (``/dev/shm``) that is gone when they
end; without such a folder, or without them, the file is kept as it came and marked. mat2 takes
out what formats have fields for; ffmpeg packs the pictures and the sound of what telephones record
(M4A, MP4, MOV, 3GP, WebM) into a new file and nothing else. What somebody hid on purpose
inside a document or a recording they may miss, and the page says so.
"""

from __future__ import annotations

import json
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
from huiyin.domain.errors import Refusal
from huiyin.domain.sniffing import IMAGE, PDF, TEXT, Kind, sniff

IN_MEMORY = Path("/dev/shm")
MOST_WRITTEN = 250_000_000  # bytes of one file, in memory
_DECODED = {"audio/flac"}
_PACKED = {"audio/mp4", "video/mp4", "video/quicktime", "video/3gpp", "video/webm"}
_NEVER = {IMAGE, PDF, TEXT}  # ours are stricter
# How pictures and sound may be written, and which units of a film hold words instead of pictures
# (ITU-T H.264 table 7-1, H.265 table 7-1, AV1 6.2.2).
_NOTES = {"h264": "6", "hevc": "39-40", "av1": "5"}
_PICTURES = {*_NOTES, "h263", "mpeg4", "mjpeg", "vp8", "vp9"}
_SOUNDS = {"aac", "alac", "mp3", "opus", "vorbis", "pcm_s16le", "pcm_s16be"}
# Frames of a telephone's voice (AMR) are not read when packed: a name could be one of them.


def installed() -> str | None:
    """Where mat2 is, or None."""
    return shutil.which("mat2") if IN_MEMORY.is_dir() else None


def packs() -> str | None:
    """Where ffmpeg is, with its ffprobe; or None."""
    both = shutil.which("ffprobe") and IN_MEMORY.is_dir()
    return shutil.which("ffmpeg") if both else None


def takes(kind: Kind) -> bool:
    """Whether there is mat2, or ffmpeg for what telephones record, and the kind is not ours."""
    program = packs() if kind.media in _PACKED else installed()
    return program is not None and kind.family not in _NEVER


def clean(data: bytes, kind: Kind) -> Result:
    """The copy that mat2 or ffmpeg makes, or the file kept as it came."""
    if not takes(kind):
        return Result(KEPT, NO_CLEANER)
    with tempfile.TemporaryDirectory(prefix="huiyin-", dir=IN_MEMORY) as folder:
        copy = _made(Path(folder), data, kind)
    if copy is None or not _still(copy, kind):
        return Result(KEPT, NO_CLEANER)
    return Result(CLEANED, media=kind.media, removed={"fields": 1}, copy=copy)


def _made(folder: Path, data: bytes, kind: Kind) -> bytes | None:
    if kind.media in _PACKED:
        return _by_packing(folder, data, kind)
    copy = _by_mat2(str(installed()), folder, data, kind)
    if copy is not None and kind.media in _DECODED:
        return _by_decoding(folder, copy, kind)
    return copy


def _still(copy: bytes, kind: Kind) -> bool:
    """Whether the copy is of the kind that was handed in."""
    try:
        return sniff(copy).media == kind.media
    except Refusal:
        return False


def _by_packing(folder: Path, data: bytes, kind: Kind) -> bytes | None:
    """The film and the sound in a new file, as they were written: no field, chapter, cover, track
    of places or words, nothing between and behind. None for ways of writing that are not known."""
    source, made = folder / f"file.{kind.ending}", folder / f"anew.{kind.ending}"
    source.write_bytes(data)
    ways = _written(source, folder)
    known = {"video": _PICTURES, "audio": _SOUNDS}
    if not ways or any(name not in known[what] for what, name in ways):
        return None
    words = ["-nostdin", "-i", str(source), "-map", "0:V?", "-map", "0:a?", "-c", "copy"]
    words += ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
    notes = {_NOTES[name] for _, name in ways if name in _NOTES}
    if len(notes) > 1:
        return None
    words += [word for one in notes for word in ("-bsf:v", f"filter_units=remove_types={one}")]
    done = _ran([str(packs()), *words, str(made)], folder) is not None
    return made.read_bytes() or None if done and made.is_file() else None


def _written(source: Path, folder: Path) -> list[tuple[str, str]]:
    """How each picture and sound track is written: (video or audio, name of the way). Covers are
    none, tracks of other things neither."""
    asked = "stream=codec_type,codec_name:stream_disposition=attached_pic"
    words = ["-v", "error", "-show_entries", asked, "-of", "json", str(source)]
    try:
        told = json.loads(_ran([str(shutil.which("ffprobe")), *words], folder) or b"")
        tracks = [t for t in told["streams"] if t.get("codec_type") in ("video", "audio")]
        real = [t for t in tracks if not t["disposition"]["attached_pic"]]
        return [(t["codec_type"], str(t.get("codec_name"))) for t in real]
    except (ValueError, KeyError, TypeError):
        return []


def _by_decoding(folder: Path, data: bytes, kind: Kind) -> bytes | None:
    """The same samples written anew, without loss: where frames have no length that could be
    walked, only this leaves nothing behind them. None without ffmpeg."""
    program = shutil.which("ffmpeg")
    source, made = folder / f"cleaned.{kind.ending}", folder / f"anew.{kind.ending}"
    source.write_bytes(data)
    words = ["-nostdin", "-i", str(source), "-map", "0:a:0", "-map_metadata", "-1", "-bitexact"]
    done = program is not None and _ran([program, *words, str(made)], folder) is not None
    return made.read_bytes() or None if done and made.is_file() else None


def _by_mat2(program: str, folder: Path, data: bytes, kind: Kind) -> bytes | None:
    source = folder / f"file.{kind.ending}"
    source.write_bytes(data)
    made = folder / f"file.cleaned.{kind.ending}"
    command = [*_interpreter(program), "-I", "-c", _ONE_FILE, str(source)]
    done = _ran(command, folder) is not None
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


def _ran(command: list[str], folder: Path) -> bytes | None:
    """What a program said if it ended well within its limits, else None; it sees the folder and no
    setting of ours."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "TMPDIR": str(folder), "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=partial(_limit, folder),
            timeout=WALL_SECONDS,
            check=False,
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout if done.returncode == 0 else None


def _limit(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY_BYTES, 2 * MEMORY_BYTES))
    confine_program(folder)
