"""Which letter an event makes, and with what in it: from a case's history to a filled letter.

The letter is chosen by the act (``ActRule.letter``), its words are in ``letters/texts``. Every
value is taken from the history as it was right after the event, so that the same letter comes
out whenever it is asked for. The complainant's own texts and identity are never read here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from huiyin.cases.acting import unit_above
from huiyin.cases.catalog import catalog
from huiyin.cases.citing import cite, period
from huiyin.cases.models import Case
from huiyin.cases.recording import History
from huiyin.cases.story import word
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick
from huiyin.domain.packs import ActRule, Pack
from huiyin.domain.procedure import State
from huiyin.domain.states import Clock, Event
from huiyin.people.directory import directory
from huiyin.reports import letters
from huiyin.reports.wording import COMMON_FIELDS, COMMON_OPTIONAL, LANGUAGES, Filled, load
from huiyin.vault import queries as vault


def letter_for(case: Case, history: History, seq: int, language: str) -> bytes:
    """The letter of the event ``seq`` as PDF, in ``language`` (a tag; what has no letters of its
    own is answered in English).

    Raises Refusal: ``letter-none`` (the event makes no letter), those of ``letters.render``.
    Whoever calls has made sure that the reader may see the case.
    """
    letter = _Letter(case, history, seq, _written(language))
    return letters.render(letter.template, letter.language, letter.fields())


def filled(
    case: Case, history: History, seq: int, language: str, fresh: Mapping[str, str]
) -> Filled:
    """The same letter as words, for a page. ``fresh``: texts that are not stored yet, by
    reference."""
    letter = _Letter(case, history, seq, _written(language), fresh)
    return Filled(letter.template, letter.language, letter.fields())


def _written(language: str) -> str:
    return language if language in LANGUAGES else "en"


def template_of(pack: Pack, rule: ActRule, values: Mapping[str, object] | None = None) -> str:
    """The wording for an act's letter: the pack's own, else the one that all packs share, else
    ``notice``, which fits every act. One is taken only if it has a place for each text of the
    act and, where ``values`` are given, if these fill it."""
    texts = {field.id for field in rule.fields if field.kind == "text"} - {"definition"}
    if "complainant" in rule.by:
        texts = set()  # a complainant's own words are never put into a letter
    for name in (f"{pack.id}.{rule.letter}", str(rule.letter)):
        if name in letters.ids():
            form = load(name)
            covers = texts <= {*form.fields, *form.optional}
            if covers and (values is None or set(form.fields) <= set(values)):
                return name
    return NOTICE


NOTICE = "notice"


class _Letter:
    """Everything that letters may name of one event."""

    def __init__(
        self,
        case: Case,
        history: History,
        seq: int,
        language: str,
        fresh: Mapping[str, str] | None = None,
    ) -> None:
        self.case, self.language, self.law = case, language, history.law
        self.pack: Pack = history.law.pack
        self.stored = tuple(row for row in history.stored if row.event.seq <= seq)
        self.fresh = fresh or {}
        if not self.stored or self.stored[-1].event.seq != seq:
            raise Refusal("letter-none", number=case.number, seq=seq)
        self.event: Event = self.stored[-1].event
        self.rule: ActRule = self.pack.act(self.event.type)
        if self.rule.letter is None or self.rule.opens:
            raise Refusal("letter-none", number=case.number, seq=seq)
        self.after: State = self.law.fold([row.event for row in self.stored])
        self.before: State = self.law.fold([row.event for row in self.stored[:-1]])

        self.values = {k: v for k, v in self._values().items() if v}
        self.template = template_of(self.pack, self.rule, self.values)

    def fields(self) -> dict[str, object]:
        """The values that the template asks for; what it does not name is left out."""
        form = load(self.template)
        wanted = {*COMMON_FIELDS, *COMMON_OPTIONAL, *form.fields, *form.optional}
        return {name: value for name, value in self.values.items() if name in wanted}

    def _values(self) -> dict[str, object]:
        texts = self._texts()
        return {
            "number": self.case.number,
            "dated": self._day(self.event.at),
            **self._office(),
            **self._days(),
            **self._due(),
            **self._onward(),
            **self._particulars(),
            **self._claim(),
            **texts,
            **self._notice(texts),
        }

    # --- who and when ------------------------------------------------------------------------

    def _office(self) -> dict[str, object]:
        """The body that writes; the unit of it as a line beside the name."""
        tree = directory()
        passed_on = self.rule.moves_unit and not self.rule.level_change
        unit = str((self.before if passed_on else self.after).unit or self.case.unit_id)
        body = next((u for u in tree.line(unit) if u in tree.bodies), unit)
        lines = [] if body == unit else [self._unit(unit)]
        return {
            "office": self._unit(body),
            "office_lines": lines,
            "unit": self._unit(unit),
            "to_unit": self._unit(str(self.event.data.get("unit", ""))),
        }

    def _days(self) -> dict[str, object]:
        opening = self.stored[0].event
        found: dict[str, object] = {"received": self._day(opening.at)}
        if isinstance(opening.data.get("received"), str):
            found["received"] = date.fromisoformat(str(opening.data["received"]))
        raised = self._last(lambda rule: bool(rule.level_change))
        taken_on = self._last(lambda rule: rule.register_class == "accepted", since=raised)
        if taken_on is not None:
            found["accepted"] = found["acknowledged"] = self._day(self.stored[taken_on].event.at)
        if raised is not None:
            found |= self._reviewed(raised)
        found["forwarded"] = self._day(self.event.at)
        return found

    def _reviewed(self, raised: int) -> dict[str, object]:
        """What the next level looks at: whose answer, of which day, and when it was asked."""
        earlier = self.stored[:raised]
        unit = self.law.fold([row.event for row in earlier]).unit
        answers = [r.event.at for r in earlier if self.pack.act(r.event.type).decides]
        return {
            "requested": self._day(self.stored[raised].event.at),
            "reviewed_office": self._unit(str(unit or "")),
            "reviewed_on": self._day(answers[-1]) if answers else None,
        }

    def _last(self, wanted: Callable[[ActRule], bool], since: int | None = None) -> int | None:
        """The place in ``stored`` of the newest event whose act is as wanted."""
        for index in range(len(self.stored) - 1, (since or 0) - 1, -1):
            if wanted(self.pack.act(self.stored[index].event.type)):
                return index
        return None

    # --- dates by law ------------------------------------------------------------------------

    def _due(self) -> dict[str, object]:
        """The next date that the office owes, begun by this event if one was."""
        old = {(c.limit, c.level, c.due_at) for c in self.before.running()}
        owed = [c for c in self.after.running() if self._dated(c)]
        begun = [c for c in owed if (c.limit, c.level, c.due_at) not in old]
        clock = min(begun or owed, key=_soonest, default=None)
        if clock is None or clock.due is None:
            return {"article": self._article()}
        limit = self.pack.limits[clock.limit]
        earlier = next((c for c in self.before.running(clock.limit) if c.due is not None), None)
        extended = limit.extension if self.rule.extension else None
        return {
            "due": clock.due.due,
            "dates": [self._row(c) for c in begun],
            "old_due": earlier.due.due if earlier and earlier.due else None,
            "article": cite(self.pack, (extended or limit).basis, self.language),
            "what": pick(limit.title, self.language),
            "provisional": ["due"] if clock.due.provisional else None,
        }

    def _row(self, clock: Clock) -> dict[str, object]:
        limit = self.pack.limits[clock.limit]
        return {
            "label": pick(limit.title, self.language),
            "due": clock.due.due if clock.due else None,
            "article": cite(self.pack, limit.basis, self.language),
        }

    def _dated(self, clock: Clock) -> bool:
        named = self.pack.limits[clock.limit].basis.source != "huiyin"
        return clock.owed_by == "office" and not clock.window and clock.due is not None and named

    def _article(self) -> str:
        return cite(self.pack, self.rule.basis, self.language) if self.rule.basis else ""

    def _onward(self) -> dict[str, object]:
        """The next lawful step upward: to whom, within what time, by which rule."""
        rule = next((r for r in self.pack.acts.values() if self._leads_up(r)), None)
        if rule is None:
            return {}
        limit = self.pack.limits[rule.within] if rule.within else None
        basis = limit.basis if limit else rule.basis
        truncated = History(self.stored, self.law, self.after)
        return {
            "next_step": pick(rule.title, self.language),
            "next_where": self._unit(unit_above(self.case, truncated)),
            "next_within": period(limit.rule.period, self.language) if limit and limit.rule else "",
            "next_article": cite(self.pack, basis, self.language) if basis else "",
        }

    def _leads_up(self, rule: ActRule) -> bool:
        stages = {self.after.stage}
        stages |= {
            a.target(self.after.stage)
            for a in self.pack.acts.values()
            if a.answers and self.after.stage in a.at
        }
        return (
            bool(rule.level_change)
            and bool(rule.at & stages)
            and (not rule.levels or self.after.level in rule.levels)
        )

    # --- what was decided --------------------------------------------------------------------

    def _chosen(self) -> dict[str, str]:
        data = self.event.data
        chosen = [f.id for f in self.rule.fields if f.kind == "one-of" and f.id in data]
        return {name: word(self.pack, str(data[name]), self.language) for name in chosen}

    def _particulars(self) -> dict[str, object]:
        found: dict[str, object] = dict(self._chosen())
        results = [found[name] for name in self.rule.remembers if name in found]
        return found | {
            "finding": results[0] if results else None,
            "stage": str(self.after.level + 1),
            "told": [pick(text, self.language) for text in self.rule.tells],
        }

    def _notice(self, texts: Mapping[str, object]) -> dict[str, object]:
        """What the letter for any act says: the act's own name and its fields under the names
        that the pack gives them."""
        said = [(name, str(text)) for name, text in texts.items()]
        said += [(name, str(value)) for name, value in self._chosen().items()]
        parts = [
            {"heading": word(self.pack, name, self.language), "text": text} for name, text in said
        ]
        title = pick(self.rule.past, self.language)
        return {"act": title, "rule": self._article(), "parts": parts}

    def _claim(self) -> dict[str, object]:
        """What the case is about: the definition that the complainant was given, else the
        category. Never the complainant's own text, never the staff's internal summary."""
        text = ""
        for row in reversed(self.stored):
            found = self._read(row.event, ["definition"])
            if found:
                text = next(iter(found.values()))
                break
        info = catalog().categories.get(self.case.category_id)
        named = text or (pick(info.name, self.language) if info else self.case.category_id)
        return {"claim": named, "complaint": named, "subject": named}

    def _texts(self) -> dict[str, object]:
        """The texts of the event; a granted extension carries the reason that was proposed."""
        names = [field.id for field in self.rule.fields if field.kind == "text"]
        found: dict[str, object] = dict(self._read(self.event, names))
        if self.rule.extension == "grant":
            proposed = self._last(lambda rule: rule.extension == "propose")
            if proposed is not None:
                found |= self._read(self.stored[proposed].event, ["reason"])
        return found

    def _read(self, event: Event, names: Sequence[str]) -> dict[str, str]:
        """Texts of an event by the office; those of a complainant are never read."""
        refs = event.data.get("texts")
        if not isinstance(refs, dict) or event.role == "complainant" or event.seq == 1:
            return {}
        wanted = {name: str(refs[name]) for name in names if name in refs}
        stored = [UUID(ref) for ref in wanted.values() if ref not in self.fresh]
        sealed = vault.get(stored, self.case.vault) if stored else {}
        return {
            name: self.fresh.get(ref) or sealed.get(UUID(ref)) or _ERASED[self.language]
            for name, ref in wanted.items()
        }

    # --- words -------------------------------------------------------------------------------

    def _unit(self, unit: str) -> str:
        info = directory().units.get(unit)
        return pick(info.name, self.language) if info else unit

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.law.zone).date()


_ERASED = {
    "en": "(erased on its date; the register proves that it was written)",
    "zh-Hans": "（已按期销毁；登记簿可证明曾经写明）",
    "zh-Hant": "（已按期銷毀；登記簿可證明曾經寫明）",
}


def _soonest(clock: Clock) -> tuple[float, str]:
    return clock.due_at.timestamp() if clock.due_at else 0.0, clock.limit
