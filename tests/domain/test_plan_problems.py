"""What is wrong with the shape of a file: where it stands, and in which words."""

from __future__ import annotations

import ast
import tomllib
from importlib.resources import files
from itertools import product

import pytest

from huiyin import plans
from huiyin.domain.errors import Refusal
from huiyin.domain.plans import reading, values
from huiyin.domain.strict_yaml import Problem
from huiyin.plans import problems

EXAMPLE = plans.example("kindergarten-fire")[0].decode()
# Readers of files whose sentences the table must know.
READERS = ("strict_yaml.py", "plans/reading.py", "plans/values.py")
TABLE = tomllib.loads(files("huiyin.plans").joinpath("problems.toml").read_text("utf-8"))["text"]


def broken(old: str, new: str) -> list[Problem]:
    assert old in EXAMPLE
    with pytest.raises(Refusal) as refusal:
        reading.read_plan(EXAMPLE.replace(old, new, 1))
    found = refusal.value.data["problems"]
    assert isinstance(found, list)
    return found


def _at(text: str, sought: str) -> tuple[int, int]:
    place = text.index(sought)
    return text[:place].count("\n") + 1, place - text[:place].rfind("\n")


@pytest.mark.parametrize(
    ("old", "new", "sought"),
    [
        ("takes: PT30S", "takes: PT30X", "PT30X"),
        ("kind: special", "kind: special\n  colour: red", "red"),
        ('address: "119"', 'address: "11nine"', '"11nine"'),
        ("title: {zh-Hans", "title: &t {zh-Hans", "&t"),
        ("count: 75", "count: !!int 75", "!!int"),
        ("  call-119:", "  alarm:", '  alarm:\n    title: {zh-Hans: "拨打'),
        ("PT30S", "PT30\x07S", "\x07"),
        ("kind: special", "\tkind: special", "\tkind"),
    ],
)
def test_each_problem_has_line_and_column(old: str, new: str, sought: str) -> None:
    first = broken(old, new)[0]
    text = EXAMPLE.replace(old, new, 1)
    line, column = _at(text, sought)
    column += len(sought) - len(sought.lstrip(" "))
    assert (first.line, first.column) == (line, column)
    assert f":{line}:{column}: " in str(first)


@pytest.mark.parametrize("escape", ["\\0", "\\x07", "\\x7f"])
def test_a_sign_that_no_database_keeps_is_refused_behind_a_backslash_too(escape: str) -> None:
    (found,) = broken('en: "Class building"', f'en: "Class{escape} building"')
    assert "cannot be kept" in found.what and found.column


def test_a_file_that_is_nested_too_deeply_is_blamed_for_that_alone() -> None:
    with pytest.raises(Refusal) as refusal:
        reading.read_plan("plan: " + "[" * 50 + "]" * 50)
    assert refusal.value.data["count"] == 1


def test_a_plan_without_a_language_is_told_so_once() -> None:
    found = broken("languages: [zh-Hans, en]", "languages: [klingon]")
    assert [problem.where for problem in found] == ["plan", "plan.languages"]


# --- words -------------------------------------------------------------------------------------


def _texts(node: ast.expr) -> list[str]:
    """The sentences that an expression can give; {} for what is filled in."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)]
    if isinstance(node, ast.BinOp):
        return [a + b for a, b in product(_texts(node.left), _texts(node.right) or ["{}"])]
    return []


def _sentences() -> set[str]:
    """All that the readers say: what ``wrong``, ``add`` and ``ValueError`` are given, directly or
    by a name that was set in the same file."""
    found: set[str] = set()
    for name in READERS:
        tree = ast.parse(files("huiyin.domain").joinpath(name).read_text("utf-8"))
        named = {
            target.id: _texts(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id in ("what", "remedy", "form")
        }
        for node in ast.walk(tree):
            called = getattr(node, "func", None)
            called = getattr(called, "attr", getattr(called, "id", ""))
            if not isinstance(node, ast.Call) or called not in ("wrong", "add", "ValueError"):
                continue
            for one in node.args if called == "ValueError" else node.args[-2:]:
                found.update(_texts(one))
                found.update(named.get(getattr(one, "id", ""), ()))
    return found


def test_every_sentence_of_the_readers_has_words_in_each_language() -> None:
    said = _sentences()
    assert len(said) > 50
    for sentence in said:
        filled = sentence.replace("{}", "x")
        for language in ("zh-Hans", "zh-Hant"):
            assert problems.said(filled, language) != filled, sentence
    for row in TABLE:
        assert {row[language].count("{}") for language in ("zh-Hans", "zh-Hant")} == {
            row["en"].count("{}")
        }, row["en"]


def test_the_words_name_what_the_sentence_names() -> None:
    with pytest.raises(ValueError, match="exchanged") as error:
        values.read_point(["116.9", "36.6"])
    assert problems.said(str(error.value), "zh-Hans").endswith("两个数似乎写反了")
    (found,) = problems.told(broken("takes: PT30S", "takes: PT30X"), "zh-Hans")
    assert "“PT30X”" in found.what and "PT90S" in found.remedy
    assert found.where == "tasks.alarm.takes"
    assert problems.said("something new", "zh-Hans") == "something new"
