"""Shapes of the public API: what goes in and comes out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

from huiyin.cases.api_shapes import FileOut
from huiyin.cases.filing import MOST_AT_ONCE

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


class FileIn(Strict):
    """A file; ``data`` is its bytes in base64 (RFC 4648 section 4)."""

    name: Annotated[str, Field(max_length=300)] = ""
    data: str


Files = Annotated[list[FileIn], Field(max_length=MOST_AT_ONCE)]


class NewCaseWithFiles(Strict):
    """A complaint with files."""

    case: NewCase
    files: Files


class MoreFiles(Strict):
    """Files for a case, with a message if there is something to say."""

    files: Annotated[Files, Field(min_length=1)]
    text: str = ""


class FileRefused(Schema):
    """A file that was not taken: its place in the request (from 1) and why."""

    place: int
    code: str
    title: str
    detail: str


class FilesOut(Schema):
    """The files of a case, and those of this request that were not taken."""

    files: list[FileOut]
    refused: list[FileRefused]


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


class RegisteredWithFiles(Registered):
    """A registered case with what became of its files; the case stands whatever did."""

    files: list[FileOut]
    refused: list[FileRefused]


class MessageIn(Strict):
    """A message to the office."""

    text: str
    seen: int | None = None


class ConsentIn(Strict):
    """Which unit may know what: ``identity`` (everything under seal) or ``contact``."""

    unit: Id
    scope: Annotated[str, Field(max_length=20)]
    seen: int | None = None


class ToldOut(Schema):
    """A unit that may know."""

    unit: str
    name: str
    scope: str
    since: datetime


class ContactOut(Schema):
    """How the complainant can be reached and who may know: which fields lie under seal and never
    what they say. ``seen``: how much of the history this takes in."""

    notice: bool
    sealed: list[str]
    scopes: list[str]
    told: list[ToldOut]
    seen: int


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
