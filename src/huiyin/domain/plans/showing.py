"""A plan as a page in words: block by block, entry by entry, every field by its name.

Plain text in the manner of Markdown, for reading and comparing; the filed document and the print
view are made elsewhere. ``Labels`` (``huiyin/plans/labels.toml``) name blocks, fields and values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from huiyin.domain.languages import pick
from huiyin.domain.plans.fields import Kind, Text, defaults_of, key_of, kinds_of
from huiyin.domain.plans.findings import Labels
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.rules.structure import told


class _Page:
    def __init__(self, plan: Plan, who: Organisation | None, labels: Labels, language: str):
        self.labels, self.language = labels, language
        self.titles = _titles(plan, who)
        self.plain_comma = "、" if language.startswith("zh") else ", "

    def label(self, section: str, key: str) -> str:
        return pick(self.labels[section].get(key, key), self.language)

    def block(self, block: Any, depth: int) -> Iterator[str]:
        for key, value, kind in said(block):
            yield from self.field(key, value, kind, depth)

    def field(self, key: str, value: Any, kind: Kind, depth: int) -> Iterator[str]:
        head = f"{'  ' * depth}- {self.label('fields', key)}"
        if kind.name == "one":
            yield head
            yield from self.block(value, depth + 1)
        elif kind.name in ("many", "rows"):
            yield head
            for entry in value.values() if kind.name == "many" else value:
                yield from self.entry(entry, depth + 1)
        else:
            shown = self.label("units", value) if key == "unit" else self.value(value, kind)
            yield f"{head}: {shown}"

    def entry(self, entry: Any, depth: int) -> Iterator[str]:
        """An entry under its title; one without title (a criterion, a channel) in one line."""
        title = self.title(entry)
        if title:
            yield f"{'  ' * depth}- {title}"
            yield from self.block(entry, depth + 1)
            return
        parts = (line.strip(" -") for line in self.block(entry, 0))
        yield f"{'  ' * depth}- " + "; ".join(parts)

    def title(self, entry: Any) -> str:
        return pick(getattr(entry, "title", None), self.language) or getattr(entry, "id", "")

    def value(self, value: Any, kind: Kind) -> str:
        if kind.name in ("text", "duration"):
            return pick(value if kind.name == "text" else told(value), self.language)
        if kind.name == "flag":
            return self.label("values", "yes" if value else "no")
        if kind.name in ("refs", "words", "choices"):
            return self.plain_comma.join(self.one(v, kind) for v in value)
        if kind.name == "amounts":
            return self.plain_comma.join(f"{self.one(k, kind)} × {n}" for k, n in value.items())
        return self.one(value, kind)

    def one(self, value: Any, kind: Kind) -> str:
        if kind.name in ("choice", "choices"):
            return self.label("values", value)
        if kind.name == "clock":
            return str(value.isoformat("minutes"))
        if kind.name == "place":
            return f"{value.latitude}, {value.longitude}"
        return pick(self.titles.get((kind.target, str(value))), self.language) or str(value)


def said(block: Any) -> Iterator[tuple[str, Any, Kind]]:
    """The fields that say something: not the title, and not what is left at its default."""
    shape: Any = type(block)
    defaults = defaults_of(shape)
    for name, kind in kinds_of(shape).items():
        value = getattr(block, name)
        if name != "title" and (name not in defaults or value != defaults[name]):
            yield key_of(name, kind), value, kind


def _titles(plan: Plan, who: Organisation | None) -> dict[tuple[str, str], Text]:
    """What references are called: (section, id) → title."""
    found: dict[tuple[str, str], Text] = {}
    muster, exercises = plan.muster, plan.exercises
    sections: dict[str, Mapping[str, Any]] = {
        "basis": plan.basis,
        "sites": plan.scope.sites,
        "populations": plan.scope.populations,
        "levels": plan.levels,
        "roles": plan.roles,
        "roles-or-system": plan.roles,
        "tasks": plan.tasks,
        "contacts": plan.contacts,
        "callout": plan.callout,
        "resources": plan.resources,
        "points": muster.points if muster else {},
        "routes": muster.routes if muster else {},
        "programme": exercises.programme if exercises else {},
        "who": who.posts if who else {},
        "units": who.units if who else {},
        "who-or-unit": {**who.posts, **who.units} if who else {},
        "skills": who.skills if who else {},
    }
    for section, entries in sections.items():
        for name, entry in entries.items():
            found[(section, name)] = entry.title
    return found


def show(plan: Plan, who: Organisation | None, labels: Labels, language: str) -> str:
    """The whole plan. Persons appear by post or id, never by name."""
    page = _Page(plan, who, labels, language)
    lines = [f"# {pick(plan.about.title, language)}", ""]
    for name, kind in kinds_of(Plan).items():
        value, key = getattr(plan, name), key_of(name, kind)
        if value in (None, (), {}):
            continue
        lines += ["", f"## {page.label('blocks', key)}", ""]
        if kind.name == "one":
            lines += page.block(value, 0)
            continue
        for entry in value.values() if kind.name == "many" else value:
            lines += page.entry(entry, 0)
    return "\n".join(lines)
