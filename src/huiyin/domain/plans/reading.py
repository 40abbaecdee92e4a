"""A file becomes a plan or an organisation, or a list of everything that is wrong with it.

Here only the shape is judged (unknown keys, impossible durations, numbers that are none); what
a well-formed plan lacks is found by ``linting``, so that an unfinished draft can be read.
Nothing is loaded in part: ``Refusal("plan-invalid")`` holds every problem with line and remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from huiyin.domain.plans import values
from huiyin.domain.plans.duties import Channel
from huiyin.domain.plans.fields import LANGUAGES, Kind, key_of, kinds_of
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.strict_yaml import Item, Place, Problems, read_yaml
from huiyin.domain.zones import zone_named

INVALID = "plan-invalid"
# A plan is written by people; an organisation of 2000 people takes about one megabyte.
MOST_BYTES = 4_000_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the reader stands, and the languages that texts must have."""

    place: Place
    languages: tuple[str, ...]


def read_plan(source: bytes | str, file: str = "plan") -> tuple[Plan, Item]:
    """The plan of a file and its items. Raises ``Refusal("plan-invalid", count=, problems=)``."""
    top = _top(source, file)
    return plan_of(top), top


def read_organisation(source: bytes | str, file: str = "organisation") -> tuple[Organisation, Item]:
    """The organisation of a file and its items. Raises ``Refusal("plan-invalid")``."""
    top = _top(source, file)
    return organisation_of(top), top


def plan_of(top: Item) -> Plan:
    """The plan that the items hold. Raises ``Refusal("plan-invalid")``."""
    problems = Problems()
    return _whole(Plan, top, "plan", problems)


def organisation_of(top: Item) -> Organisation:
    """The organisation that the items hold. Raises ``Refusal("plan-invalid")``."""
    problems = Problems()
    found: Organisation = _whole(Organisation, top, "organisation", problems)
    _check_names(found, top, problems)
    problems.raise_any(INVALID)
    return found


def items(data: Any, file: str = "form") -> Item:
    """Plain data (what ``writing.as_data`` gives, or a form) as items without lines."""
    if isinstance(data, Mapping):
        return Item({str(k): items(v, file) for k, v in data.items()}, 0, file)
    if isinstance(data, list | tuple):
        return Item([items(v, file) for v in data], 0, file)
    if isinstance(data, bool):
        return Item("yes" if data else "no", 0, file)
    return Item(str(data).strip(), 0, file)


def _top(source: bytes | str, file: str) -> Item:
    problems = Problems()
    top = read_yaml(source, file, problems, INVALID, MOST_BYTES)
    problems.raise_any(INVALID)
    return top


def _whole(block: type[T], top: Item, heading: str, problems: Problems) -> T:
    place = Place(top, "", problems)
    found: T = _block(block, _Place(place, _languages(place, heading)), {})
    _check_zone(place, heading)
    problems.raise_any(INVALID)
    return found


def _languages(place: Place, heading: str) -> tuple[str, ...]:
    about = Place(place.item, "", Problems()).place(heading, required=False)
    named = about.words("languages") if about is not None and about.has("languages") else ()
    known = tuple(language for language in named if language in LANGUAGES)
    if about is not None and not known:
        place.wrong(heading, "names no language", "add `languages: [zh-Hans, en]`")
    return known


def _check_zone(place: Place, heading: str) -> None:
    about = place.place(heading, required=False)
    zone = about.take("zone", required=False) if about is not None else None
    if about is None or zone is None or not isinstance(zone.value, str):
        return
    if zone_named(zone.value) is None:
        about.wrong("zone", f"`{zone.value}` is no time zone", "write it as Asia/Shanghai")


def _check_names(organisation: Organisation, top: Item, problems: Problems) -> None:
    """Persons, posts and units share one space of names: a plan names them without saying which."""
    place = Place(top, "", problems)
    seen: dict[str, str] = {}
    for section in ("units", "posts", "people"):
        for name in getattr(organisation, section):
            if name in seen:
                what = f"`{name}` is also one of the {seen[name]}"
                inner = place.place(section)
                assert inner is not None
                inner.wrong(name, what, "give one of the two another name")
            seen[name] = section


# --- blocks ------------------------------------------------------------------------------------


def _block(block: Any, at: _Place, given: Mapping[str, str]) -> Any:
    """One block; the place is finished, so that unknown keys are told."""
    found: dict[str, Any] = dict(given)
    for name, kind in kinds_of(block).items():
        key = key_of(name, kind)
        if not kind.required and not at.place.has(key):
            at.place.taken.add(key)
            continue
        found[name] = _READERS[kind.name](at, key, kind)
    at.place.finish()
    if block is Channel:
        _check_address(at.place, found)
    return block(**found)


def _check_address(place: Place, found: dict[str, Any]) -> None:
    if found["kind"] and found["address"]:
        try:
            values.read_address(found["kind"], found["address"])
        except ValueError as error:
            place.wrong("address", f"`{found['address']}` is none", str(error))


def _one(at: _Place, key: str, kind: Kind) -> Any:
    inner = at.place.place(key)
    if inner is None:
        return None
    return _block(kind.of, _Place(inner, at.languages), {})


def _many(at: _Place, key: str, kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, inner in at.place.places(key):
        if len(found) == kind.most:
            inner.wrong("", f"more than {kind.most} entries", "divide the plan")
            break
        try:
            values.read_word(name)
        except ValueError as error:
            inner.wrong("", f"the name `{name}`", str(error))
        found[name] = _block(kind.of, _Place(inner, at.languages), {"id": name})
    return found


def _rows(at: _Place, key: str, kind: Kind) -> tuple[Any, ...]:
    item = at.place.take(key)
    if item is None:
        return ()
    if not isinstance(item.value, list):
        at.place.wrong(key, "must be a list", f"write `{key}:` and below it lines with `- `")
        return ()
    found = []
    for number, entry in enumerate(item.value):
        inner = Place(entry, f"{at.place.path(key)}.{number}", at.place.problems)
        found.append(_block(kind.of, _Place(inner, at.languages), {}))
    return tuple(found)


def _text(at: _Place, key: str, kind: Kind) -> dict[str, str]:
    item = at.place.take(key)
    if item is None or not at.languages:  # that there is no language is told once, at the top
        return {}
    if isinstance(item.value, str) and len(at.languages) == 1:
        return {at.languages[0]: at.place.word(key)}
    if not isinstance(item.value, dict):
        remedy = f"write `{key}:` and below it " + ", ".join(f"`{x}: …`" for x in at.languages)
        at.place.wrong(key, "needs each language of the plan", remedy)
        return {}
    inner = Place(item, at.place.path(key), at.place.problems)
    found = {language: inner.word(language) for language in at.languages}
    inner.finish()
    return found


# --- single values -----------------------------------------------------------------------------


def _scalar(at: _Place, key: str, read: Callable[[str], Any]) -> Any:
    """One value; what ``read`` refuses becomes a problem with its words as remedy."""
    value = at.place.word(key)
    if not value:
        return None
    try:
        return read(value)
    except ValueError as error:
        at.place.wrong(key, f"`{value[:60]}` is not possible", str(error))
        return None


def _line(at: _Place, key: str, kind: Kind) -> str:
    return at.place.word(key)


def _word(at: _Place, key: str, kind: Kind) -> str:
    return _scalar(at, key, values.read_word) or ""


def _words(at: _Place, key: str, kind: Kind) -> tuple[str, ...]:
    found = at.place.words(key, kind.accepted)
    for name in () if kind.accepted else found:
        try:
            values.read_word(name)
        except ValueError as error:
            at.place.wrong(key, f"`{name[:60]}`", str(error))
    for name in sorted({n for n in found if found.count(n) > 1}):
        at.place.wrong(key, f"`{name}` is named twice", "name each once")
    return found


def _choice(at: _Place, key: str, kind: Kind) -> str:
    return at.place.word(key, None, tuple(x for x in kind.accepted if x))


def _number(at: _Place, key: str, kind: Kind) -> int:
    def whole(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not kind.least <= int(text[:12]) <= kind.most:
            raise ValueError(f"write a whole number from {kind.least} to {kind.most}")
        return int(text)

    found = _scalar(at, key, whole)
    return kind.least if found is None else int(found)


def _amounts(at: _Place, key: str, kind: Kind) -> dict[str, int]:
    inner = at.place.place(key)
    if inner is None:
        return {}
    one = Kind("number", True, least=1)
    found = {name: _number(_Place(inner, ()), name, one) for name in inner.entries()}
    inner.finish()
    return found


def _flag(at: _Place, key: str, kind: Kind) -> bool:
    return at.place.flag(key)


def _point(at: _Place, key: str, kind: Kind) -> Any:
    item = at.place.take(key)
    if item is None:
        return None
    parts = item.value if isinstance(item.value, list) else []
    try:
        return values.read_point([p.value for p in parts if isinstance(p.value, str)])
    except ValueError as error:
        at.place.wrong(key, "is no place on Earth", str(error))
        return None


def _by(read: Callable[[str], Any]) -> Callable[[_Place, str, Kind], Any]:
    return lambda at, key, kind: _scalar(at, key, read)


_READERS: dict[str, Callable[[_Place, str, Kind], Any]] = {
    "text": _text,
    "line": _line,
    "word": _word,
    "words": _words,
    "choice": _choice,
    "choices": _words,
    "ref": _word,
    "refs": _words,
    "amounts": _amounts,
    "number": _number,
    "figure": _by(values.read_figure),
    "flag": _flag,
    "duration": _by(values.read_duration),
    "span": _by(values.read_span),
    "day": _by(values.read_day),
    "clock": _by(values.read_clock),
    "place": _point,
    "one": _one,
    "many": _many,
    "rows": _rows,
}
