"""The shape of a law with duties: who owes what to whom, from which moment, within what time.

A duty's id is unique over all laws, so that a plan can name it (``duty: cn-report-accident``).
No figure stands here; the files hold them, each with article, source and mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huiyin.domain.packs import Basis, Source, Text
from huiyin.domain.periods import Rule

KINDS = ("report", "supplement", "drill", "review", "assembly", "rota", "classes", "table-top")
# These are kept or not kept; no clock runs for them.
UNCLOCKED = ("assembly", "rota", "classes", "table-top")
# What sets a clock going: it happened, it was known, the plan was activated, a report of somebody
# else arrived, one's own earlier report was sent, the last drill was held, the plan was last
# assessed.
MOMENTS = (
    "occurred",
    "known",
    "activated",
    "received",
    "notified",
    "handled",
    "held",
    "assessed",
)


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty. ``rule`` is None for a limit without a number ("immediately").

    ``window``: the period is one of the calendar (each month, each quarter), so the limit is the
    end of the next one. ``settings`` and ``hazards`` name whom it binds, in the words of plans;
    empty means any. ``plans``: the kinds of plan that must provide for it; empty means none (it
    binds somebody, but no plan is the place for it). ``types``: which exercises count for a drill.
    ``supplements``: the report that a supplement belongs to. ``within`` (seconds) and
    ``floors_below`` are for assembly, ``figures`` for classes of accidents. ``cites``: law and
    article in each language. ``starts`` is "" for the kinds in ``UNCLOCKED``.
    """

    id: str
    law: str
    kind: str
    title: Text
    who: Text
    to: Text | None
    starts: str
    rule: Rule | None
    window: bool
    items: Mapping[str, Text]
    settings: tuple[str, ...]
    hazards: tuple[str, ...]
    types: tuple[str, ...]
    basis: Basis
    cites: Text
    plans: tuple[str, ...] = ()
    supplements: str = ""
    within: int | None = None
    floors_below: int | None = None
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """A law with its duties, in the order of the file."""

    id: str
    title: Text
    summary: Text
    jurisdiction: str
    calendar: str
    zone: str
    valid_from: date
    valid_until: date | None
    moments: Mapping[str, Text]
    sources: Mapping[str, Source]
    duties: Mapping[str, Duty]
    gaps: tuple[Text, ...]
