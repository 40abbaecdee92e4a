"""Taking turns: who of a rule's people serves which of its stretches.

The line moves on only when a turn is served. Whoever is away, or on duty by an earlier rule, is
passed over, and the next in line takes the turn; where nobody can take the whole of it, those
who are there share its parts in order. Rules are settled in the order of the roster.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from huiyin.domain.rosters.intervals import Span, without
from huiyin.domain.rosters.pieces import Piece, turn_end, turns
from huiyin.domain.rosters.presence import Presence
from huiyin.domain.rosters.values import Roster, Rule, Shift

# A shift that begins on one day meets others that begin at most two days later.
_REACH = timedelta(days=2)


class Busy:
    """Who is already on duty when, by what is settled so far. Shifts are kept by day, so that
    asking costs the same in January and in December."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, int], list[Shift]] = {}

    def add(self, shifts: Iterable[Shift]) -> None:
        """These shifts are settled."""
        for shift in shifts:
            for day in _days_of(shift.span):
                self._days.setdefault((shift.person, day), []).append(shift)

    def meeting(self, person: str, span: Span) -> list[Shift]:
        """The person's shifts that have time in common with ``span``, in order."""
        near = (s for day in _days_of(span) for s in self._days.get((person, day), ()))
        return sorted({s for s in near if s.span.meets(span)})


def _days_of(span: Span) -> range:
    return range(span.start.toordinal(), span.end.toordinal() + 1)


def planned(roster: Roster, presence: Presence, last_day: date) -> tuple[Shift, ...]:
    """Every shift that the rules give, from each rule's first day to ``last_day`` or later."""
    busy, found = Busy(), []
    for rule, horizon in zip(roster.rules, horizons(roster.rules, last_day), strict=True):
        line = Line(rule, presence, busy)
        shifts = [
            shift
            for turn in turns(rule, roster.zone, roster.calendar, horizon)
            for shift in line.serve(turn)
        ]
        busy.add(shifts)
        found += shifts
    return tuple(found)


def horizons(rules: Sequence[Rule], last_day: date) -> list[date]:
    """How far each rule must be walked so that the answer for ``last_day`` is the same however
    little is asked: to the end of its turn, and as far as later rules look at its people."""
    found: list[date] = []
    for number, rule in reversed(list(enumerate(rules))):
        later = zip(rules[number + 1 :], found, strict=True)
        needed = [day + _REACH for other, day in later if set(other.people) & set(rule.people)]
        found.insert(0, turn_end(rule, max([last_day, *needed])))
    return found


class Line:
    """The people of one rule, and whose turn it is."""

    def __init__(self, rule: Rule, presence: Presence, busy: Busy) -> None:
        self.rule = rule
        self.presence = presence
        self.busy = busy
        self.at = 0

    def serve(self, turn: Sequence[Piece]) -> list[Shift]:
        """The shifts of the next turn; the line moves on behind whoever took it."""
        order = [(self.at + n) % len(self.rule.people) for n in range(len(self.rule.people))]
        whole = None
        if not self.rule.cover:
            whole = next((n for n in order if all(self._whole(n, p.span) for p in turn)), None)
        if whole is not None:
            self.at = (whole + 1) % len(self.rule.people)
            return [self._shift(whole, piece.span, piece) for piece in turn]
        part = next((n for n in order if any(self._free(n, p.span) for p in turn)), None)
        if part is None:
            return []
        self.at = (part + 1) % len(self.rule.people)
        start = order.index(part)
        order = order[start:] + order[:start]
        return [shift for piece in turn for shift in self._shared(piece, order)]

    def _shift(self, number: int, span: Span, piece: Piece) -> Shift:
        person, origin = self.rule.people[number], f"rule:{self.rule.id}"
        return Shift(*span, self.rule.role, person, origin, piece.key)

    def _whole(self, number: int, span: Span) -> bool:
        person = self.rule.people[number]
        return self.presence.whole(person, span) and not self.busy.meeting(person, span)

    def _free(self, number: int, span: Span) -> list[Span]:
        person = self.rule.people[number]
        taken = [shift.span for shift in self.busy.meeting(person, span)]
        return [
            part for there in self.presence.parts(person, span) for part in without(there, taken)
        ]

    def _shared(self, piece: Piece, order: Sequence[int]) -> list[Shift]:
        """The piece by the first in ``order``; what they cannot serve, by the next."""
        open_parts = [piece.span]
        found: list[Shift] = []
        for number in order:
            if not open_parts:
                break
            for span in [part for gap in open_parts for part in self._free(number, gap)]:
                found.append(self._shift(number, span, piece))
                open_parts = [rest for gap in open_parts for rest in without(gap, [span])]
        return found
