"""Who opened or read what was sealed: the supervisors' list, and the complainant's timeline."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from huiyin.cases import access_log, consenting
from huiyin.cases.access_log import looks
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.history.models import SEALED_ACTS
from huiyin.packs import ids, load
from tests.apps.office import Desk, text
from tests.people import NOW, Town

WHO = {"name": "Zhao Qiang", "phone": "13800138000"}


def told(town: Town, unit: str = "works", reader: str = "bob", **more: object) -> str:
    """A case whose complainant lets ``unit`` know; the reader has read it."""
    given, code = town.hand_in(identity=WHO, **more)
    number = given.case.number
    if reader in ("bob", "bella"):
        town.act("alice", number, "accept")
        town.act("alice", number, "assign", owner=town.id(reader))
    consent = consenting.Consent("identity", unit)
    consenting.give(number, receipts.private_key(code), consent, None, NOW)
    assert consenting.read(number, town.actor(reader), NOW)
    return number


def test_a_supervisor_sees_who_read_what_and_nothing_that_was_read(town: Town) -> None:
    number = told(town)
    (look,) = looks(town.actor("sun"))
    assert (look.number, look.actor, look.unit) == (number, town.id("bob"), "works")
    page = Desk(town, "sun").get("cases:openings")
    said = text(page)
    assert number in said and "Bob" in said and "Works office" in said
    assert "Identity read with consent" in said
    for private in (*WHO.values(), "lamp by the bridge"):
        assert private not in page.content.decode()
    assert "Openings and readings" in Desk(town, "sun").get("cases:desk").content.decode()
    assert "Openings and readings" not in Desk(town, "bob").get("cases:desk").content.decode()


def test_only_supervisors_and_only_of_what_is_theirs(town: Town) -> None:
    told(town)
    for name in ("bob", "alice", "rao", "adam", "audrey", "peng", "otto"):
        with pytest.raises(Refusal, match="not-allowed"):
            looks(town.actor(name))
    assert looks(town.actor("susan")) == []
    assert "Nobody has opened" in text(Desk(town, "susan").get("cases:openings"))


def test_nobody_learns_here_of_a_complaint_about_their_own_unit(town: Town) -> None:
    # About the town itself: the county's reviewer supervises nothing; Sun is complained of.
    given, code = town.hand_in(identity=WHO, about_unit="town")
    consent = consenting.Consent("identity", given.case.unit_id)
    consenting.give(given.case.number, receipts.private_key(code), consent, None, NOW)
    from huiyin.people.acts import grant
    from tests.people import SINCE

    grant("rao", "supervisor", "county", SINCE)
    assert consenting.read(given.case.number, town.actor("rao"), NOW)
    assert len(looks(town.actor("rao"))) == 1
    assert looks(town.actor("sun")) == []


def test_the_supervisor_of_the_unit_told_sees_the_reading_but_no_link_to_the_case(
    town: Town,
) -> None:
    number = told(town, unit="repairs", reader="susan")
    (look,) = looks(town.actor("susan"))
    assert (look.number, look.readable) == (number, False)
    page = Desk(town, "susan").get("cases:openings").content.decode()
    assert number in page and reverse("cases:case", args=[number]) not in page


def test_pages_go_on_where_the_last_ended(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "PAGE", 2)
    monkeypatch.setattr("huiyin.cases.views.access_log.PAGE", 2)
    numbers = [told(town) for _ in range(5)]
    seen: list[str] = []
    address = reverse("cases:openings")
    client = Desk(town, "sun").client
    for _ in range(3):
        page = client.get(address)
        seen += [row["look"].number for row in page.context["rows"]]
        address = reverse("cases:openings") + page.context["older"]
    assert seen == numbers[::-1]
    assert client.get(reverse("cases:openings") + "?from=x").status_code == 200


def test_the_complainant_sees_the_same_in_the_timeline(town: Town) -> None:
    from huiyin.cases.models import Case
    from huiyin.cases.queries import history_of
    from huiyin.cases.story import Reader, tell

    number = told(town)
    case = Case.objects.get(pk=number)
    entries = tell(case, history_of(case), Reader("complainant", "en"), NOW).entries
    (read,) = [entry for entry in entries if entry.act == "identity-read"]
    (look,) = looks(town.actor("sun"))
    assert look.title == read.title == "Identity read with consent", "what was done, in both"


def test_every_sealed_act_of_staff_is_in_the_log() -> None:
    """A later act on sealed things that staff can do must not be forgotten here."""
    others = {"erased", "consent", "consent-withdrawn", "co-sign"}
    for name in ids():
        sealed = {
            rule.id
            for rule in load(name).acts.values()
            if rule.sealed and rule.by - {"complainant", "system"}
        }
        assert sealed - others <= set(SEALED_ACTS), name


@pytest.mark.django_db
def test_the_log_costs_what_was_opened_not_what_exists() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the plan of a small table says nothing on PostgreSQL")
    named = ", ".join(f"'{act}'" for act in SEALED_ACTS)
    with connection.cursor() as cursor:
        cursor.execute(
            'EXPLAIN QUERY PLAN SELECT "stream", "body" FROM "history_event" WHERE '
            f'"history_event"."type" IN ({named}) AND "index" < 9 ORDER BY "index" DESC LIMIT 9'
        )
        plan = str(cursor.fetchall())
    assert "history_sealed_acts" in plan, plan
