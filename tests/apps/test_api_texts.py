"""Texts as people and programs really send them: what is kept, what is taken out, what refused."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest
from django.test import Client

from tests.apps import api_world as api
from tests.people import Town


def _kept(client: Client, code: str, field: str) -> str:
    story = client.get("/api/v1/follow", headers=api.receipt(code)).json()
    return next(t["text"] for t in story["timeline"][0]["texts"] if t["field"] == field)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("abc\u202edef\u202c", "abcdef"),  # a right-to-left override reads otherwise than it is
        ("\u2067شكوى\u2069 \u200e.", "\u2067شكوى\u2069 ."),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("family 👨\u200d👩\u200d👧 ☎\ufe0f", "family 👨\u200d👩\u200d👧 ☎\ufe0f"),
        ("Cafe\u0301", "Café"),
        ("नि\u200dक्ष", "नि\u200dक्ष"),
        ("line\r\nline\u2028line\x0bline", "line\nline\nline\nline"),
        ("  two  spaces\t", "two  spaces"),
        ("\U0001f9fe 路灯不亮 " + "灯" * 19_990, "\U0001f9fe 路灯不亮 " + "灯" * 19_990),
        ("<script>alert(1)</script> {{ 7*7 }} %s ' OR 1=1 --",) * 2,
    ],
)
def test_text_is_kept_as_it_reads(client: Client, town: Town, sent: str, kept: str) -> None:
    given = api.hand_in(client, text=sent)
    assert _kept(client, given["code"], "text") == kept


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("", "text-empty"),
        (" \n\t\u3000\u00a0", "text-empty"),
        ("\u200b\u202e\ufeff", "text-empty"),
        ("a" * 20_001, "text-too-long"),
        ("灯" * 20_001, "text-too-long"),
        ("null\x00byte", "text-control-character"),
        ("bell\x07", "text-control-character"),
        ("escape \x1b[31m", "text-control-character"),
        ("noncharacter \uffff", "text-control-character"),
        ("z" + "\u0301" * 31, "text-too-many-marks"),
    ],
)
@pytest.mark.parametrize("field", ["text", "remedy", "about"])
def test_text_that_is_refused(client: Client, town: Town, sent: str, code: str, field: str) -> None:
    optional_and_empty = field != "text" and not sent.strip()
    with nullcontext() if optional_and_empty else api.nothing_written():
        answer = api.send(client, api.CASES, {**api.LETTER, field: sent})
    if optional_and_empty:
        assert answer.status_code == 201
        return
    told = api.problem(answer, 422, code)
    assert told["data"]["field"] == field
    if code == "text-too-long":
        assert (told["data"]["limit"], told["data"]["length"]) == (20_000, 20_001)


@pytest.mark.parametrize("field", ["text", "category", "place", "about_unit", "language", "about"])
@pytest.mark.parametrize("odd", ["\\ud800", "\\udc00\\ud800", "a\\udfff"])
def test_lone_surrogates_are_refused_everywhere(
    client: Client, town: Town, field: str, odd: str
) -> None:
    body = json.dumps({**api.LETTER, field: "@"}).replace('"@"', f'"{odd}"')
    with api.nothing_written():
        answer = client.post(api.CASES, body, content_type="application/json")
        told = api.problem(answer, 422)
    assert told["code"] in ("request-invalid", "text-surrogate")


@pytest.mark.parametrize("odd", ["\\ud800", "\\u0000", "\\u202e", "\\ud83e\\uddfe"])
def test_odd_field_names_are_refused_in_words(client: Client, town: Town, odd: str) -> None:
    body = json.dumps({**api.LETTER, "@": 1}).replace('"@"', f'"{odd}"')
    with api.nothing_written():
        answer = client.post(api.CASES, body, content_type="application/json")
        api.problem(answer, 422, "request-invalid")
    given = api.hand_in(client)
    body = f'{{"act": "withdraw", "{odd}": "x"}}'
    with api.nothing_written():
        answer = client.post(
            "/api/v1/follow/acts", body, "application/json", headers=api.receipt(given["code"])
        )
        told = api.problem(answer, 422)
    assert told["code"] in ("request-invalid", "act-field-unknown")


@pytest.mark.parametrize("field", ["category", "unit", "place", "about_unit", "language"])
def test_control_characters_in_ids_find_nothing(client: Client, town: Town, field: str) -> None:
    for odd in ("roads\x00", "\x00", "a\nb", "\u202eroads", "roads "):
        with api.nothing_written():
            answer = api.send(client, api.CASES, {**api.LETTER, field: odd})
            assert api.problem(answer, 422)["code"].endswith("-unknown")


@pytest.mark.parametrize("field", ["name", "phone", "address", "helper"])
def test_names_are_one_line_without_tricks(client: Client, town: Town, field: str) -> None:
    given = api.hand_in(client, identity={field: "Li\u202e \r\n Crane\u2066"})
    assert given["number"]
    with api.nothing_written():
        for odd, code in (("Li\x00", "text-control-character"), ("n" * 301, "request-invalid")):
            answer = api.send(client, api.CASES, {**api.LETTER, "identity": {field: odd}})
            api.problem(answer, 422, code)


def test_messages_and_acts_take_the_same_care(client: Client, town: Town) -> None:
    given = api.hand_in(client)
    key = api.receipt(given["code"])
    alice = api.token(town, "alice")
    for sent, code in (
        ("", None),
        ("a" * 20_001, "text-too-long"),
        ("null\x00", "text-control-character"),
        ("\u200b", "text-empty"),
    ):
        with api.nothing_written():
            told = api.problem(
                api.send(client, "/api/v1/follow/messages", {"text": sent}, **key), 422, code
            )
            assert code or told["code"] in ("field-missing", "text-empty")
            note = {"act": "note", "note": sent}
            answer = api.send(client, f"/api/v1/cases/{given['number']}/acts", note, **alice)
            api.problem(answer, 422)
    summary = {"act": "summary", "summary": "s" * 501}
    answer = api.send(client, f"/api/v1/cases/{given['number']}/acts", summary, **alice)
    assert api.problem(answer, 422, "text-too-long")["data"]["limit"] == 500
