"""One's own duty: the coming shifts on all rosters, and the address for one's calendar."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters import feeds, values
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import Shift
from huiyin.people.refusing import pick
from huiyin.rosters import duty, presenting
from huiyin.rosters.models import Feed, Roster
from huiyin.rosters.queries import value_of

BACK, AHEAD = timedelta(days=30), timedelta(days=180)
MOST_SHOWN = 40


def _own(user: int, span: Span) -> list[tuple[values.Roster, list[Shift]]]:
    """Somebody's shifts roster by roster."""
    rows = Roster.objects.filter(members__user_id=user).order_by("id")
    found = ((value := value_of(row, span.start), serve(value, span)) for row in rows)
    return [(v, [s for s in served.shifts if s.person == str(user)]) for v, served in found]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """My coming duty; a POST makes or ends the address for my calendar."""
    user, now = request.user, timezone.now()
    address = ""
    if request.method == "POST":
        if request.POST.get("do") == "end":
            duty.end_feed(user)  # type: ignore[arg-type]  # signed in
            messages.success(request, _("The address works no longer."))
            return redirect("rosters:mine")
        token = duty.make_feed(user, secrets.token_bytes(32), now)  # type: ignore[arg-type]
        address = settings.HUIYIN_PUBLIC_URL + reverse("rosters:feed", args=[token])
    rows = [
        {
            "begin": presenting.local(s.start, roster.zone),
            "time": presenting.clock(s.span, roster.zone),
            "role": presenting.role_title(roster, s.role),
            "title": pick(roster.title),
            "roster": roster.id,
        }
        for roster, shifts in _own(int(user.pk or 0), Span(now - timedelta(days=2), now + AHEAD))
        for s in shifts
        if s.end > now
    ]
    context = {
        "section": "rosters",
        "rows": sorted(rows, key=lambda row: row["begin"])[:MOST_SHOWN],
        "address": address,
        "has_feed": Feed.objects.filter(user_id=user.pk).exists(),
    }
    return render(request, "rosters/mine.html", context)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar that an address opens: roles and duty telephones, and nobody's name."""
    user = duty.user_of_feed(token)
    if user is None:
        raise Refusal("feed-unknown")
    now = timezone.now()
    with translation.override(settings.LANGUAGE_CODE):
        text = _calendar(user.pk, now)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="duty.ics"'
    return answer


def _calendar(user: int, now: datetime) -> str:
    host = urlsplit(settings.HUIYIN_PUBLIC_URL).hostname or "localhost"
    shifts, roles, phones = [], {}, {}
    for roster, own in _own(user, Span(now - BACK, now + AHEAD)):
        for role in roster.roles.values():
            key = f"{roster.id}-{role.id}"
            roles[key] = f"{pick(roster.title)}: {pick(role.name)}"
            phones[key] = role.phone
        shifts += [_named(roster.id, shift) for shift in own]
    words = feeds.Words(_("My duty"), roles, phones)
    return feeds.feed("duty", host, sorted(shifts), words, now)


def _named(roster: str, shift: Shift) -> Shift:
    """The shift with a role that is unique among all rosters."""
    return Shift(shift.start, shift.end, f"{roster}-{shift.role}", shift.person, shift.origin)
