"""Following a case with the receipt code: one page, no account, nothing in the address.

The code opens a sealed sitting and is forgotten; the page shows what the story says this
reader may know. Acts have their own module (``acting``).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from huiyin.cases.contact import ERASED, UNSEALED
from huiyin.cases.cosigning import CO_SIGN, signatures, token_of
from huiyin.cases.file_rows import file_rows
from huiyin.cases.files import files_of
from huiyin.cases.models import Case
from huiyin.cases.projection import asked
from huiyin.cases.queries import history_of
from huiyin.cases.recording import History
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import tag_of
from huiyin.people.refusing import Explained, explain, pick
from huiyin.portal.act_forms import MessageForm
from huiyin.portal.acts import find_case, follow_sitting
from huiyin.portal.forms import CodeForm
from huiyin.portal.sittings import DRAFT, FOLLOW, Open, end, keep, refresh, resume
from huiyin.portal.telling import (
    answer_of,
    bubbles,
    can_write,
    listed_acts,
    openings,
    readings,
    remedy_acts,
    story_of,
    timeline,
    told,
)
from huiyin.portal.views.receipt import file_answer, follow_address, paper_answer
from huiyin.reports.filling import letter_for
from huiyin.reports.receipts import Paper
from huiyin.vault.queries import open_identity_as_complainant


def opened(request: HttpRequest) -> tuple[Open, Case] | None:
    """The sitting that follows a case, and the case; None without one."""
    sitting = resume(request, FOLLOW)
    if sitting is None or "lookup" not in sitting.value:
        return None
    case = Case.objects.filter(lookup=bytes.fromhex(sitting.value["lookup"])).first()
    return (sitting, case) if case is not None else None


def closed(request: HttpRequest, typed: str = "") -> HttpResponse:
    """There is no open case in this browser (any more); typed text is shown once more."""
    context = {"section": "follow", "form": CodeForm(), "expired": True, "typed": typed}
    return render(request, "portal/follow_code.html", context, status=401)


def tour() -> list[tuple[str, str]]:
    """Codes of a demonstration with what they show; nothing anywhere else."""
    if not settings.HUIYIN_DEMO:
        return []
    from huiyin.demo.tour import stops

    return [(code, pick(words)) for code, words in stops()]


@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """The code form, or the case; POST with a code opens the case."""
    if request.method == "POST":
        return _open(request)
    found = opened(request)
    if found is None:
        context = {"section": "follow", "form": CodeForm(), "tour": tour()}
        return render(request, "portal/follow_code.html", context)
    sitting, case = found
    return refresh(sitting, case_page(request, case, history_of(case)))


def _open(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    status = 422
    if form.is_valid():
        address = request.META.get("REMOTE_ADDR", "")
        try:
            found = find_case(form.cleaned_data["code"], address, timezone.now())
        except Refusal as refusal:
            words = explain(refusal)
            form.add_error("code", f"{words.text} {words.remedy}")
            status = words.status
        else:
            return keep(follow_sitting(found.code), redirect("portal:follow"))
    # What was typed is not sent back: a code with one slip is still nearly a code.
    context = {"section": "follow", "form": _emptied(form)}
    return render(request, "portal/follow_code.html", context, status=status)


def _emptied(form: CodeForm) -> CodeForm:
    form.data = {"code": ""}
    return form


def case_page(
    request: HttpRequest,
    case: Case,
    history: History,
    form: MessageForm | None = None,
    refusal: Explained | None = None,
    changed: list[str] | None = None,
) -> HttpResponse:
    """The whole case for its complainant."""
    story, pack = story_of(case, history, timezone.now()), history.law.pack
    status = refusal.status if refusal else 422 if form and form.errors else 200
    context: dict[str, Any] = {
        "section": "follow",
        "case": case,
        "story": story,
        "acts": listed_acts(story, history.law),
        "answer": answer_of(story, pack),
        "timeline": timeline(story, pack),
        "bubbles": bubbles(story),
        "form": form or MessageForm(initial={"seen": story.seq}),
        "can_write": can_write(story),
        "openings": openings(story),
        "readings": readings(story),
        "unsealed": any(entry.act == UNSEALED for entry in story.entries),
        "has_identity": case.contact == "identity",
        "keyed": not any(entry.act == ERASED for entry in story.entries),
        "files": file_rows(files_of(case, history)),
        "asked": asked(pack, story.state),
        "signed": signatures(history.events),
        "join": join_address(case, history),
        "remedy_acts": remedy_acts(story, pack),
        "told": told(case),
        "refusal": refusal,
        "changed": changed or [],
    }
    # Dates as they are at the office: the law counts its days there.
    with timezone.override(history.law.zone):
        return render(request, "portal/follow.html", context, status=status)


def join_address(case: Case, history: History) -> str:
    """The link by which others co-sign, for a grievance of several people that is open."""
    law, state = history.law, history.state
    rule = law.pack.acts.get(CO_SIGN)
    if case.people < 2 or rule is None or state.stage not in rule.at:
        return ""
    return settings.HUIYIN_PUBLIC_URL + reverse("portal:join", args=[token_of(case.number)])


@require_GET
def receipt(request: HttpRequest) -> HttpResponse:
    """The receipt file as the case stands now."""
    found = opened(request)
    if found is None:
        return closed(request)
    return file_answer(request, found[1])


@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """The receipt as PDF, as the case stands now; without the code, which nobody here knows."""
    found = opened(request)
    if found is None:
        return closed(request)
    return paper_answer(found[1], Paper(follow_address()))


@require_GET
def identity(request: HttpRequest) -> HttpResponse:
    """What the complainant sealed about themselves, shown back to them alone. A page of its
    own: whoever looks over their shoulder at the case does not read a name."""
    found = opened(request)
    if found is None:
        return closed(request)
    sitting, case = found
    try:
        fields = open_identity_as_complainant(case.vault, bytes.fromhex(sitting.value["key"]))
    except Refusal as refusal:
        if refusal.code != "identity-absent":
            raise
        fields = {}
    context = {"section": "follow", "case": case, "fields": fields}
    return refresh(sitting, render(request, "portal/identity.html", context))


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Forget the case on this device: both sittings end here and on the server."""
    answer = render(request, "portal/forgotten.html", {"section": "follow"})
    return end(request, FOLLOW, end(request, DRAFT, answer))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Exit this page: end everything and show a page about the office's opening.

    No ``Clear-Site-Data``: pages of a case are never stored, the two cookies are deleted by
    name, and the header would reach further and slower than wanted: "cookies" clears every
    service of the same domain, "cache" can keep a browser waiting just when somebody must go.
    """
    answer = redirect("portal:about")
    return end(request, FOLLOW, end(request, DRAFT, answer))


@require_safe
def letter(request: HttpRequest, seq: int) -> HttpResponse:
    """The letter of one entry of the own case as PDF. Raises Refusal ``letter-none``."""
    found = opened(request)
    if found is None:
        return closed(request)
    _, case = found
    pdf = letter_for(case, history_of(case), seq, tag_of(case.language))
    answer = HttpResponse(pdf, content_type="application/pdf")
    # A file name that says nothing to whoever looks at the downloads of a shared computer.
    answer["Content-Disposition"] = f'attachment; filename="letter-{seq}.pdf"'
    return answer
