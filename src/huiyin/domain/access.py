"""Who may do what to a case: one pure rule, asked everywhere.

``may(actor, verb, case)`` is the only place where access is decided; pages, API, queries and
jobs ask it or are tested to agree with it. The exclusion of those complained of and of those
who decided before (privacy.md, "Conflict of interest") stands above every grant.
Not here: which acts a procedure has open (``procedure.offers``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

REGISTRAR, OWNER, SUPERVISOR, REVIEWER = "registrar", "owner", "supervisor", "reviewer"
PRIVACY_OFFICER, OMBUDSMAN = "privacy_officer", "ombudsman"
AUDITOR, ADMINISTRATOR = "auditor", "administrator"
# Keeps the emergency plans of a unit; sees no case.
PLAN_OWNER = "plan_owner"
STAFF_ROLES = (
    REGISTRAR,
    OWNER,
    SUPERVISOR,
    REVIEWER,
    PRIVACY_OFFICER,
    OMBUDSMAN,
    AUDITOR,
    ADMINISTRATOR,
    PLAN_OWNER,
)
# Who speaks for a unit that is asked for its comment.
ANSWERING = (OWNER, SUPERVISOR)
CASE_ROLES = (OWNER, REVIEWER, SUPERVISOR, REGISTRAR)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one unit. ``reach`` holds the ids of the units that the role covers: the
    unit and those below it up to the next legal body."""

    role: str
    unit: str
    reach: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in member of staff. ``line`` holds the ids of the actor's units and of every
    unit above them, ``posts`` those of the posts that the actor holds or held: a complaint about
    any of these excludes the actor. ``left``: units that the actor was of and those above them,
    each with an instant: so does a complaint about it that was handed in before."""

    id: str
    grants: tuple[Grant, ...] = ()
    line: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    left: tuple[tuple[str, datetime], ...] = ()

    def has(self, role: str) -> bool:
        """Whether the actor holds ``role`` anywhere."""
        return any(grant.role == role for grant in self.grants)

    @property
    def supervises(self) -> bool:
        """Whether the actor supervises any unit."""
        return self.has(SUPERVISOR)

    def units(self, *roles: str) -> frozenset[str]:
        """The ids of all units that the actor's grants of ``roles`` cover."""
        return frozenset().union(*(g.reach for g in self.grants if g.role in roles))


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rule needs to know of a case: plain ids, no content. ``asked``: the unit that a
    request for comment waits for, where that is what is asked about. ``started``: when it was
    handed in, None while it is not."""

    unit: str
    owner: str | None
    level: int
    about_unit: str | None = None
    about_post_holders: frozenset[str] = frozenset()
    deciders: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()
    asked: str | None = None
    started: datetime | None = None


def excluded(actor: Actor, case: CaseFacts) -> str | None:
    """Why the actor must never see the case, as a code, or None.

    Sources: 信访工作条例 art. 28, 30; Housing Complaint Handling Code 2024, 6.13.
    """
    if case.about_unit is not None and (case.about_unit in actor.line or _was_there(actor, case)):
        return "complained-of-unit"
    if actor.id in case.about_post_holders:
        return "complained-of-post"
    if actor.id in case.recused:
        return "recused"
    # The present reviewer has decided this level, not the one under review, and still delivers.
    if case.level > 0 and actor.id in case.deciders and actor.id != case.owner:
        return "decided-before"
    return None


def _was_there(actor: Actor, case: CaseFacts) -> bool:
    """Whether the actor left the unit complained of after the complaint: a move to another desk
    does not open to somebody what was said about them."""
    if case.started is None:
        return False
    return any(unit == case.about_unit and case.started < until for unit, until in actor.left)


def roles_on(actor: Actor, case: CaseFacts) -> tuple[str, ...]:
    """The roles in which the actor stands to the case, strongest first; empty: none."""
    if excluded(actor, case):
        return ()
    found = []
    if case.owner == actor.id:
        found.append(OWNER)
    for role in (REVIEWER, SUPERVISOR, REGISTRAR):
        if role == REVIEWER and case.level == 0:
            continue
        if case.unit in actor.units(role):
            found.append(role)
    return tuple(found)


def may(actor: Actor, verb: str, case: CaseFacts | None = None) -> bool:
    """Whether ``actor`` may ``verb``.

    Verbs on a case: ``read`` (content and history), ``take`` (become its owner), ``act``,
    ``comment`` (read the request that its unit was sent, and answer it; nothing else of the case).
    Verbs without a case: ``desk``, ``search``, ``register``, ``administer``, ``officer``.
    Raises ValueError for a verb that does not exist: a typo must not grant anything.
    """
    if verb in ("read", "act"):
        return case is not None and bool(roles_on(actor, case))
    if verb == "take":
        return case is not None and _may_take(actor, case)
    if verb == "comment":
        return case is not None and _may_comment(actor, case)
    wanted = {
        "desk": STAFF_ROLES,
        "search": CASE_ROLES,
        "register": STAFF_ROLES,
        "administer": (ADMINISTRATOR,),
        "officer": (PRIVACY_OFFICER, OMBUDSMAN),
    }
    if verb not in wanted:
        raise ValueError(f"no such verb: {verb}")
    return any(actor.has(role) for role in wanted[verb])


def _may_take(actor: Actor, case: CaseFacts) -> bool:
    if case.owner is not None or excluded(actor, case):
        return False
    return case.unit in actor.units(REVIEWER if case.level else OWNER)


def _may_comment(actor: Actor, case: CaseFacts) -> bool:
    """Whoever is complained of may say what they have to say. Not somebody who stands aside, and
    not somebody who has the case in hand or watches over it: nobody answers themselves."""
    if case.asked is None or actor.id in case.recused or roles_on(actor, case):
        return False
    return case.asked in actor.units(*ANSWERING)


def reads_released(actor: Actor, case: CaseFacts, unit: str) -> bool:
    """Whether the actor may read what the complainant released to ``unit``: the case's owner
    there, and who supervises the unit. Not its other staff, and never somebody excluded."""
    if excluded(actor, case):
        return False
    owns = case.owner == actor.id and unit in actor.units(OWNER, REVIEWER)
    return owns or unit in actor.units(SUPERVISOR)


def candidates(actors: tuple[Actor, ...], case: CaseFacts) -> tuple[Actor, ...]:
    """Those who may become the case's owner: hold the handling role for its unit (reviewer
    from the first level of review on) and are not excluded."""
    role = REVIEWER if case.level else OWNER
    return tuple(a for a in actors if case.unit in a.units(role) and not excluded(a, case))
