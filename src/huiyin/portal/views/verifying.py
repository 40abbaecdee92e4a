"""Checking a receipt on this server, and the register in words.

The verdict comes from ``domain.verification``, the same that ``huiyin verify`` uses offline;
the page says that an office checking its own receipts proves less than an outsider does.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.forms.utils import ErrorList
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.domain.verification import INVALID, Verdict, verify_receipt
from huiyin.people.refusing import tag
from huiyin.portal.forms import ReceiptFileForm
from huiyin.portal.uploads import SmallInMemory
from huiyin.register.queries import head, vkey
from huiyin.register.verdicts import closing, kind, say


@csrf_exempt  # only until the upload handler is set; ``_verify`` checks the token itself
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and after an upload the verdict in words."""
    handler = SmallInMemory(request)
    request.upload_handlers = [handler]
    return _verify(request, handler)


@csrf_protect
def _verify(request: HttpRequest, handler: SmallInMemory) -> HttpResponse:
    context: dict[str, Any] = {"section": "verify", "vkey": vkey()}
    if request.method != "POST":
        return render(request, "portal/verify.html", {**context, "form": ReceiptFileForm()})
    form = ReceiptFileForm(request.POST, request.FILES)
    if handler.too_large:
        form.errors["receipt"] = ErrorList([gettext("This file is larger than any receipt.")])
    if not form.is_valid():
        return render(request, "portal/verify.html", {**context, "form": form}, status=422)
    verdict = _judge(form.cleaned_data["receipt"].read())
    context |= {"form": ReceiptFileForm(), "verdict": verdict, **_words(verdict)}
    answer = render(request, "portal/verify.html", context)
    answer["Cache-Control"] = "no-store, private"
    return answer


def _judge(body: bytes) -> Verdict:
    """The verdict with our own key, if the receipt says that it is ours: then its key is not
    taken on its own word."""
    verdict = verify_receipt(body)
    if verdict.origin == settings.HUIYIN_ORIGIN and verdict.status != INVALID:
        return verify_receipt(body, vkey=vkey())
    return verdict


def _words(verdict: Verdict) -> dict[str, Any]:
    language = "zh-Hans" if tag().startswith("zh") else "en"
    return {
        "closing": closing(verdict, language),
        "findings": [
            {"kind": f.kind, "word": kind(f, language), "text": say(f, language)}
            for f in verdict.findings
        ],
    }


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register: size, newest checkpoint, key, and what it cannot show."""
    now = head()
    context = {
        "section": "register",
        "size": now.size,
        "checkpoint": now.checkpoint,
        "vkey": vkey(),
        "origin": settings.HUIYIN_ORIGIN,
    }
    return render(request, "portal/register.html", context)
