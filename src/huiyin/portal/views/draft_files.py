"""The files of a complaint on its way: choose, see what was taken and what not, remove.

A question like the others, but its form carries files, so it has an address of its own. Whoever
presses "Continue" with files chosen has them added first; a file that is not taken keeps the page
and never the complaint.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from huiyin.cases.filing import MOST_AT_ONCE, Sorted, sort_out
from huiyin.domain.errors import Refusal
from huiyin.domain.sniffing import plain_name
from huiyin.people.file_words import kind_name, size_words
from huiyin.people.refusing import explain
from huiyin.portal import draft as drafts
from huiyin.portal.sittings import DRAFT, Open, keep, resume
from huiyin.portal.uploads import END, given_files, most_in_words, receives_files
from huiyin.portal.views.handing_in import CHANGE, expired

STEP = "files"


@require_http_methods(["GET", "POST"])
@receives_files
def files(request: HttpRequest) -> HttpResponse:
    """The files of the draft; POST adds, removes or goes on."""
    sitting = resume(request, DRAFT)
    if sitting is None:
        return expired(request)
    if "number" in sitting.value:
        return redirect("portal:receipt")
    if request.method != "POST":
        return _page(request, sitting)
    if "remove" in request.POST:
        drafts.remove_file(sitting, request.POST["remove"])
        return keep(sitting, redirect(request.get_full_path()))
    return _add(request, sitting)


def _add(request: HttpRequest, sitting: Open) -> HttpResponse:
    now = timezone.now()
    known = [one["sha256"] for one in sitting.value["answers"].get("files", ())]
    try:
        given = given_files(request)
        done = sort_out(given, known)
        if "add" in request.POST and not given:
            raise Refusal("file-none")
        if len(known) + len(done.taken) > MOST_AT_ONCE:
            raise Refusal("file-too-many", most=MOST_AT_ONCE, most_in_all=MOST_AT_ONCE)
        drafts.add_files(sitting, done, now)
    except Refusal as refusal:
        return keep(sitting, _page(request, sitting, [("", refusal)]))
    if done.refused:
        return keep(sitting, _page(request, sitting, _named(given, done)))
    if "add" in request.POST:
        return keep(sitting, redirect(request.get_full_path()))
    drafts.answer(sitting.value, STEP, {})
    step = drafts.after(sitting.value, STEP, CHANGE in request.GET)
    return keep(sitting, redirect("portal:question", step) if step else redirect("portal:check"))


def _named(given: Any, done: Sorted) -> list[tuple[str, Refusal]]:
    return [(plain_name(given[place - 1][0]), refusal) for place, refusal in done.refused]


def _page(
    request: HttpRequest, sitting: Open, refused: list[tuple[str, Refusal]] | None = None
) -> HttpResponse:
    steps = drafts.path(sitting.value["answers"])
    previous = drafts.before(sitting.value, STEP)
    back = reverse("portal:question", args=[previous]) if previous else reverse("portal:hand-in")
    troubles = [{"name": name, "words": explain(refusal)} for name, refusal in refused or []]
    context = {
        "section": "hand-in",
        "number": steps.index(STEP) + 1,
        "of": len(steps) + 1,
        "back": reverse("portal:check") if CHANGE in request.GET else back,
        "files": [
            {**one, "kind": kind_name(one["media"]), "size": size_words(one["size"])}
            for one in sitting.value["answers"].get("files", ())
        ],
        "troubles": troubles,
        "limits": most_in_words(),
        "most": MOST_AT_ONCE,
        "end": END,
    }
    status = troubles[0]["words"].status if troubles else 200  # type: ignore[attr-defined]
    return render(request, "portal/question_files.html", context, status=status)
