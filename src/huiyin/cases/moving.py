"""Open cases that must go elsewhere because the office itself changed: a unit was closed, an
owner left. Each gets an event of its own, as every change of a case; no case is looked into.

Called by the administration inside its transaction, so that either all move or none does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Count

from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.recalculating import brought_up
from huiyin.cases.recording import record
from huiyin.domain.errors import Refusal
from huiyin.domain.procedure import Act, decide
from huiyin.domain.routing import line
from huiyin.people.directory import directory

CLOSED, LEFT = "unit-closed", "owner-left"


def open_in_units() -> dict[str, int]:
    """Unit → how many open cases it has. Counts of the office's work, no case."""
    rows = Case.objects.filter(open=True).order_by().values_list("unit_id")
    return dict(rows.annotate(n=Count("pk")))


def open_in(unit: str) -> int:
    """How many open cases the unit has."""
    return Case.objects.filter(open=True, unit_id=unit).count()


def open_about(categories: Iterable[str]) -> int:
    """How many open cases there are under the categories."""
    return Case.objects.filter(open=True, category_id__in=list(categories)).count()


def owned_by(user: int, units: Iterable[str] | None = None) -> list[str]:
    """The numbers of the open cases that a member of staff owns, in ``units`` or anywhere."""
    cases = Case.objects.filter(open=True, owner_id=user)
    if units is not None:
        cases = cases.filter(unit_id__in=list(units))
    return list(cases.order_by("number").values_list("number", flat=True))


def move_all(unit: str, successor: str, now: datetime) -> int:
    """Move every open case of ``unit`` to ``successor``; returns how many moved.

    A case about the successor climbs to the next unit above it that is not complained of
    (信访工作条例 art. 30). Raises Refusal ``no-unit`` if there is none: nothing has moved then.
    """
    cases = Case.objects.select_for_update().filter(open=True, unit_id=unit).order_by("number")
    moved = 0
    for case in cases:
        moved += _by_system(case, CLOSED, {"unit": _fit(case, successor)}, now)
    return moved


def free_all(numbers: Iterable[str], now: datetime) -> int:
    """Take the owner from open cases, whose clock of assignment starts with it."""
    cases = Case.objects.select_for_update().filter(number__in=list(numbers)).order_by("number")
    return sum(_by_system(case, LEFT, {}, now) for case in cases)


def _fit(case: Case, successor: str) -> str:
    tree = directory()
    for unit in tree.line(successor):
        about = case.about_unit_id
        if tree.units[unit].open and (about is None or about not in line(unit, tree.facts)):
            return unit
    raise Refusal("no-unit", unit=successor)


def _by_system(case: Case, act: str, data: Mapping[str, object], now: datetime) -> int:
    """One act of the system; 0 if the case has ended by silence meanwhile."""
    history = brought_up(case, history_of(case), now)
    law = history.law
    try:
        events = decide(law.pack, law.calendar, history.state, Act(act, "system", None, data), now)
    except Refusal as refusal:
        if refusal.code == "act-not-open":
            return 0
        raise
    record(case, history, events, (), now)
    return 1
