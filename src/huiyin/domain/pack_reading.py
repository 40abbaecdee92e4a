"""A YAML file becomes packs, or a list of everything that is wrong with it.

Nothing is loaded in part: ``read`` returns complete packs (one per version of the law in the
file) or raises ``Refusal("pack-invalid")`` with every problem, line and remedy. The shape of
the result is in ``packs``; whether names refer to something is checked in
``pack_references``; whether the procedure is sound is explored in ``exploring``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise

from huiyin.domain import pack_references
from huiyin.domain.errors import Refusal
from huiyin.domain.pack_acts import read_act
from huiyin.domain.pack_limits import read_limit, read_period
from huiyin.domain.pack_texts import read_basis, read_text
from huiyin.domain.packs import (
    GENERAL_KINDS,
    ROLES,
    ActRule,
    Extension,
    Kind,
    Level,
    Limit,
    Pack,
    Parameter,
    Remark,
    Source,
    Stage,
    Text,
)
from huiyin.domain.periods import Period, Rule
from huiyin.domain.strict_yaml import Item, Place, Problems, read_yaml

COMMON_FILE = "common.yaml"
VERIFIED = ("yes", "secondary", "no")
SHARED = ("acts", "limits", "stages", "words", "sources", "remarks", "stand-in", "retention")
RESERVED = ("any", "closed", "open")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def read(
    source: bytes | str, file: str = "pack", common: bytes | str | None = None
) -> tuple[Pack, ...]:
    """The packs of a file, oldest version first.

    ``common`` is the text of the file that ``include: common`` refers to. Raises
    ``Refusal("pack-invalid", count=, problems=[Problem])``.
    """
    problems = Problems()
    top = read_yaml(source, file, problems)
    if isinstance(top.value, dict) and "include" in top.value:
        top = _included(top, common, problems)
    place = Place(top, "", problems)
    packs = _packs(place)
    place.finish()
    problems.raise_any("pack-invalid")
    for pack in packs:
        pack_references.check(pack, top, problems)
    problems.raise_any("pack-invalid")
    return packs


def _included(top: Item, common: bytes | str | None, problems: Problems) -> Item:
    """The pack with the shared acts beneath it; what the pack says itself always wins."""
    assert isinstance(top.value, dict)
    item = top.value["include"]
    if item.value != "common" or common is None:
        problems.add(item, "include", "there is no such file", "write `include: common`")
        return top
    base = read_yaml(common, COMMON_FILE, problems)
    assert isinstance(base.value, dict)
    merged = {key: value for key, value in top.value.items() if key != "include"}
    for section, shared in base.value.items():
        if section not in SHARED:
            problems.add(shared, section, "cannot be shared", "keep it in each pack")
            continue
        own = merged.get(section)
        mine = own.value if own is not None and isinstance(own.value, dict) else {}
        theirs = shared.value if isinstance(shared.value, dict) else {}
        line = own.line if own is not None else shared.line
        merged[section] = Item({**mine, **_without(theirs, mine)}, line, top.file)
    return Item(merged, top.line, top.file)


def _without(theirs: Mapping[str, Item], mine: Mapping[str, Item]) -> dict[str, Item]:
    return {key: value for key, value in theirs.items() if key not in mine}


def _packs(place: Place) -> tuple[Pack, ...]:
    stages = {name: _stage(name, p) for name, p in place.places("stages")}
    parameters = {n: _parameter(n, p) for n, p in place.places("parameters", False)}
    limits = {name: read_limit(name, p, parameters) for name, p in place.places("limits")}
    acts = {name: read_act(name, p, stages) for name, p in place.places("acts")}
    kinds = {name: _kind(name, p) for name, p in place.places("kinds")}
    for section in ("stages", "limits", "acts", "kinds", "parameters"):
        _check_ids(place, section)
    levels = _levels(place)
    acts = _useful(place, acts, limits, {level.number for level in levels})
    base = Pack(
        id=place.word("id"),
        version="",
        title=read_text(place, "title"),
        summary=read_text(place, "summary"),
        jurisdiction=place.word("jurisdiction"),
        calendar=place.word("calendar"),
        zone=place.word("zone"),
        valid_from=date.min,
        valid_until=None,
        first_stage=place.word("first-stage"),
        levels=levels,
        kinds=kinds,
        stages=stages,
        acts=acts,
        limits=limits,
        sources={name: _source(name, p) for name, p in place.places("sources")},
        parameters=parameters,
        remarks={n: _remark(n, p) for n, p in place.places("remarks", False)},
        words=_words(place),
        stand_in=_stand_in(place),
        default_kind=place.word("default-kind"),
        retention=_retention(place),
        gaps=tuple(read_text(section, name) for section, name in _listed(place, "gaps")),
    )
    return tuple(_versions(place, base))


def _useful(
    place: Place, acts: Mapping[str, ActRule], limits: Mapping[str, Limit], levels: set[int]
) -> dict[str, ActRule]:
    """The acts without shared ones of no use here (no second level, nothing to extend)."""
    section = place.entries().get("acts")
    written = section.value if section is not None and isinstance(section.value, dict) else {}
    extensions = [limit.extension for limit in limits.values() if limit.extension is not None]
    kept = {}
    for name, act in acts.items():
        if name in written and written[name].file == COMMON_FILE:
            if act.levels and not act.levels & levels:
                continue
            if act.extension is not None and not any(_serves(act, e) for e in extensions):
                continue
            act = replace(act, levels=act.levels & levels)
        kept[name] = act
    return kept


def _serves(act: ActRule, extension: Extension) -> bool:
    return (act.extension == "declare") == (extension.approver is None)


def _check_ids(place: Place, section: str) -> None:
    for name, p in place.places(section, required=False):
        if _ID.match(name) is None:
            p.wrong("", f"the name `{name}`", "use small letters, digits and single hyphens")
        if name in RESERVED:
            p.wrong("", f"the name `{name}`", f"choose another: `at: {name}` means many stages")


def _versions(place: Place, base: Pack) -> list[Pack]:
    versions = []
    for name, p in place.places("versions"):
        changes = dict(p.places("changes", False))
        versions.append(
            replace(
                base,
                version=name,
                valid_from=_date(p, "from") or date.min,
                valid_until=_date(p, "until", required=False),
                limits=_changed(base.limits, changes, p),
            )
        )
        p.finish()
    if not versions:
        place.wrong("versions", "no version", 'add `versions: {"2022": {from: 2022-05-01}}`')
    ordered = sorted(versions, key=lambda pack: pack.valid_from)
    _check_validity(place, ordered)
    return ordered


def _check_validity(place: Place, ordered: list[Pack]) -> None:
    """On each day at most one version is in force."""
    for pack in ordered:
        if pack.valid_until is not None and pack.valid_until < pack.valid_from:
            what = f"`{pack.version}` ends before it begins"
            place.wrong("versions", what, "let `until:` be the last day, after `from:`")
    for earlier, later in pairwise(ordered):
        last = earlier.valid_until
        if later.valid_from == earlier.valid_from or (last and last >= later.valid_from):
            what = f"`{earlier.version}` and `{later.version}` are in force on the same day"
            remedy = "let `until:` be the day before the next `from:`"
            place.wrong("versions", what, remedy)


def _changed(
    limits: Mapping[str, Limit], changes: Mapping[str, Place], place: Place
) -> Mapping[str, Limit]:
    """The limits of one version: the same procedure with another number of days."""
    result = dict(limits)
    for name, change in changes.items():
        period = read_period(change, "period")
        basis = read_basis(change, "basis")
        change.finish()
        old = limits.get(name)
        if old is None or old.rule is None:
            place.wrong(
                "changes", f"there is no timed limit `{name}`", "name a limit with a period"
            )
        elif period is not None and basis is not None:
            result[name] = replace(old, rule=replace(old.rule, period=period), basis=basis)
    return result


def _date(place: Place, key: str, required: bool = True) -> date | None:
    if not required and not place.has(key):
        place.taken.add(key)
        return None
    value = place.word(key)
    try:
        return date.fromisoformat(value)
    except ValueError:
        place.wrong(key, f"`{value}` is not a date", "write it as 2022-05-01")
        return None


def _stage(name: str, p: Place) -> Stage:
    outcome, about = p.word("outcome", "-"), p.word("about", "-")
    stage = Stage(
        id=name,
        title=read_text(p, "title"),
        resident=read_text(p, "resident"),
        office=read_text(p, "office"),
        late_resident=read_text(p, "late-resident") if p.has("late-resident") else None,
        late_office=read_text(p, "late-office") if p.has("late-office") else None,
        open=outcome == "-",
        outcome=None if outcome == "-" else outcome,
        about=None if about == "-" else about,
        waits_on=p.word("waits-on", "office", ("office", "complainant")),
    )
    p.finish()
    return stage


def _kind(name: str, p: Place) -> Kind:
    basis = read_basis(p, "basis", required=False)
    takes = frozenset(p.words("takes", GENERAL_KINDS))
    kind = Kind(name, read_text(p, "title"), basis, takes)
    p.finish()
    return kind


def _source(name: str, p: Place) -> Source:
    source = Source(
        name, read_text(p, "title"), p.word("url", "-"), p.word("verified", None, VERIFIED)
    )
    p.finish()
    return source


def _parameter(name: str, p: Place) -> Parameter:
    default = read_period(p, "default") or Period(1, "d")
    most = read_period(p, "maximum") or default
    basis = read_basis(p, "basis")
    parameter = Parameter(name, read_text(p, "title"), default, most, basis)
    if default.unit != most.unit or default.count > most.count:
        p.wrong("default", "is above the maximum or of another unit", "use the maximum's unit")
    p.finish()
    return parameter


def _remark(name: str, p: Place) -> Remark:
    number = p.word("number", "-")
    if number != "-" and not (number.isascii() and number.isdigit()):
        p.wrong("number", f"`{number}` is not a number", "write digits")
        number = "-"
    basis = read_basis(p, "basis")
    remark = Remark(name, read_text(p, "text"), None if number == "-" else int(number), basis)
    p.finish()
    return remark


def _levels(place: Place) -> tuple[Level, ...]:
    levels = []
    for number, (name, p) in enumerate(place.places("levels")):
        if name != str(number):
            p.wrong("", f"level `{name}` out of order", f"number the levels 0, 1, 2: here {number}")
        levels.append(Level(number, read_text(p, "title")))
        p.finish()
    return tuple(levels)


def _words(place: Place) -> dict[str, Text]:
    section = place.place("words")
    if section is None:
        return {}
    return {name: read_text(section, name) for name in section.entries()}


def _stand_in(place: Place) -> dict[str, frozenset[str]]:
    section = place.place("stand-in", required=False)
    if section is None:
        return {}
    return {role: frozenset(section.words(role, ROLES)) for role in section.entries()}


def _retention(place: Place) -> dict[str, Period]:
    """How long personal data is kept, per outcome and ``otherwise``."""
    section = place.place("retention")
    if section is None:
        return {}
    if not section.has("otherwise"):
        section.wrong("otherwise", "is missing", "add `otherwise: 3y`")
    periods = {outcome: read_period(section, outcome) for outcome in section.entries()}
    return {outcome: period for outcome, period in periods.items() if period is not None}


def _listed(place: Place, key: str) -> list[tuple[Place, str]]:
    section = place.place(key, required=False)
    if section is None:
        return []
    return [(section, name) for name in section.entries()]


def with_parameters(pack: Pack, values: Mapping[str, str]) -> Pack:
    """The pack with an installation's own numbers in place of the suggested ones.

    Raises ``Refusal``: parameter-unknown, parameter-too-long (above the pack's maximum).
    """
    limits: dict[str, Limit] = dict(pack.limits)
    for name, value in values.items():
        parameter = pack.parameters.get(name)
        if parameter is None:
            raise Refusal("parameter-unknown", parameter=name, accepted=sorted(pack.parameters))
        period, most = Period.parse(value), parameter.maximum
        if period.unit != most.unit or period.count > most.count:
            raise Refusal("parameter-too-long", parameter=name, maximum=str(most))
        for limit in limits.values():
            if limit.parameter == name and limit.rule is not None:
                rule: Rule = replace(limit.rule, period=period)
                limits[limit.id] = replace(limit, rule=rule)
    return replace(pack, limits=limits)
