"""The editor: each block of a plan is one form, each section a list, findings beside the fields.

Works without JavaScript: “Check” shows the findings for what is typed without keeping it, “Save”
keeps the draft. A page that somebody else has overtaken is answered with 409 and keeps the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.domain.errors import Refusal
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.reading import items, plan_of
from huiyin.domain.plans.writing import as_data
from huiyin.people.refusing import explain, pick
from huiyin.plans import acts, presenting
from huiyin.plans.editing import NEW, NoSuchPlace, Spot, changed, entries, removed, spot
from huiyin.plans.forms import BlockForm, label
from huiyin.plans.queries import Opened
from huiyin.plans.views.acting import seen_of
from huiyin.plans.views.loading import base, findings_of, needs, opened, organisation_of


@dataclass
class _Page:
    """One place of one plan in the editor."""

    request: HttpRequest
    found: Opened
    data: dict[str, Any]
    spot: Spot

    @property
    def plan(self) -> str:
        return str(self.found.row.pk)

    def form(self, posted: Any = None) -> BlockForm:
        _row, organisation = organisation_of(self.found)
        return BlockForm(
            posted,
            spot=self.spot,
            languages=self.found.plan.about.languages,
            targets=presenting.targets(self.found.plan, organisation),
            seen=self.found.row.seq,
        )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, plan: str, pointer: str = "") -> HttpResponse:
    """One place of a draft: shown, checked, saved or taken out."""
    found = opened(request, plan)
    needs(found, "write")
    data = as_data(found.plan)
    try:
        here = spot(data, tuple(part for part in pointer.split("/") if part))
    except NoSuchPlace:
        raise Http404 from None
    page = _Page(request, found, data, here)
    if request.method != "POST":
        return _shown(page, None if here.listed else page.form(), findings_of(found))
    if here.listed:
        raise Http404
    if request.POST.get("step") == "remove":
        return _remove(page)
    return _keep(page)


def _keep(page: _Page) -> HttpResponse:
    form = page.form(page.request.POST)
    if not form.is_valid():
        return _shown(page, form, findings_of(page.found), 422)
    name = form.cleaned_data.get("id", "")
    try:
        data, parts = changed(page.data, page.spot, form.values(), name)
        if name in (value for value, _entry in _siblings(page)):
            form.add_error("id", _("There is an entry of this name already."))
            return _shown(page, form, findings_of(page.found), 422)
        value = plan_of(items(data))
    except Refusal as refusal:
        _blame(form, page.spot, refusal, name)
        return _shown(page, form, findings_of(page.found), 422)
    if page.request.POST.get("step") == "check":
        return _shown(page, form, findings_of(page.found, value), checked=True)
    return _save(page, form, value, parts)


def _siblings(page: _Page) -> list[tuple[str, Any]]:
    if not page.spot.parts or page.spot.parts[-1] != NEW:
        return []
    return entries(spot(page.data, page.spot.parts[:-1]))


def _save(page: _Page, form: BlockForm, value: Plan, parts: tuple[str, ...]) -> HttpResponse:
    actor, now = page.found.actor, timezone.now()
    try:
        acts.save(page.plan, form.cleaned_data["seen"], value, actor, now)
    except Refusal as refusal:
        return _refused(page, form, refusal)
    messages.success(page.request, _("Saved as a draft."))
    return redirect(presenting.block_address(page.plan, parts))


def _refused(page: _Page, form: BlockForm, refusal: Refusal) -> HttpResponse:
    """The form with what was typed. After a stale refusal it carries the new count, so that
    saving again is a decision."""
    words = explain(refusal)
    if refusal.code == "plan-stale":
        renewed = page.request.POST.copy()
        renewed["seen"] = str(opened(page.request, page.plan).row.seq)
        form.data = renewed
    return _shown(page, form, findings_of(page.found), words.status, refusal=words)


def _remove(page: _Page) -> HttpResponse:
    if not page.spot.removable:
        raise Http404
    try:
        value = plan_of(items(removed(page.data, page.spot)))
        acts.save(page.plan, seen_of(page.request), value, page.found.actor, timezone.now())
    except Refusal as refusal:
        return _refused(page, page.form(), refusal)
    messages.success(page.request, _("Taken out. The version before is not changed by this."))
    return redirect(presenting.block_address(page.plan, page.spot.parts[:-1]))


def _blame(form: BlockForm, here: Spot, refusal: Refusal, name: str) -> None:
    """Put each problem of the reader beside the field that it is about."""
    parts = (*here.parts[:-1], name) if here.parts and here.parts[-1] == NEW else here.parts
    prefix = ".".join(parts)
    for problem in refusal.data.get("problems", ()):  # type: ignore[attr-defined]
        rest = problem.where.removeprefix(prefix).strip(".").partition(".")[0]
        field = form.field_for(rest) or ("id" if "id" in form.fields and not rest else None)
        form.add_error(field, f"{problem.what} – {problem.remedy}")


# -- the page -------------------------------------------------------------------------------


def _shown(
    page: _Page,
    form: BlockForm | None,
    found: list[Finding],
    status: int = 200,
    checked: bool = False,
    **more: Any,
) -> HttpResponse:
    here = page.spot
    near = [f for f in found if not f.accepted and f.file == "plan" and _near(f.at, here)]
    context = base(
        page.found,
        form=form,
        here=here,
        title=_title(here),
        trail=_trail(page),
        findings=presenting.shown(near, page.plan, True),
        beside=_beside(page, near) if form is not None else [],
        listed=[
            {
                "title": pick(entry.get("title")) or part if isinstance(entry, dict) else part,
                "part": part,
                "href": presenting.block_address(page.plan, (*here.parts, part)),
                "findings": sum(f.at.startswith(f"{here.pointer}/{part}") for f in near),
            }
            for part, entry in (entries(here) if here.listed else ())
        ],
        add=presenting.block_address(page.plan, (*here.parts, NEW)) if here.listed else "",
        below=_below(page, near),
        checked=checked,
        draft=page.found.version.status == "draft",
    )
    return render(page.request, "plans/edit.html", {**context, **more}, status=status)


def _near(at: str, here: Spot) -> bool:
    return at == here.pointer or at.startswith(f"{here.pointer}/")


def _title(here: Spot) -> str:
    if here.parts and here.parts[-1] == NEW:
        return _("New entry: %(section)s") % {"section": _section(here)}
    data = here.data if isinstance(here.data, dict) else {}
    entry = here.kind is not None and here.kind.name in ("many", "rows") and not here.listed
    return (pick(data.get("title")) or here.parts[-1]) if entry else _section(here)


def _section(here: Spot) -> str:
    key = here.section
    found = label("blocks", key)
    return found if found != key else label("fields", key)


def _trail(page: _Page) -> list[tuple[str, str]]:
    """The way back: the places above, the whole plan first."""
    parts = page.spot.parts
    return [
        (_title(spot(page.data, parts[:n])), presenting.block_address(page.plan, parts[:n]))
        for n in range(len(parts))
    ]


def _beside(page: _Page, near: list[Finding]) -> list[dict[str, Any]]:
    """The fields in order, each with the findings about it."""
    rows = []
    for key, kind in page.spot.fields():
        about = [f for f in near if f.at == f"{page.spot.pointer}/{key}"]
        about += [f for f in near if f.at.startswith(f"{page.spot.pointer}/{key}/")]
        names = [key] if kind.name != "text" else [
            f"{key}__{lang}" for lang in page.found.plan.about.languages
        ]  # fmt: skip
        rows.append({"names": names, "findings": presenting.shown(about, page.plan, True)})
    return rows


def _below(page: _Page, near: list[Finding]) -> list[dict[str, Any]]:
    """The blocks and sections below a block, with how much stands there."""
    if page.spot.listed or page.spot.is_new:
        return []
    found = []
    for key, kind, value in page.spot.nested():
        there = (*page.spot.parts, key)
        prefix = f"{page.spot.pointer}/{key}"
        name = label("blocks", key) if not page.spot.parts else label("fields", key)
        found.append(
            {
                "title": name,
                "href": presenting.block_address(page.plan, there),
                "count": len(value or ()) if kind.name != "one" else None,
                "absent": kind.name == "one" and value is None,
                "findings": sum(f.at == prefix or f.at.startswith(f"{prefix}/") for f in near),
            }
        )
    return found
