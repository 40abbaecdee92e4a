"""Reading rosters: which an actor may see, and a roster as the value that the rules know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from huiyin import calendars
from huiyin.domain.access import Actor
from huiyin.domain.calendars import WEEKDAYS, Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.roster_access import RosterFacts, may_roster, readable_units
from huiyin.domain.rosters import values
from huiyin.domain.rosters.intervals import Span
from huiyin.people.naming import staff_names
from huiyin.rosters.models import Call, Member, Roster


def visible_to(actor: Actor) -> QuerySet[Roster]:
    """The rosters that the actor may read."""
    own = Member.objects.filter(user_id=int(actor.id)).values("roster_id")
    found = Roster.objects.filter(Q(unit_id__in=readable_units(actor)) | Q(id__in=own))
    return found.order_by("unit__order", "id")


def facts_of(row: Roster) -> RosterFacts:
    """The roster as the access rule sees it. One query."""
    members = Member.objects.filter(roster=row).values_list("user_id", flat=True)
    return RosterFacts(row.unit_id, frozenset(map(str, members)))


def open_roster(actor: Actor, roster: str, verb: str = "read") -> tuple[Roster, RosterFacts]:
    """The roster for somebody who may ``verb``. Raises Refusal ``roster-unknown`` (also for
    one that the actor may not see), ``not-allowed``."""
    row = Roster.objects.filter(pk=roster).first()
    if row is None or not may_roster(actor, "read", facts := facts_of(row)):
        raise Refusal("roster-unknown")
    if not may_roster(actor, verb, facts):
        raise Refusal("not-allowed", verb=verb)
    return row, facts


def value_of(row: Roster, since: datetime | None = None) -> values.Roster:
    """The roster as a value, with its history from ``since`` on. Ten queries, whatever its
    size."""
    members = list(row.members.all())
    names = staff_names(m.user_id for m in members)
    people = {
        str(m.user_id): values.Person(str(m.user_id), names[str(m.user_id)], m.since, m.until)
        for m in members
    }
    keys = {role.pk: role.key for role in row.roles.all()}
    return values.Roster(
        row.pk,
        row.title,
        ZoneInfo(row.zone),
        people,
        roles={r.key: _role(r) for r in row.roles.all()},
        rules=tuple(_rule(rule, keys) for rule in row.rules.all()),
        leave=tuple(
            values.Leave(str(x.pk), str(x.user_id), Span(x.start, x.end)) for x in row.leaves.all()
        ),
        temporary=tuple(temporary_value(x) for x in row.temporaries.all()),
        rest=tuple(
            values.RestRule(str(r.pk), r.kind, r.hours, r.source, r.days) for r in row.rests.all()
        ),
        overrides=tuple(override_value(o, keys) for o in row.overrides.all()),
        history=_history(row, since),
        calendar=_calendar(row.calendar),
    )


def _calendar(name: str) -> Calendar | None:
    return calendars.load(name) if name else None


def days_value(text: str) -> values.Days:
    """``all``, ``workdays``, ``restdays``, or weekdays: ``mon,tue``."""
    if text in ("workdays", "restdays"):
        return values.Days(working=text == "workdays")
    if text == "all":
        return values.Days()
    return values.Days(frozenset(WEEKDAYS.index(name) for name in text.split(",")))


def _window(days: str, begins: time, ends: time) -> values.Window:
    return values.Window(days_value(days), begins, ends)


def _role(row) -> values.Role:  # type: ignore[no-untyped-def]  # models.Role
    window = _window(row.days, row.begins, row.ends)
    able = frozenset(map(str, row.able))
    return values.Role(row.key, row.title, (window,), row.people, row.line, able)


def _rule(row, keys: dict[int, str]) -> values.Rule:  # type: ignore[no-untyped-def]  # models.Rule
    window = _window(row.days, row.begins, row.ends)
    turn = values.Turn(row.turn, row.count)
    people = tuple(map(str, row.people))
    return values.Rule(
        str(row.pk), keys[row.role_id], people, window, turn, row.since, row.until, None, row.cover
    )


def override_value(row, keys: dict[int, str]) -> values.Override:  # type: ignore[no-untyped-def]
    """An override of the table as the rules know it."""
    out, into = (str(i) if i else None for i in (row.out_id, row.into_id))
    return values.Override(str(row.pk), keys[row.role_id], Span(row.start, row.end), out, into)


def temporary_value(row) -> values.Temporary:  # type: ignore[no-untyped-def]  # models.Temporary
    """A temporary schedule of the table as the rules know it."""
    duties = tuple(
        values.Duty(d["role"], str(d["user"]), Span(_instant(d["from"]), _instant(d["to"])))
        for d in row.duties
    )
    return values.Temporary(str(row.pk), Span(row.start, row.end), duties, row.otherwise_rules)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _history(row: Roster, since: datetime | None) -> values.History:
    found = row.served.all()
    if since is not None:
        found = found.filter(end__gt=since - timedelta(days=2))
    shifts = tuple(
        values.Shift(s.start, s.end, s.role, str(s.user_id), s.origin, s.piece, s.algorithm)
        for s in found
    )
    return values.History(row.recorded, shifts)


def reach_of_unit(unit: str, since: datetime) -> dict[tuple[str, str], tuple[int, int]]:
    """(channel, hours) → (answered, asked) over all rosters of a unit since then."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    rosters = Roster.objects.filter(unit_id=unit).values_list("pk", flat=True)
    for (_, channel, hours), (answered, asked) in reach_counts(rosters, since).items():
        before = found.get((channel, hours), (0, 0))
        found[channel, hours] = (before[0] + answered, before[1] + asked)
    return found


def reach_counts(rosters: Iterable[str], since: datetime) -> dict[tuple[str, str, str], list[int]]:
    """(account id, channel, hours) → [answered, asked] of the tests since then: what a Beta
    prior is updated with. One query."""
    found: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    calls = Call.objects.filter(run__roster__in=list(rosters), at__gte=since)
    for user, channel, hours, answered in calls.values_list(
        "user_id", "channel", "hours", "answered"
    ):
        count = found[str(user), channel, hours]
        count[0] += answered
        count[1] += 1
    return dict(found)
