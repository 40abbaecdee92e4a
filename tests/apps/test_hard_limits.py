"""The hard limits of Huiyin, asserted on its structure: tables, forms, API, templates, code.

Each limit names the test that holds it (``LIMITS``); the manual shows that table. A limit that
no structure can show (what is measured, what a page says) is held by the test named there.
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver

from tests.apps.limits_world import (
    SOURCE,
    TELLING,
    columns,
    forbidden,
    form_fields,
    modules,
    ours,
    properties,
    query_name,
    routes,
)

# The hard limits of docs: number, what, and the test here that holds it.
LIMITS: dict[int, tuple[str, str]] = {
    1: ("no list or link by complainant", "test_no_case_is_linked_to_another_or_to_a_person"),
    2: ("no field for what a person is", "test_no_table_has_a_forbidden_column"),
    3: ("nothing watches anyone", "test_no_name_in_the_code_speaks_of_watching"),
    4: ("nothing delays a complaint", "test_nothing_stands_between_a_complaint_and_its_number"),
    5: ("those complained of never see it", "test_reading_always_asks_for_the_excluded"),
    6: ("identity never opened silently", "test_one_officer_alone_cannot_open_an_identity"),
    7: ("number of complaints is no target", "test_no_order_or_target_by_number_of_complaints"),
    8: ("people are never an incident", "test_no_table_of_incidents_points_to_people"),
    9: ("personal data dies, the register stays", "test_events_hold_no_text_and_no_person"),
    10: ("nothing of this can be switched off", "test_no_setting_names_a_limit"),
}


def test_every_limit_names_a_test_that_exists() -> None:
    assert sorted(LIMITS) == list(range(1, 11))
    for _, name in LIMITS.values():
        assert callable(globals()[name])


def test_the_list_catches_what_it_should() -> None:
    for name in ("id_number", "risk", "risk_level", "Score", "political-status", "watchlist"):
        assert forbidden(name), name
    for name in ("status", "place", "people", "contact", "identity", "body", "category"):
        assert not forbidden(name), name


# -- tables --------------------------------------------------------------------


def test_no_table_has_a_forbidden_column(db: None) -> None:
    found = list(columns())
    assert ("cases_case", "category_id") in found and len(found) > 150
    assert [c for c in found if forbidden(c[1])] == []


def test_no_model_field_or_migration_has_a_forbidden_name() -> None:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            assert not forbidden(field.name), (model, field)
    for path in SOURCE.glob("*/migrations/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not forbidden(node.value), (path.name, node.value)


CASE_LINKS = {"category", "place", "about_unit", "about_post", "unit", "owner"}


def test_no_case_is_linked_to_another_or_to_a_person() -> None:
    """A case points to tables of the office alone, and nothing joins two cases."""
    from huiyin.cases.models import Case
    from huiyin.people.models import User

    links = {f.name: f.related_model for f in Case._meta.get_fields() if f.is_relation}
    links.pop("exclusions")  # staff who must not see it
    assert set(links) == CASE_LINKS
    assert Case not in links.values()
    assert [name for name, model in links.items() if model is User] == ["owner"]
    to_cases: dict[type, int] = {}
    for model in ours():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is Case:
                to_cases[model] = to_cases.get(model, 0) + 1
    assert {m.__name__: n for m, n in to_cases.items()} == {
        "AskedUnit": 1,  # units of the office that are asked for their comment; no person
        "Exclusion": 1,  # staff who must not see it
        "Told": 1,  # units of the office that may know; no person
    }


def test_no_table_of_ours_holds_a_person_who_complains() -> None:
    """All tables about people are about staff; complainants have sealed bytes and nothing else."""
    people = {"people.User", "people.Membership", "people.ApiToken"}
    named = {"name", "phone", "email", "address", "contact", "messenger", "helper"}
    found = {
        (model._meta.label, field.name)
        for model in ours()
        for field in model._meta.concrete_fields
        if field.name in named and model._meta.label not in people
    }
    # Names of units, places, posts and categories; and *how* a case can be reached, never where.
    assert found == {
        ("people.Unit", "name"),
        ("people.Place", "name"),
        ("people.Post", "name"),
        ("cases.Category", "name"),
        ("cases.Case", "contact"),
    }
    from huiyin.cases.models import Case

    assert Case._meta.get_field("contact").max_length == 10


def test_search_index_holds_numbers_and_summaries_alone(db: None) -> None:
    index = {c for t, c in columns() if t == "cases_summary"}
    assert index <= {"id", "words", "rowid", "cases_summary", "rank"} and "words" in index
    from huiyin.cases import search

    source = inspect.getsource(search)
    assert "case.summary" in source
    assert not re.search(r"identity|contact|phone|email|vault", source.split('"""', 2)[2])


def test_no_table_of_incidents_points_to_people() -> None:
    for model in ours():
        if re.search(r"incident|plan|roster|drill|exercise", model.__name__.lower()):
            for field in model._meta.concrete_fields:
                target = field.related_model if field.is_relation else None
                assert getattr(target, "__name__", "") not in ("Case",), (model, field)


# -- what comes in: forms, query parameters, API -------------------------------


def test_no_form_asks_for_a_forbidden_field() -> None:
    fields = list(form_fields())
    assert ("FindForm", "q") in fields and len(fields) > 12
    assert [f for f in fields if forbidden(f[1])] == []
    searching = {name for form, name in fields if form == "FindForm"}
    assert searching == {"q"}, "staff search has one field: number or words of a summary"


def test_packs_ask_for_no_forbidden_field() -> None:
    from huiyin import packs

    asked = [
        (pack, act.id, field.id)
        for pack in packs.ids()
        for act in packs.load(pack).acts.values()
        for field in act.fields
        # What complainants say of the answer they got is about the office, not about a person.
        if not (field.id == "rating" and act.by == {"complainant"})
    ]
    assert asked and [a for a in asked if forbidden(a[2])] == []


IDENTITY = {"name", "phone", "email", "address", "messenger", "helper"}


def test_api_takes_and_gives_no_forbidden_field(client: Client, db: None) -> None:
    document = client.get("/api/v1/openapi.json").json()
    shapes = document["components"]["schemas"]
    names = {p.rpartition(".")[2] for p in properties(shapes)}
    assert names >= {"category", "text", "sentence"}
    assert [n for n in sorted(names) if forbidden(n)] == []
    assert set(shapes["Identity"]["properties"]) == IDENTITY
    assert shapes["Identity"]["additionalProperties"] is False
    assert set(shapes["Contact"]["properties"]) == {"email", "phone"}
    # No answer has a place where somebody's name or address could stand.
    for name, shape in shapes.items():
        if name not in ("Identity", "Contact", "NewCase"):
            private = (IDENTITY | {"contact", "identity"}) - {"name"}
            assert not private & set(shape.get("properties", {})), name


def test_no_address_or_parameter_finds_cases_by_a_person(client: Client, db: None) -> None:
    document = client.get("/api/v1/openapi.json").json()
    parameters = {
        (path, one["in"], one["name"])
        for path, methods in document["paths"].items()
        for operation in methods.values()
        for one in operation.get("parameters", ())
    }
    assert parameters == {
        ("/api/v1/cases", "header", "Idempotency-Key"),
        ("/api/v1/cases/with-files", "header", "Idempotency-Key"),
        *((f"/api/v1/follow/{own}", "query", "seen") for own in ("identity", "notice")),
        ("/api/v1/follow/consents/{unit}", "path", "unit"),  # of the office; the code says whose
        ("/api/v1/follow/consents/{unit}", "query", "seen"),
        ("/api/v1/cases/{number}/files", "path", "number"),
        ("/api/v1/cases/{number}/files/{file}", "path", "number"),
        ("/api/v1/cases/{number}/files/{file}", "path", "file"),
        ("/api/v1/follow/files/{file}", "path", "file"),
        ("/api/v1/follow/files/{file}/give", "path", "file"),
        ("/api/v1/search", "query", "q"),
        # Leaves the texts out of one's own receipt; it is no text itself and finds nothing.
        ("/api/v1/follow/receipt", "query", "words"),
        ("/api/v1/cases/{number}", "path", "number"),
        ("/api/v1/cases/{number}/acts", "path", "number"),
    }
    for route in routes(get_resolver()):
        for name in re.findall(r"<(?:\w+:)?(\w+)>", route):
            assert not forbidden(name) and name in KNOWN_PARTS, route


# "pk": a number of one's own passkeys.
KNOWN_PARTS = {"pk", "number", "act", "seq", "pack", "name", "step", "path", "size"}
# Of settings; ``login`` is of staff.
# A sealed number, and the random mark of one co-signature.
KNOWN_PARTS |= {"token", "mark", "file"}
KNOWN_PARTS |= {"unit", "place", "category", "login", "roster", "plan", "pointer"}
# A duty of a roster by its key ("role-1"): never a person.
KNOWN_PARTS |= {"duty"}
# A temporary schedule of a roster, by its number.
KNOWN_PARTS |= {"temporary"}
# A warning that a plan has prepared against a hazard, and a message that was made of one.
KNOWN_PARTS |= {"warning", "alert"}
# What pages read from the query string: the question, a list of one's desk, paging, a way back.
KNOWN_QUERIES = {
    "q", "list", "from", "next", "page", "class", "month", "year", "change", "draft",
    "words",  # "no": one's own receipt without the texts
}  # fmt: skip


def test_pages_read_no_other_query_parameters() -> None:
    found: dict[str, str] = {}
    for path, tree in modules("cases", "portal", "reports", "people", "register", "web"):
        for node in ast.walk(tree):
            name = query_name(node)
            if name is not None:
                found[name] = path.name
    assert "list" in found
    assert set(found) <= KNOWN_QUERIES, set(found) - KNOWN_QUERIES


# -- code ----------------------------------------------------------------------

BY_PERSON = re.compile(
    r"(^|_)(complainant|contact|phone|e?mail|device|address|name|identity|code|person|who)s?($|_)"
)
# The one way from a complainant to a case is the receipt (and the network that is slowed down).
RECEIPT_LOOK_UPS = {("portal/acts.py", "find_case")}


def _returns_cases(node: ast.FunctionDef) -> bool:
    return node.returns is not None and bool(
        re.search(r"\b(Case|QuerySet|Found|Desk|HandedIn|Row)\b", ast.unparse(node.returns))
    )


def test_no_function_takes_a_person_and_returns_cases() -> None:
    looked_at = 0
    for path, tree in modules("cases", "portal", "reports"):
        name = str(path.relative_to(SOURCE))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and _returns_cases(node):
                looked_at += 1
                arguments = (*node.args.args, *node.args.kwonlyargs)
                # A bool says whether something was given, never what.
                told = [a.arg for a in arguments if not _is_bool(a)]
                asked = [a for a in told if BY_PERSON.search(a)]
                if (name, node.name) in RECEIPT_LOOK_UPS or node.name == "submit":
                    continue
                # ``request`` carries the receipt code of whoever asks, checked by find_case.
                assert not asked, (name, node.name, asked)
    assert looked_at >= 8


def _is_bool(argument: ast.arg) -> bool:
    return argument.annotation is not None and ast.unparse(argument.annotation) == "bool"


def test_cases_are_filtered_by_nothing_of_a_person() -> None:
    """Every keyword of every ``Case.objects…filter(…)`` and ``Q(…)``."""
    seen: set[str] = set()
    for _, tree in modules("cases", "portal", "reports", "post"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called == "Q" or called.endswith((".filter", ".exclude", ".order_by")):
                    seen |= {k.arg.split("__")[0] for k in node.keywords if k.arg}
    assert "unit_id" in seen
    assert not {s for s in seen if forbidden(s)}
    assert not seen & {"contact", "people", "language", "vault", "identity", "name", "email"}


def _hazards_apart(path: Path, name: str) -> str:
    """In a plan a risk is what may befall a place; no person and no case is near it."""
    return name.replace("risk", "") if "domain/plans/" in path.as_posix() else name


def test_no_name_in_the_code_speaks_of_watching() -> None:
    """Names of functions, classes, arguments and attributes; words in texts may say the no."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                name = _hazards_apart(path, node.name.lower())
                assert not TELLING.search(name), (path, node.name)
            elif isinstance(node, (ast.arg,)):
                assert not TELLING.search(node.arg.lower()), (path, node.arg)
            elif isinstance(node, ast.Attribute):
                name = _hazards_apart(path, node.attr.lower())
                assert not TELLING.search(name), (path, node.attr)


def test_no_request_header_but_these_is_read() -> None:
    """No device, no browser, no way here is looked at; the network only to slow guessing."""
    read: dict[str, set[str]] = {}
    for path, tree in modules():
        for node in ast.walk(tree):
            said = node.value if isinstance(node, ast.Constant) else None
            if isinstance(said, str) and re.fullmatch(r"HTTP_[A-Z_]+|REMOTE_[A-Z]+", said):
                read.setdefault(said, set()).add(str(path.relative_to(SOURCE)))
    # Before Django there is only the environment: the code that is shown, and what chooses the
    # language of the short answer to a wrong one. Nothing of it is kept or compared.
    before_django = {"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_HOST", "HTTP_ACCEPT_LANGUAGE"}
    assert all(
        read.pop(name, {gate}) == {gate} for gate in ("web/gate.py",) for name in before_django
    )
    assert set(read) <= {"REMOTE_ADDR"}, read


def test_templates_show_no_forbidden_variable() -> None:
    used: set[str] = set()
    for path in SOURCE.rglob("*.html"):
        for inner in re.findall(r"{[{%](.*?)[%}]}", path.read_text("utf-8")):
            bare = re.sub(r"""(["']).*?\1""", "", inner)
            used |= set(re.findall(r"[A-Za-z_]\w*", bare))
    assert "case" in used
    assert [name for name in sorted(used) if forbidden(name) and name not in LOOK_WORDS] == []


# Words of the look that mean a thing of the page, not of a person.
LOOK_WORDS = {"tag", "tags", "label_of", "age"}


def test_nothing_stands_between_a_complaint_and_its_number(town: object) -> None:
    """A stranger with a category and a text gets a number at once: no account, no approval, no
    day of reception, no address, no waiting, whichever the hour."""
    from datetime import UTC, datetime

    from huiyin.cases.submitting import HandIn, submit
    from huiyin.domain.receipts import make

    midnights = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 17, 16, 1, tzinfo=UTC)]
    for n, now in enumerate(midnights):
        done = submit(HandIn("roads", "Dark.", "en"), code=make(bytes([n]) * 15), now=now)
        assert done.case.number and done.written is not None
        assert done.case.office_due is not None and done.case.office_due > now
    needed = [f.name for f in HandIn.__dataclass_fields__.values() if _required(f)]
    assert needed == ["category", "text", "language"]


def _required(field: object) -> bool:
    from dataclasses import MISSING

    return field.default is MISSING and field.default_factory is MISSING  # type: ignore[attr-defined]


def test_reading_always_asks_for_the_excluded() -> None:
    """Pages and API read cases through ``visible_to``, ``takeable_by`` or ``desk`` alone; below
    are the rooms' own writers, which check the actor or have none (rebuilding)."""
    allowed = {
        "cases/queries.py", "cases/acting.py", "cases/submitting.py", "cases/recording.py",
        "cases/rebuilding.py", "cases/recalculating.py", "cases/rehearsing.py", "cases/bulk.py",
        "cases/erasing.py", "cases/moving.py", "cases/asking.py", "cases/file_job.py",
    }  # fmt: skip
    found = set()
    for path, tree in modules("cases", "portal", "reports", "people", "web"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "Case.objects":
                found.add(str(path.relative_to(SOURCE)))
    assert "cases/queries.py" in found
    # The rest finds a case by the receipt that its complainant holds.
    by_receipt = {p for p in found if p.startswith("portal/")}
    assert found - allowed - by_receipt == set()


def test_one_officer_alone_cannot_open_an_identity() -> None:
    from huiyin.vault import queries

    both = {"privacy_officer", "ombudsman"}
    assert set(queries.OFFICER_ROLES) == both
    from huiyin.vault.models import Identity, IdentityShare

    assert {f.name for f in Identity._meta.concrete_fields} == {
        "stream", "sealed_identity", "sealed_to_complainant", "created",
    }  # fmt: skip
    assert {f.name for f in IdentityShare._meta.concrete_fields} == {
        "id", "stream", "officer_role", "generation", "wrap",
    }  # fmt: skip


def test_no_order_or_target_by_number_of_complaints() -> None:
    """Nothing sorts people, units or places by how many complaints there are."""
    for path, tree in modules("cases", "portal", "reports"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".order_by"):
                for argument in node.args:
                    assert "count" not in ast.unparse(argument).lower(), path


def test_events_hold_no_text_and_no_person(town: object) -> None:
    """What is typed goes under the case's key; the event's bytes hold ids, dates and tokens."""
    from huiyin.history.models import Event
    from tests.people import Town

    assert isinstance(town, Town)
    private = {"name": "Li Crane", "phone": "4711 0815", "address": "By the river 3"}
    given, _ = town.hand_in(
        text="A heron stands in the road.",
        remedy="Move the heron.",
        about="The heron keeper",
        where="Crane Bridge",
        contact={"email": "crane@example.org", "phone": "555 555"},
        identity=private,
    )
    number = given.case.number
    town.act("alice", number, "accept")
    town.act("alice", number, "note", note="The heron is back.")
    town.complainant(number, "message", message="It flew away.")
    for event in Event.objects.all():
        # Whole numbers: three digits alone stand in every fortieth hash.
        for word in ("heron", "Crane", "crane", "4711 0815", "555 555", "river", "flew"):
            assert word not in event.body
    kept = {f.name for f in Event._meta.concrete_fields}
    assert kept == {"index", "stream", "seq", "type", "at", "role", "actor", "body"}


def test_no_setting_names_a_limit() -> None:
    from huiyin.web.config import Config

    for name in Config.model_fields:
        assert not re.search(
            r"seal|identity|exclu|consent|register_off|skip|disable|unsafe|allow|access|erase", name
        ), name


def test_admin_is_not_installed_for_cases() -> None:
    from django.conf import settings

    if "django.contrib.admin" not in settings.INSTALLED_APPS:
        return
    from django.contrib import admin

    registered = {m._meta.app_label for m in admin.site._registry}
    assert not registered & {"cases", "vault", "history", "register", "portal"}


@pytest.mark.parametrize("word", ["rank", "leaderboard", "top_complain", "quota"])
def test_no_statistic_ranks_by_complaints(word: str) -> None:
    for path, tree in modules("portal", "reports", "cases"):
        names = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        assert not [n for n in names if word in n.lower()], path
