"""Values of a plan in words: who, where, how long, how many, in one language.

Names of fields and values come from the plan's labels, sentences from the document's words. A
person appears by post or id; name and numbers only where the organisation file holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from huiyin.domain.explaining import length
from huiyin.domain.languages import pick
from huiyin.domain.packs import LANGUAGES
from huiyin.domain.periods import Period
from huiyin.domain.plans.duties import Channel
from huiyin.domain.plans.fields import Text
from huiyin.domain.plans.grounds import Criterion, Point
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.rules.structure import told

Words = Mapping[str, Mapping[str, Text]]


class Legal(NamedTuple):
    """What the law asks for with one duty: the limit in a sentence, and its items by name."""

    asks: str
    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """How this plan is worded. ``legal``: what the law asks for, by the id of the duty."""

    plan: Plan
    who: Organisation | None
    labels: Words
    words: Mapping[str, Any]
    language: str
    legal: Mapping[str, Legal]

    def field(self, key: str) -> str:
        return pick(self.labels["fields"].get(key, key), self.language)

    def block(self, key: str) -> str:
        return pick(self.labels["blocks"].get(key, key), self.language)

    def value(self, key: str) -> str:
        return pick(self.labels["values"].get(key, key), self.language) if key else ""

    def say(self, key: str, **facts: object) -> str:
        """A sentence of the document."""
        return pick(self.words["sentences"][key], self.language).format_map(facts)

    def cap(self, value: str) -> str:
        """A value of CAP 1.2 in words."""
        return pick(self.words["cap"].get(value, value), self.language) if value else ""

    def asked(self, duty: str) -> str:
        return self.legal[duty].asks if duty in self.legal else ""

    def item(self, duty: str, name: str) -> str:
        """An item of a report by the title that its law, or another law, gives it."""
        own = [self.legal[duty]] if duty in self.legal else []
        for law in (*own, *self.legal.values()):
            if name in law.items:
                return law.items[name]
        return name.replace("-", " ")

    def text(self, text: Text | None) -> str:
        return pick(text, self.language) if text else ""

    def listed(self, parts: Iterable[str]) -> str:
        return (", " if self.language == "en" else "、").join(part for part in parts if part)

    def lines(self, parts: Iterable[str]) -> str:
        return "\n".join(part for part in parts if part)

    def entry(self, entries: Mapping[str, Any], name: str) -> str:
        """The title of an entry, or the bare name where there is none."""
        found = entries.get(name)
        return (self.text(found.title) or name) if found is not None else name

    def entries(self, entries: Mapping[str, Any], names: Iterable[str]) -> str:
        return self.listed(self.entry(entries, name) for name in names)

    def roles(self, names: Iterable[str]) -> str:
        """Roles in their order: the first that can be reached decides."""
        arrow = " → "
        return arrow.join(self.entry(self.plan.roles, name) for name in names)

    def person(self, name: str) -> str:
        """A post by its title, a person by id; with the name where it is known."""
        if self.who is None:
            return name
        if name in self.who.posts:
            holders = self.listed(self._named(p) for p in self.who.posts[name].holders)
            title = self.text(self.who.posts[name].title)
            return f"{title} ({holders})" if holders and self.who.private else title
        return self._named(name)

    def people(self, names: Iterable[str]) -> str:
        return self.listed(self.person(name) for name in names)

    def unit(self, name: str) -> str:
        return self.entry(self.who.units, name) if self.who else name

    def member(self, name: str) -> str:
        """A unit, a post or a person."""
        return self.unit(name) if self.who and name in self.who.units else self.person(name)

    def skills(self, names: Iterable[str]) -> str:
        return self.entries(self.who.skills if self.who else {}, names)

    def channel(self, channel: Channel) -> str:
        return f"{self.value(channel.kind)} {channel.address}"

    def seconds(self, seconds: int | None) -> str:
        return self.text(told(seconds)) if seconds is not None else ""

    def span(self, period: Period | None) -> str:
        if period is None:
            return ""
        language = self.language if self.language in LANGUAGES else "en"
        return length(period.count, period.unit, language)

    def day(self, day: date | None) -> str:
        return day.isoformat() if day else ""

    def point(self, point: Point | None) -> str:
        return f"{point.latitude}, {point.longitude}" if point else ""

    def yes(self, flag: bool) -> str:
        return self.value("yes") if flag else ""

    def criterion(self, criterion: Criterion) -> str:
        """``ammonia ≥ 25 ppm, < 100 ppm``."""
        bounds = [
            f"{sign} {_plain(bound)} {criterion.unit}".strip()
            for sign, bound in (("≥", criterion.at_least), ("<", criterion.below))
            if bound is not None
        ]
        return f"{criterion.variable} {', '.join(bounds)}".strip()

    def _named(self, person: str) -> str:
        private = self.who.private.get(person) if self.who else None
        return private.name if private else person


def _plain(number: Decimal) -> str:
    return f"{number:f}"
