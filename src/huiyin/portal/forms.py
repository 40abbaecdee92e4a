"""The questions of a complaint, one form a page. Labels and hints in plain words.

What may be chosen comes from the catalog and the directory; what a text may contain from
``fields``. Forms keep nothing: a draft is kept by the view.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.cases.submitting import LINE_LIMIT, MOST_PEOPLE, TEXT_LIMIT
from huiyin.domain.errors import Refusal
from huiyin.domain.receipts import CODE_LETTERS
from huiyin.people.directory import directory
from huiyin.portal.choices import category_choices, place_choices, post_choices, unit_choices
from huiyin.portal.fields import QUIET, LineField, TextField, refused

# More than this many places are a list to open, fewer are buttons to see at once.
MOST_BUTTONS = 12


class PlaceForm(forms.Form):
    """Where it is."""

    place = forms.ChoiceField(
        label=_("Where is it?"),
        help_text=_("Choose the place that the matter belongs to, not where you live."),
        error_messages={"required": _("Choose a place.")},
    )
    where = LineField(
        label=_("Where exactly"),
        help_text=_("For example a street, a building, a bus stop."),
        required=False,
        limit=LINE_LIMIT,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = place_choices(directory())
        few = len(choices) <= MOST_BUTTONS
        widget: Any = forms.RadioSelect if few else forms.Select
        field = self.fields["place"]
        field.widget = widget(attrs={} if few else QUIET)
        field.choices = choices if few else [("", gettext("Choose a place")), *choices]  # type: ignore[attr-defined]


class CategoryForm(forms.Form):
    """What it is about. The page draws the choices by group."""

    category = forms.ChoiceField(
        label=_("What is it about?"),
        error_messages={"required": _("Choose what it is about. If nothing fits, choose Other.")},
    )
    find = LineField(
        label=_("Search in your own words"),
        help_text=_("For example: wages not paid, street light, teacher."),
        required=False,
        limit=100,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]


class AboutForm(forms.Form):
    """Which office or post it concerns."""

    about_unit = forms.ChoiceField(
        label=_("Office or unit"), required=False, widget=forms.Select(attrs=QUIET)
    )
    about_post = forms.ChoiceField(
        label=_("Post"),
        help_text=_("Whoever holds it, or held it before, cannot handle, decide or read this."),
        required=False,
        widget=forms.Select(attrs=QUIET),
    )
    about = TextField(
        label=_("In your own words: which post, which desk, which decision"),
        help_text=_("A post is enough. You need not name anybody."),
        required=False,
        limit=2000,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        none = ("", gettext("No particular one, or I do not know"))
        tree = directory()
        self.fields["about_unit"].choices = [none, *unit_choices(tree)]  # type: ignore[attr-defined]
        if tree.posts:
            self.fields["about_post"].choices = [none, *post_choices(tree)]  # type: ignore[attr-defined]
        else:
            del self.fields["about_post"]


class WhatForm(forms.Form):
    """What happened."""

    text = TextField(
        label=_("What happened?"),
        limit=TEXT_LIMIT,
        error_messages={"required": _("Write what happened. One sentence is enough.")},
    )


class RemedyForm(forms.Form):
    """What would put it right."""

    remedy = TextField(
        label=_("What would put it right?"),
        help_text=_("What should the office do, change, pay or explain?"),
        required=False,
        limit=TEXT_LIMIT,
    )


ALONE, TOGETHER = "alone", "together"


class PeopleForm(forms.Form):
    """Alone or with others."""

    together = forms.ChoiceField(
        label=_("Do you hand this in alone or with others?"),
        choices=[(ALONE, _("Alone")), (TOGETHER, _("With others"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    people = forms.IntegerField(
        label=_("How many people are you, with yourself?"),
        help_text=_("Only if you chose “with others”. Names are not asked for."),
        required=False,
        min_value=2,
        max_value=MOST_PEOPLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", **QUIET}),
        error_messages={"invalid": _("Write the number of people in digits.")},
    )

    def clean(self) -> dict[str, Any]:
        """The number counts only for those who are several."""
        values = dict(self.cleaned_data)
        if values.get("together") == TOGETHER and not values.get("people"):
            if "people" not in self.errors:
                self.add_error("people", gettext("Write how many people you are."))
        elif values.get("together") == ALONE:
            self.errors.pop("people", None)
            values["people"] = 1
        return values


class ReachForm(forms.Form):
    """How to be reached; nothing at all is a full answer."""

    reach = forms.MultipleChoiceField(
        label=_("How may the office reach you?"),
        help_text=_(
            "With the receipt code you read the answer here in any case. Choose what you want "
            "besides."
        ),
        choices=[
            ("notice", _("Send a notice when there is news")),
            ("identity", _("Leave my name or how to reach me, sealed")),
            ("none", _("Not at all: I stay unknown and look here myself")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one. “Not at all” is a full answer.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        widget: Any = self.fields["reach"].widget
        widget.divider_before = widget.exclusive = "none"
        widget.choice_hints = {
            "notice": gettext(
                "To an e-mail address that nobody in the office sees. It says only that there "
                "is news."
            ),
            "identity": gettext(
                "Nobody who handles the case can open it. You can release it later; otherwise "
                "only two officers together can, with a reason that you will see."
            ),
        }

    def clean_reach(self) -> list[str]:
        """“Not at all” together with another choice is a contradiction that only the
        complainant can solve."""
        chosen: list[str] = self.cleaned_data["reach"]
        if "none" in chosen and len(chosen) > 1:
            raise ValidationError(gettext("Choose either “not at all” or the others."))
        return chosen


class NoticeForm(forms.Form):
    """Where a notice goes."""

    email = LineField(
        label=_("To which e-mail address shall the notice go?"),
        help_text=_(
            "Use an address that nobody else reads. An address at your workplace or school is "
            "a bad choice."
        ),
        limit=LINE_LIMIT,
        widget=forms.EmailInput,
        error_messages={"required": _("Write an e-mail address, or go back and choose no notice.")},
    )

    def clean_email(self) -> str:
        """The same rule as at registration, said where it can be corrected."""
        value: str = self.cleaned_data["email"]
        name, at, host = value.rpartition("@")
        if not at or not name or "." not in host or " " in value or not value.isascii():
            raise refused(Refusal("email-malformed"))
        return value


class IdentityForm(forms.Form):
    """Who somebody is; sealed under a key that no handler has."""

    name = LineField(label=_("Name"), required=False, limit=LINE_LIMIT)
    phone = LineField(
        label=_("Telephone"), required=False, limit=LINE_LIMIT, widget=forms.TextInput
    )
    own_email = LineField(
        label=_("E-mail address"), required=False, limit=LINE_LIMIT, widget=forms.EmailInput
    )
    address = LineField(label=_("Postal address"), required=False, limit=LINE_LIMIT)

    def clean(self) -> dict[str, Any]:
        """One of them is enough; none is a choice that has its own answer."""
        values = dict(self.cleaned_data)
        if not self.errors and not any(values.values()):
            raise ValidationError(
                gettext("Fill in at least one of these, or go back and choose not to be reached.")
            )
        return values


FORMS: Mapping[str, type[forms.Form]] = {
    "place": PlaceForm,
    "category": CategoryForm,
    "about": AboutForm,
    "what": WhatForm,
    "remedy": RemedyForm,
    "people": PeopleForm,
    "reach": ReachForm,
    "notice": NoticeForm,
    "identity": IdentityForm,
}


class CodeForm(forms.Form):
    """The receipt code."""

    code = forms.CharField(
        label=_("Receipt code"),
        help_text=_("Five groups of five. Dashes, spaces and capitals do not matter."),
        max_length=200,
        widget=forms.TextInput(
            attrs={**QUIET, "autocapitalize": "characters", "dir": "ltr", "class": "hy-mono"}
        ),
        error_messages={"required": _("Type the code from your receipt.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The browser tells a slip in the server's own words, before anything is sent (code.js).
        self.fields["code"].widget.attrs |= {
            "data-hy-slip": refused(Refusal("code-check-failed")).message,
            "data-hy-length": refused(
                Refusal("code-length", expected=CODE_LETTERS, length="{length}")
            ).message,
        }


class NotedForm(forms.Form):
    """The last group of the code, as proof that it was noted."""

    last = forms.CharField(
        label=_("Type the last group of your receipt code"),
        max_length=40,
        widget=forms.TextInput(attrs={**QUIET, "autocapitalize": "characters", "dir": "ltr"}),
        error_messages={"required": _("Type the last five characters of the code.")},
    )


class ReceiptFileForm(forms.Form):
    """A receipt file to be checked."""

    receipt = forms.FileField(
        label=_("Receipt file"),
        help_text=_("The file NUMBER.receipt.json that you downloaded."),
        error_messages={
            "required": _("Choose the receipt file."),
            "empty": _("This file is empty."),
        },
    )
