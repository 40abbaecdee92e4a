"""Which unit a case goes to, and why: subject × place, never the unit complained of.

Pure look-up over plain values; the tables live in ``people`` and ``cases``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from huiyin.domain.errors import Refusal


@dataclass(frozen=True, slots=True)
class Lead:
    """``unit`` leads for ``category`` (and everything below it) in ``place`` (and below)."""

    category: str
    place: str
    unit: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where the case goes. ``reason`` is a code: ``chosen``, ``lead``, ``place``, ``climbed``."""

    unit: str
    reason: str
    lead: Lead | None = None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit as the router sees it: id, parent id, and whether it takes new cases."""

    id: str
    parent: str | None
    open: bool


def line(unit: str, units: Mapping[str, UnitFacts]) -> tuple[str, ...]:
    """The unit and all units above it, nearest first."""
    found: list[str] = []
    at: str | None = unit
    while at is not None and at in units and at not in found:
        found.append(at)
        at = units[at].parent
    return tuple(found)


def _lead(
    categories: Sequence[str], places: Sequence[str], leads: Mapping[tuple[str, str], str]
) -> Lead | None:
    for place in places:
        for category in categories:
            if (unit := leads.get((category, place))) is not None:
                return Lead(category, place, unit)
    return None


def route(
    *,
    categories: Sequence[str],
    places: Sequence[str],
    leads: Mapping[tuple[str, str], str],
    units: Mapping[str, UnitFacts],
    default: str,
    chosen: str | None = None,
    about: str | None = None,
    able: Callable[[str], bool] | None = None,
) -> Route:
    """The competent unit. ``categories`` and ``places`` run from the narrowest outwards;
    ``default`` takes what no lead covers.

    A unit complained of, and every unit below it, is passed over: the case climbs to the
    next unit above (信访工作条例 art. 30; privacy.md). So is, with ``able``, a unit in which
    everybody who could own the case is in conflict, unless that is so all the way up. Raises
    Refusal ``unit-unknown``, ``unit-closed`` for a chosen unit, ``no-unit`` when nobody is left.
    """
    if chosen is not None and chosen not in units:
        raise Refusal("unit-unknown", unit=chosen)
    if chosen is not None and not units[chosen].open:
        raise Refusal("unit-closed", unit=chosen)
    lead = None if chosen else _lead(categories, places, leads)
    start = chosen or (lead.unit if lead else default)
    free = [
        unit
        for unit in line(start, units)
        if units[unit].open and (about is None or about not in line(unit, units))
    ]
    if not free:
        raise Refusal("no-unit", unit=start)
    found = next((unit for unit in free if able is None or able(unit)), free[0])
    why = "chosen" if chosen else "lead" if lead else "place"
    return Route(found, why if found == start else "climbed", lead)
