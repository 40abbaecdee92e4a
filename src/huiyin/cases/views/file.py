"""The copy of a file for those who may read the case; pressing the button leaves an entry."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from huiyin.cases.files import read_copy
from huiyin.people.downloads import download
from huiyin.people.staff import acting


@login_required
@require_POST
def read(request: HttpRequest, number: str, file: str) -> HttpResponse:
    """The cleaned copy as a download. Raises Refusal ``case-unknown``, ``file-unknown``,
    ``file-without-copy``."""
    found = read_copy(number, file, acting(request), timezone.now())
    return download(found.name, found.media, found.data)
