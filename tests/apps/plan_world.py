"""A plan of the works office made by Bob, with the people behind it, for the tests of pages."""

from __future__ import annotations

from django.test import Client

from huiyin import plans as data
from huiyin.domain.plans.reading import read_organisation, read_plan
from huiyin.plans import acts, contacts
from huiyin.plans.models import Plan
from tests.apps.matrix_world import BACKEND
from tests.people import NOW, Town

EXAMPLE = data.examples()[0]


def browser(town: Town, name: str) -> Client:
    """A browser with one of the cast signed in."""
    client = Client()
    client.force_login(town.users[name], BACKEND)
    return client


def make(town: Town, *, organisation: bool = True) -> Plan:
    """The example as a plan of the works office, owned by Bob; Sun brings the organisation."""
    value = read_plan(data.example(EXAMPLE)[0], "plan")[0]
    row = acts.create("works", value, town.actor("bob"), NOW)
    if organisation:
        behind = read_organisation(data.example(EXAMPLE)[1], "organisation")[0]
        contacts.bring("works", behind, town.actor("sun"), NOW)
    return row


def signs_as() -> str:
    """A post of the example as which somebody may approve."""
    organisation = read_organisation(data.example(EXAMPLE)[1], "organisation")[0]
    return next(iter(organisation.posts))


def moved(plan: Plan) -> int:
    """How many events the plan has by now."""
    return Plan.objects.get(pk=plan.pk).seq


def path(plan: Plan, rest: str = "") -> str:
    """The address of one of the plan's pages."""
    return f"/plans/{plan.pk}/{rest}"


def as_posted(form: object) -> dict[str, object]:
    """What a browser would send back of a form that nobody touched."""
    found: dict[str, object] = {}
    for bound in form:  # type: ignore[attr-defined]
        value = bound.value()
        if value is True:
            found[bound.html_name] = "on"
        elif value not in (None, False):
            found[bound.html_name] = value
    return found
