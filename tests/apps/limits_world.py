"""How the tests of the hard limits look at Huiyin: its tables, forms, addresses and code.

The list of what may not be asked for or kept about a person is here too; the limits themselves
and the test of each are in test_hard_limits.py.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import connection, models

import huiyin

SOURCE = Path(huiyin.__file__).parent

# What no table, form, address, API or template may ask for or keep about a person.
FORBIDDEN = {
    *("id_number", "idnumber", "identity_number", "id_card", "idcard", "passport", "ssn"),
    *("national_id", "national_insurance", "hukou", "ethnicity", "ethnic", "race", "nationality"),
    *("religion", "religious", "faith", "party_member", "political", "politics", "party"),
    *("household", "family", "spouse", "children_of", "relatives", "marital", "employer"),
    *("workplace", "employment", "school_of", "travel", "ticket", "movement", "location_of"),
    *("risk", "danger_level", "threat", "score", "rating", "watchlist", "watch_list", "blacklist"),
    *("keyperson", "key_person", "stability", "profile", "tag", "tags", "label_of", "petitioner"),
    *("complainant_id", "complainant_name", "person_id", "gender", "sex", "birth", "birthday"),
    *("date_of_birth", "age", "fingerprint", "face", "photo", "photograph", "biometric"),
    *("social_media", "weibo", "wechat", "ip", "ip_address", "user_agent", "device", "device_id"),
}
# Parts of longer names that give the same thing away.
TELLING = re.compile(
    r"(^|_)(risk|score|ethnic\w*|religio\w*|politic\w*|household|employer|passport|watch_?list|"
    r"blacklist|hukou|biometric\w*|ip_address|user_agent|weibo|wechat|geoloc\w*)(_|$)"
)
OURS = {config.label for config in apps.get_app_configs() if config.name.startswith("huiyin.")}


def forbidden(name: str) -> bool:
    plain = name.lower().replace("-", "_")
    return plain in FORBIDDEN or bool(TELLING.search(plain))


def columns() -> Iterator[tuple[str, str]]:
    """Every column of every table that there really is, libraries' included."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                yield table, column.name


def ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            yield model


def form_fields() -> Iterator[tuple[str, str]]:
    from django import forms

    import huiyin.cases.forms
    import huiyin.portal.act_forms
    import huiyin.portal.forms

    for module in (huiyin.cases.forms, huiyin.portal.forms, huiyin.portal.act_forms):
        for form in vars(module).values():
            if inspect.isclass(form) and issubclass(form, forms.BaseForm):
                for name in form.base_fields:
                    yield form.__name__, name


def properties(schema: object, at: str = "") -> Iterator[str]:
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            yield f"{at}.{name}"
            yield from properties(inner, f"{at}.{name}")
        for name, inner in schema.items():
            if name != "properties":
                yield from properties(inner, at)
    elif isinstance(schema, list):
        for inner in schema:
            yield from properties(inner, at)


def routes(resolver: object, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:  # type: ignore[attr-defined]  # untyped in Django
        path = prefix + str(pattern.pattern)
        yield path
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, path)


def modules(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for room in rooms or ("",):
        for path in sorted((SOURCE / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text("utf-8"))


def query_name(node: ast.AST) -> str | None:
    """The parameter of ``request.GET.get("…")`` or ``request.GET["…"]``."""
    key: ast.AST | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if _is_get(node.func.value) and node.args:
            key = node.args[0]
    elif isinstance(node, ast.Subscript) and _is_get(node.value):
        key = node.slice
    return str(key.value) if isinstance(key, ast.Constant) else None


def _is_get(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "GET"
