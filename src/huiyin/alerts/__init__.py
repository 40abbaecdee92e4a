"""Alerts beyond pure values: the rules in words, the XML schema, signatures.

What a message is and what is wrong with it: ``huiyin.domain.cap``. Here are the files and libraries
that it needs (``rules.toml``, ``schema/``, lxml, signxml). Nothing is fetched from anywhere, and no
installation is needed.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from huiyin.domain.cap.findings import Finding
from huiyin.domain.languages import pick

LANGUAGES = ("en", "zh-Hans", "zh-Hant")


@cache
def rules() -> dict[str, Any]:
    """Source, sentence and remedy of each rule."""
    return tomllib.loads((files(__package__) / "rules.toml").read_text("utf-8"))


def explain(finding: Finding, language: str) -> tuple[str, str]:
    """What is wrong and what to write instead, in ``language`` (en, zh-Hans, zh-Hant)."""
    entry = rules()[finding.rule]
    facts = {"name": "", "value": "", **finding.data}
    return pick(entry, language).format_map(facts), pick(entry["remedy"], language)


def source(finding: Finding) -> str:
    """The text that asks for the rule."""
    return str(rules()[finding.rule]["source"])
