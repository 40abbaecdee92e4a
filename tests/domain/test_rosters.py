"""What a roster promises, as properties: no gap, no double duty, names alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.covering import gaps
from huiyin.domain.rosters.intervals import Span, common, total, union, without
from huiyin.domain.rosters.resting import breaches, broken
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import (
    ALGORITHM,
    Days,
    Duty,
    History,
    Leave,
    Override,
    RestRule,
    Role,
    Shift,
    Temporary,
    Turn,
)
from huiyin.domain.rosters.wallclock import add_months, first, last, months_since
from tests.domain.roster_makers import (
    SHANGHAI,
    at,
    days,
    leave,
    names,
    override,
    roster,
    rule,
    span,
)

NOW = at("2026-01-01T00:00")
IDS = ("x", "y")
MONTH = days("2026-02-01", 28)
ZONES = [ZoneInfo(z) for z in ("America/Chicago", "Australia/Lord_Howe", "Asia/Shanghai")]

people = st.integers(1, 9).map(names)
turns = st.sampled_from(
    [Turn("days"), Turn("days", 3), Turn("weeks"), Turn("months"), Turn("hours", 6), Turn("hours")]
)


@settings(max_examples=60, deadline=None)
@given(
    people, turns, st.sampled_from(ZONES), st.times().map(lambda t: t.replace(second=0)),
    st.dates(date(2026, 1, 1), date(2026, 10, 20)),
)  # fmt: skip
def test_no_gap_where_a_rule_covers_the_day(line, turn, zone, begins, day) -> None:  # type: ignore[no-untyped-def]
    """Whoever and however long: as long as nobody is away, every hour has somebody."""
    clock = begins.isoformat("minutes")
    made = roster(rule(line, "2026-01-01", clock, clock, turn), zone=zone)
    month = days(day.isoformat(), 30, zone)
    begun = first(datetime.combine(date(2026, 1, 1), begins), zone)
    found = serve(made, Span(max(month.start, begun), month.end))
    assert gaps(made, found) == ()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nobody_has_two_duties_at_once(data: st.DataObject) -> None:
    line = data.draw(people)
    roles = tuple(Role(r, {}) for r in ("one", "two", "three"))
    some = st.sampled_from(line)
    rules = [
        rule(
            tuple(data.draw(st.permutations(line))), role=r.id, id=f"{r.id}-{n}",
            turn=data.draw(turns),
        )
        for n, r in enumerate(roles)
    ]  # fmt: skip
    quarters = st.integers(0, 27 * 24 * 4)
    made = roster(*rules, people=line, roles=roles)
    exceptions = []
    for n in range(data.draw(st.integers(0, 5))):
        begin = MONTH.start + data.draw(quarters) * timedelta(minutes=15)
        stretch = Span(begin, begin + data.draw(st.integers(1, 200)) * timedelta(minutes=15))
        role = data.draw(st.sampled_from(roles)).id
        exceptions.append(
            Override(str(n), role, stretch, data.draw(st.none() | some), data.draw(some))
        )
    made = replace(made, overrides=tuple(exceptions))
    by_person: dict[str, list[Shift]] = {}
    for shift in serve(made, MONTH).shifts:
        by_person.setdefault(shift.person, []).append(shift)
    for shifts in by_person.values():
        for n, shift in enumerate(shifts):
            assert not any(shift.span.meets(other.span) for other in shifts[n + 1 :])


def test_leave_at_the_end_of_a_turn_counts_at_its_beginning() -> None:
    """Asked about Monday alone, the week goes to whoever is there until Sunday."""
    away = leave("p01", "2026-02-08T00:00", "2026-02-09T00:00")
    made = roster(rule(names(2), "2026-02-02", turn=Turn("weeks")), leave=(away,))
    assert [s.person for s in serve(made, days("2026-02-03", 1)).shifts] == ["p02", "p02"]


def test_whom_a_later_rule_passes_over_is_the_same_however_little_is_asked() -> None:
    """The second rule looks at the whole week of the first, not at its first day alone."""
    roles = (Role("one", {}), Role("two", {}))
    made = roster(
        rule(("p01", "p02", "p03"), "2026-02-02", turn=Turn("days", 5), role="one", id="a"),
        rule(("p02", "p03", "p01"), "2026-02-02", turn=Turn("weeks"), role="two", id="b"),
        roles=roles,
    )
    month = serve(made, days("2026-02-02", 28)).shifts
    for day in range(2, 26):
        little = days(f"2026-02-{day:02}", 1)
        cut = sorted(s.during(part) for s in month for part in common(little, [s.span]))
        assert sorted(serve(made, little).shifts) == cut, day


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_asking_for_less_gives_the_same_answer(data: st.DataObject) -> None:
    """A turn of a week is one turn, also for who asks about its first day only."""
    line = data.draw(st.integers(2, 4).map(names))
    roles = tuple(Role(r, {}) for r in ("one", "two"))
    long = st.sampled_from([Turn("weeks"), Turn("months"), Turn("days", 5)])
    rules = [
        rule(tuple(data.draw(st.permutations(line))), role=r.id, id=r.id, turn=data.draw(long))
        for r in roles
    ]
    hours = st.integers(0, 40 * 24).map(lambda n: MONTH.start + timedelta(hours=n))
    away = data.draw(
        st.lists(st.tuples(st.sampled_from(line), hours, st.integers(1, 90)), max_size=4)
    )
    leaves = tuple(
        Leave(str(n), p, Span(at_, at_ + timedelta(hours=length)))
        for n, (p, at_, length) in enumerate(away)
    )
    made = roster(*rules, people=line, roles=roles, leave=leaves)
    begin = data.draw(hours)
    little = Span(begin, begin + timedelta(hours=data.draw(st.integers(1, 60))))
    whole = serve(made, Span(MONTH.start, MONTH.start + timedelta(days=50))).shifts
    cut = sorted(s.during(part) for s in whole for part in common(little, [s.span]))
    assert sorted(serve(made, little).shifts) == cut


@settings(max_examples=40, deadline=None)
@given(people, turns, st.randoms(use_true_random=False), st.integers(0, 20))
def test_names_do_not_matter(line, turn, random, day) -> None:  # type: ignore[no-untyped-def]
    """Renaming everybody renames them in the result and changes nothing else; neither does
    the order in which members are listed."""
    new = list(line)
    random.shuffle(new)
    renamed = dict(zip(line, new, strict=True))
    absent = leave(line[0], f"2026-02-{day % 20 + 1:02}T06:00", f"2026-02-{day % 20 + 3:02}T09:00")
    other = replace(absent, person=renamed[line[0]])
    plain = roster(rule(line, turn=turn), leave=(absent,))
    again = roster(
        rule(tuple(renamed[p] for p in line), turn=turn), people=tuple(sorted(new)), leave=(other,)
    )
    expected = sorted(replace(s, person=renamed[s.person]) for s in serve(plain, MONTH).shifts)
    assert sorted(serve(again, MONTH).shifts) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=8), st.integers(0, 60))
def test_intervals_agree_with_counting_minutes(pairs, begin) -> None:  # type: ignore[no-untyped-def]
    minute = timedelta(minutes=1)

    def stretch(a: int, b: int) -> Span:
        return Span(NOW + a * minute, NOW + b * minute)

    spans = [stretch(a, a + n) for a, n in pairs]
    counted = {m for a, n in pairs for m in range(a, a + n)}
    asked = stretch(begin, begin + 15)
    inside = counted & set(range(begin, begin + 15))
    assert total(spans) == len(counted) * minute
    assert total(common(asked, union(spans))) == len(inside) * minute
    assert total(without(asked, spans)) == (15 - len(inside)) * minute


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.integers(0, 500))
def test_months_from_the_anchor_never_skip_one(anchor: date, number: int) -> None:
    day = add_months(anchor, number)
    assert (day.year * 12 + day.month) - (anchor.year * 12 + anchor.month) == number
    assert months_since(anchor, day) == number
    assert months_since(anchor, day - timedelta(days=1)) == number - 1


@pytest.mark.parametrize(
    ("zone", "local", "begins", "ends"),
    [
        ("America/Chicago", "2026-11-01T01:30", "06:30", "07:30"),  # twice
        ("America/Chicago", "2026-03-08T02:30", "08:00", "08:00"),  # leapt over
        ("Australia/Lord_Howe", "2026-04-05T01:45", "14:45", "15:15"),  # half an hour, twice
        ("Australia/Lord_Howe", "2026-10-04T02:15", "15:30", "15:30"),
        ("Asia/Shanghai", "1990-09-16T01:30", "16:30", "17:30"),
        ("Asia/Shanghai", "2026-11-01T01:30", "17:30", "17:30"),
        ("Africa/Cairo", "2026-04-24T00:30", "22:00", "22:00"),  # the clock leaps at midnight
    ],
)
def test_first_and_last_of_a_time(zone: str, local: str, begins: str, ends: str) -> None:
    wall = datetime.fromisoformat(local)
    assert first(wall, ZoneInfo(zone)).strftime("%H:%M") == begins
    assert last(wall, ZoneInfo(zone)).strftime("%H:%M") == ends


def test_a_whole_day_that_the_clock_skips_leaves_no_gap() -> None:
    """Samoa had no 30 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    made = roster(rule(names(3), "2011-12-26"), zone=apia)
    assert gaps(made, serve(made, span("2011-12-27T08:00", "2012-01-03T08:00", apia))) == ()


def test_history_stands_whatever_the_rules_say_today() -> None:
    was = Shift(*span("2026-02-01T08:00", "2026-02-02T08:00"), "duty", "left", "rule:old", "x", 0)
    made = roster(
        rule(names(3), "2026-02-01"), history=History(at("2026-02-02T08:00"), (was,)),
        overrides=(override("1", "2026-02-01T08:00", "2026-02-02T08:00", None, "p01"),),
    )  # fmt: skip
    found = serve(made, days("2026-02-01", 3)).shifts
    assert found[0] == was and found[0].algorithm != ALGORITHM
    assert [s.person for s in found[1:]] == ["p02", "p03"]


def test_a_shift_in_progress_is_one_shift_on_both_sides_of_the_history() -> None:
    made = roster(rule(names(2), "2026-02-01"))
    noon = at("2026-02-02T12:00")
    recorded = serve(made, Span(at("2026-02-01T08:00"), noon)).shifts
    after = replace(made, history=History(noon, recorded))
    assert serve(after, MONTH).shifts == serve(made, MONTH).shifts


def test_a_temporary_schedule_stands_instead_of_everything() -> None:
    feast = span("2026-02-16T08:00", "2026-02-18T08:00")
    duty = Duty("duty", "p03", span("2026-02-16T08:00", "2026-02-17T08:00"))
    made = roster(rule(names(3)), temporary=(Temporary("feast", feast, (duty,)),))
    found = serve(made, feast)
    assert [(s.person, s.origin) for s in found.shifts] == [("p03", "temporary:feast")]
    assert [g.span for g in gaps(made, found)] == [span("2026-02-17T08:00", "2026-02-18T08:00")]


def test_leave_passes_the_turn_on_and_the_line_goes_on_behind_who_took_it() -> None:
    made = roster(
        rule(names(3), "2026-02-02"), leave=(leave("p02", "2026-02-03T00:00", "2026-02-04T00:00"),)
    )
    served = serve(made, span("2026-02-02T08:00", "2026-02-07T08:00")).shifts
    assert [s.person for s in served] == ["p01", "p03", "p01", "p02", "p03"]


def test_with_cover_the_turn_stays_and_somebody_stands_in() -> None:
    made = roster(
        rule(names(3), "2026-02-02", turn=Turn("weeks"), cover=True),
        leave=(leave("p01", "2026-02-03T08:00", "2026-02-04T08:00"),),
    )
    served = serve(made, span("2026-02-02T08:00", "2026-02-10T08:00")).shifts
    assert [s.person for s in served] == ["p01", "p02", *["p01"] * 5, "p02"]


def test_who_joins_or_leaves_on_a_day_serves_only_in_between() -> None:
    made = roster(rule(names(2), "2026-02-02"))
    members = dict(made.people)
    members["p02"] = replace(members["p02"], since=date(2026, 2, 5), until=date(2026, 2, 8))
    served = serve(replace(made, people=members), span("2026-02-02T08:00", "2026-02-12T08:00"))
    days_of_p02 = [s.start.astimezone(SHANGHAI).day for s in served.shifts if s.person == "p02"]
    assert days_of_p02 == [5, 7] or days_of_p02 == [6]
    assert gaps(made, served) == ()


REST = {
    "between": (RestRule("r", "between", 11, "s"), [(0, 8), (18, 24)], 1),
    "between-kept": (RestRule("r", "between", 11, "s"), [(0, 8), (19, 24)], 0),
    "longest": (RestRule("r", "longest", 12, "s"), [(0, 8), (8, 13)], 1),
    "most-over-the-week": (RestRule("r", "most", 48, "s", 7), [(120, 150), (180, 210)], 1),
    "most-kept": (RestRule("r", "most", 60, "s", 7), [(120, 150), (180, 210)], 0),
    "free": (RestRule("r", "free", 35, "s", 7), [(n * 24, n * 24 + 8) for n in range(7)], 1),
    "free-kept": (RestRule("r", "free", 35, "s", 7), [(n * 24, n * 24 + 8) for n in range(4)], 0),
}


@pytest.mark.parametrize("name", REST)
def test_rest_rules(name: str) -> None:
    limit, hours, expected = REST[name]
    hour = timedelta(hours=1)
    shifts = [Shift(NOW + a * hour, NOW + b * hour, "duty", "p", "rule:r") for a, b in hours]
    assert len(breaches([limit], shifts)) == expected


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 160), st.integers(1, 30)), min_size=1, max_size=7),
    st.sampled_from(["most", "free"]), st.integers(10, 50),
)  # fmt: skip
def test_every_window_of_days_is_looked_at(pairs, kind, hours) -> None:  # type: ignore[no-untyped-def]
    """Against all windows that begin at a half hour (duties begin at full ones): the slow way
    to the same answer."""
    hour = timedelta(hours=1)
    duties = union(Span(NOW + a * hour, NOW + (a + n) * hour) for a, n in pairs)
    limit = RestRule("r", kind, hours, "s", 3)
    worst = False
    for half in range(-160, 520):
        window = Span(NOW + half * hour / 2, NOW + half * hour / 2 + 72 * hour)
        if kind == "most":
            worst |= total(common(window, duties)) > hours * hour
        else:
            worst |= all(free.length < hours * hour for free in without(window, duties))
    assert bool(broken(limit, duties)) == worst


def test_hourly_turns_begin_by_the_clock_on_the_long_day_too() -> None:
    chicago = ZoneInfo("America/Chicago")
    made = roster(rule(names(4), "2026-10-31", "00:00", "00:00", Turn("hours", 6)), zone=chicago)
    served = serve(made, days("2026-10-31", 3, chicago)).shifts
    local = [s.start.astimezone(chicago).hour for s in served]
    assert local == [0, 6, 12, 18] * 3
    assert [s.person for s in served] == list(names(4)) * 3
    assert served[4].span.length == timedelta(hours=7)


def test_days_of_a_calendar() -> None:
    from huiyin.calendars import load

    made = roster(rule(names(2), "2026-02-02", on=Days(working=False)), calendar=load("cn"))
    served = serve(made, days("2026-02-14", 12)).shifts
    # 14 February 2026 is a make-up working Saturday, 15 to 23 are the Spring Festival.
    assert [s.start.astimezone(SHANGHAI).day for s in served] == list(range(15, 24))


def test_a_rule_from_the_middle_ages_is_refused() -> None:
    made = roster(rule(names(2), "1026-02-02"))
    with pytest.raises(Refusal) as refused:
        serve(made, MONTH)
    assert refused.value.code == "roster-too-long"


def test_times_of_day_stay_times_of_day() -> None:
    assert (
        time(8) == serve(roster(rule(names(1))), MONTH).shifts[1].start.astimezone(SHANGHAI).time()
    )
