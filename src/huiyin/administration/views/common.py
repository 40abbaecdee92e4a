"""What every page of the administration begins and ends with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from huiyin.administration.forms import SettingsForm
from huiyin.administration.recording import Author, author_of, seen
from huiyin.domain.errors import Refusal
from huiyin.people.directory import directory
from huiyin.people.naming import Names
from huiyin.people.refusing import explain
from huiyin.people.staff import acting

View = Callable[..., HttpResponse]
# Which box a refusal is about; the others stand above the form.
_FIELDS = {
    "settings-id-malformed": "id",
    "unit-exists": "id",
    "place-exists": "id",
    "category-exists": "id",
    "login-malformed": "login",
    "account-exists": "login",
    "settings-name-missing": "name_en",
    "tree-cycle": "parent",
    "tree-parent-unknown": "parent",
    "zone-unknown": "zone",
    "law-in-the-past": "since",
    "pack-version-missing": "since",
    "unit-closed": "successor",
    "unit-has-open-cases": "successor",
}


def administrators(view: View) -> View:
    """For administrators; everybody else is refused before anything is read."""

    @login_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        author_of(acting(request))
        return view(request, *args, **named)

    return guarded


def author(request: HttpRequest) -> Author:
    """The administrator with what their page had known of."""
    told = request.POST.get("seen", "")
    known = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None
    return author_of(acting(request), known)


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the administration."""
    context |= {"section": "administration", "seen": seen()}
    return render(request, f"administration/{template}.html", context, status=status)


def blame(form: SettingsForm, refusal: Refusal) -> int:
    """Put the refusal at the box that it is about; returns the status of the answer."""
    words = explain(refusal)
    field = _FIELDS.get(refusal.code)
    form.add_error(field if field in form.fields else None, f"{words.text} {words.remedy}")
    return words.status if words.status in (403, 404, 409) else 422


def sent(
    request: HttpRequest, form: SettingsForm, act: Callable[[Author], str], to: str, *args: str
) -> HttpResponse | int:
    """Do ``act`` if the form is filled in and lead on to ``to`` with what it says; else the
    status with which the form is shown again."""
    if not form.is_valid():
        return 422
    try:
        told = act(author(request))
    except Refusal as refusal:
        return blame(form, refusal)
    except ValidationError as error:
        form.add_error(None, error)
        return 422
    messages.success(request, told)
    return redirect(to, *args)


def unit_choices(*, open_only: bool = False, without: str = "") -> list[tuple[str, str]]:
    """Units for a list to choose from."""
    names = Names()
    return [
        (u.id, names.unit(u.id))
        for u in directory().units.values()
        if u.id != without and (u.open or not open_only)
    ]


def place_choices(without: str = "") -> list[tuple[str, str]]:
    """Places for a list to choose from."""
    names = Names()
    return [(p, names.place(p)) for p in directory().places if p != without]
