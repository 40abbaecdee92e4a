"""What is wrong with the shape of a file, in the reader's language. No Django here.

The readers of files write English and know no languages; their sentences are found again in
``problems.toml`` by their form. A sentence without an entry stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files

from huiyin.domain.strict_yaml import Problem

_GAP = "{}"


def told(problems: Iterable[Problem], language: str) -> list[Problem]:
    """The problems with their words in ``language``, as far as there are any."""
    return [
        replace(one, what=said(one.what, language), remedy=said(one.remedy, language))
        for one in problems
    ]


def said(sentence: str, language: str) -> str:
    """One sentence of a reader in ``language``."""
    for form, words in _texts():
        match = form.fullmatch(sentence)
        if match and language in words:
            return words[language].format(*match.groups())
    return sentence


@cache
def _texts() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    """Forms of sentences with their words; those that say most by themselves first."""
    text = files("huiyin.plans").joinpath("problems.toml").read_text("utf-8")
    rows = sorted(tomllib.loads(text)["text"], key=lambda row: -len(row["en"].replace(_GAP, "")))
    return [(_form(row["en"]), row) for row in rows]


def _form(sentence: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(map(re.escape, sentence.split(_GAP))), re.DOTALL)
