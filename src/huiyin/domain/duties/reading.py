"""A YAML file becomes a law with duties, or a list of everything that is wrong with it.

The same strict YAML as packs, with the line and the remedy of each problem. A figure without
source and article cannot be written: ``basis`` is required, and its source must be in the file.
"""

from __future__ import annotations

import re
from datetime import date

from huiyin.domain.duties.citing import cites
from huiyin.domain.duties.model import KINDS, MOMENTS, UNCLOCKED, Duty, Law
from huiyin.domain.errors import Refusal
from huiyin.domain.pack_limits import read_period
from huiyin.domain.pack_texts import VERIFIED, read_basis, read_text
from huiyin.domain.packs import Source, Text
from huiyin.domain.periods import COUNTINGS, ROLLS, Rule
from huiyin.domain.strict_yaml import Place, Problems, read_yaml
from huiyin.domain.zones import zone_named

AT_ONCE = "at-once"
# The kinds of plan, as ``huiyin.domain.plans`` calls them.
PLAN_KINDS = ("comprehensive", "special", "card")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read(source: bytes | str, file: str = "law") -> Law:
    """The law in a file. Refusals: ``pack-invalid`` (not the strict YAML), ``duty-invalid``, both
    with ``problems``."""
    problems = Problems()
    place = Place(read_yaml(source, file, problems), "", problems)
    law = _law(place)
    place.finish()
    problems.raise_any("duty-invalid")
    return law


def _law(place: Place) -> Law:
    name = place.word("id")
    _check_id(place, "id", name)
    sources = {key: _source(key, inner) for key, inner in place.places("sources")}
    moments = _moments(place)
    title = read_text(place, "title")
    duties = {}
    for key, inner in place.places("duties"):
        _check_id(inner, "", key)
        duties[key] = _duty(key, name, title, inner)
        _check_names(inner, duties[key], sources, moments)
    return Law(
        id=name,
        title=title,
        summary=read_text(place, "summary"),
        jurisdiction=place.word("jurisdiction"),
        calendar=place.word("calendar"),
        zone=_zone(place),
        valid_from=_date(place, "from") or date.min,
        valid_until=_date(place, "until", required=False),
        moments=moments,
        sources=sources,
        duties=duties,
        gaps=_gaps(place),
    )


def _duty(name: str, law: str, of: Text, p: Place) -> Duty:
    window = p.word("window", "rolling", ("rolling", "calendar")) == "calendar"
    kind = p.word("kind", None, KINDS)
    clocked = kind not in UNCLOCKED
    basis = read_basis(p, "basis")
    duty = Duty(
        id=name,
        law=law,
        kind=kind,
        title=read_text(p, "title"),
        who=read_text(p, "who"),
        to=_optional_text(p, "to"),
        starts=p.word("starts", None, MOMENTS) if clocked else "",
        rule=_rule(p, window) if clocked else None,
        window=window,
        items=_items(p),
        settings=p.words("settings"),
        hazards=p.words("hazards"),
        types=p.words("types"),
        basis=basis,
        cites=cites(of, basis.article),
        plans=p.words("plans", PLAN_KINDS),
        supplements=p.word("supplements", ""),
        within=_within(p) if kind == "assembly" else None,
        floors_below=_whole(p, "floors-below") if kind == "assembly" else None,
        figures=p.words("figures"),
    )
    p.finish()
    return duty


def _within(p: Place) -> int | None:
    """Whole minutes in which people must stand together, as seconds."""
    minutes = _whole(p, "minutes")
    return None if minutes is None else minutes * 60


def _whole(p: Place, key: str) -> int | None:
    if p.take(key, required=False) is None:
        return None
    value = p.word(key)
    if value.isascii() and value.isdigit() and len(value) <= 4:
        return int(value)
    p.wrong(key, f"`{value}` is no number", "write a whole number")
    return None


def _rule(p: Place, window: bool) -> Rule | None:
    counting = p.word("counting", "including" if window else "after", COUNTINGS)
    roll = p.word("roll", "none", ROLLS)
    if p.word("period") == AT_ONCE:
        return None
    period = read_period(p, "period")
    if period is None:
        return None
    if window and (period.unit not in ("m", "y") or counting != "including"):
        p.wrong("window", "only months and years have a calendar", "write `period: 1m` or `1y`")
    try:
        return Rule(period, roll, counting)
    except Refusal as refusal:
        p.wrong("period", f"cannot be counted so ({refusal})", "see `huiyin deadline --help`")
        return None


def _check_names(
    p: Place, duty: Duty, sources: dict[str, Source], moments: dict[str, Text]
) -> None:
    if duty.basis.source and duty.basis.source not in sources:
        p.wrong("basis", f"no source `{duty.basis.source}`", "name it under `sources:`")
    if duty.starts and duty.starts not in moments:
        p.wrong("starts", f"no moment `{duty.starts}`", "say under `moments:` what it is here")
    if duty.window and duty.starts != "held":
        p.wrong("window", "is for what is held again and again", "write `starts: held`")


def _source(name: str, p: Place) -> Source:
    source = Source(
        name, read_text(p, "title"), p.word("url", "-"), p.word("verified", None, VERIFIED)
    )
    p.finish()
    return source


def _moments(place: Place) -> dict[str, Text]:
    section = place.place("moments")
    if section is None:
        return {}
    for name in section.entries():
        if name not in MOMENTS:
            section.wrong(name, "is no moment", "use: " + ", ".join(MOMENTS))
    return {name: read_text(section, name) for name in section.entries()}


def _items(p: Place) -> dict[str, Text]:
    section = p.place("items", required=False)
    return {name: read_text(section, name) for name in section.entries()} if section else {}


def _gaps(place: Place) -> tuple[Text, ...]:
    section = place.place("gaps", required=False)
    return tuple(read_text(section, name) for name in section.entries()) if section else ()


def _zone(place: Place) -> str:
    name = place.word("zone")
    if zone_named(name or "UTC") is None:
        place.wrong("zone", f"`{name}` is no time zone", "write it as Asia/Shanghai")
    return name


def _date(place: Place, key: str, required: bool = True) -> date | None:
    if place.take(key, required) is None:
        return None
    value = place.word(key)
    try:
        return date.fromisoformat(value)
    except ValueError:
        place.wrong(key, f"`{value}` is not a date", "write it as 2022-05-01")
        return None


def _optional_text(place: Place, key: str) -> Text | None:
    return None if place.take(key, required=False) is None else read_text(place, key)


def _check_id(place: Place, key: str, name: str) -> None:
    if _ID.fullmatch(name) is None:
        place.wrong(key, f"the name `{name}`", "use small letters, digits and single hyphens")
