"""The hard limits as closed lists: what is there is named here, whatever else comes must be judged.

``test_hard_limits`` knows forbidden names; a field called ``minzu``, a heading "other cases of this
person" or an index on ``contact`` has none of them. Here every column, index and form field where
a complainant could be, every way of asking for cases and every word that people read is held
against what there is today.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import polib
import pytest
from django import forms
from django.apps import apps
from django.db import connection
from django.urls import get_resolver

from tests.apps.limits_world import SOURCE, forbidden, modules, ours, routes

# Every column of the rooms that a complaint passes through. A new one is added here by somebody
# who has read hard limits 1, 2 and 9 of the mission and says what it holds.
COLUMNS = {
    "cases.Category": "hint id kind name open order parent public",
    "cases.Competence": "category id place support unit why",
    "cases.Case": "about_post about_unit category complainant_due complainant_limit contact "
    "ends_at kind language level lookup number office_due office_limit open outcome owner pack "
    "people place seq serial stage started summary unit updated vault waiting_for year",
    "cases.OpeningRequest": "asked first generation id number opened purpose reason role second "
    "wrap",
    "cases.Exclusion": "case id reason user",
    "cases.AskedUnit": "case id seq since unit",
    "cases.Told": "case id scope since unit",
    "vault.Content": "ciphertext created id kind stream",
    "vault.CaseKey": "complainant_public stream wrapped_c",
    "vault.Opening": "index key",
    "vault.Identity": "created sealed_identity sealed_to_complainant stream",
    "vault.IdentityShare": "generation id officer_role stream wrap",
    "vault.IdentityRelease": "created id recipient stream wrap",
    "vault.FileKey": "public sealed_private stream",
    "vault.File": "created id key original sealed_name stream",
    "vault.FileWaiting": "id stream wrap",
    "vault.OfficerKey": "created generation id public recovery retired role sealed_private",
    "history.Event": "actor at body index role seq stream type",
    "portal.Sitting": "expires id sealed",
    "portal.SittingFile": "expires id sealed sitting size",
    "portal.Tally": "count expires id",
    "portal.LeafCount": "count event_class id month",
    "portal.LeafCounted": "id size",
}
ROOMS = {"cases", "vault", "history", "portal", "post"}
# What can be looked up quickly: nothing of a person. ``lookup`` is the receipt code's.
INDEXES = {
    "cases_case": {
        *("about_post_id", "about_unit_id", "category_id", "lookup", "number", "owner_id"),
        *("place_id", "unit_id", "vault", "year serial", "about_unit_id unit_id"),
        *("about_post_id unit_id", "owner_id office_due number", "unit_id office_due number"),
    },
    "cases_askedunit": {"case_id", "case_id seq", "id", "unit_id", "unit_id since"},
    "cases_exclusion": {"case_id", "case_id user_id reason", "id", "user_id"},
    "cases_told": {"case_id", "case_id unit_id", "id", "unit_id", "unit_id since"},
    "vault_content": {"id", "stream"},
    "vault_casekey": {"stream"},
    "vault_identity": {"stream"},
    "vault_identityshare": {"id", "stream", "stream officer_role"},
    "vault_identityrelease": {"id", "stream", "stream recipient"},
    "vault_filekey": {"stream"},
    "vault_file": {"id", "stream"},
}


def test_every_column_where_a_complainant_could_be_is_named_here() -> None:
    found = {
        model._meta.label: " ".join(sorted(f.name for f in model._meta.concrete_fields))
        for model in ours()
        if model._meta.app_label in ROOMS
    }
    assert found == {label: " ".join(sorted(each.split())) for label, each in COLUMNS.items()}


def test_no_column_beside_those_of_the_models(db: None) -> None:
    """What a migration wrote in SQL by itself."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.label not in COLUMNS:
                continue
            table = model._meta.db_table
            held = {c.name for c in connection.introspection.get_table_description(cursor, table)}
            assert held == {f.column for f in model._meta.concrete_fields}, table


@pytest.mark.parametrize("table", INDEXES)
def test_no_index_but_these(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    held = {" ".join(one["columns"]) for one in found if one["columns"] and not one["check"]}
    assert held <= INDEXES[table], held - INDEXES[table]


# -- what is asked of people, and of the database by them -----------------------------------------

PERSON = re.compile(
    r"(^|[_-])(complainant|applicant|petitioner|resident|sender|contact|phone|mobile|tel|e?mail|"
    r"mailbox|device|address|ip|name|identity|person|who|household)s?($|[_-])"
)
# Fields about a person, each with its reason; all others are about a matter.
ASKED = {
    # What a complainant seals, by their own wish.
    *(("portal", "IdentityForm", name) for name in ("address", "name", "own_email", "phone")),
    ("portal", "NoticeForm", "email"),
    # Staff and units, whose names are no secret.
    ("plans", "AlertForm", "sender"),
    ("plans", "ApproveForm", "who"),
    ("plans", "ReachForm", "person"),
    ("rosters", "CallForm", "person"),
}
OF_OFFICE = {"administration", "rosters", "plans"}


def _all_forms(form: type) -> Iterator[type]:
    for below in form.__subclasses__():
        yield below
        yield from _all_forms(below)


def test_no_form_anywhere_asks_for_a_person_but_these() -> None:
    get_resolver().url_patterns  # loads every page  # noqa: B018
    found = {
        (form.__module__.split(".")[1], form.__name__, name)
        for form in _all_forms(forms.BaseForm)
        if form.__module__.startswith("huiyin.")
        for name in form.base_fields  # type: ignore[attr-defined]  # of every Django form
        if PERSON.search(name) or forbidden(name)
    }
    assert {f for f in found if f[0] not in OF_OFFICE} <= ASKED, found - ASKED
    assert not {f for f in found if forbidden(f[2])}


def test_no_field_in_a_template_asks_for_a_person() -> None:
    for path in SOURCE.rglob("*.html"):
        for name in re.findall(
            r"<(?:input|select|textarea)\b[^>]*\bname=[\"']([\w-]+)", path.read_text("utf-8")
        ):
            assert not PERSON.search(name) and not forbidden(name), (path.name, name)


def test_no_page_reads_a_person_from_what_was_sent() -> None:
    """``request.GET`` and ``request.POST``, by whichever way."""
    seen = set()
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                at, keys = node.func.value, node.args[:1]
            elif isinstance(node, ast.Subscript):
                at, keys = node.value, [node.slice]
            else:
                continue
            if isinstance(at, ast.Attribute) and at.attr in ("GET", "POST"):
                named = {k.value for k in keys if isinstance(k, ast.Constant)}
                seen |= named
                wrong = [n for n in named if PERSON.search(str(n)) or forbidden(str(n))]
                assert not wrong or path.parent.parent.name in OF_OFFICE, (path, wrong)
    assert {"seen", "do", "from"} <= seen


def test_no_address_is_named_after_a_person() -> None:
    """By the parts that stay the same; the complainant's own are under ``follow``."""
    own = ("follow/", "api/v1/follow", "hand-in/")
    # What a unit was let know by the complainant, by the number of the case.
    known = {"cases/<str:number>/identity/"}
    for route in routes(get_resolver()):
        plain = re.sub(r"<[^>]*>", "", route)
        parts = [part for part in re.split(r"[/.]", plain) if part]
        if not route.startswith(own) and route not in known:
            assert not [p for p in parts if PERSON.search(p) or forbidden(p)], route


CASES = {"Case", "visible_to", "takeable_by", "numbered", "find", "index_summary"}
# The receipt's network, which is slowed down and kept nowhere; names of units to show.
KNOWN = {("portal/acts.py", "find_case"), ("cases/presenting.py", "_row")}


def test_no_function_that_touches_cases_is_given_a_person() -> None:
    """Whatever it returns: cases, numbers, a count, a page."""
    touching = 0
    for path, tree in modules("cases", "portal", "reports", "people", "post", "history", "web"):
        name = str(path.relative_to(SOURCE))
        for node in ast.walk(tree):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or not _touches(node):
                continue
            touching += 1
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            told = [a.arg for a in arguments if not _is_bool(a)]
            if (name, node.name) not in KNOWN:
                assert not [a for a in told if PERSON.search(a)], (name, node.name, told)
    assert touching > 60


def _touches(node: ast.AST) -> bool:
    return any(
        (isinstance(part, ast.Name) and part.id in CASES)
        or (isinstance(part, ast.Constant) and "cases_case" in str(part.value))
        for part in ast.walk(node)
    )


def _is_bool(argument: ast.arg) -> bool:
    return argument.annotation is not None and ast.unparse(argument.annotation) == "bool"


ASKING = {
    *("order_by", "values", "values_list", "only", "defer", "annotate", "distinct", "filter"),
    *("exclude", "aggregate", "earliest", "latest", "in_bulk", "alias", "F", "Q", "Count", "Index"),
}
# Columns of a case that are its complainant's, and names that a later one could have.
PRIVATE = {"contact", "people", "language", "vault", "lookup", "identity", "email", "phone"}


def test_cases_are_sorted_grouped_and_counted_by_nothing_of_a_person() -> None:
    """Names in quotes, also behind ``**``; keywords are in ``test_hard_limits``."""
    read = 0
    for path, tree in modules("cases", "portal", "reports", "post", "people", "history"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _last(node.func) in ASKING:
                read += 1
                given = [*node.args, *(k.value for k in node.keywords if k.arg in (None, "fields"))]
                said = {w for each in given for w in _words(each)}
                assert not said & PRIVATE, (path.name, ast.unparse(node)[:80])
    assert read > 100


def _last(called: ast.expr) -> str:
    return ast.unparse(called).rpartition(".")[2]


def _words(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value.lstrip("-").partition("__")[0]


# Where a case is asked for in SQL: by number, by receipt, and by whom it is about.
SQL = {
    *("cases/conflicts.py", "cases/erasing.py", "cases/submitting.py"),
    *("register/checking/contents.py", "commands/calendar_import.py"),
}


def test_no_other_place_asks_for_cases_in_sql() -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and "cases_case" in str(node.value)
    }
    assert found == SQL


# -- what people read ------------------------------------------------------------------------------

# Ways to say what must not be: marks of a person, and cases tied together by one.
WORDS = re.compile(
    r"(?i)identity (number|card)|\bID (number|card)|passport|ethnic|religio|political status|"
    r"household|employer|blacklist|watch ?list|repeat complain|risk (level|score)|"
    r"(other|earlier|previous|past|all|more) (cases|complaints|grievances|matters)\W+(of|by|from) "
    r"(this|the same|that)\b|same (person|complainant|petitioner)|"
    r"身份证|身分證|护照|護照|民族|宗教|政治面貌|党员|黨員|户籍|戶籍|户口|戶口|工作单位|工作單位|"
    r"重点人员|重點人員|黑名单|黑名單|稳控|穩控|缠访|纏訪|闹访|鬧訪|老户|老戶|风险等级|風險等級|"
    r"同一(信访人|投诉人|信訪人|投訴人)|(该|此|該)(信访人|投诉人|人|信訪人|投訴人)的?(其他|其它|历次|歷次|全部)|"
    r"رقم الهوية|أرقام الهوية|بطاقة الهوية|جواز سفر|الديانة|العرق|القائمة السوداء|نفس (الشخص|مقدم)"
)
# Pages that say the no, and law that names whom it does not cover.
SAY_NO = ("portal/refuse.html",)
NO = (
    "There is no field for identity numbers",
    "Nothing delays or discourages a complaint",
)
LAW = ("通过党员申诉", "通過黨員申訴", "Against a final award the employer may ask the court")
# Of emergencies, staff and the invented town: no complainant is near them.
ELSEWHERE = {"plans", "duties", "rosters", "demo", "vendor", "alerts", "calendars"}


def test_no_page_letter_or_law_speaks_of_what_must_not_be() -> None:
    read = 0
    for path in sorted(SOURCE.rglob("*")):
        inside = set(path.relative_to(SOURCE).parts)
        if path.suffix not in (".html", ".toml", ".yaml", ".txt", ".typ") or inside & ELSEWHERE:
            continue
        if str(path).endswith(SAY_NO) or path.name == "rosters.toml":
            continue
        read += 1
        for line in path.read_text("utf-8").splitlines():
            found = WORDS.search(line)
            assert not found or any(law in line for law in LAW), (path.name, line)
    assert read > 80


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "ar"])
def test_no_translation_says_it_either(language: str) -> None:
    catalogue = polib.pofile(str(SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"))
    assert len(catalogue) > 500
    for entry in catalogue:
        if entry.msgid.startswith(NO):
            continue
        for text in (entry.msgid, entry.msgstr, *entry.msgstr_plural.values()):
            assert not WORDS.search(text), text


def test_no_label_in_the_code_says_it() -> None:
    """What stands in quotes in the rooms of a complaint, docstrings apart."""
    for path, tree in modules("cases", "portal", "reports", "vault", "people", "post", "web"):
        notes = {id(n.body[0].value) for n in ast.walk(tree) if _has_docstring(n)}  # type: ignore[attr-defined]  # checked
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert id(node) in notes or not WORDS.search(node.value), (path, node.value)


def _has_docstring(node: ast.AST) -> bool:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, holders) and ast.get_docstring(node) is not None


@pytest.mark.parametrize(
    "said",
    [
        "Other cases of this person",
        "Earlier complaints by the same complainant",
        "该信访人的其他案件",
        "同一信訪人",
        "身份证号",
        "民族",
        "رقم الهوية",
        "Risk level",
        "重点人员",
    ],
)
def test_the_words_are_found(said: str) -> None:
    assert WORDS.search(said)


@pytest.mark.parametrize("said", ["信访人", "Other cases in your unit", "案件编号", "رقم القضية"])
def test_other_words_are_not(said: str) -> None:
    assert WORDS.search(said) is None


@pytest.mark.parametrize(
    "name", ["phone", "by-phone", "own_email", "sender", "applicant", "ip", "names", "mobile"]
)
def test_the_names_are_found(name: str) -> None:
    assert PERSON.search(name)
