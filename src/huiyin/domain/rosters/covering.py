"""Is every hour covered: the union over all people, counted in distinct persons.

A sum of durations would call twelve doubled and twelve empty hours a full day; a count over
those who serve would not see those who never do. Neither is used here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from huiyin.domain.rosters.intervals import Span, common, union
from huiyin.domain.rosters.pieces import windows
from huiyin.domain.rosters.serving import Dropped, Served
from huiyin.domain.rosters.values import Role, Roster, Shift
from huiyin.domain.rosters.wallclock import wall


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """``lacking`` people are missing on a role; ``dropped`` says who would have served and
    why not, where that is known."""

    span: Span
    role: str
    lacking: int
    dropped: tuple[Dropped, ...] = ()


def gaps(roster: Roster, served: Served) -> tuple[Gap, ...]:
    """Every stretch in which a role has fewer distinct people than it needs."""
    found: list[Gap] = []
    for role in roster.roles.values():
        shifts = [s for s in served.shifts if s.role == role.id]
        changes = _head_count(shifts)
        for needed in wanted(roster, role, served.span):
            found += _lacking(role, needed, changes)
    return tuple(sorted(_with_reasons(found, served.dropped)))


def wanted(roster: Roster, role: Role, span: Span) -> list[Span]:
    """When the role must be filled, within ``span``."""
    first_day = wall(span.start, roster.zone).date() - timedelta(days=1)
    last_day = wall(span.end, roster.zone).date()
    spans = union(
        opening
        for window in role.windows
        for _, opening in windows(window, roster.zone, roster.calendar, first_day, last_day)
    )
    return common(span, spans)


def _head_count(shifts: Iterable[Shift]) -> list[tuple[datetime, int]]:
    """Instants at which the number of distinct people changes, with the new number."""
    by_person: dict[str, list[Span]] = {}
    for shift in shifts:
        by_person.setdefault(shift.person, []).append(shift.span)
    steps: dict[datetime, int] = {}
    for spans in by_person.values():
        for span in union(spans):
            steps[span.start] = steps.get(span.start, 0) + 1
            steps[span.end] = steps.get(span.end, 0) - 1
    count, found = 0, []
    for at in sorted(steps):
        count += steps[at]
        found.append((at, count))
    return found


def _lacking(role: Role, needed: Span, changes: Sequence[tuple[datetime, int]]) -> list[Gap]:
    """The stretches of ``needed`` with too few people."""
    count, at, found = 0, needed.start, []
    for change, number in [*changes, (needed.end, 0)]:
        until = min(change, needed.end)
        if until > at:
            if count < role.people:
                found.append(Gap(Span(at, until), role.id, role.people - count))
            at = until
        if change >= needed.end:
            break
        count = number
    return _merged(found)


def _merged(found: Sequence[Gap]) -> list[Gap]:
    merged: list[Gap] = []
    for gap in found:
        before = merged[-1] if merged else None
        if before and before.span.end == gap.span.start and before.lacking == gap.lacking:
            merged[-1] = Gap(Span(before.span.start, gap.span.end), gap.role, gap.lacking)
        else:
            merged.append(gap)
    return merged


def _with_reasons(found: Sequence[Gap], dropped: Sequence[Dropped]) -> list[Gap]:
    return [
        Gap(g.span, g.role, g.lacking, tuple(d for d in dropped if _explains(d, g))) for g in found
    ]


def _explains(dropped: Dropped, gap: Gap) -> bool:
    return dropped.role == gap.role and dropped.span.meets(gap.span)


def on_duty(served: Served, at: datetime) -> tuple[Shift, ...]:
    """Who is on duty at an instant."""
    return tuple(s for s in served.shifts if s.start <= at < s.end)
