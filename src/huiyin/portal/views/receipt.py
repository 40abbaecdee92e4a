"""The receipt after handing in: number, code once, next dates; then the code is gone.

The code can be seen until its last group has been typed, which shows that it was noted;
after that nobody can show it again, because it is stored nowhere.
"""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain.fingerprints import words_of
from huiyin.domain.receipts import Code
from huiyin.people.refusing import tag
from huiyin.portal.acts import follow_sitting
from huiyin.portal.draft import code_of
from huiyin.portal.forms import NotedForm
from huiyin.portal.receipts import receipt_bytes
from huiyin.portal.sittings import DRAFT, Open, end, keep, resume
from huiyin.portal.telling import story_of
from huiyin.portal.views.handing_in import expired
from huiyin.register.queries import head
from huiyin.reports.receipts import Paper, receipt_pdf


def _held(request: HttpRequest) -> Open | None:
    sitting = resume(request, DRAFT)
    return sitting if sitting is not None and "number" in sitting.value else None


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The receipt with its code; POST with the last group opens the case and ends this page."""
    sitting = _held(request)
    if sitting is None:
        return expired(request)
    code = code_of(sitting.value)
    form = NotedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _same_group(form.cleaned_data["last"], code):
            answer = redirect("portal:follow")
            return keep(follow_sitting(code), end(request, DRAFT, answer))
        form.add_error("last", gettext("This is not the last group of the code above."))
    return _page(request, sitting, code, form)


def _same_group(typed: str, code: Code) -> bool:
    """Whether ``typed`` is the last group, or the whole code, however it was written."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    letters = letters.translate(str.maketrans("OIL", "011"))
    return letters in (code.groups[-1], "".join(code.groups))


def _page(request: HttpRequest, sitting: Open, code: Code, form: NotedForm) -> HttpResponse:
    case = Case.objects.get(number=sitting.value["number"])
    history = history_of(case)
    now = timezone.now()
    context: dict[str, Any] = {
        "section": "hand-in",
        "number": case.number,
        "code": code.text,
        "form": form,
        "story": story_of(case, history, now),
        "qr": qr_of(code),
        "address": follow_address(),
        **_state(),
    }
    status = 422 if form.is_bound else 200
    with timezone.override(history.law.zone):
        return render(request, "portal/receipt.html", context, status=status)


def _state() -> dict[str, Any]:
    """The register's state in the twelve words of the notice board, for the paper."""
    now = head()
    return {
        "words": words_of(now.root, tag()),
        "words_lang": "zh" if tag().startswith("zh") else "en",
        "size": now.size,
    }


def follow_address() -> str:
    """Where a case is followed, as it is printed on paper."""
    return settings.HUIYIN_PUBLIC_URL + reverse("portal:follow")


def qr_of(code: Code) -> SafeString:
    """The address with the code behind ``#``, which browsers never send to a server."""
    drawing = segno.make(f"{follow_address()}#{code.text}", error="m", micro=False)
    svg = drawing.svg_inline(scale=4, border=4, svgclass="hy-qr", lineclass=None, omitsize=True)
    return mark_safe(svg)  # made of black squares by the line above


@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """The receipt file of the complaint just handed in."""
    sitting = _held(request)
    if sitting is None:
        return expired(request)
    return file_answer(request, Case.objects.get(number=sitting.value["number"]))


@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """The same on paper, with the code: as long as this page shows it, and not later."""
    sitting = _held(request)
    if sitting is None:
        return expired(request)
    code = code_of(sitting.value)
    qr = f"{follow_address()}#{code.text}"
    case = Case.objects.get(number=sitting.value["number"])
    return paper_answer(case, Paper(follow_address(), code.text, qr))


def paper_answer(case: Case, paper: Paper) -> HttpResponse:
    """The receipt as PDF, in the language of the page."""
    pdf = receipt_pdf(case, history_of(case), tag(), paper)
    answer = HttpResponse(pdf, content_type="application/pdf")
    # A name that says nothing to whoever looks at the downloads of a shared computer.
    answer["Content-Disposition"] = 'attachment; filename="receipt.pdf"'
    return answer


def file_answer(request: HttpRequest, case: Case) -> HttpResponse:
    """The receipt file as a download that no cache keeps; with ``?words=no`` without the texts."""
    opened = () if request.GET.get("words") == "no" else None
    body = receipt_bytes(case, history_of(case), timezone.now(), opened)
    answer = HttpResponse(body, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{case.number}.receipt.json"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
