"""Acts on categories and on who leads for them where. Each leaves one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from huiyin.administration.checking import HINT_LIMIT, id_of, texts_of
from huiyin.administration.recording import Author, digest, record, row_of
from huiyin.cases import categories, moving
from huiyin.cases.catalog import catalog
from huiyin.cases.models import Category
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import GENERAL_KINDS
from huiyin.people.directory import directory


@dataclass(frozen=True)
class CategoryValues:
    """What a category's page sets. ``kind``: what a matter of it is, one of GENERAL_KINDS."""

    name: Mapping[str, str]
    parent: str | None = None
    hint: Mapping[str, str] = field(default_factory=dict)
    kind: str = "grievance"
    public: bool = False


@dataclass(frozen=True)
class Leading:
    """Who leads in a place and who helps, with the reason that both sides read."""

    place: str
    unit: str
    support: Sequence[str] = ()
    why: Mapping[str, str] | None = None


@transaction.atomic
def add_category(id: str, values: CategoryValues, author: Author, now: datetime) -> None:
    """A new category. Raises Refusal: those of ``checking``, ``category-exists``,
    ``category-kind-unknown``, ``tree-parent-unknown``, ``category-has-open-cases`` (the parent
    is a leaf that cases lie under)."""
    _check(values)
    categories.add(
        id_of(id),
        texts_of(values.name, "name"),
        parent=values.parent or None,
        hint=texts_of(values.hint, "hint", most=HINT_LIMIT, needed=False),
        kind=values.kind,
        public=values.public,
    )
    _done("category-added", id, author, now)


@transaction.atomic
def change_category(id: str, values: CategoryValues, author: Author, now: datetime) -> None:
    """Change a category. Raises Refusal: those of ``add_category``, ``category-unknown``,
    ``tree-cycle``."""
    held = catalog().categories.get(id)
    if held is not None and held.parent != (values.parent or None):
        _check(values)
    _check_kind(values.kind)
    categories.change(
        id,
        texts_of(values.name, "name"),
        texts_of(values.hint, "hint", most=HINT_LIMIT, needed=False),
        parent=values.parent or None,
        kind=values.kind,
        public=values.public,
    )
    _done("category-changed", id, author, now)


def _check(values: CategoryValues) -> None:
    _check_kind(values.kind)
    table = catalog()
    if values.parent and not table.children.get(values.parent):
        # It would be a leaf no longer, and its open cases would lie under a heading.
        _require_no_cases(values.parent, [values.parent])


def _check_kind(kind: str) -> None:
    if kind not in GENERAL_KINDS:
        raise Refusal("category-kind-unknown", kind=kind[:40], known=list(GENERAL_KINDS))


@transaction.atomic
def close_category(id: str, author: Author, now: datetime) -> None:
    """No new complaint goes to the category or anything below it.

    Raises Refusal: ``category-unknown``, ``category-has-open-cases``, ``category-needed`` (it is
    the last that is open).
    """
    table = catalog()
    if id not in table.categories:
        raise Refusal("category-unknown", category=id[:80])
    below = [each for each in table.categories if id in table.line(each)]
    _require_no_cases(id, below)
    for each in below:
        categories.set_open(each, False)
    table = catalog()
    if not any(c.open and not table.children.get(c.id) for c in table.categories.values()):
        raise Refusal("category-needed", category=id)
    _done("category-closed", id, author, now)


@transaction.atomic
def open_category(id: str, author: Author, now: datetime) -> None:
    """Complaints may go to the category again. Raises Refusal ``category-unknown``."""
    categories.set_open(id, True)
    _done("category-opened", id, author, now)


@transaction.atomic
def set_lead(category: str, lead: Leading, author: Author, now: datetime) -> None:
    """Say who leads for a category in a place. Raises Refusal ``category-unknown``,
    ``place-unknown``, ``unit-unknown``, ``unit-closed``."""
    tree = directory()
    for unit in (lead.unit, *lead.support):
        if unit in tree.units and not tree.units[unit].open:
            raise Refusal("unit-closed", unit=unit)
    why = None
    if lead.why is not None:
        why = texts_of(lead.why, "why", most=HINT_LIMIT, needed=False)
    row = categories.set_lead(category, lead.place, lead.unit, lead.support, why)
    told = {"unit": row.unit_id, "support": list(row.support), "why": dict(row.why)}
    record(
        "lead-set",
        f"category:{category}",
        author,
        now,
        place=lead.place,
        unit=lead.unit,
        row=digest(told),
    )


@transaction.atomic
def end_lead(category: str, place: str, author: Author, now: datetime) -> None:
    """Nobody leads by name there any more. Raises Refusal ``lead-unknown``."""
    categories.end_lead(category, place)
    record("lead-ended", f"category:{category}", author, now, place=place)


def _require_no_cases(category: str, among: Sequence[str]) -> None:
    if count := moving.open_about(among):
        raise Refusal("category-has-open-cases", category=category, count=count)


def _done(act: str, category: str, author: Author, now: datetime) -> None:
    record(act, f"category:{category}", author, now, row=row_of(Category, category))
