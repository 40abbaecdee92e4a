"""A complainant's acts on their case: one small page each, and the message under the dialogue.

The page carries the length of the history it was made from. If the case moved on meanwhile,
nothing is recorded, the page says what changed and keeps what was typed; if what moved on is
the same act of the same complainant, it was a double click and has been done.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.cases.acting import Request, by_complainant, news_since
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.recording import History
from huiyin.cases.story import ActView, Story
from huiyin.cases.submitting import TEXT_LIMIT
from huiyin.domain.errors import Refusal
from huiyin.domain.texts import clean_text
from huiyin.people.refusing import explain
from huiyin.portal.act_forms import ActForm, MessageForm
from huiyin.portal.sittings import refresh
from huiyin.portal.telling import (
    MESSAGE,
    act_of,
    act_row,
    changed_since,
    leads_to,
    listed_acts,
    page_acts,
    story_of,
)
from huiyin.portal.views.following import case_page, closed, opened
from huiyin.vault import queries as vault

TYPED_FIELDS = ("message", "reason")
_NOT_FIELDS = ("seen", "csrfmiddlewaretoken")


@require_POST
def message(request: HttpRequest) -> HttpResponse:
    """Send a message; the page comes back with it in the dialogue."""
    found = opened(request)
    if found is None:
        return closed(request, _typed(request))
    sitting, case = found
    form = MessageForm(request.POST.dict())
    if not form.is_valid():
        return case_page(request, case, history_of(case), _with_seen(form, case))
    values = {"message": form.cleaned_data["message"]}
    refusal = _perform(case, MESSAGE, values, form.cleaned_data["seen"])
    if refusal is None:
        return refresh(sitting, redirect("portal:follow"))
    history = history_of(case)
    changed = changed_since(history, form.cleaned_data["seen"])
    renewed = MessageForm({**request.POST.dict(), "seen": history.state.seq})
    return case_page(request, case, history, renewed, explain(refusal), changed)


def _with_seen(form: MessageForm, case: Case) -> MessageForm:
    """A form whose hidden number is unusable starts from the case as it is now."""
    if "seen" in form.errors:
        form.data = {**form.data, "seen": str(history_of(case).state.seq)}
    return form


def _perform(case: Case, act: str, values: Mapping[str, str], seen: int) -> Refusal | None:
    """Do the act; None if it is done, also if a double click had done it before."""
    try:
        by_complainant(case.number, Request(act, values, seen), timezone.now())
    except Refusal as refusal:
        if _done_before(case, act, values, seen):
            return None
        return refusal
    return None


def _done_before(case: Case, act: str, values: Mapping[str, str], seen: int) -> bool:
    """Whether the first event after ``seen`` is this very act with these very texts."""
    history = history_of(case)
    event = next(iter(news_since(history, seen)), None)
    if event is None or event.type != act or event.role != "complainant":
        return False
    refs = event.data.get("texts")
    refs = refs if isinstance(refs, dict) else {}
    held = vault.get([UUID(ref) for ref in refs.values()], case.vault) if refs else {}
    texts = {name: held.get(UUID(ref)) for name, ref in refs.items()}
    plain = {name: value for name, value in event.data.items() if name in values}
    return {**plain, **texts} == dict(values)


def _typed(request: HttpRequest) -> str:
    return "\n\n".join(
        value for name in TYPED_FIELDS if (value := request.POST.get(name, "").strip())
    )


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, act: str) -> HttpResponse:
    """One act: what it does, its fields, and the button."""
    found = opened(request)
    if found is None:
        return closed(request, _typed(request))
    sitting, case = found
    history = history_of(case)
    story = story_of(case, history, timezone.now())
    if request.method == "POST" and _repeats(request, case, act):
        return refresh(sitting, redirect("portal:follow"))
    view = act_of(story, act)
    if view is None or view not in page_acts(story):
        return _not_open(request, history, story, act)
    receives = history.law.pack.act(act).answers
    if request.method != "POST":
        form = ActForm(act=view, receives=receives, initial={"seen": story.seq})
        return refresh(sitting, _page(request, case, history, view, form))
    form = ActForm(request.POST, act=view, receives=receives)
    if not form.is_valid():
        return _page(request, case, history, view, form, status=422)
    refusal = _perform(case, act, form.values(), form.cleaned_data["seen"])
    if refusal is None:
        return refresh(sitting, redirect("portal:follow"))
    return _refused(request, case, view, form, refusal)


def _repeats(request: HttpRequest, case: Case, act: str) -> bool:
    """A double click on an act that closed itself: it has been done, so say nothing else."""
    seen = request.POST.get("seen", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 9):
        return False
    typed = {k: v for k, v in request.POST.dict().items() if k not in _NOT_FIELDS and v.strip()}
    try:
        values = {name: clean_text(value, name, TEXT_LIMIT) for name, value in typed.items()}
    except Refusal:
        return False
    return _done_before(case, act, values, int(seen))


def _refused(
    request: HttpRequest, case: Case, view: ActView, form: ActForm, refusal: Refusal
) -> HttpResponse:
    """The same page with the reason; the typed text stays, and the form speaks of the case as
    it is now, so that pressing the button again is an informed choice."""
    history = history_of(case)
    data = request.POST.dict() | {"seen": str(history.state.seq)}
    renewed = ActForm(data, act=view, receives=history.law.pack.act(view.id).answers)
    story = story_of(case, history, timezone.now())
    if act_of(story, view.id) is None:
        return _not_open(request, history, story, view.id, refusal)
    changed = changed_since(history, form.cleaned_data["seen"])
    return _page(request, case, history, view, renewed, refusal=refusal, changed=changed)


def _page(
    request: HttpRequest,
    case: Case,
    history: History,
    view: ActView,
    form: ActForm,
    *,
    refusal: Refusal | None = None,
    changed: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    words = explain(refusal) if refusal else None
    pack = history.law.pack
    story = story_of(case, history, timezone.now())
    context = {
        "section": "follow",
        "case": case,
        "act": act_row(history.law, view),
        "tells": view.tells,
        "leads_to": leads_to(story, pack, view),
        "form": form,
        "refusal": words,
        "changed": changed or [],
    }
    return render(request, "portal/act.html", context, status=words.status if words else status)


def _not_open(
    request: HttpRequest,
    history: History,
    story: Story,
    act: str,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The act is not possible now; which ones are, by their names."""
    context = {
        "section": "follow",
        "open": listed_acts(story, history.law),
        "story": story,
        "refusal": explain(refusal) if refusal else None,
        "typed": _typed(request),
        "known": act in history.law.pack.acts,
    }
    return render(request, "portal/act_not_open.html", context, status=409)
