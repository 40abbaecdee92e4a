"""Forms of the roster pages. They say what was typed; whether it may be is decided by the acts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.wallclock import first, last
from huiyin.rosters.models import TURN_UNITS

Choices = Sequence[tuple[str, str]]
_PHONE = re.compile(r"\+[1-9][0-9]{5,14}\Z", re.ASCII)  # E.164
YEARS = (1, 3)  # how far back and ahead a day may lie


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


def _clock(label: Any, **more: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, input_formats=["%H:%M"], **more)


class SpanForm(forms.Form):
    """From a day and time to another, by the wall clock of ``zone``."""

    from_day = _day(gettext_lazy("From day"))
    from_time = _clock(gettext_lazy("From time"))
    to_day = _day(gettext_lazy("To day"))
    to_time = _clock(gettext_lazy("To time"))

    def __init__(
        self, data: Any = None, *, zone: ZoneInfo, today: date, at: str = "08:00", **more: Any
    ) -> None:
        super().__init__(data, initial={"from_time": at, "to_time": at, "otherwise": True}, **more)
        self.zone, self.today = zone, today

    def clean(self) -> dict[str, Any]:
        """Adds ``span``."""
        cleaned = super().clean() or {}
        parts = [cleaned.get(name) for name in ("from_day", "from_time", "to_day", "to_time")]
        if None in parts:
            return cleaned
        self._near("from_day", cleaned)
        self._near("to_day", cleaned)
        if not self.errors:
            begin = first(datetime.combine(cleaned["from_day"], cleaned["from_time"]), self.zone)
            end = last(datetime.combine(cleaned["to_day"], cleaned["to_time"]), self.zone)
            if begin >= end:
                self.add_error("to_day", _("The end must be after the beginning."))
            cleaned["span"] = Span(begin, end)
        return cleaned

    def _near(self, name: str, cleaned: dict[str, Any]) -> None:
        back, ahead = (timedelta(days=366 * years) for years in YEARS)
        if not self.today - back <= cleaned[name] <= self.today + ahead:
            self.add_error(name, _("Choose a day near today."))


class LeaveForm(SpanForm):
    """Who is away."""

    person = forms.ChoiceField(label=gettext_lazy("Who is away?"))
    field_order = ("person",)

    def __init__(self, data: Any = None, *, people: Choices, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class OverrideForm(SpanForm):
    """Who does not serve, and who does."""

    role = forms.ChoiceField(label=gettext_lazy("Duty"))
    out = forms.ChoiceField(label=gettext_lazy("Who does not serve?"), required=False)
    into = forms.ChoiceField(
        label=gettext_lazy("Who serves instead or in addition?"), required=False
    )
    field_order = ("role", "out", "into")

    def __init__(self, data: Any = None, *, people: Choices, roles: Choices, **more: Any) -> None:
        super().__init__(data, **more)
        nobody = ("", _("nobody"))
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        for name in ("out", "into"):
            self.fields[name].choices = [nobody, *people]  # type: ignore[attr-defined]


class TemporaryForm(SpanForm):
    """One person on one duty instead of the rules: the shortest temporary schedule."""

    role = forms.ChoiceField(label=gettext_lazy("Duty"))
    person = forms.ChoiceField(label=gettext_lazy("Who serves all of that time?"))
    otherwise = forms.BooleanField(
        label=gettext_lazy("Other duties go on by the rules"), required=False, initial=True
    )
    field_order = ("role", "person")

    def __init__(self, data: Any = None, *, people: Choices, roles: Choices, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class SwapForm(forms.Form):
    """Which of my shifts, to whom, for which of theirs."""

    mine = forms.ChoiceField(label=gettext_lazy("Which of your shifts?"))
    theirs = forms.ChoiceField(
        label=gettext_lazy("Who takes it?"),
        help_text=gettext_lazy("With a shift you get theirs in return."),
    )

    def __init__(self, data: Any = None, *, mine: Choices, theirs: Choices) -> None:
        super().__init__(data)
        self.fields["mine"].choices = mine  # type: ignore[attr-defined]
        self.fields["theirs"].choices = theirs  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    """What the next one must know."""

    role = forms.ChoiceField(label=gettext_lazy("Duty"))
    into = forms.ChoiceField(label=gettext_lazy("Who takes over?"))
    note = forms.CharField(
        label=gettext_lazy("What is open?"),
        help_text=gettext_lazy("What happened, what is not finished, what to watch. It is sealed."),
        widget=forms.Textarea,
        max_length=4000,
    )

    def __init__(self, data: Any = None, *, people: Choices, roles: Choices) -> None:
        super().__init__(data)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["into"].choices = people  # type: ignore[attr-defined]


class CallForm(forms.Form):
    """One call of a reachability test."""

    person = forms.ChoiceField(label=gettext_lazy("Who was called?"))
    channel = forms.ChoiceField(label=gettext_lazy("How?"))
    answered = forms.ChoiceField(label=gettext_lazy("Answered?"), widget=forms.RadioSelect)
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds until the answer"), required=False, min_value=0, max_value=86400
    )

    def __init__(self, data: Any = None, *, people: Choices, channels: Choices) -> None:
        super().__init__(data)
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]
        self.fields["answered"].choices = [  # type: ignore[attr-defined]
            ("yes", _("Yes")),
            ("no", _("No")),
        ]


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


class EndForm(forms.Form):
    """The last day of a rule or of a member."""

    row = forms.IntegerField(widget=forms.HiddenInput)
    until = _day(gettext_lazy("Last day"))
