"""Any plan and any organisation, drawn from the declared kinds of their fields.

What is drawn is well formed (a file could say it) and otherwise as odd as Hypothesis likes:
dangling ids, texts full of signs, numbers at their edges.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from huiyin.domain.periods import Period
from huiyin.domain.plans.duties import Channel
from huiyin.domain.plans.fields import LANGUAGES, Kind, defaults_of, kinds_of
from huiyin.domain.plans.grounds import Point
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.values import LONGEST

# Few names are drawn often, so that references meet: x-, p-, u- are persons, posts, units.
WORDS = st.one_of(
    st.sampled_from(["a", "b", "x-a", "x-b", "p-a", "u-a"]),
    st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True),
)
_SIGNS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
# Readers take blanks off both ends of a value, and an empty value is none.
LINES = st.text(_SIGNS, min_size=1, max_size=12).map(str.strip).filter(bool)
TEXTS = st.one_of(LINES, st.sampled_from(["no", "1.5", "a: b", "# x", "- y", "{}", "多行\n第二行"]))
_ADDRESS = {
    "mobile": "+8612000000001",
    "landline": "+861012345678",
    "sms": "+8612000000002",
    "short-number": "119",
    "email": "duty@example.org",
}


def blocks(block: Any, languages: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Values of one block; optional fields are sometimes left at their default."""
    defaults = defaults_of(block)
    given = {}
    for name, kind in kinds_of(block).items():
        drawn = _value(kind, languages)
        given[name] = st.one_of(st.just(defaults[name]), drawn) if name in defaults else drawn
    if block is Channel:
        given["kind"] = st.sampled_from(sorted(_ADDRESS))
        made = st.builds(block, **given)
        return made.map(lambda c: _with_address(c))
    if "id" in block.__dataclass_fields__ and "id" not in given:
        given["id"] = st.just("")
    return st.builds(block, **given)


def _with_address(channel: Channel) -> Channel:
    return Channel(
        kind=channel.kind,
        address=_ADDRESS[channel.kind],
        verified=channel.verified,
        answered=channel.answered,
    )


def _value(kind: Kind, languages: tuple[str, ...]) -> st.SearchStrategy[Any]:
    if kind.name == "one":
        return blocks(kind.of, languages)
    if kind.name == "rows":
        return st.lists(blocks(kind.of, languages), max_size=2).map(tuple)
    if kind.name == "many":
        return _many(kind, languages)
    if kind.name == "text":
        return st.fixed_dictionaries(dict.fromkeys(languages, TEXTS))
    return _SIMPLE[kind.name](kind)


def _many(kind: Kind, languages: tuple[str, ...]) -> st.SearchStrategy[Any]:
    from dataclasses import replace

    entries = st.dictionaries(WORDS, blocks(kind.of, languages), max_size=2)
    return entries.map(lambda found: {name: replace(e, id=name) for name, e in found.items()})


def _some(kind: Kind) -> st.SearchStrategy[Any]:
    each = st.sampled_from(kind.accepted) if kind.accepted else WORDS
    return st.lists(each, max_size=3, unique=True).map(tuple)


_DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
_SIMPLE: dict[str, Any] = {
    "line": lambda kind: LINES,
    "word": lambda kind: WORDS,
    "ref": lambda kind: WORDS,
    "words": _some,
    "refs": _some,
    "choices": _some,
    "choice": lambda kind: st.sampled_from([x for x in kind.accepted if x]),
    "amounts": lambda kind: st.dictionaries(WORDS, st.integers(1, 10**9), max_size=2),
    "number": lambda kind: st.integers(kind.least, kind.most),
    "figure": lambda kind: st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 1000),
    "flag": lambda kind: st.booleans(),
    "duration": lambda kind: st.integers(0, LONGEST),
    "span": lambda kind: st.builds(Period, st.integers(1, 99_999), st.sampled_from("dwmy")),
    "day": lambda kind: _DAYS,
    "clock": lambda kind: st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    "place": lambda kind: st.builds(
        Point,
        st.integers(-90_000, 90_000).map(lambda n: Decimal(n or 1) / 1000),
        st.integers(-180_000, 180_000).map(lambda n: Decimal(n) / 1000),
    ),
}


@st.composite
def _whole(draw: st.DrawFn, block: Any) -> Any:
    from dataclasses import replace

    languages = tuple(draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True)))
    found = draw(blocks(block, languages))
    return replace(found, about=replace(found.about, languages=languages, zone="Asia/Shanghai"))


def plans() -> st.SearchStrategy[Plan]:
    return _whole(Plan)


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Persons, posts and units have different names, as the reader demands."""
    from dataclasses import replace

    found: Organisation = draw(_whole(Organisation))
    units = {f"u-{n}": replace(u, id=f"u-{n}") for n, u in found.units.items()}
    posts = {f"p-{n}": replace(p, id=f"p-{n}") for n, p in found.posts.items()}
    people = {f"x-{n}": replace(p, id=f"x-{n}") for n, p in found.people.items()}
    return replace(found, units=units, posts=posts, people=people)
