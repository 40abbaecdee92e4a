"""Who is on duty: history, then the temporary schedule, then rules with overrides.

The past is what was recorded. A temporary schedule stands instead of everything that was to
come. Otherwise the rules give the shifts, and every override maps that result once: what one
override brings in, no other takes out. Last of all, whoever is away does not serve and nobody
serves in two roles at once; what falls out for that is kept as ``Dropped``, so that it shows as
a gap with its reason and never passes in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from huiyin.domain.rosters.intervals import Span, common, union, without
from huiyin.domain.rosters.presence import Presence
from huiyin.domain.rosters.rotating import Busy, planned
from huiyin.domain.rosters.values import Override, Roster, Shift, Temporary
from huiyin.domain.rosters.wallclock import wall

# A shift that began the day before may still run; one more day for a window that crosses
# midnight and a clock that jumps.
_BEFORE = timedelta(days=2)


@dataclass(frozen=True, slots=True, order=True)
class Dropped:
    """A duty that nobody serves because the person is ``away`` or already on another
    (``double``)."""

    start: datetime
    end: datetime
    role: str
    person: str
    why: str

    @property
    def span(self) -> Span:
        """Its time."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Served:
    """The shifts of a stretch of time, in order, and what fell out."""

    span: Span
    shifts: tuple[Shift, ...]
    dropped: tuple[Dropped, ...] = ()


def serve(roster: Roster, span: Span) -> Served:
    """Who is on duty in ``span``. Raises Refusal ``roster-too-long``,
    ``calendar-year-missing``."""
    presence = Presence(roster)
    coming = _coming(roster, presence, span)
    there, away = _present(coming, presence)
    single, double = _single(there, list(roster.roles))
    shifts, dropped = [*single], [*away, *double]
    if roster.history:
        past = Span(min(span.start, roster.history.until), roster.history.until)
        shifts = _cut(shifts, [past])
        shifts += [s.during(part) for s in roster.history.shifts for part in common(past, [s.span])]
        dropped = [d for d in dropped if d.end > roster.history.until]
    shifts = _joined(part for s in shifts for part in _clipped(s, span))
    return Served(span, tuple(shifts), tuple(sorted(dropped)))


def _coming(roster: Roster, presence: Presence, span: Span) -> list[Shift]:
    """What rules, overrides and temporary schedules say, whatever really was."""
    shifts = [
        s for s in planned(roster, presence, wall(span.end, roster.zone).date())
        if s.span.meets(Span(span.start - _BEFORE, span.end))
    ]  # fmt: skip
    shifts = overridden(shifts, roster.overrides)
    for temporary in roster.temporary:
        shifts = _instead(shifts, temporary)
    return [s for s in shifts if s.span.meets(span)]


def overridden(shifts: Sequence[Shift], overrides: Sequence[Override]) -> list[Shift]:
    """The shifts with every override applied once to what the rules gave."""
    found: list[Shift] = []
    for shift in shifts:
        mine = [o for o in overrides if o.role == shift.role and o.out == shift.person]
        found += _cut([shift], [o.span for o in mine])
        for o in mine:
            if o.into:
                found += [_brought(shift, o, part) for part in common(shift.span, [o.span])]
    added = [o for o in overrides if o.out is None and o.into is not None]
    for o in added:
        on_duty = [s.span for s in found if (s.role, s.person) == (o.role, o.into)]
        for part in without(o.span, on_duty):
            found.append(Shift(*part, o.role, str(o.into), f"override:{o.id}"))
    return found


def _brought(shift: Shift, override: Override, part: Span) -> Shift:
    instead = shift.during(part, override.into)
    return replace(instead, origin=f"override:{override.id}")


def _instead(shifts: Sequence[Shift], temporary: Temporary) -> list[Shift]:
    """The shifts with the temporary schedule in their place."""
    mine = [
        Shift(*part, duty.role, duty.person, f"temporary:{temporary.id}", str(number))
        for number, duty in enumerate(temporary.duties)
        for part in common(duty.span, [temporary.span])
    ]
    kept = []
    for shift in shifts:
        closed = [temporary.span]
        if temporary.otherwise_rules:
            closed = union(s.span for s in mine if s.role == shift.role)
        kept += _cut([shift], closed)
    return kept + mine


def _present(shifts: Iterable[Shift], presence: Presence) -> tuple[list[Shift], list[Dropped]]:
    there: list[Shift] = []
    away: list[Dropped] = []
    for shift in shifts:
        parts = presence.parts(shift.person, shift.span)
        there += [shift.during(part) for part in parts]
        for gap in without(shift.span, parts):
            away.append(Dropped(*gap, shift.role, shift.person, "away"))
    return there, away


def _single(shifts: Sequence[Shift], roles: Sequence[str]) -> tuple[list[Shift], list[Dropped]]:
    """Each person in one role at a time: the earlier role in the list keeps them."""
    weight = {role: number for number, role in enumerate(roles)}
    settled = Busy()
    kept: list[Shift] = []
    double: list[Dropped] = []
    for shift in sorted(shifts, key=lambda s: (weight.get(s.role, len(weight)), s)):
        held = settled.meeting(shift.person, shift.span)
        parts = [shift.during(part) for part in without(shift.span, [h.span for h in held])]
        settled.add(parts)
        kept += parts
        elsewhere = union(h.span for h in held if h.role != shift.role)
        for part in common(shift.span, elsewhere):
            double.append(Dropped(*part, shift.role, shift.person, "double"))
    return kept, double


def _cut(shifts: Iterable[Shift], spans: Sequence[Span]) -> list[Shift]:
    return [s.during(part) for s in shifts for part in without(s.span, spans)]


def _clipped(shift: Shift, span: Span) -> list[Shift]:
    return [shift.during(part) for part in common(shift.span, [span])]


def _joined(shifts: Iterable[Shift]) -> list[Shift]:
    """Halves of one piece as one shift again (history ends in the middle of a duty)."""
    found: dict[tuple[str, str, str, str], list[Shift]] = {}
    for shift in sorted(shifts):
        held = found.setdefault((shift.role, shift.person, shift.origin, shift.piece), [])
        if held and shift.start <= held[-1].end:
            held[-1] = replace(held[-1], end=max(held[-1].end, shift.end))
        else:
            held.append(shift)
    return sorted(s for pieces in found.values() for s in pieces)
