"""Forms of the roster pages. They say what was typed; whether it may be is decided by the acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.values import Duty
from huiyin.domain.rosters.wallclock import first, last, wall

Choices = Sequence[tuple[str, str]]
YEARS = (1, 3)  # how far back and ahead a day may lie


def day(label: Any, **more: Any) -> forms.DateField:
    """A field for a day."""
    # Browsers read a day only as 2026-03-02, whatever the reader's language writes.
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def clock(label: Any, **more: Any) -> forms.TimeField:
    """A field for a time of day."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, input_formats=["%H:%M"], **more)


class SpanForm(forms.Form):
    """From a day and time to another, by the wall clock of ``zone``."""

    from_day = day(gettext_lazy("From day"))
    from_time = clock(gettext_lazy("From time"))
    to_day = day(gettext_lazy("To day"))
    to_time = clock(gettext_lazy("To time"))

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


class AskingSure(forms.Form):
    """A form that asks for a confirmation where one is needed, and not before."""

    sure = forms.BooleanField(
        label=gettext_lazy("I have checked that this person may hold the duty"),
        required=False, widget=forms.HiddenInput,
    )  # fmt: skip

    def ask(self) -> None:
        """Show the box."""
        self.fields["sure"].widget = forms.CheckboxInput()


class OverrideForm(AskingSure, SpanForm):
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


class TemporaryForm(AskingSure, SpanForm):
    """When a temporary schedule stands; its duties are ``DutyRow``."""

    otherwise = forms.BooleanField(
        label=gettext_lazy("Other duties go on by the rules"), required=False, initial=True
    )


class DutyRow(forms.Form):
    """One duty of a temporary schedule; without days it is as long as the schedule."""

    role = forms.ChoiceField(label=gettext_lazy("Duty"), required=False)
    person = forms.ChoiceField(label=gettext_lazy("Who serves?"), required=False)
    from_day = day(gettext_lazy("From day"), required=False)
    from_time = clock(gettext_lazy("From time"), required=False)
    to_day = day(gettext_lazy("To day"), required=False)
    to_time = clock(gettext_lazy("To time"), required=False)

    def __init__(self, *args: Any, people: Choices, roles: Choices, zone: ZoneInfo, **more: Any):
        super().__init__(*args, **more)
        self.zone = zone
        nobody = ("", "–")
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["person"].choices = [nobody, *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A beginning or end needs its day; a day without a time counts from its first to its
        last instant of the schedule's own times."""
        cleaned = super().clean() or {}
        for part in ("from", "to"):
            if cleaned.get(f"{part}_time") and not cleaned.get(f"{part}_day"):
                self.add_error(f"{part}_day", _("Say on which day."))
        return cleaned

    def duty(self, whole: Span) -> Duty | None:
        """The duty within a schedule; None for a row without a person."""
        d = self.cleaned_data
        if not d.get("person"):
            return None
        start, end = whole
        if d["from_day"]:
            at = d["from_time"] or wall(whole.start, self.zone).time()
            start = first(datetime.combine(d["from_day"], at), self.zone)
        if d["to_day"]:
            at = d["to_time"] or wall(whole.end, self.zone).time()
            end = last(datetime.combine(d["to_day"], at), self.zone)
        return Duty(d["role"], d["person"], Span(start, end))


class OneDuty(AskingSure, DutyRow):
    """One duty of a temporary schedule that stands."""

    @staticmethod
    def typed(duty: Duty, zone: ZoneInfo) -> dict[str, Any]:
        """A duty as somebody would type it."""
        begin, end = (wall(at, zone) for at in duty.span)
        return {
            "role": duty.role, "person": duty.person, "from_day": begin.date(),
            "from_time": begin.time(), "to_day": end.date(), "to_time": end.time(),
        }  # fmt: skip


class ProposalForm(forms.Form):
    """For which days a fair plan is made."""

    first = day(gettext_lazy("First day"))
    days = forms.IntegerField(
        label=gettext_lazy("How many days"), min_value=1, max_value=92, initial=28
    )

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"first": today + timedelta(days=1)})
        self.today = today

    def clean_first(self) -> date:
        """From tomorrow on, within a year."""
        begin: date = self.cleaned_data["first"]
        if not self.today < begin <= self.today + timedelta(days=366):
            raise ValidationError(_("Choose a day after today, within a year."))
        return begin


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
            ("yes", _("answered")),
            ("no", _("no answer")),
        ]
