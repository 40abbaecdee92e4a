"""Whatever is wrong with a request is said in one form (RFC 9457), and nothing is half-written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client, override_settings

from huiyin.cases.models import Case, Category
from huiyin.domain.receipts import ALPHABET, check_letter
from huiyin.people.acts import set_open
from huiyin.people.directory import touch
from tests.apps import api_world as api
from tests.people import Town

FOLLOW = "/api/v1/follow"


def _post(client: Client, body: bytes, content_type: str = "application/json", **more: Any) -> Any:
    return client.post(api.CASES, body, content_type=content_type, **more)


GOOD = json.dumps(api.LETTER).encode()


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"", "application/json", 422, "request-invalid"),
        (b"{", "application/json", 400, "request-unreadable"),
        (b"[" * 100_000, "application/json", 400, "request-unreadable"),
        (b'{"people": ' + b"9" * 10_000 + b"}", "application/json", 400, "request-unreadable"),
        (b'{"people": NaN}', "application/json", 400, "request-unreadable"),
        (GOOD.replace(b"Crane", b"Cr\xffne"), "application/json", 400, "request-unreadable"),
        (
            GOOD.replace(b"Crane", b"Cr\xed\xa0\x80ne"),
            "application/json",
            400,
            "request-unreadable",
        ),
        (GOOD.decode().encode("utf-16"), "application/json", 400, "request-unreadable"),
        (GOOD, "text/plain", 415, "content-type-unknown"),
        (GOOD, "application/x-www-form-urlencoded", 415, "content-type-unknown"),
        (GOOD, "multipart/form-data; boundary=x", 415, "content-type-unknown"),
        (b"null", "application/json", 422, "request-invalid"),
        (b'"text"', "application/json", 422, "request-invalid"),
        (b"[]", "application/json", 422, "request-invalid"),
    ],
)
def test_body_that_is_no_complaint(
    client: Client, town: Town, body: bytes, content_type: str, status: int, code: str
) -> None:
    with api.nothing_written():
        api.problem(_post(client, body, content_type), status, code)


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"risk": "high"}, "request-invalid", "risk"),
        ({"identity": {"id_number": "1"}}, "request-invalid", "id_number"),
        ({"contact": {"telegram": "1"}}, "request-invalid", "telegram"),
        ({"category": 5}, "request-invalid", "category"),
        ({"category": "c" * 61}, "request-invalid", "category"),
        ({"text": None}, "request-invalid", "text"),
        ({"text": ["a"]}, "request-invalid", "text"),
        ({"people": "3"}, "request-invalid", "people"),
        ({"people": 2.5}, "request-invalid", "people"),
        ({"people": True}, "request-invalid", "people"),
        ({"contact": "a@b.org"}, "request-invalid", "contact"),
        ({"identity": {"name": "n" * 301}}, "request-invalid", "name"),
        ({"category": "no-such"}, "category-unknown", "no-such"),
        ({"category": ""}, "category-unknown", ""),
        ({"category": "public"}, "category-not-a-leaf", "roads"),
        ({"unit": "no-such"}, "unit-unknown", "no-such"),
        ({"place": "no-such"}, "place-unknown", "no-such"),
        ({"about_unit": "no-such"}, "about-unknown", "no-such"),
        ({"language": "tlh"}, "language-unknown", "tlh"),
        ({"language": ""}, "language-unknown", ""),
        ({"people": 0}, "people-out-of-range", ""),
        ({"people": -1}, "people-out-of-range", ""),
        ({"people": 10**30}, "people-out-of-range", ""),
        ({"contact": {"email": "nobody"}}, "email-malformed", ""),
        ({"contact": {"email": "a@b.org\nBcc: all@b.org"}}, "email-malformed", ""),
    ],
)
def test_field_that_cannot_be_right(
    client: Client, town: Town, change: dict[str, Any], code: str, named: str
) -> None:
    with api.nothing_written():
        body = api.problem(api.send(client, api.CASES, {**api.LETTER, **change}), 422, code)
    assert named in json.dumps(body)


def test_missing_fields_are_all_named(client: Client, town: Town) -> None:
    told = api.problem(api.send(client, api.CASES, {}), 422, "request-invalid")
    assert [each.split(":")[0] for each in told["data"]["fields"]] == ["category", "text"]


def test_private_values_are_not_echoed(client: Client, town: Town) -> None:
    body = {**api.LETTER, "identity": {"name": ["Li Crane"]}, "people": api.PLANTED}
    answer = api.send(client, api.CASES, body)
    told = json.dumps(api.problem(answer, 422, "request-invalid"))
    assert "Li Crane" not in told and api.PLANTED not in told


def test_mistakes_are_told_within_reason(client: Client, town: Town) -> None:
    body = {**api.LETTER, **{"x" * 500 + str(n): 1 for n in range(500)}}
    answer = api.send(client, api.CASES, body)
    api.problem(answer, 422, "request-invalid")
    assert len(answer.content) < 5_000


def test_closed_unit_and_closed_category(client: Client, town: Town) -> None:
    set_open("works", False)
    Category.objects.filter(id="noise").update(open=False)
    touch()
    with api.nothing_written():
        wanted = {**api.LETTER, "unit": "works"}
        api.problem(api.send(client, api.CASES, wanted), 422, "unit-closed")
        wanted = {**api.LETTER, "category": "noise"}
        api.problem(api.send(client, api.CASES, wanted), 422, "category-closed")
    # Without a wish the complaint is never turned away: the unit above receives it.
    number = api.hand_in(client)["number"]
    assert Case.objects.get(pk=number).unit_id == "town"


def test_body_above_the_limit(client: Client, town: Town) -> None:
    code = api.receipt(api.hand_in(client)["code"])
    huge = json.dumps({**api.LETTER, "text": "a" * 600_000}).encode()
    with api.nothing_written():
        told = api.problem(_post(client, huge), 413, "request-too-large")
        assert told["data"] == {"most": 512 * 1024}
        answer = client.post(f"{FOLLOW}/messages", huge, "application/json", headers=code)
        api.problem(answer, 413, "request-too-large")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/cases", "/api/", "/api/v1/cases/"])
def test_address_that_does_not_exist(client: Client, town: Town, path: str) -> None:
    api.problem(client.get(path), 404, "address-unknown")
    api.problem(api.send(client, path, api.LETTER), 404, "address-unknown")


def test_method_that_does_not_exist(client: Client, town: Town) -> None:
    for method, path, allowed in (
        (client.get, api.CASES, "POST"),
        (client.delete, FOLLOW, "GET"),
        (client.put, "/api/v1/desk", "GET"),
    ):
        answer = method(path)
        told = api.problem(answer, 405, "method-not-allowed")
        assert answer["Allow"] == told["data"]["allowed"] == allowed


def test_server_error_tells_nothing_of_itself(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huiyin.portal import api as portal

    def broken(*given: object, **named: object) -> None:
        raise RuntimeError("secret inner matter")

    monkeypatch.setattr(portal, "submit", broken)
    client.raise_request_exception = False
    answer = api.send(client, api.CASES, api.LETTER)
    api.problem(answer, 500, "server-error")
    assert b"secret" not in answer.content and b"Traceback" not in answer.content


def test_failure_in_the_middle_leaves_nothing(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last write of a hand-in fails: no case, no text, no event, no leaf stays behind."""
    given = api.hand_in(client)

    def broken(self: Case, *given: object, **named: object) -> None:
        raise RuntimeError("disk full")

    client.raise_request_exception = False
    with monkeypatch.context() as patch, api.nothing_written():
        patch.setattr(Case, "save", broken)
        patch.setattr("huiyin.history.acts.put_openings", broken)
        api.problem(api.send(client, api.CASES, api.LETTER), 500, "server-error")
    assert api.hand_in(client)["number"].split("-")[1] == "000002"
    assert given["number"].split("-")[1] == "000001"


def test_host_that_is_not_ours(client: Client, town: Town) -> None:
    answer = client.get("/api/v1/units", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_unauthenticated_and_not_allowed(client: Client, town: Town) -> None:
    number = api.hand_in(client)["number"]
    for path in ("/api/v1/desk", f"/api/v1/cases/{number}", "/api/v1/search?q=lamp"):
        answer = client.get(path)
        api.problem(answer, 401, "sign-in-needed")
        assert answer["WWW-Authenticate"] == "Bearer"
        for wrong in ("Bearer x", "Bearer ", "Bearer \u00fc", "Basic YTpi", "Bearer " + "A" * 43):
            api.problem(client.get(path, headers={"Authorization": wrong}), 401, "sign-in-needed")
    auditor = api.token(town, "audrey")
    api.problem(client.get("/api/v1/search?q=lamp", headers=auditor), 403, "not-allowed")
    nobody = api.token(town, "otto")
    api.problem(client.get("/api/v1/desk", headers=nobody), 403, "not-allowed")
    api.problem(client.get(f"/api/v1/cases/{number}", headers=nobody), 404, "case-unknown")


def test_case_that_one_may_not_see_does_not_exist(client: Client, town: Town) -> None:
    """Same answer, word for word, as for a number that was never given out."""
    number = api.hand_in(client)["number"]
    wang = api.token(town, "wang")
    missing = "2026-000999-" + check_letter("2026000999")
    for act in ("accept", "note", "no-such-act"):
        for wanted in (number, missing):
            path = f"/api/v1/cases/{wanted}/acts"
            with api.nothing_written():
                answer = api.send(client, path, {"act": act, "note": "Hm."}, **wang)
            told = api.problem(answer, 404, "case-unknown")
            assert told["data"] == {"number": wanted}


@pytest.mark.parametrize("number", ["x", "2026", "2026-000001-%00", "%00", "2026-000001-Z"])
def test_number_with_a_typo(client: Client, town: Town, number: str) -> None:
    path = f"/api/v1/cases/{number}"
    alice = api.token(town, "alice")
    told = api.problem(client.get(path, headers=alice), 422)
    assert told["code"].startswith("number-")
    told = api.problem(api.send(client, f"{path}/acts", {"act": "accept"}, **alice), 422)
    assert told["code"].startswith("number-")


def test_search_question_that_is_no_question(client: Client, town: Town) -> None:
    alice = api.token(town, "alice")
    find = "/api/v1/search"
    api.problem(client.get(find, headers=alice), 422, "request-invalid")
    api.problem(client.get(find, {"q": "   "}, headers=alice), 422, "search-empty")
    api.problem(client.get(find, {"q": "a" * 201}, headers=alice), 422, "request-invalid")
    for odd in ('"', "' OR 1=1 --", "a* NEAR b", "\x00lamp", "灯 & !", "\\", "lamp:*", "\ud800"):
        answer = client.get(find, {"q": odd.encode("utf-8", "replace")}, headers=alice)
        assert answer.status_code in (200, 422), answer.content


@pytest.mark.parametrize("at", range(0, 29, 7))
def test_code_with_one_wrong_letter(client: Client, town: Town, at: int) -> None:
    code = api.hand_in(client)["code"]
    at += code[at] == "-"
    other = ALPHABET[(ALPHABET.index(code[at]) + 1) % 32]
    typed = code[:at] + other + code[at + 1 :]
    told = api.problem(client.get(FOLLOW, headers=api.receipt(typed)), 422, "code-check-failed")
    assert typed not in json.dumps(told)
    told = api.problem(
        client.get(FOLLOW, headers=api.receipt(code[:at] + "?" + code[at + 1 :])), 422
    )
    assert told["code"] == "code-character"
    assert told["data"] == {"character": "?", "position": len(code[:at].replace("-", "")) + 1}
    told = api.problem(client.get(FOLLOW, headers=api.receipt(code[:-1])), 422, "code-length")
    assert told["data"] == {"length": 24, "expected": 25}


def test_code_missing_unknown_or_guessed_too_often(client: Client, town: Town) -> None:
    from huiyin.domain.receipts import make

    api.hand_in(client)
    for header in ({}, {"Authorization": "Receipt"}, {"Authorization": "Bearer x"}):
        answer = client.get(FOLLOW, headers=header)
        api.problem(answer, 401, "receipt-code-needed")
        assert answer["WWW-Authenticate"] == "Receipt"
    with override_settings(HUIYIN_CODE_TRIES=3):
        for n in range(3):
            key = api.receipt(make(bytes([n]) * 15).text)
            api.problem(client.get(FOLLOW, headers=key), 404, "code-unknown")
        answer = client.get(FOLLOW, headers=api.receipt(make(b"z" * 15).text))
        told = api.problem(answer, 429, "too-many-tries")
        assert answer["Retry-After"] == str(told["data"]["seconds"])


def test_stale_reader_is_told_what_happened(client: Client, town: Town) -> None:
    given = api.hand_in(client)
    key = api.receipt(given["code"])
    town.act("alice", given["number"], "accept")
    alice = api.token(town, "alice")
    with api.nothing_written():
        late = {"text": "One more thing.", "seen": 1}
        answer = api.send(client, f"{FOLLOW}/messages", late, **key)
        told = api.problem(answer, 409, "stale")
        assert told["data"]["since"] == ["accept"]
        path = f"/api/v1/cases/{given['number']}/acts"
        note = {"act": "note", "note": "Hm.", "seen": 1}
        api.problem(api.send(client, path, note, **alice), 409, "stale")


def test_act_that_is_not_open_says_which_are(client: Client, town: Town) -> None:
    number = api.hand_in(client)["number"]
    path = f"/api/v1/cases/{number}/acts"
    alice = api.token(town, "alice")
    assert api.send(client, path, {"act": "accept"}, **alice).status_code == 201
    with api.nothing_written():
        told = api.problem(api.send(client, path, {"act": "accept"}, **alice), 409)
    assert told["code"] in ("act-not-open", "act-only-once")
    if told["code"] == "act-not-open":
        assert "assign" in told["data"]["open"] and "accept" not in told["data"]["open"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "request-invalid"),
        ({"act": ""}, 422, "request-invalid"),
        ({"act": "a" * 61}, 422, "request-invalid"),
        ({"act": 5}, 422, "request-invalid"),
        ({"act": "note", "note": 5}, 422, "request-invalid"),
        ({"act": "note", "values": {"note": None}}, 422, "request-invalid"),
        ({"act": "note", "values": ["note"]}, 422, "request-invalid"),
        ({"act": "note", "note": "Hm.", "seen": "2"}, 422, "request-invalid"),
        ({"act": "note", "values": {str(n): "x" for n in range(50)}}, 422, "request-invalid"),
        ({"act": "note"}, 422, "field-missing"),
        ({"act": "note", "note": "  "}, 422, "field-missing"),
        ({"act": "note", "note": "Hm.", "risk": "high"}, 422, "act-field-unknown"),
        ({"act": "note", "note": "a" * 20_001}, 422, "text-too-long"),
        ({"act": "no-such"}, 404, "act-unknown"),
        ({"act": "withdraw"}, 403, "act-not-yours"),
        ({"act": "assign", "owner": "no-such"}, 422, "owner-unknown"),
        ({"act": "assign", "owner": "99999"}, 422, "owner-unknown"),
        ({"act": "forward", "unit": "no-such"}, 422, "unit-unknown"),
    ],
)
def test_act_that_cannot_be_done(
    client: Client, town: Town, body: dict[str, Any], status: int, code: str
) -> None:
    number = api.hand_in(client)["number"]
    alice = api.token(town, "alice")
    town.act("alice", number, "accept")
    with api.nothing_written():
        answer = api.send(client, f"/api/v1/cases/{number}/acts", body, **alice)
        api.problem(answer, status, code)


# -- the same request once more ------------------------------------------------

KEY = {"Idempotency-Key": "5f0d9f9a-6d6f-4a0e-9f0e-7f3a4c1b2d3e"}


def test_same_key_and_body_give_the_same_case(client: Client, town: Town) -> None:
    body = {**api.LETTER, "contact": {"email": "a@b.org"}, "identity": {"name": "Li Crane"}}
    first = api.send(client, api.CASES, body, **KEY).json()
    with api.nothing_written():
        again = api.send(client, api.CASES, body, **KEY)
    assert again.status_code == 201
    told = again.json()
    assert (told["number"], told["code"], told["due"]) == tuple(
        first[name] for name in ("number", "code", "due")
    )
    # The proof may speak of a later checkpoint; what is proved is the same.
    opened = [(e["event"], e["key"], e["leaf"]) for e in told["receipt"]["events"]]
    assert opened == [(e["event"], e["key"], e["leaf"]) for e in first["receipt"]["events"]]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Another text."},
        {"category": "noise"},
        {"place": None},
        {"remedy": "Light it."},
        {"contact": {"email": "c@b.org"}},
        {"identity": {"name": "Li Crane"}},
        {"people": 2},
        {"language": "zh-hans"},
        {"about_unit": "wages"},
    ],
)
def test_same_key_with_another_body_is_refused(
    client: Client, town: Town, change: dict[str, Any]
) -> None:
    first = api.send(client, api.CASES, api.LETTER, **KEY)
    assert first.status_code == 201
    with api.nothing_written():
        answer = api.send(client, api.CASES, {**api.LETTER, **change}, **KEY)
        told = api.problem(answer, 409, "code-used")
    assert first.json()["code"] not in json.dumps(told)


@pytest.mark.parametrize("key", ["", "short", "x" * 15, "x" * 129])
def test_key_that_could_be_guessed(client: Client, town: Town, key: str) -> None:
    with api.nothing_written():
        answer = api.send(client, api.CASES, api.LETTER, **{"Idempotency-Key": key})
        told = api.problem(answer, 422, "idempotency-key-length")
    assert told["data"] == {"least": 16, "most": 128}


def test_key_of_one_installation_says_nothing_elsewhere(client: Client, town: Town) -> None:
    first = api.send(client, api.CASES, api.LETTER, **KEY).json()["code"]
    with override_settings(SECRET_KEY="another installation " * 3):
        second = api.send(client, api.CASES, api.LETTER, **KEY).json()["code"]
    assert first != second
