"""The receipt code and the number of a case: in no address, header, cookie, title, mail or row."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.db import connection
from django.http import HttpResponse

from huiyin.domain import receipts
from tests.apps.portal_journey import Resident
from tests.people import Town


class Watched(Resident):
    """A browser that remembers what it asked for and what came back."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[str, HttpResponse]] = []

    def get(self, path: str, **more: Any) -> HttpResponse:
        return self._kept(path, super().get(path, **more))

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> HttpResponse:
        return self._kept(path, super().post(path, data, **more))

    def _kept(self, path: str, answer: HttpResponse) -> HttpResponse:
        self.log.append((path, answer))
        return answer


def walk(resident: Watched) -> tuple[str, receipts.Code]:
    """From the first question to the message, the consent page and the way out."""
    reach = {"reach": {"reach": ["notice"]}, "notice": {"email": "zhao@example.org"}}
    case, text = resident.hand_in(**reach)
    for page in ("", "identity/", "consent/", "contact/", "receipt/", "act/withdraw/"):
        resident.get(f"/follow/{page}")
    resident.post("/follow/message/", {"message": "And now?", "seen": resident.seen()})
    resident.post("/follow/forget/")
    resident.open(text)
    resident.post("/exit/")
    return case.number, receipts.parse(text)


def test_the_code_is_sent_in_a_body_and_shown_once(town: Town) -> None:
    resident = Watched()
    number, code = walk(resident)
    written = (code.text, code.text.replace("-", ""), code.text.lower())
    for path, answer in resident.log:
        headers = str(dict(answer.items())) + str(answer.cookies)
        for secret in written:
            assert secret not in path and secret not in headers, path
        page = b"" if answer.streaming else answer.content
        if path != "/hand-in/receipt/":
            assert not any(secret.encode() in page for secret in written), path
        assert number not in path and number not in headers.replace(
            f'filename="{number}.receipt.json"', ""
        ), path


def test_no_page_is_kept_or_names_the_case_to_the_history(town: Town) -> None:
    resident = Watched()
    number, _ = walk(resident)
    seen = 0
    for path, answer in resident.log:
        if not path.startswith(("/hand-in", "/follow")):
            continue
        assert "no-store" in answer["Cache-Control"], path
        assert answer["Referrer-Policy"] == "same-origin", path
        if answer["Content-Type"].startswith("text/html"):
            title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.S)
            assert title is None or number not in title[1], path
            for form in re.findall(r"<form[^>]*>", answer.content.decode()):
                assert 'method="get"' not in form.lower(), path
            seen += 1
    assert seen > 10


def test_no_table_and_no_mail_holds_the_code(town: Town) -> None:
    _, code = walk(Watched())
    secrets = {code.text, code.text.replace("-", ""), code.secret.hex()}
    secrets |= {receipts.private_key(code).hex()}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                held = " ".join(
                    bytes(v).hex() if isinstance(v, (bytes, memoryview)) else str(v) for v in row
                )
                assert not any(secret in held for secret in secrets), table
    assert not any(code.text in str(message.message()) for message in mail.outbox)


def test_exit_ends_both_sittings_without_a_script(town: Town) -> None:
    resident = Watched()
    _, code = walk(resident)
    page = resident.get("/follow/").content.decode()
    assert "huiyin_follow" not in {n for n, m in resident.client.cookies.items() if m.value}
    resident.open(code.text)
    page = resident.get("/follow/").content.decode()
    form = re.search(r'<form[^>]*action="/exit/"[^>]*>', page)
    assert form and 'method="post"' in form[0]
    answer = resident.post("/exit/")
    assert answer.status_code == 302 and answer["Location"] == "/about/"
    assert resident.get("/follow/identity/").status_code == 401
