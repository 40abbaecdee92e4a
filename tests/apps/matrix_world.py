"""The world of the permission matrix: five cases in different relations to the cast.

Each holds its own planted sentence and one planted identity; whoever finds the sentence in an
answer has read the case, and nobody may ever find the identity or the notice address.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from unittest import mock

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver

from huiyin import plans
from huiyin.domain.plans.reading import read_organisation, read_plan
from huiyin.people.acts import grant
from huiyin.people.models import User
from huiyin.plans import acts as plan_acts
from huiyin.plans import contacts
from tests.apps import roster_world
from tests.people import CAST as EVERYDAY
from tests.people import NOW, PASSWORD, SINCE, Town

IDENTITY = "Heron-of-Crane-Bridge"
ADDRESS = "heron@crane-bridge.example"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ANYBODY = "anybody"  # not signed in
# The role that keeps plans and handles no case, beside the cast of all other tests.
CAST = {**EVERYDAY, "pia": ("plan_owner", "works")}
PEOPLE = (ANYBODY, *CAST)
ROSTER = "roster-000000000000"
DECISION = {
    "facts": "The lamp is dark.",
    "reasons": "The town answers for lamps.",
    "basis": "City rules, art. 1.",
    "remedy": "Ten days.",
    "finding": "supported",
}


def planted(relation: str) -> str:
    """The sentence that only the case of this relation contains."""
    return f"The {relation} lamp hums like a heron."


@dataclass
class World:
    """The cast with the numbers of the cases by relation."""

    town: Town
    numbers: dict[str, str]
    plan: str
    clients: dict[str, Client] = field(default_factory=dict)


def build(town: Town) -> World:
    """Hand in and move the five cases.

    own: with Bob of the works office. unowned: there, nobody's yet. complained: about the
    works office, so one level up. review: decided by Bob, with Rao of the county. other: a
    landlord's case in another organisation, with Omar.
    """
    sealed = {"identity": {"name": IDENTITY}, "contact": {"email": ADDRESS}}
    numbers = {}
    for relation, where in RELATIONS.items():
        given, _ = town.hand_in(**{**sealed, "text": planted(relation), **where})
        numbers[relation] = given.case.number
    for relation in ("own", "review"):
        town.act("alice", numbers[relation], "accept")
        town.act("alice", numbers[relation], "assign", owner=town.id("bob"))
    town.act("bob", numbers["own"], "summary", summary=f"{planted('own')} In short.")
    town.act("ruth", numbers["other"], "assign", owner=town.id("omar"))
    reviewed(town, numbers["review"])
    with mock.patch("huiyin.rosters.acts.secrets.token_hex", return_value="0" * 12):
        roster_world.build(town)
    town.users["pia"] = User.objects.create(username="pia", display_name={"en": "Pia"})
    grant("pia", "plan_owner", "works", since=SINCE)
    # One hash for all: an account without a password is sent elsewhere by the sign-in pages.
    User.objects.update(password=make_password(PASSWORD))
    for user in town.users.values():
        user.refresh_from_db()
    return World(town, numbers, _plan(town))


def _plan(town: Town) -> str:
    """A plan of the works office, owned by Bob, with the people behind it."""
    name = plans.examples()[0]
    value = read_plan(plans.example(name)[0])[0]
    contacts.bring("works", read_organisation(plans.example(name)[1])[0], town.actor("sun"), NOW)
    return plan_acts.create("works", value, town.actor("bob"), NOW).pk


RELATIONS: dict[str, dict[str, str]] = {
    "own": {},
    "unowned": {},
    "complained": {"about_unit": "works"},
    "review": {},
    "other": {"category": "damp", "place": "vale"},
}


def reviewed(town: Town, number: str) -> None:
    """Bob decides, the complainant asks for review, Rao of the county takes it."""
    day = timedelta(days=1)
    town.act("bob", number, "decide", NOW + day, **DECISION)
    town.act("bob", number, "deliver", NOW + day)
    town.complainant(number, "ask-review", NOW + 2 * day, message="Not repaired.")
    town.act("rao", number, "assign-reviewer", NOW + 3 * day, owner=town.id("rao"))


def routes() -> list[str]:
    """Every address pattern there is, pages and API operations alike."""
    return sorted(_walk(get_resolver(), ""))


def _walk(resolver: Any, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path
        else:
            yield from _walk(pattern, path)


def client_of(world: World, name: str) -> Client:
    """A browser with one of the cast signed in, or nobody."""
    if name not in world.clients:
        client = world.clients[name] = Client()
        client.raise_request_exception = False
        if name != ANYBODY:
            client.force_login(world.town.users[name], BACKEND)
    return world.clients[name]


def ask(client: Client, method: str, path: str) -> HttpResponse:
    """One request whose traces, in the database and in the browser, are taken back."""
    with _undone(client):
        if method == "POST" and path.startswith("/api/"):
            return client.post(path, {"act": "note"}, content_type="application/json")
        return client.generic(method, path, **_form(method))


def _form(method: str) -> dict[str, str]:
    return {"content_type": "application/x-www-form-urlencoded"} if method == "POST" else {}


@contextmanager
def _undone(client: Client) -> Iterator[None]:
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies)
