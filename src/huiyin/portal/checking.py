"""The rows of "check your answers": each answer in words, with the page that changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from huiyin.cases.catalog import catalog
from huiyin.people.directory import directory
from huiyin.people.refusing import pick
from huiyin.portal.draft import path

Row = dict[str, Any]


def check_rows(answers: Mapping[str, Any]) -> list[Row]:
    """One row per answer, in the order of the questions."""
    rows: list[Row] = []
    for step in path(answers):
        rows += [
            {
                "key": key,
                "value": value or gettext("Nothing"),
                "href": reverse("portal:question", args=[step]) + "?change=1",
            }
            for key, value in _ROWS[step](answers)
        ]
    return rows


Pairs = list[tuple[str, str]]


def _place(answers: Mapping[str, Any]) -> Pairs:
    place = directory().places.get(answers.get("place", ""))
    pairs = [(gettext("Place"), pick(place.name) if place else "")]
    if answers.get("where"):
        pairs.append((gettext("Where exactly"), answers["where"]))
    return pairs


def _category(answers: Mapping[str, Any]) -> Pairs:
    known = catalog().categories
    line = reversed(catalog().line(answers.get("category", "")))
    return [(gettext("About"), " › ".join(pick(known[c].name) for c in line))]


def _about(answers: Mapping[str, Any]) -> Pairs:
    unit = directory().units.get(answers.get("about_unit", ""))
    post = directory().posts.get(answers.get("about_post", ""))
    said = [
        pick(unit.name) if unit else "",
        pick(post.name) if post else "",
        answers.get("about", ""),
    ]
    return [(gettext("Office or post complained of"), "\n".join(part for part in said if part))]


def _what(answers: Mapping[str, Any]) -> Pairs:
    return [(gettext("What happened"), answers.get("text", ""))]


def _remedy(answers: Mapping[str, Any]) -> Pairs:
    return [(gettext("What would put it right"), answers.get("remedy", ""))]


def _files(answers: Mapping[str, Any]) -> Pairs:
    names = [one["name"] or gettext("a file") for one in answers.get("files", ())]
    return [(gettext("Files"), "\n".join(names))]


def _people(answers: Mapping[str, Any]) -> Pairs:
    people = answers.get("people") or 1
    words = gettext("Alone") if people == 1 else str(people)
    return [(gettext("How many people"), words)]


def _reach(answers: Mapping[str, Any]) -> Pairs:
    reach = answers.get("reach", ())
    words = [
        gettext("A notice when there is news") if "notice" in reach else "",
        gettext("Name or contact, sealed") if "identity" in reach else "",
    ]
    chosen = "\n".join(word for word in words if word)
    return [(gettext("How to be reached"), chosen or gettext("Not at all"))]


def _notice(answers: Mapping[str, Any]) -> Pairs:
    return [(gettext("Notice address"), answers.get("email", ""))]


def _identity(answers: Mapping[str, Any]) -> Pairs:
    labels = {
        "name": gettext("Name"),
        "phone": gettext("Telephone"),
        "own_email": gettext("E-mail address"),
        "address": gettext("Postal address"),
    }
    return [(label, answers[name]) for name, label in labels.items() if answers.get(name)]


_ROWS = {
    "place": _place,
    "category": _category,
    "about": _about,
    "what": _what,
    "remedy": _remedy,
    "files": _files,
    "people": _people,
    "reach": _reach,
    "notice": _notice,
    "identity": _identity,
}
