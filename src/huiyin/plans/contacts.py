"""Names and numbers of an organisation: sealed a person at a time, destroyed on their day.

An organisation file is split when it comes in: what a plan needs of people stays as text, who they
are and how they are reached goes into the vault under a key of its own for each person. The day
of destruction is the day after they leave, and at the latest a year after the data was last
brought: contact data that nobody renews is old anyhow (突发事件应对法 art. 85: only as long as it
is needed).
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from huiyin.domain.access import Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.plan_access import PlanFacts, may_plan, role_in
from huiyin.domain.plans import organisation as shapes
from huiyin.domain.plans.editing_organisation import private_changes
from huiyin.domain.plans.organisation import without_private
from huiyin.domain.plans.writing import as_data, write
from huiyin.plans.acts import write_event
from huiyin.plans.drafts import drop_old
from huiyin.plans.models import Card, Organisation, ReachTest
from huiyin.plans.queries import organisation_value, with_contacts
from huiyin.vault import acts as vault
from huiyin.vault.scrubbing import scrub_after_erasure

KIND = "contacts"
log = logging.getLogger(__name__)
LONGEST = timedelta(days=365)


def bring(
    unit: str, value: shapes.Organisation, actor: Actor, now: datetime, owns_plan: bool = False
) -> Organisation:
    """Keep the organisation of a unit in place of an earlier one; contact data that comes with
    it replaces what the vault held, person by person, and what does not come stays.

    ``owns_plan``: the actor owns a plan of the unit. Raises Refusal ``not-allowed``.
    """
    facts = PlanFacts(unit, actor.id if owns_plan else None)
    if not may_plan(actor, "write", facts):
        raise Refusal("not-allowed", verb="write")
    with transaction.atomic():
        row = _row(unit, write(without_private(value)), now)
        _destroy(Card.objects.filter(organisation=row).exclude(person__in=list(value.people)))
        _shorten(row, value)
        for private in value.private.values():
            if private.id in value.people:
                _seal(row, value.people[private.id], private, now)
        if row.seq:
            scrub_soon.enqueue()
        told = {"people": len(value.people), "contacts": len(value.private)}
        write_event(row, "organisation-kept", role_in(actor, facts), actor.id, told, now)
    return row


def keep(
    unit: str,
    seen: int,
    value: shapes.Organisation,
    actor: Actor,
    now: datetime,
    owns_plan: bool = False,
) -> Organisation:
    """Keep the organisation as an editor leaves it: ``value`` with all its contact data. What of
    that differs is sealed anew, what is not in it any more is destroyed at once.

    ``seen``: how many events of the organisation the editor knew. Raises Refusal ``not-allowed``,
    ``organisation-unknown``, ``organisation-stale``.
    """
    facts = PlanFacts(unit, actor.id if owns_plan else None)
    if not may_plan(actor, "write", facts):
        raise Refusal("not-allowed", verb="write")
    with transaction.atomic():
        row = Organisation.objects.select_for_update().filter(unit_id=unit).first()
        if row is None:
            raise Refusal("organisation-unknown")
        if row.seq != seen:
            raise Refusal("organisation-stale")
        anew, gone = private_changes(with_contacts(row), value)
        row.text = write(without_private(value))
        _destroy(Card.objects.filter(organisation=row, person__in=gone))
        for person in sorted(anew):
            _seal(row, value.people[person], value.private[person], now)
        told = {"people": len(value.people), "contacts": len(anew), "destroyed": len(gone)}
        write_event(row, "organisation-kept", role_in(actor, facts), actor.id, told, now)
        if anew or gone:
            scrub_soon.enqueue()
    return row


def begin(
    unit: str, titles: Mapping[str, str], zone: str, actor: Actor, now: datetime,
    owns_plan: bool = False,
) -> Organisation:  # fmt: skip
    """An organisation with nobody in it yet, to be filled in on pages. ``titles``: what the unit
    is called, by language of the plan. Raises Refusal ``not-allowed``, ``organisation-exists``."""
    if Organisation.objects.filter(unit_id=unit).exists():
        raise Refusal("organisation-exists")
    languages = tuple(titles)
    value = shapes.Organisation(
        about=shapes.OrgAbout(id=unit, title=dict(titles), zone=zone, languages=languages),
        units={"whole": shapes.Unit(id="whole", title=dict(titles))},
    )
    return bring(unit, value, actor, now, owns_plan)


def _row(unit: str, text: str, now: datetime) -> Organisation:
    row = Organisation.objects.select_for_update().filter(unit_id=unit).first()
    if row is None:
        row = Organisation(id=f"org-{secrets.token_hex(6)}", unit_id=unit)
    row.text, row.changed = text, now
    row.save()
    return row


def _seal(row: Organisation, person: shapes.Person, private: shapes.Private, now: datetime) -> None:
    _destroy(Card.objects.filter(organisation=row, person=person.id))
    stream = secrets.token_hex(16)
    keys = vault.open_case(stream, b"")
    ref = vault.put(stream, KIND, json.dumps(as_data(private)), now=now, keys=keys)
    last = timezone.localdate(now) + LONGEST
    if person.leaves:
        last = min(last, person.leaves + timedelta(days=1))
    Card.objects.create(
        organisation=row, person=person.id, vault=stream, row=ref.id, destroy_on=last
    )


def _shorten(row: Organisation, value: shapes.Organisation) -> None:
    """Contact data that did not come anew dies earlier if its person leaves earlier now."""
    for card in Card.objects.filter(organisation=row):
        leaves = value.people[card.person].leaves
        if leaves and leaves + timedelta(days=1) < card.destroy_on:
            card.destroy_on = leaves + timedelta(days=1)
            card.save(update_fields=["destroy_on"])


def _destroy(cards: Iterable[Card]) -> int:
    count = 0
    for card in list(cards):
        vault.erase(card.vault)
        card.delete()
        count += 1
    return count


def note_test(
    unit: str,
    person: str,
    channel: str,
    hours: str,
    answered: bool,
    on: date,
    actor: Actor,
    now: datetime,
    owns_plan: bool = False,
) -> ReachTest:
    """Write down a reachability test. Raises Refusal: not-allowed, organisation-unknown,
    person-unknown."""
    facts = PlanFacts(unit, actor.id if owns_plan else None)
    if not may_plan(actor, "write", facts):
        raise Refusal("not-allowed", verb="write")
    with transaction.atomic():
        row = Organisation.objects.select_for_update().filter(unit_id=unit).first()
        value = organisation_value(row)
        if row is None or value is None:
            raise Refusal("organisation-unknown")
        if person not in value.people:
            raise Refusal("person-unknown", person=person)
        test = ReachTest.objects.create(
            organisation=row, person=person, channel=channel, hours=hours,
            answered=answered, on=on,
        )  # fmt: skip
        told = {"channel": channel, "hours": hours, "answered": answered}
        write_event(row, "reachability-tested", role_in(actor, facts), actor.id, told, now)
    return test


# -- the day comes --------------------------------------------------------------------------


def due(now: datetime) -> QuerySet[Card]:
    """The contact data whose day has come, a card a person."""
    return Card.objects.filter(destroy_on__lte=timezone.localdate(now))


def destroy_due(now: datetime) -> int:
    """Destroy the contact data whose day has come; returns of how many people. Call ``scrub``
    afterwards."""
    cards, count = due(now), 0
    for row in Organisation.objects.filter(
        pk__in=set(cards.values_list("organisation", flat=True))
    ):
        with transaction.atomic():
            locked = Organisation.objects.select_for_update().get(pk=row.pk)
            gone = _destroy(cards.filter(organisation=locked))
            write_event(locked, "contacts-destroyed", "system", None, {"people": gone}, now)
        count += gone
    return count


def scrub() -> None:
    """Drive what was destroyed out of the database's files; outside any transaction."""
    if not scrub_after_erasure(also=("plans_card",)):
        log.warning("the database's log is in use; erased bytes leave it at its next checkpoint")


@task()
def scrub_soon() -> None:
    """The job after somebody changed or took out contact data by hand."""
    scrub()


@task()
def destroy_daily() -> int:
    """The job of every day; leaves the next one."""
    now = timezone.now()
    try:
        count = destroy_due(now)
        drop_old(now)
        if count:
            scrub()
        return count
    finally:
        schedule(now + timedelta(days=1))


def schedule(when: datetime) -> None:
    """Leave the job for ``when`` unless one waits already."""
    waiting = DBTaskResult.objects.filter(task_path=destroy_daily.module_path, status="READY")
    if not waiting.exists():
        destroy_daily.using(run_after=when).enqueue()
