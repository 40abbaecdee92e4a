"""“Already reported?”: matters of the same kind in the same place, before somebody hands in.

Only categories that the administrator marked public, only category, place, month and stage; it
tells, and it never stands in the way: the button is on the same page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiyin import packs
from huiyin.cases.catalog import About, catalog
from huiyin.cases.queries import public_subjects
from huiyin.domain.errors import Refusal
from huiyin.people.directory import directory
from huiyin.people.refusing import pick

MOST = 5


@dataclass(frozen=True)
class Reported:
    """One matter in words; ``stage`` is a pack's."""

    category: str
    place: str
    month: date
    stage: str


def already(answers: Mapping[str, Any]) -> list[Reported]:
    """What others have reported that may be the same; empty for everything that is not public."""
    tree, table = directory(), catalog()
    info = table.categories.get(answers.get("category", ""))
    if info is None or not info.public or answers.get("about_unit"):
        return []
    place = answers.get("place") or next(iter(tree.places), None)
    try:
        unit = table.route(tree, info.id, place, None, About()).unit
    except Refusal:  # said where it can be corrected: by the hand-in itself
        return []
    found = public_subjects(unit, info.id, tree.place_line(place) if place else (), MOST)
    return [
        Reported(
            pick(info.name),
            pick(tree.places[one.place].name) if one.place in tree.places else "",
            one.month,
            pick(packs.load(one.pack).stages[one.stage].title),
        )
        for one in found
    ]
