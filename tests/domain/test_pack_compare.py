"""``huiyin pack diff`` and ``what-if``: what a new law says, and which real dates it moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huiyin import calendars, packs
from huiyin.commands import pack as command
from huiyin.domain.comparing import compare
from huiyin.domain.leaves import format_at
from huiyin.domain.procedure import Act, Event, decide, fold
from huiyin.domain.replaying import moved

NOON = datetime(2024, 8, 1, 6, tzinfo=UTC)
SOUND = Path(__file__).parent.parent / "data" / "broken_packs" / "sound.yaml"


def lived(pack_id: str, version: str | None = None) -> list[Event]:
    """A case that was handed in and acknowledged or assigned, as its events."""
    pack = packs.load(pack_id, version)
    calendar = calendars.load(pack.calendar)
    given = {"unit": "unit-1", "texts": {"text": "t"}}
    events = list(decide(pack, calendar, None, Act("submit", "complainant", None, given), NOON))
    state = fold(pack, calendar, events)
    act = Act("assign", "supervisor", "sue", {"owner": "olga"})
    return events + list(decide(pack, calendar, state, act, NOON))


def lines(case: str, events: list[Event]) -> str:
    rows = [
        {"case": case, "seq": e.seq, "act": e.type, "at": format_at(e.at), "role": e.role,
         "data": dict(e.data), **({"actor": e.actor} if e.actor else {})}
        for e in events
    ]  # fmt: skip
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_the_order_of_2024_changed_one_number() -> None:
    old, new = packs.versions("in-cpgrams")
    found = compare(old, new)
    assert next((d.id, d.what, d.before, d.after) for d in found.differences) == (
        "redress",
        "period",
        "30d",
        "21d",
    )
    assert {d.id for d in found.differences} == {"redress"} and found.texts == 0


@pytest.mark.parametrize("pack_id", packs.ids())
def test_a_pack_does_not_differ_from_itself(pack_id: str) -> None:
    pack = packs.load(pack_id)
    assert compare(pack, pack).differences == () and compare(pack, pack).texts == 0


def test_added_gone_and_reworded_are_told(tmp_path: Path, capsys) -> None:
    text = SOUND.read_text(encoding="utf-8")
    changed = tmp_path / "new.yaml"
    text = text.replace("en: Decide\n", "en: Make it\n").replace("period: 30d", "period: 20d")
    text = text.replace("by: owner", "by: [owner, registrar]", 1)
    text = text.replace("\n  review:\n", "\n  second-look:\n").replace(
        "about: review\n", "about: second-look\n"
    )
    changed.write_text(text, encoding="utf-8")
    assert command.main(["diff", str(SOUND), str(changed), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    told = {(d["part"], d["id"], d["what"]) for d in found["differences"]}
    assert ("limit", "decide", "period") in told and ("act", "decide", "by") in told
    assert ("limit", "review", "gone") in told and ("limit", "second-look", "added") in told
    assert found["texts"] >= 1


def test_what_if_lists_the_dates_that_move(tmp_path: Path, capsys) -> None:
    history = tmp_path / "events.jsonl"
    text = lines("A-1", lived("in-cpgrams", "2022")) + lines("B-1", lived("eu-gdpr-12"))
    history.write_text(text, encoding="utf-8")
    call = ["what-if", "--pack", "in-cpgrams@2024", "--history", str(history)]
    assert command.main([*call, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["cases"], found["skipped"], found["impossible"]) == (1, 1, [])
    assert found["moved"] == [
        {"case": "A-1", "limit": "redress", "level": 0, "before": "2024-08-31",
         "after": "2024-08-22", "days": -9}
    ]  # fmt: skip
    assert command.main(call) == 0
    assert "redress" in (said := capsys.readouterr().out) and "-9" in said


def test_what_if_under_another_calendar(tmp_path: Path, capsys) -> None:
    history = tmp_path / "events.json"
    rows = [json.loads(row) for row in lines("C-1", lived("uk-foi-2000")).splitlines()]
    history.write_text(json.dumps(rows), encoding="utf-8")
    call = ["what-if", "--pack", "uk-foi-2000", "--calendar", "none", "--history", str(history)]
    assert command.main([*call, "--json"]) == 0
    (move,) = [m for m in json.loads(capsys.readouterr().out)["moved"] if m["limit"] == "answer"]
    assert (move["before"], move["after"]) == ("2024-09-02", "2024-08-21")


def test_the_same_law_moves_nothing() -> None:
    events = lived("cn-xinfang-2022")
    pack = packs.load("cn-xinfang-2022")
    state = fold(pack, calendars.load("cn"), events)
    assert moved(state, fold(pack, calendars.load("cn"), events)) == ()


def test_a_history_that_the_other_law_cannot_hold_is_named(tmp_path: Path, capsys) -> None:
    events = lived("in-cpgrams")
    broken = [*events, Event(3, "appeal-twice", NOON, "owner", "olga", {})]
    history = tmp_path / "events.jsonl"
    history.write_text(lines("D-1", broken), encoding="utf-8")
    call = ["what-if", "--pack", "in-cpgrams", "--history", str(history), "--json"]
    assert command.main(call) == 0
    (one,) = json.loads(capsys.readouterr().out)["impossible"]
    assert one["case"] == "D-1" and "act-unknown" in one["why"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no events"),
        (b"{}\n{nonsense\n", "at line 1:"),
        (b'{"case":"x"}\n', "an event has"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b"[1, 2]", "an event has"),
    ],
)
def test_a_history_that_cannot_be_read_is_refused(raw, said, tmp_path: Path, capsys) -> None:
    history = tmp_path / "events.jsonl"
    history.write_bytes(raw)
    assert command.main(["what-if", "--pack", "in-cpgrams", "--history", str(history)]) == 2
    told = capsys.readouterr().err
    assert said in told and "one JSON object per line" in told, "words with a remedy"


@pytest.mark.parametrize(
    "argv",
    [
        ["diff", "in-cpgrams@1999", "in-cpgrams"],
        ["diff", "no-such-pack", "in-cpgrams"],
        ["what-if", "--pack", "in-cpgrams", "--history", "no-such-file"],
    ],
)
def test_wrong_calls_name_what_is_missing(argv: list[str], capsys) -> None:
    assert command.main(argv) == 2
    assert "no-such" in (said := capsys.readouterr().err) or "has no version" in said
    assert "(" not in said, "words, not a value as the program writes it"
