"""Hypothesis strategies of the cases room: organisations, staff, cases, and lives of a case.

An organisation is drawn as parent choices, so that every drawn tree is a tree; a life is a
list of choices among the acts that are open at each moment, so that every history could
really happen. Names are short on purpose: examples are read by people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from huiyin.cases.acting import Request as Asked
from huiyin.cases.acting import by_complainant, by_staff
from huiyin.cases.models import Case
from huiyin.cases.queries import facts_of, history_of
from huiyin.cases.story import ActView, FieldView, Reader, tell
from huiyin.domain.access import CASE_ROLES, STAFF_ROLES, Actor, candidates, roles_on
from huiyin.domain.errors import Refusal
from tests.people import Town

UNITS = 6
STAFF = 5


@dataclass(frozen=True)
class Office:
    """One drawn unit: its parent among the units before it, and whether it is a body."""

    parent: int | None
    body: bool


@dataclass(frozen=True)
class Post:
    """One drawn role of one person in one unit; how many days ago it ended, None: not yet."""

    person: int
    role: str
    unit: int
    ended: int | None = None


@dataclass(frozen=True)
class Standing:
    """Where a drawn case stands, as far as access depends on it."""

    unit: int
    owner: int | None
    level: int
    about: int | None
    recused: frozenset[int]
    decided: frozenset[int]
    post: int | None = None
    days_ago: int = 0


POSTS = 2
tenures = st.lists(
    st.tuples(st.integers(0, POSTS - 1), st.integers(0, STAFF - 1), st.booleans()),
    max_size=4,
    unique_by=lambda one: one[:2],
)


@st.composite
def organisations(draw: st.DrawFn) -> list[Office]:
    """A forest of up to six units."""
    size = draw(st.integers(2, UNITS))
    return [
        Office(draw(st.none() | st.integers(0, n - 1)) if n else None, draw(st.booleans()))
        for n in range(size)
    ]


def posts(units: int) -> st.SearchStrategy[list[Post]]:
    """Roles of up to five people, mostly those that handle cases."""
    roles = st.sampled_from(CASE_ROLES) | st.sampled_from(STAFF_ROLES)
    ended = st.sampled_from([None, None, None, None, 5, 400])
    each = st.builds(Post, st.integers(0, STAFF - 1), roles, st.integers(0, units - 1), ended)
    # Once each, as the table has it.
    return st.lists(
        each, min_size=1, max_size=10, unique_by=lambda one: (one.person, one.role, one.unit)
    )


def standings(units: int) -> st.SearchStrategy[list[Standing]]:
    """A few cases anywhere in the organisation."""
    people = st.frozensets(st.integers(0, STAFF - 1), max_size=2)
    somewhere = st.integers(0, units - 1)
    each = st.builds(
        Standing,
        unit=somewhere,
        owner=st.sampled_from([None, None, None, *range(STAFF)]),
        level=st.integers(0, 2),
        about=st.none() | somewhere,
        recused=people,
        decided=people,
        post=st.none() | st.integers(0, POSTS - 1),
        days_ago=st.sampled_from([0, 30]),
    )
    return st.lists(each, min_size=1, max_size=5)


@dataclass(frozen=True)
class Move:
    """One choice of a life: who among those who can act, which of their acts, how much later."""

    who: int
    act: int
    days: int


moves = st.builds(
    Move,
    who=st.integers(0, 50),
    act=st.integers(0, 50),
    days=st.sampled_from([0, 0, 1, 3, 8, 20, 70]),
)
lives = st.lists(moves, min_size=1, max_size=9)


def live(town: Town, number: str, life: Sequence[Move], now: datetime) -> datetime:
    """Play a life through the real acts: pages could have done each step. Refused steps are
    left out, as a person who is refused goes on. Returns the moment after the last step."""
    for move in life:
        now += timedelta(days=move.days, minutes=1)
        case = Case.objects.get(pk=number)
        open_now = _open(town, case, now)
        if not open_now:
            continue
        name, act = open_now[(move.who * 51 + move.act) % len(open_now)]
        values = {f.id: _value(town, case, f, move, now) for f in act.fields}
        asked = Asked(act.id, {k: v for k, v in values.items() if v})
        try:
            if name is None:
                by_complainant(number, asked, now)
            else:
                by_staff(number, asked, town.actor(name), now)
        except Refusal:
            continue
    return now


def _open(town: Town, case: Case, now: datetime) -> list[tuple[str | None, ActView]]:
    history = history_of(case)
    facts = facts_of(case, history.state)
    found: list[tuple[str | None, ActView]] = []
    for name in (None, *sorted(town.users)):
        if name is None:
            reader = Reader("complainant", "en")
        else:
            actor = town.actor(name)
            if not (roles := roles_on(actor, facts)):
                continue
            reader = Reader("office", "en", roles, actor.id)
        found += [(name, act) for act in tell(case, history, reader, now).acts]
    return found


def _value(town: Town, case: Case, field: FieldView, move: Move, now: datetime) -> str:
    if field.choices:
        return field.choices[move.act % len(field.choices)][0]
    fixed = {"text": "In words.", "period": "5d", "number": "1", "token": "token"}
    if field.kind == "person":
        return _person(town, case, move, now)
    if field.kind == "unit":
        units = ["works", "wages", "repairs", "county"]
        return units[move.act % len(units)]
    if field.kind == "date":
        return now.date().isoformat()
    return fixed.get(field.kind, "")


def _person(town: Town, case: Case, move: Move, now: datetime) -> str:
    facts = facts_of(case, history_of(case).state)
    everybody: tuple[Actor, ...] = tuple(town.actor(name) for name in sorted(town.users))
    able = candidates(everybody, facts)
    return able[move.who % len(able)].id if able else ""
