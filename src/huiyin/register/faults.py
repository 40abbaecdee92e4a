"""What a check finds: where, what, and whether it looks like tampering or like corruption.

Corruption is guessed where bytes no longer parse or differ in a single place; a row that is
gone, added or well-formed but different does not come about by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TAMPERING, CORRUPTION, UNKNOWN = "tampering", "corruption", "unknown"
_CAPACITY = 1000  # faults remembered: enough to find the first by index, and bounded


@dataclass(frozen=True, slots=True)
class Fault:
    """``place`` leaf, tile, head, event, opening, origin, content, case, case-key, officer-key,
    last-signed or a table; ``where`` index, ``level/number``, ``index/kind`` of a text, a case
    number, or ``role/generation``; ``code`` names a sentence in verdicts.toml."""

    place: str
    where: int | str
    code: str
    cause: str
    data: Mapping[str, object] = field(default_factory=dict)


class Faults:
    """Collects faults and puts the likeliest cause of the others first."""

    def __init__(self) -> None:
        self._tree: list[Fault] = []
        self._events: list[Fault] = []
        self._texts: list[Fault] = []
        self._late: list[Fault] = []
        self._places: set[tuple[str, int | str]] = set()
        self._dropped = 0

    def add(self, fault: Fault) -> None:
        """Report a fault; a second one at the same place is not news."""
        if self.has(fault.place, fault.where):
            return
        lists = {"event": self._events, "opening": self._events}
        lists |= dict.fromkeys(("content", "case", "case-key", "officer-key"), self._texts)
        faults = lists.get(fault.place, self._tree)
        if len(faults) >= _CAPACITY:
            self._dropped += 1
            return
        self._places.add((fault.place, fault.where))
        faults.append(fault)

    def first(self, fault: Fault) -> None:
        """Report what explains a row of other faults: it comes first."""
        if not self.has(fault.place, fault.where):
            self._places.add((fault.place, fault.where))
            self._tree.insert(0, fault)

    def later(self, fault: Fault) -> None:
        """Report a fault that is probably a consequence of others: it comes last."""
        if len(self._late) < _CAPACITY:
            self._late.append(fault)
        else:
            self._dropped += 1

    def none(self) -> bool:
        """True if nothing was reported."""
        return not (self._tree or self._events or self._texts or self._late or self._dropped)

    def take(self, other: Faults) -> None:
        """Report all that another walk has found."""
        for mine, theirs in (
            (self._tree, other._tree), (self._events, other._events),
            (self._texts, other._texts), (self._late, other._late),
        ):  # fmt: skip
            mine.extend(theirs)
        self._places |= other._places
        self._dropped += other._dropped

    def has(self, place: str, where: int | str) -> bool:
        """True if a fault at this place is known."""
        return (place, where) in self._places

    def list(self, most: int) -> tuple[tuple[Fault, ...], int]:
        """The first ``most`` faults and how many more there are. Tree before events, events
        by index (they are read by case), then sealed texts, consequences last."""
        by_index = sorted(self._events, key=lambda f: f.where if isinstance(f.where, int) else -1)
        ordered = [*self._tree, *by_index, *self._texts, *self._late]
        return tuple(ordered[:most]), max(0, len(ordered) - most) + self._dropped


def cause_of(expected: bytes, found: bytes) -> str:
    """A single wrong byte is a failing disk's handwriting, more is somebody's."""
    if len(expected) != len(found):
        return TAMPERING
    wrong = sum(a != b for a, b in zip(expected, found, strict=True))
    return CORRUPTION if wrong <= 1 else TAMPERING
