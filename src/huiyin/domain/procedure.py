"""The procedure engine as its users see it: one place to import from.

``fold(pack, calendar, events)`` gives the state; ``decide(pack, calendar, state, act, now)``
gives events or a Refusal; ``offers`` says what is open, ``status`` says it in a sentence,
``as_of`` adds what silence has brought about. The parts live in ``states``, ``folding``,
``deciding`` and ``telling``.
"""

from huiyin.domain.deciding import decide, offers
from huiyin.domain.folding import as_of, evolve, fold
from huiyin.domain.states import Act, Clock, Event, Offer, Spell, State, Status
from huiyin.domain.telling import status

__all__ = [
    "Act",
    "Clock",
    "Event",
    "Offer",
    "Spell",
    "State",
    "Status",
    "as_of",
    "decide",
    "evolve",
    "fold",
    "offers",
    "status",
]
