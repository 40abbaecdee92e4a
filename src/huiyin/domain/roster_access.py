"""Who may do what to a duty roster: one pure rule, asked by pages, queries and acts.

Who is on duty is no secret inside the house: whoever has a post in the unit, above it or below
it reads the roster, and so does every member. It is written by those who supervise the unit;
members serve: they ask for swaps, go on leave, hand over.
"""

from __future__ import annotations

from dataclasses import dataclass

from huiyin.domain.access import STAFF_ROLES, SUPERVISOR, Actor


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """What the rule needs to know of a roster: its unit, and the account ids of its members."""

    unit: str
    members: frozenset[str] = frozenset()


def may_roster(actor: Actor, verb: str, roster: RosterFacts) -> bool:
    """Whether ``actor`` may ``verb``: ``read``, ``edit`` (also to make one) or ``serve``.

    Raises ValueError for another verb.
    """
    if verb == "read":
        return actor.id in roster.members or roster.unit in readable_units(actor)
    if verb == "edit":
        return roster.unit in actor.units(SUPERVISOR)
    if verb == "serve":
        return actor.id in roster.members
    raise ValueError(f"no such verb: {verb}")


def readable_units(actor: Actor) -> frozenset[str]:
    """The units whose rosters the actor may read without being a member."""
    return actor.units(*STAFF_ROLES) | actor.line
