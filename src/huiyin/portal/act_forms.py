"""The form of an act, made from the fields that the pack gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.cases.story import ActView, FieldView
from huiyin.cases.submitting import TEXT_LIMIT
from huiyin.people.directory import directory
from huiyin.portal.choices import unit_choices
from huiyin.portal.fields import QUIET, LineField, TextField


class SeenForm(forms.Form):
    """A form that knows which state of the case was on the screen."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class MessageForm(SeenForm):
    """A message to the office."""

    message = TextField(
        label=_("Write to the office"),
        help_text=_("Only the office reads it. Do not name yourself if you want to stay unknown."),
        limit=TEXT_LIMIT,
        error_messages={"required": _("Write something before you send it.")},
    )


class FileMessageForm(forms.Form):
    """What one says with files; nothing is a full answer."""

    message = TextField(
        label=_("What do they show?"),
        help_text=_("Only the office reads it. Do not name yourself if you want to stay unknown."),
        limit=TEXT_LIMIT,
        required=False,
    )


class ConsentForm(SeenForm):
    """Which part of the identity is released, and to which unit."""

    scope = forms.ChoiceField(
        label=_("What may they know?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they may know.")},
    )
    unit = forms.ChoiceField(label=_("Who may know it?"))

    def __init__(
        self,
        *args: Any,
        scopes: Sequence[str],
        units: Sequence[tuple[str, str]],
        handling: str,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        words = {
            "contact": gettext("Only how to reach me"),
            "identity": gettext("Everything I left under seal, with my name"),
        }
        self.fields["scope"].choices = [(scope, words[scope]) for scope in scopes]
        handles = gettext("%(unit)s (handles your case)")
        self.fields["unit"].choices = [
            (unit, handles % {"unit": name} if unit == handling else name) for unit, name in units
        ]


class ActForm(SeenForm):
    """One act with its own fields. ``act``: as the story offers it."""

    def __init__(self, *args: Any, act: ActView, receives: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.act = act
        # Who confirms that an answer came says no more than that; day and way are known.
        asked = [f for f in act.fields if f.required or not receives]
        for field in asked:
            self.fields[field.id] = _field(field)

    def values(self) -> dict[str, str]:
        """The fields as ``cases.acting`` takes them."""
        found = {}
        for field in self.act.fields:
            value = self.cleaned_data.get(field.id)
            if value:
                found[field.id] = value.isoformat() if hasattr(value, "isoformat") else str(value)
        return found


def _field(field: FieldView) -> forms.Field:
    """The field with its label and choices marked as words of a pack, for their language."""
    found = _control(field)
    found.from_pack = True
    found.choices_from_pack = bool(field.choices)
    return found


def _control(field: FieldView) -> Any:
    options: dict[str, Any] = {"label": field.label, "required": field.required}
    if field.kind == "text":
        return TextField(limit=TEXT_LIMIT, **options)
    if field.kind == "date":
        return forms.DateField(widget=forms.DateInput({"type": "date", **QUIET}), **options)
    if field.kind == "unit":
        none = [("", gettext("None"))]
        return forms.ChoiceField(choices=none + unit_choices(directory()), **options)
    if field.choices:
        return forms.ChoiceField(choices=list(field.choices), widget=forms.RadioSelect, **options)
    return LineField(limit=128, **options)
