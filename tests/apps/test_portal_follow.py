"""Following a case through the pages: reading, writing, acting, leaving."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.cases.acting import Request, perform
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.commands import verify
from huiyin.domain.procedure import Act
from huiyin.domain.receipts import ALPHABET, make
from huiyin.portal.models import Sitting, Tally
from tests.apps.portal_journey import DECISION, Resident, decide, shown
from tests.people import Town

UNKNOWN = make(bytes(15)).text


def _types(case: Case) -> list[str]:
    return [event.type for event in history_of(case).events]


def test_status_dates_and_next_steps(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    words = shown(resident.get("/follow/"))
    assert "Your case was registered on" in words
    assert "How this date was counted" in words
    assert "Withdraw" in words
    assert "The lamp by the bridge has been dark" in words
    assert case.number in words


def test_dialogue_both_ways(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    now = timezone.now()
    town.act("alice", case.number, "accept", now)
    town.act("alice", case.number, "assign", now, owner=town.id("bob"))
    town.act("bob", case.number, "ask", now, question="Which of the lamps?")
    town.act("bob", case.number, "note", now, note="Sounds like the third.")
    page = resident.get("/follow/")
    assert "Which of the lamps?" in shown(page)
    assert "Sounds like the third" not in page.content.decode()
    answer = resident.post("/follow/message/", {"message": "The third.", "seen": resident.seen()})
    assert answer.headers["Location"] == "/follow/"
    assert "The third." in shown(resident.get("/follow/"))
    assert _types(case)[-1] == "message"


def test_message_twice_is_one_message(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    form = {"message": "First line.\r\nSecond line.", "seen": resident.seen()}
    for _ in range(2):
        assert resident.post("/follow/message/", form).status_code == 302
    assert _types(case).count("message") == 1


def test_stale_page_says_what_changed_and_keeps_the_text(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    seen = resident.seen()
    town.act("alice", case.number, "accept", timezone.now())
    answer = resident.post("/follow/message/", {"message": "Any news?", "seen": seen})
    assert answer.status_code == 409
    assert "Any news?" in answer.content.decode()
    assert "Accept" in shown(answer)
    assert "message" not in _types(case)
    again = {"message": "Any news?", "seen": str(int(seen) + 1)}
    assert f'value="{again["seen"]}"' in answer.content.decode()
    assert resident.post("/follow/message/", again).status_code == 302


def test_review_in_one_step(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    decide(town, case.number)
    words = shown(resident.get("/follow/"))
    assert "The answer of the office" in words
    assert "Finding: Supported" in words
    for part in ("facts", "reasons", "basis", "remedy"):
        assert DECISION[part] in words
    assert "Confirm that I have received the answer" in words
    seen = resident.seen("/follow/act/deliver/")
    assert resident.post("/follow/act/deliver/", {"seen": seen}).status_code == 302
    page = resident.get("/follow/")
    assert "Ask for review" in shown(page)
    assert "Open until" in shown(page)
    seen = resident.seen("/follow/act/ask-review/")
    form = {"seen": seen, "message": "It is still dark."}
    assert resident.post("/follow/act/ask-review/", form).status_code == 302
    case.refresh_from_db()
    assert (case.level, case.unit_id) == (1, "county")
    # Replayed: done once, and the browser is sent to the case as the first time.
    assert resident.post("/follow/act/ask-review/", form).status_code == 302
    assert _types(case).count("ask-review") == 1


def test_withdraw_twice_is_once(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    form = {"seen": resident.seen("/follow/act/withdraw/")}
    for _ in range(2):
        assert resident.post("/follow/act/withdraw/", form).status_code == 302
    case.refresh_from_db()
    assert (case.open, case.outcome) == (False, "withdrawn")
    assert _types(case).count("withdraw") == 1


def test_housing_escalates_and_says_whether_the_remedy_came(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in(place={"place": "vale", "where": ""}, category={"category": "damp"})
    now = timezone.now()
    town.act("ruth", case.number, "acknowledge", now, definition="Damp in the bedroom.")
    town.act("ruth", case.number, "assign", now, owner=town.id("omar"))
    texts = dict.fromkeys(("facts", "reasons", "remedy"), "The wall is wet.")
    town.act("omar", case.number, "respond", now, **texts, finding="upheld")
    seen = resident.seen("/follow/act/remedy-missing/")
    form = {"seen": seen, "message": "Nobody came."}
    assert resident.post("/follow/act/remedy-missing/", form).status_code == 302
    seen = resident.seen("/follow/act/escalate/")
    assert resident.post("/follow/act/escalate/", {"seen": seen}).status_code == 302
    case.refresh_from_db()
    assert (case.level, case.unit_id) == (1, "relations")


def test_act_not_open_says_which_are(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    for path in ("/follow/act/ask-review/", "/follow/act/fly/", "/follow/act/decide/"):
        answer = resident.get(path)
        assert answer.status_code == 409
        assert "Withdraw" in shown(answer)
        answer = resident.post(path, {"seen": "1", "message": "Please."})
        assert answer.status_code == 409
        assert "Please." in shown(answer)
    assert _types(case) == ["submit"]


def test_acts_without_their_page_are_not_open(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    for act in ("consent", "co-sign", "message"):
        assert resident.post(f"/follow/act/{act}/", {"seen": "1"}).status_code == 409
    assert _types(case) == ["submit"]


@pytest.mark.parametrize("seen", ["", "abc", "-1", "0", "9" * 40, "1.5", "\x00"])
def test_unusable_page_number_never_acts(town: Town, seen: str) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    answer = resident.post("/follow/message/", {"message": "Hello.", "seen": seen})
    assert answer.status_code in (409, 422)
    assert "Hello." in answer.content.decode()
    assert resident.post("/follow/act/withdraw/", {"seen": seen}).status_code in (409, 422)
    assert _types(case) == ["submit"]


@pytest.mark.parametrize(
    "text", ["", "  \n", "x" * 20_001, "a\x00b", "caf\ufffd", "a\u0300" + "\u0300" * 40]
)
def test_bad_message_is_said(town: Town, text: str) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    answer = resident.post("/follow/message/", {"message": text, "seen": "1"})
    assert answer.status_code == 422
    assert _types(case) == ["submit"]


def _misread(code: str, position: int, letter: str) -> str:
    return code[:position] + letter + code[position + 1 :]


def test_typo_in_the_code_is_told_without_looking_up(town: Town) -> None:
    resident = Resident()
    _, code = resident.hand_in()
    other = Resident()
    wrong = ALPHABET[(ALPHABET.index(code[3]) + 1) % 32]
    for typed, words in (
        (_misread(code, 3, wrong), "check character"),
        (_misread(code, 3, "U"), "U"),
        (code[:-1], "25"),
        ("", "Type the code"),
    ):
        answer = other.post("/follow/", {"code": typed})
        assert answer.status_code == 422
        assert words in shown(answer)
        assert typed not in answer.content.decode() or not typed
    assert not Tally.objects.exists()


def test_code_is_forgiving(town: Town) -> None:
    resident = Resident()
    case, code = resident.hand_in()
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert case.number in shown(Resident().open(typed))


def test_unknown_codes_look_alike_and_are_slowed_down(town: Town, settings: Any) -> None:
    settings.HUIYIN_CODE_TRIES = 3
    resident = Resident(client=Client(REMOTE_ADDR="203.0.113.9"))
    _, code = Resident().hand_in()
    pages = {
        shown(resident.post("/follow/", {"code": make(bytes([n]) * 15).text})) for n in range(3)
    }
    assert len(pages) == 1
    fourth = {"code": make(bytes([9]) * 15).text}
    limited = resident.post("/follow/", fourth)
    assert limited.status_code == 429 and shown(limited) not in pages
    # A right code opens its case from the same network all the same.
    assert resident.open(code).status_code == 200
    # In another network a wrong code is still explained, and a minute later everywhere.
    other = Resident(client=Client(REMOTE_ADDR="198.51.100.4"))
    assert other.post("/follow/", fourth).status_code == 404
    Tally.objects.all().delete()
    again = Resident(client=Client(REMOTE_ADDR="203.0.113.9"))
    assert again.post("/follow/", fourth).status_code == 404


def test_flood_from_everywhere_locks_nobody_out(town: Town, settings: Any) -> None:
    settings.HUIYIN_CODE_TRIES = 1
    _, code = Resident().hand_in()
    answers = [
        Resident(client=Client(REMOTE_ADDR=f"203.0.{n}.1")).post("/follow/", {"code": UNKNOWN})
        for n in range(22)
    ]
    assert answers[0].status_code == 404
    assert answers[-1].status_code == 429
    assert Resident().open(code).status_code == 200


def test_tallies_name_no_network(town: Town) -> None:
    Resident(client=Client(REMOTE_ADDR="203.0.113.9")).post("/follow/", {"code": UNKNOWN})
    for row in Tally.objects.all():
        assert b"203.0.113" not in bytes(row.id)
        assert row.expires <= timezone.now() + timedelta(minutes=2)


def test_expired_sitting_asks_for_the_code_and_keeps_the_text(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    seen = resident.seen()
    Sitting.objects.update(expires=timezone.now() - timedelta(seconds=1))
    answer = resident.post("/follow/message/", {"message": "Still there?", "seen": seen})
    assert answer.status_code == 401
    assert "Still there?" in shown(answer)
    assert "message" not in _types(case)
    for path in ("/follow/receipt/", "/follow/identity/", "/follow/act/withdraw/"):
        assert resident.get(path).status_code == 401


def test_foreign_cookie_opens_nothing(town: Town) -> None:
    resident = Resident()
    resident.hand_in()
    for value in ("00" * 32, "zz", "", "ff" * 500):
        other = Resident()
        other.client.cookies["huiyin_follow"] = value
        assert "Follow my case" in shown(other.get("/follow/"))


@pytest.mark.parametrize("path", ["/exit/", "/follow/forget/"])
def test_leaving_ends_both_sittings(town: Town, path: str) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    resident.begin()
    assert Sitting.objects.count() == 2
    answer = resident.post(path)
    assert Sitting.objects.count() == 0
    for name in ("huiyin_draft", "huiyin_follow"):
        assert answer.cookies[name]["max-age"] == 0
    assert case.number not in shown(resident.get("/follow/"))
    if path == "/exit/":
        page = resident.get(answer.headers["Location"])
        assert "omplaint" not in page.content.decode().split("</head>")[1]


def test_leaving_needs_a_press(town: Town) -> None:
    resident = Resident()
    resident.hand_in()
    for path in ("/exit/", "/follow/forget/", "/follow/message/", "/follow/consent/take-back/"):
        answer = resident.get(path)  # typed, or reloaded after a form
        assert answer.status_code == 405 and answer["Allow"] == "POST"
        assert "Nothing was recorded" in shown(answer) and "Follow my case" in shown(answer)
    assert Sitting.objects.count() == 1


def test_own_identity_is_shown_back(town: Town) -> None:
    resident = Resident()
    resident.hand_in(
        reach={"reach": ["identity"]},
        identity={"name": "Zhao Qiang", "phone": "", "own_email": "", "address": "Lane 3"},
    )
    page = resident.get("/follow/")
    assert "Zhao Qiang" not in page.content.decode()
    assert "Nobody has opened it" in shown(page)
    words = shown(resident.get("/follow/identity/"))
    assert "Zhao Qiang" in words and "Lane 3" in words


def test_opening_of_identity_is_shown(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in(
        reach={"reach": ["identity"]},
        identity={"name": "Zhao Qiang", "phone": "", "own_email": "", "address": ""},
    )

    def play(_case: Case, _history: object, rule: Any) -> Act:
        return Act(rule.id, "privacy_officer", town.id("peng"), {})

    values = {"reason": "Danger to life."}
    perform(case.number, Request("opened-identity", values), play, timezone.now())
    words = shown(resident.get("/follow/"))
    assert "Your identity was opened" in words
    assert "Danger to life." in words


def test_receipt_grows_and_verifies(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    first = resident.get("/follow/receipt/").content
    decide(town, case.number)
    second = resident.get("/follow/receipt/").content
    assert len(second) > 2 * len(first)
    for body in (first, second):
        path = tmp_path / "r.json"
        path.write_bytes(body)
        assert verify.main([str(path), "--lang", "en"]) == 0, capsys.readouterr().out


def test_text_is_shown_as_text(town: Town) -> None:
    resident = Resident()
    resident.hand_in(what={"text": "<script>alert(1)</script> {{ 7|add:7 }}"})
    page = resident.get("/follow/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7|add:7 }}" in page


def test_no_address_or_cookie_names_the_case(town: Town) -> None:
    resident = Resident()
    case, code = resident.hand_in()
    page = resident.get("/follow/").content.decode()
    for address in re.findall(r'(?:href|action|src)="([^"]*)"', page):
        assert case.number not in address
        assert code not in address
    for cookie in resident.client.cookies.values():
        assert case.number not in cookie.value
        assert code.replace("-", "").lower() not in cookie.value.lower()


def test_reading_prolongs_a_sitting_without_writing_each_time(
    town: Town,
) -> None:
    resident = Resident()
    resident.hand_in()
    before = Sitting.objects.get().expires
    resident.get("/follow/")
    assert Sitting.objects.get().expires == before
    Sitting.objects.update(expires=timezone.now() + timedelta(minutes=30))
    resident.get("/follow/")
    assert Sitting.objects.get().expires > timezone.now() + timedelta(minutes=55)


def test_query_counts(town: Town, django_assert_max_num_queries: Any) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    resident.get("/follow/")
    with django_assert_max_num_queries(6):
        resident.get("/follow/")
    decide(town, case.number)
    with django_assert_max_num_queries(6):
        resident.get("/follow/")
