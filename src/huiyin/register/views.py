"""The register over HTTP, as any C2SP tlog-tiles client reads it: checkpoint, tiles, entries.

Full and partial tiles never change, so they are cached for a year; the checkpoint for seconds.
Reading needs no account and no JavaScript, and every origin may fetch it.
"""

from __future__ import annotations

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from huiyin.domain.errors import Refusal
from huiyin.domain.tiles import TILE_WIDTH, TileName, bundle, parse_path, width_at
from huiyin.register.acts import read_head, stored_tile
from huiyin.register.queries import head, leaf_data

_YEAR = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=5"


def _public(body: bytes, kind: str, caching: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type=kind,
        headers={"Cache-Control": caching, "Access-Control-Allow-Origin": "*"},
    )


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint; 404 while nothing was registered."""
    note = head().checkpoint
    if not note:
        raise Http404("no checkpoint yet")
    return _public(note.encode(), "text/plain; charset=utf-8", _SHORT)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or an entry bundle; 404 for a path that is malformed or not (yet) in the tree."""
    try:
        name = parse_path(f"tile/{path}")
    except Refusal as refusal:
        raise Http404(refusal.code) from None
    body = tile_bytes(name)
    if body is None:
        raise Http404("not in the tree")
    return _public(body, "application/octet-stream", _YEAR)


def tile_bytes(name: TileName) -> bytes | None:
    """The bytes of a tile or entry bundle, None if the tree does not have them."""
    with connection.cursor() as cursor:
        frontier, _ = read_head(cursor)
        if width_at(frontier.size, name.level or 0, name.number) < name.width:
            return None
        if name.level is not None:
            hashes = stored_tile(cursor, name.level, name.number)
            return b"".join(hashes[: name.width])
    first = name.number * TILE_WIDTH
    entries = leaf_data(range(first, first + name.width))
    return bundle(entries[index] for index in sorted(entries))
