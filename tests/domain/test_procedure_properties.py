"""What holds for every life a case can have, under each shipped pack."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin import calendars, packs
from huiyin.domain.errors import Refusal
from huiyin.domain.procedure import Act, as_of, decide, evolve, fold, offers, status
from tests import strategies as s

CALENDAR = {pack_id: calendars.load(packs.load(pack_id).calendar) for pack_id in packs.ids()}
pack_ids = st.sampled_from(packs.ids())
some = settings(max_examples=120, deadline=None)


@some
@given(pack_id=pack_ids, life=s.lives, cut=st.integers(0, 20))
def test_folding_the_rest_onto_a_prefix_equals_folding_all(pack_id, life, cut) -> None:
    pack, calendar = packs.load(pack_id), CALENDAR[pack_id]
    events = s.live(pack, calendar, life)
    cut = 1 + cut % len(events)
    prefix = fold(pack, calendar, events[:cut])
    assert fold(pack, calendar, events[cut:], onto=prefix) == fold(pack, calendar, events)


@some
@given(pack_id=pack_ids, life=s.lives)
def test_every_open_case_is_somebodys_duty_and_on_a_clock(pack_id, life) -> None:
    pack, calendar = packs.load(pack_id), CALENDAR[pack_id]
    state = None
    for event in s.live(pack, calendar, life):
        state = evolve(pack, calendar, state, event)
        if state.open:
            clocks = {c.limit for c in state.running()}
            owned = {name for name in clocks if "owned" in pack.limits[name].stops}
            assert clocks - owned, state
            assert state.owner is not None or owned, state


@some
@given(pack_id=pack_ids, life=s.lives, days=st.lists(st.integers(0, 200), max_size=3))
def test_looking_at_a_case_in_between_changes_nothing(pack_id, life, days) -> None:
    pack, calendar = packs.load(pack_id), CALENDAR[pack_id]
    state = fold(pack, calendar, s.live(pack, calendar, life))
    looked = state
    now = state.last
    for day in days:
        now += timedelta(days=day)
        looked = as_of(pack, calendar, looked, now)
    assert looked == as_of(pack, calendar, state, now)


@some
@given(pack_id=pack_ids, life=s.lives, days=st.integers(0, 400))
def test_what_is_offered_is_possible_and_nothing_else_is(pack_id, life, days) -> None:
    pack, calendar = packs.load(pack_id), CALENDAR[pack_id]
    state = fold(pack, calendar, s.live(pack, calendar, life))
    now = state.last + timedelta(days=days)
    for role, actor in s.CAST:
        person = state.owner if role in ("owner", "reviewer") else actor
        open_now = {o.act for o in offers(pack, calendar, state, now, role, person)}
        for rule in pack.acts.values():
            data = s.particulars(pack, rule, now, state, 1)
            try:
                new = decide(pack, calendar, state, Act(rule.id, role, person, data), now)
            except Refusal as refusal:
                about_data = refusal.code in (
                    "recused",
                    "already-decider",
                    "extension-too-long",
                    "extension-not-possible",
                )
                assert rule.id not in open_now or about_data, (rule.id, refusal)
            else:
                assert rule.id in open_now
                fold(pack, calendar, new, onto=state)


@some
@given(pack_id=pack_ids, life=s.lives, days=st.integers(0, 400))
def test_the_sentence_is_always_whole(pack_id, life, days) -> None:
    pack, calendar = packs.load(pack_id), CALENDAR[pack_id]
    state = fold(pack, calendar, s.live(pack, calendar, life))
    said = status(pack, calendar, state, state.last + timedelta(days=days))
    for text in (*said.text.values(), *said.office.values()):
        assert text and "{" not in text and "None" not in text


@some
@given(pack_id=pack_ids, life=s.lives)
def test_an_event_is_never_folded_twice(pack_id, life) -> None:
    pack, calendar = packs.load(pack_id), CALENDAR[pack_id]
    events = s.live(pack, calendar, life)
    state = fold(pack, calendar, events)
    for event in events:
        with pytest.raises(Refusal) as caught:
            fold(pack, calendar, [event], onto=state)
        assert caught.value.code == "replay"


@some
@given(pack_id=pack_ids, life=s.lives)
def test_closed_cases_were_answered_or_closed_by_the_complainant(pack_id, life) -> None:
    pack, calendar = packs.load(pack_id), CALENDAR[pack_id]
    events = s.live(pack, calendar, life)
    state = fold(pack, calendar, events)
    late = as_of(pack, calendar, state, state.last + timedelta(days=1000))
    if not late.open:
        words = {e.type for e in events if pack.acts[e.type].word and e.role == "complainant"}
        assert late.answered or words


@some
@given(life=s.lives, order=st.permutations(["note", "summary", "co-sign", "message"]))
def test_unrelated_acts_in_any_order_leave_the_same_dates(life, order) -> None:
    pack, calendar = packs.load("cn-xinfang-2022"), CALENDAR["cn-xinfang-2022"]
    events = s.live(pack, calendar, life)
    before = fold(pack, calendar, events)
    dates = []
    for names in (order, sorted(order)):
        state = before
        for name in names:
            rule = pack.acts[name]
            role = "registrar" if "registrar" in rule.by else "complainant"
            data = s.particulars(pack, rule, state.last, state, 1)
            try:
                new = decide(pack, calendar, state, Act(name, role, None, data), state.last)
            except Refusal:
                continue
            state = fold(pack, calendar, new, onto=state)
        dates.append([(c.limit, c.started, c.due_at) for c in state.clocks])
    assert dates[0] == dates[1] == [(c.limit, c.started, c.due_at) for c in before.clocks]


@some
@given(gap=st.integers(0, 40), hours=st.integers(0, 23))
def test_suspending_and_resuming_at_once_changes_nothing(gap, hours) -> None:
    pack, calendar = packs.load("cn-xinfang-2022"), CALENDAR["cn-xinfang-2022"]
    state, now = _under_re_examination(pack, calendar)
    before = state.clock("reexamine")
    now += timedelta(days=gap, hours=hours)
    for name in ("hearing-start", "hearing-end"):
        new = decide(pack, calendar, state, Act(name, "reviewer", "rolf"), now)
        state = fold(pack, calendar, new, onto=state)
    after = state.clock("reexamine")
    assert (after.due.due, after.due_at) == (before.due.due, before.due_at)
    assert not after.suspended


def _under_re_examination(pack, calendar):
    now = s.BEGIN
    state = fold(pack, calendar, s.submit(pack, calendar))
    for name, role, actor, extra in (
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
    ):
        data = {**s.particulars(pack, pack.acts[name], now, state, 0), **extra}
        new = decide(pack, calendar, state, Act(name, role, actor, data), now)
        state = fold(pack, calendar, new, onto=state)
    return state, now


def test_the_order_of_two_officers_notes_does_not_matter() -> None:
    pack, calendar = packs.load("uk-housing-2024"), CALENDAR["uk-housing-2024"]
    ends = set()
    for order in permutations(["reply", "note", "summary"]):
        state = fold(pack, calendar, s.submit(pack, calendar))
        for name in order:
            data = s.particulars(pack, pack.acts[name], s.BEGIN, state, 1)
            new = decide(pack, calendar, state, Act(name, "registrar", "greta", data), s.BEGIN)
            state = fold(pack, calendar, new, onto=state)
        ends.add((state.stage, tuple((c.limit, c.due_at) for c in state.clocks)))
    assert len(ends) == 1
