"""A letter of a case as a file, for staff who may read the case."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from huiyin.cases.queries import history_of, visible_to
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import tag_of
from huiyin.people.staff import acting
from huiyin.reports.filling import letter_for


@login_required
@require_safe
def letter(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    """The letter of one event, in the language that the complainant chose. Raises Refusal
    ``case-unknown`` as the case page does, ``letter-none``."""
    case = visible_to(acting(request)).filter(number=number).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    pdf = letter_for(case, history_of(case), seq, tag_of(case.language))
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{number}-{seq}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
