"""Defects that other complaint systems have had, each with the case that would show it here."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from huiyin import calendars, packs
from huiyin.domain.calendars import Calendar, DayNote
from huiyin.domain.pack_reading import read
from huiyin.domain.procedure import Act, Clock, State, decide, evolve, fold, offers
from tests import strategies as s

CN = calendars.load("cn")
UK = calendars.load("uk-england")
XINFANG = packs.load("cn-xinfang-2022")
HOUSING = packs.load("uk-housing-2024")
FOLDER = Path(__file__).parent.parent / "data" / "broken_packs"


def after(pack, calendar, state, now, name, role, actor, **data) -> State:
    rule = pack.acts[name]
    full = {**s.particulars(pack, rule, now, state, 0), **data}
    new = decide(pack, calendar, state, Act(name, role, actor, full), now)
    return fold(pack, calendar, new, onto=state)


def accepted() -> tuple[State, datetime]:
    state = fold(XINFANG, CN, s.submit(XINFANG, CN))
    state = after(XINFANG, CN, state, s.BEGIN, "assign", "supervisor", "sue", owner="olga")
    return after(XINFANG, CN, state, s.BEGIN, "accept", "owner", "olga"), s.BEGIN


def test_an_edit_does_not_restart_a_clock() -> None:
    state, now = accepted()
    before = [(c.limit, c.started, c.due_at) for c in state.clocks]
    for day, name in enumerate(("summary", "correct", "note", "reply", "ask"), start=1):
        state = after(XINFANG, CN, state, now + timedelta(days=day), name, "owner", "olga")
    state = after(XINFANG, CN, state, now + timedelta(days=9), "message", "complainant", None)
    state = after(
        XINFANG, CN, state, now + timedelta(days=9), "assign", "owner", "olga", owner="piet"
    )
    assert [(c.limit, c.started, c.due_at) for c in state.clocks] == before


def test_a_case_assigned_to_nobody_falls_due_all_the_same() -> None:
    state = fold(XINFANG, CN, s.submit(XINFANG, CN))
    assert state.owner is None
    late = {c.limit for c in state.overdue(s.BEGIN + timedelta(days=30))}
    assert late == {"assign", "register"}


def test_a_case_whose_owner_stood_aside_falls_due_all_the_same() -> None:
    state, now = accepted()
    state = after(XINFANG, CN, state, now, "recuse", "owner", "olga")
    late = {c.limit for c in state.overdue(now + timedelta(days=90))}
    assert late == {"assign", "decide"}


def test_a_stage_runs_from_the_actual_acknowledgement_early_or_late() -> None:
    for wait, due in ((1, date(2026, 3, 17)), (21, date(2026, 4, 8))):
        state = fold(HOUSING, UK, s.submit(HOUSING, UK))
        now = s.BEGIN + timedelta(days=wait)
        state = after(HOUSING, UK, state, now, "assign", "supervisor", "sue", owner="olga")
        state = after(HOUSING, UK, state, now, "acknowledge", "owner", "olga")
        assert state.clock("respond-1").due.due == due


def test_changing_a_rule_keeps_the_time_that_was_not_counted() -> None:
    """The same events under a pack whose limit was changed: the hearing stays left out."""
    events = s.submit(XINFANG, CN)
    state = fold(XINFANG, CN, events)
    now = s.BEGIN
    for name, role, actor, data in (
        ("assign", "supervisor", "sue", {"owner": "olga"}),
        ("accept", "owner", "olga", {}),
        ("decide", "owner", "olga", {}),
        ("deliver", "system", None, {}),
        ("ask-review", "complainant", None, {}),
        ("assign-reviewer", "supervisor", "sue", {"owner": "rita"}),
        ("decide-review", "reviewer", "rita", {}),
        ("deliver", "system", None, {}),
        ("ask-reexamination", "complainant", None, {}),
        ("assign-reviewer", "supervisor", "sue", {"owner": "rolf"}),
        ("hearing-start", "reviewer", "rolf", {}),
        ("hearing-end", "reviewer", "rolf", {}),
    ):
        if name == "hearing-end":
            now += timedelta(days=9)
        rule = XINFANG.acts[name]
        full = {**s.particulars(XINFANG, rule, now, state, 0), **data}
        new = decide(XINFANG, CN, state, Act(name, role, actor, full), now)
        events += new
        state = fold(XINFANG, CN, new, onto=state)
    rule = XINFANG.limits["reexamine"].rule
    shorter = replace(rule, period=replace(rule.period, count=20))
    changed = replace(
        XINFANG,
        limits={**XINFANG.limits, "reexamine": replace(XINFANG.limits["reexamine"], rule=shorter)},
    )
    before = state.clock("reexamine").due.due
    assert fold(changed, CN, events).clock("reexamine").due.due == before - timedelta(days=10)


def test_lateness_is_never_stored() -> None:
    names = {f.name for f in fields(Clock)} | {f.name for f in fields(State)}
    assert not names & {"late", "overdue", "breached", "breach", "status", "sla"}
    state, _now = accepted()
    clock = state.clock("decide")
    assert not clock.late(clock.due_at - timedelta(microseconds=1))
    assert clock.late(clock.due_at)
    assert state == fold(XINFANG, CN, [], onto=state)


def test_an_answer_in_time_stays_in_time_for_ever() -> None:
    state, now = accepted()
    on_time = after(XINFANG, CN, state, now + timedelta(days=59), "decide", "owner", "olga").clock(
        "decide"
    )
    too_late = after(XINFANG, CN, state, now + timedelta(days=61), "decide", "owner", "olga").clock(
        "decide"
    )
    far = now + timedelta(days=4000)
    assert not on_time.late(far) and too_late.late(far)


def test_an_extension_runs_from_the_original_start_not_from_its_grant() -> None:
    state, now = accepted()
    due = state.clock("decide").due.due
    later = now + timedelta(days=58)
    state = after(XINFANG, CN, state, later, "propose-extension", "owner", "olga", period="30d")
    state = after(XINFANG, CN, state, later, "extend", "supervisor", "sue")
    assert state.clock("decide").due.due == due + timedelta(days=30)


def test_a_clock_that_jumps_back_does_not_reorder_history() -> None:
    state, now = accepted()
    earlier = now - timedelta(days=3)
    rule = XINFANG.acts["decide"]
    data = s.particulars(XINFANG, rule, earlier, state, 0)
    (event,) = decide(XINFANG, CN, state, Act("decide", "owner", "olga", data), earlier)
    assert event.at == state.last
    assert evolve(XINFANG, CN, state, event).stage == "decided"


def test_a_holiday_proclaimed_after_the_start_moves_open_dates() -> None:
    """As on 19 September 2022: the same events, counted with the newer calendar."""
    newer = with_a_holiday(UK, date(2026, 3, 5))
    events = s.submit(HOUSING, UK)
    assert fold(HOUSING, UK, events).clock("acknowledge").due.due == date(2026, 3, 9)
    clock = fold(HOUSING, newer, events).clock("acknowledge")
    assert clock.due.due == date(2026, 3, 10)
    assert clock.due.calendar_version == newer.version != events[0].data["calendar_version"]


def with_a_holiday(calendar: Calendar, day: date) -> Calendar:
    note = DayNote(day, False, {"en": "Day of mourning"}, "a proclamation")
    year = calendar.years[day.year]
    years = {**calendar.years, day.year: replace(year, notes=(*year.notes, note))}
    return Calendar(
        calendar.id, "newer", calendar.title, calendar.source, calendar.rest_days, years
    )


def test_a_later_case_can_fall_due_earlier_when_the_law_changes() -> None:
    """India shortened thirty days to twenty-one on 23 August 2024; each case keeps its law."""
    source = (FOLDER / "sound.yaml").read_text(encoding="utf-8")
    two = source.replace(
        '  "1":\n    from: 2020-01-01',
        '  "1":\n    from: 2020-01-01\n    until: 2024-08-22\n'
        '  "2":\n    from: 2024-08-23\n    changes:\n      decide:\n        period: 21d\n'
        '        basis: {source: rules, article: "1", verified: yes}',
        1,
    )
    old, new = read(two, "two.yaml", packs.common_text())
    none = calendars.load("none")
    first = datetime(2024, 8, 22, 9, tzinfo=UTC)
    dues = [
        fold(p, none, s.submit(p, none, at)).clock("decide").due.due
        for p, at in ((old, first), (new, first + timedelta(days=1)))
    ]
    assert dues == [date(2024, 9, 21), date(2024, 9, 13)]


def test_no_remedy_is_asked_about_before_the_answer_has_arrived() -> None:
    """Decided is not answered: a decision in a drawer has promised nobody anything."""

    def open_to(role: str, actor: str | None) -> set[str]:
        return {o.act for o in offers(XINFANG, CN, state, now, role, actor)}

    state, now = accepted()
    state = after(XINFANG, CN, state, now, "decide", "owner", "olga")
    ours, theirs = {"record-remedy", "ask-again"}, {"remedy-confirmed", "remedy-missing", "rate"}
    assert not ours & open_to("owner", "olga") and not theirs & open_to("complainant", None)
    state = after(XINFANG, CN, state, now, "deliver", "owner", "olga")
    assert ours <= open_to("owner", "olga") and theirs <= open_to("complainant", None)
