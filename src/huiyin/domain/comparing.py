"""What one version of a pack says differently from another, figure by figure.

Two packs go in, a list of differences comes out; each names the part, what it was and what it
is. Whether dates of real cases move is another question: see ``replaying``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from huiyin.domain.packs import LANGUAGES, ActRule, Basis, Limit, Pack, Stage

NONE = "—"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """``part``: limit, act, stage, kind, level, pack; ``what`` is the figure that differs, or
    ``added`` or ``gone``; before and after are as they would stand in the file."""

    part: str
    id: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and how many texts are worded differently."""

    differences: tuple[Difference, ...]
    texts: int


def compare(old: Pack, new: Pack) -> Comparison:
    """The differences from ``old`` to ``new``, limits first."""
    found = [
        *_named("limit", old.limits, new.limits, _limit),
        *_named("act", old.acts, new.acts, _act),
        *_named("stage", old.stages, new.stages, _stage),
        *_named("kind", old.kinds, new.kinds, lambda kind: {"takes": _list(kind.takes)}),
        *_figures("pack", new.id, _pack(old), _pack(new)),
    ]
    return Comparison(tuple(found), _texts_changed(old, new))


def _named(
    part: str,
    old: Mapping[str, T],
    new: Mapping[str, T],
    figures: Callable[[T], dict[str, str]],
) -> Iterator[Difference]:
    for name in [*new, *(n for n in old if n not in new)]:
        if name not in old:
            yield Difference(part, name, "added", NONE, name)
        elif name not in new:
            yield Difference(part, name, "gone", name, NONE)
        else:
            yield from _figures(part, name, figures(old[name]), figures(new[name]))


def _figures(
    part: str, name: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Difference]:
    for what in new:
        if old[what] != new[what]:
            yield Difference(part, name, what, old[what], new[what])


def _list(names: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, names))) or NONE


def _basis(basis: Basis | None) -> str:
    return f"{basis.source} {basis.article} ({basis.verified})" if basis else NONE


def _limit(limit: Limit) -> dict[str, str]:
    rule, extension, silence = limit.rule, limit.extension, limit.silence
    figures = {
        "period": str(rule.period) if rule else "promptly",
        "roll": rule.roll if rule else NONE,
        "counting": rule.counting if rule else NONE,
        "clear-days": str(rule.clear) if rule else NONE,
        "short-days": str(rule.short_days) if rule else NONE,
        "min-working-days": str(rule.min_working_days) if rule else NONE,
        "parameter": limit.parameter or NONE,
        "starts": _list(limit.starts),
        "stops": _list(limit.stops),
        "restarts": _list(limit.restarts),
        "levels": _list(limit.levels),
        "kinds": _list(limit.kinds),
        "owed-by": limit.owed_by,
        "nature": "window" if limit.window else "duty",
        "outlives-closure": str(limit.outlives),
        "lapse-ends": _list(limit.ends),
        "pauses": _list(f"{p.spell}{' both ends' if p.closed else ''}" for p in limit.pauses),
        "extension": f"{extension.maximum} × {extension.times}" if extension else NONE,
        "approver": (extension.approver or "none") if extension else NONE,
        "silence": f"{silence.consequence} → {silence.to or 'stays'}" if silence else NONE,
        "basis": _basis(limit.basis),
    }
    return figures


def _act(act: ActRule) -> dict[str, str]:
    marks = ("decides", "answers", "word", "assigns", "unassigns", "moves_unit", "sets_kind")
    return {
        "by": _list(act.by),
        "at": _list(act.at),
        "to": _list(f"{a}: {b}" for a, b in act.to.items()),
        "levels": _list(act.levels),
        "kinds": _list(act.kinds),
        "needs": _list(f.id for f in act.fields if f.required),
        "may-have": _list(f.id for f in act.fields if not f.required),
        "marks": _list(m for m in (*marks, "recuses", "once", "after_answer") if getattr(act, m)),
        "level": str(act.level_change),
        "during": _list(act.during),
        "not-during": _list(act.not_during),
        "after": _list(act.after),
        "within": act.within or NONE,
        "when-late": _list(act.when_late),
        "never": _list(act.never),
        "basis": _basis(act.basis),
    }


def _stage(stage: Stage) -> dict[str, str]:
    return {
        "outcome": stage.outcome or NONE,
        "about": stage.about or NONE,
        "waits-on": stage.waits_on,
    }


def _pack(pack: Pack) -> dict[str, str]:
    return {
        "calendar": pack.calendar,
        "zone": pack.zone,
        "first-stage": pack.first_stage,
        "default-kind": pack.default_kind,
        "levels": _list(level.number for level in pack.levels),
        "retention": _list(f"{k}: {v}" for k, v in pack.retention.items()),
    }


def _texts_changed(old: Pack, new: Pack) -> int:
    """How many texts of stages, limits and acts that both have are worded differently."""
    was, now = dict(_texts(old)), dict(_texts(new))
    return sum(was[key] != now[key] for key in was.keys() & now.keys())


def _texts(pack: Pack) -> Iterator[tuple[tuple[str, ...], str]]:
    for language in LANGUAGES:
        for stage in pack.stages.values():
            for name in ("title", "resident", "office", "late_resident", "late_office"):
                text = getattr(stage, name)
                yield ("stage", stage.id, name, language), text[language] if text else ""
        for limit in pack.limits.values():
            yield ("limit", limit.id, "title", language), limit.title[language]
            silence = limit.silence.text[language] if limit.silence else ""
            yield ("limit", limit.id, "silence", language), silence
        for act in pack.acts.values():
            yield ("act", act.id, "title", language), act.title[language]
            yield ("act", act.id, "past", language), act.past[language]
            tells = " ".join(text[language] for text in act.tells)
            yield ("act", act.id, "tells", language), tells
