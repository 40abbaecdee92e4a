"""Pages of categories and of who leads for them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.administration import category_acts
from huiyin.administration.category_acts import CategoryValues, Leading
from huiyin.administration.forms import CategoryForm, LeadForm, initial_texts
from huiyin.administration.queries import category_rows, lead_rows
from huiyin.administration.recording import Author
from huiyin.administration.views.common import (
    administrators,
    author,
    page,
    place_choices,
    sent,
    unit_choices,
)
from huiyin.cases.catalog import CategoryInfo, catalog
from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain, pick


@administrators
def categories(request: HttpRequest) -> HttpResponse:
    """The tree of categories."""
    return page(request, "categories", categories=category_rows())


def _groups(without: str = "") -> list[tuple[str, str]]:
    table = catalog()
    return [
        (c.id, pick(c.name)) for c in table.categories.values() if without not in table.line(c.id)
    ]


def _values(form: CategoryForm) -> CategoryValues:
    said = form.cleaned_data
    return CategoryValues(
        form.texts("name"), said["parent"] or None, form.texts("hint"), said["kind"], said["public"]
    )


@administrators
def add(request: HttpRequest) -> HttpResponse:
    """A new category."""
    form = CategoryForm(request.POST or None, groups=_groups(), new=True)
    status = 200
    if request.method == "POST":

        def act(by: Author) -> str:
            id = form.cleaned_data["id"]
            category_acts.add_category(id, _values(form), by, timezone.now())
            return _("Added.")

        answer = sent(request, form, act, "administration:categories")
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return page(
        request,
        "form",
        status,
        form=form,
        title=_("Add a category"),
        back="administration:categories",
    )


def _info(category: str) -> CategoryInfo:
    info = catalog().categories.get(category)
    if info is None:
        raise Http404
    return info


@administrators
def category(request: HttpRequest, category: str) -> HttpResponse:
    """One category: its words, kind and place in the tree; closing and opening."""
    info = _info(category)
    if request.POST.get("do") in ("close", "open"):
        return _turn(request, category, request.POST["do"] == "open")
    initial = {
        **initial_texts("name", info.name),
        **initial_texts("hint", info.hint),
        "parent": info.parent or "",
        "kind": info.kind,
        "public": info.public,
    }
    form = CategoryForm(
        request.POST or None, groups=_groups(without=category), new=False, initial=initial
    )
    status = 200
    if request.method == "POST":

        def act(by: Author) -> str:
            category_acts.change_category(category, _values(form), by, timezone.now())
            return _("Saved.")

        answer = sent(request, form, act, "administration:category", category)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return page(request, "category", status, form=form, info=info, title=pick(info.name))


def _turn(request: HttpRequest, category: str, opening: bool) -> HttpResponse:
    act = category_acts.open_category if opening else category_acts.close_category
    try:
        act(category, author(request), timezone.now())
    except Refusal as refusal:
        words = explain(refusal)
        messages.error(request, f"{words.text} {words.remedy}")
    else:
        told = _("Opened again.") if opening else _("Closed. No new complaint goes there.")
        messages.success(request, told)
    return redirect("administration:category", category)


@administrators
def leads(request: HttpRequest, category: str) -> HttpResponse:
    """Who leads and helps for a category, place by place."""
    info = _info(category)
    if request.POST.get("do") == "end":
        place = request.POST.get("place", "")
        category_acts.end_lead(category, place, author(request), timezone.now())
        messages.success(
            request, _("Ended. What lies above it, else the place's own unit, takes it.")
        )
        return redirect("administration:leads", category)
    form = LeadForm(
        request.POST or None, places=place_choices(), units=unit_choices(open_only=True)
    )
    status = 200
    if request.method == "POST":

        def act(by: Author) -> str:
            said = form.cleaned_data
            lead = Leading(said["place"], said["unit"], said["support"], form.texts("why"))
            category_acts.set_lead(category, lead, by, timezone.now())
            return _("Set. New complaints go there at once.")

        answer = sent(request, form, act, "administration:leads", category)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return page(
        request,
        "leads",
        status,
        form=form,
        category=category,
        title=pick(info.name),
        leads=lead_rows(category),
    )
