"""An example plan for an organisation of the demo, with the people behind it.

One person writes and submits it; one plan is approved by another, through the same acts as any.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from huiyin import plans
from huiyin.demo.files import Record
from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.reading import read_organisation, read_plan
from huiyin.plans import acts, contacts
from huiyin.plans.queries import findings


def load(entry: Record, writer: Actor, approver: Actor, moment: datetime) -> None:
    """Make one plan as of ``moment``. An approved one whose dates have passed by then stays in
    review, as it should."""
    files = plans.example(entry["example"])
    organisation = read_organisation(files[1])[0]
    contacts.bring(entry["unit"], organisation, approver, moment)
    plan = acts.create(entry["unit"], read_plan(files[0])[0], writer, moment)
    if not entry.get("approved"):
        return
    acts.submit(plan.pk, plan.seq, writer, moment)
    with suppress(Refusal):
        acts.approve(
            plan.pk,
            plan.seq + 1,
            next(iter(organisation.posts)),
            lambda value: findings(value, None, organisation, moment.date(), "en"),
            approver,
            moment,
        )
