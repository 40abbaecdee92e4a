"""Forms of acts, built from what the pack says an act needs; and the search form."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.cases.story import ActView, FieldView, Story
from huiyin.cases.submitting import TEXT_LIMIT
from huiyin.domain.packs import Pack

Choices = list[tuple[str, str]]
_UNITS = {
    "d": gettext_lazy("days"),
    "wd": gettext_lazy("working days"),
    "w": gettext_lazy("weeks"),
    "m": gettext_lazy("months"),
    "h": gettext_lazy("hours"),
}


class ActForm(forms.Form):
    """One act of one case. ``seen`` carries how much of the history the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: object = None,
        *,
        act: ActView,
        story: Story,
        pack: Pack,
        people: Choices = (),  # type: ignore[assignment]  # an empty tuple reads as no choices
        units: Choices = (),  # type: ignore[assignment]
    ) -> None:
        super().__init__(data, initial={"seen": story.seq})  # type: ignore[arg-type]
        self.act, self.pack = act, pack
        self._extension = _extension_unit(pack, story)
        for field in act.fields:
            self.fields[field.id] = self._field(field, story, list(people), list(units))

    def _field(
        self, field: FieldView, story: Story, people: Choices, units: Choices
    ) -> forms.Field:
        common: dict[str, Any] = {"label": field.label, "required": field.required}
        if field.kind == "text":
            return forms.CharField(
                max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 6}), **common
            )
        if field.kind == "date":
            return forms.DateField(
                initial=date.today, widget=forms.DateInput(attrs={"type": "date"}), **common
            )
        if field.kind == "period":
            return self._period(common)
        if field.kind in ("person", "unit"):
            choices = people if field.kind == "person" else units
            return forms.ChoiceField(choices=[("", "—"), *choices], **common)
        if field.kind == "number":
            return forms.ChoiceField(choices=_entries(story), **common)
        if field.choices and len(field.choices) <= 6:
            choices = list(field.choices)
            if len(choices) == 1:
                common["initial"] = choices[0][0]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        if field.choices:
            return forms.ChoiceField(choices=[("", "—"), *field.choices], **common)
        return forms.CharField(max_length=128, **common)

    def _period(self, common: dict[str, Any]) -> forms.Field:
        count, unit = self._extension
        label = _UNITS.get(unit, unit)
        return forms.IntegerField(
            min_value=1,
            max_value=count or None,
            help_text=_("At most %(count)s %(unit)s.") % {"count": count, "unit": label},
            **common,  # type: ignore[arg-type]
        )

    def values(self) -> dict[str, str]:
        """What the act gets: plain strings, periods as the rules write them."""
        found = {}
        for field in self.act.fields:
            value = self.cleaned_data.get(field.id)
            if value not in (None, ""):
                text = value.isoformat() if isinstance(value, date) else str(value)
                found[field.id] = text + (self._extension[1] if field.kind == "period" else "")
        return found


def _extension_unit(pack: Pack, story: Story) -> tuple[int, str]:
    """The longest extension that a running limit allows, as (count, unit)."""
    for due in story.dues:
        extension = pack.limits[due.limit].extension
        if extension is not None:
            return extension.maximum.count, extension.maximum.unit
    return 0, "d"


def _entries(story: Story) -> Choices:
    return [(str(e.seq), f"{e.seq}. {e.title}") for e in story.entries]


class FindForm(forms.Form):
    """Find a case by number or by words of its summary."""

    q = forms.CharField(
        label=gettext_lazy("Case number or words of a summary"),
        max_length=200,
        help_text=gettext_lazy("Cases cannot be found by who handed them in."),
    )
