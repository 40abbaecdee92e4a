"""The demo town's duty rosters, made through the same acts as real ones."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huiyin.demo.files import Record, read
from huiyin.domain.access import Actor
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.values import RestRule, Window
from huiyin.domain.rosters.wallclock import day_start, wall
from huiyin.people.directory import directory
from huiyin.people.models import User
from huiyin.people.queries import actor_of
from huiyin.rosters import acts, changes, duty, presenting
from huiyin.rosters.models import Roster
from huiyin.rosters.queries import value_of


def play(now: datetime) -> None:
    """Make every roster of ``rosters.yaml`` as of ``now``."""
    users = dict(User.objects.values_list("username", "pk"))
    for record in read("rosters")["rosters"]:
        _play(record, users, now)


def _play(record: Record, users: dict[str, int], now: datetime) -> None:
    zone = ZoneInfo(directory().units[record["unit"]].zone or "UTC")
    today = wall(now, zone).date()
    actor = actor_of(users[record["by"]], today)
    row = acts.create(
        record["unit"], record["title"], str(zone), actor, now, record.get("calendar", "")
    )
    for role in record["roles"]:
        window = Window(begins=_time(role["begins"]), ends=_time(role["ends"]))
        days = role.get("days", "all")
        acts.add_role(row.pk, role["title"], window, actor, now, line=role["line"], days=days)
    for name in dict.fromkeys(p for rule in record["rules"] for p in rule["people"]):
        acts.add_member(row.pk, users[name], today, actor, now)
    for rule in record["rules"]:
        acts.add_rule(row.pk, _rule(record, rule, users, today), actor, now)
    for leave in record.get("leave", ()):
        begin = today + timedelta(days=leave["in"])
        end = begin + timedelta(days=leave["days"])
        span = Span(day_start(begin, zone), day_start(end, zone))
        changes.add_leave(row.pk, str(users[leave["person"]]), span, actor, now)
    for limit in record.get("limits", ()):
        rest = RestRule("new", limit["kind"], limit["hours"], limit["source"], limit.get("days", 0))
        acts.add_rest(row.pk, rest, actor, now)
    for given in record.get("handover", ()):
        _hand_over(row, given, users, today, now)
    if "reach" in record:
        _call(row, record["reach"], users, actor, now)
    if "swap" in record:
        _ask(row, record["swap"], users, today, now)


def _rule(record: Record, rule: Record, users: dict[str, int], today: date) -> acts.NewRule:
    role = record["roles"][rule["role"] - 1]
    return acts.NewRule(
        f"role-{rule['role']}", tuple(str(users[name]) for name in rule["people"]),
        _time(role["begins"]), _time(role["ends"]), rule["turn"], today, days=rule["days"],
    )  # fmt: skip


def _ask(row: Roster, swap: Record, users: dict[str, int], today: date, now: datetime) -> None:
    """A request that waits for its answer, so that the page shows one."""
    asker: Actor = actor_of(users[swap["asker"]], today)
    coming = presenting.coming(value_of(row), now)
    taker = str(users[swap["taker"]])
    mine = next(s for s in coming if s.person == asker.id)
    changes.ask_swap(row.pk, mine, taker, None, asker, now)


def _hand_over(
    row: Roster, given: Record, users: dict[str, int], today: date, now: datetime
) -> None:
    into = users[given["into"]]
    giver = actor_of(users[given["out"]], today)
    made = duty.hand_over(row.pk, f"role-{given['role']}", str(into), given["note"], giver, now)
    if given["taken"]:
        duty.take_over(row.pk, made.pk, actor_of(into, today), now)


def _call(
    row: Roster, calls: list[Record], users: dict[str, int], actor: Actor, now: datetime
) -> None:
    run = duty.begin_run(row.pk, actor, now)
    for call in calls:
        duty.note_call(
            row.pk, run.pk, str(users[call["person"]]), call["channel"], "day", call["answered"],
            call.get("seconds"), actor, now,
        )  # fmt: skip


def _time(text: str) -> time:
    return time.fromisoformat(text)
