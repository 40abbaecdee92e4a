"""Every name in a pack must refer to something, and every text must be fillable.

These checks need only the written pack, not its behaviour: stages that exist, spells that
begin and end, limits that stop, labels for every field. Whether a case can get stuck is
found by walking the procedure, in ``exploring``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from huiyin.domain.packs import GENERAL_KINDS, ActRule, Basis, Limit, Pack, Stage
from huiyin.domain.strict_yaml import Item, Problems


def check(pack: Pack, top: Item, problems: Problems) -> None:
    """Add a problem for every name that leads nowhere."""
    for where, what, remedy in _findings(pack):
        problems.add(_line(top, where), where, what, remedy)


Finding = tuple[str, str, str]


def _findings(pack: Pack) -> Iterator[Finding]:
    yield from _whole(pack)
    for act in pack.acts.values():
        yield from _act(pack, act)
    for limit in pack.limits.values():
        yield from _limit(pack, limit)
    for stage in pack.stages.values():
        yield from _stage(pack, stage)
    yield from _spells(pack)
    yield from _bases(pack)


def _line(top: Item, where: str) -> Item:
    """The item at a dotted path, or the nearest one above it that was written."""
    item = top
    for part in where.split("."):
        if not isinstance(item.value, dict) or part not in item.value:
            break
        item = item.value[part]
    return item


def _unknown(
    where: str, names: Iterable[str], known: Iterable[str], what: str
) -> Iterator[Finding]:
    have = sorted(set(known))
    for name in sorted(set(names) - set(have)):
        yield where, f"{what} `{name}` does not exist", f"use one of: {', '.join(have)}"


def _whole(pack: Pack) -> Iterator[Finding]:
    openings = [a.id for a in pack.acts.values() if a.opens]
    if len(openings) != 1:
        found = ", ".join(openings) or "none"
        yield "acts", f"one act must open a case, found {found}", "mark one with `marks: [opens]`"
    yield from _unknown("first-stage", [pack.first_stage], pack.stages, "stage")
    yield from _unknown("default-kind", [pack.default_kind], pack.kinds, "kind")
    for general in GENERAL_KINDS:
        takers = sorted(k.id for k in pack.kinds.values() if general in k.takes)
        if len(takers) > 1:
            both = ", ".join(takers)
            yield "kinds", f"`{general}` is taken by {both}", "let one kind take it"
    if not pack.levels:
        yield "levels", "no level", "add at least level 0"


def _act(pack: Pack, act: ActRule) -> Iterator[Finding]:
    at = f"acts.{act.id}"
    yield from _unknown(f"{at}.at", act.at, pack.stages, "stage")
    yield from _unknown(f"{at}.to", act.to.values(), pack.stages, "stage")
    yield from _unknown(f"{at}.to", set(act.to) - {"*"}, act.at, "a stage of `at`")
    yield from _unknown(f"{at}.kinds", act.kinds, pack.kinds, "kind")
    yield from _unknown(f"{at}.after", act.after, pack.acts, "act")
    if act.by_time and ("system" not in act.by or any(f.required for f in act.fields)):
        yield f"{at}.marks", "`by-time` without the system, or with needs", "write `by: [system]`"
    within = [act.within] if act.within else []
    yield from _unknown(f"{at}.within", within, pack.limits, "limit")
    yield from _unknown(f"{at}.when-late", act.when_late, {"any", *pack.limits}, "limit")
    levels = {level.number for level in pack.levels}
    if act.levels - levels:
        yield f"{at}.levels", "a level that is not declared", "declare it under `levels:`"
    if not act.at and not act.opens:
        yield at, "is open nowhere", "add `at: [stage]`"
    fields = {f.id for f in act.fields}
    yield from _unknown(f"{at}.remembers", act.remembers, fields, "field")
    yield from _unknown(f"{at}.dated", [act.dated] if act.dated else [], fields, "field")
    yield from _needed_fields(at, act, fields)
    for one in act.fields:
        yield from _unknown(at, [one.id, *one.choices], pack.words, "a label under `words:` for")


def _needed_fields(at: str, act: ActRule, fields: set[str]) -> Iterator[Finding]:
    wanted = {"owner": act.assigns, "kind": act.sets_kind, "unit": act.moves_unit}
    wanted["period"] = act.extension in ("propose", "declare")
    for name, needed in wanted.items():
        if needed and name not in fields:
            yield at, f"needs the field `{name}`", f"add `needs: {{{name}: …}}`"


def _limit(pack: Pack, limit: Limit) -> Iterator[Finding]:
    at = f"limits.{limit.id}"
    names = _happenings(pack)
    yield from _unknown(f"{at}.starts", limit.starts, names, "act")
    yield from _unknown(f"{at}.stops", limit.stops, names, "act")
    yield from _unknown(f"{at}.restarts", limit.restarts, names, "act")
    yield from _unknown(f"{at}.kinds", limit.kinds, pack.kinds, "kind")
    if not limit.starts:
        yield at, "never starts", "add `starts: act`"
    if not limit.stops and not limit.lapses:
        yield at, "never stops", "add `stops: [act]`, or let it lapse"
    if limit.silence is not None and limit.silence.to is not None:
        yield from _unknown(f"{at}.silence.to", [limit.silence.to], pack.stages, "stage")
    dated = limit.extension or limit.silence or limit.window or limit.ends
    if limit.rule is None and dated:
        yield at, "has no date to extend or to pass", "give `period:` a number"
    for name in sorted(limit.starts & limit.stops):
        yield f"{at}.starts", f"`{name}` starts it and stops it", f"write `restarts: {name}`"
    if limit.extension is not None:
        yield from _extension(pack, limit)


def _happenings(pack: Pack) -> set[str]:
    names = {"unowned", "owned", *pack.acts}
    names |= {f"{x.id}.{end}" for x in pack.limits.values() for end in ("lapsed", "passed")}
    return names | {f"{act.id}@{stage}" for act in pack.acts.values() for stage in act.at}


def _extension(pack: Pack, limit: Limit) -> Iterator[Finding]:
    at = f"limits.{limit.id}.extension"
    assert limit.extension is not None
    acts = {a.extension: a for a in pack.acts.values() if a.extension}
    hours = limit.extension.maximum.unit == "h"
    if limit.rule is not None and hours != (limit.rule.period.unit == "h"):
        yield f"{at}.maximum", "hours and days do not add up", "give both in hours or both in days"
    if limit.extension.approver is None:
        if "declare" not in acts:
            yield at, "nobody can declare it", "add an act with `extension: declare`"
        return
    for step in ("propose", "grant", "refuse"):
        if step not in acts:
            yield at, f"no act to {step} it", f"add an act with `extension: {step}`"
    grant = acts.get("grant")
    if grant is not None and limit.extension.approver not in grant.by:
        yield at, f"`{grant.id}` is not an act of the approver", "let `by:` and `approver:` agree"


def _stage(pack: Pack, stage: Stage) -> Iterator[Finding]:
    at = f"stages.{stage.id}"
    limit = pack.limits.get(stage.about) if stage.about else None
    if stage.about and limit is None:
        yield from _unknown(f"{at}.about", [stage.about], pack.limits, "limit")
    dated = limit is not None and limit.rule is not None
    texts = (stage.resident, stage.office, stage.late_resident, stage.late_office)
    if not dated and any("{due}" in t for text in texts if text for t in text.values()):
        yield at, "speaks of {due} without a limit that has a date", "add `about: limit`"
    owed = dated and limit is not None and limit.owed_by == "office" and not limit.lapses
    if owed and (stage.late_resident is None or stage.late_office is None):
        yield (
            at,
            "does not say what follows when the office is late",
            "add `late-resident:` and `late-office:` with the next lawful step",
        )


def _spells(pack: Pack) -> Iterator[Finding]:
    begun = {s for a in pack.acts.values() for s in a.begins}
    ended = {s for a in pack.acts.values() for s in a.ends}
    for spell in sorted(begun - ended):
        yield "acts", f"`{spell}` begins and never ends", f"add an act with `ends: {spell}`"
    for act in pack.acts.values():
        used = act.ends | act.during | act.not_during
        yield from _unknown(f"acts.{act.id}", used, begun, "something begun named")
    for limit in pack.limits.values():
        at = f"limits.{limit.id}.lapse-ends"
        yield from _unknown(at, limit.ends, begun, "something begun named")
        paused = [p.spell for p in limit.pauses]
        yield from _unknown(f"limits.{limit.id}.pauses", paused, begun, "something begun named")


def _bases(pack: Pack) -> Iterator[Finding]:
    for where, basis in _all_bases(pack):
        yield from _unknown(f"{where}.basis.source", [basis.source], pack.sources, "source")


def _all_bases(pack: Pack) -> Iterator[tuple[str, Basis]]:
    sections: Mapping[str, Mapping[str, object]] = {
        "acts": pack.acts,
        "limits": pack.limits,
        "kinds": pack.kinds,
        "remarks": pack.remarks,
        "parameters": pack.parameters,
    }
    for section, entries in sections.items():
        for name, entry in entries.items():
            basis = getattr(entry, "basis", None)
            if isinstance(basis, Basis):
                yield f"{section}.{name}", basis
    for limit in pack.limits.values():
        for part in ("extension", "silence"):
            inner = getattr(limit, part)
            if inner is not None:
                yield f"limits.{limit.id}.{part}", inner.basis
        for pause in limit.pauses:
            yield f"limits.{limit.id}.pauses.{pause.spell}", pause.basis
