"""What a duty roster costs: thirty people for a year, a plan for them, the month page.

``python -m bench.rosters`` prints one JSON object. Times are processor time, so that a busy
machine does not count for much; beside them stands the machine's own baseline (a million
additions of a day to a date) and each figure as a ratio to it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.clocks import measured
from huiyin.domain.rosters import fairness
from huiyin.domain.rosters.checking import check
from huiyin.domain.rosters.covering import gaps
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.planning import greedy, problem
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import (
    Leave,
    Person,
    RestRule,
    Role,
    Roster,
    Rule,
    Turn,
    Window,
)
from huiyin.rosters import optimising

BEGIN = datetime(2026, 1, 1, 16, tzinfo=UTC)
YEAR = Span(BEGIN, BEGIN + timedelta(days=365))
EIGHT = Window(begins=time(8), ends=time(8))


def roster(people: int = 30) -> Roster:
    """Two roles round the clock, thirty people, a leave of five days for each."""
    ids = tuple(f"p{n:02}" for n in range(people))
    leave = tuple(
        Leave(p, p, Span(BEGIN + n * timedelta(days=11), BEGIN + timedelta(days=n * 11 + 5)))
        for n, p in enumerate(ids)
    )
    rules = tuple(
        Rule(role, role, ids, EIGHT, turn, date(2026, 1, 1))
        for role, turn in (("lead", Turn("weeks")), ("desk", Turn("days")))
    )
    return Roster(
        "bench", {}, ZoneInfo("Asia/Shanghai"), {p: Person(p, p) for p in ids},
        {r: Role(r, {}, (EIGHT,)) for r in ("lead", "desk")}, rules, leave,
        rest=(RestRule("rest", "between", 11, "bench"),),
    )  # fmt: skip


def _additions() -> None:
    day, one = date(1, 1, 1), timedelta(days=1)
    for _ in range(1_000_000):
        day + one


def works() -> dict[str, tuple[int, Callable[[], object]]]:
    """What is measured: name → how often in a round, and the work."""
    made = roster()
    served = serve(made, YEAR)
    month = Span(YEAR.end - timedelta(days=31), YEAR.end)
    task = problem(made, date(2026, 1, 1), date(2026, 12, 31))
    return {
        "baseline": (1, _additions),
        "serve_year": (1, lambda: serve(made, YEAR)),
        "serve_december": (1, lambda: serve(made, month)),
        "gaps_year": (1, lambda: gaps(made, served)),
        "fairness_year": (1, lambda: fairness.table(made, served)),
        "check_month": (1, lambda: check(made, month)),
        "greedy_year": (1, lambda: greedy(task)),
    }


def month_page() -> dict[str, tuple[int, Callable[[], object]]]:
    """The month page of such a roster through Django, in a database of its own."""
    folder = tempfile.mkdtemp(prefix="huiyin-bench-")
    os.environ["HUIYIN_DATA"] = str(Path(folder) / "data")
    Path(folder, "data").mkdir()
    os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.web.settings"
    import django
    from django.conf import settings

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    client, path = Client(), _filled()
    from huiyin.people.models import User

    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(User.objects.get(username="sup"), backend)
    assert client.get(path).status_code == 200
    return {"month_page": (3, lambda: client.get(path))}


def _filled() -> str:
    from django.conf import settings

    from huiyin.people import acts as people
    from huiyin.people.models import User
    from huiyin.people.queries import actor_of
    from huiyin.register.keys import create_log_key
    from huiyin.rosters import acts
    from huiyin.vault.keys import create_kek

    settings.HUIYIN_KEYS_DIR.mkdir(parents=True, exist_ok=True)
    create_kek(settings.HUIYIN_KEYS_DIR)
    create_log_key(settings.HUIYIN_ORIGIN, settings.HUIYIN_KEYS_DIR)
    people.add_unit("office", {"en": "Office"}, body=True, zone="Asia/Shanghai")
    users = [User.objects.create(username=f"p{n:02}") for n in range(30)]
    supervisor = User.objects.create(username="sup")
    people.grant("sup", "supervisor", "office", date(2020, 1, 1))
    actor, now = actor_of(supervisor.pk, date(2026, 1, 1)), BEGIN
    row = acts.create("office", {"en": "Duty"}, "Asia/Shanghai", actor, now)
    for title in ("Lead", "Desk"):
        acts.add_role(row.pk, {"en": title}, EIGHT, actor, now)
    for user in users:
        acts.add_member(row.pk, user.pk, date(2026, 1, 2), actor, now)
    ids = tuple(str(user.pk) for user in users)
    for role, turn in (("role-1", "weeks"), ("role-2", "days")):
        new = acts.NewRule(role, ids, time(8), time(8), turn, date(2026, 1, 2))
        acts.add_rule(row.pk, new, actor, now)
    return f"/rosters/{row.pk}/?month=2026-12"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--optimise", type=int, default=0, metavar="SECONDS")
    args = parser.parse_args()
    found = measured(works() | month_page(), args.rounds)
    base = found["baseline"]["median"]
    for figure in found.values():
        figure["ratio"] = round(figure["median"] / base, 3)
    answer: dict[str, object] = {
        "python": platform.python_version(), "cores": os.cpu_count(), "people": 30,
        "rounds": args.rounds, "unit": "microseconds of processor time", "figures": found,
    }  # fmt: skip
    if args.optimise and optimising.available():
        plan = optimising.optimal(
            problem(roster(), date(2026, 1, 1), date(2026, 12, 31)), args.optimise
        )
        answer["optimiser"] = {"method": plan.method, "empty": len(plan.empty())}
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main()
