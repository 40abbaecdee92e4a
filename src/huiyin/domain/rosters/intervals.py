"""Half-open stretches of time [start, end), and what sets of them have in common.

Coverage is always a union: two people in the same hour cover one hour, not two.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """From ``start`` to just before ``end``; aware datetimes."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    def meets(self, other: Span) -> bool:
        """Whether the two have time in common; touching is not meeting."""
        return self.start < other.end and other.start < self.end

    def within(self, other: Span) -> bool:
        """Whether the whole of it lies in ``other``."""
        return other.start <= self.start and self.end <= other.end


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time as separate stretches in order; touching ones become one."""
    found: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def common(span: Span, spans: Iterable[Span]) -> list[Span]:
    """The parts of ``span`` that lie in one of ``spans``, which are separate and in order."""
    parts = (Span(max(span.start, s.start), min(span.end, s.end)) for s in spans if s.meets(span))
    return [part for part in parts if part.start < part.end]


def without(span: Span, spans: Iterable[Span]) -> list[Span]:
    """The parts of ``span`` that lie in none of ``spans``."""
    left, at = [], span.start
    for taken in common(span, union(spans)):
        if at < taken.start:
            left.append(Span(at, taken.start))
        at = taken.end
    return [*left, Span(at, span.end)] if at < span.end else left


def total(spans: Iterable[Span]) -> timedelta:
    """How much time the union holds."""
    return sum((span.length for span in union(spans)), timedelta())
