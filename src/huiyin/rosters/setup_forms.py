"""Forms by which a roster is made and set up; those of its days are in ``forms``."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.domain.rosters.resting import KINDS
from huiyin.rosters.forms import Choices
from huiyin.rosters.forms import clock as _clock
from huiyin.rosters.forms import day as _day
from huiyin.rosters.models import TURN_UNITS

_PHONE = re.compile(r"\+[1-9][0-9]{5,14}\Z", re.ASCII)  # E.164


class RosterForm(forms.Form):
    """A new roster with its first duty."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    title = forms.CharField(label=gettext_lazy("Name of the roster"), max_length=80)
    role = forms.CharField(label=gettext_lazy("Name of the duty"), max_length=80)
    begins = _clock(gettext_lazy("Shifts begin at"), initial="08:00")
    ends = _clock(gettext_lazy("Shifts end at"), initial="08:00")
    line = forms.CharField(
        label=gettext_lazy("Telephone of the duty"),
        help_text=gettext_lazy("The number of the post, not of a person, as +8653112345678."),
        required=False,
        max_length=16,
    )

    def __init__(self, data: Any = None, *, units: Choices) -> None:
        super().__init__(data)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]

    def clean_line(self) -> str:
        """E.164 or nothing."""
        return _phone(self.cleaned_data["line"])


class RestForm(forms.Form):
    """A limit on one person's duty."""

    kind = forms.ChoiceField(label=gettext_lazy("What is limited?"))
    hours = forms.IntegerField(label=gettext_lazy("Hours"), min_value=1, max_value=8784)
    days = forms.IntegerField(
        label=gettext_lazy("In how many days"), required=False, min_value=1, max_value=366,
        help_text=gettext_lazy("Only for the limits over some days."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Where it is from"), max_length=200,
        help_text=gettext_lazy("A law with its article, a contract, a decision of your office."),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        words = [
            _("at least so many hours free between two duties"),
            _("at most so many hours in one go"),
            _("at most so many hours of duty in some days"),
            _("one unbroken rest of so many hours in some days"),
        ]
        self.fields["kind"].choices = list(zip(KINDS, words, strict=True))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Limits over some days need their number; the others have none."""
        cleaned = super().clean() or {}
        windowed = cleaned.get("kind") in ("most", "free")
        if windowed and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say in how many days."))
        cleaned["days"] = (cleaned.get("days") or 0) if windowed else 0
        return cleaned


class RoleForm(forms.Form):
    """One more duty."""

    role = RosterForm.base_fields["role"]
    begins = RosterForm.base_fields["begins"]
    ends = RosterForm.base_fields["ends"]
    people = forms.IntegerField(
        label=gettext_lazy("How many people at once?"), min_value=1, max_value=100, initial=1
    )
    line = RosterForm.base_fields["line"]

    def clean_line(self) -> str:
        """E.164 or nothing."""
        return _phone(self.cleaned_data["line"])


def _phone(text: str) -> str:
    plain = re.sub(r"[\s()-]", "", text)
    if plain and not _PHONE.match(plain):
        raise ValidationError(_("Write it with + and country code: +8653112345678."))
    return plain


class RoleChangeForm(RoleForm):
    """A duty as it is to be from now on."""

    days = forms.ChoiceField(label=gettext_lazy("On which days?"))
    able = forms.MultipleChoiceField(
        label=gettext_lazy("Who may hold it?"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Without a tick, those whom a rule of the duty names. Who is not on the list cannot "
            "stand in."
        ),
    )  # fmt: skip
    field_order = ("role", "days")

    def __init__(self, data: Any, *, people: Choices, days: Choices, initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.fields["days"].choices = days  # type: ignore[attr-defined]
        self.fields["able"].choices = people  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    """Who serves from when."""

    account = forms.ChoiceField(label=gettext_lazy("Who?"))
    since = _day(gettext_lazy("From day"))

    def __init__(self, data: Any = None, *, accounts: Choices, today: date) -> None:
        super().__init__(data, initial={"since": today})
        self.fields["account"].choices = accounts  # type: ignore[attr-defined]


class RuleForm(forms.Form):
    """Who takes turns."""

    role = forms.ChoiceField(label=gettext_lazy("Duty"))
    people = forms.MultipleChoiceField(
        label=gettext_lazy("Who takes turns?"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(label=gettext_lazy("On which days?"))
    begins = RosterForm.base_fields["begins"]
    ends = RosterForm.base_fields["ends"]
    count = forms.IntegerField(
        label=gettext_lazy("A turn lasts"), min_value=1, max_value=99, initial=1
    )
    turn = forms.ChoiceField(label=gettext_lazy("of these"))
    since = _day(gettext_lazy("From day"))
    cover = forms.BooleanField(
        label=gettext_lazy("Who is away for a part keeps the turn, and the next stands in"),
        required=False,
    )

    def __init__(
        self, data: Any = None, *, people: Choices, roles: Choices, days: Choices, today: date
    ) -> None:
        super().__init__(data, initial={"since": today + timedelta(days=1), "turn": "days"})
        units = [_("hours"), _("days"), _("weeks"), _("months")]
        for name, choices in (
            ("role", roles), ("people", people), ("days", days),
            ("turn", list(zip(TURN_UNITS, units, strict=True))),
        ):  # fmt: skip
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def _row() -> forms.IntegerField:
    """The number of a row, as large as a database counts."""
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**63 - 1)


class EndForm(forms.Form):
    """The last day of a rule or of a member."""

    row = _row()
    until = _day(gettext_lazy("Last day"))


class RowForm(forms.Form):
    """Which row is meant."""

    row = _row()
