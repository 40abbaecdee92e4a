"""Opening without consent: two officers, two sessions, a reason, and the complainant sees it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from huiyin.cases import opening
from huiyin.cases.models import Case, OpeningRequest
from huiyin.cases.opening import Asking
from huiyin.cases.projection import columns
from huiyin.cases.queries import history_of
from huiyin.cases.story import Reader, tell
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.people.acts import grant
from huiyin.vault import officers
from huiyin.vault import queries as vault
from tests import planted_files
from tests.apps import files_world as world
from tests.apps.office import text as words
from tests.apps.portal_journey import Resident, shown
from tests.people import NOW, PASSWORD, SINCE, Town

WHO = {"name": "Zhao Qiang", "phone": "13800138000"}
WORDS = {
    "privacy_officer": "lantern river seven quiet maps",
    "ombudsman": "heron bridge eleven slow bells",
}
REASON = "The writer says that somebody is held against their will."


@pytest.fixture
def keyed(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town with both officers' keys; passphrases stretched quickly, as that is not tested."""
    import hashlib

    def quick(passphrase: str, salt: bytes) -> bytes:
        return hashlib.sha256(salt + passphrase.encode()).digest()

    monkeypatch.setattr("huiyin.domain.sealing._from_passphrase", quick)
    for role, passphrase in WORDS.items():
        officers.create_officer_key(role, passphrase, now=NOW)
    return town


def sealed_case(town: Town, **more: object) -> tuple[Case, receipts.Code]:
    given, code = town.hand_in(identity=WHO, **more)
    return given.case, code


def ask(town: Town, case: Case, name: str = "peng", **more: Any) -> OpeningRequest:
    role = "privacy_officer" if name == "peng" else "ombudsman"
    asked = {"purpose": "open", "reason": REASON, "passphrase": WORDS[role], **more}
    return opening.ask(town.actor(name), Asking(case.number, **asked), NOW)


def confirm(town: Town, case: Case, name: str = "olga", now: Any = NOW) -> opening.Opened:
    role = "privacy_officer" if name == "peng" else "ombudsman"
    return opening.confirm(town.actor(name), case.number, WORDS[role], now)


def types(case: Case) -> list[str]:
    return [event.type for event in history_of(case).events]


def refused(code: str, call: Any) -> None:
    with pytest.raises(Refusal) as found:
        call()
    assert found.value.code == code


def test_two_officers_open_and_the_timeline_says_so(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    ask(keyed, case)
    assert "opened-identity" not in types(case)
    opened = confirm(keyed, case)
    assert opened.fields == WHO
    event = history_of(case).events[-1]
    assert (event.type, event.role, event.actor) == (
        "opened-identity",
        "ombudsman",
        keyed.id("olga"),
    )
    assert event.data["second"] == keyed.id("peng")
    stored = history_of(case).stored[-1]
    assert stored.event_class == "identity-opened"
    assert [due["limit"] for due in stored.dues] == ["explain-opening"]
    assert opened.explain == opening.Owed(date(2026, 3, 9), late=False)
    history = history_of(case)
    alone = [c for c in history.state.running() if c.limit == "explain-opening"]
    state = replace(history.state, clocks=tuple(alone))
    columns_now = columns(history.law.pack, history.law.calendar, state)
    assert columns_now["office_limit"] == "", "the officers' duty, not the owner's"


def test_the_complainant_gets_a_notice_and_reads_roles_not_persons(keyed: Town) -> None:
    from huiyin.cases.story import Reader, tell

    case, _ = sealed_case(keyed, contact={"email": "wei@example.org"})
    assert not DBTaskResult.objects.exists()
    ask(keyed, case)
    assert not DBTaskResult.objects.exists()
    confirm(keyed, case)
    assert DBTaskResult.objects.count() == 1
    story = tell(case, history_of(case), Reader("complainant", "en"), NOW)
    entry = story.entries[-1]
    assert [text.text for text in entry.texts] == [REASON] and entry.facts == ()
    assert entry.told and story.acts, "the complainant is told, and can go on acting"


def test_either_officer_may_begin(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    ask(keyed, case, "olga")
    assert confirm(keyed, case, "peng").fields == WHO


def test_one_officer_alone_opens_nothing(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    refused("opening-not-asked", lambda: confirm(keyed, case))
    ask(keyed, case)
    refused("opening-needs-another", lambda: confirm(keyed, case, "peng"))
    # Somebody else in the same role is no second, and the same person in both roles is none.
    grant("adam", "privacy_officer", "town", SINCE)
    refused("opening-needs-another", lambda: confirm(keyed, case, "adam"))
    grant("peng", "ombudsman", "county", SINCE)
    refused("officer-of-both", lambda: confirm(keyed, case, "peng"))
    for name in ("bob", "sun", "alice", "audrey", "otto"):
        refused("not-allowed", lambda name=name: confirm(keyed, case, name))
        refused("not-allowed", lambda name=name: ask(keyed, case, name))
    assert "opened-identity" not in types(case)


def test_the_share_handed_over_opens_nothing_without_the_second_passphrase(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    refused("passphrase-wrong", lambda: ask(keyed, case, passphrase="not my passphrase at all"))
    assert not OpeningRequest.objects.exists()
    ask(keyed, case)
    wrong = WORDS["privacy_officer"]
    refused(
        "passphrase-wrong",
        lambda: opening.confirm(keyed.actor("olga"), case.number, wrong, NOW),
    )
    assert "opened-identity" not in types(case)


@pytest.mark.parametrize("change", ["case", "purpose", "share"])
def test_a_share_fits_one_case_and_purpose_only(keyed: Town, change: str) -> None:
    case, _ = sealed_case(keyed)
    other, _ = sealed_case(keyed)
    ask(keyed, case)
    target = case
    if change == "case":
        OpeningRequest.objects.update(number=other.number)
        target = other
    elif change == "purpose":
        OpeningRequest.objects.update(purpose="reissue")
    else:
        OpeningRequest.objects.update(wrap=b"\x01" * 80)
    refused("seal-broken", lambda: confirm(keyed, target))
    assert "opened-identity" not in types(target)


def test_a_request_is_used_once_and_forgotten_in_time(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    ask(keyed, case)
    refused("opening-asked-already", lambda: ask(keyed, case, "olga"))
    confirm(keyed, case)
    refused("opening-not-asked", lambda: confirm(keyed, case))
    row = OpeningRequest.objects.get()
    assert (bytes(row.wrap), bytes(row.reason)) == (b"", b"")
    late, _ = sealed_case(keyed)
    ask(keyed, late)
    refused("opening-not-asked", lambda: confirm(keyed, late, now=NOW + timedelta(days=7)))
    assert not OpeningRequest.objects.filter(number=late.number).exists()


def test_a_new_key_of_the_second_ends_the_request(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    ask(keyed, case)
    officers.hand_over("ombudsman", WORDS["ombudsman"], "another five words entirely new", now=NOW)
    refused("share-outdated", lambda: confirm(keyed, case))


def test_consent_taken_back_makes_the_share_worthless(keyed: Town) -> None:
    from huiyin.cases import consenting

    case, code = sealed_case(keyed)
    key = receipts.private_key(code)
    consenting.give(case.number, key, consenting.Consent("contact", "works"), None, NOW)
    ask(keyed, case)
    consenting.take_back(case.number, key, "works", None, NOW)
    refused("seal-broken", lambda: confirm(keyed, case))


def test_an_officer_complained_of_takes_no_part(keyed: Town) -> None:
    case, _ = sealed_case(keyed, about_unit="town")
    refused("officer-excluded", lambda: ask(keyed, case))
    ask(keyed, case, "olga")
    refused("officer-excluded", lambda: confirm(keyed, case, "peng"))
    anonymous, _ = keyed.hand_in()
    refused("identity-absent", lambda: ask(keyed, anonymous.case))
    refused("opening-purpose-unknown", lambda: ask(keyed, sealed_case(keyed)[0], purpose="look"))


def test_explaining_ends_the_duty(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    peng = keyed.actor("peng")
    refused("nothing-to-end", lambda: opening.explain(peng, case.number, "Because.", NOW))
    ask(keyed, case)
    confirm(keyed, case)
    assert len(opening.requests(NOW)) == 1
    state = opening.explain(peng, case.number, "We had to send help.", NOW).state
    clock = state.clock("explain-opening")
    assert clock is not None and clock.stopped == NOW
    assert opening.requests(NOW) == []


def test_a_lost_code_is_replaced_in_person(keyed: Town) -> None:
    case, old = sealed_case(keyed)
    ask(keyed, case, purpose="reissue", reason="Came in person with a lost receipt.")
    olga = keyed.actor("olga")
    refused(
        "opening-not-asked",
        lambda: opening.reissue(olga, case.number, WORDS["ombudsman"], NOW),
    )
    assert confirm(keyed, case).fields == WHO
    peng = keyed.actor("peng")
    refused(
        "opening-not-asked",
        lambda: opening.reissue(peng, case.number, WORDS["privacy_officer"], NOW),
    )
    code = opening.reissue(olga, case.number, WORDS["ombudsman"], NOW)
    refused(
        "opening-not-asked",
        lambda: opening.reissue(olga, case.number, WORDS["ombudsman"], NOW),
    )
    assert types(case)[-2:] == ["opened-identity", "code-reissued"]
    case.refresh_from_db()
    assert bytes(case.lookup) == receipts.lookup_id(code) != receipts.lookup_id(old)
    new_key = receipts.private_key(code)
    assert vault.open_identity_as_complainant(case.vault, new_key) == WHO
    refused(
        "seal-broken",
        lambda: vault.open_identity_as_complainant(case.vault, receipts.private_key(old)),
    )
    assert code.text not in str(OpeningRequest.objects.values()) + str(types(case))


def test_not_the_person_no_code(keyed: Town) -> None:
    case, old = sealed_case(keyed)
    ask(keyed, case, purpose="reissue")
    confirm(keyed, case)
    opening.withdraw(keyed.actor("olga"), case.number)
    refused(
        "opening-not-asked",
        lambda: opening.reissue(keyed.actor("olga"), case.number, WORDS["ombudsman"], NOW),
    )
    assert bytes(Case.objects.get(pk=case.pk).lookup) == receipts.lookup_id(old)


# -- pages --------------------------------------------------------------------------------------


def signed_in(town: Town, name: str) -> Client:
    """A browser whose owner typed their password a moment ago."""
    user = town.users[name]
    user.password = make_password(PASSWORD)
    user.save()
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


def test_pages_from_request_to_explanation(keyed: Town) -> None:
    resident = Resident()
    identity = {"name": "Zhao Qiang", "phone": "", "own_email": "", "address": ""}
    case, _ = resident.hand_in(reach={"reach": ["identity"]}, identity=identity)
    peng, olga = signed_in(keyed, "peng"), signed_in(keyed, "olga")
    form = {"number": case.number.lower(), "purpose": "open", "reason": REASON}
    wrong = peng.post("/officers/ask/", {**form, "passphrase": "no such words in my key"})
    assert wrong.status_code == 403 and b"no such words" not in wrong.content
    form["passphrase"] = WORDS["privacy_officer"]
    assert peng.post("/officers/ask/", form).status_code == 302
    assert "It waits for the other officer" in words(peng.get(f"/officers/cases/{case.number}/"))
    page = words(olga.get("/officers/"))
    assert case.number in page and "waits for you" in page
    assert REASON in words(olga.get(f"/officers/cases/{case.number}/"))
    passphrase = {"do": "confirm", "passphrase": WORDS["ombudsman"]}
    answer = olga.post(f"/officers/cases/{case.number}/", passphrase)
    assert "Zhao Qiang" in words(answer) and "no-store" in answer["Cache-Control"]
    assert "Zhao" not in words(olga.get(f"/officers/cases/{case.number}/"))
    follow = shown(resident.get("/follow/"))
    assert "Your identity was opened" in follow and REASON in follow
    assert "The privacy officer and the ombudsman together" in follow
    assert "Explain why the identity was opened" in follow  # the date by which
    told = {"do": "explain", "message": "We had to send help at once."}
    assert peng.post(f"/officers/cases/{case.number}/", told).status_code == 302
    assert "We had to send help at once." in shown(resident.get("/follow/"))
    assert "None." in words(peng.get("/officers/"))


def test_pages_issue_a_new_code(keyed: Town) -> None:
    resident = Resident()
    identity = {"name": "Zhao Qiang", "phone": "", "own_email": "", "address": ""}
    case, old = resident.hand_in(reach={"reach": ["identity"]}, identity=identity)
    peng, olga = signed_in(keyed, "peng"), signed_in(keyed, "olga")
    asked = {"number": case.number, "purpose": "reissue", "reason": "Lost the receipt."}
    peng.post("/officers/ask/", {**asked, "passphrase": WORDS["privacy_officer"]})
    page = f"/officers/cases/{case.number}/"
    words_of_olga = {"passphrase": WORDS["ombudsman"]}
    assert "Is it the person?" in words(olga.post(page, {"do": "confirm", **words_of_olga}))
    # Whoever closed that page, or mistypes, still finds the way to issue the code.
    assert "Is it the person?" in words(olga.get(page))
    slip = olga.post(page, {"do": "issue", "passphrase": "no such words in my key"})
    assert slip.status_code == 403
    assert "The passphrase of the role Ombudsman is wrong." in words(slip)
    assert "Is it the person?" in words(slip)
    answer = olga.post(page, {"do": "issue", **words_of_olga})
    from tests.apps.portal_journey import code_on

    code = code_on(answer)
    assert code != old and "no-store" in answer["Cache-Control"]
    # The old code, and the browser that it had opened, see nothing any more.
    assert resident.post("/follow/", {"code": old}).status_code == 404
    fresh = Resident()
    assert "New receipt code issued in person" in shown(fresh.open(code))
    assert "Zhao Qiang" in shown(fresh.get("/follow/identity/"))


def test_both_sides_read_the_same_last_day_for_the_explanation(keyed: Town) -> None:
    resident = Resident()
    identity = {"name": "Zhao Qiang", "phone": "", "own_email": "", "address": ""}
    case, _ = resident.hand_in(reach={"reach": ["identity"]}, identity=identity)
    peng, olga = signed_in(keyed, "peng"), signed_in(keyed, "olga")
    asked = {"number": case.number, "purpose": "open", "reason": REASON}
    peng.post("/officers/ask/", {**asked, "passphrase": WORDS["privacy_officer"]})
    confirming = {"do": "confirm", "passphrase": WORDS["ombudsman"]}
    opened = words(olga.post(f"/officers/cases/{case.number}/", confirming))
    follow = shown(resident.get("/follow/")).split("Explain why the identity was opened")[1]
    due = re.search(r"Due (\d+ \w+ \d{4}) ?, in 7 days", follow)
    assert due, follow[:500]
    assert f"Explain it to them by {due[1]} , in 7 days" in opened
    assert f"Explain it to them by {due[1]}" in words(peng.get("/officers/"))
    assert f"Explain it to them by {due[1]}" in words(peng.get(f"/officers/cases/{case.number}/"))


def test_the_desk_says_when_an_explanation_is_late(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    ask(keyed, case)
    confirm(keyed, case)
    page = words(signed_in(keyed, "peng").get("/officers/"))
    # NOW lies in the past of the clock on the wall.
    assert "It was due by 9 March 2026" in page and "owed still" in page


def test_pages_fetch_an_original_until_it_is_explained(keyed: Town) -> None:
    case, _ = world.with_photo(keyed)
    (file,) = world.files(case)
    peng, olga = signed_in(keyed, "peng"), signed_in(keyed, "olga")
    asked = {"number": case.number, "purpose": "files", "reason": REASON}
    peng.post("/officers/ask/", {**asked, "passphrase": WORDS["privacy_officer"]})
    page = f"/officers/cases/{case.number}/"
    assert "Open files as they were handed in" in words(olga.get("/officers/"))
    fetch = {"do": "fetch", "file": file.facts.id, "passphrase": WORDS["ombudsman"]}
    assert olga.post(page, fetch).status_code == 404  # not confirmed yet
    confirmed = olga.post(page, {"do": "confirm", "passphrase": WORDS["ombudsman"]})
    assert "Go on to the files" in words(confirmed)
    assert "Fetch the original" in words(olga.get(page))
    assert "Fetch the original" not in words(peng.get(page))
    wrong = olga.post(page, {**fetch, "passphrase": "no such words in my key"})
    assert wrong.status_code == 403 and b"no such words" not in wrong.content
    answer = olga.post(page, fetch)
    assert answer.content == planted_files.jpeg() and "attachment" in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"] and "no-store" in answer["Cache-Control"]
    assert peng.post(page, {**fetch, "passphrase": WORDS["privacy_officer"]}).status_code == 404
    story = tell(case, history_of(case), Reader("complainant", "en"), NOW)
    opened = next(entry for entry in story.entries if entry.act == opening.OPENED)
    assert "files as they were handed in" in dict(opened.facts)["scope"]
    peng.post(page, {"do": "explain", "message": "There was a threat."})
    assert olga.post(page, fetch).status_code == 404


def test_the_password_is_asked_again_and_no_passphrase_is_kept_for_it(keyed: Town) -> None:
    case, _ = sealed_case(keyed)
    client = signed_in(keyed, "peng")
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    form = {"number": case.number, "purpose": "open", "reason": REASON}
    passphrase = WORDS["privacy_officer"]
    answer = client.post("/officers/ask/", {**form, "passphrase": passphrase})
    assert answer.status_code == 302 and "/accounts/reauthenticate/" in answer["Location"]
    assert not OpeningRequest.objects.exists()
    for row in Session.objects.all():
        assert passphrase not in str(row.get_decoded())
    answer = client.post(answer["Location"], {"password": PASSWORD})
    assert answer["Location"] == "/officers/ask/"
    assert client.get("/officers/ask/").status_code == 200


def test_other_staff_have_no_such_desk(keyed: Town) -> None:
    for name in ("bob", "sun", "adam", "audrey", "otto"):
        client = Client()
        client.force_login(keyed.users[name])
        assert client.get("/officers/").status_code == 403
        assert client.get("/officers/ask/").status_code == 403
    assert Client().get("/officers/").status_code == 302
    assert timezone.now() > NOW
