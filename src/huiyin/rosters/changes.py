"""Exceptions as acts: leave, overrides, temporary schedules, swaps. The rules decide.

The common way is ``acts.held``. Taking something back ends it: what has not begun is deleted,
what has begun stops now, and the part that was served stands in the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Model

from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.roster_access import RosterFacts, may_roster
from huiyin.domain.rosters import changing, values
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.values import Shift
from huiyin.rosters.acts import Held, held
from huiyin.rosters.models import Leave, Override, Role, Swap, Temporary


def add_leave(roster: str, user: str, span: Span, actor: Actor, now: datetime) -> Leave:
    """A member is away: entered by themselves or by who supervises the unit. Raises Refusal
    ``not-allowed``, and those of ``changing.with_leave``."""
    with held(roster, "read", actor, now) as act:
        _own_or_edit(act, user)
        changing.with_leave(act.value, values.Leave("new", user, span), now)
        row = Leave.objects.create(
            roster=act.row, user_id=int(user), start=span.start, end=span.end
        )
        act.write("leave-entered", {"leave": row.pk, "account": user, **_told(span)})
    return row


def end_leave(roster: str, leave: int, actor: Actor, now: datetime) -> None:
    """The rest of a leave is taken back. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "read", actor, now) as act:
        row = Leave.objects.filter(roster=act.row, pk=leave, end__gt=now).first()
        if row is None:
            raise Refusal("roster-row-unknown")
        _own_or_edit(act, str(row.user_id))
        _end(row, now)
        act.write("leave-ended", {"leave": leave})


def _own_or_edit(act: Held, user: str) -> None:
    if user != act.actor.id and not may_roster(act.actor, "edit", RosterFacts(act.row.unit_id)):
        raise Refusal("not-allowed", verb="edit")


def add_override(
    roster: str, role: str, span: Span, out: str | None, into: str | None, actor: Actor,
    now: datetime, sure: bool = False,
) -> Override | None:  # fmt: skip
    """Who serves for a while, or does not; None if the change was made in a temporary schedule.
    ``sure``: a substitute whom no rule names was confirmed. Raises the refusals of
    ``changing.with_change``."""
    with held(roster, "edit", actor, now) as act:
        wanted = values.Override("new", role, span, out, into)
        if role not in act.value.roles or (out and out not in act.value.people):
            raise Refusal("roster-row-unknown")
        changed = changing.with_change(act.value, wanted, now, sure=sure)
        if changing.hosting(act.value, wanted) is not None:
            act.write("temporary-changed", _write_duties(act, changed, wanted))
            return None
        row = _write_override(act, wanted)
        act.write("override-made", _override_told(row, wanted))
    return row


def _write_duties(act: Held, changed: values.Roster, wanted: values.Override) -> dict[str, object]:
    """Keep the duties of the temporary schedule that a change was made in; what its event tells."""
    host = changing.hosting(changed, wanted)
    assert host is not None
    _keep_duties(act, host)
    return {"temporary": int(host.id), "role": wanted.role, **_told(wanted.span)}


def _keep_duties(act: Held, schedule: values.Temporary) -> None:
    Temporary.objects.filter(roster=act.row, pk=int(schedule.id)).update(
        duties=[_duty_data(d) for d in schedule.duties]
    )


def _duty_data(duty: values.Duty) -> dict[str, object]:
    return {
        "role": duty.role,
        "user": int(duty.person),
        "from": duty.span.start.isoformat(),
        "to": duty.span.end.isoformat(),
    }


def _write_override(act: Held, wanted: values.Override) -> Override:
    out, into = (int(p) if p else None for p in (wanted.out, wanted.into))
    return Override.objects.create(
        roster=act.row, role=Role.objects.get(roster=act.row, key=wanted.role),
        start=wanted.span.start, end=wanted.span.end, out_id=out, into_id=into,
    )  # fmt: skip


def _override_told(row: Override, wanted: values.Override) -> dict[str, object]:
    told: dict[str, object] = {"override": row.pk, "role": wanted.role, **_told(wanted.span)}
    if wanted.out:
        told["out"] = wanted.out
    if wanted.into:
        told["into"] = wanted.into
    return told


def end_override(roster: str, override: int, actor: Actor, now: datetime) -> None:
    """An override is taken back. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "edit", actor, now) as act:
        row = Override.objects.filter(roster=act.row, pk=override, end__gt=now).first()
        if row is None:
            raise Refusal("roster-row-unknown")
        _end(row, now)
        act.write("override-ended", {"override": override})


def add_temporary(
    roster: str, span: Span, duties: Sequence[values.Duty], otherwise_rules: bool, actor: Actor,
    now: datetime, sure: bool = False, seen: int | None = None,
) -> Temporary:  # fmt: skip
    """A schedule instead of the rules for a while. ``sure``: substitutes whom no rule names were
    confirmed; ``seen``: how many events the roster had when the schedule was worked out. Raises
    Refusal ``roster-proposal-old``, and those of ``changing.with_temporary``."""
    with held(roster, "edit", actor, now) as act:
        if seen is not None and seen != act.row.seq:
            raise Refusal("roster-proposal-old")
        wanted = values.Temporary("new", span, tuple(duties), otherwise_rules)
        if any(d.role not in act.value.roles for d in duties):
            raise Refusal("roster-row-unknown")
        changing.with_temporary(act.value, wanted, now, sure=sure)
        row = Temporary.objects.create(
            roster=act.row, start=span.start, end=span.end, otherwise_rules=otherwise_rules,
            duties=[_duty_data(d) for d in duties],
        )  # fmt: skip
        act.write("temporary-made", {"temporary": row.pk, **_told(span)})
    return row


def change_duty(
    roster: str, temporary: int, old: values.Duty | None, new: values.Duty | None, actor: Actor,
    now: datetime, sure: bool = False, seen: int | None = None,
) -> None:  # fmt: skip
    """One duty of a temporary schedule is another, goes out (``new`` None) or comes in (``old``
    None). ``seen``: how many events the roster had on the page. Raises Refusal ``roster-stale``,
    and those of ``changing.with_duty``."""
    with held(roster, "edit", actor, now) as act:
        if seen is not None and seen != act.row.seq:
            raise Refusal("roster-stale")
        if new is not None and new.role not in act.value.roles:
            raise Refusal("roster-row-unknown")
        changed = changing.with_duty(act.value, str(temporary), old, new, now, sure=sure)
        host = next(t for t in changed.temporary if t.id == str(temporary))
        _keep_duties(act, host)
        told = {"role": d.role, **_told(d.span)} if (d := new or old) else {}
        act.write("temporary-changed", {"temporary": temporary, **told})


def end_temporary(roster: str, temporary: int, actor: Actor, now: datetime) -> None:
    """A temporary schedule is taken back. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "edit", actor, now) as act:
        row = Temporary.objects.filter(roster=act.row, pk=temporary, end__gt=now).first()
        if row is None:
            raise Refusal("roster-row-unknown")
        _end(row, now)
        act.write("temporary-ended", {"temporary": temporary})


def _end(row: Model, now: datetime) -> None:
    """Delete what has not begun; stop now what has."""
    if row.start >= now:  # type: ignore[attr-defined]  # each of our exceptions has both
        row.delete()
    else:
        row.end = now  # type: ignore[attr-defined]
        row.save(update_fields=["end"])


def _told(span: Span) -> dict[str, object]:
    return {"from": span.start.isoformat(), "to": span.end.isoformat()}


# -- swaps ------------------------------------------------------------------------------------


def shift_data(shift: Shift) -> dict[str, str]:
    """A shift as a swap keeps it."""
    return {"role": shift.role, "user": shift.person, **_plain(shift.span)}


def _plain(span: Span) -> dict[str, str]:
    return {"from": span.start.isoformat(), "to": span.end.isoformat()}


def shift_of(data: Mapping[str, str]) -> Shift:
    """The inverse of ``shift_data``; where it came from is of no account."""
    start, end = (datetime.fromisoformat(data[key]) for key in ("from", "to"))
    return Shift(start, end, data["role"], data["user"], "swap")


def ask_swap(
    roster: str, given: Shift, taker: str, taken: Shift | None, actor: Actor, now: datetime
) -> Swap:
    """Ask somebody to take one of the actor's shifts. It is tried out first: what could not
    be accepted is not asked. Raises Refusal ``not-allowed``, and those of ``changing.swap``."""
    with held(roster, "serve", actor, now) as act:
        if given.person != actor.id:
            raise Refusal("not-allowed", verb="serve")
        changing.swap(act.value, given, taker, taken, ("one", "two"), now)
        row = Swap.objects.create(
            roster=act.row, asker_id=int(actor.id), taker_id=int(taker), given=shift_data(given),
            taken=shift_data(taken) if taken else None, asked=now,
        )  # fmt: skip
        act.write("swap-asked", {"swap": row.pk, "taker": taker})
    return row


def accept_swap(roster: str, swap: int, actor: Actor, now: datetime) -> tuple[Override, ...]:
    """Who was asked says yes: the overrides are made, or the temporary schedules changed.
    Raises Refusal ``roster-row-unknown``, and those of ``changing.swap``."""
    with held(roster, "serve", actor, now) as act:
        row = _asked(act, swap, taker=True)
        given, taken = shift_of(row.given), shift_of(row.taken) if row.taken else None
        wanted = changing.swap(act.value, given, actor.id, taken, ("one", "two"), now)
        made, value = [], act.value
        for one in wanted:
            host, value = changing.hosting(value, one), changing.with_change(value, one, now)
            if host is None:
                made.append(_write_override(act, one))
            else:
                _write_duties(act, value, one)
        _answer(row, "accepted", now)
        act.write("swap-accepted", {"swap": row.pk, "overrides": [o.pk for o in made]})
    return tuple(made)


def decline_swap(roster: str, swap: int, actor: Actor, now: datetime) -> None:
    """Who was asked says no. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "serve", actor, now) as act:
        _answer(_asked(act, swap, taker=True), "declined", now)
        act.write("swap-declined", {"swap": swap})


def withdraw_swap(roster: str, swap: int, actor: Actor, now: datetime) -> None:
    """Who asked asks no longer. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "serve", actor, now) as act:
        _answer(_asked(act, swap, taker=False), "withdrawn", now)
        act.write("swap-withdrawn", {"swap": swap})


def _asked(act: Held, swap: int, *, taker: bool) -> Swap:
    row = Swap.objects.filter(roster=act.row, pk=swap, state="asked").first()
    if row is None or str(row.taker_id if taker else row.asker_id) != act.actor.id:
        raise Refusal("roster-row-unknown")
    return row


def _answer(row: Swap, state: str, now: datetime) -> None:
    row.state, row.answered = state, now
    row.save(update_fields=["state", "answered"])
