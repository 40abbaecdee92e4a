"""The files of a case: sealed, cleaned, read by whoever may, given by the complainant, erased."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from huiyin.cases import consenting, erasing, files, opening, rebuilding
from huiyin.cases.consenting import Consent
from huiyin.cases.file_job import WAITS, clean_file
from huiyin.cases.filing import LEAST_FREE, MOST_AT_ONCE, MOST_IN_CASE, sort_out, take
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.story import Reader, tell
from huiyin.cleaning.results import Result
from huiyin.domain import filing, receipts
from huiyin.domain.errors import Refusal
from huiyin.domain.sniffing import plain_name
from huiyin.register.checking import check
from huiyin.vault import files as vault_files
from huiyin.vault import officers
from huiyin.vault import queries as sealed
from huiyin.vault.models import Content, File, FileKey, FileWaiting, Identity
from tests import planted_files as planted
from tests.apps import files_world as world
from tests.people import NOW, Town

LATER = NOW + timedelta(hours=1)
WHO = {"name": "Ann Plant", "phone": "13800138000"}


def key_of(code: receipts.Code) -> bytes:
    return receipts.private_key(code)


# -- coming in -----------------------------------------------------------------------------------


def test_a_complaint_is_registered_at_once_with_its_file_waiting(town: Town) -> None:
    case, _ = world.with_photo(town)
    (file,) = world.files(case)
    assert case.number and file.facts.state == filing.WAITING and file.kind is not None
    assert (file.kind.media, file.size) == ("image/jpeg", len(planted.jpeg()))
    assert world.jobs(case) == [UUID(file.facts.id)]
    history = history_of(case)
    assert len(history.stored) == 1 and history.stored[0].index == file.leaf


def test_the_hash_in_the_event_is_that_of_the_stored_original(town: Town) -> None:
    case, code = world.with_photo(town)
    (file,) = world.files(case)
    stored = bytes(File.objects.get(pk=file.facts.id).original)
    assert file.sealed == hashlib.sha256(stored).hexdigest()
    original = files.own_original(case, file.facts.id, key_of(code))
    assert original.data == planted.jpeg()
    assert file.digest == hashlib.sha256(planted.jpeg()).hexdigest()
    world.look(case)
    (file,) = world.files(case)
    copy = Content.objects.get(pk=file.facts.copy)
    assert file.copy_sealed == hashlib.sha256(bytes(copy.ciphertext)).hexdigest()
    (event,) = [row for row in history_of(case).stored if row.event.type == filing.CHECKED]
    both = {str(one["kind"]): one["sha256"] for one in event.content}
    assert both["original"] == hashlib.sha256(stored).hexdigest() == file.sealed
    assert both["file-copy"] == file.copy_sealed


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None
)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.booleans())
def test_custody_holds_for_any_bytes(town: Town, parts: list[bytes], known: bool) -> None:
    """Whatever comes in: the event commits to what is stored, and that opens to what came in."""
    given_files = [("x.txt", b"text " + part.hex().encode()) for part in parts]
    with transaction.atomic():
        done, code = town.hand_in(files=sort_out(given_files).taken, identity=WHO if known else {})
        held = world.files(done.case)
        assert [f.digest for f in held] == list(
            dict.fromkeys(hashlib.sha256(data).hexdigest() for _, data in given_files)
        )
        for file in held:
            stored = bytes(File.objects.get(pk=file.facts.id).original)
            assert file.sealed == hashlib.sha256(stored).hexdigest()
            found = files.own_original(done.case, file.facts.id, key_of(code)).data
            assert hashlib.sha256(found).hexdigest() == file.digest
        transaction.set_rollback(True)


def test_events_say_neither_name_nor_type_nor_size(town: Town) -> None:
    case, _ = world.with_photo(town)
    world.look(case)
    bodies = b"".join(row.body for row in history_of(case).stored)
    for told in (planted.PLANT.encode(), b"image/jpeg", b".jpg", str(len(planted.jpeg())).encode()):
        assert told not in bodies
    assert hashlib.sha256(planted.jpeg()).hexdigest().encode() not in bodies


def test_nothing_of_a_file_is_readable_in_any_table(town: Town) -> None:
    case, _ = world.with_photo(town)
    world.look(case)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    is_bytes = isinstance(value, (bytes, memoryview))
                    held = bytes(value) if is_bytes else str(value).encode()
                    assert not any(way in held for way in planted.spellings()), table
                    assert planted.jpeg()[:60] not in held, table


def test_the_check_finds_files_as_they_were_handed_in(town: Town) -> None:
    """On PostgreSQL it read the original as text and called every file tampered with."""
    case, _ = world.with_photo(town)
    world.look(case)
    assert check().faults == ()


def test_a_complaint_without_files_costs_what_it_did(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    town.hand_in()
    assert not FileKey.objects.exists() and not Identity.objects.exists()
    case = town.hand_in()[0].case
    history = history_of(case)
    with django_assert_num_queries(0):
        assert files.files_of(case, history) == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"MZ\x90\0", "file-is-program"),
        (b"#!/bin/sh\nrm -rf /", "file-is-program"),
        (b"PK\x03\x04 plain zip", "file-is-archive"),
        (b"\x1f\x8b\x08 gz", "file-is-archive"),
        (b"Rar!\x1a\x07", "file-is-archive"),
        (b"<html><script>", "file-is-page"),
        (b"  <?xml version='1.0'?><svg onload='x'/>", "file-is-page"),
        (b"\x00\x01\x02\x03", "file-kind-unknown"),
    ],
)
def test_what_is_not_taken_is_refused_in_words(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        take("photo.jpg", data)
    assert caught.value.code == code


def test_too_large_too_many_and_twice(settings: pytest.FixtureRequest) -> None:
    settings.HUIYIN_FILE_MB = 1  # type: ignore[attr-defined]  # pytest-django's fixture
    large = b"a" * (1024 * 1024 + 1)
    same = [("one", b"the same"), ("two", b"the same"), ("large", large)]
    done = sort_out(same)
    assert [one.upload.name for one in done.taken] == ["one"]
    assert [(place, r.code) for place, r in done.refused] == [
        (2, "file-already-there"),
        (3, "file-too-large"),
    ]
    many = sort_out([(str(n), f"file {n}".encode()) for n in range(MOST_AT_ONCE + 2)])
    assert len(many.taken) == MOST_AT_ONCE
    assert {r.code for _, r in many.refused} == {"file-too-many"}


def test_a_full_disk_stops_files_before_it_stops_complaints(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": LEAST_FREE})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    done = sort_out([("a.jpg", planted.jpeg())])
    assert [r.code for _, r in done.refused] == ["file-no-room"]
    assert town.hand_in(files=done.taken)[0].case.number


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Wang\\photo.jpg", "photo.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\0b\nc\x1b[31m.txt", "abc[31m.txt"),
        ("  ..hidden. ", "hidden"),
        ('a<b>"c"|d?*.png', "abcd.png"),
        ("工资条.pdf", "工资条.pdf"),
        ("", ""),
        ("x" * 300 + ".jpg", "x" * 116 + ".jpg"),
    ],
)
def test_hostile_names_are_made_plain(given_name: str, shown: str) -> None:
    assert plain_name(given_name) == shown


def test_the_same_code_again_registers_the_files_once(town: Town) -> None:
    from huiyin.cases.submitting import HandIn, submit

    code = receipts.make(bytes(15))
    taken = world.given(("a.jpg", planted.jpeg()))
    command = HandIn("roads", "Dark.", "en", files=taken)  # type: ignore[arg-type]
    first = submit(command, code=code, now=NOW)
    again = submit(command, code=code, now=LATER)
    assert again.repeated and again.case.number == first.case.number
    assert File.objects.count() == 1
    with pytest.raises(Refusal, match="code-used"):
        submit(HandIn("roads", "Dark.", "en"), code=code, now=LATER)


# -- the cleaner ---------------------------------------------------------------------------------


def test_the_copy_has_nothing_hidden_and_the_server_loses_its_way_to_the_original(
    town: Town,
) -> None:
    case, _ = world.with_photo(town)
    (waiting,) = world.files(case)
    assert vault_files.for_cleaning(case.vault, UUID(waiting.facts.id)) == planted.jpeg()
    assert world.look(case) == ["done"]
    (file,) = world.files(case)
    assert file.facts.state == filing.CLEANED
    copy = sealed.get_bytes([UUID(file.facts.copy)], case.vault)[UUID(file.facts.copy)]
    assert not planted.holds(copy) and hashlib.sha256(copy).hexdigest() == file.copy_digest
    assert file.removed == {"camera": 1, "place": 1, "description": 1}
    assert file.scan == "not-scanned"
    assert vault_files.for_cleaning(case.vault, UUID(file.facts.id)) is None
    assert not FileWaiting.objects.exists()


def test_a_second_worker_finds_nothing_to_do(town: Town) -> None:
    case, _ = world.with_photo(town)
    (file,) = world.files(case)
    world.look(case)
    before = len(history_of(case).stored)
    assert clean_file.func(case.number, file.facts.id, 0) == "gone"
    with pytest.raises(Refusal, match="file-unknown"):
        files.record_look(case, file.facts.id, Result("kept", "no-cleaner"), "clean", LATER)
    assert len(history_of(case).stored) == before


def test_a_bad_file_is_refused_and_the_complaint_stands(town: Town) -> None:
    bad = [("bomb.png", planted.pixel_bomb()), ("cut.jpg", planted.jpeg()[:300])]
    done, code = town.hand_in(files=world.given(*bad))
    assert world.look(done.case) == ["done", "done"]
    held = world.files(done.case)
    assert [f.facts.state for f in held] == [filing.REFUSED] * 2
    assert [f.facts.reason for f in held] == ["too-many-pixels", "malformed"]
    # Refused for the office; the complainant still has what they handed in.
    own = files.own_original(done.case, held[1].facts.id, key_of(code))
    assert own.data == planted.jpeg()[:300]


def test_a_failure_of_ours_is_tried_again_and_then_told(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case, _ = world.with_photo(town)
    (file,) = world.files(case)

    def broken(data: bytes, media: str) -> Result:
        raise OSError(planted.PLANT)

    monkeypatch.setattr("huiyin.cleaning.run", broken)
    jobs = len(world.jobs(case))
    assert clean_file.func(case.number, file.facts.id, 0) == "later"
    assert len(world.jobs(case)) == jobs + 1
    with pytest.raises(OSError):
        clean_file.func(case.number, file.facts.id, len(WAITS))
    assert world.files(case)[0].facts.state == filing.WAITING
    assert planted.PLANT not in caplog.text and case.number in caplog.text


def test_an_infected_file_goes_no_further(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = world.with_photo(town)
    monkeypatch.setattr("huiyin.cases.file_job.scan", lambda data, where: "found")
    world.look(case)
    (file,) = world.files(case)
    assert (file.facts.state, file.facts.reason) == (filing.REFUSED, "infected")
    assert file.scan == "found" and not file.facts.readable


# -- adding later --------------------------------------------------------------------------------


@pytest.mark.parametrize("identity", [{}, WHO])
def test_files_are_added_later_by_the_code_alone(town: Town, identity: dict[str, str]) -> None:
    done, code = town.hand_in(identity=identity)
    case, taken = done.case, world.given(("a.jpg", planted.jpeg()), ("b.png", planted.png()))
    other = key_of(receipts.make(b"x" * 15))
    if identity:
        with pytest.raises(Refusal, match="seal-broken"):
            files.add(case.number, other, taken, "", LATER)  # type: ignore[arg-type]
    files.add(case.number, key_of(code), taken, "Two pictures.", LATER)  # type: ignore[arg-type]
    more = world.given(("c.txt", b"a third"))
    files.add(case.number, key_of(code), more, "", LATER)  # type: ignore[arg-type]
    held = world.files(case)
    assert [f.facts.n for f in held] == [1, 2, 3] and len(world.jobs(case)) == 3
    assert files.own_original(case, held[2].facts.id, key_of(code)).data == b"a third"
    assert set(files.own_names(case, key_of(code), held).values()) == {"a.jpg", "b.png", "c.txt"}
    story = tell(case, history_of(case), Reader("office", "en"), LATER)
    assert "Two pictures." in {text.text for entry in story.entries for text in entry.texts}
    assert not [act for act in story.acts if act.id == filing.ADD]


def test_a_case_takes_only_so_many(town: Town) -> None:
    done, code = town.hand_in()
    batches = [
        world.given(*((f"{n}", f"file {start + n}".encode()) for n in range(10)))
        for start in range(0, MOST_IN_CASE + 10, 10)
    ]
    for batch in batches[:-1]:
        files.add(done.case.number, key_of(code), batch, "", LATER)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="file-too-many"):
        files.add(done.case.number, key_of(code), batches[-1], "", LATER)  # type: ignore[arg-type]
    assert len(world.files(done.case)) == MOST_IN_CASE


def test_staff_cannot_claim_what_only_the_code_or_the_cleaner_does(town: Town) -> None:
    case, _ = world.with_photo(town)
    for act in (filing.ADD, filing.CHECKED, filing.READ, filing.GIVEN):
        for do in (
            lambda act=act: town.act("alice", case.number, act),
            lambda act=act: town.complainant(case.number, act),
        ):
            with pytest.raises(Refusal) as caught:
                do()
            assert caught.value.code in ("act-has-sealed-half", "act-not-yours")


# -- reading -------------------------------------------------------------------------------------


def test_readers_read_the_copy_and_each_reading_is_an_entry_once_a_day(town: Town) -> None:
    case, _ = world.with_photo(town)
    (file,) = world.files(case)
    with pytest.raises(Refusal, match="file-without-copy"):
        files.read_copy(case.number, file.facts.id, town.actor("alice"), LATER)
    world.look(case)  # by the clock on the wall, like every job
    later = timezone.now()
    for name in ("alice", "sun", "alice"):
        found = files.read_copy(case.number, file.facts.id, town.actor(name), later)
        assert found.name == f"{case.number}-1.jpg" and not planted.holds(found.data)
    readings = world.files(case)[0].facts.readings
    assert [one.actor for one in readings] == [town.id("alice"), town.id("sun")]
    next_day = later + timedelta(days=1)
    files.read_copy(case.number, file.facts.id, town.actor("alice"), next_day)
    assert len(world.files(case)[0].facts.readings) == 3


@pytest.mark.parametrize("name", ["wang", "omar", "rao", "adam", "audrey", "peng", "otto"])
def test_who_may_not_read_the_case_gets_no_file_and_leaves_no_entry(town: Town, name: str) -> None:
    case, _ = world.with_photo(town)
    world.look(case)
    (file,) = world.files(case)
    before = len(history_of(case).stored)
    with pytest.raises(Refusal, match="case-unknown"):
        files.read_copy(case.number, file.facts.id, town.actor(name), LATER)
    assert len(history_of(case).stored) == before


def test_those_complained_of_never_get_a_file(town: Town) -> None:
    case, _ = world.with_photo(town, about_unit="works")
    world.look(case)
    (file,) = world.files(case)
    for name in ("bob", "bella"):
        with pytest.raises(Refusal, match="case-unknown"):
            files.read_copy(case.number, file.facts.id, town.actor(name), LATER)


def test_a_file_of_another_case_is_not_given_out(town: Town) -> None:
    one, _ = world.with_photo(town)
    other, other_code = world.with_document(town)
    world.look(one)
    (file,) = world.files(one)
    with pytest.raises(Refusal, match="file-unknown"):
        files.read_copy(other.number, file.facts.id, town.actor("alice"), LATER)
    with pytest.raises(Refusal, match="file-unknown"):
        files.own_original(other, file.facts.id, key_of(other_code))
    with pytest.raises(Refusal, match="seal-broken"):
        files.own_original(one, file.facts.id, key_of(other_code))


def test_a_look_at_a_file_does_not_outdate_a_colleagues_page(town: Town) -> None:
    case, _ = world.with_photo(town)
    world.look(case)
    seen = history_of(case).state.seq
    (file,) = world.files(case)
    files.read_copy(case.number, file.facts.id, town.actor("sun"), LATER)
    from huiyin.cases.acting import Request, by_staff

    request = Request("note", {"note": "Seen."}, seen)
    assert by_staff(case.number, request, town.actor("alice"), LATER)
    with pytest.raises(Refusal, match="stale"):
        by_staff(case.number, request, town.actor("alice"), LATER)


# -- what cannot be cleaned ----------------------------------------------------------------------


@pytest.fixture
def no_mat2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.cleaning.others.installed", lambda: None)


def test_what_cannot_be_cleaned_is_kept_and_the_complainant_may_give_it(
    town: Town, no_mat2: None
) -> None:
    case, code = world.with_document(town)
    world.look(case)
    (file,) = world.files(case)
    assert (file.facts.state, file.facts.reason) == (filing.KEPT, "no-cleaner")
    with pytest.raises(Refusal, match="file-without-copy"):
        files.read_copy(case.number, file.facts.id, town.actor("alice"), LATER)
    with pytest.raises(Refusal, match="seal-broken"):
        files.give_as_it_is(case.number, file.facts.id, key_of(receipts.make(b"y" * 15)), LATER)
    files.give_as_it_is(case.number, file.facts.id, key_of(code), LATER)
    found = files.read_copy(case.number, file.facts.id, town.actor("alice"), LATER)
    assert found.data == planted.docx() and found.name.endswith("-1.docx")
    assert world.files(case)[0].facts.state == filing.AS_IT_IS
    with pytest.raises(Refusal, match="file-given-already"):
        files.give_as_it_is(case.number, file.facts.id, key_of(code), LATER)


# -- keys over time ------------------------------------------------------------------------------

WORDS = {
    "privacy_officer": "lantern river seven quiet maps",
    "ombudsman": "heron bridge eleven slow bells",
}


def test_originals_stay_open_to_their_owner_when_consent_is_taken_back(town: Town) -> None:
    case, code = world.with_photo(town, identity=WHO)
    consent = Consent("identity", "works")
    consenting.give(case.number, key_of(code), consent, None, LATER)
    before = bytes(FileKey.objects.get().sealed_private)
    consenting.take_back(case.number, key_of(code), "works", None, LATER)
    assert bytes(FileKey.objects.get().sealed_private) != before
    (file,) = world.files(case)
    assert files.own_original(case, file.facts.id, key_of(code)).data == planted.jpeg()
    more = world.given(("b.png", planted.png()))
    files.add(case.number, key_of(code), more, "", LATER)  # type: ignore[arg-type]


def test_consent_to_the_identity_gives_no_original(town: Town) -> None:
    case, code = world.with_photo(town, identity=WHO)
    consenting.give(case.number, key_of(code), Consent("identity", "works"), None, LATER)
    released = sealed.open_release(case.vault, "unit:works")
    assert set(released) == {"name", "phone"}


def _officers() -> None:
    for role, words in WORDS.items():
        officers.create_officer_key(role, words, now=NOW)


def _opened_by_both(town: Town, number: str, purpose: str = opening.OPEN) -> None:
    asking = opening.Asking(number, purpose, "A threat.", WORDS["privacy_officer"])
    opening.ask(town.actor("peng"), asking, LATER)
    opening.confirm(town.actor("olga"), number, WORDS["ombudsman"], LATER)


@pytest.mark.parametrize("identity", [{}, WHO])
def test_two_officers_open_originals_and_one_does_not(town: Town, identity: dict[str, str]) -> None:
    _officers()
    case, _ = world.with_photo(town, identity=identity)
    (file,) = world.files(case)
    ombudsman, words = town.actor("olga"), WORDS["ombudsman"]
    with pytest.raises(Refusal, match="opening-not-asked"):
        opening.original(ombudsman, case.number, file.facts.id, words, LATER)
    _opened_by_both(town, case.number, opening.FILES)
    with pytest.raises(Refusal, match="opening-not-asked"):
        privacy = town.actor("peng")
        opening.original(privacy, case.number, file.facts.id, WORDS["privacy_officer"], LATER)
    with pytest.raises(Refusal, match="passphrase-wrong"):
        opening.original(
            ombudsman, case.number, file.facts.id, "quite another phrase of words", LATER
        )
    found = opening.original(ombudsman, case.number, file.facts.id, words, LATER)
    assert found.data == planted.jpeg()
    story = tell(case, history_of(case), Reader("complainant", "en"), LATER)
    assert [e for e in story.entries if e.event_class == "identity-opened"]
    opening.explain(town.actor("olga"), case.number, "There was a threat.", LATER)
    with pytest.raises(Refusal, match="opening-not-asked"):
        opening.original(ombudsman, case.number, file.facts.id, words, LATER)


def test_opening_the_identity_alone_leaves_originals_closed(town: Town) -> None:
    _officers()
    case, _ = world.with_photo(town, identity=WHO)
    (file,) = world.files(case)
    _opened_by_both(town, case.number)
    with pytest.raises(Refusal, match="opening-not-asked"):
        opening.original(town.actor("olga"), case.number, file.facts.id, WORDS["ombudsman"], LATER)


def test_a_new_code_opens_the_originals_and_the_old_one_does_not(town: Town) -> None:
    _officers()
    case, old = world.with_photo(town, identity=WHO)
    (file,) = world.files(case)
    _opened_by_both(town, case.number, opening.REISSUE)
    new = opening.reissue(town.actor("olga"), case.number, WORDS["ombudsman"], LATER)
    assert files.own_original(case, file.facts.id, key_of(new)).data == planted.jpeg()
    with pytest.raises(Refusal, match="seal-broken"):
        files.own_original(case, file.facts.id, key_of(old))


def test_originals_open_after_an_officer_handed_over(town: Town) -> None:
    _officers()
    case, _ = world.with_photo(town)
    new = "wooden bridge nine green cups"
    officers.hand_over("ombudsman", WORDS["ombudsman"], new, now=LATER)
    (file,) = world.files(case)
    asking = opening.Asking(case.number, opening.FILES, "A threat.", WORDS["privacy_officer"])
    opening.ask(town.actor("peng"), asking, LATER)
    opening.confirm(town.actor("olga"), case.number, new, LATER)
    found = opening.original(town.actor("olga"), case.number, file.facts.id, new, LATER)
    assert found.data == planted.jpeg()


# -- the rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["vault_file", "vault_filewaiting"])
def test_a_sealed_file_is_never_changed_in_place(town: Town, table: str) -> None:
    world.with_photo(town)
    refused = pytest.raises(DatabaseError, match="never changed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET stream = stream")


def test_a_changed_original_is_told_from_a_wrong_code(town: Town) -> None:
    case, code = world.with_photo(town)
    (file,) = world.files(case)
    row = File.objects.get(pk=file.facts.id)
    changed = bytes(row.original)[:-1] + bytes([bytes(row.original)[-1] ^ 1])
    File.objects.filter(pk=row.pk).delete()
    File.objects.create(
        id=row.id, stream=row.stream, key=row.key, sealed_name=row.sealed_name, original=changed,
        created=row.created,
    )  # fmt: skip
    with pytest.raises(Refusal, match="seal-broken"):
        files.own_original(case, file.facts.id, key_of(code))
    assert world.files(case)[0].sealed != hashlib.sha256(changed).hexdigest()


def test_erasure_destroys_files_and_their_keys(town: Town) -> None:
    case, code = world.with_photo(town)
    world.look(case)
    waiting, _ = world.with_photo(town)
    other, _ = world.with_document(town)
    for each in (case, waiting):
        town.complainant(each.number, "withdraw", LATER)
        erasing.erase(each.number, timezone.now() + timedelta(days=800))
    streams = {case.vault, waiting.vault}
    for model in (File, FileKey, FileWaiting, Content, Identity):
        assert not model.objects.filter(stream__in=streams).exists(), model
    assert File.objects.filter(stream=other.vault).exists()
    (file,) = world.files(case)
    assert file.kind is None and file.digest == "" and file.sealed
    for refused in (
        lambda: files.own_original(case, file.facts.id, key_of(code)),
        lambda: files.read_copy(case.number, file.facts.id, town.actor("alice"), LATER),
    ):
        with pytest.raises(Refusal):
            refused()
    (gone,) = world.files(waiting)
    assert clean_file.func(waiting.number, gone.facts.id, 0) == "gone"


def test_rebuilding_finds_nothing_different(town: Town) -> None:
    case, code = world.with_photo(town)
    world.look(case)
    (file,) = world.files(case)
    files.read_copy(case.number, file.facts.id, town.actor("alice"), LATER)
    more = world.given(("c.txt", b"a third"))
    files.add(case.number, key_of(code), more, "And this.", LATER)  # type: ignore[arg-type]
    assert rebuilding.rebuild(case.number) == ()
    assert Case.objects.get(pk=case.number).contact == "none"


def test_the_job_row_holds_numbers_and_ids_alone(town: Town) -> None:
    from django_tasks_db.models import DBTaskResult

    case, _ = world.with_photo(town)
    world.look(case)
    for row in DBTaskResult.objects.all():
        held = json.dumps(row.args_kwargs) + str(row.return_value)
        assert not any(way.decode("latin-1") in held for way in planted.spellings())
