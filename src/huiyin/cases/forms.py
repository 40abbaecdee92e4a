"""Forms of acts, built from what the pack says an act needs; and the search form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.cases.acting import SUMMARY_LIMIT
from huiyin.cases.citing import period
from huiyin.cases.story import ActView, FieldView, Story
from huiyin.cases.submitting import TEXT_LIMIT
from huiyin.domain.packs import Pack
from huiyin.domain.periods import Period

Choices = Sequence[tuple[str, str]]
RADIOS = 6  # more choices than that are a list to open


class CommentForm(forms.Form):
    """What a unit says that was asked for its comment."""

    comment = forms.CharField(
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy(
            "Say what happened as your unit knows it, and what papers show it. Whoever handles the "
            "matter reads it; it cannot be changed afterwards."
        ),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write your comment.")},
    )


class ActForm(forms.Form):
    """One act of one case. ``seen`` carries how much of the history the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        act: ActView,
        story: Story,
        pack: Pack,
        tag: str,
        people: Choices = (),
        units: Choices = (),
        summary: str = "",
    ) -> None:
        super().__init__(data, initial={"seen": story.seq, "summary": summary})
        self.act, self.pack, self.story, self.tag = act, pack, story, tag
        self.rule = pack.acts[act.id]
        self.longest = _longest_extension(pack, story)
        self.choices = {"person": people, "unit": units, "number": _entries(story)}
        for field in act.fields:
            if not _settled(field):
                found: Any = self._field(field)
                # Words of a pack: the template says which language they are in.
                found.from_pack = True
                found.choices_from_pack = bool(field.choices) and field.kind not in self.choices
                self.fields[field.id] = found

    def _field(self, field: FieldView) -> forms.Field:
        common: dict[str, Any] = {"label": field.label, "required": field.required}
        if field.kind == "text":
            return self._text(field, common)
        if field.kind == "date":
            today = timezone.localdate(timezone=ZoneInfo(self.pack.zone))
            widget = forms.DateInput(attrs={"type": "date", "max": today.isoformat()})
            return forms.DateField(initial=today, widget=widget, **common)
        if field.kind == "period":
            return self._period(common)
        if field.kind == "person":
            common["help_text"] = _(
                "Everybody who may own this case. Those complained of, those who stood aside and "
                "those who decided before are not offered."
            )
        if field.kind in self.choices:
            return _select(self.choices[field.kind], common)
        if field.choices and len(field.choices) <= RADIOS:
            return forms.ChoiceField(choices=field.choices, widget=forms.RadioSelect, **common)
        return _select(field.choices, common)

    def _text(self, field: FieldView, common: dict[str, Any]) -> forms.Field:
        most = SUMMARY_LIMIT if self.rule.summarises else TEXT_LIMIT
        return forms.CharField(
            max_length=most, widget=forms.Textarea, help_text=self._hint(field), **common
        )

    def _hint(self, field: FieldView) -> str:
        """What to mind while writing; follows from the act's marks, not from its name."""
        if self.rule.summarises:
            return _(
                "Your own words, in one or two sentences. This is the only text that colleagues "
                "can search: no names, no addresses, no telephone numbers."
            )
        asks_a_unit = not self.rule.moves_unit and any(f.kind == "unit" for f in self.act.fields)
        if asks_a_unit:
            return _(
                "Only this goes to the unit. Write what it needs to respond; nothing of the "
                "complaint's wording and nothing that shows who complained."
            )
        if self.rule.decides:
            return str(_HINTS.get(field.id, ""))
        return ""

    def _period(self, common: dict[str, Any]) -> forms.Field:
        count, unit = self.longest
        longest = period(Period(count, unit), self.tag) if count else ""
        return forms.IntegerField(
            min_value=1,
            max_value=count or None,
            help_text=_("A number; at most %(longest)s.") % {"longest": longest},
            **common,
        )

    def values(self) -> dict[str, str]:
        """What the act gets: plain strings, periods as the rules write them."""
        found = {}
        for field in self.act.fields:
            value = self.cleaned_data.get(field.id)
            if value not in (None, ""):
                text = value.isoformat() if isinstance(value, date) else str(value)
                found[field.id] = text + (self.longest[1] if field.kind == "period" else "")
        return found

    def typed(self) -> list[tuple[str, str]]:
        """The data as sent, for hidden fields of the page that asks once more."""
        return [
            (self.add_prefix(name), str(self.data.get(self.add_prefix(name), "")))
            for name in self.fields
        ]


_HINTS: dict[str, Any] = {
    "facts": gettext_lazy("What you found, with dates, and how you know it."),
    "reasons": gettext_lazy("Why this follows from the facts; answer each point of the complaint."),
    "basis": gettext_lazy("Law, rule or policy, with the article."),
    "remedy": gettext_lazy("What is decided, who does what, and by which day."),
    "route": gettext_lazy("Which body is competent, how it is reached, in which procedure."),
}


def _settled(field: FieldView) -> bool:
    """A field that leaves nothing to choose: the rules fill it in."""
    return field.kind == "limit" and not field.required and len(field.choices) < 2


def _select(choices: Choices, common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", "—"), *choices], **common)


def _longest_extension(pack: Pack, story: Story) -> tuple[int, str]:
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
        widget=forms.TextInput(attrs={"id": "find", "type": "search", "autocomplete": "off"}),
    )
