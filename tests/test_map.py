"""The map and the manual name what is there, and nothing that is not.

A page that says less than the house holds, or more, is worse than none: rooms, commands, settings,
named tests and links are read from their source and looked for in the text.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from huiyin.cli import COMMANDS
from huiyin.web.config import PREFIX, Config

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PACKAGE = ROOT / "src" / "huiyin"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
OPERATOR = [DOCS / "manual" / "operator" / f"{language}.md" for language in ("en", "zh")]

# What Python or Django needs in each package; no room of the house.
_PLUMBING = {"__pycache__", "__init__.py", "__main__.py", "py.typed"}


def _rooms() -> list[str]:
    names = (e.name + "/" * e.is_dir() for e in PACKAGE.iterdir() if e.name not in _PLUMBING)
    return sorted(names)


def _relative(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("room", _rooms())
def test_every_room_is_on_the_map(room: str) -> None:
    table = _section((DOCS / "map.md").read_text("utf-8"), "## Rooms")
    assert f"`{room}`" in table, f"docs/map.md: no row for {room}"


def test_the_map_names_no_room_that_is_gone() -> None:
    table = _section((DOCS / "map.md").read_text("utf-8"), "## Rooms")
    named = {name for row in re.findall(r"^\| (.*?) \|", table, re.M) for name in _quoted(row)}
    assert named == set(_rooms())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_on_the_map_and_in_the_manual(name: str) -> None:
    assert f"| `huiyin {name}` |" in (DOCS / "map.md").read_text("utf-8")
    for page in OPERATOR:
        assert f"huiyin {name}" in page.read_text("utf-8"), _relative(page)


@pytest.mark.parametrize("page", OPERATOR, ids=_relative)
def test_every_setting_is_in_the_operators_manual(page: Path) -> None:
    rows = re.findall(rf"^\| `({PREFIX}[A-Z_]+)` \| (.*?) \|", page.read_text("utf-8"), re.M)
    told = dict(rows)
    assert set(told) == {PREFIX + name.upper() for name in Config.model_fields}
    for name, field in Config.model_fields.items():
        # The register's name follows from the address; what is empty has no default to show.
        if name != "origin" and isinstance(field.default, (str, int, Path)) and str(field.default):
            shown = str(field.default).lower() if isinstance(field.default, bool) else field.default
            assert f"`{shown}`" in told[PREFIX + name.upper()], name


@pytest.mark.parametrize("page", PAGES, ids=_relative)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        address, _, heading = target.partition("#")
        if "://" in address:
            continue
        file = (page.parent / address).resolve() if address else page
        assert file.exists(), f"{_relative(page)}: {target}"
        if heading:
            assert heading in _headings(file.read_text("utf-8")), f"{_relative(page)}: {target}"


def test_tests_named_with_the_limits_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (DOCS / "manual" / "limits.md").read_text())
    assert len(named) >= 10
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), f"{file}::{test}"


def test_every_decision_is_in_the_list() -> None:
    listed = (DOCS / "decisions" / "README.md").read_text("utf-8")
    for page in DOCS.joinpath("decisions").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in listed, page.name


def _section(text: str, heading: str) -> str:
    return text.partition(heading + "\n")[2].partition("\n## ")[0]


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _headings(text: str) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    found = set()
    for line in re.findall(r"^#+ (.*)$", text, re.M):
        kept = re.sub(r"[^\w\- ]", "", line.strip().lower())
        found.add(kept.replace(" ", "-"))
    return found
