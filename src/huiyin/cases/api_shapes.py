"""Shapes that the API shares between both sides of a case, and those of the office.

What one case looks like in an answer is said here once; how a story becomes these values is
in ``telling``.
"""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

MOST_FIELDS = 40


class TextOut(Schema):
    """One text of an entry; ``state``: "" (shown), ``hidden`` or ``erased``."""

    field: str
    label: str
    text: str
    state: str


class EntryOut(Schema):
    """One event of the case; ``by`` is a role, never a person."""

    seq: int
    act: str
    title: str
    at: str
    by: str
    texts: list[TextOut]
    facts: dict[str, str]


class FileOut(Schema):
    """A file of a case. ``state``: waiting, file-cleaned, file-kept, file-refused, as-it-is or
    erased; ``reason`` says why there is no cleaned copy, ``removed`` what it lacks."""

    file: str
    n: int
    media: str
    size: int
    sha256: str
    sealed_sha256: str
    leaf: int
    state: str
    reason: str
    removed: list[str]
    copy_sha256: str
    copy_sealed_sha256: str
    copy_leaf: int | None


class DueOut(Schema):
    """A legal date. ``due`` is the last day, or an instant for limits in hours."""

    limit: str
    title: str
    due: str | None
    article: str
    source: str
    owed_by: str
    late: bool
    provisional: bool
    steps: list[str]


class FieldOut(Schema):
    """A field that an act asks for."""

    id: str
    kind: str
    label: str
    required: bool
    choices: list[str]


class ActOut(Schema):
    """An act that is open now."""

    id: str
    title: str
    fields: list[FieldOut]
    closes: str | None
    article: str


class StoryOut(Schema):
    """A case as the caller may see it."""

    number: str
    stage: str
    stage_title: str
    level: int
    open: bool
    outcome: str
    sentence: str
    timeline: list[EntryOut]
    messages: list[EntryOut]
    due: list[DueOut]
    acts: list[ActOut]
    seq: int


class ActIn(BaseModel):  # ninja's Schema would hide what stands beside the known fields
    """An act with its fields, each a string beside ``act`` or within ``values``.

    ``seen`` is the ``seq`` that the caller has read: a case that has moved on refuses (409).
    """

    model_config = ConfigDict(extra="allow", strict=True)
    __pydantic_extra__: dict[str, str] = Field(init=False)

    act: Annotated[str, Field(min_length=1, max_length=60)]
    values: Annotated[dict[str, str], Field(max_length=MOST_FIELDS)] = {}
    seen: int | None = None

    def fields_given(self) -> dict[str, str]:
        """The act's fields, however they were sent."""
        return {**(self.__pydantic_extra__ or {}), **self.values}


class Row(Schema):
    """One case on the desk: no content."""

    number: str
    category: str
    unit: str
    stage: str
    level: int
    started: str
    office_due: str | None
    summary: str


class DeskOut(Schema):
    """The lists of the desk; at most 50 rows each, nearest date first."""

    mine: list[Row]
    unowned: list[Row]
    soon: list[Row]
    overdue: list[Row]
    waiting: list[Row]


class Acted(Schema):
    """What an act recorded; the case itself may have left the caller's sight."""

    number: str
    recorded: list[str]
    stage: str
    seq: int
