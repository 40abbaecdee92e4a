"""Periods and articles of a pack in words, as pages and letters name them."""

from __future__ import annotations

from huiyin.domain.explaining import length
from huiyin.domain.languages import pick
from huiyin.domain.packs import LANGUAGES, Basis, Limit, Pack
from huiyin.domain.periods import Period

# "6.2" is a paragraph of a code, "23(2)" an article of a regulation.
_ARTICLE = {
    "en": ("art. {0}", "paragraph {0}"),
    "zh-Hans": ("第{0}条", "第{0}段"),
    "zh-Hant": ("第{0}條", "第{0}段"),
}


def article(basis: Basis, tag: str) -> str:
    """ "art. 34", "第34条", "paragraph 6.2"; "" where the rule names none."""
    if basis.article in ("", "-"):
        return ""
    plain, dotted = _ARTICLE[_written(tag)]
    named = basis.article if _written(tag) == "en" else basis.article.replace(", ", "、")
    return (dotted if "." in basis.article else plain).format(named)


def cite(pack: Pack, basis: Basis, tag: str) -> str:
    """Source and article: "Regulation on Petition Work, in force 1 May 2022, art. 34"."""
    source = pick(pack.sources[basis.source].title, tag)
    named = article(basis, tag)
    if not named:
        return source
    return f"{source}, {named}" if _written(tag) == "en" else source + named


def period(value: Period, tag: str) -> str:
    """ "30 calendar days", "30日"."""
    return length(value.count, value.unit, _written(tag))


def limit_period(limit: Limit, tag: str) -> str:
    """The limit's length in words; "" for a limit without a number of days."""
    return period(limit.rule.period, tag) if limit.rule else ""


def _written(tag: str) -> str:
    return tag if tag in LANGUAGES else "en"
