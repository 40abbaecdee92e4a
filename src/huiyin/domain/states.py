"""The values a procedure is made of: events, acts, clocks and the state they fold into.

Plain frozen values and nothing else. How events change a state is in ``folding``; which acts
are allowed is in ``deciding``; what people are told is in ``telling``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from huiyin.domain.periods import Due, Exclusion, Period


@dataclass(frozen=True, slots=True)
class Event:
    """An immutable fact. ``data`` holds tokens, dates and vault references, never free text."""

    seq: int
    type: str
    at: datetime
    role: str
    actor: str | None
    data: Mapping[str, object]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants to do. Texts are vault references in ``data["texts"]``."""

    id: str
    role: str
    actor: str | None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spell:
    """Something begun and not yet ended: a hearing, a question, a proposed extension."""

    id: str
    since: datetime
    seq: int
    by: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit running in a case; it runs while ``stopped`` is None.

    ``due`` is None for a qualitative limit, or when the calendar lacks the year (then
    ``missing_year`` says which). ``due_at`` is the exclusive end in UTC; it is None while the
    clock is suspended, because its date is then not known.
    """

    limit: str
    level: int
    owed_by: str
    started: datetime
    due: Due | None
    due_at: datetime | None
    stopped: datetime | None = None
    suspended: bool = False
    extended: int = 0
    lapsed: bool = False
    passed: bool = False
    extensions: tuple[Period, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    missing_year: int | None = None
    window: bool = False

    @property
    def running(self) -> bool:
        return self.stopped is None

    def late(self, now: datetime) -> bool:
        """True if the duty was, or is by ``now``, not met in time. Computed, never stored."""
        if self.due_at is None or self.window:
            return False
        return (self.stopped or now) >= self.due_at


@dataclass(frozen=True, slots=True)
class State:
    """Where a case stands, as the events say it; never stored as truth."""

    pack: str
    version: str
    kind: str
    stage: str
    level: int
    open: bool
    outcome: str | None
    unit: str | None
    owner: str | None
    deciders: frozenset[str]
    recused: frozenset[str]
    clocks: tuple[Clock, ...]
    seq: int
    started: datetime
    facts: Mapping[str, object]
    last: datetime
    spells: tuple[Spell, ...] = ()
    done: frozenset[str] = frozenset()
    answered: bool = False

    def running(self, limit: str | None = None) -> tuple[Clock, ...]:
        """The clocks that run now, of one limit or all."""
        return tuple(c for c in self.clocks if c.stopped is None and limit in (None, c.limit))

    def clock(self, limit: str) -> Clock | None:
        """The latest clock of a limit, running or stopped."""
        return next((c for c in reversed(self.clocks) if c.limit == limit), None)

    def spell(self, spell_id: str) -> Spell | None:
        return next((s for s in self.spells if s.id == spell_id), None)

    def overdue(self, now: datetime) -> tuple[Clock, ...]:
        """Running duties of the office whose date has passed, whoever owns the case or nobody."""
        return tuple(c for c in self.running() if c.owed_by == "office" and c.late(now))


@dataclass(frozen=True, slots=True)
class Offer:
    """An act open now. ``closes``: the instant after which the law no longer allows it."""

    act: str
    closes: datetime | None
    limit: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The sentence for the complainant and for the office, with the facts behind it."""

    text: Mapping[str, str]
    office: Mapping[str, str]
    data: Mapping[str, object]
