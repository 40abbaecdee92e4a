"""Why, where and when: heading, legal basis, scope, risks, levels and triggers of a plan.

Shape only. Level 1 is the gravest (突发事件应对法 art. 71: 一级 is the highest of four).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from huiyin.domain.plans.fields import (
    LANGUAGES,
    Text,
    choice,
    choices,
    day,
    duration,
    figure,
    flag,
    line,
    many,
    number,
    one,
    place,
    ref,
    refs,
    rows,
    text,
    word,
)

PLAN_KINDS = ("comprehensive", "special", "card")
STATUSES = ("draft", "review", "approved", "superseded")
HAZARDS = (
    "fire",
    "explosion",
    "earthquake",
    "flood",
    "landslide",
    "storm",
    "heat",
    "cold",
    "leak",
    "power-failure",
    "water-failure",
    "structural-failure",
    "road",
    "infection",
    "food-poisoning",
    "drowning",
    "data-failure",
    "all",
)
# What the law calls a place decides which intervals and reports bind it (huiyin/duties/*.yaml).
SETTINGS = (
    "kindergarten",
    "school",
    "crowded-place",
    "dangerous-goods",
    "workplace",
    "local-government",
)
OPERATORS = (">=", ">", "<=", "<", "=")
VERIFIED = ("yes", "secondary", "no")


class Point(NamedTuple):
    """WGS84, decimal degrees; exact as written."""

    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved this version, when, and after which table-top exercise (``held``)."""

    on: date = day(required=True)
    by: str = ref("who")
    table_top: str = ref("held")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The heading. ``resilience``: so many absences of anybody the plan is meant to survive."""

    id: str = word()
    title: Text = text()
    kind: str = choice(PLAN_KINDS)
    hazards: tuple[str, ...] = choices(HAZARDS)
    settings: tuple[str, ...] = choices(SETTINGS)
    jurisdiction: str = line()
    zone: str = line()
    languages: tuple[str, ...] = choices(LANGUAGES)
    unit: str = ref("units")
    parent: str = line(required=False)
    version: str = line()
    replaces: str = line(required=False)
    status: str = choice(STATUSES)
    review_due: date | None = day()
    revised: date | None = day()
    resilience: int = number(1, most=100)
    summary: Text = text(required=False)
    approval: Approval | None = one(Approval, required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A legal ground with the days it is in force. ``verified``: read in the primary text?"""

    id: str
    title: Text = text()
    article: str = line(required=False)
    url: str = line(required=False)
    from_: date | None = day()
    until: date | None = day()
    verified: str = choice(VERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place the plan covers."""

    id: str
    title: Text = text()
    place: Point | None = place()
    floors: int = number(1, least=1, most=300)
    address: Text = text(required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """People counted, never named: who must be safe. ``assisted`` of ``count`` need help."""

    id: str
    title: Text = text()
    site: str = ref("sites")
    count: int = number()
    assisted: int = number(0)
    help: Text = text(required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    applies: Text = text()
    sites: Mapping[str, Site] = many(Site, most=500)
    populations: Mapping[str, Population] = many(Population)


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardRisk:
    """A hazard surveyed at a place (never a person): likelihood and consequence from 1 to 5."""

    id: str
    title: Text = text()
    hazard: str = choice(HAZARDS)
    site: str = ref("sites", required=False)
    likelihood: int = number(least=1, most=5)
    consequence: int = number(least=1, most=5)
    measures: Text = text(required=False)
    surveyed: date | None = day()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """The part of a variable's range that belongs to a level: from ``at_least`` to ``below``."""

    variable: str = word()
    unit: str = line()
    at_least: Decimal | None = figure()
    below: Decimal | None = figure()


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A response level, 1 the gravest. ``authority``: roles that may activate it, in order.

    ``automatic``: a trigger starts it without a decision. ``within``: seconds from activation in
    which the critical tasks must be done. ``roles``: needed at this level (all if none named).
    """

    id: str
    number: int = number(least=1, most=4)
    title: Text = text()
    criteria: tuple[Criterion, ...] = rows(Criterion)
    described: Text = text(required=False)
    authority: tuple[str, ...] = refs("roles")
    automatic: bool = flag()
    adjusts: tuple[str, ...] = refs("roles")
    ends: tuple[str, ...] = refs("roles")
    within: int | None = duration()
    roles: tuple[str, ...] = refs("roles")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What starts a level. ``exit`` is the value at which it may end; ``described`` is for a
    ``manual`` trigger only, which a person judges."""

    id: str
    title: Text = text()
    level: str = ref("levels")
    manual: bool = flag()
    described: Text = text(required=False)
    variable: str = word(required=False)
    operator: str = choice(("", *OPERATORS), "")
    value: Decimal | None = figure()
    unit: str = line(required=False)
    window: int | None = duration()
    exit: Decimal | None = figure()
    watched_by: str = ref("roles", required=False)
