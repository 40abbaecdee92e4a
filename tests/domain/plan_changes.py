"""A sound plan, and how a small change to it is written.

The sound plan is the example ``chemical-leak``. A change names a path in the plan (or, after
``org:``, in the organisation) and what to put there; ``CUT`` deletes it. ``NEAR`` are changes
that come close and must not trigger the rule.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiyin import plans
from huiyin.domain.plans.reading import (
    items,
    organisation_of,
    plan_of,
    read_organisation,
    read_plan,
)
from huiyin.domain.plans.subject import Subject
from huiyin.domain.plans.writing import as_data

TODAY = date(2026, 11, 22)
CUT = object()


@dataclass(frozen=True)
class Change:
    rule: str
    at: str
    edits: dict[str, Any]
    today: date = TODAY


def _both() -> tuple[dict[str, Any], dict[str, Any]]:
    plan, organisation = plans.example("chemical-leak")
    return as_data(read_plan(plan)[0]), as_data(read_organisation(organisation)[0])


PLAN, ORGANISATION = _both()


def subject(edits: dict[str, Any], today: date = TODAY) -> Subject:
    """The sound plan after some edits, as the rules see it."""
    plan, organisation = copy.deepcopy(PLAN), copy.deepcopy(ORGANISATION)
    for path, value in edits.items():
        top = organisation if path.startswith("org:") else plan
        _put(top, path.removeprefix("org:").split("/"), value)
    return Subject(
        plan_of(items(plan)),
        organisation_of(items(organisation)),
        today,
        plans.laws(),
        plans.land(),
    )


def _put(top: Any, path: list[str], value: Any) -> None:
    *way, last = path
    for step in way:
        top = top[int(step)] if isinstance(top, list) else top.setdefault(step, {})
    if value is CUT:
        top.pop(last, None)
    elif isinstance(top, list):
        top[int(last)] = value
    else:
        top[last] = value


def two(zh: str, en: str) -> dict[str, str]:
    return {"zh-Hans": zh, "en": en}


T = two("某", "some")
LEVELS = ("site", "works", "county")


def classes(*figures: int) -> dict[str, Any]:
    low = dict(zip(LEVELS, figures, strict=True))
    return {
        f"levels/{name}/criteria": [
            {"variable": "deaths", "unit": "people", "at-least": str(figure)}
        ]
        for name, figure in low.items()
    }


def school(target: str, floors: int) -> dict[str, Any]:
    sites = ("tank-farm", "compressor-house", "office-building")
    return {
        "plan/settings": ["school", "dangerous-goods"],
        "muster/target": target,
        **{f"scope/sites/{name}/floors": floors for name in sites},
    }
