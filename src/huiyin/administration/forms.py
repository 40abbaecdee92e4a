"""Forms of the administration. What is allowed is decided by the acts; forms only collect.

Names are asked for in every language of the pages, each box in its own language and direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext_lazy as _

from huiyin.administration.checking import HINT_LIMIT, NAME_LIMIT
from huiyin.administration.queries import kind_name
from huiyin.calendars import ids as calendar_ids
from huiyin.domain.access import STAFF_ROLES
from huiyin.domain.calendar_notices import MOST_CHARACTERS
from huiyin.domain.languages import tag_of
from huiyin.domain.packs import GENERAL_KINDS
from huiyin.people.naming import role_name

Choices = Sequence[tuple[str, str]]
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class SettingsForm(forms.Form):
    """Carries how many changes the page had known of, so that nobody overwrites unseen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def in_languages(self, field: str, label: Any, *, long: bool = False) -> None:
        """One box per language, named ``FIELD_TAG``."""
        for code, own_name in settings.LANGUAGES:
            tag = tag_of(code)
            side = "rtl" if get_language_info(code)["bidi"] else "ltr"
            attrs = {"lang": tag, "dir": side, "autocomplete": "off"}
            self.fields[f"{field}_{tag}"] = forms.CharField(
                label=f"{label} · {own_name}",
                required=False,
                max_length=HINT_LIMIT if long else NAME_LIMIT,
                widget=forms.TextInput(attrs=attrs),
            )

    def texts(self, field: str) -> dict[str, str]:
        """Language tag → what was typed."""
        return {
            name.removeprefix(f"{field}_"): str(value or "")
            for name, value in self.cleaned_data.items()
            if name.startswith(f"{field}_")
        }


def initial_texts(field: str, texts: Mapping[str, str]) -> dict[str, str]:
    """The initial values of ``in_languages``."""
    return {f"{field}_{tag}": text for tag, text in texts.items()}


def _id_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=60,
        help_text=_("Small Latin letters, digits and hyphens, for addresses; it never changes."),
        widget=forms.TextInput(attrs={**PLAIN, "dir": "ltr"}),
    )


class UnitForm(SettingsForm):
    """A unit; ``new`` asks for its id too."""

    def __init__(self, data: Any = None, *, units: Choices, new: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if new:
            self.fields["id"] = _id_field(_("Short name"))
        self.in_languages("name", pgettext("of a unit, place or category", "Name"))
        above = [("", _("none: it stands at the top")), *units]
        review = [("", _("the legal body above")), *units]
        self.fields["parent"] = forms.ChoiceField(
            label=_("Unit above"), choices=above, required=False
        )
        self.fields["body"] = forms.BooleanField(
            label=_("It is a legal body of its own"),
            help_text=_("Supervision stops here, and reviews go from body to body."),
            required=False,
        )
        self.fields["review_1"] = forms.ChoiceField(
            label=_("Who reviews its decisions"), choices=review, required=False
        )
        self.fields["review_2"] = forms.ChoiceField(
            label=_("Who re-examines them"), choices=review, required=False
        )
        self.fields["zone"] = forms.CharField(
            label=_("Time zone"),
            help_text=_("For example Asia/Shanghai. Empty: as the unit above."),
            required=False,
            max_length=60,
            widget=forms.TextInput(attrs={**PLAIN, "dir": "ltr"}),
        )


class CloseUnitForm(SettingsForm):
    """Where the open cases of a unit go."""

    def __init__(self, data: Any = None, *, units: Choices, needed: bool) -> None:
        super().__init__(data)
        none = [] if needed else [("", _("nowhere: it has none, and leads for nothing"))]
        self.fields["successor"] = forms.ChoiceField(
            label=_("Where its open cases, places and leads go"),
            choices=[*none, *units],
            required=needed,
        )


class PlaceForm(SettingsForm):
    """A place; ``new`` asks for its id too."""

    def __init__(
        self, data: Any = None, *, units: Choices, places: Choices, new: bool, **options: Any
    ) -> None:
        super().__init__(data, **options)
        if new:
            self.fields["id"] = _id_field(_("Short name"))
        self.in_languages("name", pgettext("of a unit, place or category", "Name"))
        around = [("", _("none: it stands at the top")), *places]
        self.fields["parent"] = forms.ChoiceField(
            label=_("Place around it"), choices=around, required=False
        )
        self.fields["unit"] = forms.ChoiceField(
            label=_("Unit that answers there"),
            help_text=_("It takes what no lead covers."),
            choices=units,
        )


class CategoryForm(SettingsForm):
    """A category; ``new`` asks for its id too."""

    def __init__(self, data: Any = None, *, groups: Choices, new: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if new:
            self.fields["id"] = _id_field(_("Short name"))
        self.in_languages("name", pgettext("of a unit, place or category", "Name"))
        self.in_languages("hint", _("Words that people type"), long=True)
        self.fields["parent"] = forms.ChoiceField(
            label=_("Category above"),
            choices=[("", _("none: it stands at the top")), *groups],
            required=False,
        )
        self.fields["kind"] = forms.ChoiceField(
            label=_("What a matter of this is"),
            help_text=_(
                "It chooses the procedure where a law has several; a registrar can change it."
            ),
            choices=[(kind, kind_name(kind)) for kind in GENERAL_KINDS],
        )
        self.fields["public"] = forms.BooleanField(
            label=_("Subjects may be shown publicly"),
            help_text=_("Only category, place and progress: never a text, a name or a number."),
            required=False,
        )


class LeadForm(SettingsForm):
    """Who leads and helps in a place."""

    def __init__(self, data: Any = None, *, places: Choices, units: Choices) -> None:
        super().__init__(data)
        self.fields["place"] = forms.ChoiceField(label=_("Place"), choices=places)
        self.fields["unit"] = forms.ChoiceField(label=_("Leading unit"), choices=units)
        self.fields["support"] = forms.MultipleChoiceField(
            label=_("Units that help"),
            choices=units,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.in_languages("why", _("Reason, shown to both sides"), long=True)


class LawForm(SettingsForm):
    """Which pack from which day."""

    def __init__(self, data: Any = None, *, packs: Choices, now: str, today: date) -> None:
        super().__init__(data, initial={"since": today, "pack": now})
        self.fields["pack"] = forms.ChoiceField(label=_("Procedure"), choices=packs)
        self.fields["since"] = forms.DateField(
            label=_("In force from"),
            help_text=_("Cases received from this day on follow it; open cases keep their law."),
            widget=forms.DateInput(attrs={"type": "date", "min": today.isoformat()}),
        )


class AccountForm(SettingsForm):
    """A member of staff; ``new`` asks for the name to sign in with and a first role."""

    def __init__(self, data: Any = None, *, units: Choices, new: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if new:
            self.fields["login"] = forms.CharField(
                label=_("Name for signing in"),
                max_length=60,
                help_text=_("Small Latin letters, digits, dots and hyphens."),
                widget=forms.TextInput(attrs={**PLAIN, "dir": "ltr"}),
            )
        self.in_languages("display", _("Name"))
        self.in_languages("post", _("Post"))
        if new:
            self.fields |= _role_fields(units)


class RoleForm(SettingsForm):
    """One more role."""

    def __init__(self, data: Any = None, *, units: Choices) -> None:
        super().__init__(data)
        self.fields |= _role_fields(units)


def _role_fields(units: Choices) -> dict[str, forms.Field]:
    return {
        "role": forms.ChoiceField(
            label=_("Role"), choices=[(role, role_name(role)) for role in STAFF_ROLES]
        ),
        "unit": forms.ChoiceField(label=_("In which unit"), choices=units),
    }


class NoticeForm(SettingsForm):
    """A year's notice of working days."""

    def __init__(self, data: Any = None, *, year: int) -> None:
        super().__init__(data, initial={"year": year})
        self.fields["calendar"] = forms.ChoiceField(
            label=_("Calendar"), choices=[(id, id) for id in calendar_ids()]
        )
        self.fields["year"] = forms.IntegerField(label=_("Year"), min_value=1, max_value=9999)
        self.fields["text"] = forms.CharField(
            label=_("The notice"),
            help_text=_("As published, or one line per span: 2027-01-01..2027-01-03 off New Year"),
            max_length=MOST_CHARACTERS,
            widget=forms.Textarea(attrs={"dir": "auto", "spellcheck": "false"}),
        )
        self.fields["source"] = forms.CharField(
            label=_("How the notice is cited"),
            help_text=_("Number and title; empty if the text itself holds the number."),
            required=False,
            max_length=200,
        )
        self.fields["url"] = forms.URLField(
            label=_("Where it is published"),
            required=False,
            max_length=300,
            assume_scheme="https",
            widget=forms.URLInput(attrs={"dir": "ltr"}),
        )
