"""Projections written anew from the events, for a database that was repaired by hand.

Live acts and this module use the same functions (``projection``), and a test holds the two
together; what ``rebuild`` finds different is therefore a fault of the rows, not of the events.
Nothing here changes an event. What ties a case to its receipt and its sealed rows (``lookup``,
``vault``) follows from no event and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from huiyin.cases.contact import contact_of
from huiyin.cases.models import Case, Exclusion
from huiyin.cases.projection import columns
from huiyin.cases.queries import history_of
from huiyin.cases.recording import History, project_asked, project_told
from huiyin.cases.search import index_summary
from huiyin.domain.errors import Refusal
from huiyin.vault.queries import get as get_texts

AT_ONCE = 200


@dataclass(frozen=True)
class Difference:
    """One column of one case that did not follow from its events."""

    case: str
    column: str
    held: object
    rebuilt: object


def rebuild(number: str) -> tuple[Difference, ...]:
    """Bring the rows of one case to what its events say; returns what was different.

    Raises Refusal ``case-unknown``, ``owner-in-conflict``, and those of folding a
    history that cannot be read.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(number=number).first()
        if case is None:
            raise Refusal("case-unknown", number=number)
        history = history_of(case)
        law = history.law
        wanted = {**_first(history), **columns(law.pack, law.calendar, history.state)}
        wanted["summary"] = _summary(case, history)
        found = [
            Difference(number, name, getattr(case, name), value)
            for name, value in wanted.items()
            if getattr(case, name) != value
        ]
        if found:
            _write(number, {d.column: d.rebuilt for d in found})
            case.summary = str(wanted["summary"])
            index_summary(case)
        if project_told(case, history.events):
            found.append(Difference(number, "told", "other units", "as the events say"))
        if project_asked(case, law, history.state):
            found.append(Difference(number, "asked", "other units", "as the events say"))
        return (*found, *_exclusions(case, history))


def _write(number: str, values: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            Case.objects.filter(pk=number).update(**values)
    except IntegrityError as error:  # the triggers of ``conflicts``
        raise Refusal("owner-in-conflict", number=number) from error


def rebuild_all(since: str = "") -> Iterator[Difference]:
    """Rebuild every case, in the order of their numbers after ``since``; small transactions,
    so that a running office goes on meanwhile."""
    while True:
        some = Case.objects.filter(number__gt=since).order_by("number")
        numbers = list(some.values_list("number", flat=True)[:AT_ONCE])
        if not numbers:
            return
        for number in numbers:
            yield from rebuild(number)
        since = numbers[-1]


def _first(history: History) -> dict[str, object]:
    """The columns that follow from no state: from the first event, and the contact from all."""
    first = history.stored[0].event
    data = first.data
    started: datetime = history.state.started
    return {
        "pack": data["pack"],
        "language": data["language"],
        "category_id": data["category"],
        "place_id": data.get("place"),
        "about_unit_id": data.get("about_unit"),
        "about_post_id": data.get("about_post"),
        "people": data.get("people", 1),
        "contact": contact_of(history.events),
        "started": started,
    }


def _summary(case: Case, history: History) -> str:
    """The newest summary of the staff; "" if there is none or it was erased."""
    acts = history.law.pack.acts
    for row in reversed(history.stored):
        texts = row.event.data.get("texts")
        if acts[row.event.type].summarises and isinstance(texts, dict):
            ref = UUID(str(next(iter(texts.values()))))
            return get_texts([ref], case.vault).get(ref, "")
    return ""


def _exclusions(case: Case, history: History) -> tuple[Difference, ...]:
    state = history.state
    wanted = {(int(user), "recused") for user in state.recused}
    wanted |= {(int(user), "decided") for user in state.deciders}
    rows = Exclusion.objects.filter(case=case)
    held = set(rows.values_list("user_id", "reason"))
    for user, reason in held - wanted:
        rows.filter(user_id=user, reason=reason).delete()
    Exclusion.objects.bulk_create(
        Exclusion(case=case, user_id=user, reason=reason) for user, reason in sorted(wanted - held)
    )
    if held == wanted:
        return ()
    return (Difference(case.number, "exclusions", sorted(held), sorted(wanted)),)
