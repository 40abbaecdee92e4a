"""Whoever is excluded from a case finds nothing of it at any address, in any organisation.

``test_access_rows`` holds the queries to the rule in drawn organisations; here real lives of cases
are played in them, and every excluded member of staff asks every address that speaks of cases:
pages, API, search, letters, lists, officers. Jobs leave rows, which say nothing of the case either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from huiyin.cases.models import Case, OpeningRequest
from huiyin.cases.queries import facts_of, history_of
from huiyin.cases.search import index_summary
from huiyin.domain.access import (
    CASE_ROLES,
    PRIVACY_OFFICER,
    Actor,
    excluded,
    roles_on,
)
from huiyin.people import acts
from huiyin.people.directory import touch
from huiyin.people.models import Membership
from huiyin.people.queries import actor_of
from tests import strategies_cases as s
from tests.apps import matrix_world as matrix
from tests.apps.test_permissions import TABLE, path_of
from tests.people import CAST, NOW, SINCE, Town

PLANT = "The kingfisher lamp hums at the weir."
WHO = {"name": "Heron-of-Crane-Bridge"}
PEOPLE = [name for name, (role, _) in CAST.items() if role]
UNITS = ("works", "wages", "town", "county")
# After the complaint, before it, or still there.
ENDS = (None, None, (NOW + timedelta(days=5)).date(), (NOW - timedelta(days=60)).date())
LISTS = (
    *("desk/", "desk/recusal/", "desk/released/", "desk/comments/", "desk/openings/"),
    *("desk/find/", "officers/", "api/v1/desk", "api/v1/search"),
)
OF_A_CASE = sorted(route for route in TABLE if "number>" in route)
some = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@dataclass(frozen=True)
class Role:
    """One more role of one of the cast, and its last day."""

    person: str
    role: str
    unit: str
    until: date | None


roles = st.lists(
    st.builds(
        Role,
        st.sampled_from(PEOPLE),
        st.sampled_from(CASE_ROLES),
        st.sampled_from(UNITS),
        st.sampled_from(ENDS),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: (one.person, one.role, one.unit),
)
# She supervises the town, and was of the works office when the complaint about it came.
LEFT = Role("sun", "owner", "works", ENDS[2])
holders = st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True)


def test_nothing_of_the_case_at_any_address(town: Town) -> None:
    met: set[str] = set()
    acts.add_post("head", {"en": "Head"}, "works")

    @some
    @given(
        more=roles,
        held=holders,
        about=st.sampled_from([None, *UNITS]),
        post=st.sampled_from([None, "head"]),
        life=s.lives,
    )
    @example(more=[LEFT], held=["bob"], about="works", post=None, life=[])
    @example(more=[], held=["bob"], about=None, post="head", life=[])
    def everywhere(
        more: list[Role], held: list[str], about: str | None, post: str | None, life: list[s.Move]
    ) -> None:
        with transaction.atomic():
            _people(town, more, held)
            case = _case(town, about, post, life)
            _nobody_finds(town, case, met)
            transaction.set_rollback(True)

    everywhere()
    assert met >= {"complained-of-unit", "complained-of-post", "left", "reads"}


def _people(town: Town, more: list[Role], held: list[str]) -> None:
    for one in more:
        Membership.objects.get_or_create(
            user=town.users[one.person],
            role=one.role,
            unit_id=one.unit,
            since=date(2021, 1, 1),
            defaults={"until": one.until},
        )
    for name in held:
        acts.hold_post(name, "head", SINCE)
    touch()


def _case(town: Town, about: str | None, post: str | None, life: list[s.Move]) -> Case:
    given_, _ = town.hand_in(
        text=PLANT, about_unit=about, about_post=post, identity=WHO, contact={"email": "a@b.org"}
    )
    number = given_.case.number
    s.live(town, number, life, NOW)
    case = Case.objects.get(pk=number)
    case.summary = f"{PLANT} In short."
    Case.objects.filter(pk=number).update(summary=case.summary)
    index_summary(case)
    return case


def _nobody_finds(town: Town, case: Case, met: set[str]) -> None:
    facts = facts_of(case, history_of(case).state)
    today = timezone.localdate()
    for name in PEOPLE:
        actor = actor_of(town.users[name].pk, today)
        why = excluded(actor, facts)
        if why is None:
            met |= {"reads"} if _reads(town, name, case, bool(roles_on(actor, facts))) else set()
            continue
        _asked_by_officer(case, actor, town)
        met |= {why} | ({"left"} if case.about_unit_id in dict(actor.left) else set())
        client = _browser(town, name)
        for path in _paths(case):
            _says_nothing(client, path, case.number, (name, why, path))
    for row in DBTaskResult.objects.all():
        # The only job is the notice, and the only one it can reach is who handed in.
        assert row.task_path.startswith("huiyin.post.tasks."), row.task_path
        said = str(row.args_kwargs)
        assert not [word for word in (PLANT, WHO["name"], "a@b.org") if word in said]


def _browser(town: Town, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(town.users[name], matrix.BACKEND)
    return client


def _reads(town: Town, name: str, case: Case, may: bool) -> bool:
    """Whoever may read finds the case where the others do not: the search below is not blind."""
    if not may:
        return False
    page = _browser(town, name).get(f"/cases/{case.number}/").content.decode()
    assert PLANT in page, name
    return True


def _asked_by_officer(case: Case, actor: Actor, town: Town) -> None:
    """A request of the other officer, which an excluded officer must not find either."""
    free = "olga" if actor.has(PRIVACY_OFFICER) else "peng"
    other = actor_of(town.users[free].pk, timezone.localdate())
    if excluded(other, facts_of(case, history_of(case).state)):
        return
    OpeningRequest.objects.get_or_create(
        number=case.number,
        defaults={
            "purpose": "open",
            "role": PRIVACY_OFFICER,
            "first_id": int(other.id),
            "asked": timezone.now(),
            "generation": 1,
            "wrap": b"x",
            "reason": b"x",
        },
    )


def _paths(case: Case) -> list[str]:
    words = {"desk/find/": ("kingfisher", case.number), "api/v1/search": ("kingfisher",)}
    lists = [
        f"/{route}?q={word}" if word else f"/{route}"
        for route in LISTS
        for word in words.get(route, ("",))
    ]
    return [*lists, *(path_of(route, case.number) for route in OF_A_CASE)]


def _says_nothing(client: Client, path: str, number: str, said: object) -> None:
    for method in ("GET", "POST"):
        answer = matrix.ask(client, method, path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        page = text.decode("utf-8", "replace")
        assert PLANT not in page and WHO["name"] not in page, said
        if "?q=" in path:  # the question itself is shown again
            assert f"/cases/{number}/" not in page, said
        elif number not in path:
            assert number not in page, said
        else:
            assert answer.status_code in (302, 403, 404, 405), (said, answer.status_code)


@pytest.mark.parametrize("route", LISTS)
def test_the_lists_are_addresses_that_there_are(route: str) -> None:
    assert route in TABLE
