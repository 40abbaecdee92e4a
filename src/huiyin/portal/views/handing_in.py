"""Handing in, one question a page, from the first door to the button.

The draft is a sealed sitting; addresses, logs and cookies hold nothing of it. What is
registered, and how, is ``cases.submitting``.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from huiyin.cases.submitting import submit
from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain
from huiyin.portal import draft as drafts
from huiyin.portal import limits
from huiyin.portal.already import already
from huiyin.portal.checking import check_rows
from huiyin.portal.choices import category_groups, find_categories
from huiyin.portal.forms import FORMS
from huiyin.portal.packs_here import emergency_lines, in_use
from huiyin.portal.representatives import representatives_line
from huiyin.portal.sittings import DRAFT, Open, drop_files, keep, resume
from huiyin.vault.queries import can_break_glass

CHANGE = "change"
HAND_IN = "hand-in"


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What will happen, and whether to stay unknown; POST begins a draft."""
    sitting = resume(request, DRAFT)
    if sitting is not None and "number" in sitting.value:
        return redirect("portal:receipt")
    if request.method == "POST":
        if sitting is None or "anew" in request.POST:
            if sitting is not None:
                drop_files(sitting)
            sitting = drafts.new_draft()
        return keep(sitting, _go(drafts.first_open(sitting.value)))
    used = in_use()
    context = {
        "section": "hand-in",
        "emergency": emergency_lines(used),
        "packs": used,
        "draft": sitting,
    }
    return render(request, "portal/hand_in_start.html", context)


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, step: str) -> HttpResponse:
    """One question; POST keeps the answer and goes on."""
    if step not in FORMS:
        raise Http404(step)
    sitting = resume(request, DRAFT)
    if sitting is None:
        return expired(request)
    if "number" in sitting.value:
        return redirect("portal:receipt")
    draft = sitting.value
    if step not in drafts.path(draft["answers"]):
        return _go(drafts.first_open(draft))
    if request.method != "POST":
        return _ask(request, draft, step, FORMS[step](initial=draft["answers"]))
    form = FORMS[step](request.POST)
    if step == "category" and "search" in request.POST:
        return _search(request, draft, form)
    if not form.is_valid():
        return _ask(request, draft, step, form)
    drafts.answer(draft, step, _values(form))
    return keep(sitting, _go(drafts.after(draft, step, CHANGE in request.GET)))


def _values(form: forms.Form) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "find"}


def _go(step: str | None) -> HttpResponse:
    if step is None:
        return redirect("portal:check")
    return redirect("portal:question", step)


def _ask(
    request: HttpRequest, draft: dict[str, Any], step: str, form: forms.Form, **more: Any
) -> HttpResponse:
    steps = drafts.path(draft["answers"])
    previous = drafts.before(draft, step)
    back = reverse("portal:question", args=[previous]) if previous else reverse("portal:hand-in")
    if CHANGE in request.GET:
        back = reverse("portal:check")
    context = {
        "section": "hand-in",
        "form": form,
        "step": step,
        "number": steps.index(step) + 1,
        "of": len(steps) + 1,
        "back": back,
        "anonymous": "identity" not in draft["answers"].get("reach", ()),
        **_extra(step, draft),
        **more,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"portal/question_{step}.html", context, status=status)


def _extra(step: str, draft: dict[str, Any]) -> dict[str, Any]:
    if step == "category":
        return {"groups": category_groups(), "chosen": draft["answers"].get("category", "")}
    if step == "people":
        return {"representatives": representatives_line(draft["answers"])}
    if step == "identity":
        return {"officers_ready": can_break_glass()}
    return {}


def _search(request: HttpRequest, draft: dict[str, Any], form: forms.Form) -> HttpResponse:
    """The category page with what was found; nothing is answered and nothing kept."""
    words = request.POST.get("find", "")[:100]
    fresh = FORMS["category"](initial={**draft["answers"], "find": words})
    return _ask(request, draft, "category", fresh, searched=True, found=find_categories(words))


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """All answers with a change link each; POST registers the complaint."""
    sitting = resume(request, DRAFT)
    if sitting is None:
        return expired(request)
    if "number" in sitting.value:
        return redirect("portal:receipt")
    waiting = drafts.first_open(sitting.value)
    if waiting is not None:
        return _go(waiting)
    if request.method != "POST":
        return _check_page(request, sitting)
    return _hand_in(request, sitting)


def _check_page(
    request: HttpRequest, sitting: Open, refusal: Refusal | None = None
) -> HttpResponse:
    words = explain(refusal) if refusal else None
    context = {
        "section": "hand-in",
        "rows": check_rows(sitting.value["answers"]),
        "refusal": words,
        "already": already(sitting.value["answers"]),
        "back": reverse("portal:question", args=[drafts.path(sitting.value["answers"])[-1]]),
    }
    return render(request, "portal/check.html", context, status=words.status if words else 200)


def _hand_in(request: HttpRequest, sitting: Open) -> HttpResponse:
    now = timezone.now()
    address = request.META.get("REMOTE_ADDR", "")
    if (wait := limits.hand_in_wait(address, now)) and "again" not in request.POST:
        # Nothing is turned away: the page asks to press the button once more, which spreads
        # a flood over time and costs a person one press (service.md, Interfaces).
        answer = render(request, "portal/busy.html", {"section": "hand-in"}, status=429)
        answer["Retry-After"] = str(wait)
        return answer
    files = drafts.files_of(sitting)
    command = drafts.command(sitting.value["answers"], get_language() or "en", files)
    try:
        handed_in = submit(command, code=drafts.code_of(sitting.value), now=now)
    except Refusal as refusal:
        return _check_page(request, sitting, refusal)
    drop_files(sitting)
    sitting.value = {"code": sitting.value["code"], "number": handed_in.case.number}
    return keep(sitting, redirect("portal:receipt"))


def expired(request: HttpRequest) -> HttpResponse:
    """There is no draft (any more). What this page was sent is shown once more, so that
    nobody has to write it twice; it is not kept."""
    typed = [
        value.strip()
        for name in ("text", "remedy", "about")
        if (value := request.POST.get(name, "")).strip()
    ]
    context = {"section": "hand-in", "typed": typed}
    return render(request, "portal/expired.html", context, status=410 if typed else 404)
