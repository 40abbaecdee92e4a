"""Pages of units, their law, and places."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from huiyin import packs
from huiyin.administration import unit_acts
from huiyin.administration.forms import (
    CloseUnitForm,
    LawForm,
    PlaceForm,
    UnitForm,
    initial_texts,
)
from huiyin.administration.queries import law_rows, place_rows, unit_rows
from huiyin.administration.recording import Author
from huiyin.administration.unit_acts import PlaceValues, UnitValues, catalog_needs
from huiyin.administration.views.common import (
    administrators,
    author,
    page,
    place_choices,
    sent,
    unit_choices,
)
from huiyin.cases.moving import open_in
from huiyin.people.directory import directory
from huiyin.people.models import Unit
from huiyin.people.naming import Names
from huiyin.people.refusing import pick


@administrators
def units(request: HttpRequest) -> HttpResponse:
    """The tree of units and that of places."""
    return page(request, "units", units=unit_rows(), places=place_rows())


@administrators
def add_unit(request: HttpRequest) -> HttpResponse:
    """A new unit."""
    form = UnitForm(request.POST or None, units=unit_choices(), new=True)

    def act(by: Author) -> str:
        unit_acts.add_unit(form.cleaned_data["id"], _unit_values(form), by, timezone.now())
        return _("Added.")

    return _form(request, form, act, _("Add a unit"))


def _unit_values(form: UnitForm) -> UnitValues:
    said = form.cleaned_data
    reviews = [said["review_1"], said["review_2"]] if said["review_1"] else []
    return UnitValues(
        form.texts("name"),
        said["parent"] or None,
        said["body"],
        said["zone"],
        [unit for unit in reviews if unit],
    )


def _form(
    request: HttpRequest, form: UnitForm | PlaceForm, act: object, title: str
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        answer = sent(request, form, act, "administration:units")  # type: ignore[arg-type]  # a closure
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return page(request, "form", status, form=form, title=title, back="administration:units")


@administrators
def unit(request: HttpRequest, unit: str) -> HttpResponse:
    """One unit: what it is, and the ways to its law and its closing."""
    row = _unit(unit)
    if request.POST.get("do") == "open":
        unit_acts.open_unit(unit, author(request), timezone.now())
        messages.success(request, _("Opened again. It takes new cases."))
        return redirect("administration:unit", unit)
    names = dict(zip(("review_1", "review_2"), row.reviews, strict=False))
    initial = {
        **initial_texts("name", row.name),
        **names,
        "parent": row.parent_id or "",
        "body": row.body,
        "zone": row.zone,
    }
    form = UnitForm(
        request.POST or None, units=unit_choices(without=unit), new=False, initial=initial
    )
    status = 200
    if request.method == "POST":

        def act(by: Author) -> str:
            unit_acts.change_unit(unit, _unit_values(form), by, timezone.now())
            return _("Saved.")

        answer = sent(request, form, act, "administration:unit", unit)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return page(
        request, "unit", status, form=form, unit=row, title=pick(row.name), cases=open_in(unit)
    )


def _unit(unit: str) -> Unit:
    row = Unit.objects.filter(pk=unit).first()
    if row is None:
        raise Http404
    return row


@administrators
def close_unit(request: HttpRequest, unit: str) -> HttpResponse:
    """Ask where the cases go, then close."""
    row, cases = _unit(unit), open_in(unit)
    needed = bool(cases) or catalog_needs(unit, directory())
    choices = unit_choices(open_only=True, without=unit)
    form = CloseUnitForm(request.POST or None, units=choices, needed=needed)
    status = 200
    if request.method == "POST":

        def act(by: Author) -> str:
            to = form.cleaned_data["successor"] or None
            moved = unit_acts.close_unit(unit, to, by, timezone.now())
            return _("Closed. Open cases moved: %(n)d.") % {"n": moved}

        answer = sent(request, form, act, "administration:unit", unit)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return page(
        request, "close_unit", status, form=form, unit=row, title=pick(row.name), cases=cases
    )


@administrators
def law(request: HttpRequest, unit: str) -> HttpResponse:
    """By which packs the unit works, and from when."""
    row, today = _unit(unit), timezone.localdate()
    if request.POST.get("do") == "drop":
        since = parse_date(request.POST.get("since", "")) or date.min
        unit_acts.drop_law(unit, since, today, author(request), timezone.now())
        messages.success(request, _("Taken back."))
        return redirect("administration:law", unit)
    choices = [(id, pick(packs.load(id).title)) for id in packs.ids()]
    now = directory().units[unit].pack_on(today)
    form = LawForm(request.POST or None, packs=choices, now=now, today=today)
    status = 200
    if request.method == "POST":

        def act(by: Author) -> str:
            said = form.cleaned_data
            unit_acts.set_law(unit, said["pack"], said["since"], today, by, timezone.now())
            return _("Set. Open cases keep the law that they began under.")

        answer = sent(request, form, act, "administration:law", unit)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return page(
        request,
        "law",
        status,
        form=form,
        unit=row,
        title=Names().unit(unit),
        laws=law_rows(unit, today),
    )


@administrators
def add_place(request: HttpRequest) -> HttpResponse:
    """A new place."""
    form = PlaceForm(request.POST or None, units=unit_choices(), places=place_choices(), new=True)

    def act(by: Author) -> str:
        unit_acts.add_place(form.cleaned_data["id"], _place_values(form), by, timezone.now())
        return _("Added.")

    return _form(request, form, act, _("Add a place"))


@administrators
def place(request: HttpRequest, place: str) -> HttpResponse:
    """One place."""
    info = directory().places.get(place)
    if info is None:
        raise Http404
    initial = {
        **initial_texts("name", info.name),
        "parent": info.parent or "",
        "unit": info.unit,
    }
    form = PlaceForm(
        request.POST or None,
        units=unit_choices(),
        places=place_choices(without=place),
        new=False,
        initial=initial,
    )

    def act(by: Author) -> str:
        unit_acts.change_place(place, _place_values(form), by, timezone.now())
        return _("Saved.")

    return _form(request, form, act, pick(info.name))


def _place_values(form: PlaceForm) -> PlaceValues:
    said = form.cleaned_data
    return PlaceValues(form.texts("name"), said["unit"], said["parent"] or None)
