"""The warning on every page of the office while a witness lags, refuses or contradicts.

Asked at most once a minute per process; an office without witnesses pays nothing.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from huiyin.domain.errors import Refusal
from huiyin.register.witnessing import standings

register = template.Library()
EVERY = 60  # seconds


@register.inclusion_tag("register/witness_warning.html")
def witness_warning() -> dict[str, Any]:
    """``loud``: the names of witnesses in trouble; ``broken``: the policy cannot be read."""
    if settings.HUIYIN_WITNESSES is None:
        return {}
    names, broken = _asked(str(settings.HUIYIN_WITNESSES), int(time.monotonic() // EVERY))
    return {"loud": names, "broken": broken}


@lru_cache(maxsize=1)
def _asked(path: str, minute: int) -> tuple[str, bool]:
    try:
        found = standings(timezone.now())
    except Refusal:
        return "", True
    except DatabaseError:
        return "", False  # the page around this has more urgent things to say
    names = [one.name for one in found.witnesses if one.trouble] if found else []
    return ", ".join(names), False
