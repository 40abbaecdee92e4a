"""Alerts (CAP 1.2) of a plan, for exercises and for one's own house: made from a prepared warning
with what only the moment knows, checked, read in plain words, kept, signed, downloaded."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin import alerts as rules
from huiyin.domain.cap import composing, reading, times
from huiyin.domain.cap import rules as cap
from huiyin.domain.cap.message import Alert as Message
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.alerting import Moment, at_once, cancelling, updating
from huiyin.people.naming import staff_names
from huiyin.people.receiving import receives_one
from huiyin.people.refusing import explain, pick, tag
from huiyin.plans import alerting
from huiyin.plans.forms import AlertForm, CancelForm, SignForm
from huiyin.plans.models import Alert, Version
from huiyin.plans.queries import Opened, open_plan
from huiyin.plans.views.loading import base, needs, opened

MOST_KEY_BYTES = 20_000
NO_ENTROPY = bytes(4)


@login_required
@require_safe
def listing(request: HttpRequest, plan: str) -> HttpResponse:
    """The prepared warnings of the plan, and the alerts that were made."""
    return _listing(request, _in_force(request, plan))


def _listing(
    request: HttpRequest, found: Opened, status: int = 200, **more: object
) -> HttpResponse:
    made = Alert.objects.filter(plan=found.row).select_related("follows", "followed_by")
    rows = list(made[:100])
    names = staff_names(row.by_id for row in rows)
    prepared = [(w.id, pick(w.title)) for w in found.plan.warnings.values()]
    titles = dict(prepared)
    made = [
        {"row": row, "title": titles.get(row.warning, row.warning),
         "by": names.get(str(row.by_id), ""), "next": getattr(row, "followed_by", None)}
        for row in rows
    ]  # fmt: skip
    context = base(found, prepared=prepared, made=made, sign=SignForm())
    return render(request, "plans/alerts.html", {**context, **more}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: HttpRequest, plan: str, warning: str) -> HttpResponse:
    """The form, the check with a preview in words, and the making of one alert."""
    found = _in_force(request, plan)
    needs(found, "write")
    return _compose(request, found, warning)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def update(request: HttpRequest, plan: str, alert: str) -> HttpResponse:
    """The same for what has changed: the new message names the one that it replaces."""
    found = _in_force(request, plan)
    needs(found, "write")
    earlier = _open_row(found, alert)
    return _compose(request, found, earlier.warning, earlier)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, plan: str, alert: str) -> HttpResponse:
    """Call an alert off, with the reason."""
    found = _in_force(request, plan)
    needs(found, "write")
    earlier = _open_row(found, alert)
    form = CancelForm(request.POST if request.method == "POST" else None)
    shown = {"form": form, "earlier": earlier, "preview": _words(_message(earlier))}
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "plans/alert_cancel.html", base(found, **shown), status=status)
    try:
        message = cancelling(_message(earlier), form.cleaned_data["reason"])
        alerting.make(
            found.version, earlier.warning, message, found.actor, timezone.now(), earlier
        )  # fmt: skip
    except Refusal as refusal:
        words = explain(refusal)
        shown |= {"refusal": words}
        return render(request, "plans/alert_cancel.html", base(found, **shown), status=words.status)
    messages.success(
        request, _("The cancellation was made. Nothing was sent: download it, or sign it.")
    )
    return redirect("plans:alerts", plan)


def _open_row(found: Opened, identifier: str) -> Alert:
    """An alert that may still be followed. Raises Refusal: alert-unknown, alert-followed."""
    row = Alert.objects.filter(plan=found.row, identifier=identifier).first()
    if row is None:
        raise Refusal("alert-unknown")
    if alerting.has_ended(row):
        raise Refusal("alert-followed")
    return row


def _message(row: Alert) -> Message:
    return reading.read(row.text.encode()).alert


def _compose(
    request: HttpRequest, found: Opened, warning: str, earlier: Alert | None = None
) -> HttpResponse:
    if warning not in found.plan.warnings:
        raise Refusal("plan-warning-unknown", warning=warning, known=sorted(found.plan.warnings))
    posted = request.method == "POST"
    form = AlertForm(request.POST if posted else None, initial=_initial(found, earlier))
    more: dict[str, Any] = {"title": pick(found.plan.warnings[warning].title), "form": form}
    if earlier:  # an exercise stays one, and so does what is actual
        del form.fields["kind"]
        more["earlier"] = earlier
    if not posted or not form.is_valid():
        return _form(request, found, 422 if posted else 200, **more)
    try:
        given = {"kind": earlier.status.lower() if earlier else "", **form.cleaned_data}
        message = at_once(found.plan, warning, _moment(found, given))
        if earlier:
            message = updating(message, _message(earlier))
        problems = _problems(message)
        if problems or request.POST.get("step") != "make":
            more |= {"checked": True, "problems_found": problems, "preview": _words(message)}
            return _form(request, found, 422 if problems else 200, **more)
        now = timezone.now()
        made = alerting.make(found.version, warning, message, found.actor, now, earlier)
    except Refusal as refusal:
        words = explain(refusal)
        return _form(request, found, words.status, **more, refusal=words)
    messages.success(request, _("The alert was made. Nothing was sent: download it, or sign it."))
    return redirect("plans:alerts", made.plan_id)


def _initial(found: Opened, earlier: Alert | None) -> dict[str, Any]:
    """What the earlier message said, where an update begins."""
    if earlier is None:
        return {"kind": "exercise"}
    message = _message(earlier)
    info, zone = message.info[0], ZoneInfo(found.plan.about.zone)
    told = {name: times.read(getattr(info, name)) for name in ("onset", "expires")}
    return {
        "to": message.restriction,
        "sender": message.sender,
        "severity": info.severity,
        "urgency": info.urgency,
        "certainty": info.certainty,
        "response": list(info.response_type),
        **{name: timezone.make_naive(at, zone) for name, at in told.items() if at},
    }


def _form(request: HttpRequest, found: Opened, status: int, **more: object) -> HttpResponse:
    return render(request, "plans/alert.html", base(found, **more), status=status)


def _moment(found: Opened, given: dict[str, Any]) -> Moment:
    zone = ZoneInfo(found.plan.about.zone)

    def written(at: datetime | None) -> str:
        return times.written(timezone.make_naive(at).replace(tzinfo=zone)) if at else ""

    return Moment(
        sender=given["sender"],
        actual=given["kind"] == "actual",
        to=given["to"],
        severity=given["severity"],
        urgency=given["urgency"],
        certainty=given["certainty"],
        response=tuple(given["response"]),
        onset=written(given["onset"]),
        expires=written(given["expires"]),
    )


def _problems(message: Message) -> list[tuple[str, str]]:
    """Everything that would stop this message, with what to write instead."""
    filled = composing.fill(message, timezone.now(), NO_ENTROPY)
    tongue = tag() if tag() in rules.LANGUAGES else "en"
    found = [f for f in (*cap.check(filled), *composing.check(filled)) if f.is_error]
    # Once, where the blocks of several languages lack the same.
    return list(dict.fromkeys(rules.explain(f, tongue) for f in found))


def _words(message: Message) -> list[dict[str, str]]:
    """What its readers will see, a block a language."""
    filled = composing.fill(message, timezone.now(), NO_ENTROPY)
    return [
        {
            "language": info.language,
            "headline": info.headline,
            "description": info.description,
            "instruction": info.instruction,
            "area": ", ".join(area.area_desc for area in info.area),
            "issuer": info.sender_name,
        }
        for info in filled.info
    ]


@login_required
@require_safe
def download(request: HttpRequest, plan: str, alert: str) -> HttpResponse:
    """A message as it may leave."""
    found = opened(request, plan)
    row = Alert.objects.filter(plan=found.row, identifier=alert).first()
    if row is None:
        raise Refusal("alert-unknown")
    answer = HttpResponse(row.text, content_type="application/cap+xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.identifier}.xml"'
    return answer


@receives_one(MOST_KEY_BYTES)
@login_required
@require_POST
def sign(request: HttpRequest, plan: str, alert: str) -> HttpResponse:
    """Sign a kept message with a key that comes along and is not kept."""
    found = _in_force(request, plan)
    needs(found, "write")
    form = SignForm(request.POST, request.FILES)
    if not form.is_valid():
        return _listing(request, found, 422, sign=form, signing=alert)
    key, certificate = (
        form.cleaned_data[name].read(MOST_KEY_BYTES) for name in ("key", "certificate")
    )
    try:
        alerting.sign(plan, alert, key, certificate, found.actor, timezone.now())
    except Refusal as refusal:
        words = explain(refusal)
        return _listing(request, found, words.status, refusal=words, signing=alert)
    messages.success(request, _("The alert was signed. The key was not kept."))
    return redirect("plans:alerts", plan)


def _in_force(request: HttpRequest, plan: str) -> Opened:
    """The version in force, else the newest. Raises Refusal ``plan-unknown``."""
    found = opened(request, plan)
    approved = Version.objects.filter(plan=found.row, status="approved").first()
    return open_plan(found.actor, plan, approved.number) if approved else found
