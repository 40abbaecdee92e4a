"""Shapes of the public API: what goes in and comes out."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

Short = Annotated[str, Field(max_length=300)]
Id = Annotated[str, Field(max_length=60)]


class Strict(BaseModel):
    """Unknown fields are a mistake worth telling, not to be swallowed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Contact(Strict):
    """How to be told that there is news; never shown to anybody."""

    email: Short | None = None
    phone: Short | None = None


class Identity(Strict):
    """Who hands in; sealed for the complainant and, in two halves, for the two officers."""

    name: Short | None = None
    phone: Short | None = None
    email: Short | None = None
    address: Short | None = None
    messenger: Short | None = None
    helper: Short | None = None


class NewCase(Strict):
    """A complaint. Only ``category`` (one without children) and ``text`` are needed."""

    category: Id
    text: str
    language: Annotated[str, Field(max_length=20)] = "zh-hans"
    unit: Id | None = None
    place: Id | None = None
    about_unit: Id | None = None
    about_post: Id | None = None
    about: str | None = None
    where: str | None = None
    remedy: str | None = None
    people: int = 1
    contact: Contact | None = None
    identity: Identity | None = None


class DueHere(Schema):
    """A date that the law sets for the office from now on."""

    limit: str
    due: str
    article: str


class Registered(Schema):
    """A registered case: keep the code, it is the only way back."""

    number: str
    code: str
    receipt: dict[str, Any]
    due: list[DueHere]


class MessageIn(Strict):
    """A message to the office."""

    text: str
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


class PlaceOut(Schema):
    """A place; complaints may name one."""

    id: str
    name: str
    parent: str | None


class LimitOut(Schema):
    """A limit of a procedure; ``period`` is None for a duty without a number of days."""

    id: str
    title: str
    period: str | None
    article: str
    source: str
    verified: str


class PackOut(Schema):
    """A procedure in force here."""

    id: str
    version: str
    title: str
    calendar: str
    limits: list[LimitOut]
