"""The engine against a second implementation, on random lives under every pack.

With HUIYIN_DEEP=1 the two are asked 100,000 questions; each date of each clock is one.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin import calendars, packs
from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule, Pack
from huiyin.domain.procedure import Act, Event, as_of, decide, fold, offers
from tests import strategies as s
from tests.domain.slow_procedure import SlowCase

DEEP = bool(os.environ.get("HUIYIN_DEEP"))
QUESTIONS = 100_000
GAPS = (0, 7, 900, 5_000, 20_000, 64_800)
some = settings(max_examples=150, deadline=None)


def agree(pack: Pack, calendar: Calendar, events: list[Event], days: int) -> int:
    """Hold the two against each other; returns how many clocks were compared."""
    slow = SlowCase(pack, calendar)
    for event in events:
        slow.happen(event)
    now = events[-1].at + timedelta(days=days)
    slow.live_until(now)
    state = as_of(pack, calendar, fold(pack, calendar, events), now)
    assert (state.stage, state.level, state.kind) == (slow.stage, slow.level, slow.kind)
    assert {spell.id for spell in state.spells} == set(slow.spells)
    quick_clocks = [
        (c.limit, c.level, c.started, c.due.due if c.due else None, c.due_at, c.stopped)
        for c in state.clocks
    ]
    slow_clocks = [
        (c.limit.id, c.level, c.since, slow.due(c), _end(slow, c), c.until) for c in slow.clocks
    ]
    running = [(c[:4], c[4]) for c in quick_clocks if c[5] is None]
    assert sorted(running, key=str) == sorted(
        ((c[:4], c[4]) for c in slow_clocks if c[5] is None), key=str
    )
    stopped = [(c[:3], c[5]) for c in quick_clocks if c[5] is not None]
    assert sorted(stopped, key=str) == sorted(
        ((c[:3], c[5]) for c in slow_clocks if c[5] is not None), key=str
    )
    return len(quick_clocks)


def _end(slow: SlowCase, clock) -> object:
    return slow.end(clock) if clock.until is None else None


def eager(pack: Pack, calendar: Calendar, drawn: random.Random) -> list[Event]:
    """A life that gets somewhere: acts that move the case or stop the clock come up most."""
    now = s.BEGIN
    events = s.submit(pack, calendar, now, kind=drawn.choice(list(pack.kinds)))
    state = fold(pack, calendar, events)
    for _ in range(drawn.randrange(30)):
        now += timedelta(minutes=drawn.choice(GAPS))
        acts = [
            (offer.act, role, state.owner if role in ("owner", "reviewer") else actor)
            for role, actor in s.CAST
            for offer in offers(pack, calendar, state, now, role, state.owner or actor)
        ]
        weights = [_weight(pack, pack.acts[name]) for name, _, _ in acts]
        ((name, role, person),) = drawn.choices(acts, weights)
        data = s.particulars(pack, pack.acts[name], now, state, drawn.randrange(100))
        try:
            new = decide(pack, calendar, state, Act(name, role, person, data), now)
        except Refusal:
            continue
        events += new
        state = fold(pack, calendar, new, onto=state)
    return events


def _weight(pack: Pack, rule: ActRule) -> int:
    paused = {p.spell for limit in pack.limits.values() for p in limit.pauses}
    if (rule.begins | rule.ends) & paused:
        return 60
    if rule.word or rule.recuses:
        return 1
    return 20 if rule.to or rule.extension or rule.assigns else 2


@some
@given(pack_id=st.sampled_from(packs.ids()), life=s.lives, days=st.integers(0, 500))
def test_both_ways_of_counting_agree(pack_id: str, life: list[s.Move], days: int) -> None:
    pack = packs.load(pack_id)
    calendar = calendars.load(pack.calendar)
    assert agree(pack, calendar, s.live(pack, calendar, life), days) > 0


def test_they_agree_on_pauses_restarts_and_lapses_too() -> None:
    drawn, seen = random.Random(3), Counter()
    for _ in range(250):
        pack = packs.load(drawn.choice(packs.ids()))
        calendar = calendars.load(pack.calendar)
        events = eager(pack, calendar, drawn)
        agree(pack, calendar, events, drawn.randrange(200))
        state = fold(pack, calendar, events)
        seen["paused"] += any(c.exclusions for c in state.clocks)
        seen["extended"] += any(c.extended for c in state.clocks)
        seen["lapsed"] += any(c.lapsed for c in state.clocks)
        seen["passed"] += any(c.passed and not c.lapsed for c in state.clocks)
        seen["reviewed"] += state.level > 0
    assert min(seen[what] for what in ("paused", "extended", "lapsed", "passed", "reviewed")) > 2


@pytest.mark.skipif(not DEEP, reason="100,000 questions: set HUIYIN_DEEP=1")
def test_a_hundred_thousand_questions() -> None:
    drawn = random.Random(20261121)
    asked = 0
    while asked < QUESTIONS:
        pack = packs.load(drawn.choice(packs.ids()))
        calendar = calendars.load(pack.calendar)
        asked += agree(pack, calendar, eager(pack, calendar, drawn), drawn.randrange(500))
    assert asked >= QUESTIONS
