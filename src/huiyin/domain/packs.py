"""The shape of a rule pack: the law of one procedure as plain, frozen values.

A pack names everything that differs between procedures: stages, acts, limits, texts. The
engine (``folding``, ``deciding``, ``telling``) knows only the structural marks below
(``assigns``, ``decides``, ``level_change`` …) and no name of any stage or act. Reading packs
from YAML lives in ``pack_reading``; proving that they leave nobody stranded in ``exploring``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from huiyin.domain.errors import Refusal
from huiyin.domain.periods import Period, Rule

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
ROLES = (
    "complainant",
    "registrar",
    "owner",
    "supervisor",
    "reviewer",
    "privacy_officer",
    "ombudsman",
    "auditor",
    "administrator",
    "asked",  # somebody of a unit that was asked for its comment
    "system",
)
OFFICE = frozenset({"registrar", "owner", "supervisor", "reviewer"})
# What a matter is before any law is asked: the kinds of categories. A pack's own kinds say
# which of these they take (``Kind.takes``).
GENERAL_KINDS = ("grievance", "complaint", "suggestion", "report-of-wrongdoing")
PERSONAL = frozenset({"owner", "reviewer"})  # roles that act only on a case assigned to them

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from. ``verified``: yes (read in the primary text), secondary, no."""

    id: str
    title: Text
    url: str
    verified: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground of a rule: article, how sure, and the reading taken where the law is silent."""

    source: str
    article: str
    verified: str
    reading: Text | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of matter with a procedure of its own; ``takes``: the general kinds that are it."""

    id: str
    title: Text
    basis: Basis | None
    takes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stage:
    """A place a case can be in. ``about`` names the limit whose date the texts speak of."""

    id: str
    title: Text
    resident: Text
    office: Text
    late_resident: Text | None
    late_office: Text | None
    open: bool
    outcome: str | None
    about: str | None
    waits_on: str


@dataclass(frozen=True, slots=True)
class Field:
    """One item an act carries. ``kind``: text, unit, person, date, future-date, period, limit,
    token, number, one-of, kind. ``text`` is a vault reference in ``data["texts"]``; all others
    stand in ``data`` itself."""

    id: str
    kind: str
    choices: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class ActRule:
    """``title`` is what a button says, ``past`` what a timeline says afterwards."""

    id: str
    title: Text
    past: Text
    by: frozenset[str]
    at: frozenset[str]
    levels: frozenset[int]
    kinds: frozenset[str]
    to: Mapping[str, str]
    register_class: str
    fields: tuple[Field, ...]
    tells: tuple[Text, ...] = ()
    letter: str | None = None
    opens: bool = False
    assigns: bool = False
    unassigns: bool = False
    moves_unit: bool = False
    sets_kind: bool = False
    decides: bool = False
    answers: bool = False
    word: bool = False
    recuses: bool = False
    level_change: int = 0
    extension: str | None = None
    begins: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    during: frozenset[str] = frozenset()
    not_during: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    after_answer: bool = False
    once: bool = False
    internal: bool = False
    summarises: bool = False
    dialogue: bool = False
    sealed: bool = False
    within: str | None = None
    when_late: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    dated: str | None = None
    remembers: tuple[str, ...] = ()
    basis: Basis | None = None
    recounts: bool = False
    quiet: bool = False
    leaves: bool = False
    by_time: bool = False

    def target(self, stage: str) -> str:
        """The stage this act leads to from ``stage`` ("*" is the general target)."""
        return self.to.get(stage) or self.to.get("*") or stage


@dataclass(frozen=True, slots=True)
class Extension:
    """How a limit may be prolonged. ``approver`` is a role, or None if the handler declares it."""

    maximum: Period
    times: int
    approver: str | None
    notice: Text
    basis: Basis


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that is not counted: from the begin to the end of the named spell."""

    spell: str
    closed: bool
    text: Text
    basis: Basis


@dataclass(frozen=True, slots=True)
class Silence:
    """What follows when the limit passes. ``to`` moves the case; None changes only what is open."""

    consequence: str
    to: str | None
    text: Text
    basis: Basis


@dataclass(frozen=True, slots=True)
class Limit:
    """One time limit. ``rule`` None means a qualitative limit ("promptly"): shown, never due.

    ``ends`` names what is over when the limit passes (a third party has not answered).
    """

    id: str
    title: Text
    starts: frozenset[str]
    stops: frozenset[str]
    restarts: frozenset[str]
    levels: frozenset[int]
    kinds: frozenset[str]
    rule: Rule | None
    parameter: str | None
    owed_by: str
    window: bool
    outlives: bool
    extension: Extension | None
    pauses: tuple[Pause, ...]
    silence: Silence | None
    basis: Basis
    ends: frozenset[str] = frozenset()

    @property
    def lapses(self) -> bool:
        """True if passing the date ends the clock by law: a window closes, or silence decides."""
        moves = self.silence is not None and self.silence.to is not None
        return self.window or moves or bool(self.ends)


@dataclass(frozen=True, slots=True)
class Level:
    number: int
    title: Text


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number the installation sets: un-grm and school procedures have none in law."""

    id: str
    title: Text
    default: Period
    maximum: Period
    basis: Basis


@dataclass(frozen=True, slots=True)
class Remark:
    """A rule that is told but never blocks: look-back, representatives, no retaliation."""

    id: str
    text: Text
    number: int | None
    basis: Basis


@dataclass(frozen=True)
class Pack:
    id: str
    version: str
    title: Text
    summary: Text
    jurisdiction: str
    calendar: str
    zone: str
    valid_from: date
    valid_until: date | None
    first_stage: str
    levels: tuple[Level, ...]
    kinds: Mapping[str, Kind]
    stages: Mapping[str, Stage]
    acts: Mapping[str, ActRule]
    limits: Mapping[str, Limit]
    sources: Mapping[str, Source]
    parameters: Mapping[str, Parameter]
    remarks: Mapping[str, Remark]
    words: Mapping[str, Text]
    stand_in: Mapping[str, frozenset[str]]
    default_kind: str
    retention: Mapping[str, Period]
    gaps: tuple[Text, ...] = field(default=())

    def act(self, act_id: str) -> ActRule:
        """The rule of an act. Raises ``Refusal("act-unknown")``."""
        rule = self.acts.get(act_id)
        if rule is None:
            raise Refusal("act-unknown", act=act_id, pack=self.id)
        return rule

    @cached_property
    def opening(self) -> ActRule:
        """The one act that starts a case."""
        return next(rule for rule in self.acts.values() if rule.opens)

    def ended_by(self, *names: str) -> frozenset[str]:
        """Limits that one of these happenings stops or restarts: ``act``, ``act@stage``,
        ``LIMIT.lapsed``, ``LIMIT.passed``, ``owned``."""
        return frozenset().union(*(self._ended.get(name, ()) for name in names))

    def begun_by(self, *names: str) -> tuple[Limit, ...]:
        """Limits that one of these happenings starts or restarts, in the order of the pack."""
        begun = frozenset().union(*(self._begun.get(name, ()) for name in names))
        return tuple(limit for limit in self.limits.values() if limit.id in begun) if begun else ()

    @cached_property
    def _ended(self) -> Mapping[str, frozenset[str]]:
        return _by_name((x.id, x.stops | x.restarts) for x in self.limits.values())

    @cached_property
    def _begun(self) -> Mapping[str, frozenset[str]]:
        return _by_name((x.id, x.starts | x.restarts) for x in self.limits.values())

    @cached_property
    def passing(self) -> frozenset[str]:
        """Limits whose passing starts or stops another, while their own duty goes on."""
        names = {*self._begun, *self._ended}
        return frozenset(name for name in self.limits if f"{name}.passed" in names)

    @cached_property
    def enders(self) -> Mapping[str, tuple[ActRule, ...]]:
        """Per spell, the acts that can end it."""
        spells = {spell for rule in self.acts.values() for spell in rule.begins}
        return {s: tuple(r for r in self.acts.values() if s in r.ends) for s in spells}

    @cached_property
    def answering(self) -> frozenset[str]:
        return frozenset(rule.id for rule in self.acts.values() if rule.decides)

    @cached_property
    def recounting(self) -> frozenset[str]:
        """Acts that record another version of the calendar."""
        return frozenset(rule.id for rule in self.acts.values() if rule.recounts)

    @cached_property
    def done_by_time(self) -> Mapping[str, str]:
        """Limit → the act by which the system itself meets it when its date has come."""
        return {
            limit.id: rule.id
            for limit in self.limits.values()
            for rule in self.acts.values()
            if rule.by_time and rule.id in limit.stops
        }

    def kind_for(self, general: str) -> str:
        """The pack's kind for a matter of a category; the default where the pack names none."""
        found = (kind.id for kind in self.kinds.values() if general in kind.takes)
        return next(found, self.default_kind)

    def plays(self, role: str) -> frozenset[str]:
        """The roles whose acts ``role`` may do: its own and those it stands in for."""
        return self.stand_in.get(role, frozenset()) | {role}

    def keeps(self, outcome: str | None) -> Period:
        """How long personal data is kept after a case ended so."""
        return self.retention.get(outcome or "", self.retention["otherwise"])


def _by_name(pairs: Iterable[tuple[str, frozenset[str]]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for limit, names in pairs:
        for name in names:
            found.setdefault(name, set()).add(limit)
    return {name: frozenset(limits) for name, limits in found.items()}
