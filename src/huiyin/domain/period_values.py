"""The words in which time is asked about and answered: periods, rules, exclusions, dues.

Values only: they check their own shape and know no calendar. The counting is in
``periods`` (which gives these names on), the telling in ``derivations``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal

UNITS = ("d", "wd", "w", "m", "y", "h")
ROLLS = ("none", "forward", "backward", "same-time")
COUNTINGS = ("after", "including", "next-hour")
DIRECTIONS = ("after", "before")
MOST = 99_999
_PERIOD = re.compile(r"([0-9]{1,5})(wd|[dwmyh])")


@dataclass(frozen=True, slots=True)
class Period:
    """A length: ``count`` calendar days, working days, weeks, months, years or hours."""

    count: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.count < 1:
            raise Refusal("period-invalid", period=f"{self.count}{self.unit}", most=MOST)

    @classmethod
    def parse(cls, text: str) -> Period:
        """``15d 5wd 3w 2m 1y 72h``; anything else is ``Refusal("period-invalid")``."""
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise Refusal("period-invalid", period=text, most=MOST)
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one limit is counted.

    ``roll``: what happens when the end falls on a day that is not a working day: nothing,
    the next or the previous working day, or (hours, FRCP 6(a)(2)) the same time on the
    next working day. ``counting``: the day of the event is left out (``after``) or is the
    first day (``including``, "beginning with"); ``next-hour`` leaves out the hour of the
    event (民诉法解释 art. 125, Reg. 1182/71 art. 3(1)); hours otherwise run from the
    moment itself. ``direction``: ``before`` counts back. ``clear``: neither end counts
    (CPR 2.8). ``short_days``: periods of so many days or fewer count working days only
    (CPR 2.8(4)). ``min_working_days``: a period at least so many days long holds at least
    so many working days (Reg. 1182/71 art. 3(5)).
    """

    period: Period
    roll: str = "none"
    counting: str = "after"
    direction: str = "after"
    clear: bool = False
    short_days: int = 0
    min_working_days: int = 0

    def __post_init__(self) -> None:
        _one_of("roll", self.roll, ROLLS)
        _one_of("counting", self.counting, COUNTINGS)
        _one_of("direction", self.direction, DIRECTIONS)
        hours = self.period.unit == "h"
        if self.counting == "next-hour" and not hours:
            raise Refusal("rule-invalid", field="counting", value="next-hour", accepted="hours")
        if hours and (self.clear or self.short_days):
            name = "clear" if self.clear else "short_days"
            raise Refusal("rule-invalid", field=name, value="h", accepted="days")
        for name in ("short_days", "min_working_days"):
            if not 0 <= getattr(self, name) <= MOST:
                accepted = f"0..{MOST}"
                value = getattr(self, name)
                raise Refusal("rule-invalid", field=name, value=value, accepted=accepted)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Days that are not counted: from the day after ``start`` through ``end``.

    ``closed``: ``start`` itself is not counted either (FOIA 2000 s. 10(2), a period
    beginning with one day and ending with another).
    """

    start: date
    end: date
    closed: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise Refusal("exclusion-reversed", start=str(self.start), end=str(self.end))


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of a derivation: what happened, on which date or instant, with what."""

    key: str
    when: str
    data: Mapping[str, object]


class Leg(NamedTuple):
    """One stretch of counting: ``period`` from ``origin`` gave ``end``.

    Extensions of the same unit are part of the first leg (they run from the original
    start); one of another unit is a leg of its own, from the un-rolled end before it.
    """

    period: Period
    origin: date | datetime
    end: date | datetime
    short: bool
    extensions: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """What ``derivations`` needs to tell how a date came out."""

    rule: Rule
    calendar: Calendar
    legs: tuple[Leg, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Due:
    """The answer. ``nominal`` is the end before rolling; dates, or aware instants for hours.

    ``rolled`` means ``due`` differs from ``nominal``; ``provisional`` that a year without
    its official notice had a say. ``steps`` is computed each time it is read.
    """

    start: date | datetime
    nominal: date | datetime
    due: date | datetime
    rolled: bool
    provisional: bool
    calendar: str
    calendar_version: str
    trail: Trail | None = field(default=None, repr=False, compare=False)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The derivation, a sentence's data per step (see ``explaining.explain``)."""
        from huiyin.domain.derivations import derivation  # a cycle by nature: it reads Due

        return derivation(self)


def _one_of(name: str, value: str, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise Refusal("rule-invalid", field=name, value=value, accepted="|".join(accepted))
