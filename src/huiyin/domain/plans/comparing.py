"""What a version of a plan changes, as a list of changes that can be told in words.

Entries are compared by id, so that moving one is no change; values are told as the file writes
them. The words are few and the same for every block: added, removed, changed from … to ….
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from huiyin.domain.languages import pick
from huiyin.domain.plans.fields import Kind, key_of, kinds_of
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.subject import at
from huiyin.domain.plans.writing import plain

_WORDS = {
    "zh-Hans": ("新增", "删除", "由“{0}”改为“{1}”", "（无）", "、"),
    "zh-Hant": ("新增", "刪除", "由「{0}」改為「{1}」", "（無）", "、"),
    "en": ("added", "removed", "from “{0}” to “{1}”", "(nothing)", ", "),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``old`` or ``new`` is None for what was added or removed."""

    at: str
    title: Any
    old: Any
    new: Any

    def said(self, language: str) -> str:
        added, removed, changed, nothing, comma = _WORDS[language]
        name = f" ({pick(self.title, language)})" if self.title else ""
        if self.old is None and isinstance(self.new, dict):
            return f"{self.at}{name}: {added}"
        if self.new is None and isinstance(self.old, dict):
            return f"{self.at}{name}: {removed}"
        old, new = (_shown(v, language, nothing, comma) for v in (self.old, self.new))
        return f"{self.at}{name}: {changed.format(old, new)}"

    def as_data(self) -> dict[str, Any]:
        return {"at": self.at, "old": self.old, "new": self.new}


def compare(old: Plan, new: Plan) -> list[Change]:
    """All differences, in the order of the model. Empty if and only if the plans are equal."""
    return list(_block(old, new, "", None))


def _block(old: Any, new: Any, where: str, title: Any) -> Iterator[Change]:
    shape: Any = type(new)
    for name, kind in kinds_of(shape).items():
        here = where + at(key_of(name, kind))
        yield from _field(getattr(old, name), getattr(new, name), kind, here, title)


def _field(old: Any, new: Any, kind: Kind, here: str, title: Any) -> Iterator[Change]:
    if old == new:
        return
    if kind.name == "many":
        yield from _many(old, new, here)
    elif kind.name == "one" and old is not None and new is not None:
        yield from _block(old, new, here, title)
    elif kind.name == "rows":
        yield from _rows(old, new, here, title)
    else:
        yield Change(here, title, _as_written(old, kind), _as_written(new, kind))


def _many(old: Any, new: Any, here: str) -> Iterator[Change]:
    for name in [*old, *(n for n in new if n not in old)]:
        before, after = old.get(name), new.get(name)
        titled = after if after is not None else before
        title = getattr(titled, "title", None)
        if before is None or after is None:
            yield Change(here + at(name), title, _whole(before), _whole(after))
        elif before != after:
            yield from _block(before, after, here + at(name), title)


def _rows(old: Any, new: Any, here: str, title: Any) -> Iterator[Change]:
    for n in range(max(len(old), len(new))):
        before = old[n] if n < len(old) else None
        after = new[n] if n < len(new) else None
        if before is None or after is None:
            yield Change(here + at(n), title, _whole(before), _whole(after))
        elif before != after:
            yield from _block(before, after, here + at(n), title)


def _whole(entry: Any) -> Any:
    return None if entry is None else plain(entry, Kind("one", False))


def _as_written(value: Any, kind: Kind) -> Any:
    """As in the file; an optional value that is not there is None, an empty one too."""
    return None if value is None or value in ("", (), {}) else plain(value, kind)


def _shown(value: Any, language: str, nothing: str, comma: str) -> str:
    if value is None:
        return nothing
    if isinstance(value, dict):
        if language in value or "en" in value or "zh-Hans" in value:
            return pick(value, language)
        return comma.join(f"{k}: {_shown(v, language, nothing, comma)}" for k, v in value.items())
    if isinstance(value, list):
        return comma.join(_shown(v, language, nothing, comma) for v in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
