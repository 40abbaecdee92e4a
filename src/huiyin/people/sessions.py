"""Where somebody is signed in, and ending it: one's own sessions, for oneself alone.

A row says since when and in what kind of browser, never from which address. Whoever reads the
page cannot read a session from it: rows are named by a number, not by the cookie's secret.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from huiyin.people.models import SignIn, User

# What a browser calls itself, coarsely: enough to tell the desk from the phone, and no more.
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Macintosh", "Linux")


def browser_of(agent: str) -> str:
    """“Firefox, Windows”; “” for what cannot be told."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for name in _SYSTEMS if re.search(rf"\b{name}\b", agent)), "")
    return ", ".join(part for part in (browser, system) if part)


def note(request: HttpRequest, user: User) -> SignIn:
    """Keep that this session is the user's; called when they sign in."""
    if not request.session.session_key:
        request.session.save()
    agent = request.headers.get("user-agent", "")[:400]
    row, _ = SignIn.objects.update_or_create(
        session=request.session.session_key,
        defaults={"user": user, "since": timezone.now(), "browser": browser_of(agent)},
    )
    return row


def own(request: HttpRequest, user: User) -> list[SignIn]:
    """The user's living sessions, newest first; the present one is always among them."""
    if not SignIn.objects.filter(session=request.session.session_key, user=user).exists():
        note(request, user)
    rows = list(SignIn.objects.filter(user=user).order_by("-since", "-pk"))
    living = _living([row.session for row in rows], timezone.now())
    SignIn.objects.filter(pk__in=[row.pk for row in rows if row.session not in living]).delete()
    return [row for row in rows if row.session in living]


def _living(sessions: list[str], now: datetime) -> set[str]:
    found = Session.objects.filter(session_key__in=sessions, expire_date__gt=now)
    return set(found.values_list("session_key", flat=True))


def end(user: User, row: int) -> bool:
    """End one of the user's sessions; False if it is not theirs or over already."""
    found = SignIn.objects.filter(pk=row, user=user).first()
    if found is None:
        return False
    Session.objects.filter(session_key=found.session).delete()
    found.delete()
    return True


def end_others(request: HttpRequest, user: User) -> int:
    """End all of the user's sessions but the present one; returns how many."""
    others = SignIn.objects.filter(user=user).exclude(session=request.session.session_key)
    sessions = list(others.values_list("session", flat=True))
    ended, _ = Session.objects.filter(session_key__in=sessions).delete()
    others.delete()
    return ended
