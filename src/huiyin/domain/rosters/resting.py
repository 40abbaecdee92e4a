"""Limits on one person's duty, read from data: each has a figure and the source it is from.

A duty that follows another without a break is one duty. Windows of several days are every
window of that length, not calendar weeks: a limit that only held from Monday to Sunday could
be doubled across the weekend.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from huiyin.domain.rosters.intervals import Span, common, total, union
from huiyin.domain.rosters.values import RestRule, Shift

KINDS = ("between", "longest", "most", "free")


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """A person's duty breaks a limit in ``span``; ``hours`` is what was found there."""

    span: Span
    person: str
    rule: str
    hours: float


def breaches(rules: Iterable[RestRule], shifts: Iterable[Shift]) -> tuple[Breach, ...]:
    """Everything in ``shifts`` that the rules forbid, in order."""
    by_person: dict[str, list[Span]] = {}
    for shift in shifts:
        by_person.setdefault(shift.person, []).append(shift.span)
    rules = tuple(rules)
    return tuple(
        sorted(
            Breach(span, person, rule.id, round(found / timedelta(hours=1), 2))
            for person, spans in by_person.items()
            for rule in rules
            for span, found in broken(rule, union(spans))
        )
    )


def broken(rule: RestRule, duties: Sequence[Span]) -> list[tuple[Span, timedelta]]:
    """Where one person's ``duties`` (separate, in order) break the rule, and what was found."""
    limit = timedelta(hours=rule.hours)
    if rule.kind == "between":
        between = [Span(a.end, b.start) for a, b in pairwise(duties)]
        return [(span, span.length) for span in between if span.length < limit]
    if rule.kind == "longest":
        return [(span, span.length) for span in duties if span.length > limit]
    if rule.kind == "most":
        return _too_much(duties, limit, timedelta(days=rule.days))
    return _no_rest(duties, limit, timedelta(days=rule.days))


def _too_much(
    duties: Sequence[Span], limit: timedelta, length: timedelta
) -> list[tuple[Span, timedelta]]:
    """Windows with more duty than ``limit``: the fullest window begins with a duty or ends
    with one, so only those are looked at; of those that overlap the first is told."""
    windows = [Span(d.start, d.start + length) for d in duties]
    windows += [Span(d.end - length, d.end) for d in duties]
    found: list[tuple[Span, timedelta]] = []
    for window in sorted(windows):
        duty = total(common(window, duties))
        if duty > limit and not (found and found[-1][0].meets(window)):
            found.append((window, duty))
    return found


def _no_rest(
    duties: Sequence[Span], rest: timedelta, length: timedelta
) -> list[tuple[Span, timedelta]]:
    """Stretches between two sufficient rests that are long enough to hold a whole window."""
    found: list[tuple[Span, timedelta]] = []
    begin = 0
    for number in range(len(duties)):
        is_last = number + 1 == len(duties)
        if not is_last and duties[number + 1].start - duties[number].end < rest:
            continue
        restless = Span(duties[begin].start, duties[number].end)
        if restless.length + 2 * rest > length:
            found.append((restless, _longest_rest(duties[begin : number + 1])))
        begin = number + 1
    return found


def _longest_rest(duties: Sequence[Span]) -> timedelta:
    return max((b.start - a.end for a, b in pairwise(duties)), default=timedelta())
