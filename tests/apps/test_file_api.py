"""Files through the API: base64 in, refusals per file, the complaint in any case."""

from __future__ import annotations

import base64
import json
import uuid
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpResponse
from django.test import Client, RequestFactory

from huiyin.cases.models import Case
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import normalise_number
from huiyin.vault.models import File
from huiyin.web.middleware import WITH_FILES, read_files
from tests import planted_files as planted
from tests.apps import api_world as api
from tests.apps import files_world as world
from tests.people import Town


def file(data: bytes, name: str = "a.jpg") -> dict[str, str]:
    return {"name": name, "data": base64.b64encode(data).decode()}


CASE = {"category": "roads", "place": "jixi", "text": "The lamp is dark.", "language": "en"}


def hand_in(client: Client, *files: dict[str, str], **headers: str) -> HttpResponse:
    return client.post(
        "/api/v1/cases/with-files",
        {"case": CASE, "files": list(files)},
        content_type="application/json",
        headers={"accept-language": "en", **headers},
    )


def code_of(answer: HttpResponse) -> dict[str, str]:
    return api.receipt(answer.json()["code"])


@pytest.mark.usefixtures("town")
def test_a_complaint_with_files_and_back(client: Client) -> None:
    answer = hand_in(client, file(planted.jpeg()), file(planted.png(), "b.png"))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["receipt"] and told["due"] and told["refused"] == []
    assert [(f["n"], f["media"], f["state"]) for f in told["files"]] == [
        (1, "image/jpeg", "waiting"),
        (2, "image/png", "waiting"),
    ]
    world.look(Case.objects.get(pk=told["number"]))
    mine = client.get("/api/v1/follow/files", headers=code_of(answer)).json()["files"]
    assert {f["state"] for f in mine} == {"file-cleaned"} and all(f["copy_sha256"] for f in mine)
    back = client.get(f"/api/v1/follow/files/{mine[0]['file']}", headers=code_of(answer))
    assert back.content == planted.jpeg() and "attachment" in back["Content-Disposition"]


@pytest.mark.usefixtures("town")
def test_files_not_taken_never_cost_the_complaint(client: Client) -> None:
    bad = [file(b"MZ program"), file(b""), file(b"PK\x03\x04zip")]
    answer = hand_in(client, *bad, file(planted.jpeg()))
    told = answer.json()
    assert answer.status_code == 201 and len(told["files"]) == 1
    assert [(r["place"], r["code"]) for r in told["refused"]] == [
        (1, "file-is-program"),
        (2, "file-empty"),
        (3, "file-is-archive"),
    ]
    assert all(r["title"] and r["detail"] for r in told["refused"])
    only_bad = hand_in(client, *bad)
    assert only_bad.status_code == 201 and only_bad.json()["files"] == []


@pytest.mark.usefixtures("town")
def test_the_same_key_gives_the_same_case_with_its_files(client: Client) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    one = hand_in(client, file(planted.jpeg()), **key).json()
    again = hand_in(client, file(planted.jpeg()), **key).json()
    assert one["number"] == again["number"] and File.objects.count() == 1
    assert again["files"] == one["files"]


@pytest.mark.usefixtures("town")
def test_what_is_not_base64_or_cut_off_records_nothing(client: Client) -> None:
    before = Case.objects.count()
    answer = hand_in(client, {"name": "x", "data": "not base64!"})
    assert (answer.status_code, answer.json()["code"]) == (422, "file-not-base64")
    body = json.dumps({"case": CASE, "files": [file(planted.jpeg())]})
    cut = client.generic(
        "POST", "/api/v1/cases/with-files", body[:-200], content_type="application/json"
    )
    assert cut.status_code == 400
    assert Case.objects.count() == before


def test_a_body_shorter_than_it_says_is_told_as_cut_off(db: None) -> None:
    """The test client refuses to send such a request, so it is made by hand."""
    request = RequestFactory().post(WITH_FILES[0], b"", content_type="application/json")
    request._stream = LimitedStream(BytesIO(b'{"case": {'), 500)
    request.META["CONTENT_LENGTH"] = "500"
    with pytest.raises(Refusal, match="upload-cut-off"):
        read_files(request)


@pytest.mark.usefixtures("town")
def test_too_large_a_request_is_refused_before_it_is_read(client: Client, settings: Any) -> None:
    settings.HUIYIN_FILE_MB = 1
    answer = hand_in(client, file(b"\xff\xd8\xff" + b"a" * 7_000_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "request-too-large")
    large = hand_in(client, file(b"\xff\xd8\xff" + b"a" * 1_100_000))
    assert large.status_code == 201 and large.json()["refused"][0]["code"] == "file-too-large"


@pytest.mark.usefixtures("town")
def test_adding_later_by_the_code(client: Client) -> None:
    code = api.receipt(api.hand_in(client)["code"])
    sent = {"files": [file(planted.jpeg())], "text": "At night."}
    answer = client.post(
        "/api/v1/follow/files", sent, content_type="application/json", headers=code
    )
    assert answer.status_code == 201 and len(answer.json()["files"]) == 1
    again = client.post("/api/v1/follow/files", sent, content_type="application/json", headers=code)
    assert (again.status_code, again.json()["code"]) == (409, "file-already-there")
    story = client.get("/api/v1/follow", headers=code).json()
    assert "At night." in str(story["messages"])
    nobody = client.post("/api/v1/follow/files", sent, content_type="application/json")
    assert nobody.status_code == 401


def test_the_office_lists_and_reads_copies(client: Client, town: Town) -> None:
    answer = hand_in(client, file(planted.jpeg()))
    number = normalise_number(answer.json()["number"])
    world.look(Case.objects.get(pk=number))
    token = api.token(town, "alice")
    (told,) = client.get(f"/api/v1/cases/{number}/files", headers=token).json()
    address = f"/api/v1/cases/{number}/files/{told['file']}"
    assert client.get(address, headers=token).status_code == 405
    copy = client.post(address, headers=token)
    assert copy.status_code == 200 and not planted.holds(copy.content)
    wang = api.token(town, "wang")
    assert client.post(address, headers=wang).status_code == 404
    assert client.get(f"/api/v1/cases/{number}/files", headers=wang).status_code == 404


def test_the_document_tells_of_files(client: Client, db: None) -> None:
    document = client.get("/api/v1/openapi.json").json()
    shapes = document["components"]["schemas"]
    assert set(shapes["FileIn"]["properties"]) == {"name", "data"}
    assert "/api/v1/cases/with-files" in document["paths"]
    plain = document["paths"]["/api/v1/cases"]["post"]["requestBody"]["content"]
    assert plain["application/json"]["schema"]["$ref"].endswith("/NewCase")
    assert "files" not in shapes["NewCase"]["properties"]
