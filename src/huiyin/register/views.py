"""The register over HTTP, as any C2SP tlog-tiles client reads it: checkpoint, tiles, entries.

Full and partial tiles never change, so they are cached for a year; the checkpoint for seconds.
Reading needs no account and no JavaScript, and every origin may fetch it.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from huiyin.domain.errors import Refusal
from huiyin.domain.merkle import MAX_SIZE
from huiyin.domain.tiles import parse_path
from huiyin.register.models import Stamped
from huiyin.register.queries import published, tile_bytes

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
    """The newest signed checkpoint with its cosignatures; 404 while nothing was registered."""
    note = published()
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


def _stamped(size: int) -> Stamped:
    # A number that no tree can have would not even fit the column.
    row = Stamped.objects.filter(size=size).first() if size <= MAX_SIZE else None
    if row is None:
        raise Http404("not stamped")
    return row


@require_safe
def stamped_text(request: HttpRequest, size: int) -> HttpResponse:
    """The text of a checkpoint that a time-stamping authority stamped."""
    return _public(_stamped(size).text.encode(), "text/plain; charset=utf-8", _SHORT)


@require_safe
def stamp_token(request: HttpRequest, size: int) -> HttpResponse:
    """The authority's token over that text (RFC 3161, DER)."""
    return _public(bytes(_stamped(size).token), "application/timestamp-token", _SHORT)
