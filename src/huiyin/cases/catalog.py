"""Categories and competences as one value in memory, rebuilt when they change.

The router (``domain.routing``) works on plain values; this module fetches them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from huiyin.cases.models import Category, Competence
from huiyin.domain.access import OWNER, CaseFacts, candidates
from huiyin.domain.errors import Refusal
from huiyin.domain.routing import Route, route
from huiyin.people.directory import Directory, PerRevision
from huiyin.people.queries import actors_reaching


@dataclass(frozen=True)
class CategoryInfo:
    """One category; a leaf if nothing lies below it."""

    id: str
    parent: str | None
    name: Mapping[str, str]
    hint: Mapping[str, str]
    kind: str
    public: bool
    open: bool


@dataclass(frozen=True)
class About:
    """Whom a complaint is about: a unit, a post, or nobody. ``today``: who holds which role."""

    unit: str | None = None
    post: str | None = None
    today: date | None = None

    @property
    def somebody(self) -> bool:
        """Whether anybody has to be kept from the case."""
        return self.unit is not None or self.post is not None

    def anybody_left(self, tree: Directory) -> Callable[[str], bool]:
        """Whether not everybody who could own a case of the unit is in conflict. Asked only of
        complaints about somebody: the others pay no query for it."""
        today = self.today or timezone.localdate()

        def able(unit: str) -> bool:
            holders = tree.holders(self.post)
            facts = CaseFacts(unit, None, 0, self.unit, about_post_holders=holders)
            owners = actors_reaching(unit, [OWNER], today)
            return not owners or bool(candidates(owners, facts))

        return able


class Catalog:
    """All categories and who leads for them."""

    def __init__(
        self, categories: dict[str, CategoryInfo], leads: dict[tuple[str, str], str]
    ) -> None:
        self.categories = categories
        self.leads = leads

    @cached_property
    def children(self) -> dict[str | None, list[CategoryInfo]]:
        """Categories by the one above (None: the top)."""
        found: dict[str | None, list[CategoryInfo]] = {}
        for category in self.categories.values():
            found.setdefault(category.parent, []).append(category)
        return found

    def leaf(self, category: str) -> CategoryInfo:
        """The category if a complaint can go to it. Raises Refusal ``category-unknown``,
        ``category-not-a-leaf``, ``category-closed``."""
        found = self.categories.get(category)
        if found is None:
            raise Refusal("category-unknown", category=category[:80])
        if self.children.get(category):
            below = [c.id for c in self.children[category]]
            raise Refusal("category-not-a-leaf", category=category, below=below)
        if not found.open:
            raise Refusal("category-closed", category=category)
        return found

    def line(self, category: str) -> tuple[str, ...]:
        """The category and those above it, narrowest first."""
        found: list[str] = []
        at: str | None = category
        while at is not None and at in self.categories:
            found.append(at)
            at = self.categories[at].parent
        return tuple(found)

    def route(
        self,
        tree: Directory,
        category: str,
        place: str | None,
        unit: str | None,
        about: About,
    ) -> Route:
        """The competent unit for a new case; see ``domain.routing.route`` for refusals.
        Also ``place-unknown``, ``about-unknown`` and ``post-unknown``."""
        if place is not None and place not in tree.places:
            raise Refusal("place-unknown", place=place[:80])
        if about.unit is not None and about.unit not in tree.units:
            raise Refusal("about-unknown", unit=about.unit[:80])
        if about.post is not None and about.post not in tree.posts:
            raise Refusal("post-unknown", post=about.post[:80])
        places = tree.place_line(place) if place else tuple(_roots(tree))
        return route(
            categories=self.line(category),
            places=places,
            leads=self.leads,
            units=tree.facts,
            default=_default(tree, places),
            chosen=unit,
            about=about.unit,
            able=about.anybody_left(tree) if about.somebody else None,
        )


def _roots(tree: Directory) -> list[str]:
    return [p.id for p in tree.places.values() if p.parent is None][:1]


def _default(tree: Directory, places: tuple[str, ...]) -> str:
    """Who answers where no lead is named: the place's own unit, else the first unit."""
    if places:
        return tree.places[places[0]].unit
    if not tree.units:
        raise Refusal("no-unit", unit="")
    return min(tree.units.values(), key=lambda u: (u.parent is not None, u.order, u.id)).id


def _build() -> Catalog:
    categories = {
        c.id: CategoryInfo(c.id, c.parent_id, c.name, c.hint, c.kind, c.public, c.open)
        for c in Category.objects.all()
    }
    leads = {(c.category_id, c.place_id): c.unit_id for c in Competence.objects.all()}
    return Catalog(categories, leads)


catalog: PerRevision[Catalog] = PerRevision(_build)
