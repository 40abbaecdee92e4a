"""What every template may rely on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from huiyin.cases.queries import desk, desk_counts, soon_until
from huiyin.domain.access import CASE_ROLES, Actor, may
from huiyin.people.naming import office_name
from huiyin.people.staff import acting


def _counts(actor: Actor) -> dict[str, int]:
    if not any(actor.has(role) for role in CASE_ROLES):
        return {}
    now = timezone.now()
    return desk_counts(desk(actor, now, soon_until(now)))


def huiyin(request: HttpRequest) -> dict[str, Any]:
    """The office's name, whether this is a demo, and the counts of the desk for staff."""
    context: dict[str, Any] = {"office_name": office_name(), "demo_mode": settings.HUIYIN_DEMO}
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        actor = acting(request)
        context["actor"] = actor
        context["administers"] = may(actor, "administer")
        context["searches"] = may(actor, "search")
        # Lazy: pages without the office's header, and the desk itself, do not count here.
        context["desk_counts"] = SimpleLazyObject(lambda: _counts(actor))
    return context
