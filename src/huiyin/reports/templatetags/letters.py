"""The finished letter on a page, before it is sent: the same words as the PDF will have."""

from __future__ import annotations

from typing import Any

from django import template

from huiyin.cases.rehearsing import Rehearsal
from huiyin.reports.filling import filled

register = template.Library()


@register.inclusion_tag("reports/preview.html")
def letter_preview(rehearsal: Rehearsal, language: str) -> dict[str, Any]:
    """The letter that ``rehearsal`` would make, in ``language`` (a tag)."""
    letter = filled(
        rehearsal.case, rehearsal.history, rehearsal.event.seq, language, rehearsal.texts
    )
    return {
        "language": language,
        "office": letter.value("office"),
        "lines": letter.values("office_lines") if letter.has("office_lines") else [],
        "title": letter.text("title"),
        "number": letter.text("number_line"),
        "addressee": letter.text("addressee"),
        "blocks": list(letter.blocks()),
        "heads": [letter.text(f"dates_{part}") for part in ("what", "until", "article")],
        "dated": letter.value("dated"),
    }
