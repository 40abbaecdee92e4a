"""Times as CAP writes them: to the second, with an offset in digits, ``-00:00`` for UTC.

The standard (CAP 1.2, section 3.3.2) forbids the letter Z; its schema allows no fractions. What
``datetime.isoformat`` writes breaks both. No clock is read here.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from huiyin.domain.errors import Refusal

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
_WIDEST = timedelta(hours=14)  # XML Schema part 2, 3.2.7.3


def written(moment: datetime) -> str:
    """The instant as text, cut to the second, in its own offset.

    A time without offset, or with one of broken minutes, is ``Refusal("alert-time-offset")``.
    """
    offset = moment.utcoffset()
    if offset is None or offset % timedelta(minutes=1):
        raise Refusal("alert-time-offset", time=moment.isoformat())
    plain = moment.replace(tzinfo=None, microsecond=0).isoformat()
    if not offset:
        return f"{plain}-00:00"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"{plain}{'-' if offset < timedelta() else '+'}{hours:02}:{minutes:02}"


def read(text: str) -> datetime | None:
    """The instant, or None for what the schema does not accept."""
    if _FORM.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # the 30th of February, hour 25, offset +25:00
        return None
    offset = moment.utcoffset()
    return moment if offset is not None and abs(offset) <= _WIDEST else None
