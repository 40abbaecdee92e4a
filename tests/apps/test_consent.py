"""Consent: only the complainant's key gives it, each reading shows, and it can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.cases import consenting
from huiyin.cases.acting import Request, by_complainant
from huiyin.cases.consenting import Consent
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.vault import queries as vault
from huiyin.vault.models import IdentityRelease
from tests.apps.office import DECISION, Desk
from tests.apps.office import text as words
from tests.apps.portal_journey import Resident, shown
from tests.people import NOW, Town

WHO = {"name": "Zhao Qiang", "phone": "13800138000", "address": "Lane 3"}
IDENTITY = {"name": "Zhao Qiang", "phone": "13800138000", "own_email": "", "address": "Lane 3"}


def handed_in(town: Town, **more: object) -> tuple[Case, bytes]:
    """A case of Bob's in the works office, and its complainant's key."""
    given, code = town.hand_in(identity=WHO, **more)
    town.act("alice", given.case.number, "accept")
    if "about_unit" not in more:
        town.act("alice", given.case.number, "assign", owner=town.id("bob"))
    return Case.objects.get(pk=given.case.number), receipts.private_key(code)


def acts_of(case: Case) -> list[str]:
    return [event.type for event in history_of(case).events]


def give(case: Case, key: bytes, scope: str = "identity", unit: str = "works") -> None:
    consenting.give(case.number, key, Consent(scope, unit), None, NOW)


def refused(code: str, call: object) -> None:
    with pytest.raises(Refusal) as found:
        call()  # type: ignore[operator]  # a lambda of the test
    assert found.value.code == code


def test_owner_and_head_read_what_was_released_and_nobody_else(town: Town) -> None:
    case, key = handed_in(town)
    give(case, key)
    for name in ("bob", "sun"):
        (one,) = consenting.read(case.number, town.actor(name), NOW)
        assert (one.unit, one.fields) == ("works", WHO)
    for name in ("bella", "alice", "wang", "rao", "omar", "peng", "adam", "otto"):
        # Alice registers the case; to the others it does not exist.
        code = "nothing-released" if name == "alice" else "case-unknown"
        refused(code, lambda name=name: consenting.read(case.number, town.actor(name), NOW))


def test_contact_alone_leaves_the_name_sealed(town: Town) -> None:
    case, key = handed_in(town)
    give(case, key, "contact")
    (one,) = consenting.read(case.number, town.actor("bob"), NOW)
    assert one.fields == {"phone": WHO["phone"], "address": WHO["address"]}
    assert consenting.consents(case)[0].scope == "contact"


def test_each_reading_is_an_event_once_per_person_and_day(town: Town) -> None:
    case, key = handed_in(town)
    give(case, key)
    for _ in range(3):
        consenting.read(case.number, town.actor("bob"), NOW)
    consenting.read(case.number, town.actor("sun"), NOW)
    assert acts_of(case)[-3:] == ["consent", "identity-read", "identity-read"]
    consenting.read(case.number, town.actor("bob"), NOW + timedelta(days=1))
    events = [e for e in history_of(case).events if e.type == "identity-read"]
    assert [(e.role, e.actor) for e in events] == [
        ("owner", town.id("bob")),
        ("supervisor", town.id("sun")),
        ("owner", town.id("bob")),
    ]
    assert events[0].data == {"scope": "identity", "to-unit": "works"}


def test_taking_back_ends_reading_and_rotates_the_key(town: Town) -> None:
    case, key = handed_in(town)
    give(case, key)
    give(case, key, "contact", "wages")
    before, _ = vault.identity_key(case.vault, key)
    consenting.take_back(case.number, key, "works", None, NOW)
    after, _ = vault.identity_key(case.vault, key)
    assert before != after
    assert acts_of(case)[-1] == "consent-withdrawn"
    refused("nothing-released", lambda: consenting.read(case.number, town.actor("bob"), NOW))
    # Sun heads both offices; what the other was told stays readable under the new key.
    (one,) = consenting.read(case.number, town.actor("sun"), NOW)
    assert (one.unit, set(one.fields)) == ("wages", {"phone", "address"})
    assert vault.open_identity_as_complainant(case.vault, key) == WHO


def test_a_replayed_consent_opens_nothing(town: Town) -> None:
    case, key = handed_in(town)
    give(case, key)
    row = IdentityRelease.objects.get()
    consenting.take_back(case.number, key, "works", None, NOW)
    IdentityRelease.objects.create(
        stream=row.stream, recipient=row.recipient, wrap=bytes(row.wrap), created=row.created
    )
    refused("seal-broken", lambda: vault.open_release(case.vault, "unit:works"))


def test_a_consent_crossed_to_another_case_or_unit_opens_nothing(town: Town) -> None:
    case, key = handed_in(town)
    other, _ = handed_in(town)
    give(case, key)
    IdentityRelease.objects.update(stream=other.vault)
    refused("seal-broken", lambda: vault.open_release(other.vault, "unit:works"))
    IdentityRelease.objects.update(stream=case.vault, recipient="unit:wages")
    refused("seal-broken", lambda: vault.open_release(case.vault, "unit:wages"))


def test_only_the_own_code_can_consent(town: Town) -> None:
    case, key = handed_in(town)
    _, foreign = handed_in(town)
    before = acts_of(case)
    refused("seal-broken", lambda: give(case, foreign))
    give(case, key)
    refused(
        "seal-broken",
        lambda: consenting.take_back(case.number, foreign, "works", None, NOW),
    )
    assert acts_of(case) == [*before, "consent"]
    assert vault.told_units(case.vault) == ["works"]
    request = Request("consent", {"scope": "identity", "to-unit": "works"})
    refused("act-has-sealed-half", lambda: by_complainant(case.number, request, NOW))


def test_those_complained_of_can_never_be_told(town: Town) -> None:
    case, key = handed_in(town, about_unit="works")
    refused("unit-complained-of", lambda: give(case, key))
    assert "works" not in consenting.choosable(case)
    assert consenting.choosable(case)[0] == "town"
    # Not even by a row that somebody put there: the reader is asked, not the row.
    give(case, key, unit="town")
    IdentityRelease.objects.update(recipient="unit:works")
    refused("case-unknown", lambda: consenting.read(case.number, town.actor("bob"), NOW))


def test_a_named_unit_is_told_without_seeing_the_case(town: Town) -> None:
    case, key = handed_in(town)
    give(case, key, unit="county")
    from huiyin.people.acts import grant

    grant("chen", "supervisor", "county", NOW.date())
    desk = Desk(town, "chen")
    assert desk.case(case.number).status_code == 404
    page = desk.get("cases:identity", case.number)
    assert page.status_code == 200 and WHO["name"] not in page.content.decode()
    assert acts_of(case)[-1] == "consent"
    answer = desk.client.post(f"/cases/{case.number}/identity/")
    assert WHO["name"] in words(answer) and "lamp" not in words(answer)
    assert acts_of(case)[-1] == "identity-read"


def test_a_reviewer_reads_what_their_own_unit_was_told(town: Town) -> None:
    case, key = handed_in(town)
    day = timedelta(days=1)
    town.act("bob", case.number, "decide", NOW + day, **DECISION)
    town.act("bob", case.number, "deliver", NOW + day)
    town.complainant(case.number, "ask-review", NOW + 2 * day)
    town.act("rao", case.number, "assign-reviewer", NOW + 3 * day, owner=town.id("rao"))
    give(case, key)
    rao = town.actor("rao")
    refused("nothing-released", lambda: consenting.read(case.number, rao, NOW + 4 * day))
    give(case, key, unit="county")
    (one,) = consenting.read(case.number, town.actor("rao"), NOW + 4 * day)
    assert one.fields == WHO
    event = history_of(case).events[-1]
    assert (event.type, event.role) == ("identity-read", "reviewer")
    # Bob decided before; his office being told does not bring him back.
    refused("case-unknown", lambda: consenting.read(case.number, town.actor("bob"), NOW + 4 * day))


def test_scopes_follow_from_what_was_sealed(town: Town) -> None:
    assert consenting.scopes_of(["name"]) == ("identity",)
    assert consenting.scopes_of(["phone"]) == ("identity",)
    assert consenting.scopes_of(["name", "phone"]) == ("contact", "identity")
    assert consenting.scopes_of([]) == ()
    given, code = town.hand_in(identity={"name": "Zhao Qiang"})
    key = receipts.private_key(code)
    refused("consent-scope-unknown", lambda: give(given.case, key, "contact"))
    refused("consent-scope-unknown", lambda: give(given.case, key, "everything"))
    anonymous, code = town.hand_in()
    refused("identity-absent", lambda: give(anonymous.case, receipts.private_key(code)))
    refused("unit-unknown", lambda: give(given.case, key, unit="moon"))


def test_pages_give_show_and_take_back(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in(reach={"reach": ["identity"]}, identity=IDENTITY)
    now = timezone.now()
    town.act("alice", case.number, "accept", now)
    town.act("alice", case.number, "assign", now, owner=town.id("bob"))
    page = resident.get("/follow/consent/")
    assert "Nobody of the office" in shown(page) and "Zhao" not in page.content.decode()
    assert "Works office (handles your case)" in shown(page)
    assert resident.post("/follow/consent/", {"seen": "1"}).status_code == 422
    form = {"scope": "identity", "unit": "works", "seen": resident.seen("/follow/consent/")}
    for _ in range(2):  # pressed twice
        assert resident.post("/follow/consent/", form).status_code == 302
    assert acts_of(case).count("consent") == 1
    assert "everything I left under seal" in shown(resident.get("/follow/consent/"))
    desk = Desk(town, "bob")
    assert "Released by the complainant: Town · Works office" in words(desk.case(case.number))
    assert "Zhao" not in words(desk.case(case.number))
    answer = desk.client.post(f"/cases/{case.number}/identity/")
    assert "Zhao Qiang" in words(answer) and answer["Cache-Control"] == "no-store, private"
    follow = shown(resident.get("/follow/"))
    assert "Identity read with consent" in follow and "The person handling your case" in follow
    back = {"unit": "works", "seen": resident.seen("/follow/consent/")}
    for _ in range(2):
        assert resident.post("/follow/consent/take-back/", back).status_code == 302
    assert acts_of(case).count("consent-withdrawn") == 1
    # Who handles the case is told that nothing is released any more, not that there is no case.
    gone = desk.client.post(f"/cases/{case.number}/identity/")
    assert gone.status_code == 404 and "nothing is released that you may read" in words(gone)
    stranger = Desk(town, "wang").client.post(f"/cases/{case.number}/identity/")
    assert stranger.status_code == 404 and "that you may see" in words(stranger)


def test_who_has_read_it_stands_where_who_knows_it_is_told_for_ever(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in(reach={"reach": ["identity"]}, identity=IDENTITY)
    now = timezone.now()
    town.act("alice", case.number, "accept", now)
    town.act("alice", case.number, "assign", now, owner=town.id("bob"))

    def knows() -> str:
        return shown(resident.get("/follow/")).split("Who knows who you are")[1]

    form = {"scope": "contact", "unit": "works", "seen": resident.seen("/follow/consent/")}
    assert resident.post("/follow/consent/", form).status_code == 302
    assert "Nobody has opened it. If" in knows() and "It was read with your consent" not in knows()
    assert Desk(town, "bob").client.post(f"/cases/{case.number}/identity/").status_code == 200
    read = "The person handling your case · Only how to be reached · Works office"
    assert read in knows() and "Nobody has opened it without your consent." in knows()
    assert "Nobody has opened it. If" not in knows()
    back = {"unit": "works", "seen": resident.seen("/follow/consent/")}
    assert resident.post("/follow/consent/take-back/", back).status_code == 302
    assert read in knows()
    gone = {"do": "erase", "seen": resident.seen("/follow/contact/")}
    assert resident.post("/follow/contact/", gone).status_code == 302
    assert read in knows() and "You erased what you had left." in knows()
    assert "You left no name" not in knows()


def test_a_page_overtaken_changes_nothing_and_says_what_is_new(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in(reach={"reach": ["identity"]}, identity=IDENTITY)
    seen = resident.seen("/follow/consent/")
    town.act("alice", case.number, "accept", timezone.now())
    form = {"scope": "contact", "unit": "works", "seen": seen}
    answer = resident.post("/follow/consent/", form)
    assert answer.status_code == 409 and "Accept" in shown(answer)
    assert vault.told_units(case.vault) == []
    again = {**form, "seen": resident.seen("/follow/consent/")}
    assert resident.post("/follow/consent/", again).status_code == 302


def test_without_an_open_case_there_is_no_page(town: Town) -> None:
    resident = Resident()
    assert resident.get("/follow/consent/").status_code == 401
    assert resident.post("/follow/consent/").status_code == 401
    assert resident.post("/follow/consent/take-back/").status_code == 401
    resident.hand_in()
    assert "You left nothing under seal" in shown(resident.get("/follow/consent/"))
