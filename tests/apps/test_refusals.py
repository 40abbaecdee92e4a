"""Every refusal that the code can raise has a status, a text in each language and a remedy."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain, table

SOURCE = Path(__file__).resolve().parents[2] / "src" / "huiyin"
LANGUAGES = ("en", "zh-Hans", "zh-Hant")


def _raised() -> dict[str, str]:
    """Codes written as literals in a call of Refusal, with the file they stand in."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal"
            if called and node.args and isinstance(node.args[0], ast.Constant):
                found[str(node.args[0].value)] = str(path.relative_to(SOURCE))
    return found


@pytest.mark.parametrize("code", sorted(_raised()))
def test_raised_code_is_in_the_table(code: str) -> None:
    assert code in table(), f"{code} ({_raised()[code]}) has no entry in web/refusals/"


@pytest.mark.parametrize("code", sorted(table()))
def test_entry_is_complete(code: str) -> None:
    entry = table()[code]
    assert 400 <= int(entry["status"]) < 600
    for language in LANGUAGES:
        assert entry[language].strip(), language
        assert entry["remedy"][language].strip(), language


def test_missing_data_never_breaks_the_message() -> None:
    for code in table():
        words = explain(Refusal(code), "en")
        assert words.text and "{" not in words.text, code
