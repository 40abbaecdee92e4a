"""The pages and acts of plans: writing one, who may do what, contact data, figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from huiyin import plans as data
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.reading import read_organisation, read_plan
from huiyin.domain.plans.writing import as_data, write
from huiyin.history.models import Event
from huiyin.plans import acts, contacts, queries
from huiyin.plans.models import Card, Organisation, Plan, ReachTest, Version
from huiyin.register import checking
from huiyin.register.verdicts import LANGUAGES, say_fault
from huiyin.rosters import duty
from huiyin.rosters.models import Handover
from huiyin.vault.models import CaseKey, Content
from tests.apps import plan_world, roster_world
from tests.apps.plan_world import EXAMPLE, moved, path
from tests.apps.plan_world import as_posted as _as_posted
from tests.people import NOW, Town

TODAY = date.fromisoformat(data.EXAMPLES_DAY)
Signed = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples are complete on one day; the tests judge them by it."""
    monkeypatch.setattr("huiyin.plans.views.loading.today", lambda: TODAY)


@pytest.fixture
def signed(town: Town) -> Signed:
    """A browser with one of the cast signed in."""
    return lambda name: plan_world.browser(town, name)


@pytest.fixture
def plan(town: Town) -> Plan:
    """An example plan of the works office, made by Bob, with its organisation."""
    return plan_world.make(town)


# -- pages ----------------------------------------------------------------------------------


PAGES = ("", "duties/", "alerts/", "edit/", "edit/roles/", "versions/", "print/", "file/",
         "simulate/", "organisation/", "organisation/file/", "import/")  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans", "ar"])
def test_every_page_opens_in_each_language(plan: Plan, signed: Signed, language: str) -> None:
    browser = signed("bob")
    browser.cookies["django_language"] = language
    for page in PAGES:
        assert browser.get(path(plan, page)).status_code == 200, page
    assert browser.get("/plans/").status_code == 200
    assert browser.get("/plans/new/").status_code == 200


def test_every_block_of_the_example_has_a_form(plan: Plan, signed: Signed) -> None:
    """Each block and entry opens, and saving it as it stands changes nothing."""
    browser, before = signed("bob"), Version.objects.get(plan=plan)
    value = read_plan(before.text, "plan")[0]
    found = list(_pointers(as_data(value), ""))
    assert len(found) > 40
    for pointer in found[:: max(1, len(found) // 25)]:
        page = browser.get(path(plan, f"edit{pointer}/"))
        assert page.status_code == 200, pointer
        form = page.context["form"]
        if form is None or not page.context["beside"]:
            continue
        posted = {"step": "save", **_as_posted(form)}
        answer = browser.post(path(plan, f"edit{pointer}/"), posted)
        assert answer.status_code == 302, (pointer, answer.context["form"].errors)
    after = read_plan(Version.objects.get(plan=plan).text, "plan")[0]
    assert after == value or after.about != value.about
    assert as_data(after) | {"plan": 0} == as_data(value) | {"plan": 0}


def _pointers(value: object, at: str) -> list[str]:
    """The places of a plan's data that the editor has a page for."""
    found = [at]
    if isinstance(value, dict):
        for key, below in value.items():
            entries = isinstance(below, dict) and set(below) - {"zh-Hans", "en", "zh-Hant", "ar"}
            rows = isinstance(below, list) and any(isinstance(b, dict) for b in below)
            if key in ("resources",) and at.count("/") > 1:
                continue
            if entries or rows:
                found += _pointers(below, f"{at}/{key}")
    elif isinstance(value, list):
        for n, below in enumerate(value):
            found += _pointers(below, f"{at}/{n}")
    return found


# -- writing one ----------------------------------------------------------------------------


def test_a_plan_from_the_first_word_to_being_superseded(town: Town, signed: Signed) -> None:
    bob, sun = signed("bob"), signed("sun")
    made = bob.post("/plans/new/", {"unit": "works", "example": EXAMPLE})
    plan = Plan.objects.get()
    assert made.status_code == 302 and made["Location"].endswith(f"/plans/{plan.pk}/")
    answer = sun.post(
        path(plan, "organisation/"),
        {"step": "file", "file": SimpleUploadedFile("o.yaml", data.example(EXAMPLE)[1])},
    )
    assert answer.status_code == 302

    role = next(iter(read_plan(Version.objects.get().text, "p")[0].roles))
    form = bob.get(path(plan, f"edit/roles/{role}/")).context["form"]
    title = next(name for name in form.fields if name.startswith("title__"))
    posted = {**_as_posted(form), title: "The one who leads", "step": "save"}
    assert bob.post(path(plan, f"edit/roles/{role}/"), posted).status_code == 302
    assert "The one who leads" in Version.objects.get().text

    assert bob.post(path(plan, "act/submit/"), {"seen": moved(plan)}).status_code == 302
    refused = sun.post(path(plan, "act/approve/"), {"seen": moved(plan), "who": _who(plan)})
    assert refused.context["refusal"].code == "plan-not-rehearsed"
    held = {"seen": moved(plan), "on": "2026-03-02",
            "participants": 6, "record": "We walked through the night."}  # fmt: skip
    assert bob.post(path(plan, "act/table-top/"), held).status_code == 302
    alone = bob.post(path(plan, "act/approve/"), {"seen": moved(plan), "who": _who(plan)})
    assert alone.status_code == 403, "whoever owns it does not approve it"
    done = sun.post(path(plan, "act/approve/"), {"seen": moved(plan), "who": _who(plan)})
    assert done.status_code == 302, done.context["refusal"]
    assert Version.objects.get().status == "approved"

    assert (
        bob.post(path(plan, "act/revise/"), {"seen": moved(plan), "label": "99"}).status_code == 302
    )
    assert [v.status for v in Version.objects.all()] == ["draft", "approved"]
    assert bob.post(path(plan, "act/submit/"), {"seen": moved(plan)}).status_code == 302
    assert bob.post(path(plan, "act/table-top/"), held | {"seen": moved(plan)}).status_code == 302
    sun.post(path(plan, "act/approve/"), {"seen": moved(plan), "who": _who(plan)})
    assert [v.status for v in Version.objects.all()] == ["approved", "superseded"]

    told = list(Event.objects.filter(stream=plan.pk).order_by("seq").values_list("type", flat=True))
    assert told == [
        "plan-created", "plan-saved", "plan-submitted", "plan-rehearsed", "plan-approved",
        "plan-revised", "plan-submitted", "plan-rehearsed", "plan-approved", "plan-superseded",
    ]  # fmt: skip


def _who(plan: Plan) -> str:
    value = queries.organisation_value(queries.organisation_row("works"))
    assert value is not None
    return next(iter(value.posts or value.people))


def test_whoever_submitted_does_not_approve(plan: Plan, town: Town) -> None:
    sun = town.actor("sun")
    acts.submit(plan.pk, moved(plan), sun, NOW)
    with pytest.raises(Refusal) as refused:
        acts.approve(plan.pk, moved(plan), _who(plan), lambda value: [], sun, NOW)
    assert refused.value.code == "plan-same-person"


def test_a_stale_page_keeps_what_was_typed(plan: Plan, signed: Signed, town: Town) -> None:
    browser = signed("bob")
    form = browser.get(path(plan, "edit/scope/")).context["form"]
    typed = {**_as_posted(form), "step": "save"}
    name = next(n for n in form.fields if n.startswith("applies__"))
    typed[name] = "Everybody in the yard"
    value = read_plan(Version.objects.get(plan=plan).text, "p")[0]
    theirs = dict.fromkeys(value.about.languages, "Everybody on the roof")
    scope = replace(value.scope, applies=theirs)
    acts.save(plan.pk, moved(plan), replace(value, scope=scope), town.actor("sun"), NOW)
    answer = browser.post(path(plan, "edit/scope/"), typed)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Everybody in the yard" in text and "Everybody on the roof" in text, "both stand there"
    assert answer.context["meanwhile"][0] == town.users["sun"].get_full_name()
    assert "Changed by" in text
    assert "Everybody in the yard" not in Version.objects.get(plan=plan).text
    again = {**typed, "seen": answer.context["form"]["seen"].value()}
    assert browser.post(path(plan, "edit/scope/"), again).status_code == 302
    assert "Everybody in the yard" in Version.objects.get(plan=plan).text


def test_two_people_in_two_blocks_do_not_hinder_each_other(
    plan: Plan, signed: Signed, town: Town
) -> None:
    browser = signed("bob")
    form = browser.get(path(plan, "edit/scope/")).context["form"]
    value = read_plan(Version.objects.get(plan=plan).text, "p")[0]
    about = replace(value.about, version="2026-9")
    acts.save(plan.pk, moved(plan), replace(value, about=about), town.actor("sun"), NOW)
    name = next(n for n in form.fields if n.startswith("applies__"))
    typed = {**_as_posted(form), "step": "save", name: "Everybody in the yard"}
    assert browser.post(path(plan, "edit/scope/"), typed).status_code == 302
    text = Version.objects.get(plan=plan).text
    assert "Everybody in the yard" in text and "2026-9" in text, "both changes stand"


def test_what_was_typed_at_a_place_that_is_gone_is_shown(plan: Plan, signed: Signed) -> None:
    browser = signed("bob")
    form = browser.get(path(plan, "edit/contacts/-/")).context["form"]
    new: dict[str, object] = {**_as_posted(form), "id": "hospital", "step": "save"}
    new |= {name: "Hospital" for name in form.fields if name.startswith("title__")}
    browser.post(path(plan, "edit/contacts/-/"), new)
    typed = _as_posted(browser.get(path(plan, "edit/contacts/hospital/")).context["form"])
    signed("sun").post(
        path(plan, "edit/contacts/hospital/"), {"step": "remove", "seen": moved(plan)}
    )
    answer = browser.post(
        path(plan, "edit/contacts/hospital/"), {**typed, "step": "save", "title__en": "Clinic"}
    )
    assert answer.status_code == 409 and "Clinic" in answer.content.decode()


def test_checking_shows_the_finding_beside_the_field_and_keeps_nothing(
    plan: Plan, signed: Signed
) -> None:
    browser, before = signed("bob"), Version.objects.get(plan=plan).text
    role = next(r for r in read_plan(before, "p")[0].roles.values() if r.critical).id
    form = browser.get(path(plan, f"edit/roles/{role}/")).context["form"]
    posted = {**_as_posted(form), "holders": "nobody-of-this-name", "step": "check"}
    answer = browser.post(path(plan, f"edit/roles/{role}/"), posted)
    beside = {f.at for row in answer.context["beside"] for f in row["findings"]}
    assert answer.status_code == 200
    assert any(at.startswith(f"/roles/{role}/holders") for at in beside)
    assert Version.objects.get(plan=plan).text == before


def test_what_cannot_be_is_said_beside_its_field(plan: Plan, signed: Signed) -> None:
    browser = signed("bob")
    role = next(iter(read_plan(Version.objects.get(plan=plan).text, "p")[0].roles))
    form = browser.get(path(plan, f"edit/roles/{role}/")).context["form"]
    posted = {**_as_posted(form), "within": "soon", "step": "save"}
    answer = browser.post(path(plan, f"edit/roles/{role}/"), posted)
    assert answer.status_code == 422 and "within" in answer.context["form"].errors


def test_an_entry_is_added_and_taken_out(plan: Plan, signed: Signed) -> None:
    browser, before = signed("bob"), read_plan(Version.objects.get(plan=plan).text, "p")[0]
    form = browser.get(path(plan, "edit/contacts/-/")).context["form"]
    posted: dict[str, object] = {**_as_posted(form), "id": "hospital", "step": "save"}
    posted |= {name: "Hospital" for name in form.fields if name.startswith("title__")}
    assert browser.post(path(plan, "edit/contacts/-/"), posted).status_code == 302
    after = read_plan(Version.objects.get(plan=plan).text, "p")[0]
    assert set(after.contacts) == {*before.contacts, "hospital"}
    row = browser.get(path(plan, "edit/contacts/hospital/channels/-/")).context["form"]
    number = {**_as_posted(row), "kind": "mobile", "address": "+8613800000000", "step": "save"}
    assert browser.post(path(plan, "edit/contacts/hospital/channels/-/"), number).status_code == 302
    again = browser.post(path(plan, "edit/contacts/-/"), posted | {"seen": moved(plan)})
    assert again.status_code == 422, "a name is taken once"
    out = {"step": "remove", "seen": moved(plan)}
    assert browser.post(path(plan, "edit/contacts/hospital/"), out).status_code == 302
    assert read_plan(Version.objects.get(plan=plan).text, "p")[0].contacts == before.contacts


def test_a_file_goes_out_and_comes_in_equal(plan: Plan, signed: Signed) -> None:
    browser = signed("bob")
    out = browser.get(path(plan, "file/"))
    assert out["Content-Type"].startswith("application/yaml")
    text = out.content.decode()
    assert write(read_plan(text, "p")[0]) == text
    given = {"seen": moved(plan), "file": SimpleUploadedFile("p.yaml", text.encode())}
    assert browser.post(path(plan, "import/"), given).status_code == 302
    assert Version.objects.get(plan=plan).text == text


@pytest.mark.parametrize("body", [b"plan: [", b"\xff\xfe", b"colour: red\n", b"x" * 5_000_000])
def test_a_file_that_is_no_plan_is_refused_with_its_lines(
    plan: Plan, signed: Signed, body: bytes
) -> None:
    given = {"seen": moved(plan), "file": SimpleUploadedFile("p.yaml", body)}
    answer = signed("bob").post(path(plan, "import/"), given)
    assert answer.status_code == 422 and answer.context["problems"]
    assert Version.objects.get(plan=plan).changed == NOW


def test_a_broken_file_is_told_in_one_s_language(plan: Plan, signed: Signed) -> None:
    text = Version.objects.get(plan=plan).text.replace("kind: special", "kind: special\n  color: 1")
    given = {"seen": moved(plan), "file": SimpleUploadedFile("p.yaml", text.encode())}
    tongue = {"accept-language": "zh-hans"}
    answer = signed("bob").post(path(plan, "import/"), given, headers=tongue)
    (said,) = answer.context["problems"]
    assert said.what == "此处没有这一项" and said.where == "plan.color" and said.column
    page = answer.content.decode()
    assert "请删除，或改用" in page and "is not known here" not in page and said.position in page


def test_only_drafts_are_changed(plan: Plan, town: Town) -> None:
    bob = town.actor("bob")
    value = read_plan(Version.objects.get(plan=plan).text, "p")[0]
    with pytest.raises(Refusal) as early:
        acts.record_table_top(plan.pk, moved(plan), {"on": date(2026, 3, 1)}, bob, NOW)
    assert early.value.code == "plan-not-in-review"
    acts.submit(plan.pk, moved(plan), bob, NOW)
    with pytest.raises(Refusal) as refused:
        acts.save(plan.pk, moved(plan), value, bob, NOW)
    assert refused.value.code == "plan-not-draft"
    acts.send_back(plan.pk, moved(plan), bob, NOW)
    acts.save(plan.pk, moved(plan), value, bob, NOW)


# -- who ------------------------------------------------------------------------------------


def test_outsiders_learn_nothing(plan: Plan, signed: Signed) -> None:
    for name in ("otto", "omar", "susan"):
        browser = signed(name)
        assert plan.pk not in browser.get("/plans/").content.decode()
        for page in PAGES:
            assert browser.get(path(plan, page)).status_code == 404, (name, page)
        assert browser.post(path(plan, "act/submit/"), {"seen": 1}).status_code == 404


def test_names_and_numbers_are_for_those_who_keep_them(plan: Plan, signed: Signed) -> None:
    organisation = read_organisation(data.example(EXAMPLE)[1], "o")[0]
    private = next(p for p in organisation.private.values() if p.channels)
    number = private.channels[0].address
    for name, sees in (("bob", True), ("sun", True), ("bella", False), ("audrey", False)):
        browser = signed(name)
        for page in ("organisation/", "organisation/file/"):
            text = browser.get(path(plan, page)).content.decode()
            assert (number in text) == sees, (name, page)
        for page in ("", "print/", "simulate/", "file/"):
            assert private.name not in browser.get(path(plan, page)).content.decode()


def test_no_name_or_number_lies_outside_the_vault(plan: Plan) -> None:
    organisation = read_organisation(data.example(EXAMPLE)[1], "o")[0]
    row = Organisation.objects.get()
    kept = row.text + "".join(Event.objects.values_list("body", flat=True))
    for private in organisation.private.values():
        assert private.name not in kept
        assert all(channel.address not in kept for channel in private.channels)
    assert queries.with_contacts(row).private == organisation.private


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the bytes of SQLite's pages")
def test_no_byte_of_the_database_holds_a_number_or_a_note(plan: Plan, town: Town) -> None:
    """Neither what came with the organisation, nor what was edited since, nor what a handover says:
    not in any table, index, job or session, as text or as UTF-16."""
    row, bob, bella = roster_world.build(town), town.actor("bob"), town.id("bella")
    duty.hand_over(row.pk, "role-1", bella, "Ring Heronimus, +8613955501234.", bob, NOW)
    organisation = Organisation.objects.get()
    value = queries.with_contacts(organisation)
    who, private = next((p, v) for p, v in value.private.items() if v.channels)
    channels = (replace(private.channels[0], address="+8613955509876"), *private.channels[1:])
    edited = {**value.private, who: replace(private, name="鹭鸣远", channels=channels)}
    later = replace(value, private=edited)
    contacts.keep(organisation.unit_id, organisation.seq, later, town.actor("sun"), NOW)
    planted = {"Heronimus", "13955501234", "13955509876", "鹭鸣远"}
    planted |= {v.name for v in value.private.values()}
    planted |= {c.address.lstrip("+") for v in value.private.values() for c in v.channels}
    connection.ensure_connection()
    held = connection.connection.serialize()
    assert b"organisation-kept" in held and b"handover-given" in held, "the right bytes"
    found = {p for p in planted if p.encode() in held or p.encode("utf-16-le") in held}
    assert found == set()


# -- contact data dies ----------------------------------------------------------------------


def test_contact_data_is_destroyed_on_its_day(plan: Plan) -> None:
    cards = Card.objects.count()
    assert cards and contacts.destroy_due(NOW) == 0
    late = NOW + contacts.LONGEST + timedelta(days=1)
    streams = list(Card.objects.values_list("vault", flat=True))
    assert contacts.destroy_due(late) == cards
    assert not Card.objects.exists() and not CaseKey.objects.filter(stream__in=streams).exists()
    assert not Content.objects.filter(stream__in=streams).exists()
    assert queries.with_contacts(Organisation.objects.get()).private == {}
    last = Event.objects.filter(stream=Organisation.objects.get().pk).order_by("seq").last()
    assert last is not None and last.type == "contacts-destroyed"
    assert json.loads(last.body)["data"] == {"people": cards}
    assert contacts.destroy_due(late) == 0


def test_the_command_that_erases_reaches_contact_data_and_notes(
    plan: Plan, town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A restored backup holds what was destroyed since; the operator is told to run this."""
    from huiyin.commands.erase import main

    monkeypatch.setattr(contacts, "scrub", lambda: None)
    row, bob = roster_world.build(town), town.actor("bob")
    note = duty.hand_over(row.pk, "role-1", town.id("bella"), "Keys", bob, NOW)
    Handover.objects.update(signed_out=NOW - 2 * duty.NOTES_KEPT)
    cards = Card.objects.update(destroy_on=NOW.date())
    assert main(["--due", "--dry-run"]) == 0
    told = f"contact data of {cards} would be destroyed; 1 handover notes would be destroyed"
    assert told in capsys.readouterr().out
    assert Card.objects.count() == cards
    assert main(["--due"]) == 0
    assert f"contact data of {cards} destroyed; 1 handover notes" in capsys.readouterr().out
    assert not Card.objects.exists() and not CaseKey.objects.filter(stream=note.vault).exists()


def test_bringing_anew_replaces_and_forgets_who_is_gone(plan: Plan, town: Town) -> None:
    value = read_organisation(data.example(EXAMPLE)[1], "o")[0]
    keep = dict(list(value.people.items())[:2])
    fewer = replace(value, people=keep, private={}, posts={}, duty={}, units=value.units)
    contacts.bring("works", fewer, town.actor("sun"), NOW)
    left = set(Card.objects.values_list("person", flat=True))
    assert left == set(keep) & set(value.private), "what did not come stays; who is gone is gone"


# -- figures --------------------------------------------------------------------------------


def test_the_simulation_page_shows_figures_with_method_and_picture(
    plan: Plan, signed: Signed
) -> None:
    page = signed("bella").get(path(plan, "simulate/"))
    text = page.content.decode()
    assert ("<polyline" in text and "standard error" in text) or "exact" in text
    assert page.context["resilience"] and page.context["assumed"]
    day = signed("bella").get(path(plan, "simulate/?hours=day"))
    assert len(day.context["curves"]) == 1, "by day nobody travels"


def test_own_tests_move_the_figures(plan: Plan, signed: Signed, town: Town) -> None:
    opened = queries.open_plan(town.actor("bob"), plan.pk)
    row = Organisation.objects.get()
    value = queries.organisation_value(row)
    assert value is not None
    on = timezone.localdate(NOW)

    def rate(person: str) -> float:
        now = Organisation.objects.get()
        asked = queries.simulate(opened, now, on, "night", "").question
        return asked.knowledge.rate(person, "mobile").after(0)

    person = next(iter(value.people))
    before = rate(person)
    form = {"step": "test", "person": person, "channel": "mobile", "answered": "no"}
    form |= {"hours": "night", "on": on.isoformat()}
    assert signed("bob").post(path(plan, "organisation/"), form).status_code == 302
    assert ReachTest.objects.count() == 1 and rate(person) < before


# -- the register holds what a plan says ------------------------------------------------------


def test_a_plan_changed_behind_the_register_is_named(plan: Plan, town: Town) -> None:
    """The approved text is what an event told; whoever writes into the table is found."""
    version = Version.objects.get(plan=plan)
    assert checking.check().faults == ()
    text = version.text
    for changed, code in (
        (f"{text} ", "text-changed"),
        (text.replace("P3M", "P9M"), "text-changed"),
    ):
        Version.objects.filter(pk=version.pk).update(text=changed)
        (fault,) = checking.check().faults
        assert (fault.place, fault.where) == ("plans_version", f"{plan.pk}/1")
        assert fault.code == code
        assert all(say_fault(fault, language) for language in LANGUAGES)
    Version.objects.filter(pk=version.pk).update(text=text)
    Version.objects.create(plan=plan, number=7, label="x", status="approved", text="x", changed=NOW)
    assert [f.code for f in checking.check().faults] == ["text-untold"]
    Version.objects.filter(plan=plan).delete()
    assert [f.code for f in checking.check().faults] == ["text-missing"]
