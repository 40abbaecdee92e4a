"""What a rule says: a hit; and what people read: a finding with words, severity and line.

A rule is a function that yields hits; its severity, source and words stand in
``huiyin/plans/rules/*.toml`` (the ``Catalogue``). Pointers are JSON pointers (RFC 6901) into the
plan or the organisation file.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from huiyin.domain.languages import pick
from huiyin.domain.plans.fields import Text
from huiyin.domain.plans.subject import Subject
from huiyin.domain.strict_yaml import Item

SEVERITIES = ("error", "warning", "note")
LANGUAGES = ("zh-Hans", "zh-Hant", "en")


class Hit(NamedTuple):
    """A place a rule objects to, with the facts its sentence mentions (texts in all languages)."""

    at: str
    facts: Mapping[str, Any] = {}
    file: str = "plan"


class Term(NamedTuple):
    """A word of the file format in a sentence: told by its label in the reader's language."""

    section: str
    key: str


# Names of blocks, fields and values in each language: section → key → text.
Labels = Mapping[str, Mapping[str, Text]]
Check = Callable[[Subject], Iterable[Hit]]
RULES: dict[str, Check] = {}


def rule(name: str) -> Callable[[Check], Check]:
    """Enter a function into the table under the rule's id."""

    def enter(check: Check) -> Check:
        if name in RULES:
            raise ValueError(f"two rules are called {name}")
        RULES[name] = check
        return check

    return enter


@dataclass(frozen=True, slots=True)
class Words:
    """A rule as people read it."""

    id: str
    severity: str
    source: str
    text: Text
    remedy: Text


Catalogue = Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a plan, in one language. ``accepted`` says until when it stands."""

    rule: str
    severity: str
    file: str
    at: str
    line: int
    text: str
    remedy: str
    source: str
    accepted: str = ""


def words_of(table: Mapping[str, Any]) -> Catalogue:
    """A catalogue from a TOML table already read. Raises KeyError where words lack."""
    found = {}
    for name, entry in table.items():
        if entry["severity"] not in SEVERITIES:
            raise ValueError(f"{name}: severity {entry['severity']!r} is none of {SEVERITIES}")
        text = {language: entry[language] for language in LANGUAGES}
        remedy = {language: entry["remedy"][language] for language in LANGUAGES}
        found[name] = Words(name, entry["severity"], entry["source"], text, remedy)
    return found


def placeholders(text: str) -> set[str]:
    """The names in braces that a sentence mentions."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def told(
    sentence: str, facts: Mapping[str, Any], language: str, labels: Labels | None = None
) -> str:
    """The sentence with its facts in one language; a term without label shows as its key."""
    shown = {key: _shown(value, language, labels or {}) for key, value in facts.items()}
    return sentence.format_map(shown)


def _shown(value: Any, language: str, labels: Labels) -> str:
    if isinstance(value, Term):
        return pick(labels.get(value.section, {}).get(value.key, value.key), language)
    if isinstance(value, Mapping):
        return pick(value, language)
    if isinstance(value, list | tuple):
        comma = "、" if language.startswith("zh") else ", "
        return comma.join(_shown(part, language, labels) for part in value)
    return str(value)


def line_of(top: Item | None, pointer: str) -> int:
    """The line of the place, or of the nearest block around it; 0 without a file."""
    line, item = (top.line if top else 0), top
    for part in pointer.split("/")[1:]:
        value = item.value if item is not None else None
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            item = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            item = value[int(part)]
        else:
            item = None
        if item is None:
            break
        line = item.line
    return line
