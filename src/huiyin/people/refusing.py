"""One table of refusals: code → status, text and remedy in each language.

The table is the files ``refusals/*.toml``; pages and API both answer from it, so a code
without text cannot ship (tests/apps/test_refusals.py).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format

from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick as pick_text
from huiyin.domain.languages import tag_of

FOLDER = Path(__file__).resolve().parent.parent / "web" / "refusals"


@dataclass(frozen=True)
class Explained:
    """A refusal in the reader's language."""

    code: str
    status: int
    text: str
    remedy: str


def tag(language: str | None = None) -> str:
    """The data-file tag of a Django language code; default: the active language."""
    return tag_of(language or translation.get_language() or "en")


def pick(texts: Any, language: str | None = None) -> str:
    """One language out of ``{"zh-Hans": …, "en": …}``: ``languages.pick`` for pages."""
    return pick_text(texts, tag(language))


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, Any]]:
    """All refusals by code. Raises ValueError if two files define one code."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            if code in found:
                raise ValueError(f"{path.name}: {code} is defined twice")
            found[code] = entry
    return found


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


# Not "、" in Chinese: names of acts contain it ("转送、交办").
_BETWEEN = {"zh-Hans": "，", "zh-Hant": "，", "ar": "، "}


def _shown(value: object) -> str:
    if hasattr(value, "tzinfo"):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")  # type: ignore[arg-type]
    if hasattr(value, "isoformat"):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, (list, tuple, set, frozenset)):
        between = _BETWEEN.get(tag(), ", ")
        return between.join(_shown(item) for item in value)
    return str(value)


def explain(refusal: Refusal, language: str | None = None) -> Explained:
    """The refusal's words. Raises KeyError for a code that no file defines."""
    # Here: labels read tables, whose models need ``pick`` of this module.
    from huiyin.people.labels import shown

    entry = table()[refusal.code]
    with translation.override(language or translation.get_language() or "en"):
        data = _Blank({key: _shown(shown(key, value)) for key, value in refusal.data.items()})
    text = pick({k: v for k, v in entry.items() if isinstance(v, str)}, language)
    remedy = pick(entry.get("remedy", {}), language)
    return Explained(
        refusal.code, int(entry["status"]), text.format_map(data), remedy.format_map(data)
    )
