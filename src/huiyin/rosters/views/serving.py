"""For those who serve: swaps, handovers; and calling them to see who answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.wallclock import wall
from huiyin.rosters import changes, duty, presenting
from huiyin.rosters.forms import CallForm, HandoverForm, SwapForm
from huiyin.rosters.models import Call, Handover, Run, Swap
from huiyin.rosters.queries import reach_counts
from huiyin.rosters.views.opening import Opened, Step, context, opened, taken
from huiyin.vault import queries as vault

MOST_SHOWN = 30
# Between these hours a call counts as one by day.
DAY_HOURS = range(7, 22)


def _row_of(request: HttpRequest) -> int:
    text = request.POST.get("row", "")
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise Refusal("roster-row-unknown")


# -- swaps ------------------------------------------------------------------------------------

_ANSWERS = {
    "accept": changes.accept_swap,
    "decline": changes.decline_swap,
    "withdraw": changes.withdraw_swap,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def swap(request: HttpRequest, roster: str) -> HttpResponse:
    """Ask for a swap, answer one, take one back."""
    page = opened(request, roster, "serve")
    status, step = 200, _asking(page, request)
    if request.method == "POST":
        answer = _ANSWERS.get(request.POST.get("do", ""))
        if answer is not None:
            answer(page.row.pk, _row_of(request), page.actor, page.now)
            messages.success(request, _("Done."))
            return redirect("rosters:swap", page.row.pk)
        found, status = taken(request, {"ask": step}, "rosters:swap", page.row.pk)
        if found is not None:
            return found
    rows = Swap.objects.filter(roster=page.row, state="asked").order_by("asked")
    more = {"form": step.form, "swaps": [_swap(page, row) for row in rows if _open(page, row)]}
    return render(request, "rosters/swap.html", context(page, "swap", **more), status=status)


def _asking(page: Opened, request: HttpRequest) -> Step:
    shifts = presenting.coming(page.value, page.now)
    mine = [s for s in shifts if s.person == page.actor.id]
    others = [
        (f"|{p}|", _("%(name)s, nothing in return") % {"name": name})
        for p, name in presenting.people_choices(page.value, page.today)
        if p != page.actor.id
    ]
    others += [presenting.shift_choice(page.value, s) for s in shifts if s.person != page.actor.id]
    data = request.POST if request.POST.get("do") == "ask" else None
    choices = [presenting.shift_choice(page.value, s) for s in mine]
    form = SwapForm(data, mine=choices, theirs=others)

    def act(d: dict[str, Any]) -> None:
        given = presenting.shift_of_choice(d["mine"], shifts, page.value)
        taken_shift = presenting.shift_of_choice(d["theirs"], shifts, page.value)
        if given is None:
            raise Refusal("swap-changed")
        taker = d["theirs"].split("|")[1]
        changes.ask_swap(page.row.pk, given, taker, taken_shift, page.actor, page.now)

    return Step(form, act, _("Asked. The other person sees it on this page."))


def _open(page: Opened, row: Swap) -> bool:
    """Whether somebody can still say yes: what has begun is not swapped any more."""
    shifts = [changes.shift_of(given) for given in (row.given, row.taken) if given]
    return all(shift.start > page.now for shift in shifts)


def _swap(page: Opened, row: Swap) -> dict[str, object]:
    given = changes.shift_of(row.given)
    taken_shift = changes.shift_of(row.taken) if row.taken else None
    return {
        "row": row.pk,
        "given": presenting.shift_choice(page.value, given)[1],
        "taken": presenting.shift_choice(page.value, taken_shift)[1] if taken_shift else "",
        "taker": presenting.person_name(page.value, str(row.taker_id)),
        "for_me": str(row.taker_id) == page.actor.id,
        "by_me": str(row.asker_id) == page.actor.id,
        "asked": row.asked,
    }


# -- handover ---------------------------------------------------------------------------------

_SIGNING = {
    "take": (duty.take_over, gettext_lazy("Signed. The duty is yours.")),
    "withdraw": (duty.withdraw_handover, gettext_lazy("Taken back.")),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, roster: str) -> HttpResponse:
    """Write and sign a handover, sign that one was taken, or take one back."""
    page = opened(request, roster, "serve")
    step, status = _giving(page, request), 200
    if request.method == "POST":
        answer = _SIGNING.get(request.POST.get("do", ""))
        if answer is not None:
            act, said = answer
            act(page.row.pk, _row_of(request), page.actor, page.now)
            messages.success(request, said)
            return redirect("rosters:handover", page.row.pk)
        found, status = taken(request, {"give": step}, "rosters:handover", page.row.pk)
        if found is not None:
            return found
    more = {"form": step.form, "handovers": _handovers(page)}
    return render(
        request, "rosters/handover.html", context(page, "handover", **more), status=status
    )


def _giving(page: Opened, request: HttpRequest) -> Step:
    people = presenting.people_choices(page.value, page.today)
    data = request.POST if request.POST.get("do") == "give" else None
    form = HandoverForm(
        data,
        people=[p for p in people if p[0] != page.actor.id],
        roles=presenting.role_choices(page.value),
    )
    return Step(
        form,
        lambda d: duty.hand_over(
            page.row.pk, d["role"], d["into"], d["note"], page.actor, page.now
        ),
        _("Signed. The other person signs too, then the handover is complete."),
    )


def _handovers(page: Opened) -> list[dict[str, object]]:
    rows = list(
        Handover.objects.filter(roster=page.row).select_related("role").order_by("-pk")[:MOST_SHOWN]
    )
    notes = vault.get_many((row.stream, row.note) for row in rows if row.note)
    return [
        {
            "row": row.pk,
            "role": presenting.role_title(page.value, row.role.key),
            "out": presenting.person_name(page.value, str(row.out_id)),
            "into": presenting.person_name(page.value, str(row.into_id)),
            "note": notes.get(row.note, "") if row.note else "",
            "destroyed": row.note is None,
            "signed_out": presenting.local(row.signed_out, page.value.zone),
            "signed_in": presenting.local(row.signed_in, page.value.zone)
            if row.signed_in
            else None,
            "withdrawn": presenting.local(row.withdrawn, page.value.zone)
            if row.withdrawn
            else None,
            "to_me": _waits(row) and str(row.into_id) == page.actor.id,
            "by_me": _waits(row) and str(row.out_id) == page.actor.id,
        }
        for row in rows
    ]


def _waits(row: Handover) -> bool:
    return row.signed_in is None and row.withdrawn is None


# -- reachability -----------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest, roster: str) -> HttpResponse:
    """Call everybody once and write down who answers."""
    page = opened(request, roster, "edit")
    run = Run.objects.filter(roster=page.row).order_by("-pk").first()
    step, status = _calling(page, request, run), 200
    if request.method == "POST":
        if request.POST.get("do") == "begin":
            duty.begin_run(page.row.pk, page.actor, page.now)
            messages.success(request, _("The test has begun."))
            return redirect("rosters:reach", page.row.pk)
        found, status = taken(request, {"call": step}, "rosters:reach", page.row.pk)
        if found is not None:
            return found
    more = {"form": step.form, "run": run, **_results(page, run)}
    return render(request, "rosters/reach.html", context(page, "reach", **more), status=status)


def _calling(page: Opened, request: HttpRequest, run: Run | None) -> Step:
    data = request.POST if request.POST.get("do") == "call" else None
    people = presenting.people_choices(page.value, page.today)
    form = CallForm(data, people=people, channels=presenting.channel_choices())
    hours = "day" if wall(page.now, page.value.zone).hour in DAY_HOURS else "night"

    def act(d: dict[str, Any]) -> None:
        if run is None:
            raise Refusal("roster-row-unknown")
        duty.note_call(
            page.row.pk, run.pk, d["person"], d["channel"], hours, d["answered"] == "yes",
            d["seconds"], page.actor, page.now,
        )  # fmt: skip

    return Step(form, act, _("Written down."))


def _results(page: Opened, run: Run | None) -> dict[str, object]:
    channels = dict(presenting.channel_choices())
    calls = Call.objects.filter(run=run).order_by("pk") if run else []
    counts = reach_counts([page.row.pk], timezone.now() - timedelta(days=366))
    hours = {"day": _("by day"), "night": _("by night")}
    return {
        "calls": [
            {
                "name": presenting.person_name(page.value, str(c.user_id)),
                "channel": channels[c.channel],
                "answered": c.answered,
                "seconds": c.seconds,
            }
            for c in calls
        ],
        "counts": [
            [presenting.person_name(page.value, person), channels[channel], hours[when], n, asked]
            for (person, channel, when), (n, asked) in sorted(counts.items())
        ],
        "uncalled": _uncalled(page, calls),
    }


def _uncalled(page: Opened, calls: Any) -> list[str]:
    called = {str(call.user_id) for call in calls}
    people = presenting.people_choices(page.value, page.today)
    return [name for person, name in people if person not in called]
