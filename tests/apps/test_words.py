"""A receipt holds the complainant's own words and proves them; nobody else gets an opening."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.cases import erasing
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain import sealing
from huiyin.domain.findings import Verdict
from huiyin.domain.verification import verify_receipt
from huiyin.domain.words import commit_words
from huiyin.portal.receipts import receipt_bytes
from huiyin.register.checking import check
from huiyin.register.queries import vkey
from huiyin.vault import acts as vault
from huiyin.vault import queries as sealed
from huiyin.vault.models import Content
from tests import planted_files
from tests.apps import files_world
from tests.apps.portal_journey import Resident
from tests.apps.test_cosigning import TOGETHER, sign
from tests.people import NOW, Town

TEXT = "The lamp by the bridge has been dark for three weeks.\n孩子晚上看不见台阶。"
NOTE, MESSAGE = "Bob knows the builder.", "It is still dark."


def handed_in(town: Town, **more: Any) -> Case:
    given, _ = town.hand_in(text=TEXT, **more)
    return given.case


def receipt_of(case: Case, **more: Any) -> bytes:
    return receipt_bytes(case, history_of(case), NOW, **more)


def judged(receipt: bytes) -> Verdict:
    verdict = verify_receipt(receipt, vkey=vkey())
    assert verdict.status == "valid", verdict.findings
    return verdict


def codes(receipt: bytes) -> dict[str, Any]:
    return {finding.code: finding.data for finding in judged(receipt).findings}


def texts(receipt: bytes) -> list[tuple[str, str]]:
    return [(kind, text) for _, kind, text in judged(receipt).texts]


def test_the_words_handed_in_are_proved_letter_by_letter(town: Town) -> None:
    receipt = receipt_of(handed_in(town, remedy="Light it."))
    assert texts(receipt) == [("text", TEXT), ("remedy", "Light it.")]
    assert codes(receipt)["proved-words-yours"] == {"texts": 2, "events": [1]}
    bent = json.loads(receipt)
    opening = bent["events"][0]["words"][0]
    opening["text"] = opening["text"].replace("three", "four")
    verdict = verify_receipt(json.dumps(bent).encode(), vkey=vkey())
    assert verdict.status == "invalid" and verdict.findings[-1].code == "words-differ"


def test_the_first_receipt_is_the_same_as_the_one_fetched_later(town: Town, client: Client) -> None:
    body = {"category": "roads", "text": TEXT, "contact": {"email": "crane@example.org"}}
    given = client.post("/api/v1/cases", body, content_type="application/json").json()
    key = {"authorization": f"Receipt {given['code']}"}
    later = client.get("/api/v1/follow/receipt", headers=key).json()
    assert given["receipt"]["events"] == later["events"]
    assert texts(json.dumps(later).encode()) == [("text", TEXT)]
    bare = client.get("/api/v1/follow/receipt?words=false", headers=key)
    assert "three weeks" not in bare.content.decode() and "孩子" not in bare.json()["number"]
    assert "proved-words-yours" not in codes(bare.content)
    assert codes(bare.content)["open-withheld"] == {"texts": 1, "events": [1]}


def test_messages_and_answers_are_proved_and_notes_stay_inside(town: Town) -> None:
    case = handed_in(town, contact={"email": "crane@example.org"})
    town.act("alice", case.number, "accept")
    town.act("bob", case.number, "assign", owner=town.id("bob"))
    town.act("bob", case.number, "note", note=NOTE)
    town.act("bob", case.number, "summary", summary="Lamp at the bridge")
    town.act("bob", case.number, "ask", question="Which lamp?")
    town.complainant(case.number, "message", message=MESSAGE)
    receipt = receipt_of(case)
    assert texts(receipt) == [("text", TEXT), ("question", "Which lamp?"), ("message", MESSAGE)]
    found = codes(receipt)
    assert found["proved-words-yours"]["texts"] == 2
    assert found["proved-words-office"]["texts"] == 1
    for secret in (NOTE, "Lamp at the bridge", "crane@example.org"):
        assert secret not in receipt.decode()
    assert found["open-withheld"]["texts"] == 2, "the note and the summary"


def test_the_event_tells_nothing_of_the_words(town: Town) -> None:
    """Without the salt, which is random and sealed, no guess can be tried."""
    one, other = handed_in(town), handed_in(town)
    promised = []
    for case in (one, other):
        (told,) = [c for c in history_of(case).stored[0].content if c["kind"] == "text"]
        promised.append(told["words"])
        body = history_of(case).stored[0].body
        assert TEXT.encode() not in body
        salt = json.loads(receipt_of(case))["events"][0]["words"][0]["salt"]
        assert salt.encode() not in body
        assert told["words"] != commit_words(bytes(32), TEXT.encode())
    assert promised[0] != promised[1]


def test_the_salt_dies_with_the_words(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "scrub", lambda: None)
    case = handed_in(town)
    town.complainant(case.number, "withdraw")
    older, later = receipt_of(case), NOW + timedelta(days=367)
    assert len(erasing.erase_due(later)) == 1
    assert not Content.objects.filter(stream=case.vault).exists()
    newer = receipt_bytes(case, history_of(case), later)
    assert "three weeks" not in newer.decode() and "words" not in json.loads(newer)["events"][0]
    assert texts(older) == [("text", TEXT)], "the complainant holds salt and words themselves"
    assert check().faults == ()


def test_files_are_proved_by_what_they_were(town: Town) -> None:
    case, _ = files_world.with_photo(town)
    photo = hashlib.sha256(planted_files.jpeg()).hexdigest()
    receipt = receipt_of(case)
    assert codes(receipt)["proved-file"]["sha256"] == photo
    same = verify_receipt(receipt, vkey=vkey(), files=[("mine.jpg", photo)])
    assert same.status == "valid" and "proved-file-same" in [f.code for f in same.findings]
    wrong = verify_receipt(receipt, vkey=vkey(), files=[("mine.jpg", "0" * 64)])
    assert wrong.status == "invalid"
    assert photo not in receipt_of(case, opened=()).decode()
    assert photo.encode() not in history_of(case).stored[0].body


def test_co_signers_prove_what_they_read_and_what_they_wrote(town: Town) -> None:
    resident = Resident()
    case, code = resident.hand_in(people=TOGETHER)
    town.complainant(case.number, "message", message="For the office alone.")
    page = resident.open(code).content.decode()
    link = page[page.index("/join/") :].split("<")[0]
    _, first = sign(Client(headers={"accept-language": "en"}), link, "I live there too.")
    _, second = sign(Client(headers={"accept-language": "en"}), link, "So do I.")
    receipts = [Client().get(f"{link}{mark}/").content for mark in (first, second)]
    assert [kind for kind, _ in texts(receipts[0])] == ["text", "remedy", "message"]
    assert "I live there too." in dict(texts(receipts[0])).values()
    assert "So do I." in dict(texts(receipts[1])).values()
    assert "I live there too." not in receipts[1].decode()
    assert not any(b"For the office alone." in receipt for receipt in receipts)


def test_a_page_gives_the_receipt_with_the_words_and_without(town: Town) -> None:
    resident = Resident()
    _, code = resident.hand_in()
    resident.open(code)
    page = resident.get("/follow/").content.decode()
    assert "/follow/receipt/?words=no" in page
    whole, bare = resident.get("/follow/receipt/"), resident.get("/follow/receipt/?words=no")
    assert texts(whole.content) and texts(bare.content) == []


def seal_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts as they were sealed before there were salts."""

    def sealed_plain(keys: Any, found: Any, now: Any, entropy: Any) -> Any:
        rows, refs = [], []
        for kind, text in found:
            row_id = vault.new_id(now, entropy)
            data = sealing.seal(
                keys.content, keys.stream, sealed.content_field(kind, row_id),
                text.encode() if isinstance(text, str) else text, secrets.token_bytes(12),
            )  # fmt: skip
            rows.append((row_id, keys.stream, kind, data, now))
            refs.append(vault.ContentRef(row_id, kind, hashlib.sha256(data).hexdigest()))
        return tuple(rows), tuple(refs), ()

    monkeypatch.setattr(vault, "_sealed", sealed_plain)


def test_cases_from_before_are_read_and_their_receipts_stay_valid(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        seal_as_before(patch)
        case = handed_in(town)
    town.complainant(case.number, "message", message=MESSAGE)
    receipt = receipt_of(case)
    assert texts(receipt) == [("message", MESSAGE)]
    assert codes(receipt)["open-content"] == {"texts": 1, "events": [1]}
    (ref,) = [c for c in history_of(case).stored[0].content if c["kind"] == "text"]
    held = sealed.get([vault.uuid.UUID(str(ref["id"]))], case.vault)
    assert list(held.values()) == [TEXT]
    assert check().faults == ()
