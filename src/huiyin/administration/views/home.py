"""The first page of the administration: where things are, and what was changed last."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from huiyin.administration.protection import protections
from huiyin.administration.queries import changed
from huiyin.administration.views.common import administrators, page


@administrators
def show(request: HttpRequest) -> HttpResponse:
    """The doors, what protects from files, and the newest changes."""
    return page(request, "home", changes=changed(), protections=protections())
