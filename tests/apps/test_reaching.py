"""How a complainant can be reached, changed after the hand-in; and the unit told of a consent."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from huiyin.cases import consenting, erasing, reaching
from huiyin.cases.contact import contact_of, notice_of
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.rebuilding import rebuild
from huiyin.cases.released import told_to
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.post.tasks import send_notice
from huiyin.vault import files as vault_files
from huiyin.vault import officers
from huiyin.vault import queries as vault
from huiyin.vault.models import Content
from tests.apps import files_world as world
from tests.apps.office import Desk, text
from tests.apps.portal_journey import Resident, shown
from tests.people import NOW, Town

WHO = {"name": "Zhao Qiang", "phone": "13800138000"}
DAY = timedelta(days=1)
ASKED = dict.fromkeys(("name", "phone", "own_email", "address"), "")


def case_of(town: Town, **more: object) -> tuple[Case, bytes]:
    given, code = town.hand_in(**more)
    return given.case, receipts.private_key(code)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def types(case: Case) -> list[str]:
    return [event.type for event in history_of(case).events]


def refused(code: str, call: object, *args: object) -> None:
    with pytest.raises(Refusal) as caught:
        call(*args)  # type: ignore[operator]
    assert caught.value.code == code


def test_an_identity_is_left_later_and_erased_again(town: Town) -> None:
    case, key = case_of(town)
    assert case.contact == "none"
    reaching.seal_identity(case.number, key, WHO, None, NOW)
    assert fresh(case).contact == "identity"
    assert vault.open_identity_as_complainant(case.vault, key) == WHO
    reaching.erase_identity(case.number, key, None, NOW)
    assert fresh(case).contact == "none" and not vault.has_identity(case.vault)
    refused("identity-absent", reaching.erase_identity, case.number, key, None, NOW)
    assert types(case)[1:] == ["identity-sealed", "identity-erased"]
    for row in history_of(case).stored:
        assert b"Zhao" not in row.body and b"13800138000" not in row.body


@pytest.mark.parametrize("named", [False, True])
def test_files_stay_with_their_complainant_whatever_is_left_or_erased(
    town: Town, named: bool
) -> None:
    """The originals lie under the identity key, which is replaced each time."""
    case, code = world.with_photo(town, **({"identity": WHO} if named else {}))
    key = receipts.private_key(code)
    (file,) = world.files(case)

    def original() -> bytes:
        return vault_files.as_complainant(case.vault, key).original(UUID(file.facts.id))

    before = original()
    reaching.seal_identity(case.number, key, {"name": "Zhao Er"}, None, NOW)
    assert vault.open_identity_as_complainant(case.vault, key) == {"name": "Zhao Er"}
    assert original() == before
    reaching.erase_identity(case.number, key, None, NOW)
    assert vault.open_identity_as_complainant(case.vault, key) == {}
    assert original() == before and fresh(case).contact == "none"
    refused("identity-absent", reaching.erase_identity, case.number, key, None, NOW)


def test_a_later_identity_ends_consents_to_the_earlier(town: Town) -> None:
    case, key = case_of(town, identity=WHO)
    consenting.give(case.number, key, consenting.Consent("identity", "works"), None, NOW)
    reaching.seal_identity(case.number, key, {"name": "Zhao Qiang", "phone": ""}, None, NOW)
    assert consenting.consents(fresh(case)) == ()
    assert vault.open_identity_as_complainant(case.vault, key) == {"name": "Zhao Qiang"}


def test_only_the_holder_of_this_cases_code_changes_it(town: Town) -> None:
    case, key = case_of(town, identity=WHO)
    _, other = case_of(town)
    refused("seal-broken", reaching.seal_identity, case.number, other, WHO, None, NOW)
    refused("seal-broken", reaching.erase_identity, case.number, other, None, NOW)
    refused("identity-empty", reaching.seal_identity, case.number, key, {"name": ""}, None, NOW)
    seen = history_of(case).state.seq
    reaching.seal_identity(case.number, key, WHO, seen, NOW)
    refused("stale", reaching.seal_identity, case.number, key, WHO, seen, NOW)
    assert vault.open_identity_as_complainant(case.vault, key) == WHO


def test_a_bare_act_cannot_claim_any_of_it(town: Town) -> None:
    case, _ = case_of(town)
    for act in ("identity-sealed", "identity-erased", "notice-set", "notice-stopped"):
        refused("act-has-sealed-half", town.complainant, case.number, act)
        refused("act-has-sealed-half", town.act, "alice", case.number, act)


def test_notices_go_to_the_newest_address_and_stop(town: Town) -> None:
    case, _ = case_of(town, contact={"email": "old@example.org"})
    town.act("alice", case.number, "accept")
    reaching.set_notice(case.number, "new@example.org", None, NOW)
    assert fresh(case).contact == "notice"
    DBTaskResult.objects.all().delete()
    town.act("alice", case.number, "reply", message="We are looking into it.")
    (job,) = DBTaskResult.objects.all()
    assert send_notice.func(**_arguments(job)) == "sent"
    assert [message.to for message in mail.outbox] == [["new@example.org"]]
    reaching.stop_notice(case.number, None, NOW)
    assert fresh(case).contact == "none" and notice_of(history_of(case).events) is None
    assert not Content.objects.filter(stream=case.vault, kind="contact").exists()
    town.act("alice", case.number, "reply", message="It is repaired.")
    assert DBTaskResult.objects.count() == 1, "no further notice"
    # A notice that was waiting when the address went finds nothing to send to.
    assert send_notice.func(**_arguments(job)) == "erased"
    refused("notice-absent", reaching.stop_notice, case.number, None, NOW)
    refused("email-malformed", reaching.set_notice, case.number, "not an address", None, NOW)


def _arguments(job: DBTaskResult) -> dict[str, object]:
    args, kwargs = job.args_kwargs["args"], job.args_kwargs["kwargs"]
    names = ("number", "vault_stream", "address", "language", "failed")
    return {**dict(zip(names, args, strict=False)), **kwargs}


def test_rebuilding_finds_the_same(town: Town) -> None:
    case, key = case_of(town, identity=WHO)
    for change in (
        lambda: reaching.erase_identity(case.number, key, None, NOW),
        lambda: reaching.set_notice(case.number, "a@example.org", None, NOW),
        lambda: reaching.seal_identity(case.number, key, WHO, None, NOW),
    ):
        change()
        assert rebuild(case.number) == ()
    assert contact_of(history_of(case).events) == "identity"


def test_after_erasure_nobody_is_told_that_something_is_sealed(town: Town) -> None:
    """Both sides still read “sealed” when there was nothing left to open."""
    resident = Resident()
    identity = {"name": "Zhao Qiang", "phone": "", "own_email": "", "address": ""}
    case, _ = resident.hand_in(reach={"reach": ["identity"]}, identity=identity)
    assert resident.post("/follow/act/withdraw/", {"seen": resident.seen()}).status_code == 302
    lapse = erasing.lapse_of(fresh(case), timezone.now())
    assert lapse is not None
    erasing.erase(case.number, lapse.due)
    assert fresh(case).contact == "erased" and rebuild(case.number) == ()
    page = shown(resident.get("/follow/"))
    assert "has been erased on schedule" in page
    for gone in ("Show what I left under seal", "Let a unit know", "Change how I can be reached"):
        assert gone not in page
    office = text(Desk(town, "alice").case(case.number))
    assert "Erased on schedule" in office and "Sealed. It opens" not in office
    page = resident.post("/follow/contact/", {"do": "seal", "seal-name": "Zhao"})
    assert page.status_code == 410, shown(page)


# -- the page ------------------------------------------------------------------------------------


def test_the_page_from_nothing_to_everything_and_back(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    path = "/follow/contact/"
    assert "Nothing lies under seal." in shown(resident.get(path))

    def send(**fields: str) -> int:
        return resident.post(path, {"seen": resident.seen(path), **fields}).status_code

    assert send(**{"do": "seal", "seal-name": "Zhao Qiang", "seal-phone": "13800138000"}) == 302
    assert send(**{"do": "notice", "notice-email": "zhao@example.org"}) == 302
    page = resident.get(path)
    assert 'value="Zhao Qiang"' in page.content.decode() and "no-store" in page["Cache-Control"]
    assert "zhao@example.org" not in page.content.decode(), "shown to nobody, not here either"
    assert "Zhao Qiang" in shown(resident.get("/follow/identity/"))
    assert "Identity left under seal" in shown(resident.get("/follow/"))
    assert send(do="seal") == 422
    assert send(**{"do": "notice", "notice-email": "nothing"}) == 422
    assert send(do="erase") == 302 and send(do="stop") == 302
    assert send(do="stop") == 409
    assert "Nothing lies under seal." in shown(resident.get(path))
    assert "You erased what you had left" in shown(resident.get("/follow/"))
    assert fresh(case).contact == "none"


def test_both_pages_say_when_only_the_code_will_open_it(town: Town) -> None:
    def warned(resident: Resident) -> bool:
        said = ["only your code can open" in shown(resident.get(path)) for path in pages]
        assert len(set(said)) == 1, said
        return said[0]

    pages = ("/hand-in/identity/", "/follow/contact/")
    resident = Resident()
    resident.hand_in()
    resident.answer(reach={"reach": ["identity"]}, identity={**ASKED, "name": "Zhao Qiang"})
    assert warned(resident)
    for role in officers.ROLES:
        officers.create_officer_key(role, "lantern river seven quiet maps", now=NOW)
    assert not warned(resident)


def test_what_the_page_does_not_ask_for_stays(town: Town) -> None:
    given, code = town.hand_in(identity={**WHO, "messenger": "zq77"})
    resident = Resident()
    resident.open(code.text)
    form = {"do": "seal", "seen": resident.seen("/follow/contact/"), "seal-name": "Zhao"}
    assert resident.post("/follow/contact/", form).status_code == 302
    held = vault.open_identity_as_complainant(given.case.vault, receipts.private_key(code))
    assert held == {"name": "Zhao", "messenger": "zq77"}


def test_overtaken_it_changes_nothing_and_says_what_is_new(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    seen = resident.seen("/follow/contact/")
    town.act("alice", case.number, "accept")
    form = {"do": "seal", "seen": seen, "seal-name": "Zhao Qiang"}
    page = resident.post("/follow/contact/", form)
    assert page.status_code == 409 and "Zhao Qiang" in page.content.decode()
    assert not vault.has_identity(case.vault)


# -- the unit that is told -----------------------------------------------------------------------


def consent(
    case: Case, key: bytes, unit: str, scope: str = "identity", now: datetime = NOW
) -> None:
    consenting.give(case.number, key, consenting.Consent(scope, unit), None, now)


def test_the_named_unit_learns_that_it_may_know(town: Town) -> None:
    case, key = case_of(town, identity=WHO)
    consent(case, key, "repairs")
    (told,) = told_to(town.actor("susan"))
    assert (told.number, told.unit, told.unread) == (case.number, "repairs", True)
    desk = Desk(town, "susan")
    assert "1 complainant has let your unit know" in text(desk.get("cases:desk"))
    page = desk.get("cases:released").content.decode()
    assert case.number in page and "not read yet" in page and "Zhao" not in page
    for name in ("omar", "ruth", "stella", "sun", "bob", "rao", "otto", "peng"):
        assert told_to(town.actor(name)) == [], name
    assert consenting.read(case.number, town.actor("susan"), NOW)
    assert [one.unread for one in told_to(town.actor("susan"))] == [False]
    assert "has let your unit know" not in text(desk.get("cases:desk"))
    # A second consent is news again; taken back, it is none at all.
    consent(case, key, "repairs", "contact", NOW + DAY)
    assert rebuild(case.number) == ()
    assert [(o.unread, o.scope) for o in told_to(town.actor("susan"))] == [(True, "contact")]
    consenting.take_back(case.number, key, "repairs", None, NOW + DAY)
    assert told_to(town.actor("susan")) == []
    assert "Nobody has let your unit know" in text(desk.get("cases:released"))


def test_the_owner_is_told_and_whoever_is_excluded_is_not(town: Town) -> None:
    case, key = case_of(town, identity=WHO)
    town.act("alice", case.number, "accept")
    town.act("alice", case.number, "assign", owner=town.id("bob"))
    consent(case, key, "works")
    assert len(told_to(town.actor("bob"))) == len(told_to(town.actor("sun"))) == 1
    assert told_to(town.actor("bella")) == []
    town.act("bob", case.number, "recuse", reason="My cousin lives there.")
    assert told_to(town.actor("bob")) == []
    assert "has let your unit know" not in text(Desk(town, "bob").get("cases:desk"))
