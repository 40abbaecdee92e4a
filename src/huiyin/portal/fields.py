"""Form fields for what people write: cleaned by the domain, refused in its words.

A field holds no rule of its own: ``domain.texts`` decides what a text may contain, and the
refusal table says it. Browsers are asked to remember, complete and check nothing, because
cloud spell checkers would send the text elsewhere.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from huiyin.domain.errors import Refusal
from huiyin.domain.texts import clean_line, clean_text
from huiyin.people.refusing import explain

QUIET = {"autocomplete": "off", "spellcheck": "false"}


def refused(refusal: Refusal) -> ValidationError:
    """A refusal as the error of a form field."""
    words = explain(refusal)
    return ValidationError(f"{words.text} {words.remedy}", code=refusal.code)


class TextField(forms.CharField):
    """Several lines in somebody's own words; ``limit`` counts characters after cleaning."""

    widget = forms.Textarea

    def __init__(self, *, limit: int, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.limit = limit
        # For the counter under the box only: Django's own check would count the two
        # characters of each line end, and cleaning removes some.
        self.max_length = limit
        self.widget.attrs.update(QUIET)

    def clean(self, value: Any) -> str:
        text = value or ""
        if not isinstance(text, str) or (not text.strip() and not self.required):
            return ""
        if not text.strip():
            raise ValidationError(self.error_messages["required"], code="required")
        return _cleaned(clean_text, text, str(self.label or "text"), self.limit)


class LineField(forms.CharField):
    """One line: a place, a name."""

    def __init__(self, *, limit: int, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.limit = limit
        self.widget.attrs.update(QUIET)

    def clean(self, value: Any) -> str:
        text = value or ""
        if not isinstance(text, str) or (not text.strip() and not self.required):
            return ""
        if not text.strip():
            raise ValidationError(self.error_messages["required"], code="required")
        return _cleaned(clean_line, text, str(self.label or "text"), self.limit)


def _cleaned(clean: Any, text: str, label: str, limit: int) -> str:
    """``text`` cleaned. U+FFFD is what Django puts where bytes were no UTF-8: a text with holes
    is not what somebody wrote, so it is refused and not registered."""
    if "\ufffd" in text:
        raise refused(Refusal("text-unreadable", position=text.index("\ufffd") + 1))
    try:
        return str(clean(text, label, limit))
    except Refusal as refusal:
        raise refused(refusal) from refusal
