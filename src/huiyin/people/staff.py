"""The signed-in member of staff of a request, as the access rule sees them."""

from __future__ import annotations

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
