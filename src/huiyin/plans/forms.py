"""Forms of the plan pages; the editor's own is in ``block_form``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.domain.plans.accounts import EXERCISE_TYPES
from huiyin.domain.plans.duties import CHANNELS
from huiyin.domain.plans.organisation import HOURS
from huiyin.plans.block_form import ALWAYS_LEFT_TO_RIGHT, label

DAY = {"type": "date"}


class NewPlanForm(forms.Form):
    """Where a new plan begins: an example or a file, in a unit."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    example = forms.ChoiceField(
        label=gettext_lazy("Begin with an example"), required=False,
        help_text=gettext_lazy("A complete plan that you make your own, block by block."),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("Or with a plan file"), required=False)

    def __init__(
        self, data: Any, files: Any, units: list[tuple[str, str]], examples: list[tuple[str, str]]
    ) -> None:
        super().__init__(data, files)
        self.fields["unit"].choices = units
        self.fields["example"].choices = [("", "–"), *examples]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("example")) == bool(found.get("file")):
            raise forms.ValidationError(_("Choose an example, or bring a file; one of the two."))
        return found


class FileForm(forms.Form):
    """A plan or organisation file to be brought in."""

    file = forms.FileField(label=gettext_lazy("File (YAML)"))


class TableTopForm(forms.Form):
    """The record of a table-top exercise of the version in review."""

    on = forms.DateField(
        label=gettext_lazy("Held on"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY)
    )
    participants = forms.IntegerField(
        label=gettext_lazy("How many took part"), min_value=2, max_value=10_000
    )
    record = forms.CharField(
        label=gettext_lazy("What was walked through, and what came of it"),
        widget=forms.Textarea, max_length=4000,
    )  # fmt: skip

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return on


class ExerciseForm(forms.Form):
    """An exercise that took place under the plan in force."""

    type = forms.ChoiceField(label=gettext_lazy("What was held"))
    programme = forms.ChoiceField(label=gettext_lazy("Of the programme"), required=False)
    on = forms.DateField(
        label=gettext_lazy("Held on"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY)
    )
    participants = forms.IntegerField(
        label=gettext_lazy("How many took part"), min_value=1, max_value=1_000_000
    )
    record = forms.CharField(
        label=gettext_lazy("What happened, and what came of it"),
        help_text=gettext_lazy("No names of people: everybody who may read the plan reads this."),
        widget=forms.Textarea, max_length=4000,
    )  # fmt: skip

    def __init__(self, data: Any, programme: Iterable[tuple[str, str]], today: Any) -> None:
        super().__init__(data)
        self.today = today
        self.fields["type"] = forms.ChoiceField(
            label=_("What was held"), choices=[(t, label("values", t)) for t in EXERCISE_TYPES]
        )
        self.fields["programme"] = forms.ChoiceField(
            label=_("Of the programme"), required=False,
            choices=[("", _("none of it")), *programme],
        )  # fmt: skip

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return on


class AlertForm(forms.Form):
    """What only the moment knows of an alert; all else stands in the plan."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Exercise or actual"), initial="exercise",
        choices=[("exercise", gettext_lazy("Exercise")), ("actual", gettext_lazy("Actual"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    to = forms.CharField(
        label=gettext_lazy("To whom it goes"), max_length=200,
        help_text=gettext_lazy("In words, such as “all staff of the house”. No names, no numbers."),
    )  # fmt: skip
    sender = forms.CharField(
        label=gettext_lazy("Sender"), max_length=100,
        help_text=gettext_lazy("An address of the office, without spaces: safety@works.example"),
        widget=forms.TextInput(attrs=ALWAYS_LEFT_TO_RIGHT),
    )  # fmt: skip
    onset = forms.DateTimeField(
        label=gettext_lazy("Begins"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    expires = forms.DateTimeField(
        label=gettext_lazy("Holds until"), required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip
    severity = forms.ChoiceField(
        label=gettext_lazy("How bad"),
        choices=[
            ("Minor", gettext_lazy("minor")), ("Moderate", gettext_lazy("moderate")),
            ("Severe", gettext_lazy("severe")), ("Extreme", gettext_lazy("extreme")),
        ],
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=gettext_lazy("How soon to act"),
        choices=[
            ("Immediate", gettext_lazy("at once")), ("Expected", gettext_lazy("within the hour")),
            ("Future", gettext_lazy("later")), ("Past", gettext_lazy("no longer")),
        ],
    )  # fmt: skip
    certainty = forms.ChoiceField(
        label=gettext_lazy("How sure"),
        choices=[
            ("Observed", gettext_lazy("seen")), ("Likely", gettext_lazy("likely")),
            ("Possible", gettext_lazy("possible")), ("Unlikely", gettext_lazy("unlikely")),
        ],
    )  # fmt: skip
    response = forms.MultipleChoiceField(
        label=gettext_lazy("What people should do"), widget=forms.CheckboxSelectMultiple,
        choices=[
            ("Evacuate", gettext_lazy("leave")), ("Shelter", gettext_lazy("stay inside")),
            ("Avoid", gettext_lazy("keep away")), ("Prepare", gettext_lazy("get ready")),
            ("Execute", gettext_lazy("do what was practised")),
            ("Monitor", gettext_lazy("watch for news")),
            ("AllClear", gettext_lazy("all clear: go back")),
        ],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        begins, ends = given.get("onset"), given.get("expires")
        if begins and ends and ends <= begins:
            self.add_error("expires", _("This is not after the beginning."))
        return given


class SignForm(forms.Form):
    """Key and certificate for one signature; neither is kept."""

    key = forms.FileField(label=gettext_lazy("RSA key (PEM)"))
    certificate = forms.FileField(label=gettext_lazy("Its certificate (PEM)"))


class MomentForm(forms.Form):
    """When something happened and became known: from then reports are due."""

    at = forms.DateTimeField(
        label=gettext_lazy("When it became known"),
        help_text=gettext_lazy("Nothing is stored. The time is that of the plan's place."),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )


class ApproveForm(forms.Form):
    """As whom of the organisation the approver signs."""

    who = forms.ChoiceField(label=gettext_lazy("You approve as"))

    def __init__(self, data: Any, who: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["who"].choices = who


class GiveForm(forms.Form):
    """Who owns the plan from now on."""

    owner = forms.ChoiceField(label=gettext_lazy("New owner of the plan"))

    def __init__(self, data: Any, owners: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["owner"].choices = owners


class ReviseForm(forms.Form):
    """The name of the next version."""

    label = forms.CharField(label=gettext_lazy("Name of the next version"), max_length=40)


class ReachForm(forms.Form):
    """One reachability test."""

    person = forms.ChoiceField(label=gettext_lazy("Who was called"))
    channel = forms.ChoiceField(label=gettext_lazy("How"))
    hours = forms.ChoiceField(label=gettext_lazy("When"), widget=forms.RadioSelect)
    answered = forms.ChoiceField(label=gettext_lazy("Answered"), widget=forms.RadioSelect)
    on = forms.DateField(
        label=gettext_lazy("On"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY)
    )

    def __init__(self, data: Any, people: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["person"].choices = people
        self.fields["channel"].choices = [(c, label("values", c)) for c in CHANNELS]
        names = {"day": _("by day"), "night": _("by night")}
        self.fields["hours"].choices = [(h, names[h]) for h in HOURS]
        self.fields["answered"].choices = [("yes", _("yes")), ("no", _("no"))]


class SimulateForm(forms.Form):
    """For which hours and which level a plan is computed."""

    hours = forms.ChoiceField(label=gettext_lazy("When the call goes out"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)

    def __init__(self, data: Any, levels: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["hours"].choices = [("night", _("by night")), ("day", _("by day"))]
        self.fields["level"].choices = [("", _("the whole plan")), *levels]
