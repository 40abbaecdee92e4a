"""Who may hold a duty: those whom its list names; where there is no list, those whom a rule of the
duty names, and anybody in a roster that has no rule for it.

The list is a decision of who supervises, so it binds. That no rule names somebody is only what
usually is: such a substitute is asked about and may be confirmed.
"""

from __future__ import annotations

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.values import Roster

ABLE, UNNAMED, UNABLE = "able", "unnamed", "unable"


def standing(roster: Roster, role: str, person: str) -> str:
    """``able``, ``unnamed`` (no rule of the duty names them) or ``unable`` (its list does not)."""
    listed = roster.roles[role].able
    if listed:
        return ABLE if person in listed else UNABLE
    named = {p for rule in roster.rules if rule.role == role for p in rule.people}
    return ABLE if not named or person in named else UNNAMED


def holders(roster: Roster, role: str) -> tuple[str, ...]:
    """Everybody who may hold a duty without being asked about, in the order of the rules, then of
    the roster."""
    named = [p for rule in roster.rules if rule.role == role for p in rule.people]
    everybody = dict.fromkeys([*named, *roster.people])
    return tuple(p for p in everybody if standing(roster, role, p) == ABLE)


def require(roster: Roster, role: str, person: str, *, sure: bool = False) -> None:
    """Refuse who may not hold the duty. ``sure``: somebody who may decide it has confirmed a person
    whom no rule names. Raises Refusal ``holder-unable``, ``holder-unnamed``."""
    found = standing(roster, role, person)
    if found == UNABLE:
        raise Refusal("holder-unable")
    if found == UNNAMED and not sure:
        raise Refusal("holder-unnamed")
