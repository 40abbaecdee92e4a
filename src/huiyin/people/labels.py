"""Names in place of ids for the words of a refusal: fields, acts, stages, roles, units, places.

Texts tell labels; ``data`` of a problem keeps the ids, which programs want. What has no name
here keeps its id. The packs that are looked through are those in use.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from huiyin import packs
from huiyin.domain.languages import pick, tag_of
from huiyin.domain.packs import Pack, Text
from huiyin.people.directory import directory
from huiyin.people.naming import role_name

# Fields of the hand-in and of settings; an act's own are named by its pack.
_FIELDS = {
    "remedy": gettext_noop("What would put it right"),
    "where": gettext_noop("Where"),
    "about": gettext_noop("About whom"),
    "email": gettext_noop("E-mail address"),
    "phone": gettext_noop("Telephone"),
    "name": gettext_noop("Name"),
    "address": gettext_noop("Postal address"),
    "messenger": gettext_noop("Messenger"),
    "helper": gettext_noop("Helper"),
    "hint": gettext_noop("Words that people type"),
    "why": gettext_noop("Reason, shown to both sides"),
    "post": gettext_noop("Post"),
}


def shown(key: str, value: object) -> object:
    """The value of a refusal's datum as a text tells it."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [shown(key, one) for one in value]
    name = _NAMES[key](value) if key in _NAMES and isinstance(value, str) else ""
    return name or value


def _in_use() -> Iterator[Pack]:
    names = {pack for unit in directory().units.values() for pack in unit.packs}
    yield from (packs.load(name) for name in sorted(names) if name in packs.ids())


def _tag() -> str:
    return tag_of(translation.get_language() or "en")


def _field(id: str) -> str:
    if id in _FIELDS:
        return gettext(_FIELDS[id])
    return _first(pack.words.get(id) for pack in _in_use())


def _act(id: str) -> str:
    return _first(pack.acts[id].title for pack in _in_use() if id in pack.acts)


def _done(id: str) -> str:
    return _first(pack.acts[id].past for pack in _in_use() if id in pack.acts)


def _stage(id: str) -> str:
    return _first(pack.stages[id].title for pack in _in_use() if id in pack.stages)


def _choice(id: str) -> str:
    for pack in _in_use():
        for found in (pack.kinds.get(id), pack.limits.get(id)):
            if found is not None:
                return pick(found.title, _tag())
    return _field(id)


def _first(texts: Iterator[Text | None]) -> str:
    return pick(next((text for text in texts if text), None), _tag())


def _role(id: str) -> str:
    try:
        return role_name(id)
    except KeyError:
        return ""


def _unit(id: str) -> str:
    info = directory().units.get(id)
    return pick(info.name, _tag()) if info else ""


def _place(id: str) -> str:
    info = directory().places.get(id)
    return pick(info.name, _tag()) if info else ""


_NAMES = {
    "field": _field,
    "fields": _field,
    "act": _act,
    "open": _act,
    "missing": _act,
    "begun": _act,
    "since": _done,
    "stage": _stage,
    "accepted": _choice,
    "by": _role,
    "role": _role,
    "unit": _unit,
    "place": _place,
}
