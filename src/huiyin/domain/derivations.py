"""Why a date came out: the steps of a count, each day or run of days left out and why.

Built only when somebody asks, from the trail that ``periods.derive`` left; it decides
nothing and must agree with what was decided. The words are in ``explaining``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from huiyin.domain import counting
from huiyin.domain.calendars import Calendar
from huiyin.domain.period_values import Due, Leg, Step, Trail

Run = tuple[str, Mapping[str, str] | None, date, date]


def derivation(due: Due) -> tuple[Step, ...]:
    """The steps from the event to the due date, in order; empty without a trail."""
    if due.trail is None:
        return ()
    return tuple(_tell(due, due.trail))


def _tell(due: Due, trail: Trail) -> Iterator[Step]:
    yield _opening(due, trail)
    for number, leg in enumerate(trail.legs):
        yield from _leg(leg, trail, number)
    if trail.rule.clear:
        yield _step("clear", due.nominal)
    if isinstance(due.nominal, datetime):
        yield from _clock_change(due)
    yield _step("nominal", due.nominal)
    yield from _settling(due, trail)
    if due.provisional:
        day = _day(due.due)
        yield _step("provisional", due.due, year=day.year, calendar=trail.calendar.title)
    yield _step("due", due.due)


def _opening(due: Due, trail: Trail) -> Step:
    how, start = trail.rule.counting, due.start
    if isinstance(start, datetime):
        key = "start-next-hour" if how == "next-hour" else "start-moment"
        return _step(key, start, begin=_iso(trail.legs[0].origin))
    back = "-back" if trail.rule.direction == "before" else ""
    return _step(("start-included" if how == "including" else "start-excluded") + back, start)


def _leg(leg: Leg, trail: Trail, number: int) -> Iterator[Step]:
    """What was counted in one stretch, and what was left out on the way."""
    given = trail.rule.period if number == 0 else leg.extensions[0]
    later = leg.extensions if number == 0 else leg.extensions[1:]
    back = "-back" if trail.rule.direction == "before" else ""
    key = "count" if number == 0 else "count-on"
    yield _step(key + back, leg.origin, count=given.count, unit=given.unit)
    for added in later:
        total = leg.period
        yield _step(
            "extended",
            leg.origin,
            count=added.count,
            unit=added.unit,
            total=total.count,
            total_unit=total.unit,
        )
    if leg.short:
        yield _step("short", leg.origin, count=trail.rule.short_days)
    if leg.period.unit == "m" and not trail.rule.clear:
        yield from _month_end(leg, trail)
    yield from _left_out(leg, trail, trail.rule.counting == "including" and number == 0)


def _month_end(leg: Leg, trail: Trail) -> Iterator[Step]:
    sign = 1 if trail.rule.direction == "after" else -1
    day, exists = counting.corresponding(_day(leg.origin), leg.period.count * sign)
    if not exists:
        yield _step("month-end", day, day=_day(leg.origin).day)


def _left_out(leg: Leg, trail: Trail, included: bool) -> Iterator[Step]:
    """Runs of days not counted, and make-up days that were."""
    origin = _day(leg.origin)
    first, last = sorted((origin, _day(leg.end)))
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    working_only = leg.period.unit == "wd"
    run: Run | None = None
    for day in days:
        if day == origin and not included and leg.period.unit != "h":
            continue
        kind, name = _why_not(day, trail, working_only)
        if run and (run[0], run[1]) == (kind, name) and kind:
            run = (kind, name, run[2], day)
            continue
        if run and run[0]:
            yield _run_step("skip", run)
        run = (kind, name, day, day)
        if working_only and not kind and _is_make_up(day, trail.calendar):
            yield _make_up("make-up", day, trail.calendar)
    if run and run[0]:
        yield _run_step("skip", run)


def _why_not(day: date, trail: Trail, working_only: bool) -> tuple[str, Mapping[str, str] | None]:
    """Why ``day`` is not counted: ``excluded``, ``holiday``, ``rest``, or "" if it is."""
    if trail.spans and counting.skips(day.toordinal(), trail.spans):
        return "excluded", None
    if not working_only or trail.calendar.is_working(day):
        return "", None
    note = trail.calendar.note(day)
    return ("holiday", note.name) if note is not None else ("rest", None)


def _settling(due: Due, trail: Trail) -> Iterator[Step]:
    """What moved the end of the count to the due date, or left it there."""
    rule, calendar = trail.rule, trail.calendar
    end, final = _day(due.nominal), _day(due.due)
    if rule.min_working_days and _enough(due, trail) != end:
        end = _enough(due, trail)
        yield _step("least-working", end, count=rule.min_working_days)
    if calendar.knows(end):
        if rule.roll != "none" and _is_make_up(end, calendar):
            yield _make_up("make-up-end", end, calendar)
        if rule.roll == "none" and not calendar.is_working(end):
            yield _run_step("stays", (*_why_off(end, calendar), end, end))
    if final != end:
        yield from _rolling(end, final, calendar)
        key = {"backward": "rolled-back"}.get(rule.roll, "rolled")
        yield _step(key, due.due)


def _enough(due: Due, trail: Trail) -> date:
    """The end after "at least so many working days inside" had its say."""
    end, final = _day(due.nominal), _day(due.due)
    if final == end:
        return end
    origin, sign = _day(due.start), 1 if trail.rule.direction == "after" else -1
    spans = () if isinstance(due.start, datetime) else trail.spans
    least = counting.walk(origin, trail.rule.min_working_days, trail.calendar, spans, sign)
    return max(end, least, key=lambda day: sign * day.toordinal())


def _rolling(end: date, final: date, calendar: Calendar) -> Iterator[Step]:
    """The days passed over on the way from ``end`` to ``final``."""
    sign = 1 if final > end else -1
    run: Run | None = None
    day = end
    while day != final:
        kind, name = _why_off(day, calendar)
        if run and (run[0], run[1]) == (kind, name):
            run = (kind, name, min(run[2], day), max(run[3], day))
        else:
            if run:
                yield _run_step("closed", run)
            run = (kind, name, day, day)
        day += sign * counting.DAY
    if run:
        yield _run_step("closed", run)


def _why_off(day: date, calendar: Calendar) -> tuple[str, Mapping[str, str] | None]:
    note = calendar.note(day)
    return ("holiday", note.name) if note is not None else ("rest", None)


def _clock_change(due: Due) -> Iterator[Step]:
    """Say so when summer time began or ended on the way: hours are elapsed time."""
    start, end = due.start, due.nominal
    assert isinstance(start, datetime) and isinstance(end, datetime)  # hours only
    before, after = start.utcoffset(), end.utcoffset()
    if before is not None and after is not None and before != after:
        yield _step("clock-change", end, change=_signed(after - before))


def _signed(change: timedelta) -> str:
    minutes = int(change.total_seconds()) // 60
    return f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def _is_make_up(day: date, calendar: Calendar) -> bool:
    note = calendar.note(day)
    return note is not None and note.working and day.weekday() in calendar.rest_days


def _make_up(key: str, day: date, calendar: Calendar) -> Step:
    note = calendar.note(day)
    assert note is not None  # asked only after _is_make_up
    return _step(key, day, name=note.name, source=note.source)


def _run_step(key: str, run: Run) -> Step:
    kind, name, first, last = run
    data: dict[str, object] = {"first": _iso(first), "last": _iso(last)}
    if name is not None:
        data["name"] = name
    return Step(f"{key}-{kind}", _iso(first), data | {"days": (last - first).days + 1})


def _step(key: str, when: date, **data: object) -> Step:
    return Step(key, _iso(when), data)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _iso(moment: date | datetime) -> str:
    return moment.isoformat()
