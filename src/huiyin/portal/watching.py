"""Who watches the register, in words for the public and for staff.

A witness that lags or refuses is told to everybody who opens the page; staff also see what the
witness answered. The facts come from ``register.witnessing``.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain
from huiyin.register.stamping import newest
from huiyin.register.witnessing import standings


def watched(*, staff: bool) -> dict[str, Any]:
    """What the register page says of witnesses; a broken policy is said, not hidden."""
    address = settings.HUIYIN_PUBLIC_URL + reverse("register:checkpoint").removesuffix(
        "/checkpoint"
    )
    context: dict[str, Any] = {"staff": staff, "address": address, "watch": None, "alarms": []}
    context["stamped"] = newest()
    try:
        found = standings(timezone.now())
    except Refusal as refusal:
        words = explain(refusal)
        # Paths of the server are for staff.
        public = explain(Refusal(refusal.code)).text
        context["broken"] = f"{words.text} {words.remedy}" if staff else public
        return context
    if found is None:
        return context
    for witness in found.witnesses:
        if witness.trouble:
            words = explain(Refusal(witness.trouble, witness=witness.name))
            context["alarms"].append(f"{words.text} {words.remedy}" if staff else words.text)
    return context | {"watch": found}
