"""The words in a receipt: what proves them, and what no change of them survives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.commands import verify as command
from huiyin.domain import leaves
from huiyin.domain.verification import verify_receipt
from huiyin.domain.words import SALT_SIZE, commit_words

from .receipt_world import AT, CASE, Log, codes, dump, failing

TEXT, REMEDY, ANSWER = "楼下的路灯坏了三周。\nNobody came.", "Mend it.", "It is mended."
PHOTO = b"not really a photograph"
ABOUT = json.dumps({
    "media": "image/jpeg", "sha256": hashlib.sha256(PHOTO).hexdigest(), "size": len(PHOTO),
})  # fmt: skip


def salt_of(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def content(name: str, kind: str, text: str | None = None) -> dict[str, object]:
    """How an event names a sealed text; ``text`` None: from before there were commitments."""
    told: dict[str, object] = {"id": name, "kind": kind, "sha256": "00" * 32}
    return told if text is None else told | {"words": commit_words(salt_of(name), text.encode())}


def opening(name: str, kind: str, text: str) -> dict[str, str]:
    return {"id": name, "kind": kind, "salt": leaves.encode64(salt_of(name)), "text": text}


def make() -> dict[str, Any]:
    """A case: words and a file handed in, a note inside the office, an answer."""
    log, previous, indexes = Log(), None, []
    told: list[tuple[str, list[dict[str, object]]]] = [
        ("complainant", [
            content("t", "text", TEXT), content("r", "remedy", REMEDY), content("f", "file", ABOUT),
            content("c", "contact"), content("o", "original"),
        ]),
        ("owner", [content("n", "note", "inside")]),
        ("owner", [content("a", "answer", ANSWER)]),
    ]  # fmt: skip
    for seq, (role, named) in enumerate(told, 1):
        event = leaves.event_bytes(
            case=CASE, seq=seq, previous=previous, at=AT + timedelta(hours=seq), role=role,
            act="act", event_class="proceeded", content=named,
        )  # fmt: skip
        indexes.append(log.add(event, hashlib.sha256(event).digest()))
        previous = event
    receipt = log.receipt(CASE, indexes) | {"dues": []}
    receipt["events"][0]["words"] = [
        opening("t", "text", TEXT), opening("r", "remedy", REMEDY), opening("f", "file", ABOUT),
    ]  # fmt: skip
    receipt["events"][2]["words"] = [opening("a", "answer", ANSWER)]
    return receipt


WORDS = make()


def changed(event: int, at: int, **parts: object) -> dict[str, Any]:
    """A copy of the good receipt with parts of one opening changed; ``...`` takes one away."""
    receipt: dict[str, Any] = json.loads(dump(WORDS))
    said = receipt["events"][event]["words"][at] | parts
    receipt["events"][event]["words"][at] = {k: v for k, v in said.items() if v is not ...}
    return receipt


def with_words(event: int, words: object) -> dict[str, Any]:
    receipt: dict[str, Any] = json.loads(dump(WORDS))
    receipt["events"][event]["words"] = words
    return receipt


def without_words() -> dict[str, Any]:
    receipt: dict[str, Any] = json.loads(dump(WORDS))
    for event in receipt["events"]:
        event.pop("words", None)
    return receipt


def foreign(event: int) -> list[object]:
    return list(WORDS["events"][event]["words"])


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "another word": (changed(0, 0, text=TEXT.replace("three", "two") + "!"), "words-differ"),
    "a space more": (changed(0, 1, text=REMEDY + " "), "words-differ"),
    "no text": (changed(0, 1, text=""), "words-differ"),
    "another salt": (changed(0, 0, salt=leaves.encode64(salt_of("x"))), "words-differ"),
    "two texts exchanged": (
        with_words(0, [opening("t", "text", REMEDY), opening("r", "remedy", TEXT)]), "words-differ",
    ),
    "the office's answer": (changed(2, 0, text="It will be mended."), "words-differ"),
    "an id that no event names": (changed(0, 0, id="zz"), "words-not-named"),
    "another kind": (changed(0, 0, kind="remedy"), "words-not-named"),
    "the words of another event": (with_words(1, foreign(2)), "words-not-named"),
    "words of a silent kind": (
        with_words(0, [opening("c", "contact", "a@b.example")]), "words-not-named",
    ),
    "a salt too short": (
        changed(0, 0, salt=leaves.encode64(bytes(16))), "words-salt-base64-malformed",
    ),
    "a salt in another base": (changed(0, 0, salt="00" * SALT_SIZE), "words-salt-base64-malformed"),
}  # fmt: skip
UNREADABLE: list[dict[str, Any]] = [
    changed(0, 0, text=...), changed(0, 0, salt=...), changed(0, 0, id=7), changed(0, 0, kind=None),
    with_words(0, "words"), with_words(0, {"text": TEXT}), with_words(0, [None]), with_words(0, 1),
]  # fmt: skip


def test_the_words_are_proved_each_side_apart() -> None:
    verdict = verify_receipt(dump(WORDS))
    assert verdict.status == "valid"
    assert codes(verdict) == [
        "open-key", "proved-signature", "proved-inclusion", "proved-commitment", "proved-chain",
        "proved-words-yours", "proved-words-office", "proved-file", "open-witness", "open-latest",
        "open-withheld", "open-frame",
    ]  # fmt: skip
    data = {finding.code: finding.data for finding in verdict.findings}
    assert data["proved-words-yours"] == {"texts": 2, "events": [1]}
    assert data["proved-words-office"] == {"texts": 1, "events": [3]}
    assert data["open-withheld"] == {"texts": 1, "events": [2]}
    assert data["proved-file"]["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert verdict.texts == ((1, "text", TEXT), (1, "remedy", REMEDY), (3, "answer", ANSWER))


def test_a_receipt_without_the_words_proves_the_rest_and_says_so() -> None:
    verdict = verify_receipt(dump(without_words()))
    assert verdict.status == "valid" and verdict.texts == ()
    data = {finding.code: finding.data for finding in verdict.findings}
    assert data["open-withheld"] == {"texts": 5, "events": [1, 2, 3]}
    assert "proved-words-yours" not in data and "proved-file" not in data


def test_a_receipt_from_before_stays_valid_and_says_what_it_cannot_prove() -> None:
    log = Log()
    event = leaves.event_bytes(
        case=CASE, seq=1, previous=None, at=AT, role="complainant", act="submit",
        event_class="registered", content=[content("t", "text")],
    )  # fmt: skip
    receipt = log.receipt(CASE, [log.add(event, bytes(32))]) | {"dues": []}
    verdict = verify_receipt(dump(receipt))
    assert verdict.status == "valid"
    found = {finding.code: finding.data for finding in verdict.findings}
    assert found["open-content"] == {"texts": 1, "events": [1]}


@pytest.mark.parametrize("name", LIES)
def test_each_lie_about_words_is_found(name: str) -> None:
    receipt, code = LIES[name]
    assert failing(dump(receipt)) == code


@pytest.mark.parametrize("receipt", UNREADABLE)
def test_openings_that_are_none(receipt: dict[str, Any]) -> None:
    assert failing(dump(receipt), "unreadable") == "words-part-missing"


@given(st.text(max_size=60), st.binary(min_size=SALT_SIZE, max_size=SALT_SIZE))
def test_only_these_words_under_this_salt_fit(text: str, salt: bytes) -> None:
    fits = commit_words(salt, text.encode("utf-8", "replace")) == commit_words(
        salt_of("t"), TEXT.encode()
    )
    assert fits == (text == TEXT and salt == salt_of("t"))


def test_events_with_hostile_contents_never_raise() -> None:
    hostile: list[object] = [
        [], "text", {"id": [], "kind": {}}, {"id": {"a": 1}, "kind": ["copy"], "words": []},
        {"id": "t", "kind": "text", "words": 7},
    ]  # fmt: skip
    for named in hostile:
        log = Log()
        said = leaves.parse_object(leaves.event_bytes(
            case=CASE, seq=1, previous=None, at=AT, role="complainant", act="submit",
            event_class="registered",
        ))  # fmt: skip
        event = leaves.canonical(said | {"content": [named]})
        receipt = log.receipt(CASE, [log.add(event, bytes(32))]) | {"dues": []}
        assert verify_receipt(dump(receipt)).status == "valid"
        receipt["events"][0]["words"] = [opening("t", "text", TEXT)]
        assert failing(dump(receipt)) == "words-not-named"


def file_codes(*files: tuple[str, bytes]) -> list[str]:
    named = [(name, hashlib.sha256(data).hexdigest()) for name, data in files]
    verdict = verify_receipt(dump(WORDS), files=named)
    return [code for code in codes(verdict) if "file" in code]


def test_files_at_hand_are_found_or_not() -> None:
    assert file_codes(("a.jpg", PHOTO)) == ["proved-file-same"]
    assert file_codes(("b.jpg", PHOTO + b"x")) == ["file-not-here", "proved-file"]
    assert file_codes(("a", PHOTO), ("b", b"")) == ["proved-file-same", "file-not-here"]


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def verify(receipt: dict[str, Any], *options: str) -> tuple[int, str]:
        path = tmp_path / "one.receipt.json"
        path.write_bytes(dump(receipt))
        status = command.main([str(path), "--lang", "en", *options])
        return status, capsys.readouterr().out

    return verify


def test_the_command_says_it_in_words(run: Run, tmp_path: Path) -> None:
    status, said = run(WORDS)
    assert status == 0 and "These are the words that you handed in, unchanged" in said
    assert "Nobody came." not in said, "the words only on demand"
    status, said = run(WORDS, "--words")
    assert "Nobody came." in said and "Mend it." in said and "It is mended." in said
    assert "--- Event 1: What happened" in said and "--- Event 3: answer" in said
    status, said = run(changed(0, 1, text="Mend it now."))
    assert status == 1 and "the text “What would put it right” in this file is not the one" in said
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(PHOTO)
    assert run(WORDS, "--file", str(photo))[0] == 0
    photo.write_bytes(PHOTO + b"retouched")
    status, said = run(WORDS, "--file", str(photo))
    assert status == 1 and "photo.jpg” is none of the files" in said


def test_words_cannot_move_the_cursor(run: Run) -> None:
    log = Log()
    text = "before\x1b[2Jafter"
    event = leaves.event_bytes(
        case=CASE, seq=1, previous=None, at=AT, role="complainant", act="submit",
        event_class="registered", content=[content("t", "text", text)],
    )  # fmt: skip
    receipt = log.receipt(CASE, [log.add(event, bytes(32))]) | {"dues": []}
    receipt["events"][0]["words"] = [opening("t", "text", text)]
    status, said = run(receipt, "--words")
    assert status == 0 and "\x1b" not in said and "before�[2Jafter" in said
