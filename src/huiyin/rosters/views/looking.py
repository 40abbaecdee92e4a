"""Reading a roster: who is on duty now and next, the month, gaps, findings, fairness."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from huiyin.domain.access import SUPERVISOR
from huiyin.domain.errors import Refusal
from huiyin.domain.rosters import fairness
from huiyin.domain.rosters.checking import check as find
from huiyin.domain.rosters.covering import gaps
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.wallclock import day_start
from huiyin.people.naming import Names
from huiyin.people.refusing import pick, tag
from huiyin.people.staff import acting
from huiyin.rosters import presenting
from huiyin.rosters.queries import value_of, visible_to
from huiyin.rosters.views.opening import Opened, context, opened
from huiyin.rosters.wording import told

GAP_DAYS, FAIR_DAYS = 30, 90
HOUR = timedelta(hours=1)


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All rosters that the reader may see, each with who is on duty."""
    actor, now, names = acting(request), timezone.now(), Names()
    found = [
        {
            "row": row,
            "title": pick(row.title),
            "unit": names.unit(row.unit_id),
            "standings": presenting.standings(value_of(row, now), now),
        }
        for row in visible_to(actor)
    ]
    may_make = bool(actor.units(SUPERVISOR))
    return render(
        request, "rosters/list.html", {"section": "rosters", "found": found, "may_make": may_make}
    )


@login_required
@require_safe
def month(request: HttpRequest, roster: str) -> HttpResponse:
    """One month, and who is on duty now."""
    page = opened(request, roster)
    first = _month(request.GET.get("month", ""), page.today)
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    value = value_of(page.row, day_start(first, page.value.zone))
    more = {
        "first": first,
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}",
        "days": presenting.month(value, first, page.now, page.actor.id),
        "standings": presenting.standings(page.value, page.now),
    }
    return render(request, "rosters/month.html", context(page, "month", **more))


def _month(text: str, today: date) -> date:
    """The first day of the month asked for, within ten years; anything odd is this month."""
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        year, number = map(int, text.split("-"))
        if abs(year - today.year) <= 10:
            return date(year, number, 1)
    return today.replace(day=1)


@login_required
@require_safe
def check(request: HttpRequest, roster: str) -> HttpResponse:
    """Gaps of the coming 30 days, everything found, and who carries how much."""
    page = opened(request, roster)
    coming = Span(page.now, page.now + timedelta(days=GAP_DAYS))
    served = serve(page.value, coming)
    quarter = serve(page.value, Span(page.now, page.now + timedelta(days=FAIR_DAYS)))
    more = {
        "days": GAP_DAYS,
        "fair_days": FAIR_DAYS,
        "gaps": [_gap(page, gap) for gap in gaps(page.value, served)],
        "findings": _findings(page, coming),
        "parts": [_part(page, part) for part in fairness.table(page.value, quarter)],
    }
    return render(request, "rosters/check.html", context(page, "check", **more))


def _gap(page: Opened, gap: Any) -> dict[str, object]:
    return {
        "role": presenting.role_title(page.value, gap.role),
        "begin": presenting.local(gap.span.start, page.value.zone),
        "end": presenting.local(gap.span.end, page.value.zone),
        "lacking": gap.lacking,
    }


def _findings(page: Opened, span: Span) -> list[dict[str, object]]:
    try:
        found = find(page.value, span)
    except Refusal as refusal:
        if refusal.code != "calendar-year-missing":
            raise
        return []
    rows = [(f, *told(f, page.value, tag())) for f in found if f.rule != "gap"]
    return [{"kind": f.severity, "text": text, "remedy": remedy} for f, text, remedy in rows]


def _part(page: Opened, part: fairness.Part) -> dict[str, object]:
    return {
        "name": presenting.person_name(page.value, part.person),
        "shifts": part.shifts,
        "hours": round(part.duty / HOUR),
        "night": round(part.night / HOUR),
        "days_off": round(part.days_off / HOUR),
        "over": f"{part.over / HOUR:+.0f}",
        "never": not part.duty,
    }
