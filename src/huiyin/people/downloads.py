"""Handing out a file that somebody else made: as a download, never as a page of ours.

The browser is told to save and not to show, not to guess a type, to run nothing if it shows it
all the same, and to keep no copy.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def download(name: str, media: str, data: bytes) -> HttpResponse:
    """The answer that carries the file. ``name`` has been made plain by the caller."""
    answer = HttpResponse(data, content_type=media)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "no-store, private"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
