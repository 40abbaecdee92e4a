"""Every code that a file can come to has its words; a scanner's answers are read rightly."""

from __future__ import annotations

import inspect
import re
import socket
import struct
import threading
from pathlib import Path

import pytest
from django.utils import translation

from huiyin.cleaning import images, pdf_parts, pdfs, texts
from huiyin.cleaning.results import REASONS
from huiyin.cleaning.scanning import CLEAN, FOUND, NOT_SCANNED, scan
from huiyin.domain import filing
from huiyin.domain.sniffing import KINDS
from huiyin.people import file_words as words

STATES = (filing.WAITING, filing.CLEANED, filing.KEPT, filing.REFUSED, filing.AS_IT_IS, "erased")


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant", "ar"])
def test_every_code_has_words_in_every_language(language: str) -> None:
    with translation.override(language):
        for reason in REASONS:
            assert words.reason_words(reason) and words.advice_words(reason)
        for state in STATES:
            assert words.state_words(state) and words.shape_of(state)
        for media in KINDS:
            assert words.kind_name(media) and words.uncleanable_words(media)
        for answer in (CLEAN, FOUND, NOT_SCANNED):
            assert words.scan_words(answer)


def test_whatever_a_cleaner_leaves_out_has_words() -> None:
    source = "".join(inspect.getsource(m) for m in (images, pdfs, pdf_parts, texts))
    told = set(
        re.findall(r'removed\["(\w+)"\]|^\s+"(\w+)": (?:int|max|len|notes|bool|any)', source, re.M)
    )
    names = {a or b for a, b in told} | {"unseen", "layers", "fields", "description"}
    assert len(names) >= 10
    assert len(words.removed_words(dict.fromkeys(names, 1))) == len(names)


# A daemon that speaks clamd's INSTREAM as its manual says, and finds one word.
def _daemon(path: Path, answers: dict[bytes, bytes]) -> tuple[socket.socket, threading.Thread]:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()

    def serve() -> None:
        link, _ = listening.accept()
        with link:
            assert _exactly(link, 10) == b"zINSTREAM\0"
            held = b""
            while size := struct.unpack(">I", _exactly(link, 4))[0]:
                held += _exactly(link, size)
            link.sendall(next((a for word, a in answers.items() if word in held), b"stream: OK\0"))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listening, thread


def _exactly(link: socket.socket, size: int) -> bytes:
    held = b""
    while len(held) < size:
        some = link.recv(size - len(held))
        assert some
        held += some
    return held


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"harmless " * 30_000, CLEAN),
        (b"x" * 70_000 + b"EICAR", FOUND),
        (b"too much", NOT_SCANNED),
    ],
)
def test_the_scanner_is_asked_in_its_own_protocol(
    tmp_path: Path, data: bytes, verdict: str
) -> None:
    answers = {
        b"EICAR": b"stream: Eicar-Test-Signature FOUND\0",
        b"too much": b"INSTREAM size limit exceeded. ERROR\0",
    }
    listening, thread = _daemon(tmp_path / "clamd", answers)
    with listening:
        assert scan(data, str(tmp_path / "clamd")) == verdict
        thread.join(10)


def test_without_a_scanner_a_file_is_not_scanned(tmp_path: Path) -> None:
    assert scan(b"x", "") == NOT_SCANNED
    assert scan(b"x", str(tmp_path / "nobody")) == NOT_SCANNED
