"""Shapes of the public API: what goes in and comes out."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

Short = Annotated[str, Field(max_length=300)]


class Strict(Schema):
    """Unknown fields are a mistake worth telling, not to be swallowed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Contact(Strict):
    """How to be told that there is news; never shown to anybody."""

    email: Short = ""
    phone: Short = ""


class Identity(Strict):
    """Who hands in; sealed for the complainant and, in two halves, for the two officers."""

    name: Short = ""
    phone: Short = ""
    email: Short = ""
    address: Short = ""
    messenger: Short = ""
    helper: Short = ""


class NewCase(Strict):
    """A complaint."""

    category: Annotated[str, Field(max_length=60)]
    text: str
    language: Annotated[str, Field(max_length=10)] = "zh-hans"
    unit: Annotated[str, Field(max_length=60)] | None = None
    place: Annotated[str, Field(max_length=60)] | None = None
    about_unit: Annotated[str, Field(max_length=60)] | None = None
    about: str = ""
    where: str = ""
    remedy: str = ""
    people: int = 1
    contact: Contact | None = None
    identity: Identity | None = None


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


class Registered(Schema):
    """A registered case: keep the code, it is the only way back."""

    number: str
    code: str
    receipt: dict[str, Any]
    due: list[dict[str, Any]]


class TextOut(Schema):
    """One text of an entry; ``state``: "", ``hidden`` or ``erased``."""

    field: str
    label: str
    text: str
    state: str


class EntryOut(Schema):
    """One event of the case."""

    seq: int
    act: str
    title: str
    at: str
    by: str
    texts: list[TextOut]
    facts: dict[str, str]


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


class Followed(Schema):
    """A case as its complainant sees it."""

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


class MessageIn(Strict):
    """A message to the office."""

    text: str
    seen: int | None = None


class ActIn(Strict):
    """An act with its fields; ``seen``: the ``seq`` that the caller has read."""

    act: Annotated[str, Field(max_length=60)]
    values: dict[str, str] = {}
    seen: int | None = None


class CategoryOut(Schema):
    """A category; complaints go to those without children."""

    id: str
    name: str
    children: list[CategoryOut]


class UnitOut(Schema):
    """A unit."""

    id: str
    name: str
    parent: str | None
    open: bool
    pack: str


class PackOut(Schema):
    """A procedure in force here."""

    id: str
    version: str
    title: str
    calendar: str
    limits: list[dict[str, Any]]
