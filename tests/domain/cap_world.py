"""A sound alert to break, and how tests look at it: our rules, and two engines for the schema."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import xmlschema

from huiyin.alerts import schema
from huiyin.domain.cap import composing, reading, rules, writing
from huiyin.domain.cap.message import Alert, Area, Info, Pair, Resource

NOW = datetime(2026, 3, 1, 1, 0, 0, tzinfo=UTC)
SQUARE = "31.20,121.40 31.20,121.41 31.21,121.41 31.21,121.40 31.20,121.40"
REFERENCE = "duty@school.example.org,20260301T0059-1,2026-03-01T08:59:00+08:00"

INFO = Info(
    language="en-GB",
    category=("Fire", "Safety"),
    event="Fire",
    response_type=("Evacuate",),
    urgency="Immediate",
    severity="Severe",
    certainty="Observed",
    event_code=(Pair("local", "F-1"),),
    onset="2026-03-01T09:00:00+08:00",
    expires="2026-03-01T12:00:00+08:00",
    sender_name="Model kindergarten",
    headline="Smoke on the second floor",
    description="Smoke was seen on the second floor of the east wing.",
    instruction="Leave by the south stairs & gather on the playground.",
    web="https://school.example.org/drill",
    contact="duty desk",
    parameter=(Pair("level", "red"),),
    resource=(Resource("plan", "image/png", size="2048", uri="https://school.example.org/p.png"),),
    area=(Area("East wing", polygon=(SQUARE,), geocode=(Pair("building", "E"),)),),
)
DRAFT = Alert(
    sender="duty@school.example.org",
    restriction="staff on duty",
    note="Drill 2026-03",
    info=(INFO,),
)
SOUND = composing.fill(DRAFT, NOW, b"\x01\x02\x03\x04")


def alert(**changes: Any) -> Alert:
    """The sound alert with other values; those of info and area by their own names."""
    own = {k: v for k, v in changes.items() if k in Alert.__dataclass_fields__}
    areas = {k: v for k, v in changes.items() if k in Area.__dataclass_fields__}
    infos = {k: v for k, v in changes.items() if k in Info.__dataclass_fields__}
    assert len(own) + len(areas) + len(infos) == len(changes)
    info = SOUND.info[0]
    if areas:
        info = replace(info, area=(replace(info.area[0], **areas),))
    return replace(replace(SOUND, info=(replace(info, **infos),)), **own)


def text(message: Alert) -> bytes:
    return writing.write(message).encode()


@cache
def _engine() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema((files("huiyin.alerts.schema") / schema.FILE).read_text("utf-8"))


def passes_schema(source: bytes) -> bool:
    """Whether both engines (xmlschema, libxml2) take the message. Only libxml2 refuses an address
    that is neither whole nor relative (``2026-03-01T09:00``)."""
    return _engine().is_valid(source.decode()) and not schema.faults(source)


def found(source: bytes) -> set[str]:
    """The rules that a message breaks, as read back from its bytes."""
    return {finding.rule for finding in rules.judge(reading.read(source))}


def errors(source: bytes) -> set[str]:
    return {f.rule for f in rules.judge(reading.read(source)) if f.is_error}
