"""May this change be made: overrides, temporary schedules, leave, swaps.

Each function returns the roster with the change in it, or refuses; nothing here writes. The
past is closed: what has been served is history, whoever enters something late. A change that
would do nothing is refused, because somebody believes that it does something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.holding import require
from huiyin.domain.rosters.intervals import Span, common, without
from huiyin.domain.rosters.presence import Presence
from huiyin.domain.rosters.serving import Served, serve
from huiyin.domain.rosters.values import Duty, Leave, Override, Roster, Shift, Temporary

# Nobody plans further; a later day is a slip of the pen, and the last days of year 9999 have no
# day after them.
AHEAD = timedelta(days=20 * 366)


def with_override(
    roster: Roster, override: Override, now: datetime, *, sure: bool = False
) -> Roster:
    """The roster with one more override. ``sure``: a substitute whom no rule of the duty names was
    confirmed.

    Raises Refusal: ``roster-span-empty``, ``roster-past``, ``roster-far``, ``override-empty``,
    ``override-overlap`` (another override touches one of its people in that time),
    ``override-hidden`` (a temporary schedule stands there), ``member-away``,
    ``double-duty``, ``override-without-effect``, ``holder-unable``, ``holder-unnamed``.
    """
    _open(override.span, now)
    if not override.people() or override.out == override.into:
        raise Refusal("override-empty")
    refuse_overlap(roster.overrides, override)
    for temporary in roster.temporary:
        if temporary.span.meets(override.span):
            raise Refusal("override-hidden", since=temporary.span.start, until=temporary.span.end)
    if override.into:
        _there(roster, override.into, override.span)
        require(roster, override.role, override.into, sure=sure)
    changed = replace(roster, overrides=(*roster.overrides, override))
    _no_new_double(roster, changed, override.span)
    _require_effect(roster, changed, override.span)
    return changed


def hosting(roster: Roster, override: Override) -> Temporary | None:
    """The temporary schedule that stands for the whole time of a change, if one does: the change
    is then made in it, because no override below it counts."""
    return next((t for t in roster.temporary if override.span.within(t.span)), None)


def with_change(roster: Roster, override: Override, now: datetime, *, sure: bool = False) -> Roster:
    """The roster with somebody else on duty for a while: an override, or the duties of the
    temporary schedule that stands there. Raises the refusals of ``with_override``."""
    host = hosting(roster, override)
    if host is None:
        return with_override(roster, override, now, sure=sure)
    _open(override.span, now)
    if not override.people() or override.out == override.into:
        raise Refusal("override-empty")
    if override.into:
        _there(roster, override.into, override.span)
        require(roster, override.role, override.into, sure=sure)
    altered = replace(host, duties=tuple(_altered(roster, host, override)))
    standing = tuple(altered if t.id == host.id else t for t in roster.temporary)
    changed = replace(roster, temporary=standing)
    _no_new_double(roster, changed, override.span)
    _require_effect(roster, changed, override.span)
    return changed


def _altered(roster: Roster, host: Temporary, override: Override) -> Iterator[Duty]:
    """The duties of a temporary schedule with one change in them."""
    met = False
    for duty in host.duties:
        if (duty.role, duty.person) != (override.role, override.out):
            yield duty
            continue
        for part in without(duty.span, [override.span]):
            yield replace(duty, span=part)
        for part in common(duty.span, [override.span]):
            met = True
            if override.into:
                yield Duty(override.role, override.into, part)
    # Who serves by the rules that go on is replaced by naming the other: a duty closes the rules.
    by_rules = host.otherwise_rules and roster.roles[override.role].people == 1
    if override.into and not met and (override.out is None or by_rules):
        yield Duty(override.role, override.into, override.span)


def refuse_overlap(overrides: Sequence[Override], override: Override) -> None:
    """Refuse an override that touches a person whom another touches in the same time: which of
    the two counts would depend on their order."""
    for other in overrides:
        shared = other.people() & override.people()
        if other.id != override.id and shared and other.span.meets(override.span):
            raise Refusal(
                "override-overlap",
                people=sorted(shared),
                since=other.span.start,
                until=other.span.end,
            )


def with_temporary(
    roster: Roster, temporary: Temporary, now: datetime, *, sure: bool = False
) -> Roster:
    """The roster with one more temporary schedule. ``sure``: as ``with_override``.

    Raises Refusal: ``roster-span-empty``, ``roster-past``, ``roster-far``,
    ``temporary-overlap``, ``temporary-hides`` (overrides stand in that time),
    ``temporary-outside``, ``member-away``, ``double-duty``, ``holder-unable``, ``holder-unnamed``.
    """
    _open(temporary.span, now)
    for other in roster.temporary:
        if other.id != temporary.id and other.span.meets(temporary.span):
            raise Refusal("temporary-overlap", since=other.span.start, until=other.span.end)
    for override in roster.overrides:
        if override.span.meets(temporary.span):
            raise Refusal("temporary-hides", since=override.span.start, until=override.span.end)
    for duty in temporary.duties:
        if not duty.span.within(temporary.span):
            raise Refusal("temporary-outside", since=duty.span.start, until=duty.span.end)
        _there(roster, duty.person, duty.span)
        require(roster, duty.role, duty.person, sure=sure)
    changed = replace(roster, temporary=(*roster.temporary, temporary))
    _no_new_double(roster, changed, temporary.span)
    return changed


def with_duty(
    roster: Roster,
    schedule: str,
    old: Duty | None,
    new: Duty | None,
    now: datetime,
    *,
    sure: bool = False,
) -> Roster:
    """The roster with one duty of a temporary schedule changed: ``old`` goes out, ``new`` comes in,
    or both. What of them lies before ``now`` is history and stays. ``sure``: as ``with_override``.

    Raises Refusal: ``roster-row-unknown``, ``roster-span-empty``, ``roster-far``,
    ``temporary-outside``, ``temporary-empty``, ``member-away``, ``member-unknown``,
    ``double-duty``, ``override-without-effect``, ``holder-unable``, ``holder-unnamed``.
    """
    host = next((t for t in roster.temporary if t.id == schedule), None)
    if host is None or (old is not None and old not in host.duties):
        raise Refusal("roster-row-unknown")
    rest = [d for d in host.duties if d != old]
    if old is not None:
        coming = Span(now, max(now, old.span.end))
        rest += [replace(old, span=part) for part in without(old.span, [coming])]
    if new is not None:
        rest.append(_coming_duty(roster, host, new, now, sure=sure))
    if not rest:
        raise Refusal("temporary-empty")
    altered = replace(host, duties=tuple(sorted(rest, key=lambda d: (d.span, d.role, d.person))))
    standing = tuple(altered if t.id == host.id else t for t in roster.temporary)
    changed = replace(roster, temporary=standing)
    _no_new_double(roster, changed, host.span)
    _require_effect(roster, changed, host.span)
    return changed


def _coming_duty(roster: Roster, host: Temporary, duty: Duty, now: datetime, *, sure: bool) -> Duty:
    """The part of a new duty that is still to come, if it may be."""
    coming = replace(duty, span=Span(max(duty.span.start, now), duty.span.end))
    _open(coming.span, now)
    if not coming.span.within(host.span):
        raise Refusal("temporary-outside", since=coming.span.start, until=coming.span.end)
    _there(roster, duty.person, coming.span)
    require(roster, duty.role, duty.person, sure=sure)
    return coming


def with_leave(roster: Roster, leave: Leave, now: datetime) -> Roster:
    """The roster with somebody away. What that leaves empty is a gap, and is shown; it is no
    reason to refuse. Raises Refusal: ``roster-span-empty``, ``roster-past``, ``roster-far``,
    ``leave-overlap``, ``member-unknown``."""
    _open(leave.span, now)
    if leave.person not in roster.people:
        raise Refusal("member-unknown")
    for other in roster.leave:
        same = other.person == leave.person and other.id != leave.id
        if same and other.span.meets(leave.span):
            raise Refusal("leave-overlap", since=other.span.start, until=other.span.end)
    return replace(roster, leave=(*roster.leave, leave))


def swap(
    roster: Roster,
    given: Shift,
    taker: str,
    taken: Shift | None,
    ids: tuple[str, str],
    now: datetime,
) -> tuple[Override, ...]:
    """The overrides by which ``taker`` serves ``given``, and its person serves ``taken`` in
    return, if that is given.

    Both shifts must still be as they were when the swap was asked for. Raises Refusal:
    ``swap-changed``, ``swap-with-oneself``, and those of ``with_override``.
    """
    if taker == given.person:
        raise Refusal("swap-with-oneself")
    pairs = [(given, taker)]
    if taken is not None:
        if taken.person != taker:
            raise Refusal("swap-changed")
        pairs.append((taken, given.person))
    found: list[Override] = []
    for (shift, into), number in zip(pairs, ids, strict=False):
        _still(roster, shift)
        found.append(Override(number, shift.role, shift.span, out=shift.person, into=into))
    changed = roster
    for override in found:
        changed = with_change(changed, override, now)
    _require_swapped(serve(changed, _around(found)), found)
    return tuple(found)


def _still(roster: Roster, shift: Shift) -> None:
    """Refuse unless the person serves the whole of that shift by today's roster."""
    for part in serve(roster, shift.span).shifts:
        if (part.role, part.person, part.span) == (shift.role, shift.person, shift.span):
            return
    raise Refusal("swap-changed")


def _require_swapped(served: Served, overrides: Sequence[Override]) -> None:
    """After a swap each of the two really serves what they took."""
    for o in overrides:
        by = [s.span for s in served.shifts if (s.role, s.person) == (o.role, o.into)]
        if common(o.span, by) != [o.span]:
            raise Refusal("double-duty", since=o.span.start, until=o.span.end)


def _around(overrides: Sequence[Override]) -> Span:
    return Span(min(o.span.start for o in overrides), max(o.span.end for o in overrides))


def _open(span: Span, now: datetime) -> None:
    if span.start >= span.end:
        raise Refusal("roster-span-empty", since=span.start, until=span.end)
    if span.start < now:
        raise Refusal("roster-past", since=span.start)
    if span.end > now + AHEAD:
        raise Refusal("roster-far", until=span.end)


def _there(roster: Roster, person: str, span: Span) -> None:
    if person not in roster.people:
        raise Refusal("member-unknown")
    if not Presence(roster).whole(person, span):
        raise Refusal("member-away", since=span.start, until=span.end)


def _require_effect(before: Roster, after: Roster, span: Span) -> None:
    if serve(before, span).shifts == serve(after, span).shifts:
        raise Refusal("override-without-effect", since=span.start, until=span.end)


def _no_new_double(before: Roster, after: Roster, span: Span) -> None:
    """Refuse what would put somebody on two duties at once."""
    known = set(serve(before, span).dropped)
    for lost in serve(after, span).dropped:
        if lost.why == "double" and lost not in known:
            raise Refusal("double-duty", since=lost.start, until=lost.end)
