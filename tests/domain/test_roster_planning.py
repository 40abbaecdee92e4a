"""Plans, feeds and findings: fair within the rules, read back by others, in every language."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.commands import roster as command
from huiyin.domain.rosters import feeds
from huiyin.domain.rosters.checking import RULES, check
from huiyin.domain.rosters.planning import Plan, Problem, greedy, problem
from huiyin.domain.rosters.presence import Presence
from huiyin.domain.rosters.resting import breaches
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import RestRule, Role, Shift, Window
from huiyin.rosters import optimising, wording
from tests.domain.roster_makers import at, clock, days, leave, names, roster, rule

FILE = Path(__file__).resolve().parents[1] / "data" / "rosters" / "town.yaml"
TWO_DAYS_OFF = RestRule("r", "between", 48, "house rule of the test")
solver = pytest.mark.skipif(not optimising.available(), reason="OR-Tools is not installed")


def lawful(task: Problem, plan: Plan) -> bool:
    """Nobody away, nobody twice at once, no rest rule broken."""
    shifts = [Shift(*d.span, d.role, d.person, "plan") for d in plan.duties()]
    presence = Presence(task.roster)
    twice = any(
        a.person == b.person and a.span.meets(b.span)
        for n, a in enumerate(shifts)
        for b in shifts[n + 1 :]
    )
    there = all(presence.whole(s.person, s.span) for s in shifts)
    return there and not twice and not breaches(task.roster.rest, shifts)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 7), st.integers(0, 40), st.integers(1, 2), st.integers(0, 12))
def test_the_plain_way_is_lawful_and_fills_what_it_can(number, hours, people, away) -> None:  # type: ignore[no-untyped-def]
    rest = (RestRule("r", "between", hours, "s"),) if hours else ()
    made = roster(
        people=names(number), roles=(Role("duty", {}, people=people),), rest=rest,
        leave=(leave("p01", f"2026-02-{away + 2:02}T00:00", f"2026-02-{away + 5:02}T00:00"),),
    )  # fmt: skip
    task = problem(made, date(2026, 2, 2), date(2026, 2, 20))
    plan = greedy(task)
    assert lawful(task, plan)
    if hours == 0 and number > people:  # somebody else is always free
        assert not plan.empty()


def test_the_plain_way_shares_days_off_within_one_shift_and_all_within_two() -> None:
    task = problem(roster(people=names(7)), date(2026, 2, 2), date(2026, 5, 2))
    plan = greedy(task)
    counts = Counter(plan.people)
    heavy = Counter(p for p, slot in zip(plan.people, task.slots, strict=True) if slot.heavy)
    assert max(counts.values()) - min(counts.values()) <= 2
    assert max(heavy.values()) - min(heavy.values()) <= 1


@solver
def test_the_optimiser_finds_what_the_plain_way_misses() -> None:
    """p01 is there only on the first day: who waits longest must not be asked to serve then."""
    made = roster(
        people=names(2), rest=(RestRule("r", "between", 20, "s"),),
        roles=(Role("duty", {}, (Window(begins=clock("08:00"), ends=clock("20:00")),)),),
        leave=(leave("p02", "2026-02-03T00:00", "2026-02-04T00:00"),),
    )  # fmt: skip
    task = problem(made, date(2026, 2, 2), date(2026, 2, 3))
    assert len(greedy(task).empty()) == 1
    best = optimising.optimal(task, 30)
    assert (best.method, best.people) == ("optimal", ("p02", "p01"))


@solver
def test_the_optimiser_is_lawful_and_as_fair_as_whole_shifts_allow() -> None:
    roles = (
        Role("lead", {}),
        Role("day", {}, (Window(begins=clock("08:00"), ends=clock("20:00")),)),
        Role("night", {}, (Window(begins=clock("20:00"), ends=clock("08:00")),)),
    )
    made = roster(people=names(10), rest=(TWO_DAYS_OFF,), roles=roles)
    task = problem(made, date(2026, 2, 2), date(2026, 2, 15))
    plan = optimising.optimal(task, 60)
    assert lawful(task, plan) and not plan.empty()
    minutes = Counter[str]()
    for duty in plan.duties():
        minutes[duty.person] += duty.span.length // timedelta(minutes=1)
    # 14 days of 48 hours for 10 people: 67.2 hours each, in shifts of up to 24.
    assert set(minutes) == set(names(10))
    assert all(48 * 60 <= m <= 72 * 60 for m in minutes.values())


@solver
@pytest.mark.parametrize("kind", ["longest", "most"])
def test_the_optimiser_keeps_each_kind_of_limit(kind: str) -> None:
    roles = tuple(
        Role(name, {}, (Window(begins=clock(a), ends=clock(b)),))
        for name, a, b in (("am", "00:00", "12:00"), ("pm", "12:00", "00:00"))
    )
    limit = RestRule("r", kind, 24, "s", 3)
    task = problem(
        roster(people=names(4), rest=(limit,), roles=roles), date(2026, 2, 2), date(2026, 2, 8)
    )
    plan = optimising.optimal(task, 30)
    assert lawful(task, plan)


def test_what_is_too_large_for_the_optimiser_goes_the_plain_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two thousand people for a year took minutes, whatever time the solver was given."""
    monkeypatch.setattr(optimising, "MOST_CHOICES", 7 * 4)
    small, large = (
        problem(roster(people=names(4)), date(2026, 2, 2), date(2026, 2, 8 + more))
        for more in (0, 1)
    )
    assert optimising.optimal(small, 30).method == "optimal"
    assert optimising.optimal(large, 30) == greedy(large)


def test_a_feed_is_read_back_by_another_library() -> None:
    made = roster(rule(names(2)))
    shifts = serve(made, days("2026-02-02", 3)).shifts
    title = "值班; 带班, “夜” \\ " + "很长的名字" * 20
    words = feeds.Words(title, {"duty": title}, {"duty": "+8653112345678"})
    text = feeds.feed("test", "example.org", shifts, words, at("2026-02-01T00:00"))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    read = icalendar.Calendar.from_ical(text)
    events = read.walk("VEVENT")
    assert [(e.decoded("dtstart"), e.decoded("dtend")) for e in events] == [
        (s.start, s.end) for s in shifts
    ]
    assert {str(e["summary"]) for e in events} == {title}
    assert {str(e["description"]) for e in events} == {"+8653112345678"}
    assert len({str(e["uid"]) for e in events}) == len(events)
    assert read.errors == [] and all(e.errors == [] for e in events)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_no_text_of_a_feed_begins_a_line_of_its_own(end: str) -> None:
    """Some readers take more for the end of a line than RFC 5545 does."""
    hostile = f"Desk{end}END:VEVENT{end}BEGIN:VEVENT{end}SUMMARY:\u202eevil\x1b"
    shifts = serve(roster(rule(names(2))), days("2026-02-02", 1)).shifts
    words = feeds.Words(hostile, {"duty": hostile}, {"duty": hostile})
    text = feeds.feed("test", "example.org", shifts, words, at("2026-02-01T00:00"))
    starts = [line for line in text.splitlines() if not line.startswith(" ")]
    assert starts.count("BEGIN:VEVENT") == starts.count("END:VEVENT") == len(shifts)
    assert not {"\u202e", "\x1b"} & set(text)
    (event, *_) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert str(event["summary"]) == "Desk\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:evil"


def test_an_entry_keeps_its_identity_when_the_feed_is_made_again() -> None:
    shifts = serve(roster(rule(names(2))), days("2026-02-02", 3)).shifts
    words = feeds.Words("x", {}, {})
    first, second = (
        feeds.feed("test", "example.org", shifts, words, at(f"2026-02-0{n}T00:00")) for n in (1, 2)
    )
    uids = [
        [line for line in text.split("\r\n") if line.startswith("UID")] for text in (first, second)
    ]
    assert uids[0] == uids[1]


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_every_finding_has_words_and_a_remedy(language: str) -> None:
    assert set(wording.table()) == set(RULES)
    made = roster(
        rule(names(7), until=date(2026, 2, 10)), rest=(RestRule("r", "free", 90, "s", 2),)
    )
    made = replace(made, leave=(leave("p02", "2026-02-01T00:00", "2026-03-01T00:00"),))
    found = check(made, days("2026-02-02", 20))
    assert {f.rule for f in found} >= {"gap", "same-turns"}
    for finding in found:
        text, remedy = wording.told(finding, made, language)
        assert "{" not in text and remedy
    for entry in wording.table().values():
        assert entry[language].strip() and entry["remedy"][language].strip()


CALLS = [
    (["show", "--from", "2026-02-09", "--days", "3"], 0, "小钱"),
    (["show", "--from", "2026-02-09", "--json"], 0, '"algorithm": 1'),
    (["gaps", "--from", "2026-02-02"], 0, "No gap in 30 days"),
    (["gaps", "--from", "2026-01-01", "--days", "5", "--lang", "zh"], 1, "缺 1 人"),
    (["check", "--from", "2026-02-02"], 0, "0 errors"),
    (["check", "--from", "2027-01-05", "--json"], 0, '"rule": "left"'),
    (["plan", "--from", "2026-03-02", "--days", "20", "--method", "greedy"], 0, "Fairness"),
    (["show", "--from", "2031-01-01"], 1, ""),
]


@pytest.mark.parametrize(
    ("arguments", "status", "said"), CALLS, ids=[" ".join(c[0]) for c in CALLS]
)
def test_the_command(arguments, status, said, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    action, *rest = arguments
    assert command.main([action, str(FILE), *rest]) == status
    out, err = capsys.readouterr()
    assert said in out
    if not said:  # the calendar of working days knows no year 2031
        assert "2031" in err and "{" not in err
    if "--json" in rest:
        json.loads(out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "/no/such/file"], ["show", str(FILE), "--days", "0"],
        ["show", str(FILE), "--days", "9999"], ["show", str(FILE), "--from", "soon"],
        ["plan", str(FILE), "--method", "magic"], ["sing", str(FILE)], ["show"],
        ["show", str(FILE), "--lang", "tlh"],
    ],
)  # fmt: skip
def test_a_wrong_call_is_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_wrong_file_is_told_line_by_line(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "bad.yaml"
    file.write_text("id: x\nzone: Nowhere/There\nsize: 3\n", "utf-8")
    assert command.main(["check", str(file)]) == 1
    out = capsys.readouterr().out
    assert f"{file}:2:" in out and "nothing was read" in out


def test_a_plan_is_followed_by_its_fairness_table(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["plan", str(FILE), "--from", "2026-03-02", "--days", "3", "--method", "greedy"])
    out = capsys.readouterr().out
    assert "never serves" in out.partition("Fairness")[2]
