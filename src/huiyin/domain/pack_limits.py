"""Limits as they stand in a pack file: period, counting, extension, pauses, silence."""

from __future__ import annotations

from collections.abc import Mapping

from huiyin.domain.errors import Refusal
from huiyin.domain.pack_texts import read_basis, read_text
from huiyin.domain.packs import ROLES, Extension, Limit, Parameter, Pause, Silence
from huiyin.domain.periods import COUNTINGS, ROLLS, Period, Rule
from huiyin.domain.strict_yaml import Place

CONSEQUENCES = ("deemed-accepted", "deemed-refused", "next-forum", "final", "closed")


def read_period(place: Place, key: str) -> Period | None:
    value = place.word(key)
    try:
        return Period.parse(value)
    except Refusal:
        if value:
            place.wrong(key, f"`{value}` is not a period", "write 15d, 5wd, 3w, 2m, 1y or 72h")
        return None


def read_limit(name: str, p: Place, parameters: Mapping[str, Parameter]) -> Limit:
    """``period: promptly`` is a qualitative limit, ``period: =name`` takes a parameter."""
    period, parameter = _period(p, parameters)
    limit = Limit(
        id=name,
        title=read_text(p, "title"),
        starts=frozenset(p.words("starts")),
        stops=frozenset(p.words("stops")),
        restarts=frozenset(p.words("restarts")),
        levels=_levels(p),
        kinds=frozenset(p.words("kinds")),
        rule=_rule(p, period),
        parameter=parameter,
        owed_by=p.word("owed-by", None, ("office", "complainant")),
        window=p.word("nature", "duty", ("duty", "window")) == "window",
        outlives=p.flag("outlives-closure"),
        extension=_extension(p),
        pauses=tuple(_pause(spell, inner) for spell, inner in p.places("pauses", False)),
        silence=_silence(p),
        basis=read_basis(p, "basis"),
        ends=frozenset(p.words("lapse-ends")),
    )
    p.finish()
    return limit


def _period(p: Place, parameters: Mapping[str, Parameter]) -> tuple[Period | None, str | None]:
    value = p.word("period")
    if value in ("", "promptly"):
        return None, None
    if not value.startswith("="):
        return read_period(p, "period"), None
    parameter = parameters.get(value[1:])
    if parameter is None:
        p.wrong("period", f"no parameter `{value[1:]}`", "name it under `parameters:`")
        return None, None
    return parameter.default, parameter.id


def _rule(p: Place, period: Period | None) -> Rule | None:
    roll = p.word("roll", "none", ROLLS)
    counting = p.word("counting", "after", COUNTINGS)
    clear = p.flag("clear-days")
    short = _number(p, "short-days")
    least = _number(p, "min-working-days")
    if period is None:
        return None
    try:
        return Rule(period, roll, counting, clear=clear, short_days=short, min_working_days=least)
    except Refusal as refusal:
        p.wrong("period", f"cannot be counted so ({refusal})", "see `huiyin deadline --help`")
        return None


def _number(p: Place, key: str) -> int:
    value = p.word(key, "0")
    if value.isascii() and value.isdigit() and len(value) < 6:
        return int(value)
    p.wrong(key, f"`{value}` is not a number of days", "write digits")
    return 0


def _levels(p: Place) -> frozenset[int]:
    values = p.words("levels")
    for value in values:
        if not (value.isascii() and value.isdigit()):
            p.wrong("levels", f"`{value}` is not a level", "write 0, 1 or 2")
    return frozenset(int(v) for v in values if v.isascii() and v.isdigit())


def _extension(p: Place) -> Extension | None:
    inner = p.place("extension", required=False)
    if inner is None:
        return None
    approver = inner.word("approver", None, ("none", *ROLES))
    extension = Extension(
        maximum=read_period(inner, "maximum") or Period(1, "d"),
        times=_number(inner, "times") if inner.has("times") else 1,
        approver=None if approver == "none" else approver,
        notice=read_text(inner, "notice"),
        basis=read_basis(inner, "basis"),
    )
    inner.taken.add("times")
    inner.finish()
    return extension


def _pause(spell: str, inner: Place) -> Pause:
    pause = Pause(
        spell=spell,
        closed=inner.flag("both-ends"),
        text=read_text(inner, "text"),
        basis=read_basis(inner, "basis"),
    )
    inner.finish()
    return pause


def _silence(p: Place) -> Silence | None:
    inner = p.place("silence", required=False)
    if inner is None:
        return None
    to = inner.word("to", "-")
    silence = Silence(
        consequence=inner.word("consequence", None, CONSEQUENCES),
        to=None if to == "-" else to,
        text=read_text(inner, "text"),
        basis=read_basis(inner, "basis"),
    )
    inner.finish()
    return silence
