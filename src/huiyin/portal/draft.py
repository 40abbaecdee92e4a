"""A complaint on its way: which questions it asks, which are answered, what it becomes.

A draft is the plain value of a sealed sitting. This module knows the order of the questions
and nothing of pages; the questions themselves are in ``forms``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from huiyin.cases.filing import Sorted, Taken
from huiyin.cases.submitting import HandIn
from huiyin.domain import receipts
from huiyin.domain.sniffing import KINDS
from huiyin.people.directory import directory
from huiyin.portal.sittings import DRAFT, Open, begin, drop_files, put_file, take_file
from huiyin.vault.files import Upload

# The order of the questions. ``place`` is asked where there are several, ``notice`` and
# ``identity`` only of those who chose to be reached that way.
STEPS = (
    "place", "category", "about", "what", "remedy", "files", "people", "reach", "notice",
    "identity",
)  # fmt: skip
# Without these nothing can be handed in.
NEEDED = ("category", "what")


def new_draft() -> Open:
    """A draft with its receipt code. The code is made now and not at the end, so that a
    double click on the last button registers one complaint and shows one receipt."""
    sitting = begin(DRAFT)
    sitting.value.update(code=os.urandom(receipts.SECRET_BYTES).hex(), answers={}, done=[])
    return sitting


def code_of(draft: Mapping[str, Any]) -> receipts.Code:
    """The receipt code of a draft or of a receipt not yet noted."""
    return receipts.make(bytes.fromhex(draft["code"]))


def path(answers: Mapping[str, Any]) -> list[str]:
    """The questions that this draft asks, in order."""
    several = len(directory().places) > 1
    skipped = {
        "place": not several,
        "notice": "notice" not in answers.get("reach", ()),
        "identity": "identity" not in answers.get("reach", ()),
    }
    return [step for step in STEPS if not skipped.get(step)]


def first_open(draft: Mapping[str, Any]) -> str | None:
    """The first question not yet answered; None if the draft can be checked."""
    return next((step for step in path(draft["answers"]) if step not in draft["done"]), None)


def after(draft: Mapping[str, Any], step: str, changing: bool) -> str | None:
    """Where to go after ``step``: the next question, or None for the check page. Who came to
    change one answer goes back, unless the change opened a new question."""
    steps = path(draft["answers"])
    if changing:
        return first_open(draft)
    later = steps[steps.index(step) + 1 :] if step in steps else steps
    return later[0] if later else None


def before(draft: Mapping[str, Any], step: str) -> str | None:
    """The question before ``step``; None for the first."""
    steps = path(draft["answers"])
    place = steps.index(step) if step in steps else 0
    return steps[place - 1] if place else None


def answer(draft: dict[str, Any], step: str, values: Mapping[str, Any]) -> None:
    """Keep the answers of one question and forget those it made void."""
    answers = draft["answers"]
    answers.update(values)
    if step not in draft["done"]:
        draft["done"].append(step)
    if step == "reach":
        _forget(draft, "notice", ["email"], "notice" in answers["reach"])
        _forget(draft, "identity", list(IDENTITY), "identity" in answers["reach"])


IDENTITY = {"name": "name", "phone": "phone", "own_email": "email", "address": "address"}


def _forget(draft: dict[str, Any], step: str, names: Sequence[str], wanted: bool) -> None:
    if wanted:
        return
    draft["done"] = [done for done in draft["done"] if done != step]
    for name in names:
        draft["answers"].pop(name, None)


def add_files(sitting: Open, sorted_: Sorted, now: datetime) -> None:
    """Keep files with the draft: sealed rows, and what the pages show of them."""
    held = sitting.value["answers"].setdefault("files", [])
    for one in sorted_.taken:
        held.append(
            {
                "id": put_file(sitting, one.upload.data, now),
                "name": one.upload.name,
                "size": len(one.upload.data),
                "media": one.kind.media,
                "sha256": one.digest,
            }
        )


def remove_file(sitting: Open, file: str) -> None:
    """Take one file out of the draft; one that is not there is no matter."""
    answers = sitting.value["answers"]
    if any(one["id"] == file for one in answers.get("files", ())):
        answers["files"] = [one for one in answers["files"] if one["id"] != file]
        drop_files(sitting, file)


def files_of(sitting: Open) -> tuple[Taken, ...]:
    """The files of the draft as they are handed in: looked at when they were chosen. One that
    is gone keeps nobody waiting."""
    held = sitting.value["answers"].get("files", ())
    return tuple(
        Taken(Upload(one["name"], data), KINDS[one["media"]])
        for one in held
        if (data := take_file(sitting, one["id"]))
    )


def command(answers: Mapping[str, Any], language: str, files: tuple[Taken, ...] = ()) -> HandIn:
    """The draft as what ``cases.submitting`` registers."""
    places = list(directory().places)
    return HandIn(
        category=answers.get("category", ""),
        text=answers.get("text", ""),
        language=language,
        place=answers.get("place") or (places[0] if len(places) == 1 else None),
        about_unit=answers.get("about_unit") or None,
        about_post=answers.get("about_post") or None,
        about=answers.get("about", ""),
        where=answers.get("where", ""),
        remedy=answers.get("remedy", ""),
        people=answers.get("people", 1),
        contact={"email": answers["email"]} if answers.get("email") else {},
        identity={to: answers[name] for name, to in IDENTITY.items() if answers.get(name)},
        files=files,
    )
