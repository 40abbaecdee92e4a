"""The small drawings of the pages: shapes of status tags, timeline and notices.

A status is told by word and by shape, so each kind has an outline that differs without
colour. Drawn on a 16 by 16 grid in the current text colour; no file is fetched for them.
"""

from __future__ import annotations

_RING = '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/>'


def _line(path: str) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


ICONS: dict[str, str] = {
    # status
    "new": _RING,
    "open": _RING + '<path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/>',
    "waiting": _line(
        "M4 2h8M4 14h8M4.5 2.5c0 3 3.5 4 3.5 5.5s-3.5 2.5-3.5 5.5"
        "M11.5 2.5c0 3-3.5 4-3.5 5.5s3.5 2.5 3.5 5.5"
    ),
    "paused": '<path d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z" fill="currentColor"/>',
    "done": _line("M2.5 8.5l3.5 3.5 7.5-8"),
    "late-done": _line("M2.5 7l3 3.5 7-7.5M2.5 14h11"),
    "soon": _RING + _line("M8 5v3.2l2.2 1.3"),
    "late": '<path d="M8 1.2 15.5 14.5H.5zM7 6v4.2h2V6zM7 11.3v1.9h2v-1.9z"'
    ' fill="currentColor" fill-rule="evenodd"/>',
    "refused": _line("M2.5 2.5h11v11h-11zM5.5 5.5l5 5M10.5 5.5l-5 5"),
    "note": '<path d="M8 2.5 13.5 8 8 13.5 2.5 8z" fill="currentColor"/>',
    # timeline
    "event": '<circle cx="8" cy="8" r="4" fill="currentColor"/>',
    "message": _line("M2 3h12v8H8l-3.5 3V11H2z"),
    "decision": _line("M3.5 1.5h6l3 3v10h-9zM6 7h4M6 10h4"),
    "deadline": _RING + _line("M8 5v3.2l2.2 1.3"),
    "identity": _line("M3.5 7.5h9v6.5h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5"),
    "file": _line("M11 5.5 6.2 10.3a1.400 1.400 0 0 0 2 2l5-5a3 3 0 0 0-4.2-4.2l-5 5"),
    "correction": _line("M2.5 6h8a3 3 0 0 1 0 6.5H6M5.5 3l-3 3 3 3"),
    # places and notices
    "hidden": _line(
        "M2 14 14 2M2.5 8c2-3 4-4.2 5.5-4.2S11.5 5 13.5 8c-2 3-4 4.2-5.5 4.2S4.5 11 2.5 8z"
    ),
    "erased": '<path d="M2 8h12" stroke="currentColor" stroke-width="2" stroke-dasharray="2 2"/>',
    "back": _line("M10 3 5 8l5 5"),
    "next": _line("M6 3l5 5-5 5"),
    "exit": _line("M6.5 2.5h-4v11h4M6.5 8h7M10.5 5l3 3-3 3"),
    "language": _line("M2 8h12M8 2c-4.5 3.5-4.5 8.5 0 12 4.5-3.5 4.5-8.5 0-12") + _RING,
    "person": _line("M8 8.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.5-3 2.5-4 5.5-4s5 1 5.5 4"),
    "info": _RING + _line("M8 7.5v3.2M8 4.800v.2"),
}
