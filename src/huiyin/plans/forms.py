"""Forms of the plan pages. The editor's form is made from the declaration of a block, so that a
field that the model gains has its place on the page at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.domain.languages import pick
from huiyin.domain.plans.accounts import EXERCISE_TYPES
from huiyin.domain.plans.duties import CHANNELS
from huiyin.domain.plans.fields import Kind
from huiyin.domain.plans.organisation import HOURS
from huiyin.people.refusing import tag
from huiyin.plans import labels
from huiyin.plans.editing import NEW, Spot

# Where the order says something: first come, first asked.
ORDERED = ("holders", "deputies", "authority", "escalation", "to")
# More than so many names are typed, not ticked.
MOST_BOXES = 30
Targets = Mapping[str, Mapping[str, str]]
ALWAYS_LEFT_TO_RIGHT = {"dir": "ltr"}
DAY = {"type": "date"}


def label(section: str, key: str) -> str:
    """The name of a block, field or value in the reader's language."""
    return pick(labels()[section].get(key, key), tag())


class BlockForm(forms.Form):
    """The simple fields of one block of a plan."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, spot: Spot, languages: Iterable[str], targets: Targets, seen: int
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        self.spot, self.languages = spot, tuple(languages)
        if spot.parts and spot.parts[-1] == NEW and spot.kind and spot.kind.name == "many":
            hint = _("Small letters, digits and hyphens; it cannot be changed later.")
            self.fields["id"] = forms.CharField(
                label=label("fields", "id"), max_length=80, help_text=hint,
                widget=forms.TextInput(attrs=ALWAYS_LEFT_TO_RIGHT),
            )  # fmt: skip
        for key, kind in spot.fields():
            self._add(key, kind, targets)

    def _add(self, key: str, kind: Kind, targets: Targets) -> None:
        value = self.spot.standing(key, kind)
        if kind.name == "text":
            texts = value if isinstance(value, Mapping) else {self.languages[0]: value or ""}
            for language in self.languages:
                name = f"{key}__{language}"
                self.fields[name] = forms.CharField(
                    label=f"{label('fields', key)} ({language})",
                    required=False,
                    initial=texts.get(language, ""),
                    widget=forms.Textarea(attrs={"rows": 2, "lang": language, "dir": "auto"}),
                )
            return
        self.fields[key] = self._single(key, kind, value, targets)

    def _single(self, key: str, kind: Kind, value: Any, targets: Targets) -> forms.Field:
        name, hint = label("fields", key), _hint(kind)
        known = targets.get(kind.target, {})
        if kind.name == "flag":
            return forms.BooleanField(label=name, required=False, initial=bool(value))
        if kind.name in ("choice", "ref"):
            offered = {v: label("values", v) for v in kind.accepted if v} or dict(known)
            if kind.name == "ref" and kind.target == "roles-or-system":
                offered["system"] = label("values", "system")
            if value and value not in offered:
                offered[str(value)] = str(value)
            choices = [("", "–"), *offered.items()]
            return forms.ChoiceField(
                label=name, required=False, choices=choices, initial=value or ""
            )
        if kind.name in ("choices", "refs") and key not in ORDERED:
            boxes = {v: label("values", v) for v in kind.accepted} or dict(known)
            boxes |= {v: v for v in value or () if v not in boxes}
            if boxes and len(boxes) <= MOST_BOXES:
                return forms.MultipleChoiceField(
                    label=name, required=False, choices=list(boxes.items()), initial=value or [],
                    widget=forms.CheckboxSelectMultiple,
                )  # fmt: skip
        if kind.name in ("choices", "refs", "words", "amounts"):
            return forms.CharField(
                label=name, required=False, initial=_lines(value),
                help_text=_known(hint, known),
                widget=forms.Textarea(attrs={"rows": 3, **ALWAYS_LEFT_TO_RIGHT}),
            )  # fmt: skip
        shown = ", ".join(value) if kind.name == "place" and value else value
        return forms.CharField(
            label=name, required=False, initial="" if shown is None else shown, help_text=hint
        )

    def values(self) -> dict[str, Any]:
        """The fields as a plan file would hold them; None for what is left out."""
        return {key: self._value(key, kind) for key, kind in self.spot.fields()}

    def _value(self, key: str, kind: Kind) -> Any:
        given = self.cleaned_data
        if kind.name == "text":
            texts = {lang: given.get(f"{key}__{lang}", "").strip() for lang in self.languages}
            return texts if kind.required or any(texts.values()) else None
        value = given.get(key)
        if kind.name == "flag":
            return True if value else None
        if isinstance(value, list):
            return value or None
        text = str(value or "").strip()
        if not text:
            return "" if kind.required else None
        if kind.name in ("choices", "refs", "words"):
            return [line.strip() for line in text.splitlines() if line.strip()]
        if kind.name == "amounts":
            return dict(_amount(line) for line in text.splitlines() if line.strip())
        return [part.strip() for part in text.split(",")] if kind.name == "place" else text

    def field_for(self, key: str) -> str | None:
        """The form's field that shows a key of the file."""
        if key in self.fields:
            return key
        return next((name for name in self.fields if name.startswith(f"{key}__")), None)


def _hint(kind: Kind) -> str:
    """How a value is written."""
    return {
        "duration": _("For example PT90S, PT5M, PT2H or P1D."),
        "span": _("For example P1M, P90D or P2Y."),
        "day": _("For example 2026-05-01."),
        "clock": _("For example 17:00."),
        "place": _("Latitude, then longitude in degrees: 36.6683, 116.9972."),
        "amounts": _("One a line, with its number: pump: 2"),
        "refs": _("One a line, the first first."),
        "words": _("One a line: small letters, digits and hyphens."),
        "word": _("Small letters, digits and hyphens."),
    }.get(kind.name, "")


def _known(hint: str, known: Mapping[str, str]) -> str:
    if not known:
        return hint
    shown = ", ".join(list(known)[:40])
    return f"{hint} {_('Known here:')} {shown}"


def _lines(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {number}" for name, number in value.items())
    return "\n".join(value or ())


def _amount(line: str) -> tuple[str, str]:
    name, _colon, number = line.partition(":")
    return name.strip(), number.strip()


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
