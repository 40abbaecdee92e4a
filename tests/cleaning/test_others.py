"""mat2 and ClamAV, where they are installed: planted names, and a planted signature."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from huiyin.cleaning import leftovers, others
from huiyin.cleaning.results import CLEANED, KEPT, NO_CLEANER, NotCleaned
from huiyin.cleaning.running import run
from huiyin.cleaning.scanning import CLEAN, FOUND, NOT_SCANNED, answers, scan
from huiyin.domain.sniffing import KINDS, sniff
from tests import planted_files as planted
from tests import planted_others as hidden

needs_mat2 = pytest.mark.skipif(shutil.which("mat2") is None, reason="needs mat2")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
needs_clamd = pytest.mark.skipif(
    shutil.which("clamd") is None and not Path("/usr/sbin/clamd").exists(), reason="needs clamd"
)

DOCUMENTS: tuple[Callable[[], bytes], ...] = (
    *(hidden.docx, hidden.xlsx, hidden.pptx, hidden.odt, hidden.ods, hidden.odp),
)
MEDIA: tuple[Callable[[], bytes], ...] = (
    *(hidden.mp3_tagged_twice, hidden.wav_with_chunks, hidden.flac_with_blocks),
    *(hidden.ogg_with_tail, hidden.avi_with_tail),
)

PACKED: tuple[Callable[[], bytes], ...] = (
    *(hidden.m4a_with_cover, hidden.mov_with_notes, hidden.threegp_with_tail),
    *(hidden.webm_with_chapter, hidden.mp4_with_boxes),
)


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder in memory for each test; whatever a test does, nothing may be left in it."""
    with tempfile.TemporaryDirectory(prefix="tests-", dir="/dev/shm") as folder:
        monkeypatch.setattr(others, "IN_MEMORY", Path(folder))
        yield
        assert os.listdir(folder) == []


@needs_mat2
@pytest.mark.parametrize("made", DOCUMENTS, ids=lambda f: f.__name__)
def test_no_planted_name_survives_in_a_document(made: Callable[[], bytes]) -> None:
    data = made()
    assert planted.holds(data)
    done = run(data, sniff(data).media)
    assert done.result == CLEANED, done.reason
    assert not planted.holds(done.copy)
    assert sniff(done.copy).media == done.media == sniff(data).media
    with zipfile.ZipFile(BytesIO(done.copy)) as whole:
        assert whole.testzip() is None and not whole.comment
        assert not any(part.comment or part.extra for part in whole.infolist())
        assert not any(planted.holds(whole.read(name)) for name in whole.namelist())


@needs_mat2
def test_what_was_written_is_still_there() -> None:
    for made, part, words in (
        (hidden.docx, "word/document.xml", b"Seen"),
        (hidden.docx, "word/document.xml", b" shown"),
        (hidden.odt, "content.xml", b"Seen"),
    ):
        data = made()
        with zipfile.ZipFile(BytesIO(run(data, sniff(data).media).copy)) as whole:
            assert words in whole.read(part)


@needs_mat2
@pytest.mark.parametrize("made", [hidden.docx, hidden.pptx], ids=["docx", "pptx"])
def test_a_document_with_comments_is_kept_and_says_so(made: Callable[..., bytes]) -> None:
    """mat2 knows no place for them, and a part is never thrown away unasked."""
    data = made(commented=True)
    done = run(data, sniff(data).media)
    assert (done.result, done.reason, done.copy) == (KEPT, NO_CLEANER, b"")


@needs_mat2
@needs_ffmpeg
@pytest.mark.parametrize("made", MEDIA, ids=lambda f: f.__name__)
def test_no_planted_name_survives_in_sound_and_film(made: Callable[[], bytes]) -> None:
    data = made()
    assert planted.holds(data)
    done = run(data, sniff(data).media)
    assert done.result == CLEANED, done.reason
    assert not planted.holds(done.copy) and sniff(done.copy).media == sniff(data).media
    assert seconds(done.copy) == pytest.approx(1, abs=0.2), "it still plays"


def seconds(data: bytes) -> float:
    """How long a sound or film plays, as ffmpeg decodes it."""
    done = subprocess.run(
        [
            "ffmpeg",
            "-i",
            "pipe:0",
            "-map",
            "0:a",
            "-f",
            "s16le",
            "-ac",
            "1",
            "-ar",
            "8000",
            "pipe:1",
        ],
        input=data,
        capture_output=True,
        check=True,
    )
    return len(done.stdout) / 16_000


@needs_ffmpeg
@pytest.mark.parametrize("made", PACKED, ids=lambda f: f.__name__)
def test_what_telephones_record_is_packed_anew_without_names(
    made: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(others, "installed", lambda: None)
    data = made()
    assert planted.holds(data)
    done = run(data, sniff(data).media)
    assert done.result == CLEANED, done.reason
    assert not planted.holds(done.copy) and sniff(done.copy).media == sniff(data).media
    was, became = frames(data), frames(done.copy)
    assert was and became == was, "the same pictures and the same sound"


def frames(data: bytes) -> list[str]:
    """A digest of each decoded picture and piece of sound, covers left out."""
    kept = ["-map", "0:V?", "-map", "0:a?", "-f", "framemd5", "-"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(data)
        command = ["ffmpeg", "-loglevel", "error", "-i", str(path), *kept]
        said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    lines = [line for line in said.splitlines() if not line.startswith("#")]
    return [f"{line.split(',')[0]} {line.rpartition(',')[2].strip()}" for line in lines]


@pytest.mark.parametrize("ending", ["m4a", "mov", "3gp", "webm"])
def test_without_ffmpeg_they_are_kept(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others.shutil, "which", lambda name: None)
    kind = next(kind for kind in KINDS.values() if kind.ending == ending)
    done = others.clean(b"\0" * 50, kind)
    assert (done.result, done.reason) == (KEPT, NO_CLEANER) and not others.takes(kind)


@needs_ffmpeg
def test_a_way_of_writing_that_is_not_known_is_kept() -> None:
    data = hidden.prores()
    assert sniff(data).media == "video/quicktime"
    assert run(data, "video/quicktime").result == KEPT


@needs_mat2
@needs_ffmpeg
def test_lossless_sound_without_ffmpeg_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    data = hidden.flac_with_blocks()
    real = shutil.which
    monkeypatch.setattr(others.shutil, "which", lambda n: None if n == "ffmpeg" else real(n))
    assert run(data, "audio/flac").result == KEPT


@needs_mat2
@pytest.mark.parametrize(
    "made", [*DOCUMENTS, hidden.mp3_tagged_twice, *PACKED], ids=lambda f: f.__name__
)
def test_half_a_file_is_never_passed_on(made: Callable[[], bytes]) -> None:
    if made not in DOCUMENTS and shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg")
    data = made()
    done = run(data[: len(data) // 2], sniff(data).media)
    assert done.result != CLEANED or not planted.holds(done.copy)


# -- what we do around mat2, which needs nothing installed -----------------------------------------


def test_a_document_that_unpacks_to_too_much_is_left_alone() -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("[Content_Types].xml", "")
        with whole.open("word/document.xml", "w") as part:
            for _ in range(21):
                part.write(bytes(10_000_000))
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(NotCleaned):
        leftovers.check(bomb.getvalue())
    many = BytesIO()
    with zipfile.ZipFile(many, "w") as whole:
        for n in range(2_001):
            whole.writestr(f"{n}", "")
    with pytest.raises(NotCleaned):
        leftovers.check(many.getvalue())
    leftovers.check(hidden.docx())


def test_a_document_with_entities_is_left_alone() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as whole:
        whole.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(NotCleaned):
        leftovers.clean_document(out.getvalue())


def test_the_text_behind_a_comment_stays_in_its_place() -> None:
    text = b"<p>One<annotation>x</annotation> two<b/>three<annotation/> four</p>"
    assert b"<p>One two<b />three four</p>" in leftovers._stripped(text, "content.xml")


def test_frames_and_pages_are_walked_to_their_end_and_not_beyond() -> None:
    frame = b"\xff\xfb\x90\x00" + bytes(413)  # 128 kbit/s at 44.1 kHz: 417 bytes
    assert leftovers.clean_mp3(frame * 20 + b"tail") == frame * 20
    empty = b"ID3\x04\x00\x00\x00\x00\x00\x05" + b"\x00" * 5
    assert leftovers.clean_mp3(empty + frame * 20) == frame * 20
    page = b"OggS" + bytes(22) + b"\x02\x05\x03" + bytes(8)
    assert leftovers.clean_ogg(page * 20 + b"OggS and more") == page * 20
    for bad in (b"", b"no sound", frame + b"x" * 500):
        if bad:
            with pytest.raises(NotCleaned):
                leftovers.clean_mp3(bad)


# -- ClamAV ----------------------------------------------------------------------------------------

MARK = b"heron-marks-the-bad-file-7f3a91"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A daemon of our own with one signature of our own: nothing is fetched."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "huiyin.ndb").write_text(f"Huiyin.Planted:0:*:{MARK.hex()}\n")
    where = folder / "socket"
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder / 'db'}\nLocalSocket {where}\nForeground yes\n"
        f"TemporaryDirectory {folder}\nPidFile {folder / 'pid'}\n"
    )
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    daemon = subprocess.Popen(
        [program, "--config-file", str(folder / "clamd.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            if answers(str(where)) or daemon.poll() is not None:
                break
            time.sleep(0.1)
        yield str(where)
    finally:
        daemon.terminate()
        daemon.wait(timeout=60)


@needs_clamd
def test_clamd_finds_what_was_planted_and_nothing_else(clamd: str) -> None:
    assert answers(clamd)
    assert scan(b"An ordinary text.", clamd) == CLEAN
    assert scan(planted.jpeg(), clamd) == CLEAN
    assert scan(b"x" * 300_000 + MARK + b"y", clamd) == FOUND, "over the border of two pieces"
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("word/document.xml", MARK)
    assert scan(packed.getvalue(), clamd) == FOUND


@needs_clamd
def test_a_daemon_that_is_gone_has_not_scanned(clamd: str, tmp_path: Path) -> None:
    assert scan(b"x", str(tmp_path / "nobody")) == NOT_SCANNED
    assert not answers(str(tmp_path / "nobody")) and not answers("")
