"""Which names are time zones of a place.

The zone table of an operating system holds more than places: ``localtime`` is whatever the
machine is set to, so that one file would mean different hours on two machines; ``Factory`` says
that nobody has set it; ``right/…`` counts leap seconds, which no law and no clock on a wall does.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

_NO_PLACES = frozenset({"localtime", "Factory", "posixrules", "posix", "right"})


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of that name (IANA, such as ``Asia/Shanghai``), or None if it names none."""
    if name.split("/")[0] in _NO_PLACES:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path outside, a folder
        return None
