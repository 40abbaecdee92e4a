"""How many representatives the law of the case lets several people have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from huiyin.cases.catalog import About, catalog
from huiyin.cases.law import for_new
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick
from huiyin.people.directory import directory
from huiyin.people.refusing import tag

REMARK = "representatives"


def representatives_line(answers: Mapping[str, Any]) -> str:
    """The pack's remark on representatives for the draft's category and place, with its
    article; "" if that law says nothing, or if it is not known yet which law applies."""
    tree = directory()
    places = list(tree.places)
    place = answers.get("place") or (places[0] if len(places) == 1 else None)
    try:
        route = catalog().route(tree, answers.get("category", ""), place, None, About())
        pack = for_new(route.unit, tree, timezone.now()).pack
    except Refusal:  # said where it can be corrected: at the end, by the hand-in itself
        return ""
    remark = pack.remarks.get(REMARK)
    if remark is None:
        return ""
    source = pick(pack.sources[remark.basis.source].title, tag())
    return f"{pick(remark.text, tag())} ({source}, {remark.basis.article})"
