"""Hypothesis strategies shared by the tests: random but lawful lives of a case.

A life is drawn as a list of choices and gaps; ``live`` plays it against a pack by taking,
each time, one of the acts that are open. So every history it yields could really happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule, Pack
from huiyin.domain.procedure import Act, Event, State, decide, fold, offers

BEGIN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
STAFF = ("olga", "piet", "rita", "rolf", "sven")
CAST = (
    ("complainant", None),
    ("registrar", "greta"),
    ("owner", None),
    ("supervisor", "sue"),
    ("reviewer", None),
    ("ombudsman", "omar"),
    ("system", None),
)


@dataclass(frozen=True)
class Move:
    """One drawn choice: which of the open acts, by how long after the last, for whom."""

    pick: int
    minutes: int
    person: int


moves = st.builds(
    Move,
    pick=st.integers(0, 10_000),
    minutes=st.one_of(st.integers(0, 5), st.integers(0, 60 * 24 * 45)),
    person=st.integers(0, len(STAFF) - 1),
)
lives = st.lists(moves, max_size=14)


def particulars(pack: Pack, rule: ActRule, now: datetime, state: State | None, pick: int) -> dict:
    """Data that satisfies the fields of an act."""
    values: dict[str, object] = {
        "unit": f"unit-{pick % 3}",
        "person": STAFF[pick % len(STAFF)],
        "period": _period(pack, state),
        "future-date": "9999-12-31",
        "token": "token",
        "number": 1,
        "kind": list(pack.kinds)[pick % len(pack.kinds)],
    }
    data: dict[str, object] = {}
    for field in rule.fields:
        if field.required and field.kind != "text":
            data[field.id] = values.get(field.kind) or field.choices[pick % len(field.choices)]
    texts = {f.id: f"text-{pick % 97}" for f in rule.fields if f.kind == "text"}
    return {**data, "texts": texts} if texts else data


def _period(pack: Pack, state: State | None) -> str:
    for clock in state.running() if state else ():
        extension = pack.limits[clock.limit].extension
        if extension is not None:
            return str(extension.maximum)
    return "1d"


def submit(pack: Pack, calendar: Calendar, now: datetime = BEGIN, **data: object) -> list[Event]:
    """The events of a hand-in."""
    given = {"unit": "unit-1", "texts": {"text": "text-1"}, **data}
    return list(decide(pack, calendar, None, Act("submit", "complainant", None, given), now))


def live(pack: Pack, calendar: Calendar, life: list[Move]) -> list[Event]:
    """The history that a drawn life amounts to; acts that refuse are passed over."""
    now = BEGIN
    events = submit(pack, calendar, now)
    state = fold(pack, calendar, events)
    for move in life:
        now += timedelta(minutes=move.minutes)
        act = _choose(pack, calendar, state, now, move)
        try:
            new = decide(pack, calendar, state, act, now)
        except Refusal:
            continue
        events.extend(new)
        state = fold(pack, calendar, new, onto=state)
    return events


def _choose(pack: Pack, calendar: Calendar, state: State, now: datetime, move: Move) -> Act:
    open_now = []
    for role, actor in CAST:
        person = state.owner if role in ("owner", "reviewer") else actor
        open_now += [
            (o.act, role, person) for o in offers(pack, calendar, state, now, role, person)
        ]
    name, role, person = open_now[move.pick % len(open_now)]
    data = particulars(pack, pack.acts[name], now, state, move.pick + move.person)
    return Act(name, role, person, data)
