"""What leaves for a unit that is asked: only what the owner wrote, and not the complainant.

Checked before it is shown to the owner once more and again when it is recorded. A name or contact
that the complainant released to the owner's unit is refused, unless the asked unit was let know
too; what looks like it or repeats the complaint is pointed out for the owner to decide. What lies
under seal cannot be compared: nobody here can open it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huiyin.cases.models import Case
from huiyin.cases.queries import units_told
from huiyin.cases.recording import History
from huiyin.domain.access import Actor
from huiyin.domain.echoes import PRIVATE, Echo, echoes
from huiyin.domain.errors import Refusal
from huiyin.vault import queries as vault
from huiyin.vault.queries import recipient_of

# The complainant's own words: of the hand-in and of the dialogue since.
_OWN = ("text", "remedy", "about", "where", "message")


def found(
    case: Case, history: History, actor: Actor, texts: Sequence[str], unit: str
) -> list[Echo]:
    """What the texts would tell the asked ``unit`` of the complainant."""
    complaint, private = _said(case, history), _released(case, actor, unit)
    return [echo for text in texts for echo in echoes(text, complaint, private)]


def check(case: Case, history: History, actor: Actor, texts: Sequence[str], unit: str) -> None:
    """Raises Refusal ``comment-names-complainant`` (words)."""
    named = [e.passage for e in found(case, history, actor, texts, unit) if e.kind == PRIVATE]
    if named:
        raise Refusal("comment-names-complainant", words=sorted(set(named)))


def _said(case: Case, history: History) -> list[str]:
    refs = [
        str(ref)
        for event in history.events
        if event.role == "complainant" and isinstance(event.data.get("texts"), dict)
        for name, ref in event.data["texts"].items()  # type: ignore[attr-defined]  # a dict
        if name in _OWN
    ]
    return list(vault.get([UUID(ref) for ref in refs], case.vault).values())


def _released(case: Case, actor: Actor, unit: str) -> set[str]:
    """The identity as far as the actor may read it anyway; nothing that the unit may know too."""
    known = set(vault.open_release(case.vault, recipient_of(unit)).values())
    mine: set[str] = set()
    for told in units_told(actor, case):
        mine |= set(vault.open_release(case.vault, recipient_of(told)).values())
    return mine - known
