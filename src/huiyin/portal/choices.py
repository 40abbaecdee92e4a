"""What a complaint can choose from: places, categories, units, in the reader's language.

Search among categories is by words of their names and examples; nothing is kept of what
somebody searched for.
"""

from __future__ import annotations

from dataclasses import dataclass

from huiyin.cases.catalog import CategoryInfo, catalog
from huiyin.cases.search import tokens
from huiyin.people.directory import Directory
from huiyin.people.refusing import pick

Choice = tuple[str, str]


@dataclass(frozen=True)
class Leaf:
    """A category that can be chosen, with its examples."""

    id: str
    name: str
    hint: str


@dataclass(frozen=True)
class Group:
    """A category with those below it."""

    id: str
    name: str
    leaves: tuple[Leaf, ...]


def place_choices(tree: Directory) -> list[Choice]:
    """All places, each below the one around it."""
    return _tree({p.id: (p.parent, pick(p.name)) for p in tree.places.values()})


def unit_choices(tree: Directory) -> list[Choice]:
    """All units, each below the one above it. Closed ones too: their past can be complained of."""
    return _tree({u.id: (u.parent, pick(u.name)) for u in tree.units.values()})


def post_choices(tree: Directory) -> list[Choice]:
    """All posts that can be named, with their units."""
    return [
        (p.id, f"{pick(tree.units[p.unit].name)} · {pick(p.name)}") for p in tree.posts.values()
    ]


def _tree(rows: dict[str, tuple[str | None, str]]) -> list[Choice]:
    below: dict[str | None, list[str]] = {}
    for id, (parent, _) in rows.items():
        below.setdefault(parent, []).append(id)
    found: list[Choice] = []
    # Depth in no-break spaces: an option of a list has no other way to show it.
    waiting = [(id, 0) for id in reversed(below.get(None, []))]
    while waiting:
        id, depth = waiting.pop()
        found.append((id, "\u00a0\u00a0\u00a0" * depth + rows[id][1]))
        waiting += [(child, depth + 1) for child in reversed(below.get(id, []))]
    return found


def _open_leaves() -> list[CategoryInfo]:
    known = catalog()
    return [c for c in known.categories.values() if c.open and not known.children.get(c.id)]


def category_choices() -> list[Choice]:
    """All categories that can be chosen."""
    return [(c.id, pick(c.name)) for c in _open_leaves()]


def category_groups() -> list[Group]:
    """The categories by the group they stand in, in the order of the catalog."""
    known = catalog()
    groups: dict[str | None, list[Leaf]] = {}
    for leaf in _open_leaves():
        top = known.line(leaf.id)[-1]
        groups.setdefault(top, []).append(_leaf(leaf))
    return [
        Group(str(top), pick(known.categories[str(top)].name), tuple(leaves))
        for top, leaves in groups.items()
    ]


def _leaf(category: CategoryInfo) -> Leaf:
    return Leaf(category.id, pick(category.name), pick(category.hint))


MOST_FOUND = 12


def find_categories(words: str) -> list[Leaf]:
    """The categories whose name, examples or group share words with ``words``, best first.
    All languages are searched: people name a thing as they know it."""
    known, wanted = catalog(), set(tokens(words))
    scored = []
    for order, leaf in enumerate(_open_leaves()):
        own = _words(leaf)
        around = set().union(*(_words(known.categories[c]) for c in known.line(leaf.id)[1:]))
        score = 2 * len(wanted & own) + len(wanted & around)
        if score:
            scored.append((-score, order, leaf))
    return [_leaf(leaf) for _, _, leaf in sorted(scored, key=lambda row: row[:2])[:MOST_FOUND]]


def _words(category: CategoryInfo) -> set[str]:
    texts = [*category.name.values(), *category.hint.values()]
    return {token for text in texts for token in tokens(text)}
