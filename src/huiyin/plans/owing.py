"""What the law asks of a plan and where each duty stands, as rows for pages.

Which duties bind and until when: ``domain/plans/laws.py``; the words: ``domain/duties/telling.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from huiyin import calendars, duties
from huiyin.domain.duties import counting, telling
from huiyin.domain.duties.counting import Moment, Standing
from huiyin.domain.duties.model import Duty, Law
from huiyin.domain.explaining import moment
from huiyin.domain.plans.laws import counted_from, last_done
from huiyin.domain.plans.model import Plan
from huiyin.plans import laws

RECURRING = ("drill", "review")
REPORTING = ("report", "supplement")
# What sets a report going, when something happens here.
HERE = ("occurred", "known")


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty of one plan. ``state``: late, due, never (nothing to count from), waits, at-once,
    kept. ``due`` is a day or an instant; ``last`` when it was last done."""

    duty: Duty
    law: Law
    state: str
    standing: Standing
    last: date | None = None

    @property
    def due(self) -> Moment | None:
        return self.standing.due.due if self.standing.due else None

    def told(self, language: str) -> dict[str, object]:
        """The row in words."""
        duty = self.duty
        items = [text[language] for text in duty.items.values()]
        return {
            "id": duty.id,
            "state": self.state,
            "title": duty.title[language],
            "who": duty.who[language],
            "to": duty.to[language] if duty.to else "",
            "limit": telling.limit(duty, language),
            "moment": self.law.moments[duty.starts][language] if duty.starts else "",
            "due": self.due,
            "timed": isinstance(self.due, datetime),
            "due_text": moment(self.due.isoformat(), language) if self.due else "",
            "last": self.last,
            "steps": telling.steps(self.standing, language),
            "reading": duty.basis.reading[language] if duty.basis.reading else "",
            "source": telling.cited(self.law, duty.basis, language),
            "items": items,
            "types": duty.types,
        }


def owed(plan: Plan, today: date, at: datetime | None = None) -> list[Owed]:
    """Every duty that binds the plan: what is late first, then by day, then what waits. ``at``: an
    incident became known then, so that reports have their times."""
    found = [_owed(plan, duty, today, at) for duty in laws().binding(plan, today)]
    return sorted(found, key=_order)


def _owed(plan: Plan, duty: Duty, today: date, at: datetime | None) -> Owed:
    law = duties.load(duty.law)
    if duty.kind in RECURRING:
        since = counted_from(plan, duty, today)
        standing = _standing(law, duty, {duty.starts: since} if since else {})
        state = "never" if standing.due is None else "due"
        if standing.due is not None and _day(standing.due.due) < today:
            state = "late"
        return Owed(duty, law, state, standing, last_done(plan, duty, today))
    happened = dict.fromkeys(HERE, at.replace(tzinfo=ZoneInfo(plan.about.zone))) if at else {}
    standing = _standing(law, duty, {k: v for k, v in happened.items() if k in law.moments})
    state = "due" if standing.state == "dated" else standing.state
    return Owed(duty, law, state, standing)


def _standing(law: Law, duty: Duty, happened: Mapping[str, Moment]) -> Standing:
    return counting.standing(law, duty, happened, calendars.load(law.calendar))


def _day(at: Moment) -> date:
    return at.date() if isinstance(at, datetime) else at


def _order(one: Owed) -> tuple[int, str, str]:
    states = ("late", "never", "due", "at-once", "waits", "kept")
    return states.index(one.state), one.due.isoformat() if one.due else "", one.duty.id
