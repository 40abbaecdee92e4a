"""Every refusal that the procedure can raise has its text and remedy in each language."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import huiyin

ROOT = Path(huiyin.__file__).parent
TABLE = tomllib.loads((ROOT / "web/refusals/procedure.toml").read_text(encoding="utf-8"))
MODULES = ("deciding", "folding", "packs", "pack_reading", "strict_yaml", "procedure")
OTHERS = (ROOT / "packs/__init__.py", ROOT / "commands/pack_compare.py")
RAISED = {
    code
    for path in [*(ROOT / f"domain/{name}.py" for name in MODULES), *OTHERS]
    for code in re.findall(r'(?:Refusal|raise_any)\(\s*"([a-z-]+)"', path.read_text("utf-8"))
}


def test_the_table_and_the_code_agree() -> None:
    assert set(TABLE) == RAISED


@pytest.mark.parametrize("code", sorted(TABLE))
def test_each_has_status_text_and_remedy(code: str) -> None:
    entry = TABLE[code]
    assert 400 <= entry["status"] < 600
    for texts in (entry, entry["remedy"]):
        for language in ("en", "zh-Hans", "zh-Hant"):
            assert texts[language]
