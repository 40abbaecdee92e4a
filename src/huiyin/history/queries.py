"""Reading events back as the domain's values; every stored version loads for ever."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from huiyin.domain.leaves import parse_at
from huiyin.domain.states import Event as DomainEvent
from huiyin.history.models import SEALED_ACTS, Event


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored event: its place in the register, its exact bytes, and what they say."""

    index: int
    body: bytes
    event: DomainEvent
    dues: tuple[dict[str, object], ...]
    content: tuple[dict[str, object], ...]
    event_class: str


def read(index: int, body: str) -> Stored:
    """A stored event from its canonical text."""
    said = json.loads(body)
    event = DomainEvent(
        seq=said["seq"],
        type=said["act"],
        at=parse_at(said["at"]),
        role=said["role"],
        actor=said.get("actor"),
        data=said["data"],
        version=said["v"],
    )
    return Stored(
        index, body.encode(), event, tuple(said["dues"]), tuple(said["content"]), said["class"]
    )


def events(stream: str) -> tuple[Stored, ...]:
    """The whole history of one stream, oldest first. One query."""
    rows = Event.objects.filter(stream=stream).order_by("seq").values_list("index", "body")
    return tuple(read(index, body) for index, body in rows)


def events_of(streams: Iterable[str]) -> dict[str, tuple[Stored, ...]]:
    """The histories of several streams. One query."""
    found: dict[str, list[Stored]] = {}
    rows = Event.objects.filter(stream__in=list(streams)).order_by("stream", "seq")
    for stream, index, body in rows.values_list("stream", "index", "body"):
        found.setdefault(stream, []).append(read(index, body))
    return {stream: tuple(rows) for stream, rows in found.items()}


def sealed_acts(before: int | None, most: int) -> list[tuple[str, Stored]]:
    """(stream, event) of acts of staff on what is sealed, newest first. One query."""
    # Written out and not bound: SQLite takes the partial index only if it can see the words.
    named = ", ".join(f"'{act}'" for act in SEALED_ACTS)
    rows = Event.objects.extra(where=[f'"history_event"."type" IN ({named})'])
    if before is not None:
        rows = rows.filter(index__lt=before)
    found = rows.order_by("-index").values_list("stream", "index", "body")[:most]
    return [(stream, read(index, body)) for stream, index, body in found]


def last(stream: str) -> Stored | None:
    """The newest event of a stream. One query."""
    row = Event.objects.filter(stream=stream).order_by("-seq").values_list("index", "body").first()
    return read(*row) if row else None
