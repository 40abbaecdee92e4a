"""Which exceptions of a roster stand in each other's time, found in one walk in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from huiyin.domain.rosters.values import Override, Temporary

E = TypeVar("E", Override, Temporary)


def overlaps(entries: Iterable[E]) -> Iterator[tuple[E, E]]:
    """Each entry that begins before an earlier one has ended, behind that one. Thousands are
    compared in a moment; of three that overlap two pairs are told."""
    longest: E | None = None
    for entry in sorted(entries, key=lambda e: e.span.start):
        if longest is not None and entry.span.meets(longest.span):
            yield longest, entry
        if longest is None or entry.span.end > longest.span.end:
            longest = entry


def meeting(overrides: Sequence[Override]) -> Iterator[tuple[str, Override, Override]]:
    """Overrides that touch one person at one time, with the person; each pair once."""
    seen: set[tuple[str, str]] = set()
    for person in sorted({p for o in overrides for p in o.people()}):
        for o, p in overlaps(o for o in overrides if person in o.people()):
            if (o.id, p.id) not in seen:
                seen.add((o.id, p.id))
                yield person, o, p
