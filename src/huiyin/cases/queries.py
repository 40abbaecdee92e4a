"""Reads of the cases room: one case whole, and the rows of a desk.

The visibility of rows in SQL (``visible_to``) repeats ``domain.access``; a property test
holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from huiyin.cases.law import for_events
from huiyin.cases.models import AskedUnit, Case, Exclusion, Told
from huiyin.cases.recording import History
from huiyin.domain.access import (
    ANSWERING,
    OMBUDSMAN,
    OWNER,
    PRIVACY_OFFICER,
    REGISTRAR,
    REVIEWER,
    SUPERVISOR,
    Actor,
    CaseFacts,
    excluded,
    reads_released,
)
from huiyin.domain.procedure import State
from huiyin.history.queries import events as stored_events
from huiyin.people.directory import directory
from huiyin.people.queries import actors_named
from huiyin.vault.models import CaseKey
from huiyin.vault.queries import told_units


def history_of(case: Case) -> History:
    """The case's events, law and state. One query."""
    stored = stored_events(case.number)
    law = for_events([row.event for row in stored])
    return History(stored, law, law.fold([row.event for row in stored]))


def facts_of(case: Case, state: State) -> CaseFacts:
    """What the access rule needs to know of the case."""
    return CaseFacts(
        unit=state.unit or case.unit_id,
        owner=state.owner,
        level=state.level,
        about_unit=case.about_unit_id,
        about_post_holders=_holders(case.about_post_id),
        deciders=state.deciders,
        recused=state.recused,
        started=case.started,
    )


def _holders(post: str | None) -> frozenset[str]:
    """Who holds or held the post complained of; no query where there is none."""
    return directory().holders(post) if post else frozenset()


class _NotBarred(Func):
    """No exclusion of an account holds for the row: neither recused, nor decided before at a
    level that another reviews now. Written out, because it stands in every list of the desk, and
    making Django write it as subqueries cost more than running them."""

    output_field = BooleanField()
    _SQL = (
        "NOT EXISTS (SELECT 1 FROM cases_exclusion barred WHERE barred.case_id = {number}"
        " AND barred.user_id = %s AND (barred.reason = 'recused' OR (barred.reason = 'decided'"
        " AND {level} > 0 AND ({owner} IS NULL OR {owner} <> %s))))"
    )

    def __init__(self, user: int) -> None:
        super().__init__(F("number"), F("level"), F("owner_id"))
        self.user = user

    def as_sql(
        self, compiler: Any, connection: Any, *_: Any, **__: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Django's hook: the condition and its parameters."""
        columns = (compiler.compile(column)[0] for column in self.source_expressions)
        number, level, owner = columns
        return self._SQL.format(number=number, level=level, owner=owner), (self.user, self.user)


def _not_excluded(actor: Actor) -> Q:
    about = Q(about_unit__isnull=True) | ~Q(about_unit_id__in=actor.line)
    for unit, until in actor.left:
        about &= ~Q(about_unit_id=unit, started__lt=until)
    if actor.posts:
        about &= Q(about_post__isnull=True) | ~Q(about_post_id__in=actor.posts)
    return about & Q(_NotBarred(int(actor.id or 0)))


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases whose content the actor may read (the same rule as ``may(…, "read", …)``)."""
    if not actor.id:
        return Case.objects.none()
    roles = Q(owner_id=int(actor.id))
    roles |= Q(unit_id__in=actor.units(SUPERVISOR, REGISTRAR))
    roles |= Q(unit_id__in=actor.units(REVIEWER), level__gt=0)
    return Case.objects.filter(roles & _not_excluded(actor))


@dataclass(frozen=True)
class Subject:
    """A matter that others have brought up, as the public may see it: no number, no text."""

    place: str | None
    pack: str
    stage: str
    month: date


def public_subjects(unit: str, category: str, places: Sequence[str], most: int) -> list[Subject]:
    """Open matters of a public category that ``unit`` has in hand in these places, newest first.
    Where somebody is complained of it is left out. Costs what the unit has open."""
    cases = Case.objects.filter(open=True, unit_id=unit, category_id=category)
    cases = cases.filter(place_id__in=list(places))
    cases = cases.filter(about_unit__isnull=True, about_post__isnull=True)
    rows = cases.order_by("-number").values_list("place_id", "pack", "stage", "started")
    return [Subject(p, pack, stage, at.date().replace(day=1)) for p, pack, stage, at in rows[:most]]


def numbered(number: str) -> Case | None:
    """The case of a number that the caller took out of a sealed link."""
    return Case.objects.filter(number=number).first()


def for_officers(actor: Actor, number: str) -> Case | None:
    """The case that an officer names, without its content; None if there is none of that number.
    Whether the officer is excluded from it is for the caller to ask."""
    if not (actor.has(PRIVACY_OFFICER) or actor.has(OMBUDSMAN)):
        return None
    return Case.objects.filter(number=number).first()


def set_lookup(case: Case, lookup: bytes) -> None:
    """Tie the case to another receipt code; the caller holds its row (``opening.reissue``)."""
    Case.objects.filter(pk=case.pk).update(lookup=lookup)
    case.lookup = lookup


def released_to(actor: Actor, number: str) -> Case | None:
    """A case of which a unit of the actor was told the identity; it need not handle the case."""
    case = Case.objects.filter(number=number).first()
    return case if case is not None and units_told(actor, case) else None


def units_told(actor: Actor, case: Case) -> tuple[str, ...]:
    """The units that consent released the identity to and for which the actor may read it."""
    if case.contact != "identity":
        return ()
    told = sorted(told_units(case.vault))
    if not told:
        return ()
    facts = facts_of(case, history_of(case).state)
    return tuple(unit for unit in told if reads_released(actor, facts, unit))


def told_of_units(actor: Actor, units: Iterable[str], most: int) -> list[Told]:
    """Consents in force to these units, newest first, without the cases that the actor is
    excluded from. One query."""
    open_to = Exists(Case.objects.filter(_not_excluded(actor), pk=OuterRef("case_id")))
    rows = Told.objects.filter(open_to, unit_id__in=list(units)).select_related("case")
    return list(rows.order_by("-since", "-id")[:most])


def asked_of_units(actor: Actor, now: datetime, most: int) -> list[AskedUnit]:
    """Requests for comment to units of the actor that wait for an answer, oldest first: the same
    rule as ``may(…, "comment", …)``. One query, none for somebody who speaks for no unit."""
    units = actor.units(*ANSWERING)
    if not units:
        return []
    here = Q(pk=OuterRef("case_id"))
    recused = Exclusion.objects.filter(case=OuterRef("case_id"), user_id=int(actor.id or 0))
    rows = AskedUnit.objects.filter(
        Exists(Case.objects.filter(here & still_open(now))),
        ~Exists(visible_to(actor).filter(here)),
        ~Exists(recused.filter(reason="recused")),
        unit_id__in=units,
    )
    return list(rows.select_related("case").order_by("since", "id")[:most])


def not_barred_from(actor: Actor, numbers: Iterable[str]) -> dict[str, Case]:
    """Those of the named cases that the actor is not excluded from. Their content is another
    matter (``visible_to``)."""
    found = Case.objects.filter(_not_excluded(actor), number__in=list(numbers))
    return {case.number: case for case in found}


def takeable_by(actor: Actor) -> QuerySet[Case]:
    """Open cases without an owner that the actor may become the owner of."""
    if not actor.id:
        return Case.objects.none()
    here = Q(unit_id__in=actor.units(OWNER), level=0)
    here |= Q(unit_id__in=actor.units(REVIEWER), level__gt=0)
    return Case.objects.filter(here & Q(owner__isnull=True) & _not_excluded(actor))


def needs_recusal(actor: Actor, now: datetime, today: date) -> list[Case]:
    """Open cases whose owner came into conflict after taking them (moved into the unit or took
    the post complained of), for those who can name another. Nearest date first. Two queries,
    two more if any case is about somebody."""
    units = actor.units(SUPERVISOR, REGISTRAR)
    if not units:
        return []
    here = Case.objects.filter(still_open(now), unit_id__in=units, owner__isnull=False)
    rows: list[_About] = []
    tree = directory()
    # Named one by one, and in no order, so that the database goes by whom a case is about and
    # not by the unit.
    for about in (Q(about_unit_id__in=list(tree.units)), Q(about_post_id__in=list(tree.posts))):
        rows += (_About(*row) for row in here.filter(about).values_list(*_About._fields))
    owners = actors_named((row.owner_id for row in rows), today)
    barred = {row.number for row in rows if excluded(owners[row.owner_id], _who(row))}
    seen = not_barred_from(actor, barred).values() if barred else ()
    return sorted(seen, key=lambda r: (r.office_due is None, r.office_due or now, r.number))


class _About(NamedTuple):
    """Of a case that is about somebody: who has it, and whom it is about."""

    number: str
    unit_id: str
    owner_id: int
    about_unit_id: str | None
    about_post_id: str | None
    started: datetime


def _who(row: _About) -> CaseFacts:
    """Whom the complaint is about, as far as the row says it."""
    held, about = _holders(row.about_post_id), row.about_unit_id
    return CaseFacts(row.unit_id, None, 0, about, about_post_holders=held, started=row.started)


def still_open(now: datetime) -> Q:
    """Open and not closed by silence meanwhile."""
    return Q(open=True) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def perhaps_to_erase(pack: str, outcomes: Q, started: datetime, now: datetime) -> list[str]:
    """The numbers of ended cases of a pack that still have their keys and began by ``started``:
    whether their time is over, their events say (``erasing``)."""
    over = Q(open=False) & outcomes | Q(open=True, ends_at__lte=now)
    keyed = Exists(CaseKey.objects.filter(stream=OuterRef("vault")))
    cases = Case.objects.filter(over, keyed, pack=pack, started__lte=started)
    return list(cases.order_by("number").values_list("number", flat=True))


@dataclass(frozen=True)
class Desk:
    """The lists of "my desk" as querysets, nearest date first."""

    mine: QuerySet[Case]
    unowned: QuerySet[Case]
    soon: QuerySet[Case]
    overdue: QuerySet[Case]
    waiting: QuerySet[Case]

    def named(self) -> dict[str, QuerySet[Case]]:
        """The lists by their names in addresses."""
        return {
            "mine": self.mine,
            "unowned": self.unowned,
            "soon": self.soon,
            "overdue": self.overdue,
            "waiting": self.waiting,
        }


# What a row of a list shows, on the page and by API; reading a case's other columns for it would
# take longer than the list itself.
ROW = [
    "number",
    "started",
    "pack",
    "stage",
    "open",
    "level",
    "people",
    "summary",
    "category_id",
    "place_id",
    "unit_id",
    "owner_id",
    "waiting_for",
    "office_due",
    "complainant_due",
]


def desk(actor: Actor, now: datetime, soon_until: datetime) -> Desk:
    """What waits for the actor now. ``mine`` is strictly what is assigned to the actor;
    a supervisor's ``soon`` and ``overdue`` span the units supervised."""
    cases = Case.objects.filter(still_open(now) & _not_excluded(actor)).only(*ROW)
    own = Q(owner_id=int(actor.id or 0))
    mine = cases.filter(own)
    # One condition, not "mine or my unit's": an OR would cost the index its order.
    watched = cases.filter(Q(unit_id__in=actor.units(SUPERVISOR)) if actor.has(SUPERVISOR) else own)
    due_first = ("office_due", "number")
    return Desk(
        # The law's clock runs on while a question is open: such a case stays on the list.
        mine=mine.filter(Q(waiting_for="office") | Q(office_due__isnull=False)).order_by(
            *due_first
        ),
        unowned=_unowned(actor, cases).order_by(*due_first),
        soon=watched.filter(office_due__gt=now, office_due__lte=soon_until).order_by(*due_first),
        overdue=watched.filter(office_due__lte=now).order_by(*due_first),
        waiting=mine.filter(waiting_for="complainant").order_by("complainant_due", "number"),
    )


def _unowned(actor: Actor, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases without an owner in the units where the actor may take or assign them."""
    first = actor.units(OWNER, REGISTRAR, SUPERVISOR)
    reviews = actor.units(REVIEWER, REGISTRAR, SUPERVISOR)
    here = Q(unit_id__in=first, level=0) | Q(unit_id__in=reviews, level__gt=0)
    return cases.filter(here, owner__isnull=True, waiting_for="office")


MOST_COUNTED = 100


def desk_counts(lists: Desk) -> dict[str, int]:
    """How many rows each list of the desk has, for the header; 100 means "100 or more", so
    that the header costs the same on any number of cases.

    Fetches the keys: making Django write a count around a slice costs more than reading them.
    """
    return {
        name: len(rows.order_by().values_list("pk")[:MOST_COUNTED])
        for name, rows in lists.named().items()
    }


# "Falling due" on the desk: a week ahead covers the next five working days of any calendar
# without a feast; the row itself shows the exact date.
SOON = timedelta(days=7)


def soon_until(now: datetime) -> datetime:
    """The end of "falling due"."""
    return now + SOON
