"""What a complainant can do, or what the law itself does, when the office is late.

Idea: one list out of three places of a pack: what silence means, the ways that a passed date
opens, and the acts that wait for lateness.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from huiyin.domain.packs import ActRule, Basis, Limit, Pack

_AFTER = {
    "en": "If “{0}” is late: {1}",
    "zh-Hans": "“{0}”逾期：{1}",
    "zh-Hant": "「{0}」逾期：{1}",
}
_WHATEVER = {
    "en": "If anything that the office owes is late: {0}",
    "zh-Hans": "机关任何一项期限逾期：{0}",
    "zh-Hant": "機關任何一項期限逾期：{0}",
}
_JOINED = {"en": "” or “", "zh-Hans": "”或“", "zh-Hant": "」或「"}
_COMPLAINANT = "complainant"


@dataclass(frozen=True, slots=True)
class Way:
    """One line: the limit or act that it comes from, the words, and where they stand in law."""

    id: str
    text: str
    basis: Basis | None


def when_late(pack: Pack, language: str) -> tuple[Way, ...]:
    """All ways, those of the law first, in ``language`` (zh-Hans, zh-Hant or en)."""
    owed = [limit for limit in pack.limits.values() if limit.owed_by == "office"]
    return (
        *(_silent(limit, language) for limit in owed if limit.silence is not None),
        *_opened(pack, owed, language),
        *(_act(pack, rule, language) for rule in pack.acts.values() if _waits(rule)),
    )


def _waits(rule: ActRule) -> bool:
    return bool(rule.when_late) and _COMPLAINANT in rule.by


def _silent(limit: Limit, language: str) -> Way:
    assert limit.silence is not None
    text = _AFTER[language].format(limit.title[language], limit.silence.text[language])
    return Way(limit.id, text, limit.silence.basis)


def _opened(pack: Pack, owed: list[Limit], language: str) -> Iterator[Way]:
    """The time that a complainant gets because the office let its own pass."""
    for limit in pack.limits.values():
        late = [one.title[language] for one in owed if f"{one.id}.passed" in limit.starts]
        if late and limit.owed_by == _COMPLAINANT:
            text = _AFTER[language].format(_JOINED[language].join(late), limit.title[language])
            yield Way(limit.id, text, limit.basis)


def _act(pack: Pack, rule: ActRule, language: str) -> Way:
    title = rule.title[language]
    if "any" in rule.when_late:
        return Way(rule.id, _WHATEVER[language].format(title), rule.basis)
    late = (pack.limits[name].title[language] for name in sorted(rule.when_late))
    return Way(rule.id, _AFTER[language].format(_JOINED[language].join(late), title), rule.basis)
