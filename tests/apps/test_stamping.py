"""Time stamps: an authority of openssl's own on loopback; and answers that are none."""

from __future__ import annotations

import hashlib
import http.server
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from huiyin.domain import timestamps
from huiyin.domain.errors import Refusal
from huiyin.register import queries, schedule
from huiyin.register.models import Stamped
from huiyin.register.stamping import stamp

from .register_world import append, fill

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("keys"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command"),
]
CONFIG = """
[ req ]
distinguished_name = dn
prompt = no
[ dn ]
CN = Test authority
[ tsa ]
default_tsa = t1
[ t1 ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[ tsa_ext ]
extendedKeyUsage = critical,timeStamping
"""


def openssl(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


class Authority:
    """openssl's time-stamping behind an address; ``bend`` changes its answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bend: Callable[[bytes], bytes] = lambda answer: answer
        (folder / "tsa.cnf").write_text(CONFIG)
        (folder / "serial").write_text("01\n")
        openssl(
            folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out",
            "tsa.pem", "-days", "2", "-config", "tsa.cnf", "-extensions", "tsa_ext",
        )  # fmt: skip

    def answer(self, question: bytes) -> bytes:
        (self.folder / "q").write_bytes(question)
        openssl(
            self.folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "t1", "-queryfile", "q",
            "-inkey", "tsa.key", "-signer", "tsa.pem", "-out", "r",
        )  # fmt: skip
        return self.bend((self.folder / "r").read_bytes())


@pytest.fixture
def authority(tmp_path: Path, settings: Any) -> Iterator[Authority]:
    found = Authority(tmp_path)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == timestamps.QUERY
            body = found.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", timestamps.REPLY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.HUIYIN_TSA = f"http://127.0.0.1:{server.server_port}/"
        yield found
        server.shutdown()
        thread.join()


def now() -> datetime:
    return datetime.now(UTC)


def refused() -> str:
    with pytest.raises(Refusal) as found:
        stamp(now())
    assert not Stamped.objects.exists()
    return found.value.code


def test_openssl_accepts_what_is_published(authority: Authority, tmp_path: Path) -> None:
    fill(5)
    row = stamp(now())
    assert row is not None and abs(row.stamped_at - now()) < timedelta(minutes=1)
    web = Client(headers={"accept-language": "en"})
    text, token = (web.get(f"/ledger/timestamp/5/{name}").content for name in ("text", "token"))
    assert queries.head().checkpoint.startswith(text.decode())
    (tmp_path / "text").write_bytes(text)
    (tmp_path / "token").write_bytes(token)
    check = ["ts", "-verify", "-in", "token", "-token_in", "-CAfile", "tsa.pem", "-data"]
    assert "Verification: OK" in openssl(tmp_path, *check, "text")
    (tmp_path / "other").write_bytes(text.replace(b"\n5\n", b"\n6\n"))
    with pytest.raises(subprocess.CalledProcessError):
        openssl(tmp_path, *check, "other")
    assert "confirmed that the state of 5 entries existed" in web.get("/register/").content.decode()
    for absent in ("4", "99999999999999999999999"):
        assert web.get(f"/ledger/timestamp/{absent}/token").status_code == 404


def test_each_checkpoint_is_stamped_once(authority: Authority) -> None:
    fill(2)
    first, again = stamp(now()), stamp(now())
    append(b"x")
    second = stamp(now())
    assert first is not None and again is not None and second is not None
    assert bytes(first.token) == bytes(again.token)
    assert (first.size, second.size) == (2, 3)


def test_answers_that_are_none(authority: Authority) -> None:
    fill(2)
    earlier = authority.answer(timestamps.request(hashlib.sha256(b"other").digest(), 7))
    for bent in (
        lambda _: b"", lambda _: b"<html>", lambda _: earlier, lambda data: data[:-10],
        lambda data: data + b"\x00", lambda _: b"\x30\x84\xff\xff\xff\xff",
        lambda _: b"\x30\x03\x30\x01\x02", lambda _: b"\x30" * 5000, lambda _: b"\x30\x80\x00\x00",
    ):  # fmt: skip
        authority.bend = bent
        assert refused() == "tsa-answer-wrong"
    authority.bend = lambda _: bytes.fromhex("30053003020102")  # rejection, RFC 3161, 2.4.2
    assert refused() == "tsa-refused"


def test_every_changed_byte_is_refused_or_harmless(authority: Authority) -> None:
    """No byte of status, imprint, nonce or time can change without being noticed or told."""
    digest = hashlib.sha256(b"text").digest()
    whole = authority.answer(timestamps.request(digest, 2**62 + 5))
    good = timestamps.read_reply(whole, digest, 2**62 + 5)
    at = whole.index(digest)
    for n in range(at, at + 32):
        changed = whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :]
        with pytest.raises(Refusal):
            timestamps.read_reply(changed, digest, 2**62 + 5)
    for nonce in (2**62 + 4, 5, 0):
        with pytest.raises(Refusal):
            timestamps.read_reply(whole, digest, nonce)
    for n in range(0, len(whole), 3):
        try:
            found = timestamps.read_reply(whole[:n] + b"\xff" + whole[n + 1 :], digest, 2**62 + 5)
        except Refusal:
            continue
        assert found.at == good.at or whole[n - 1 : n + 2] != found.token[n - 1 : n + 2]


def test_no_authority_and_an_authority_that_is_away(settings: Any) -> None:
    fill(1)
    assert stamp(now()) is None
    settings.HUIYIN_TSA = "http://127.0.0.1:9/"
    assert refused() == "tsa-unreachable"


def test_the_job_stamps_without_witnesses(authority: Authority) -> None:
    assert schedule.begin() is True
    assert schedule.submit_checkpoint.func() == "trouble"  # nothing to stamp yet
    fill(3)
    DBTaskResult.objects.all().delete()
    assert schedule.submit_checkpoint.func() == "fine"
    assert Stamped.objects.get().size == 3
    assert DBTaskResult.objects.filter(status="READY").count() == 1
