"""A temporary schedule of several people: when it stands, who is on which duty in it; and one that
stands, changed duty by duty."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.values import Duty, Temporary
from huiyin.rosters import changes, presenting
from huiyin.rosters.forms import DutyRow, OneDuty, TemporaryForm
from huiyin.rosters.views.opening import Opened, Step, context, opened, taken

ROWS, MORE, MOST = 4, 4, 60


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: HttpRequest, roster: str) -> HttpResponse:
    """The form; “more rows” keeps what is typed."""
    page = opened(request, roster, "edit")
    sent = request.method == "POST"
    form = TemporaryForm(
        request.POST if sent else None, zone=page.value.zone, today=page.today,
        at=presenting.usual_time(page.value), prefix="temporary",
    )  # fmt: skip
    rows = _rows(page, request)
    status = 200
    if sent and request.POST.get("do") != "more":
        valid = form.is_valid() & rows.is_valid()
        step = Step(form, lambda d: _make(page, d, rows), _("The temporary schedule stands."))
        if valid:
            answer, status = taken(request, {"temporary": step}, "rosters:changes", page.row.pk)
            if answer is not None:
                return answer
        status = status if valid else 422
    shown = form if not sent or request.POST.get("do") != "more" else _unchecked(form)
    more = {"form": shown, "rows": rows, "more": len(rows.forms) < MOST}
    return render(request, "rosters/schedule.html", context(page, "changes", **more), status=status)


def _unchecked(form: TemporaryForm) -> TemporaryForm:
    """The form as it was typed, not judged yet."""
    form.is_bound = False
    form.initial = {name: form[name].data for name in form.fields}
    return form


def _rows(page: Opened, request: HttpRequest) -> BaseFormSet[DutyRow]:
    formset = formset_factory(DutyRow, extra=ROWS, max_num=MOST, absolute_max=MOST)
    options: dict[str, Any] = {
        "people": presenting.people_choices(page.value, page.today),
        "roles": presenting.role_choices(page.value),
        "zone": page.value.zone,
    }
    if request.method != "POST":
        return formset(prefix="row", form_kwargs=options)
    posted = request.POST.copy()
    if posted.get("do") == "more":
        number = posted.get("row-TOTAL_FORMS", "")
        known = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else ROWS
        posted["row-TOTAL_FORMS"] = str(min(known + MORE, MOST))
    return formset(posted, prefix="row", form_kwargs=options)


def _make(page: Opened, data: dict[str, Any], rows: BaseFormSet[DutyRow]) -> None:
    duties = [duty for row in rows.forms if (duty := _duty(row, data)) is not None]
    if not duties:
        raise Refusal("temporary-empty")
    changes.add_temporary(
        page.row.pk, data["span"], duties, data["otherwise"], page.actor, page.now, data["sure"]
    )


def _duty(row: DutyRow, data: dict[str, Any]) -> Duty | None:
    return row.duty(data["span"])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def duties(request: HttpRequest, roster: str, temporary: int) -> HttpResponse:
    """The coming duties of a schedule; one of them (``?row=``) or a new one in a form."""
    page = opened(request, roster, "edit")
    standing = {t.id: t for t in page.value.temporary if t.span.end > page.now}
    if (schedule := standing.get(str(temporary))) is None:
        raise Refusal("roster-row-unknown")
    number, old = _chosen(request, page, schedule)
    step, status = _changing(request, page, schedule, old), 200
    if request.method == "POST":
        steps = {"save": step, "drop": step}
        answer, status = taken(request, steps, "rosters:duties", roster, temporary)
        if answer is not None:
            return answer
    more = {
        "form": step.form, "row": number, "seen": page.row.seq, "schedule": temporary,
        "rows": _lines(page, schedule),
        "begin": presenting.local(schedule.span.start, page.value.zone),
        "end": presenting.local(schedule.span.end, page.value.zone),
    }  # fmt: skip
    return render(request, "rosters/duties.html", context(page, "changes", **more), status=status)


def _lines(page: Opened, schedule: Temporary) -> list[dict[str, object]]:
    return [
        {
            "number": number,
            "time": presenting.day_and_clock(duty.span, page.value.zone),
            "role": presenting.role_title(page.value, duty.role),
            "person": presenting.person_name(page.value, duty.person),
        }
        for number, duty in enumerate(schedule.duties)
        if duty.span.end > page.now
    ]


def _chosen(
    request: HttpRequest, page: Opened, schedule: Temporary
) -> tuple[int | None, Duty | None]:
    """The duty that the address or the form names; none for a new one. Raises Refusal
    ``roster-row-unknown``."""
    text = request.POST.get("row", "") or request.GET.get("row", "")
    if not text:
        return None, None
    known = {str(line["number"]) for line in _lines(page, schedule)}
    if text not in known:
        raise Refusal("roster-row-unknown")
    return int(text), schedule.duties[int(text)]


def _changing(request: HttpRequest, page: Opened, schedule: Temporary, old: Duty | None) -> Step:
    zone, drop = page.value.zone, request.POST.get("do") == "drop"
    form = OneDuty(
        request.POST if request.method == "POST" else None,
        people=presenting.people_choices(page.value, page.today),
        roles=presenting.role_choices(page.value), zone=zone,
        initial=OneDuty.typed(old, zone) if old else None,
    )  # fmt: skip

    def act(d: dict[str, Any]) -> None:
        new = None if drop else form.duty(schedule.span)
        if new is None and (old is None or not drop):
            raise Refusal("temporary-empty")
        seen = request.POST.get("seen", "")
        known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
        changes.change_duty(
            page.row.pk, int(schedule.id), old, new, page.actor, page.now, d["sure"], known
        )

    return Step(form, act, _("Changed."))
