"""A fair plan for some weeks: made, looked at with its fairness, then taken over by a button.

What is taken over is what was looked at: the duties travel with the page, and a roster that has
changed since refuses them. Taken over, it is a temporary schedule; the rules go on where it leaves
a duty empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters import changing, fairness, planning
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.resting import breaches
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import Duty, Roster, Temporary
from huiyin.domain.rosters.wallclock import wall
from huiyin.people.refusing import explain
from huiyin.rosters import changes, optimising, presenting
from huiyin.rosters.forms import ProposalForm
from huiyin.rosters.views.opening import Opened, context, opened

# Nobody waits longer than this for a page; the plan found by then is shown.
SECONDS = 8.0
BEFORE = timedelta(days=60)
MOST_DUTIES = 2_000
HOUR = timedelta(hours=1)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, roster: str) -> HttpResponse:
    """Ask for a plan, look at it, take it over."""
    page = opened(request, roster, "edit")
    if request.method == "POST" and request.POST.get("do") == "take":
        return _take(request, page)
    form = ProposalForm(request.POST if request.method == "POST" else None, today=page.today)
    if request.method != "POST":
        return _page(request, page, form)
    if not form.is_valid():
        return _page(request, page, form, 422)
    return _made(request, page, form)


def _page(
    request: HttpRequest, page: Opened, form: ProposalForm, status: int = 200, **more: Any
) -> HttpResponse:
    shown = context(page, "propose", form=form, solver=optimising.available(), **more)
    return render(request, "rosters/propose.html", shown, status=status)


@dataclass(frozen=True)
class Proposal:
    """A plan with the roster as it would be."""

    plan: planning.Plan
    temporary: Temporary
    after: Roster

    @property
    def span(self) -> Span:
        """The time that it is about."""
        return self.temporary.span


def _made(request: HttpRequest, page: Opened, form: ProposalForm) -> HttpResponse:
    try:
        found = _proposal(page, form.cleaned_data["first"], form.cleaned_data["days"])
    except Refusal as refusal:
        words = explain(refusal)
        form.add_error(None, f"{words.text} {words.remedy}")
        return _page(request, page, form, words.status)
    return _page(request, page, form, proposal=_shown(page, found))


def _proposal(page: Opened, first: date, days: int) -> Proposal:
    value = page.value
    asked = planning.problem(value, first, first + timedelta(days=days - 1))
    if not asked.slots:
        raise Refusal("temporary-empty")
    begin = min(slot.span.start for slot in asked.slots)
    served = serve(value, Span(begin - BEFORE, begin)).shifts
    before = {p: tuple(s.span for s in served if s.person == p) for p in value.people}
    problem = replace(asked, before=before)
    solved = optimising.available()
    plan = optimising.optimal(problem, SECONDS) if solved else planning.greedy(problem)
    duties = plan.duties()
    if not duties:
        raise Refusal("temporary-empty")
    span = Span(min(d.span.start for d in duties), max(d.span.end for d in duties))
    temporary = Temporary("new", span, duties, otherwise_rules=True)
    return Proposal(plan, temporary, changing.with_temporary(value, temporary, page.now))


def _shown(page: Opened, found: Proposal) -> dict[str, Any]:
    value, span = page.value, found.span
    now, then = serve(value, span), serve(found.after, span)
    parts = zip(fairness.table(value, now), fairness.table(found.after, then), strict=True)
    return {
        "days": _days(page, found),
        "roles": [title for _key, title in presenting.role_choices(value)],
        "method": found.plan.method,
        "empty": [presenting.day_and_clock(s.span, value.zone) for s in found.plan.empty()],
        "tired": len(breaches(value.rest, then.shifts)),
        "fair": [_fair(value, before, after) for before, after in parts],
        "data": json.dumps(_data(page, found), separators=(",", ":")),
        "begin": presenting.local(span.start, value.zone),
        "end": presenting.local(span.end, value.zone),
    }


def _days(page: Opened, found: Proposal) -> list[dict[str, Any]]:
    """A line a day: who begins which duty on it."""
    lines: dict[date, dict[str, list[str]]] = {}
    for duty in found.temporary.duties:
        day = wall(duty.span.start, page.value.zone).date()
        line = lines.setdefault(day, {role: [] for role in page.value.roles})
        line[duty.role].append(presenting.person_name(page.value, duty.person))
    return [{"day": day, "names": list(line.values())} for day, line in sorted(lines.items())]


def _fair(roster: Roster, before: fairness.Part, after: fairness.Part) -> dict[str, Any]:
    return {
        "name": presenting.person_name(roster, after.person),
        "before": round(before.duty / HOUR),
        "hours": round(after.duty / HOUR),
        "days_off": round(after.days_off / HOUR),
        "night": round(after.night / HOUR),
        "over": f"{after.over / HOUR:+.0f}",
        "never": not after.duty,
    }


def _data(page: Opened, found: Proposal) -> dict[str, Any]:
    return {
        "seen": page.row.seq,
        "duties": [
            [d.role, d.person, d.span.start.isoformat(), d.span.end.isoformat()]
            for d in found.temporary.duties
        ],
    }


def _take(request: HttpRequest, page: Opened) -> HttpResponse:
    form = ProposalForm(None, today=page.today)
    try:
        seen, duties = _read(request.POST.get("data", ""))
        span = Span(min(d.span.start for d in duties), max(d.span.end for d in duties))
        changes.add_temporary(page.row.pk, span, duties, True, page.actor, page.now, seen=seen)
    except Refusal as refusal:
        return _page(request, page, form, explain(refusal).status, refusal=explain(refusal))
    messages.success(request, _("The plan was taken over as a temporary schedule."))
    return redirect("rosters:month", page.row.pk)


def _read(text: str) -> tuple[int, list[Duty]]:
    """The plan that the page carried. Raises Refusal ``roster-proposal-old`` for anything else."""
    try:
        data = json.loads(text[:1_000_000])
        duties = [
            Duty(str(role), str(person), Span(_instant(start), _instant(end)))
            for role, person, start, end in data["duties"][:MOST_DUTIES]
        ]
        seen = int(data["seen"])
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise Refusal("roster-proposal-old") from None
    if not duties:
        raise Refusal("roster-proposal-old")
    return seen, duties


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)
