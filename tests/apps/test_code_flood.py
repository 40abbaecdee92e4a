"""A flood of wrong codes: nothing is written any more, and a right code opens its case."""

from __future__ import annotations

import io
import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.portal import limits
from huiyin.portal.acts import find_case
from huiyin.portal.models import Tally
from huiyin.web import gate, wsgi
from tests.people import Town


def wrong(address: str) -> str:
    """Try a code that no case has; returns the code of the refusal."""
    with pytest.raises(Refusal) as caught:
        find_case(receipts.make(os.urandom(15)).text, address, timezone.now())
    return caught.value.code


def test_a_flood_writes_nothing_and_keeps_nobody_out(
    town: Town, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HUIYIN_CODE_TRIES = 2
    monkeypatch.setattr(limits, "NETWORKS", 3)
    now = timezone.now().replace(second=1)
    monkeypatch.setattr(timezone, "now", lambda: now)  # one minute for the whole test
    _, code = town.hand_in()
    assert [wrong(f"10.0.{n}.1") for n in range(6)] == ["code-unknown"] * 6
    rows = Tally.objects.count()
    with CaptureQueriesContext(connection) as asked:
        assert [wrong(f"10.1.{n}.1") for n in range(20)] == ["too-many-tries"] * 20
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    assert len(asked) == 3 * 20, "the look-up, the network's count, the count of all"
    assert Tally.objects.count() == rows
    assert find_case(code.text, "192.0.2.7", timezone.now()).code == code


def test_a_wrong_code_is_one_small_transaction(town: Town) -> None:
    wrong("10.0.0.1")
    with CaptureQueriesContext(connection) as asked:
        wrong("10.0.0.1")
    writes = [q["sql"] for q in asked if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert len(writes) == 2 and all(sql.startswith("UPDATE") for sql in writes)


# -- before Django: the gate ----------------------------------------------------------------------


def asked_of(app: gate.App, environ: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of a WSGI answer."""
    seen: list[Any] = []
    body = b"".join(app(environ, lambda *given: seen.append(given)))
    return int(seen[-1][0][:3]), dict(seen[-1][1]), body.decode()


def environ_of(method: str, path: str, body: bytes = b"", **more: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "REMOTE_ADDR": "10.0.0.1",
        **more,
    }


def by_api(code: str, **more: str) -> dict[str, Any]:
    return environ_of("GET", "/api/v1/follow", HTTP_AUTHORIZATION=f"Receipt {code}", **more)


def by_form(code: str, kind: str = gate.FORM, **more: str) -> dict[str, Any]:
    body = urlencode({"csrfmiddlewaretoken": "x" * 64, "code": code}).encode()
    return environ_of("POST", "/follow/", body, CONTENT_TYPE=kind, **more)


def made_up() -> str:
    return receipts.make(os.urandom(15)).text


def exhausted() -> gate.Allowance:
    """Nothing is left, and no time goes by."""
    left = gate.Allowance(clock=lambda: 0.0)
    while left.take():
        pass
    return left


@pytest.fixture
def flooded(kept_connection: None) -> gate.App:
    """The pages of the server while a flood is on."""
    return gate.gate(WSGIHandler(), wsgi.WrongCodeHandler(), exhausted())


def test_the_allowance_fills_up_again_and_never_beyond_its_brim() -> None:
    now = [0.0]
    left = gate.Allowance(clock=lambda: now[0])
    assert [left.take() for _ in range(21)] == [True] * 20 + [False]
    now[0] = 0.5
    assert [left.take() for _ in range(5)] == [True] * 4 + [False]
    now[0] = 3600.0
    assert [left.take() for _ in range(21)] == [True] * 20 + [False]


@pytest.mark.parametrize("wrong_one", ["unknown", "typo", "number", "empty", "long"])
def test_all_wrong_codes_get_one_short_answer(
    flooded: gate.App, town: Town, wrong_one: str
) -> None:
    handed_in, code = town.hand_in()
    slip = code.text[:-1] + ("0" if code.text[-1] != "0" else "1")
    shown = {
        "unknown": made_up(),
        "typo": slip,
        "number": handed_in.case.number,
        "empty": "",
        "long": "7" * 900,
    }[wrong_one]
    status, headers, told = asked_of(flooded, by_api(shown))
    assert (status, headers["Content-Type"]) == (429, "application/problem+json")
    assert json.loads(told)["code"] == "many-wrong-codes"
    assert headers["Retry-After"] == "10" and headers["Cache-Control"] == "no-store, private"
    status, headers, page = asked_of(flooded, by_form(shown, HTTP_ACCEPT_LANGUAGE="en"))
    assert status == 429 and "many-wrong-codes" in page and 'href="/follow/"' in page
    assert headers["Cache-Control"] == "no-store, private"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers and "csrfmiddlewaretoken" not in page
    assert wrong_one in ("empty",) or shown not in page


def test_the_short_answer_asks_one_look_up_and_writes_nothing(
    flooded: gate.App, town: Town
) -> None:
    asked_of(flooded, by_api(made_up()))
    rows = Tally.objects.count()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(10):
            assert asked_of(flooded, by_api(made_up()))[0] == 429
    assert len(asked) == 10 and Tally.objects.count() == rows


def test_a_right_code_walks_through_the_flood(flooded: gate.App, town: Town) -> None:
    handed_in, code = town.hand_in()
    typed = code.text.lower().replace("-", " ")
    status, _, told = asked_of(flooded, by_api(typed))
    assert status == 200 and json.loads(told)["number"] == handed_in.case.number
    # By the form as well, with what Django needs of the body: here it checks the token as ever.
    status, _, page = asked_of(flooded, by_form(code.text))
    assert status == 403 and "many-wrong-codes" not in page
    token = "a" * 32
    right = by_form(code.text, HTTP_COOKIE=f"csrftoken={token}", HTTP_ORIGIN="http://testserver")
    right["wsgi.input"] = io.BytesIO(
        urlencode({"csrfmiddlewaretoken": token, "code": code.text}).encode()
    )
    right["CONTENT_LENGTH"] = str(len(right["wsgi.input"].getvalue()))
    status, headers, _ = asked_of(flooded, right)
    assert (status, headers["Location"]) == (302, "/follow/")
    assert "huiyin_follow" in headers["Set-Cookie"]


def test_what_no_page_of_ours_sends_counts_as_wrong(flooded: gate.App, town: Town) -> None:
    _, code = town.hand_in()
    for strange in ("multipart/form-data; boundary=x", "text/plain", ""):
        assert asked_of(flooded, by_form(code.text, strange))[0] == 429
    big = by_form(code.text + " " * 5000)
    assert asked_of(flooded, big)[0] == 429
    odd = by_form(code.text)
    odd["CONTENT_LENGTH"] = "-1"
    assert asked_of(flooded, odd)[0] == 429


def test_other_pages_pass_the_gate_without_a_look_up(flooded: gate.App, town: Town) -> None:
    for open_page in (
        environ_of("GET", "/follow/"),
        environ_of("GET", "/api/v1/categories"),
        environ_of("GET", "/api/v1/follow"),
    ):
        assert gate.typed_code(open_page) is None
        assert asked_of(flooded, open_page)[0] in (200, 401)


def test_each_reader_gets_the_short_answer_in_their_language(flooded: gate.App, town: Town) -> None:
    for languages, word in (
        ({"HTTP_ACCEPT_LANGUAGE": "zh-TW"}, "逐字"),
        ({"HTTP_ACCEPT_LANGUAGE": "ar"}, 'dir="rtl"'),
        ({"HTTP_ACCEPT_LANGUAGE": "ar", "HTTP_COOKIE": "a=1; django_language=en"}, "at once"),
        ({"HTTP_ACCEPT_LANGUAGE": "zh-TW"}, "逐字"),
    ):
        assert word in asked_of(flooded, by_form(made_up(), **languages))[2]


def test_a_refused_host_is_not_kept_for_others(flooded: gate.App, town: Town) -> None:
    assert asked_of(flooded, by_form("x", HTTP_HOST="elsewhere.example"))[0] == 400
    assert asked_of(flooded, by_form("x"))[0] == 429


def test_within_the_allowance_a_slip_is_explained(kept_connection: None, town: Town) -> None:
    pages = gate.gate(WSGIHandler(), wsgi.WrongCodeHandler())
    status, _, told = asked_of(pages, by_api(made_up()))
    assert (status, json.loads(told)["code"]) == (404, "code-unknown")


def test_a_database_that_is_away_keeps_nobody_out(
    flooded: gate.App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(typed: str) -> bool:
        raise OperationalError("gone")

    monkeypatch.setattr(gate, "opens", away)
    passed = gate.gate(lambda environ, start: [b"page"], wsgi.WrongCodeHandler(), exhausted())
    assert passed(by_api(made_up()), print) == [b"page"]


def test_a_neighbour_who_guesses_locks_nobody_out(town: Town, settings: Any) -> None:
    settings.HUIYIN_CODE_TRIES = 2
    _, code = town.hand_in()
    assert [wrong("10.0.0.1") for _ in range(3)][-1] == "too-many-tries"
    assert find_case(code.text, "10.0.0.1", timezone.now()).code == code
