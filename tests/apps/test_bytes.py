"""What is planted in a running installation is in none of the files that it writes.

A real server with its worker, used through HTTP by everybody: complainant, staff, both officers.
Then every file below its folders, its output and its backup is read byte by byte, and what is
packed in it; on PostgreSQL also a dump of the whole database, because its files are the server's.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import quopri
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import psycopg
import pytest
from django.db import connection

from huiyin.demo.accounts import PASSWORD
from tests import planted_files
from tests.apps.test_register_processes import ROOT, _administer, _database

pytestmark = pytest.mark.slow

NAME, CHINESE, PHONE = "Heronimus Craneworth", "鹭鸣远", "13955501234"
EMAIL, ADDRESS = "heronimus@craneworth.example", "Reedlane 47 behind the mill"
SENTENCE = "The foreman Bitternsson kept our wages in a biscuit tin."
MESSAGE = "Also the Snipefield ledger is missing since spring."
DRAFT = "A half written Kingfisher complaint about the sluice."
NOTE = "Internally: the Dunlin file has a second page."
REASON = "The Curlew house may not be safe tonight."
PASSPHRASES = {
    "privacy_officer": "lantern river seven quiet maps",
    "ombudsman": "heron bridge eleven slow bells",
}
PLANTED = {
    "name": NAME,
    "chinese name": CHINESE,
    "phone": PHONE,
    "address": ADDRESS,
    "e-mail": EMAIL,
    "sentence": SENTENCE,
    "word of the sentence": "Bitternsson",
    "message": "Snipefield",
    "draft": "Kingfisher",
    "note": "Dunlin",
    "reason": "Curlew",
    "file": planted_files.PLANT,
    "passphrase": PASSPHRASES["ombudsman"],
    "other passphrase": PASSPHRASES["privacy_officer"],
}


def spellings(text: str) -> set[bytes]:
    """The ways in which a text could lie in a file: plain, escaped, or encoded at any offset."""
    plain = text.encode()
    found = {plain, text.encode("utf-16-le"), text.encode("utf-16-be"), text.encode("gb18030")}
    found |= {json.dumps(text)[1:-1].encode(), quote(text).encode(), quote_plus(text).encode()}
    found |= {
        quopri.encodestring(plain).strip(),
        plain.hex().encode(),
        plain.hex().upper().encode(),
    }
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + plain)
        inner = whole[4 if shift else 0 : -4]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {one for one in found if len(one) >= 6}


def packed_in(held: bytes) -> Iterator[bytes]:
    """What unpacks from any place that looks like the head of zlib or gzip, as far as it goes."""
    for head in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", held):
        reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        try:
            yield reader.decompress(held[head.start() : head.start() + 2_000_000], 4_000_000)
        except zlib.error:
            continue


def found_in(folder: Path, planted: dict[str, str]) -> set[tuple[str, str]]:
    """(file, what) for everything planted that lies in any file below ``folder``."""
    ways = {what: spellings(text) for what, text in planted.items()}
    found = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        held = path.read_bytes()
        name = str(path.relative_to(folder))
        for part in (held, *packed_in(held)):
            found |= {(name, what) for what, each in ways.items() if any(w in part for w in each)}
    return found


def test_the_search_itself_finds(tmp_path: Path) -> None:
    encoded = base64.b64encode(b"xy" + SENTENCE.encode() + b"z")
    wide, zipped = CHINESE.encode("utf-16-be"), zlib.compress(b"x" * 500 + SENTENCE.encode())
    hidden = (SENTENCE.encode(), encoded, json.dumps(CHINESE).encode(), wide, zipped)
    for n, held in enumerate((*hidden, gzip.compress(SENTENCE.encode()))):
        (tmp_path / str(n)).write_bytes(b"before" + held + b"after")
    planted = {"sentence": SENTENCE, "chinese": CHINESE}
    said = ("sentence", "sentence", "chinese", "chinese", "sentence", "sentence")
    assert found_in(tmp_path, planted) == {(str(n), what) for n, what in enumerate(said)}


@dataclass
class Running:
    """The installation: where it writes, and where it answers."""

    folder: Path
    url: str
    env: dict[str, str]

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"accept-language": "en"}, timeout=30)

    def huiyin(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "huiyin", *arguments],
            env=self.env, cwd=ROOT, check=False, capture_output=True, text=True, input=stdin,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, query: str, *values: object) -> list[tuple[str, ...]]:
        if address := self.env.get("HUIYIN_DATABASE"):
            with psycopg.connect(address) as link:
                return list(link.execute(query.replace("?", "%s"), values))  # type: ignore[arg-type]  # a test's own
        with closing(sqlite3.connect(self.folder / "data" / "huiyin.sqlite3")) as held:
            return list(held.execute(query, values))

    def dump(self) -> None:
        """Write what PostgreSQL holds into a file of the folder, as anybody with the right to read
        it could."""
        if address := self.env.get("HUIYIN_DATABASE"):
            file = self.folder / "dump.sql"
            subprocess.run(["pg_dump", "--file", str(file), address], check=True)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database of its own on PostgreSQL, "" on SQLite."""
    if connection.vendor == "postgresql" and shutil.which("pg_dump") is None:
        pytest.skip("needs pg_dump")
    name = f"test_huiyin_bytes_{os.getpid()}"
    _administer(f"CREATE DATABASE {name}")
    yield _database(name)
    _administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def running(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo installation with both officers' keys, serving."""
    tmp_path = tmp_path_factory.mktemp("office")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "tmp").mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(tmp_path / "tmp"),  # read as well, should anything be spooled
        "PYTHONPATH": str(ROOT / "src"),
        "HUIYIN_DATA": str(tmp_path / "data"),
        "HUIYIN_DEMO": "true",
        "HUIYIN_URL": f"http://127.0.0.1:{port}",
        **({"HUIYIN_DATABASE": database} if database else {}),
    }
    office = Running(tmp_path, env["HUIYIN_URL"], env)
    office.huiyin("demo")
    for role, words in PASSPHRASES.items():
        new_key = ("officers", "create-key", role, "--replace", "--passphrase-stdin")
        office.huiyin(*new_key, stdin=words + "\n")
    with (tmp_path / "output.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "huiyin", "serve", "--port", str(port)],
            env=env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait_for(office)
            yield office
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(office: Running) -> None:
    for _ in range(120):
        try:
            if httpx.get(office.url + "/", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise AssertionError((office.folder / "output.log").read_text())


def post(browser: httpx.Client, path: str, **data: str) -> httpx.Response:
    """A form sent as a browser does, with the page's token."""
    return post_files(browser, path, {}, **data)


def post_files(
    browser: httpx.Client, path: str, files: dict[str, bytes], **data: str
) -> httpx.Response:
    """The same with files, by their names."""
    token = browser.cookies.get("csrftoken") or ""
    headers = {"referer": str(browser.base_url)}
    sent = {"csrfmiddlewaretoken": token, **data}
    chosen = [("files", (name, held)) for name, held in files.items()]
    return browser.post(path, data=sent, files=chosen or None, headers=headers)


def field(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, (name, page.text[-3000:])
    return found[1]


def sign_in(office: Running, login: str) -> httpx.Client:
    browser = office.browser()
    browser.get("/accounts/login/")
    answer = post(browser, "/accounts/login/", login=login, password=PASSWORD)
    assert answer.status_code == 302, answer.text[-2000:]
    answer = post(browser, "/accounts/reauthenticate/", password=PASSWORD)
    assert answer.status_code == 302, answer.text[-2000:]
    return browser


def hand_in(office: Running) -> tuple[str, str]:
    """By the API, with everything that can be planted; returns number and code."""
    (leaf,) = office.ask(
        "SELECT category_id FROM cases_case WHERE pack = 'cn-xinfang-2022' LIMIT 1"
    )
    (place,) = office.ask("SELECT place_id FROM cases_case WHERE category_id = ? LIMIT 1", leaf[0])
    body = {
        "category": leaf[0],
        "place": place[0],
        "text": SENTENCE,
        "language": "en",
        "contact": {"email": EMAIL},
        "identity": {"name": f"{NAME} {CHINESE}", "phone": PHONE, "address": ADDRESS},
    }
    with office.browser() as browser:
        # A slip first: what is wrong is said to whoever sent it, and written down nowhere.
        wrong = {**body, "identity": {"name": NAME, "employer": ADDRESS}}
        assert browser.post("/api/v1/cases", json=wrong).status_code == 422
        answer = browser.post("/api/v1/cases", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["number"], answer.json()["code"]


def follow(office: Running, code: str, unit: str) -> None:
    """The complainant looks, writes, and lets the unit know who they are."""
    with office.browser() as browser:
        browser.get("/follow/")
        assert post(browser, "/follow/", code=code).status_code == 302
        page = browser.get("/follow/")
        assert SENTENCE in page.text
        assert NAME in browser.get("/follow/identity/").text
        sent = post(browser, "/follow/message/", message=MESSAGE, seen=field(page, "seen"))
        assert sent.status_code == 302
        seen = field(browser.get("/follow/consent/"), "seen")
        sent = post(browser, "/follow/consent/", scope="identity", unit=unit, seen=seen)
        assert sent.status_code == 302, sent.text[-3000:]
        assert browser.get("/follow/receipt/").status_code == 200
        added = {f"{NAME}.jpg": padded(planted_files.jpeg()), "a.pdf": planted_files.pdf()}
        assert post_files(browser, "/follow/files/", added, whole="1").status_code == 302
        wait_for_copies(browser)
        assert f"{NAME}.jpg" in browser.get("/follow/files/").text
        # Left open on purpose: the sitting stays in the table.
    with office.browser() as draft:
        draft.get("/hand-in/")
        post(draft, "/hand-in/")
        assert post(draft, "/hand-in/what/", text=DRAFT).status_code in (200, 302)
        chosen = {f"{NAME}.png": padded(planted_files.png())}
        assert post_files(draft, "/hand-in/files/", chosen, add="1", whole="1").status_code == 302
        # Files sent where none are asked for go nowhere at all.
        post_files(draft, "/hand-in/what/", {"x.jpg": padded(planted_files.jpeg())}, text=DRAFT)
        post(draft, "/follow/", code=code[:-1] + ("A" if code[-1] != "A" else "B"))
        draft.get("/desk/find/", params={"q": "nobody"})


def padded(data: bytes) -> bytes:
    """Longer than what Django would keep in memory by itself (2.5 MB)."""
    return data + os.urandom(3_000_000)


def wait_for_copies(browser: httpx.Client) -> None:
    for _ in range(120):
        if browser.get("/follow/").text.count("cleaned copy ready") == 2:
            return
        time.sleep(0.5)
    raise AssertionError(browser.get("/follow/files/").text[-3000:])


def handle(office: Running, number: str, unit: str) -> None:
    """Head of the unit: reads the case and the name, writes a note, asks (which sends mail)."""
    (head,) = office.ask(
        "SELECT u.username FROM people_membership m JOIN people_user u ON u.id = m.user_id "
        "WHERE m.role = 'supervisor' AND m.unit_id IN "
        "(SELECT above_id FROM cases_unit_line WHERE unit_id = ?) LIMIT 1",
        unit,
    )
    with closing(sign_in(office, head[0])) as browser:
        page = browser.get(f"/cases/{number}/")
        assert SENTENCE in page.text, page.text[-2000:]
        copies = re.findall(rf"/cases/{number}/files/[0-9a-f]{{32}}/", page.text)
        assert len(copies) == 2
        for copy in copies:
            answer = post(browser, copy)
            assert answer.status_code == 200 and not planted_files.holds(answer.content)
        browser.get(f"/cases/{number}/identity/")
        assert NAME in post(browser, f"/cases/{number}/identity/").text
        seen = field(browser.get(f"/cases/{number}/act/note/"), "seen")
        assert post(browser, f"/cases/{number}/act/note/", note=NOTE, seen=seen).status_code == 302
        accept = f"/cases/{number}/act/accept/"
        seen = field(browser.get(accept), "seen")
        post(browser, accept, seen=seen, step="send")
        browser.get("/desk/find/", params={"q": "lamp"})


def open_identity(office: Running, number: str) -> None:
    """Both officers, each in a browser of their own."""
    logins = dict(
        office.ask(
            "SELECT m.role, u.username FROM people_membership m JOIN people_user u "
            "ON u.id = m.user_id WHERE m.role IN ('privacy_officer', 'ombudsman')"
        )
    )
    with closing(sign_in(office, logins["privacy_officer"])) as first:
        asked = {"number": number, "purpose": "open", "reason": REASON}
        words = PASSPHRASES["privacy_officer"]
        assert post(first, "/officers/ask/", **asked, passphrase=words).status_code == 302
    with closing(sign_in(office, logins["ombudsman"])) as second:
        page = f"/officers/cases/{number}/"
        assert REASON in second.get(page).text
        answer = post(second, page, do="confirm", passphrase=PASSPHRASES["ombudsman"])
        assert NAME in answer.text, answer.text[-2000:]


def wait_for_mail(office: Running) -> list[Path]:
    for _ in range(60):
        mails = [p for p in (office.folder / "data" / "mail").iterdir() if EMAIL in p.read_text()]
        if mails:
            return mails
        time.sleep(0.5)
    raise AssertionError("no notice was sent")


ERASE = """
import django, sys; django.setup()
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from huiyin.cases import erasing
from huiyin.cases.acting import Request, by_complainant
from huiyin.cases.models import Case
from huiyin.cases.search import index_summary
from huiyin.vault.models import CaseKey, Identity
case = Case.objects.get(pk=sys.argv[1])
case.summary = "Whimbrelwood tin of wages"
Case.objects.filter(pk=case.pk).update(summary=case.summary)
index_summary(case)
key, who = CaseKey.objects.get(pk=case.vault), Identity.objects.get(pk=case.vault)
print(bytes(key.wrapped_c).hex(), bytes(who.sealed_to_complainant).hex())
by_complainant(case.number, Request("withdraw", {}), timezone.now())
done = erasing.erase_due(timezone.now() + timedelta(days=400))
assert case.number in {lapse.number for lapse in done}, done
"""


def test_nothing_planted_lies_in_any_file(running: Running) -> None:
    number, code = hand_in(running)
    (row,) = running.ask("SELECT unit_id FROM cases_case WHERE number = ?", number)
    follow(running, code, row[0])
    handle(running, number, row[0])
    open_identity(running, number)
    notices = wait_for_mail(running)
    running.huiyin("backup", str(running.folder / "out"))
    running.dump()
    written = {p.name for p in running.folder.rglob("*")}
    sqlite = {"huiyin.sqlite3", "huiyin.sqlite3-wal"}
    assert written >= {"mail"} | ({"dump.sql"} if connection.vendor != "sqlite" else sqlite)
    planted = PLANTED | {"code": code, "code without dashes": code.replace("-", "")}
    found = found_in(running.folder, planted)
    # Where no mail server is set, each notice itself is a file: with its address, and no more.
    spool = {name for name, _ in found if name.startswith("data/mail/")}
    assert {f for f in found if f[0] not in spool} == set()
    assert {what for _, what in found} == {"e-mail"} and notices
    for notice in notices:
        lines = re.findall(rf"^.*{re.escape(EMAIL)}.*$", notice.read_text(), re.M)
        assert set(lines) == {f"To: {EMAIL}"}


def test_what_was_erased_leaves_the_files(running: Running) -> None:
    number, _ = hand_in(running)
    env = {**running.env, "DJANGO_SETTINGS_MODULE": "huiyin.web.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ERASE, number],
        env=env, cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    wrapped = [bytes.fromhex(each) for each in done.stdout.split()]
    running.dump()
    files = [*(running.folder / "data").glob("huiyin.sqlite3*"), *running.folder.glob("dump.sql")]
    assert files
    for path in files:
        held = path.read_bytes()
        for gone in (
            *wrapped,
            *(w.hex().encode() for w in wrapped),
            b"Whimbrelwood",
            b"whimbrelwood",
        ):
            assert gone not in held, path.name
    assert running.huiyin("ledger", "check", "--lang", "en")
