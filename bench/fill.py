"""Fill an installation with many cases, fast and true: ``python -m bench.fill DATA COUNT``.

The events are decided by the real rules and stand in the register like any others, so that
``huiyin ledger check`` accepts the result; only the signing is done once per batch instead of
once per case. Texts are sealed like real ones.
"""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta

BATCH = 500
SPAN = timedelta(days=200)
WORDS = [
    "路灯",
    "积水",
    "噪音",
    "拖欠",
    "工资",
    "漏水",
    "电梯",
    "公交",
    "垃圾",
    "学校",
    "食堂",
    "绿化",
]


def main(data: str, count: int) -> None:
    """Add ``count`` cases in every early stage to the installation in ``data``."""
    from huiyin.commands import installation

    installation.configure(data)
    installation.prepare(demo=False, say=False)
    from django.db import transaction

    _staff()
    chance = random.Random(count)
    now = datetime.now(UTC)
    started = time.perf_counter()
    for begin in range(0, count, BATCH):
        with transaction.atomic():
            _batch(begin, min(BATCH, count - begin), count, now, chance)
    print(f"{count} cases in {time.perf_counter() - started:.1f} s")


def _staff() -> None:
    from huiyin.people import acts
    from huiyin.people.models import Unit, User

    unit = Unit.objects.order_by("order").first()
    assert unit is not None
    for n in range(40):
        if not User.objects.filter(username=f"owner-{n}").exists():
            User.objects.create(username=f"owner-{n}", password="!")
            acts.grant(f"owner-{n}", "owner", unit.id)
    if not User.objects.filter(username="head").exists():
        acts.add_account("head", "a calm river keeps its stones")
        acts.grant("head", "supervisor", unit.id)


def _batch(begin: int, count: int, total: int, now: datetime, chance: random.Random) -> None:
    """A batch of open cases, oldest first, as the register wants them: nine of ten owned.

    A real office has closed most old cases; a high share of open ones is harder for the desk.
    """
    from huiyin.cases.bulk import Told, add
    from huiyin.cases.catalog import catalog
    from huiyin.people.models import Unit, User

    unit = Unit.objects.order_by("order").values_list("id", flat=True)[0]
    owners = [
        str(pk)
        for pk in User.objects.filter(username__startswith="owner-").values_list("pk", flat=True)
    ]
    head = str(User.objects.get(username="head").pk)
    leaves = [c.id for c in catalog().categories.values() if c.parent]
    stories = []
    for n in range(begin, begin + count):
        words = " ".join(chance.choices(WORDS, k=3))
        owned = [("assign", "supervisor", head, {"owner": chance.choice(owners)})]
        stories.append(
            Told(
                unit=unit,
                category=chance.choice(leaves),
                text=f"{words}: {n}",
                summary=f"{words} {n}",
                at=now - SPAN * (1 - n / total),
                acts=owned if chance.random() < 0.9 else [],
            )
        )
    add(stories, now, os.urandom)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
