"""Personal data dies on the day that the pack sets (mission.md, hard limit 9).

Counted from the end of the case by the pack's own ``retention``. The event ``erased`` comes
first and stays in the register for ever; with it go the keys of the case and of its leaves,
every sealed row, and the staff's summary. What is left says that there was a case, what became
of it and when, and statistics go on. Copies in backups are another matter (commands/backup.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from huiyin import calendars, packs
from huiyin.cases.acting import Request, perform
from huiyin.cases.law import Law
from huiyin.cases.models import Case, OpeningRequest
from huiyin.cases.opening import forget_stale
from huiyin.cases.projection import ends_at
from huiyin.cases.queries import history_of, perhaps_to_erase
from huiyin.cases.recording import History
from huiyin.cases.search import index_summary, scrub_index
from huiyin.domain.errors import Refusal
from huiyin.domain.folding import as_of
from huiyin.domain.packs import ActRule, Pack
from huiyin.domain.periods import Period, Rule, derive, instant
from huiyin.domain.procedure import Act
from huiyin.domain.states import Event
from huiyin.history.queries import events as stored_events
from huiyin.vault import acts as vault
from huiyin.vault.scrubbing import scrub_after_erasure

ERASED = "erased"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lapse:
    """A case whose time is over: its number, when it ended, and since when it had to go."""

    number: str
    ended: datetime
    due: datetime


def due(now: datetime) -> Iterator[Lapse]:
    """The cases that have to be erased by ``now``, pack by pack, oldest number first."""
    for name in packs.ids():
        pack, numbers = packs.load(name), set()
        for outcomes, period in _groups(pack):
            numbers |= set(perhaps_to_erase(name, outcomes, _before(pack, period, now), now))
        for number in sorted(numbers):
            lapse = lapse_of(Case.objects.get(pk=number), now)
            if lapse is not None and lapse.due <= now:
                yield lapse


def _groups(pack: Pack) -> Iterator[tuple[Q, Period]]:
    """Outcomes with the period that the pack keeps them: a case younger than that is not even
    looked at. What silence closed has no outcome in its row and is looked at with each group."""
    named = {name: period for name, period in pack.retention.items() if name != "otherwise"}
    yield ~Q(outcome__in=list(named)), pack.retention["otherwise"]
    for name, period in named.items():
        yield Q(outcome=name), period


def _before(pack: Pack, period: Period, now: datetime) -> datetime:
    """The instant a period ago, and a day more for the edges of days and zones."""
    today = now.astimezone(ZoneInfo(pack.zone)).date()
    back = derive(Rule(period, direction="before"), today, calendars.load(pack.calendar)).due
    day = back if not isinstance(back, datetime) else back.date()
    return now - (today - day) + timedelta(days=1)


def lapse_of(case: Case, now: datetime) -> Lapse | None:
    """When the case ended and when its personal data has to go; None while it is open or if it
    was erased already."""
    history = history_of(case)
    if any(event.type == ERASED for event in history.events):
        return None
    law = history.law
    ended = _ended(law, history.events, now)
    if ended is None:
        return None
    state = as_of(law.pack, law.calendar, history.state, max(now, history.state.last))
    day: date = ended.astimezone(law.zone).date()
    last = derive(Rule(law.pack.keeps(state.outcome)), day, law.calendar, zone=law.zone)
    return Lapse(case.number, ended, instant(last, law.zone))


def _ended(law: Law, events: Sequence[Event], now: datetime) -> datetime | None:
    """The instant since which the case is closed, by an act or by silence; None if it is open.

    What happens after the end (a rating, a note) does not keep personal data alive longer.
    """
    ended: datetime | None = None
    for count, event in enumerate(events, 1):
        state = law.fold(events[:count])
        if state.open:
            ended = ends_at(law.pack, law.calendar, state)
        elif ended is None or ended > event.at:
            ended = event.at
    return ended if ended is not None and ended <= now else None


def erase(number: str, now: datetime) -> None:
    """Register ``erased``, then destroy the keys, sealed rows and summary of one case.

    Call ``scrub`` once afterwards. Raises Refusal ``case-unknown``, ``erase-too-early`` (due).
    """

    def play(case: Case, history: History, rule: ActRule) -> Act:
        lapse = lapse_of(case, now)
        if lapse is None or lapse.due > now:
            raise Refusal("erase-too-early", number=number, due=lapse.due if lapse else None)
        return Act(rule.id, "system", None)

    perform(number, Request(ERASED, {}), play, now, _destroy)


def _destroy(case: Case, _: Sequence[Event]) -> None:
    # The leaf of ``erased`` itself is written after this and keeps its key: it proves the rest.
    vault.erase(case.vault, [row.index for row in stored_events(case.number)])
    OpeningRequest.objects.filter(number=case.number).delete()
    case.summary = ""
    Case.objects.filter(pk=case.pk).update(summary="")
    index_summary(case)


def scrub() -> None:
    """Drive what was destroyed out of the database's files; outside any transaction."""
    scrub_index()
    if not scrub_after_erasure(also=("cases_case", "cases_summary", "cases_openingrequest")):
        log.warning("the database's log is in use; erased bytes leave it at its next checkpoint")


def erase_due(now: datetime) -> tuple[Lapse, ...]:
    """Erase whatever is due; returns what was erased. One case that cannot be erased does not
    keep the others alive: it is logged by its number and tried again the next day."""
    done = []
    for lapse in list(due(now)):
        try:
            erase(lapse.number, now)
        except Refusal as refusal:
            log.error("case %s was not erased: %s", lapse.number, refusal.code)
        else:
            done.append(lapse)
    if done:
        scrub()
    return tuple(done)


# --- every day ---------------------------------------------------------------------------------


@task()
def erase_daily() -> int:
    """The job of every day; returns how many cases were erased, and leaves the next one."""
    now = timezone.now()
    try:
        forget_stale(now)
        done = len(erase_due(now))
        if not done:
            scrub()  # what complainants erased themselves since yesterday
        return done
    finally:
        schedule(now + timedelta(days=1))


def schedule(when: datetime) -> None:
    """Leave the job for ``when`` unless one waits already."""
    waiting = DBTaskResult.objects.filter(task_path=erase_daily.module_path, status="READY")
    if not waiting.exists():
        erase_daily.using(run_after=when).enqueue()
