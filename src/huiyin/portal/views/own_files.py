"""The files of one's own case: what became of each, the original back, more of them.

The original opens with the key in the follow sitting; the office has no such page. Names of
files stand here and not on the case's page, for whoever looks over a shoulder there.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.cases.file_rows import file_rows
from huiyin.cases.files import (
    add,
    digests,
    files_of,
    give_as_it_is,
    own_names,
    own_original,
)
from huiyin.cases.filing import MOST_AT_ONCE, Sorted, sort_out
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain.errors import Refusal
from huiyin.domain.sniffing import plain_name
from huiyin.people.downloads import download
from huiyin.people.refusing import explain
from huiyin.portal.act_forms import FileMessageForm
from huiyin.portal.sittings import Open, refresh
from huiyin.portal.uploads import END, given_files, most_in_words, receives_files
from huiyin.portal.views.following import closed, opened

Troubles = list[tuple[str, Refusal]]


@require_http_methods(["GET", "POST"])
@receives_files
def files(request: HttpRequest) -> HttpResponse:
    """The list and the form; POST adds what is taken and says what is not."""
    found = opened(request)
    if found is None:
        return closed(request, request.POST.get("message", "").strip())
    sitting, case = found
    if request.method != "POST":
        return refresh(sitting, _page(request, sitting, case))
    form = FileMessageForm(request.POST.dict())
    if not form.is_valid():
        return _page(request, sitting, case, form)
    try:
        given = given_files(request)
        if not given:
            raise Refusal("file-none")
        done = sort_out(given, digests(case))
        if done.taken:
            text = form.cleaned_data["message"]
            add(case.number, _key(sitting), done.taken, text, timezone.now())
    except Refusal as refusal:
        return _page(request, sitting, case, form, [("", refusal)])
    if done.refused:
        # What was taken is registered with its message; only the rest is asked for again.
        form = FileMessageForm() if done.taken else form
        return _page(request, sitting, case, form, _named(given, done))
    return refresh(sitting, redirect("portal:own-files"))


def _named(given: Any, done: Sorted) -> Troubles:
    return [(plain_name(given[place - 1][0]), refusal) for place, refusal in done.refused]


def _key(sitting: Open) -> bytes:
    return bytes.fromhex(sitting.value["key"])


def _page(
    request: HttpRequest,
    sitting: Open,
    case: Case,
    form: FileMessageForm | None = None,
    refused: Troubles | None = None,
) -> HttpResponse:
    history = history_of(case)
    held = files_of(case, history)
    names = own_names(case, _key(sitting), held)
    troubles = [{"name": name, "words": explain(refusal)} for name, refusal in refused or []]
    rows = [{**row, "name": names.get(row["id"], "")} for row in file_rows(held)]
    context = {
        "section": "follow",
        "case": case,
        "files": rows,
        "form": form or FileMessageForm(),
        "troubles": troubles,
        "limits": most_in_words(),
        "most": MOST_AT_ONCE,
        "end": END,
    }
    status = 422 if form is not None and form.errors else 200
    if troubles:
        status = troubles[0]["words"].status  # type: ignore[attr-defined]
    with timezone.override(history.law.zone):
        return render(request, "portal/own_files.html", context, status=status)


@require_safe
def original(request: HttpRequest, file: str) -> HttpResponse:
    """One's own file as it was handed in. Raises Refusal ``file-unknown``."""
    found = opened(request)
    if found is None:
        return closed(request)
    sitting, case = found
    out = own_original(case, file, _key(sitting))
    return download(out.name, out.media, out.data)


@require_POST
def give(request: HttpRequest, file: str) -> HttpResponse:
    """Let the office see a file that could not be cleaned, as it is; twice is harmless."""
    found = opened(request)
    if found is None:
        return closed(request)
    sitting, case = found
    try:
        give_as_it_is(case.number, file, _key(sitting), timezone.now())
    except Refusal as refusal:
        if refusal.code != "file-given-already":
            raise
    return refresh(sitting, redirect("portal:own-files"))
