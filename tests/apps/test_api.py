"""The API's contract with programs: what goes in, what comes out, in which words."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from huiyin.cases.models import Case
from huiyin.domain.verification import verify_receipt
from huiyin.register.queries import vkey
from tests.apps import api_world as api
from tests.people import Town


def test_hand_in_answers_with_number_code_receipt_and_dates(client: Client, town: Town) -> None:
    given = api.hand_in(
        client,
        about="The lamp by the river",
        about_unit="wages",
        where="Crane Bridge",
        remedy="Light it.",
        people=3,
        contact={"email": "crane@example.org", "phone": "0123"},
        identity={"name": "Li Crane", "phone": "0456", "address": "By the river"},
    )
    assert set(given) == {"number", "code", "receipt", "due"}
    case = Case.objects.get(pk=given["number"])
    assert (case.category_id, case.place_id, case.people) == ("roads", "jixi", 3)
    assert (case.contact, case.unit_id, case.about_unit_id) == ("identity", "works", "wages")
    assert given["due"] and all(set(d) == {"limit", "due", "article"} for d in given["due"])
    assert given["receipt"]["number"] == given["number"]
    # The words come back where they are proved, and nowhere else; who said them never does.
    words = {one["kind"]: one["text"] for one in given["receipt"]["events"][0].pop("words")}
    assert words["text"] == api.PLANTED and set(words) == {"text", "remedy", "about", "where"}
    assert api.PLANTED not in json.dumps(given)
    for secret in ("Li Crane", "0456", "0123", "crane@example.org"):
        assert secret not in json.dumps([given, words])


def test_receipt_of_the_answer_verifies_without_a_server(client: Client, town: Town) -> None:
    given = api.hand_in(client)
    verdict = verify_receipt(json.dumps(given["receipt"], ensure_ascii=False).encode(), vkey=vkey())
    assert (verdict.status, verdict.number) == ("valid", given["number"]), verdict


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("zh-CN", "zh-hans"), ("zh-Hant", "zh-hant"), ("en-GB", "en"), ("ar", "ar"), ("en", "en")],
)
def test_language_tags_that_programs_send_are_understood(
    client: Client, town: Town, sent: str, kept: str
) -> None:
    given = api.hand_in(client, language=sent)
    assert Case.objects.get(pk=given["number"]).language == kept


def test_absent_and_null_are_the_same(client: Client, town: Town) -> None:
    nothing = dict.fromkeys(["unit", "about_unit", "about", "where", "remedy", "contact"])
    given = api.hand_in(client, **nothing, identity={"name": None, "phone": None})
    assert Case.objects.get(pk=given["number"]).contact == "none"


def test_follow_tells_the_case_to_whoever_has_the_code(client: Client, town: Town) -> None:
    given = api.hand_in(client)
    answer = client.get("/api/v1/follow", headers=api.receipt(given["code"]))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    story = answer.json()
    named = {"number", "stage", "sentence", "timeline", "messages", "due", "acts"}
    assert named <= set(story)
    assert story["number"] == given["number"] and story["sentence"]
    assert story["timeline"][0]["texts"][0]["text"] == api.PLANTED
    assert {"limit", "due", "article"} <= set(story["due"][0])
    assert {a["id"] for a in story["acts"]} >= {"message", "withdraw"}


def test_code_is_read_as_people_type_it(client: Client, town: Town) -> None:
    given = api.hand_in(client)
    typed = given["code"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    answer = client.get("/api/v1/follow", headers=api.receipt(typed))
    assert answer.status_code == 200


def test_message_and_act_of_the_complainant(client: Client, town: Town) -> None:
    given = api.hand_in(client)
    key = api.receipt(given["code"])
    told = api.send(
        client, "/api/v1/follow/messages", {"text": "The third lamp.", "seen": 1}, **key
    )
    assert told.status_code == 201
    assert told.json()["messages"][-1]["texts"][0]["text"] == "The third lamp."
    story = told.json()
    wanted = next(a for a in story["acts"] if a["id"] == "withdraw")
    fields = {f["id"]: "It was repaired." for f in wanted["fields"] if f["kind"] == "text"}
    done = api.send(client, "/api/v1/follow/acts", {"act": "withdraw", **fields}, **key)
    assert done.status_code == 201, done.content
    assert done.json()["open"] is False


def test_receipt_grows_with_the_case(client: Client, town: Town) -> None:
    given = api.hand_in(client)
    key = api.receipt(given["code"])
    api.send(client, "/api/v1/follow/messages", {"text": "One more thing."}, **key)
    grown = client.get("/api/v1/follow/receipt", headers=key)
    assert grown.status_code == 200
    assert verify_receipt(grown.content, vkey=vkey()).status == "valid"
    assert len(grown.json()["events"]) == len(given["receipt"]["events"]) + 1


def test_tables_that_a_program_needs(client: Client, town: Town) -> None:
    tree = client.get("/api/v1/categories").json()
    assert all(set(c) == {"id", "name", "children"} for c in tree)
    assert {c["id"]: [leaf["id"] for leaf in c["children"]] for c in tree} == {
        "public": ["noise", "roads"],
        "living": ["damp", "pay"],
    }
    units = {u["id"]: u for u in client.get("/api/v1/units").json()}
    assert units["works"]["parent"] == "town" and units["works"]["open"] is True
    assert {p["id"] for p in client.get("/api/v1/places").json()} == {"jixi", "vale"}
    packs = {p["id"]: p for p in client.get("/api/v1/packs").json()}
    assert set(packs) == {"cn-xinfang-2022", "uk-housing-2024"}
    assert all(limit["article"] for p in packs.values() for limit in p["limits"])


def test_closed_categories_are_not_offered(client: Client, town: Town) -> None:
    from huiyin.cases.models import Category
    from huiyin.people.directory import touch

    Category.objects.filter(id__in=["pay", "damp", "noise"]).update(open=False)
    touch()
    tree = client.get("/api/v1/categories").json()
    assert [(c["id"], [leaf["id"] for leaf in c["children"]]) for c in tree] == [
        ("public", ["roads"])
    ]


@pytest.mark.parametrize("wanted", ["zh-Hans", "zh-CN,zh;q=0.9,en;q=0.5"])
def test_answers_come_in_the_language_asked_for(client: Client, town: Town, wanted: str) -> None:
    units = client.get("/api/v1/units", headers={"Accept-Language": wanted}).json()
    assert "建设办" in {u["name"] for u in units}
    code = api.hand_in(client)["code"]
    key = {**api.receipt(code), "Accept-Language": wanted}
    story = client.get("/api/v1/follow", headers=key).json()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in story["sentence"])
    refused = client.get("/api/v1/follow", headers={"Accept-Language": wanted})
    words = api.problem(refused, 401, "receipt-code-needed")["title"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in words)


def test_desk_and_acts_with_a_token(client: Client, town: Town) -> None:
    number = api.hand_in(client)["number"]
    alice = api.token(town, "alice")
    assert [r["number"] for r in client.get("/api/v1/desk", headers=alice).json()["unowned"]] == [
        number
    ]
    path = f"/api/v1/cases/{number}"
    assert (
        api.send(client, f"{path}/acts", {"act": "accept", "seen": 1}, **alice).status_code == 201
    )
    owner = {"act": "assign", "owner": town.id("bob")}
    done = api.send(client, f"{path}/acts", owner, **alice)
    assert (done.status_code, done.json()["recorded"]) == (201, ["assign"]), done.content
    bob = api.token(town, "bob")
    desk = client.get("/api/v1/desk", headers=bob).json()
    assert [r["number"] for r in desk["mine"]] == [number]
    story = client.get(path, headers=bob).json()
    assert story["timeline"][0]["texts"][0]["text"] == api.PLANTED
    asked = api.send(
        client, f"{path}/acts", {"act": "ask", "values": {"question": "Which lamp?"}}, **bob
    )
    assert asked.json() == {
        "number": number,
        "recorded": ["ask"],
        "stage": asked.json()["stage"],
        "seq": 4,
    }


def test_session_needs_the_proof_of_our_page_and_a_token_does_not(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    number = api.hand_in(client)["number"]
    client.force_login(town.users["alice"], "allauth.account.auth_backends.AuthenticationBackend")
    path = f"/api/v1/cases/{number}/acts"
    with api.nothing_written():
        api.problem(api.send(client, path, {"act": "accept"}), 403, "csrf-failed")
    assert client.get("/api/v1/desk").status_code == 200
    token = "c" * 32
    client.cookies["csrftoken"] = token
    header = {"X-CSRFToken": token}
    assert api.send(client, path, {"act": "accept"}, **header).status_code == 201
    del client.cookies["csrftoken"]
    by_token = api.send(
        client, path, {"act": "assign", "owner": town.id("bob")}, **api.token(town, "alice")
    )
    assert by_token.status_code == 201, by_token.content


def test_number_is_read_as_people_type_it(client: Client, town: Town) -> None:
    number = api.hand_in(client)["number"]
    typed = number.replace("-", "").lower()
    found = client.get(f"/api/v1/cases/{typed}", headers=api.token(town, "alice"))
    assert found.json()["number"] == number


def test_search_finds_by_summary_and_number_only(client: Client, town: Town) -> None:
    number = api.hand_in(client, identity={"name": "Li Crane"}, contact={"phone": "4711"})["number"]
    alice = api.token(town, "alice")
    town.act("alice", number, "accept")
    town.act("alice", number, "assign", owner=town.id("bob"))
    town.act("bob", number, "summary", summary="A dark lamp at the bridge.")

    def find(q: str) -> list[dict[str, str]]:
        return client.get("/api/v1/search", {"q": q}, headers=alice).json()

    assert [r["number"] for r in find("lamp bridge")] == [number]
    assert [r["number"] for r in find(number)] == [number]
    for private in ("Li Crane", "heron", "4711", "works"):
        assert find(private) == []


def test_token_is_made_by_the_command_and_ends(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from huiyin.commands import account, installation
    from huiyin.people.models import ApiToken

    monkeypatch.setattr(installation, "configure", lambda data: None)
    monkeypatch.setattr(installation, "prepare", lambda **options: None)
    assert account.main(["token", "bob", "--label", "desk lamp"]) == 0
    key = {"Authorization": f"Bearer {capsys.readouterr().out.strip()}"}
    assert client.get("/api/v1/desk", headers=key).status_code == 200
    assert ApiToken.objects.get().label == "desk lamp"
    town.users["bob"].is_active = False
    town.users["bob"].save()
    api.problem(client.get("/api/v1/desk", headers=key), 401, "sign-in-needed")
    assert account.main(["token", "nobody-of-that-name"]) == 2


def test_openapi_names_every_operation_and_its_refusals(client: Client, db: None) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    operations = {(m, p): op for p, ms in schema["paths"].items() for m, op in ms.items()}
    assert ("post", "/api/v1/cases") in operations and len(operations) >= 13
    for operation in operations.values():
        assert operation["responses"]["default"]["content"]["application/problem+json"]
        assert operation["description"] and operation["summary"]
    assert operations["get", "/api/v1/follow"]["security"] == [{"ReceiptCode": []}]
    names = {"name": "Idempotency-Key", "in": "header"}
    parameters = operations["post", "/api/v1/cases"]["parameters"]
    assert any(names.items() <= one.items() for one in parameters)


def test_docs_page_needs_no_script_and_nobody_else(client: Client, db: None) -> None:
    import re

    answer = client.get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200 and "POST /api/v1/cases" in page
    loaded = re.findall(r"""(?:src|<link[^>]*href|url\()=?["'(]([^"')]+)""", page)
    assert loaded and all(address.startswith(("/", "data:")) for address in loaded), loaded
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", page), "inline script"
    assert "//cdn" not in page and "style=" not in page
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


def test_hand_in_costs_no_more_queries_than_it_must(client: Client, town: Town) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    api.hand_in(client)  # fills the caches of the small tables
    with CaptureQueriesContext(connection) as asked:
        api.hand_in(client, contact={"email": "a@example.org"})
    said = [q["sql"].split()[0] for q in asked.captured_queries]
    assert len([verb for verb in said if verb not in ("SAVEPOINT", "RELEASE")]) <= HAND_IN, said


# revision twice, known code, number, key and texts, head, last origin, event, leaf, tile, head,
# opening, case; the advisory lock on PostgreSQL.
HAND_IN = 15


def test_following_costs_the_same_on_any_history(client: Client, town: Town) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    given = api.hand_in(client)
    key = api.receipt(given["code"])
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/api/v1/follow", headers=key).status_code == 200
        counts.append(len(asked))
        for n in range(3):
            api.send(client, "/api/v1/follow/messages", {"text": f"Number {n}."}, **key)
    assert counts[0] == counts[1] <= 6


def test_desk_costs_the_same_for_any_number_of_rows(client: Client, town: Town) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    alice = api.token(town, "alice")
    counts = []
    for _ in range(2):
        api.hand_in(client)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/api/v1/desk", headers=alice).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 9


@pytest.mark.usefixtures("kept_connection")
def test_the_short_way_of_a_hand_in_answers_like_the_long_one(town: Town) -> None:
    """The server sends POST /api/v1/cases past the middleware that it does not need."""
    import io

    from huiyin.web.wsgi import application

    body = json.dumps({"category": "roads", "text": "The lamp is dark."}).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/cases",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "REMOTE_ADDR": "127.0.0.1",
    }
    seen: list[object] = []
    answer = application(environ, lambda *given: seen.append(given))
    status, headers = seen[0][0], dict(seen[0][1])  # type: ignore[index]
    assert status.startswith("201"), b"".join(answer)
    told = json.loads(b"".join(answer))
    assert set(told) == {"number", "code", "receipt", "due"}
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
