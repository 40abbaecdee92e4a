"""What a complainant released to a unit: a page of its own, read only by pressing a button.

GET says that reading leaves an entry in the complainant's timeline; POST writes the entry and
shows the fields. Nothing of the complaint is here: a unit may be told without handling the case.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from huiyin.cases.consenting import consents, read, released_case
from huiyin.cases.queries import units_told, visible_to
from huiyin.people.naming import Names
from huiyin.people.staff import acting


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The released fields, or the button that shows them. Raises Refusal: those of
    ``consenting.released_case``."""
    actor = acting(request)
    case = released_case(actor, number)
    names, told = Names(), units_told(actor, case)
    opened = read(number, actor, timezone.now()) if request.method == "POST" else ()
    context = {
        "section": "desk",
        "case": case,
        "given": [
            {"unit": names.unit(one.unit), "scope": one.scope, "since": one.since}
            for one in consents(case)
            if one.unit in told
        ],
        "opened": [
            {"unit": names.unit(one.unit), "fields": one.fields, "since": one.since}
            for one in opened
        ],
        "handles": visible_to(actor).filter(number=number).exists(),
    }
    return render(request, "cases/identity.html", context)
