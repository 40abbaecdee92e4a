"""Files through the pages, without JavaScript: hand in, follow, the clerk's desk."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from huiyin.cases.files import files_of
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain import filing
from huiyin.portal import sittings
from huiyin.portal.models import SittingFile
from huiyin.portal.sittings import DRAFT
from huiyin.vault.models import File
from tests import planted_files as planted
from tests.apps import files_world as world
from tests.apps.portal_journey import ANSWERS, Resident, shown
from tests.people import Town


def photo(name: str = f"{planted.PLANT}.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, planted.jpeg() if data is None else data, "image/jpeg")


def begun(language: str = "en") -> Resident:
    """A resident who stands at the question about files."""
    resident = Resident(language)
    resident.begin()
    for step in ("place", "category", "about", "what", "remedy"):
        assert resident.post(f"/hand-in/{step}/", ANSWERS[step]).status_code == 302
    return resident


def send(resident: Resident, *files: SimpleUploadedFile, **more: Any) -> HttpResponse:
    return resident.post("/hand-in/files/", {"files": list(files), "whole": "1", **more})


def finish(resident: Resident) -> Case:
    for step in ("people", "reach"):
        assert resident.post(f"/hand-in/{step}/", ANSWERS[step]).status_code == 302
    assert resident.post("/hand-in/check/").headers["Location"] == "/hand-in/receipt/"
    return Case.objects.latest("serial")


def held(case: Case) -> tuple[Any, ...]:
    return files_of(case, history_of(case))


# -- handing in ----------------------------------------------------------------------------------


def test_the_limits_are_told_before_anybody_chooses(town: Town) -> None:
    answer = begun().get("/hand-in/files/")
    page = shown(answer)
    assert "at most 10 MB" in page and "at most 10 files" in page and "40 MB" in page
    assert b'enctype="multipart/form-data"' in answer.content and b" multiple" in answer.content
    assert "You need none" in page


def test_files_are_chosen_removed_and_handed_in(town: Town) -> None:
    resident = begun()
    answer = send(resident, photo(), photo("two.png", planted.png()), add="1")
    assert answer.status_code == 302 and answer.headers["Location"] == "/hand-in/files/"
    page = shown(resident.get("/hand-in/files/"))
    assert f"{planted.PLANT}.jpg" in page and "two.png" in page and "Picture (JPG)" in page
    keep, drop = [row.id for row in SittingFile.objects.order_by("expires")]
    wanted = sittings_files(resident)
    assert send(resident, remove=wanted[1]["id"]).status_code == 302
    assert SittingFile.objects.count() == 1 and {keep, drop}
    assert send(resident, photo("three.gif", planted.gif()), go="1").status_code == 302
    check = resident.get("/hand-in/check/")
    assert check.status_code == 302  # two questions are still open
    case = finish(resident)
    assert [f.kind.media for f in held(case)] == ["image/jpeg", "image/gif"]
    assert not SittingFile.objects.exists()


def sittings_files(resident: Resident) -> list[dict[str, Any]]:
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.COOKIES = {k: v.value for k, v in resident.client.cookies.items()}
    sitting = sittings.resume(request, DRAFT)
    assert sitting is not None
    return list(sitting.value["answers"].get("files", []))


def test_a_draft_keeps_files_sealed_and_drops_them_with_the_sitting(town: Town) -> None:
    resident = begun()
    send(resident, photo(), add="1")
    (row,) = SittingFile.objects.all()
    assert not any(way in bytes(row.sealed) for way in planted.spellings())
    assert planted.jpeg()[:40] not in bytes(row.sealed)
    assert resident.post("/exit/").status_code == 302
    assert not SittingFile.objects.exists()


def test_beginning_again_and_expiry_drop_files(town: Town) -> None:
    resident = begun()
    send(resident, photo(), add="1")
    resident.post("/hand-in/", {"anew": "1"})
    assert not SittingFile.objects.exists()
    late = begun()
    send(late, photo(), add="1")
    SittingFile.objects.update(expires="2020-01-01T00:00Z")
    other = Resident()
    other.begin()
    assert not SittingFile.objects.exists()
    case = finish_from_files(late)
    assert held(case) == ()  # the complaint is there all the same


def finish_from_files(resident: Resident) -> Case:
    assert send(resident, go="1").status_code == 302
    return finish(resident)


@pytest.mark.parametrize(
    ("upload", "status", "words"),
    [
        (photo("empty.jpg", b""), 422, "This file is empty"),
        (photo("tool.jpg", b"MZ\x90\0 program"), 422, "This file is a program"),
        (photo("all.zip", b"PK\x03\x04 packed"), 422, "This file is packed"),
        (photo("x.jpg", b"<svg onload=alert(1)>"), 422, "a web page or a drawing"),
    ],
)
def test_a_file_not_taken_is_told_kindly_and_the_draft_goes_on(
    town: Town, upload: SimpleUploadedFile, status: int, words: str
) -> None:
    resident = begun()
    upload.seek(0)
    answer = send(resident, upload, photo("good.png", planted.png()), go="1")
    page = shown(answer)
    assert answer.status_code == status and words in page and upload.name in page
    assert "good.png" in page  # what was good is kept
    case = finish_from_files(resident)
    assert [f.kind.media for f in held(case)] == ["image/png"]


def test_too_large_a_file_is_never_kept(
    town: Town, settings: pytest.FixtureRequest, tmp_path: Path
) -> None:
    settings.HUIYIN_FILE_MB = 1  # type: ignore[attr-defined]  # pytest-django's fixture
    resident = begun()
    answer = send(resident, photo("big.jpg", b"\xff\xd8\xff" + b"a" * 1_100_000), go="1")
    assert answer.status_code == 413 and "larger than 1 MB" in shown(answer)
    assert not SittingFile.objects.exists()
    case = finish_from_files(resident)
    assert held(case) == ()


def test_an_upload_cut_off_is_not_taken(town: Town) -> None:
    resident = begun()
    answer = resident.post("/hand-in/files/", {"files": [photo()], "go": "1"})  # no end
    assert answer.status_code == 400 and "cut off" in shown(answer)
    assert not SittingFile.objects.exists()


def test_half_of_a_body_is_told_from_a_whole_one(town: Town) -> None:
    """The bytes themselves cut: whatever the parser makes of them, nothing half is kept."""
    resident = begun()
    resident.get("/follow/")
    token = resident.client.cookies["csrftoken"].value
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode() + planted.jpeg()
    answer = resident.client.post(
        "/hand-in/files/", body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 400 and not SittingFile.objects.exists()


def test_the_same_file_twice_is_kept_once(town: Town) -> None:
    resident = begun()
    answer = send(resident, photo("a.jpg"), photo("b.jpg"), add="1")
    assert answer.status_code == 409 and "there already" in shown(answer)
    assert SittingFile.objects.count() == 1


def test_no_room_never_stops_a_complaint(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sittings, "MOST_IN_DRAFTS", 100)
    resident = begun()
    answer = send(resident, photo(), go="1")
    assert answer.status_code == 503 and "without the file" in shown(answer)
    case = finish_from_files(resident)
    assert case.number


def test_no_upload_is_written_to_a_folder_and_other_pages_keep_none(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django's own handler would spool what is larger than 2.5 MB."""

    def spooled(*args: object, **options: object) -> None:
        raise AssertionError("an upload goes to a folder")

    for name in ("mkstemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, spooled)
    large = b"\xff\xd8\xff" + os.urandom(4_000_000)
    resident = begun()
    assert send(resident, photo("big.jpg", large), add="1").status_code == 302
    resident.post("/hand-in/what/", {"text": "x", "files": photo("big.jpg", large)})
    resident.post("/follow/", {"code": "x", "files": photo("big.jpg", large)})
    assert SittingFile.objects.count() == 1


def test_a_file_without_a_draft_is_answered_in_words(town: Town) -> None:
    answer = send(Resident(), photo(), go="1")
    assert answer.status_code == 404 and not SittingFile.objects.exists()


# -- following -----------------------------------------------------------------------------------


@pytest.fixture
def follower(town: Town) -> tuple[Resident, Case]:
    """A resident whose case with one photograph is open in the browser."""
    resident = Resident()
    case, _ = resident.hand_in()
    return resident, case


def test_the_complainant_adds_sees_and_fetches(town: Town, follower: tuple[Resident, Case]) -> None:
    resident, case = follower
    assert "There are no files yet" in shown(resident.get("/follow/files/"))
    sent = {"files": [photo()], "message": "The lamp at night.", "whole": "1"}
    assert resident.post("/follow/files/", sent).status_code == 302
    page = shown(resident.get("/follow/files/"))
    assert f"{planted.PLANT}.jpg" in page and "waiting for the program" in page
    world.look(case)
    page = shown(resident.get("/follow/files/"))
    assert "cleaned copy ready" in page and "the place where it was taken" in page
    (file,) = held(case)
    back = resident.get(f"/follow/files/{file.facts.id}/")
    assert back.content == planted.jpeg()
    assert back.headers["Content-Disposition"].startswith("attachment")
    assert "The lamp at night." in shown(resident.get("/follow/"))
    assert planted.PLANT not in shown(resident.get("/follow/"))  # names stand on their own page


def test_adding_tells_what_was_not_taken(town: Town, follower: tuple[Resident, Case]) -> None:
    resident, case = follower
    none = resident.post("/follow/files/", {"message": "Look.", "whole": "1"})
    assert none.status_code == 422 and "No file was chosen" in shown(none)
    assert "Look." in shown(none)
    mixed = {"files": [photo("a.exe", b"MZ"), photo("b.png", planted.png())], "whole": "1"}
    answer = resident.post("/follow/files/", mixed)
    assert answer.status_code == 422 and "a.exe" in shown(answer)
    assert len(held(case)) == 1
    again = resident.post(
        "/follow/files/", {"files": [photo("c.png", planted.png())], "whole": "1"}
    )
    assert again.status_code == 409 and len(held(case)) == 1


def test_the_complainant_gives_what_cannot_be_cleaned(
    town: Town, follower: tuple[Resident, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huiyin.cleaning.others.installed", lambda: None)
    resident, case = follower
    sent = {"files": [photo("report.docx", planted.docx())], "whole": "1"}
    resident.post("/follow/files/", sent)
    world.look(case)
    page = shown(resident.get("/follow/files/"))
    assert "Give it as it is" in page and "cannot be cleaned" in page
    (file,) = held(case)
    for _ in range(2):
        assert resident.post(f"/follow/files/{file.facts.id}/give/").status_code == 302
    assert held(case)[0].facts.state == filing.AS_IT_IS
    assert "You gave it to the office" in shown(resident.get("/follow/files/"))


def test_nobody_gets_anothers_original(town: Town, follower: tuple[Resident, Case]) -> None:
    other = Resident()
    other_case, _ = other.hand_in()
    other.post("/follow/files/", {"files": [photo()], "whole": "1"})
    (file,) = held(other_case)
    assert follower[0].get(f"/follow/files/{file.facts.id}/").status_code == 404
    assert Resident().get(f"/follow/files/{file.facts.id}/").status_code == 401
    assert follower[0].post(f"/follow/files/{file.facts.id}/give/").status_code == 404


def test_a_hostile_name_harms_no_header_and_no_page(
    town: Town, follower: tuple[Resident, Case]
) -> None:
    resident, case = follower
    name = 'x"; filename=evil.exe\u202egpj.<b>.txt'
    resident.post("/follow/files/", {"files": [photo(name, b"words")], "whole": "1"})
    (file,) = held(case)
    back = resident.get(f"/follow/files/{file.facts.id}/")
    head = back.headers["Content-Disposition"]
    assert (
        "\u202e" not in head and "<b>" not in head and back.headers["Content-Type"] == "text/plain"
    )
    assert "<b>." not in shown(resident.get("/follow/files/"))


# -- the office ----------------------------------------------------------------------------------


def desk(town: Town, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(town.users[name])
    return client


def test_the_case_page_lists_files_and_the_button_gives_the_copy(town: Town) -> None:
    case, _ = world.with_photo(town)
    alice = desk(town, "alice")
    page = shown(alice.get(f"/cases/{case.number}/"))
    assert "waiting for the program" in page and "Download the copy" not in page
    world.look(case)
    page = shown(alice.get(f"/cases/{case.number}/"))
    (file,) = held(case)
    for told in ("cleaned copy ready", "faces", "not scanned for viruses"):
        assert told in page
    assert file.digest in page and file.sealed in page
    assert planted.PLANT not in page and f"leaf {file.leaf} " in page
    address = f"/cases/{case.number}/files/{file.facts.id}/"
    assert alice.get(address).status_code == 405
    answer = alice.post(address)
    assert answer.status_code == 200 and not planted.holds(answer.content)
    head = answer.headers
    assert head["Content-Disposition"] == f'attachment; filename="{case.number}-1.jpg"'
    assert head["X-Content-Type-Options"] == "nosniff" and "no-store" in head["Cache-Control"]
    assert "sandbox" in head["Content-Security-Policy"]
    assert len(held(case)[0].facts.readings) == 1


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 200), ("sun", 200), ("bob", 404), ("wang", 404), ("peng", 404)]
)
def test_the_copy_follows_the_case(town: Town, name: str, status: int) -> None:
    case, _ = world.with_photo(town)
    world.look(case)
    (file,) = held(case)
    answer = desk(town, name).post(f"/cases/{case.number}/files/{file.facts.id}/")
    assert answer.status_code == status
    assert Client().post(f"/cases/{case.number}/files/{file.facts.id}/").status_code == 302


def test_those_complained_of_get_no_copy_by_any_page(town: Town) -> None:
    case, _ = world.with_photo(town, about_unit="works")
    world.look(case)
    (file,) = held(case)
    address = f"/cases/{case.number}/files/{file.facts.id}/"
    for name in ("bob", "bella"):
        assert desk(town, name).post(address).status_code == 404
    assert not held(case)[0].facts.readings


def test_what_was_erased_stands_in_the_list_as_such(town: Town) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from huiyin.cases import erasing

    case, _ = world.with_photo(town)
    world.look(case)
    town.complainant(case.number, "withdraw", timezone.now())
    erasing.erase(case.number, timezone.now() + timedelta(days=800))
    page = shown(desk(town, "alice").get(f"/cases/{case.number}/"))
    assert "erased on schedule" in page and not File.objects.exists()
