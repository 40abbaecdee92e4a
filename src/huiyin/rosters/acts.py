"""The only writers of rosters; each change is one event of the roster's stream.

Every act: lock the roster's row, ask the access rule, record the past up to now, let the pure
rules decide (``domain/rosters/changing``), write row and event in one transaction. Recording
first is what closes the past: no later change of a rule reaches a shift that has begun. Events
hold ids of rows, roles and accounts and times, never a text and never a name.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.roster_access import RosterFacts, may_roster
from huiyin.domain.rosters import changing, holding, values
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.wallclock import wall
from huiyin.domain.states import Event
from huiyin.domain.texts import clean_line
from huiyin.history.acts import Draft, append
from huiyin.history.queries import last
from huiyin.rosters import state
from huiyin.rosters.models import Member, Rest, Role, Roster, Rule, Served
from huiyin.rosters.queries import facts_of, value_of

CLASS = "readiness"
NAME_LIMIT, SOURCE_LIMIT = 80, 200
# Longer than this the past is recorded in several steps; nobody waits for years of it.
_STEP = timedelta(days=200)


@dataclass
class Held:
    """A roster locked for one act: the row, its value as it was, who acts, and when."""

    row: Roster
    value: values.Roster
    actor: Actor
    now: datetime

    def write(self, event: str, data: Mapping[str, object]) -> None:
        """Append the act's event; the last step of its transaction."""
        supervises = may_roster(self.actor, "edit", RosterFacts(self.row.unit_id))
        role = "supervisor" if supervises else "member"
        write_event(self.row, event, role, self.actor.id, data, self.now)


@contextmanager
def held(roster: str, verb: str, actor: Actor, now: datetime) -> Iterator[Held]:
    """One act: a transaction with the roster's row locked and its past recorded.

    Raises Refusal ``roster-unknown``, ``not-allowed``.
    """
    with transaction.atomic():
        row = Roster.objects.select_for_update().filter(pk=roster).first()
        if row is None or not may_roster(actor, "read", facts := facts_of(row)):
            raise Refusal("roster-unknown")
        if not may_roster(actor, verb, facts):
            raise Refusal("not-allowed", verb=verb)
        record(row, now)
        yield Held(row, value_of(row, now), actor, now)


def record(row: Roster, now: datetime) -> None:
    """Write the past up to ``now`` as it was served; the row is locked by the caller."""
    while row.recorded < now:
        until = min(now, row.recorded + _STEP)
        served = serve(value_of(row, row.recorded), Span(row.recorded, until))
        Served.objects.bulk_create(
            Served(
                roster=row, role=s.role, user_id=int(s.person), start=s.start, end=s.end,
                origin=s.origin, piece=s.piece, algorithm=s.algorithm,
            )
            for s in served.shifts
        )  # fmt: skip
        row.recorded = until
    row.save(update_fields=["recorded"])


def write_event(
    row: Roster, event: str, role: str, actor: str | None, data: Mapping[str, object], now: datetime
) -> None:
    """Append one event to the roster's stream and count it: the last step of its transaction,
    because the event tells what stands in the roster's tables."""
    before = last(row.pk)
    row.seq = before.event.seq + 1 if before else 1
    row.changed = now
    row.save(update_fields=["seq", "changed"])
    one = Event(row.seq, event, now, role, actor, {**data, **state.told(row.pk)})
    append(row.pk, before.body if before else None, [Draft(one, CLASS)], now, secrets.token_bytes)


# -- making and setting up --------------------------------------------------------------------


def create(
    unit: str, title: Mapping[str, str], zone: str, actor: Actor, now: datetime, calendar: str = ""
) -> Roster:
    """A new, empty roster of a unit. Raises Refusal ``not-allowed``, and those of
    ``clean_line``."""
    if not may_roster(actor, "edit", RosterFacts(unit)):
        raise Refusal("not-allowed", verb="edit")
    with transaction.atomic():
        row = Roster(
            id=f"roster-{secrets.token_hex(6)}", unit_id=unit, title=_titles(title), zone=zone,
            calendar=calendar, changed=now, recorded=now,
        )  # fmt: skip
        row.save(force_insert=True)
        write_event(row, "roster-created", "supervisor", actor.id, {"unit": unit}, now)
    return row


def add_role(
    roster: str, title: Mapping[str, str], window: values.Window, actor: Actor, now: datetime, *,
    line: str = "", people: int = 1, days: str = "all",
) -> Role:  # fmt: skip
    """One more duty on the roster. Raises the refusals of ``held`` and ``clean_line``."""
    with held(roster, "edit", actor, now) as act:
        order = act.row.roles.count()
        role = Role.objects.create(
            roster=act.row, key=f"role-{order + 1}", title=_titles(title), line=line, days=days,
            begins=window.begins, ends=window.ends, people=people, order=order,
        )  # fmt: skip
        act.write("role-added", {"role": role.key, "people": people})
    return role


@dataclass(frozen=True)
class RoleChange:
    """What a duty is to be from now on. ``able``: account ids of those who may hold it."""

    title: Mapping[str, str]
    window: values.Window
    days: str
    people: int
    line: str
    able: tuple[str, ...] = ()


def change_role(roster: str, key: str, new: RoleChange, actor: Actor, now: datetime) -> Role:
    """A duty is another from now on; what was served stays. Raises Refusal
    ``roster-row-unknown``, ``member-unknown``, ``roster-days-unknown``, ``role-people-needed``
    (a rule names who is not on the list), and those of ``held`` and ``clean_line``."""
    with held(roster, "edit", actor, now) as act:
        role = _role(act, key)
        if not set(new.able) <= set(act.value.people):
            raise Refusal("member-unknown")
        _require_days(act, new.days)
        today = wall(now, act.value.zone).date()
        rules = [r for r in act.value.rules if r.role == key and not (r.until and r.until < today)]
        if new.able and not {p for r in rules for p in r.people} <= set(new.able):
            raise Refusal("role-people-needed")
        role.title = {**role.title, **_titles(new.title)}
        role.begins, role.ends, role.days = new.window.begins, new.window.ends, new.days
        role.people, role.line, role.able = new.people, new.line, [int(p) for p in new.able]
        role.save()
        act.write("role-changed", {"role": key, "people": new.people, "able": list(new.able)})
    return role


def add_rest(roster: str, rule: values.RestRule, actor: Actor, now: datetime) -> Rest:
    """One more limit on duty; its ``id`` is given here. Raises the refusals of ``held`` and
    ``clean_line``."""
    with held(roster, "edit", actor, now) as act:
        row = Rest.objects.create(
            roster=act.row, kind=rule.kind, hours=rule.hours, days=rule.days,
            source=clean_line(rule.source, "source", SOURCE_LIMIT),
        )  # fmt: skip
        told = {"rest": row.pk, "kind": rule.kind, "hours": rule.hours, "days": rule.days}
        act.write("rest-added", told)
    return row


def end_rest(roster: str, rest: int, actor: Actor, now: datetime) -> None:
    """A limit no longer holds. Raises Refusal ``roster-row-unknown``."""
    with held(roster, "edit", actor, now) as act:
        if not Rest.objects.filter(roster=act.row, pk=rest).delete()[0]:
            raise Refusal("roster-row-unknown")
        act.write("rest-ended", {"rest": rest})


def add_member(roster: str, user: int, since: date, actor: Actor, now: datetime) -> Member:
    """Somebody serves from a day on; who had left comes back. Raises Refusal
    ``roster-past``, ``roster-far``, ``member-already``, and those of ``held``."""
    with held(roster, "edit", actor, now) as act:
        _require_near(act, since)
        # Whoever is or will be a member on that day stays it: a later day would be a hole.
        before = act.value.people.get(str(user))
        if before and (before.until is None or before.until >= since):
            raise Refusal("member-already")
        member, _ = Member.objects.update_or_create(
            roster=act.row, user_id=user, defaults={"since": since, "until": None}
        )
        act.write("member-added", {"account": str(user), "since": since.isoformat()})
    return member


def end_member(roster: str, user: int, last_day: date, actor: Actor, now: datetime) -> None:
    """Somebody serves no longer after a day. Raises Refusal ``roster-past``, ``roster-far``,
    ``member-unknown``, and those of ``held``."""
    with held(roster, "edit", actor, now) as act:
        _require_near(act, last_day)
        if not Member.objects.filter(roster=act.row, user_id=user).update(until=last_day):
            raise Refusal("member-unknown")
        act.write("member-ended", {"account": str(user), "until": last_day.isoformat()})


@dataclass(frozen=True)
class NewRule:
    """What a rule says, as it is typed in."""

    role: str
    people: tuple[str, ...]
    begins: time
    ends: time
    turn: str
    since: date
    count: int = 1
    days: str = "all"
    cover: bool = False


def add_rule(roster: str, new: NewRule, actor: Actor, now: datetime) -> Rule:
    """A rule that holds from a day on. Raises Refusal ``roster-past``, ``roster-far``,
    ``member-unknown``, ``member-twice``, ``turn-does-not-divide``, ``roster-days-unknown``,
    ``holder-unable``, and those of ``held``."""
    with held(roster, "edit", actor, now) as act:
        _require_near(act, new.since)
        if not new.people or not set(new.people) <= set(act.value.people):
            raise Refusal("member-unknown")
        if len(set(new.people)) < len(new.people):
            raise Refusal("member-twice")
        role = _role(act, new.role)
        if any(holding.standing(act.value, new.role, p) == holding.UNABLE for p in new.people):
            raise Refusal("holder-unable")
        _require_days(act, new.days)
        window = values.Window(begins=new.begins, ends=new.ends)
        if new.turn == "hours" and window.minutes() % (60 * new.count):
            raise Refusal("turn-does-not-divide")
        rule = Rule.objects.create(
            roster=act.row, role=role, people=[int(p) for p in new.people],
            days=new.days, begins=new.begins, ends=new.ends, turn=new.turn, count=new.count,
            since=new.since, cover=new.cover,
        )  # fmt: skip
        serve(value_of(act.row, now), Span(now, now + timedelta(days=1)))  # it can be walked
        act.write("rule-added", {"rule": rule.pk, "role": new.role})
    return rule


def end_rule(roster: str, rule: int, last_day: date, actor: Actor, now: datetime) -> None:
    """A rule holds no longer after a day. Raises Refusal ``roster-past``, ``roster-far``,
    ``roster-row-unknown``."""
    with held(roster, "edit", actor, now) as act:
        _require_near(act, last_day)
        if not Rule.objects.filter(roster=act.row, pk=rule).update(until=last_day):
            raise Refusal("roster-row-unknown")
        act.write("rule-ended", {"rule": rule, "until": last_day.isoformat()})


def _require_days(act: Held, days: str) -> None:
    if days in ("workdays", "restdays") and not act.row.calendar:
        raise Refusal("roster-days-unknown")


def _role(act: Held, key: str) -> Role:
    role = Role.objects.filter(roster=act.row, key=key).first()
    if role is None:
        raise Refusal("roster-row-unknown")
    return role


def _require_near(act: Held, day: date) -> None:
    """Today or later, and not beyond what anybody plans."""
    today = wall(act.now, act.value.zone).date()
    if day < today:
        raise Refusal("roster-past", since=day)
    if day > today + changing.AHEAD:
        raise Refusal("roster-far", until=day)


def _titles(given: Mapping[str, str]) -> dict[str, str]:
    """Names by language, without what is invisible or turns a text around."""
    return {language: clean_line(text, "title", NAME_LIMIT) for language, text in given.items()}
