"""The signed-in member of staff of a request, as the access rule sees them."""

from __future__ import annotations

import time

from allauth.account import app_settings as account
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.utils import timezone

from huiyin.domain.access import Actor
from huiyin.people.queries import actor_of


def acting(request: HttpRequest) -> Actor:
    """The actor behind the request, read once per request; an empty actor if nobody."""
    held = getattr(request, "huiyin_actor", None)
    if held is None:
        user = request.user
        today = timezone.localdate()
        held = actor_of(user.pk, today) if user.is_authenticated else Actor("")
        request.huiyin_actor = held  # type: ignore[attr-defined]  # cache on the request
    return held


def confirmed_recently(request: HttpRequest) -> bool:
    """Whether the user has shown once more who they are, a moment ago, in this session.

    Our own reading of allauth's records: its own answer is yes for an account that has neither
    password nor second factor, and such an account has shown nothing.
    """
    records = get_authentication_records(request, request.user)
    shown = [float(one["at"]) for one in records if one.get("reauthenticated")]
    return bool(shown) and time.time() - max(shown) < account.REAUTHENTICATION_TIMEOUT
