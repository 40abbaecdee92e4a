"""The demo and starter files as plain values: read, unfolded (``vary``) and given their defaults.

What the files mean is in ``script``; who writes them into the database is in ``loading``.
Nothing here knows a rule pack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Record = dict[str, Any]


@cache
def read(name: str) -> Record:
    """One file of this package (``starter``, ``town``, ``scenarios``), without its suffix."""
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    found: Record = yaml.safe_load(text)
    return found


def leaves() -> dict[str, Record]:
    """The leaves of the starter category tree by id, each with ``group`` (the id above it)."""
    return {
        leaf["id"]: {**leaf, "group": group["id"]}
        for group in read("starter")["categories"]
        for leaf in group["children"]
    }


@cache
def cases() -> tuple[Record, ...]:
    """All demo cases, variations unfolded, in the order of their ids; ``n`` counts from 1."""
    folder = files(__package__).joinpath("cases")
    found: list[Record] = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            found += _unfold(yaml.safe_load(entry.read_text(encoding="utf-8")))
    found.sort(key=lambda case: case["id"])
    return tuple({**case, "n": n} for n, case in enumerate(found, start=1))


def _unfold(document: Record) -> Iterator[Record]:
    common = {"top": document["top"], "language": document["language"]}
    for case in document["cases"]:
        base = {**common, "office": document["language"], **case}
        varied = base.pop("vary", None)
        for change in varied or [{}]:
            one = {**base, **change}
            yield {k: fill(v, one) if varied else v for k, v in one.items()}


def fill(value: Any, slots: Mapping[str, Any]) -> Any:
    """``{slot}`` in every text of ``value`` replaced from ``slots``; an unknown slot is an error.

    Raises KeyError with the name of a slot that the case does not have.
    """
    if isinstance(value, str) and "{" in value:
        return value.format_map(slots)
    if isinstance(value, dict):
        return {k: fill(v, slots) for k, v in value.items()}
    return value
