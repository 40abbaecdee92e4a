"""Handing in through the pages, as a person and as somebody who means harm."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from huiyin.cases.models import Case, Category
from huiyin.commands import verify
from huiyin.domain.fingerprints import words_of
from huiyin.domain.languages import tag_of
from huiyin.history.models import Event
from huiyin.people.acts import set_open
from huiyin.people.directory import touch
from huiyin.portal.models import Sitting
from huiyin.register.queries import head
from huiyin.vault.queries import get
from tests.apps.portal_journey import ANSWERS, TEXT, Resident, code_on, shown
from tests.people import Town


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "What happens next, and by when"), ("zh-hans", "您")],
)
@pytest.mark.parametrize(
    ("place", "category", "pack"),
    [("jixi", "roads", "cn-xinfang-2022"), ("vale", "damp", "uk-housing-2024")],
)
def test_hand_in_from_first_door_to_case(
    town: Town, language: str, words: str, place: str, category: str, pack: str
) -> None:
    resident = Resident(language)
    page = resident.answer(place={"place": place, "where": ""}, category={"category": category})
    assert TEXT.splitlines()[0] in shown(page)
    assert resident.post("/hand-in/check/").headers["Location"] == "/hand-in/receipt/"
    receipt = resident.get("/hand-in/receipt/")
    code = code_on(receipt)
    assert words in shown(receipt)
    assert f'lang="{tag_of(language)}"' in receipt.content.decode()
    case = Case.objects.get()
    assert (case.pack, case.language, case.category_id) == (pack, language, category)
    assert resident.post("/hand-in/receipt/", {"last": code[-5:].lower()}).status_code == 302
    follow = resident.get("/follow/")
    assert case.number in shown(follow)
    assert code not in follow.content.decode()


def test_text_is_kept_as_it_was_written(town: Town) -> None:
    case, _ = Resident().hand_in()
    texts = json.loads(Event.objects.get(stream=case.number).body)["data"]["texts"]
    held = get([UUID(texts["text"])], case.vault)
    assert held[UUID(texts["text"])] == TEXT


def test_everything_answered(town: Town) -> None:
    case, _ = Resident().hand_in(
        about={"about_unit": "works", "about": "The head of the lamp crew"},
        people={"together": "together", "people": "12"},
        reach={"reach": ["notice", "identity"]},
        notice={"email": "news@example.org"},
        identity={"name": "Zhao Qiang", "phone": "0571 000", "own_email": "", "address": ""},
    )
    assert (case.about_unit_id, case.people, case.contact) == ("works", 12, "identity")
    assert case.unit_id != "works"


def test_double_click_gives_one_case_and_one_receipt(town: Town) -> None:
    resident = Resident()
    resident.answer()
    cookie = resident.client.cookies["huiyin_draft"].value
    first = resident.post("/hand-in/check/")
    receipt = code_on(resident.get("/hand-in/receipt/"))
    # The second click left the browser before the first answer came back.
    resident.client.cookies["huiyin_draft"] = cookie
    second = resident.post("/hand-in/check/")
    assert first.headers["Location"] == second.headers["Location"] == "/hand-in/receipt/"
    assert code_on(resident.get("/hand-in/receipt/")) == receipt
    assert Case.objects.count() == 1


def test_code_disappears_once_noted(town: Town) -> None:
    resident = Resident()
    _, code = resident.hand_in()
    page = resident.get("/hand-in/receipt/")
    assert page.status_code == 404
    assert code not in page.content.decode()


def test_wrong_last_group_keeps_the_code(town: Town) -> None:
    resident = Resident()
    resident.answer()
    resident.post("/hand-in/check/")
    code = code_on(resident.get("/hand-in/receipt/"))
    answer = resident.post("/hand-in/receipt/", {"last": "AAAAA"})
    assert answer.status_code == 422
    assert code_on(answer) == code


def test_change_link_returns_to_the_check_page(town: Town) -> None:
    resident = Resident()
    page = resident.answer()
    assert "/hand-in/what/?change=1" in page.content.decode()
    answer = resident.post("/hand-in/what/?change=1", {"text": "Another lamp."})
    assert answer.headers["Location"] == "/hand-in/check/"
    assert "Another lamp." in shown(resident.get("/hand-in/check/"))


def test_change_that_opens_a_question_asks_it(town: Town) -> None:
    resident = Resident()
    resident.answer()
    answer = resident.post("/hand-in/reach/?change=1", {"reach": ["notice"]})
    assert answer.headers["Location"] == "/hand-in/notice/"
    answer = resident.post("/hand-in/notice/", {"email": "a@example.org"})
    assert answer.headers["Location"] == "/hand-in/check/"
    resident.post("/hand-in/reach/?change=1", {"reach": ["none"]})
    assert "a@example.org" not in shown(resident.get("/hand-in/check/"))


def test_check_is_not_reached_with_questions_open(town: Town) -> None:
    resident = Resident()
    resident.begin()
    assert resident.get("/hand-in/check/").headers["Location"] == "/hand-in/place/"
    assert resident.post("/hand-in/check/").headers["Location"] == "/hand-in/place/"
    assert not Case.objects.exists()


def test_search_of_categories_keeps_nothing(town: Town) -> None:
    resident = Resident()
    resident.begin()
    resident.post("/hand-in/place/", ANSWERS["place"])
    page = resident.post("/hand-in/category/", {"find": "noise at night", "search": "1"})
    assert page.status_code == 200
    assert 'id="found_noise"' in page.content.decode()
    nothing = resident.post("/hand-in/category/", {"find": "zzz", "search": "1"})
    assert "Nothing found" in shown(nothing) or nothing.status_code == 200
    assert resident.get("/hand-in/check/").headers["Location"] == "/hand-in/category/"


BAD: list[tuple[str, dict[str, Any]]] = [
    ("what", {"text": ""}),
    ("what", {"text": " \n\t "}),
    ("what", {"text": "x" * 20_001}),
    ("what", {"text": "a\x00b"}),
    ("what", {"text": "a\x1b[2Jb"}),
    ("what", {"text": "\u202eevil"}),
    ("what", {"text": "caf\ufffd"}),
    ("place", {"place": "atlantis"}),
    ("place", {"place": "jixi", "where": "x" * 301}),
    ("category", {"category": "nothing"}),
    ("category", {"category": "public"}),
    ("category", {}),
    ("about", {"about_unit": "nobody"}),
    ("people", {}),
    ("people", {"together": "together", "people": ""}),
    ("people", {"together": "together", "people": "1"}),
    ("people", {"together": "together", "people": "many"}),
    ("people", {"together": "together", "people": "9" * 30}),
    ("reach", {}),
    ("reach", {"reach": ["none", "notice"]}),
    ("reach", {"reach": ["pigeon"]}),
]


@pytest.mark.parametrize(("step", "values"), BAD)
def test_bad_answer_is_said_and_nothing_kept(town: Town, step: str, values: dict[str, Any]) -> None:
    resident = Resident()
    resident.begin()
    for before, good in ANSWERS.items():
        if before == step:
            break
        resident.post(f"/hand-in/{before}/", good)
    answer = resident.post(f"/hand-in/{step}/", values)
    if values.get("text") == "\u202eevil":
        # A turning character is taken out, or refused; it never reaches a page.
        assert answer.status_code in (302, 422)
        assert "\u202e" not in resident.get(f"/hand-in/{step}/").content.decode()
        return
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert resident.get("/hand-in/check/").headers["Location"] == f"/hand-in/{step}/"
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "email", ["", "nobody", "a b@example.org", "a@b", "a@example.org\r\nBcc: x@y.z"]
)
def test_bad_notice_address(town: Town, email: str) -> None:
    resident = Resident()
    resident.answer(reach={"reach": ["notice"]}, notice={"email": "a@example.org"})
    assert resident.post("/hand-in/notice/", {"email": email}).status_code == 422


def test_typed_text_comes_back_with_the_error(town: Town) -> None:
    resident = Resident()
    resident.answer()
    answer = resident.post("/hand-in/what/", {"text": "Too long. " * 3000})
    assert "Too long. Too long." in answer.content.decode()


def test_invalid_utf8_is_refused(town: Town) -> None:
    resident = Resident()
    resident.answer()
    token = resident.client.cookies["csrftoken"].value
    answer = resident.client.generic(
        "POST",
        "/hand-in/what/",
        f"csrfmiddlewaretoken={token}&text=caf%E9%FF".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422


def test_oversized_body_is_refused(town: Town) -> None:
    resident = Resident()
    resident.answer()
    answer = resident.post("/hand-in/what/", {"text": "x" * 3_000_000})
    assert answer.status_code in (400, 413, 422)
    assert not Case.objects.exists()


def test_category_closed_meanwhile_keeps_the_draft(town: Town) -> None:
    resident = Resident()
    resident.answer()
    Category.objects.filter(id="roads").update(open=False)
    touch()
    answer = resident.post("/hand-in/check/")
    assert answer.status_code == 422
    assert TEXT.splitlines()[0] in shown(answer)
    assert not Case.objects.exists()
    Category.objects.filter(id="roads").update(open=True)
    touch()
    assert resident.post("/hand-in/check/").status_code == 302


def test_closed_unit_never_turns_a_complaint_away(town: Town) -> None:
    resident = Resident()
    resident.answer()
    set_open("works", False)
    assert resident.post("/hand-in/check/").status_code == 302
    assert Case.objects.get().unit_id != "works"


def test_expired_draft_says_so_and_shows_what_was_typed(town: Town) -> None:
    resident = Resident()
    resident.answer()
    Sitting.objects.update(expires=timezone.now() - timedelta(seconds=1))
    answer = resident.post("/hand-in/what/", {"text": "A long new text."})
    assert answer.status_code == 410
    assert "A long new text." in shown(answer)
    assert resident.post("/hand-in/check/").status_code == 404
    assert not Case.objects.exists()


def test_forged_form_is_refused(town: Town) -> None:
    resident = Resident()
    resident.answer()
    answer = resident.client.post("/hand-in/check/", {})
    assert answer.status_code == 403
    assert not Case.objects.exists()


def test_many_hand_ins_wait_for_one_more_press(
    town: Town, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The minute that is counted must not end between the two presses.
    monkeypatch.setattr("huiyin.portal.limits._row", lambda *parts: repr(parts[:2]).encode())
    settings.HUIYIN_HAND_IN_LIMIT = 1
    far = {"REMOTE_ADDR": "203.0.113.7"}
    first, second = Resident(client=Client(**far)), Resident(client=Client(**far))
    for resident in (first, second):
        resident.answer()
    assert first.post("/hand-in/check/").status_code == 302
    asked = second.post("/hand-in/check/")
    assert asked.status_code == 429
    assert int(asked.headers["Retry-After"]) > 0
    assert second.post("/hand-in/check/", {"again": "1"}).status_code == 302
    assert Case.objects.count() == 2


def test_this_machine_is_never_slowed_down(town: Town, settings: Any) -> None:
    settings.HUIYIN_HAND_IN_LIMIT = 1
    for _ in range(3):
        resident = Resident()
        resident.answer()
        assert resident.post("/hand-in/check/").status_code == 302


def test_receipt_file_verifies_offline(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resident = Resident()
    resident.answer()
    resident.post("/hand-in/check/")
    code = code_on(resident.get("/hand-in/receipt/"))
    body = resident.get("/hand-in/receipt/file/")
    number = Case.objects.get().number
    assert f'filename="{number}.receipt.json"' in body.headers["Content-Disposition"]
    path = tmp_path / "r.json"
    path.write_bytes(body.content)
    assert verify.main([str(path), "--lang", "en"]) == 0
    assert number in capsys.readouterr().out
    path.write_bytes(body.content.replace(b'"seq\\":1', b'"seq\\":2'))
    assert verify.main([str(path)]) == 1
    assert code.replace("-", "").encode() not in body.content.replace(b"-", b"")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_paper_carries_the_twelve_words_of_the_register(town: Town, language: str) -> None:
    resident = Resident(language)
    resident.answer()
    resident.post("/hand-in/check/")
    page = resident.get("/hand-in/receipt/").content.decode()
    found = re.search(r'data-words lang="(en|zh)"[^>]*><strong>([^<]+)</strong>', page)
    assert found and found[1] == language[:2]
    assert found[2].split() == list(words_of(head().root, language))


def test_private_pages_are_kept_by_nobody(town: Town) -> None:
    resident = Resident()
    resident.hand_in()
    for path in ("/hand-in/", "/hand-in/check/", "/follow/", "/follow/receipt/"):
        answer = resident.get(path)
        assert "no-store" in answer.headers["Cache-Control"], path
        assert "sessionid" not in answer.cookies
    assert "sessionid" not in resident.client.cookies


PLANTED = {
    "text": "Ein-unverwechselbarer-Satz-ueber-Lampen",
    "name": "Zhao-Unverwechselbar",
    "email": "unverwechselbar@example.org",
}


def test_nothing_planted_is_in_the_database(town: Town) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("reads the pages of an SQLite database")
    resident = Resident()
    answers = {
        "what": {"text": PLANTED["text"]},
        "reach": {"reach": ["notice", "identity"]},
        "notice": {"email": PLANTED["email"]},
        "identity": {"name": PLANTED["name"], "phone": "", "own_email": "", "address": ""},
    }
    resident.answer(**answers)
    code = _code_after(resident)
    connection.ensure_connection()
    bytes_ = connection.connection.serialize()
    assert b"register_leaf" in bytes_
    for word in (*PLANTED.values(), code, code.replace("-", "")):
        assert word.encode() not in bytes_, word


def _code_after(resident: Resident) -> str:
    resident.post("/hand-in/check/")
    code = code_on(resident.get("/hand-in/receipt/"))
    resident.post("/hand-in/receipt/", {"last": code})
    resident.get("/follow/")
    return code
