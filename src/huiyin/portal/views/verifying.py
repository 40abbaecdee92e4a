"""Checking a receipt on this server, and the register in words.

The verdict comes from ``domain.verification``, the same that ``huiyin verify`` uses offline;
the page says that an office checking its own receipts proves less than an outsider does.
"""

from __future__ import annotations

from typing import Any

import segno
from django.forms.utils import ErrorList
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.domain.findings import Verdict
from huiyin.domain.fingerprints import words_of
from huiyin.domain.notes import Note, parse_checkpoint, parse_note
from huiyin.domain.verification import MAX_BYTES, verify_receipt
from huiyin.people.receiving import receives_one
from huiyin.people.refusing import tag
from huiyin.portal import checking_here
from huiyin.portal.forms import ReceiptFileForm
from huiyin.portal.queries import register_totals
from huiyin.portal.watching import watched
from huiyin.register.queries import head, published, vkey
from huiyin.register.takeover import former_names
from huiyin.register.verdicts import closing, kind, say, table


@receives_one(MAX_BYTES)
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and after an upload the verdict in words."""
    language = checking_here.spoken(tag())
    ui = checking_here.ui()
    context: dict[str, Any] = {
        "section": "verify",
        "vkey": vkey(),
        "ui": ui,
        "words": {language: {**table(language), "ui": ui}},
        "scripts": checking_here.SCRIPTS,
    }
    if request.method != "POST":
        return render(request, "portal/verify.html", {**context, "form": ReceiptFileForm()})
    form = ReceiptFileForm(request.POST, request.FILES)
    given = request.FILES.get("receipt")
    if given is not None and (given.size or 0) > MAX_BYTES:
        form.errors["receipt"] = ErrorList([gettext("This file is larger than any receipt.")])
    if not form.is_valid():
        return render(request, "portal/verify.html", {**context, "form": form}, status=422)
    # Our own key is not taken on the word of a receipt that says to be ours.
    verdict = verify_receipt(form.cleaned_data["receipt"].read(), page=vkey(), now=timezone.now())
    context |= {"form": ReceiptFileForm(), "verdict": verdict, **_words(verdict)}
    answer = render(request, "portal/verify.html", context)
    answer["Cache-Control"] = "no-store, private"
    return answer


def _words(verdict: Verdict) -> dict[str, Any]:
    language = checking_here.spoken(tag())
    return {
        "spoken": language,
        "closing": closing(verdict, language),
        "findings": [
            {"kind": f.kind, "word": kind(f, language), "text": say(f, language)}
            for f in verdict.findings
        ],
    }


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The checking page as one file to save; it needs no server afterwards."""
    answer = HttpResponse(checking_here.offline_page(tag(), vkey()))
    answer["Content-Disposition"] = 'attachment; filename="huiyin-verify.html"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register: size, newest checkpoint, key, witnesses, and what it cannot show."""
    now = head()
    context = {
        "section": "register",
        "size": now.size,
        "checkpoint": published(),
        "vkey": vkey(),
        "former": former_names(),
        **watched(staff=request.user.is_authenticated),
    }
    return render(request, "portal/register.html", context)


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """Entries by class and month, as the statistics page shows them, for ``huiyin monitor``."""
    totals = register_totals()
    rows = [
        {"class": name, "month": f"{month:%Y-%m}", "count": n}
        for (name, month), n in sorted(totals.counts.items())
    ]
    answer = JsonResponse({"size": totals.size, "counted": totals.counted, "counts": rows})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint for the notice board: twelve words, QR code, text."""
    note = published()
    context: dict[str, Any] = {"section": "register", "vkey": vkey(), "checkpoint": note}
    if note:
        signed = parse_note(note)
        now = parse_checkpoint(signed.text)
        context |= {
            "words": words_of(now.root, tag()),
            "words_lang": "zh" if tag().startswith("zh") else "en",
            "size": now.size,
            "at": timezone.localtime(),
            # The register's own signature alone: a code of many signatures is hard to read.
            "qr": _qr(str(Note(signed.text, signed.signatures[:1]))),
        }
    return render(request, "portal/register_today.html", context)


def _qr(text: str) -> SafeString:
    drawing = segno.make(text, error="l", micro=False)
    svg = drawing.svg_inline(scale=4, border=4, svgclass="hy-qr", lineclass=None, omitsize=True)
    return mark_safe(svg)  # made of black squares by the line above
