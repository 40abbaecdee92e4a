"""The roster against a walk in steps of thirty seconds, across changes of the clock.

Chicago repeats and skips an hour, Lord Howe half an hour, Shanghai changed its clock in 1990
and no longer does. The oracle (``roster_walk``) reads local times off instants and nothing else.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import (
    Days,
    Duty,
    History,
    Leave,
    Override,
    Person,
    Role,
    Roster,
    Rule,
    Shift,
    Temporary,
    Turn,
    Window,
)
from tests.domain.roster_makers import names
from tests.domain.roster_walk import STEP, Walk

CHANGES = [
    ("America/Chicago", date(2026, 3, 8)),
    ("America/Chicago", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Shanghai", date(1990, 4, 15)),
    ("Asia/Shanghai", date(1990, 9, 16)),
    ("Asia/Shanghai", date(2026, 11, 1)),
]
BEFORE, AFTER = 4, 2
EXAMPLES = 60 if os.environ.get("HUIYIN_DEEP") else 6

# Times near two in the morning, where clocks change, and some others.
times = st.sampled_from(
    [time(h, m) for h in (0, 1, 2, 3) for m in (0, 15, 30, 45)] + [time(8), time(17, 30), time(23)]
)
days_of_week = st.one_of(
    st.just(frozenset(range(7))),
    st.frozensets(st.integers(0, 6), min_size=1),
)


@st.composite
def rules(draw: st.DrawFn, day: date, people: tuple[str, ...], number: int) -> Rule:
    begins, ends = draw(times), draw(times)
    minutes = ((ends.hour - begins.hour) * 60 + ends.minute - begins.minute) % 1440 or 1440
    units = [Turn("days"), Turn("days", 2), Turn("weeks"), Turn("months")]
    units += [Turn("hours", h) for h in (1, 2, 3, 4) if minutes % (60 * h) == 0]
    since = day - timedelta(days=draw(st.integers(1, BEFORE)))
    return Rule(
        f"r{number}",
        draw(st.sampled_from(["one", "two"])),
        tuple(draw(st.permutations(people))[: draw(st.integers(1, len(people)))]),
        Window(Days(draw(days_of_week)), begins, ends),
        draw(st.sampled_from(units)),
        since,
        # The walk sees no further; that a turn is whole is tested apart.
        until=day + timedelta(days=AFTER),
        cover=draw(st.booleans()),
    )


@st.composite
def spans(draw: st.DrawFn, day: date) -> Span:
    start = datetime.combine(day, time(), tzinfo=UTC) - timedelta(days=BEFORE)
    begin = draw(st.integers(0, (BEFORE + AFTER) * 24 * 4))
    length = draw(st.integers(1, 24 * 4))
    quarter = timedelta(minutes=15)
    return Span(start + begin * quarter, start + (begin + length) * quarter)


@st.composite
def rosters(draw: st.DrawFn, zone: str, day: date) -> Roster:
    people = names(draw(st.integers(1, 4)))
    some = st.sampled_from(people)
    a_leave = st.builds(Leave, st.just("l"), some, spans(day))
    pairs = st.sampled_from(["one", "two"])
    an_override = st.builds(
        Override, st.just("o"), pairs, spans(day), st.none() | some, st.none() | some
    )
    overrides: list[Override] = []
    for wanted in draw(st.lists(an_override, max_size=4)):
        clash = any(o.span.meets(wanted.span) and o.people() & wanted.people() for o in overrides)
        if not clash and wanted.out != wanted.into:
            overrides.append(wanted)
    leaves = draw(st.lists(a_leave, max_size=2))
    members = {p: Person(p) for p in people}
    if draw(st.booleans()):
        members[people[0]] = Person(people[0], "", day - timedelta(days=1), day)
    temporary, history = (), None
    if draw(st.booleans()):
        whole = draw(spans(day))
        duty = Duty(draw(pairs), draw(some), Span(whole.start, whole.start + whole.length / 2))
        temporary = (Temporary("t", whole, (duty,), draw(st.booleans())),)
    if draw(st.booleans()):
        until = datetime.combine(day, time(), tzinfo=UTC) - timedelta(days=1)
        was = Shift(until - timedelta(hours=9), until, "one", draw(some), "rule:r0", "x")
        history = History(until, (was,))
    return Roster(
        "walk", {"en": "Walk"}, ZoneInfo(zone), members,
        {"one": Role("one", {}), "two": Role("two", {})},
        tuple(draw(rules(day, people, n)) for n in range(draw(st.integers(1, 3)))),
        tuple(leaves), temporary, tuple(overrides), (), history,
    )  # fmt: skip


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_shifts_are_what_the_wall_clock_says(zone: str, day: date, data: st.DataObject) -> None:
    roster = data.draw(rosters(zone, day))
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    begin, end = midnight - timedelta(days=BEFORE + 2), midnight + timedelta(days=AFTER)
    asked = Span(midnight - timedelta(days=2), end - timedelta(hours=6))
    shifts = serve(roster, asked).shifts
    for at, expected in Walk(roster, begin, end + timedelta(days=2)).on_duty():
        if asked.start <= at < asked.end:
            found = {(s.role, s.person) for s in shifts if s.start <= at < s.end}
            assert found == expected, at
    assert all((s.start - asked.start) % STEP == timedelta() for s in shifts)
