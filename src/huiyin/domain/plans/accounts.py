"""What is counted, told and practised: reports, muster, nil returns, warnings, exercises, end.

Shape only. The muster counts groups (``populations`` of the scope) and covers staff by person,
post or unit; the states are those of the head-count, the same for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from huiyin.domain.cap.message import CATEGORIES, SCOPES, STATUSES  # a plan uses CAP's words
from huiyin.domain.periods import Period
from huiyin.domain.plans.fields import (
    Text,
    choice,
    choices,
    clock,
    day,
    duration,
    flag,
    line,
    many,
    number,
    place,
    ref,
    refs,
    span,
    text,
    words,
)
from huiyin.domain.plans.grounds import HAZARDS, Point

CLOCKS = ("occurred", "known", "activated")
STATES = ("safe", "injured", "missing", "extra", "excused", "unknown")
RECURRENCES = ("daily", "weekly", "monthly")
COLOURS = ("red", "orange", "yellow", "blue")
EXERCISE_TYPES = ("table-top", "drill", "functional", "full-scale", "call-out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A duty to report: to whom, from which moment, within what time, holding which items.

    ``duty`` is the id of the legal duty in ``huiyin/duties``; ``repeat`` in seconds; ``supplement``
    is how long new facts must be added.
    """

    id: str
    title: Text = text()
    to: str = ref("contacts")
    by: str = ref("roles")
    levels: tuple[str, ...] = refs("levels")
    clock: str = choice(CLOCKS)
    within: int | None = duration()
    items: tuple[str, ...] = words()
    repeat: int | None = duration()
    supplement: Period | None = span()
    law: str = ref("basis", required=False)
    duty: str = line(required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MusterPoint:
    """Where people gather. ``unsafe``: hazards in which nobody may stand here."""

    id: str
    title: Text = text()
    place: Point | None = place()
    capacity: int = number()
    unsafe: tuple[str, ...] = choices(HAZARDS)
    sheltered: bool = flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way from a site to a point; ``step_free`` can be used with a wheelchair."""

    id: str
    title: Text = text()
    site: str = ref("sites")
    point: str = ref("points")
    step_free: bool = flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class MusterUnit:
    """Those whom one warden counts: groups of the scope, and staff by person, post or unit."""

    id: str
    title: Text = text()
    groups: tuple[str, ...] = refs("populations")
    members: tuple[str, ...] = refs("who-or-unit")
    warden: str = ref("who", required=False)
    deputy: str = ref("who", required=False)
    point: str = ref("points", required=False)
    alternate: str = ref("points", required=False)
    routes: tuple[str, ...] = refs("routes")
    assistants: tuple[str, ...] = refs("who")


@dataclass(frozen=True, slots=True, kw_only=True)
class Muster:
    """``target``: seconds from the signal until everybody has been counted."""

    target: int | None = duration()
    states: tuple[str, ...] = choices(STATES, STATES)
    points: Mapping[str, MusterPoint] = many(MusterPoint, most=500)
    routes: Mapping[str, Route] = many(Route)
    units: Mapping[str, MusterUnit] = many(MusterUnit)


@dataclass(frozen=True, slots=True, kw_only=True)
class NilReturn:
    """A report that is due even if there is nothing to report."""

    id: str
    title: Text = text()
    form: Text = text(required=False)
    recurrence: str = choice(RECURRENCES)
    due_by: time = clock()
    grace: int | None = duration()
    from_: tuple[str, ...] = refs("who-or-unit")
    to: str = ref("roles")
    explicit_zero: bool = flag()
    escalation: tuple[str, ...] = refs("roles")


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """A prepared alert: the eight matters of 突发事件应对法 art. 64, in the words of CAP 1.2.

    ``authority`` is the ground for a public, actual alert; ``start`` and ``issued`` say when, or
    how the time is filled in at issue.
    """

    id: str
    title: Text = text()
    status: str = choice(STATUSES)
    scope: str = choice(SCOPES, "Private")
    category: str = choice(("", *CATEGORIES), "")
    colour: str = choice(("", *COLOURS), "")
    start: Text = text(required=False)
    area: Text = text(required=False)
    attention: Text = text(required=False)
    measures: Text = text(required=False)
    issuer: Text = text(required=False)
    issued: Text = text(required=False)
    note: Text = text(required=False)
    audience: Text = text(required=False)
    authority: str = ref("basis", required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What is practised again and again: ``every`` interval, by which law."""

    id: str
    title: Text = text()
    type: str = choice(EXERCISE_TYPES)
    objectives: Text = text(required=False)
    every: Period | None = span()
    law: str = ref("basis", required=False)
    duty: str = line(required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an exercise showed; open until ``closed``."""

    id: str
    said: Text = text()
    owner: str = ref("who", required=False)
    due: date | None = day()
    closed: date | None = day()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An exercise that took place, on which version of the plan."""

    id: str
    programme: str = ref("programme", required=False)
    type: str = choice(EXERCISE_TYPES)
    on: date = day(required=True)
    version: str = line()
    participants: int = number(0)
    lasted: int | None = duration()
    record: Text = text(required=False)
    findings: Mapping[str, Finding] = many(Finding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercises:
    programme: Mapping[str, Programme] = many(Programme)
    held: Mapping[str, Held] = many(Held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demobilisation:
    """How it ends, who says so, and when the personal data of the incident is destroyed."""

    criteria: Text = text()
    authority: tuple[str, ...] = refs("roles")
    destroy_after: Period | None = span()
    handover: Text = text(required=False)
