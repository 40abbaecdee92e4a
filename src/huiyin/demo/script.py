"""A demo case becomes a script: when which post does what with which words.

Pure: the case, the scenarios, a calendar and the moment of loading are arguments; the same
arguments give the same script. Times are made plausible (office hours, working days) and
never lie in the future. Whether the acts are lawful is decided by the engine, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from huiyin.demo.files import Record, fill
from huiyin.domain.calendars import Calendar

# From this day of a case on, `spread` moves its acts, so that no two cases look alike.
_SPREAD_FROM = 10
_MORNING, _AFTERNOON = (9, 150), (14, 180)  # hour and minutes from there


@dataclass(frozen=True, slots=True)
class Step:
    """One act. ``data`` may hold "@owner", "@reviewer", "@routed": posts that the loader finds."""

    at: datetime
    act: str
    role: str
    data: Mapping[str, object]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Script:
    """One case from hand-in to today. ``ends`` are the stages it may stand in at the end."""

    case: Mapping[str, Any]
    handed_in: datetime
    steps: tuple[Step, ...]
    pack: str
    kind: str
    ends: tuple[str, ...]


def write(
    case: Record, scenarios: Record, calendar: Calendar, zone: ZoneInfo, now: datetime
) -> Script:
    """The script of ``case`` as of ``now`` (aware). Raises KeyError for a missing text."""
    scenario = scenarios["scenarios"][case["scenario"]]
    start = handed_in(case, zone, now)
    steps: list[Step] = []
    last = start
    for index, act in enumerate(acts_of(scenarios, case["scenario"])):
        last = _moment(case, scenario, act, index, last, start, calendar, now)
        steps.append(
            Step(last, act["act"], act["role"], _data(case, act), _texts(case, act, scenarios))
        )
    ends = tuple(scenario["ends"])
    return Script(case, start, tuple(steps), scenario["pack"], scenario["kind"], ends)


def handed_in(case: Record, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment of hand-in; a case of today that would lie in the future came just now."""
    day = now.astimezone(zone).date() - timedelta(days=int(case["ago"].removesuffix("d")))
    moment = datetime.combine(day, time.fromisoformat(case["at"]), zone)
    return min(moment, now - timedelta(minutes=20 + case["n"] % 30))


def acts_of(scenarios: Record, name: str) -> list[Record]:
    """The acts of a scenario, those of the scenarios it comes after first."""
    scenario = scenarios["scenarios"][name]
    before = acts_of(scenarios, scenario["after"]) if "after" in scenario else []
    return [*before, *scenario["acts"]]


def _moment(
    case: Record,
    scenario: Record,
    act: Record,
    index: int,
    last: datetime,
    start: datetime,
    calendar: Calendar,
    now: datetime,
) -> datetime:
    """When an act is done: after the one before it, not after ``now``."""
    later = act["day"]
    if later >= _SPREAD_FROM:
        later += crc32(case["id"].encode()) % (scenario.get("spread", 0) + 1)
    day = start.date() + timedelta(days=later)
    dice = crc32(f"{case['id']}/{index}".encode())
    if act["role"] == "complainant":
        wanted = datetime.combine(day, time(7 + dice % 15, dice % 60), start.tzinfo)
    else:
        wanted = _office(day, last, dice, calendar)
    return min(max(wanted, last + timedelta(minutes=2 + dice % 9)), now)


def _office(day: date, last: datetime, dice: int, calendar: Calendar) -> datetime:
    """An office hour on ``day`` or the working day before it, if the last act leaves room;
    otherwise on the next working day."""
    while not calendar.is_working(day) and day > last.date():
        day -= timedelta(days=1)
    while not calendar.is_working(day) or (day == last.date() and last.hour >= 17):
        day += timedelta(days=1)
    hour, room = _AFTERNOON if dice % 3 or last.hour >= 11 else _MORNING
    return datetime.combine(day, time(hour), last.tzinfo) + timedelta(minutes=dice % room)


def _data(case: Record, act: Record) -> dict[str, object]:
    return {name: _value(case, value) for name, value in act.get("data", {}).items()}


def _value(case: Record, value: object) -> object:
    """``$key`` and ``$key|default`` from the case; everything else as it stands."""
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    key, bar, default = value[1:].partition("|")
    return _get(case, key) if not bar else case.get(key, default)


def _texts(case: Record, act: Record, scenarios: Record) -> dict[str, str]:
    found = {}
    for field, wanted in act.get("texts", {}).items():
        if isinstance(wanted, dict):
            phrase = scenarios["phrases"][wanted["phrase"]][case["office"]]
            found[field] = str(fill(phrase, case))
        else:
            keys = wanted if isinstance(wanted, list) else [wanted]
            found[field] = "\n\n".join(_get(case, key) for key in keys)
    return found


def _get(case: Record, key: str) -> Any:
    """A value by its key or path (``review.facts``). Raises KeyError naming case and key."""
    found: Any = case
    for part in key.split("."):
        if part not in found:
            raise KeyError(f"{case['id']}: {key}")
        found = found[part]
    return found
