"""Where an organisation and a plan name something: what a reader should know before taking it
out, and which contact data a change of the organisation touches."""

from __future__ import annotations

from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.rules.structure import references

# What an organisation's own ids are referred to by.
_OF_PEOPLE = ("people", "units", "skills", "who", "who-or-unit")


def mentions(organisation: Organisation, plan: Plan, name: str) -> list[tuple[str, ...]]:
    """The places (block, entry) of both files that name an id of the organisation, each once, in
    order."""
    found: dict[tuple[str, ...], None] = {}
    for file in (organisation, plan):
        for at, target, named in references(file, ""):
            if named == name and target in _OF_PEOPLE:
                found[tuple(at.strip("/").split("/")[:2])] = None
    return list(found)


def private_changes(
    before: Organisation, after: Organisation
) -> tuple[frozenset[str], frozenset[str]]:
    """Of the organisation as it was with its contact data and as it is to be: whose contact data
    is to be sealed anew, and whose destroyed.

    Sealed anew is what differs, and what belongs to a person whose last day changed: the day of
    destruction follows it.
    """
    kept = {p for p in after.private if p in after.people}
    gone = frozenset(set(before.private) - kept)
    anew = {
        p
        for p in kept
        if after.private[p] != before.private.get(p)
        or p not in before.people
        or after.people[p].leaves != before.people[p].leaves
    }
    return frozenset(anew), gone
