"""Forms of the plan pages; the editor's own is in ``block_form``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.domain.plans.duties import CHANNELS
from huiyin.domain.plans.organisation import HOURS
from huiyin.plans.block_form import label

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
