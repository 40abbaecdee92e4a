"""What a simulation says in words, for the command and the page. No Django here.

Texts are data (``simulation.toml``); this module chooses and fills them in. Names of roles come
from the plan in the reader's language; people are told by their id, never by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from huiyin.domain.languages import pick
from huiyin.domain.plans.model import Plan
from huiyin.domain.simulation.asking import Assumptions, Note, Question
from huiyin.domain.simulation.distributions import mean
from huiyin.domain.simulation.resilience import Resilience
from huiyin.domain.simulation.scenario import SAMPLED, Change, Curve, Figure, Simulation
from huiyin.domain.simulation.staffing import BUDGET
from huiyin.plans import labels

# So many names stand in one sentence; the rest is counted.
MOST_NAMES = 8


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """All texts by family and code."""
    return tomllib.loads(files("huiyin.plans").joinpath("simulation.toml").read_text("utf-8"))


def say(family: str, code: str, language: str, **data: object) -> str:
    """One text with its data filled in. Raises KeyError for a code without a text."""
    return pick(texts()[family][code], language).format_map(data)


def percent(chance: float) -> str:
    """A probability for people: never rounded to certainty."""
    if 0 < chance < 0.0005:
        return "<0.1 %"
    if 0.9995 < chance < 1:
        return ">99.9 %"
    return f"{chance * 100:.1f} %"


def names(of: tuple[str, ...]) -> str:
    """Some names and the number of the rest."""
    rest = len(of) - MOST_NAMES
    return ", ".join(of[:MOST_NAMES]) + (f" … +{rest}" if rest > 0 else "")


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the simulation of one plan in one language."""

    plan: Plan
    question: Question
    simulation: Simulation
    assumptions: Assumptions
    language: str

    def role(self, role: str) -> str:
        """The title of a role."""
        found = self.plan.roles.get(role)
        return (pick(found.title, self.language) if found else "") or role

    def roles(self, roles: tuple[str, ...]) -> str:
        """The titles of several roles."""
        return names(tuple(map(self.role, roles)))

    def say(self, family: str, code: str, **data: object) -> str:
        """A text in the language of this teller."""
        return say(family, code, self.language, **data)

    def chance(self, figure: Figure) -> str:
        """A figure as a percentage. What happened in every play, or in none, is told with the
        rule of three: 3/runs is the 95 % bound of what was never seen."""
        if figure.method == SAMPLED and figure.value in (0.0, 1.0):
            unseen = percent(3 / figure.runs)
            return f"<{unseen}" if figure.value == 0.0 else f">{percent(1 - 3 / figure.runs)}"
        return percent(figure.value)

    def method(self, figure: Figure) -> str:
        """How a figure was found."""
        if figure.method == SAMPLED:
            return self.say("method", SAMPLED, runs=figure.runs, error=percent(figure.error))
        return self.say("method", "exact")

    def curve_method(self, curve: Curve) -> str:
        """How a curve was found."""
        if curve.method == SAMPLED:
            runs = self.simulation.in_time.common.runs or self.simulation.filled.common.runs
            return self.say("method", SAMPLED, runs=runs, error=percent(curve.error))
        return self.say("method", "exact")

    def reached(self) -> str:
        """How many answer, in one sentence."""
        count = self.simulation.count_common
        return self.say(
            "heading",
            "of",
            mean=f"{mean(count):.1f}",
            called=self.simulation.called,
            tenth=_tenth(count),
        )

    def half(self, curve: Curve) -> str:
        """By when in half of all cases."""
        for seconds, chance in zip(curve.seconds, curve.common, strict=True):
            if chance >= 0.5:
                return self.say("heading", "half", minutes=f"{seconds / 60:.1f}")
        return self.say("heading", "never")

    def resilience(self, found: Resilience) -> str:
        """The resilience number and its tight roles, in one sentence."""
        kind = "below" if found.number < 0 else "above" if found.number else "zero"
        return self.say(
            "resilience",
            kind,
            number=abs(found.number),
            roles=self.roles(found.roles),
            people=names(found.people),
        )

    def change(self, change: Change) -> str:
        """What would be changed."""
        what = self.role(change.what) if change.kind == "deputy" else change.what
        return self.say("change", change.kind, what=what)

    def change_method(self, change: Change) -> str:
        """How the effect of a change was found."""
        return self.say("method", "compared" if change.runs else "exact", runs=change.runs)

    def rates(self) -> list[str]:
        """For each channel that is used, the rate and where it comes from."""
        return [self._rate(channel) for channel in self.question.channels]

    def _rate(self, channel: str) -> str:
        knowledge = self.question.knowledge
        figure, tests = knowledge.figure(channel), knowledge.tested(channel)
        return self.say(
            "rate",
            "own" if tests else "borrowed",
            channel=pick(labels()["values"].get(channel, channel), self.language),
            percent=percent(knowledge.rate("", channel).after(0)),
            answered=figure.answered,
            asked=figure.asked,
            what=pick(figure.what, self.language),
            source=figure.source,
            tests=tests,
            weight=round(knowledge.weight),
        )

    def notes(self) -> list[str]:
        """What was assumed or left out, the plan's own first."""
        return [self._note(note) for note in (*self.question.notes, *self._of_result())]

    def _of_result(self) -> list[Note]:
        found, scenario = self.simulation, self.question.scenario
        notes = [Note("uncalled", found.uncalled)] if found.uncalled else []
        if not found.states and scenario.staffing.people:
            notes.append(Note("too-many-states"))
        if found.states and scenario.callout.is_at_once and found.has_plays:
            notes.append(Note("too-many-causes"))
        sampled = SAMPLED in (found.filled.common.method, found.in_time.common.method)
        if sampled and scenario.staffing.double:
            notes.append(Note("doubles-not-played"))
        if not found.grid_exact:
            notes.append(Note("grid-coarse"))
        if found.left_out > 1e-9:
            notes.append(Note("left-out"))
        return [*notes, Note("independent")]

    def _note(self, note: Note) -> str:
        assumed = self.assumptions
        of_roles = note.code in ("no-limit", "not-critical")
        shown = tuple(map(self.role, note.names)) if of_roles else note.names
        times = ", ".join(f"{name} {getattr(assumed, name)} s" for name in note.names
                          if note.code == "times-assumed")  # fmt: skip
        return self.say(
            "note",
            note.code,
            names=names(shown),
            count=len(note.names),
            times=times,
            cause=percent(assumed.cause),
            step=self.simulation.grid_step,
            left=percent(self.simulation.left_out),
            cap=BUDGET,
        )


def _tenth(count: list[float]) -> int:
    """So many at least answer in nine of ten cases."""
    below = 0.0
    for number, mass in enumerate(count):
        below += mass
        if below > 0.1:
            return number
    return len(count) - 1
