"""The only writers of categories and of who leads for them where.

What may be changed while cases are open is asked by the administration; what a complaint may go
to is read by ``catalog``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from huiyin.cases.models import Category, Competence
from huiyin.domain.errors import Refusal
from huiyin.domain.trees import check_parent
from huiyin.people.directory import directory, touch

Texts = Mapping[str, str]


def parents() -> dict[str, str | None]:
    """Category → the one above, in the order of the table."""
    return dict(Category.objects.values_list("id", "parent_id"))


@transaction.atomic
def add(
    id: str,
    name: Texts,
    *,
    parent: str | None = None,
    hint: Texts | None = None,
    kind: str = "grievance",
    public: bool = False,
) -> Category:
    """A new category. Raises Refusal ``category-exists``, ``tree-parent-unknown``."""
    if Category.objects.filter(id=id).exists():
        raise Refusal("category-exists", category=id)
    check_parent(id, parent, parents())
    row = Category.objects.create(
        id=id,
        parent_id=parent,
        name=dict(name),
        hint=dict(hint or {}),
        kind=kind,
        public=public,
        order=Category.objects.count(),
    )
    touch()
    return row


@transaction.atomic
def change(
    id: str, name: Texts, hint: Texts, *, parent: str | None, kind: str, public: bool
) -> Category:
    """Change a category. Raises Refusal ``category-unknown``, ``tree-parent-unknown``,
    ``tree-cycle``."""
    row = _row(id)
    check_parent(id, parent, parents())
    row.name, row.hint, row.parent_id = dict(name), dict(hint), parent
    row.kind, row.public = kind, public
    row.save()
    touch()
    return row


@transaction.atomic
def set_open(id: str, is_open: bool) -> Category:
    """Whether new complaints may go to a category. Raises Refusal ``category-unknown``."""
    row = _row(id)
    row.open = is_open
    row.save(update_fields=["open"])
    touch()
    return row


@transaction.atomic
def set_lead(
    category: str, place: str, unit: str, support: Sequence[str] = (), why: Texts | None = None
) -> Competence:
    """``unit`` leads for the category in the place, and ``support`` help. Raises Refusal
    ``category-unknown``, ``place-unknown``, ``unit-unknown``."""
    _row(category)
    tree = directory()
    if place not in tree.places:
        raise Refusal("place-unknown", place=place[:80])
    for one in (unit, *support):
        if one not in tree.units:
            raise Refusal("unit-unknown", unit=one[:80])
    values: dict[str, object] = {"unit_id": unit, "support": [u for u in support if u != unit]}
    if why is not None:
        values["why"] = dict(why)
    row, _ = Competence.objects.update_or_create(
        category_id=category, place_id=place, defaults=values
    )
    touch()
    return row


@transaction.atomic
def end_lead(category: str, place: str) -> None:
    """Nobody leads by name any more: what lies above, else the place's unit, takes it. Raises
    Refusal ``lead-unknown``."""
    gone, _ = Competence.objects.filter(category_id=category, place_id=place).delete()
    if not gone:
        raise Refusal("lead-unknown", category=category[:80], place=place[:80])
    touch()


@transaction.atomic
def hand_over(unit: str, successor: str) -> None:
    """``successor`` leads and helps wherever ``unit`` did."""
    for row in Competence.objects.all():
        if row.unit_id == unit or unit in row.support:
            row.unit_id = successor if row.unit_id == unit else row.unit_id
            named = [successor if u == unit else u for u in row.support]
            row.support = [u for u in dict.fromkeys(named) if u != row.unit_id]
            row.save(update_fields=["unit", "support"])
    touch()


def _row(id: str) -> Category:
    row = Category.objects.filter(id=id).first()
    if row is None:
        raise Refusal("category-unknown", category=id[:80])
    return row
