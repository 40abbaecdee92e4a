"""When somebody is there at all: a member, and not on leave.

Away is decided here and nowhere else, so that no way of getting onto a shift forgets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from huiyin.domain.rosters.intervals import Span, common, union, without
from huiyin.domain.rosters.values import Leave, Person, Roster
from huiyin.domain.rosters.wallclock import day_end, day_start

EVER = Span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class Presence:
    """For each member of one roster, the stretches in which they are there."""

    def __init__(self, roster: Roster) -> None:
        away: dict[str, list[Span]] = {}
        for leave in roster.leave:
            away.setdefault(leave.person, []).append(leave.span)
        self._there: Mapping[str, list[Span]] = {
            p.id: without(_membership(p, roster), union(away.get(p.id, ())))
            for p in roster.people.values()
        }

    def parts(self, person: str, span: Span) -> list[Span]:
        """The parts of ``span`` in which the person is there; none for a stranger."""
        return common(span, self._there.get(person, ()))

    def whole(self, person: str, span: Span) -> bool:
        """Whether the person is there for the whole of ``span``."""
        return any(span.within(there) for there in self._there.get(person, ()))


def _membership(person: Person, roster: Roster) -> Span:
    since = day_start(person.since, roster.zone) if person.since else EVER.start
    until = day_end(person.until, roster.zone) if person.until else EVER.end
    return Span(since, until)


def leave_of(roster: Roster, person: str) -> tuple[Leave, ...]:
    """The person's leave, earliest first."""
    return tuple(sorted((x for x in roster.leave if x.person == person), key=lambda x: x.span))
