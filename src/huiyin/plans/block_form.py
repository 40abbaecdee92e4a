"""The editor's form: made from the declaration of a block, so that a field that the model gains
has its place on the page at once. It knows how each kind of field is shown and typed; whether a
value is possible is decided by the reader of plans (``domain/plans/reading``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from huiyin.domain.languages import pick
from huiyin.domain.plans.fields import Kind
from huiyin.people.refusing import tag
from huiyin.plans import labels, spelling
from huiyin.plans.editing import Spot, mark

# Where the order says something: first come, first asked.
ORDERED = ("holders", "deputies", "authority", "escalation", "to")
# A turn goes round in the order of these.
ORDERED_OF_PEOPLE = ("members", "people")
# More than so many names are typed, not ticked or chosen.
MOST_NAMES = 120
# Places offered beyond those that are taken.
SPARE = 2
Targets = Mapping[str, Mapping[str, str]]
ALWAYS_LEFT_TO_RIGHT = {"dir": "ltr"}


def label(section: str, key: str) -> str:
    """The name of a block, field or value in the reader's language."""
    return pick(labels()[section].get(key, key), tag())


def field_label(key: str, words: str = "fields") -> str:
    """The name of a field: by the words of its own file where they differ."""
    return label(words if key in labels()[words] else "fields", key)


class Ordered(forms.SelectMultiple):
    """Names in an order: one choice a place. Drawn by ``components/forms/ordered.html``."""

    drawn_as = "ordered"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """What was chosen, without the empty places and without what is named twice."""
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return list(dict.fromkeys(v for v in given if v))

    def places(self, chosen: list[str]) -> int:
        """How many places are offered."""
        return max(len(chosen) + SPARE, 3)


class OrderedField(forms.MultipleChoiceField):
    """Names in an order. A name that is none is a finding of the check, no error of the form."""

    widget = Ordered

    def valid_value(self, value: str) -> bool:
        """Any name may stand in a draft."""
        return True


class BlockForm(forms.Form):
    """The simple fields of one block. ``seen``: how many events the page knew; ``was``: a mark of
    what stood in the block then."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(
        self,
        data: Any,
        *,
        spot: Spot,
        languages: Iterable[str],
        targets: Targets,
        seen: int,
        words: str = "fields",
    ) -> None:
        super().__init__(data, initial={"seen": seen, "was": mark(spot)})
        self.spot, self.languages, self.words = spot, tuple(languages), words
        if spot.makes_entry:
            hint = _("Small letters, digits and hyphens. Leave it empty and a name is made.")
            self.fields["id"] = forms.CharField(
                label=label("fields", "id"), max_length=80, help_text=hint, required=False,
                widget=forms.TextInput(attrs=ALWAYS_LEFT_TO_RIGHT),
            )  # fmt: skip
        for key, kind in spot.fields():
            self._add(key, kind, targets)

    def _add(self, key: str, kind: Kind, targets: Targets) -> None:
        value = self.spot.standing(key, kind)
        if kind.name != "text":
            self.fields[key] = self._single(key, kind, value, targets)
            return
        texts = value if isinstance(value, Mapping) else {self.languages[0]: value or ""}
        for language in self.languages:
            name = field_label(key, self.words)
            self.fields[f"{key}__{language}"] = forms.CharField(
                label=f"{name} ({language})" if len(self.languages) > 1 else name,
                required=False,
                initial=texts.get(language, ""),
                widget=forms.Textarea(attrs={"rows": 2, "lang": language, "dir": "auto"}),
            )

    def _single(self, key: str, kind: Kind, value: Any, targets: Targets) -> forms.Field:
        name, known = field_label(key, self.words), targets.get(kind.target, {})
        if kind.name == "flag":
            return forms.BooleanField(label=name, required=False, initial=bool(value))
        if kind.name in ("choice", "ref"):
            return _one_of(name, kind, value, known)
        if kind.name in ("choices", "refs"):
            boxes = {v: label("values", v) for v in kind.accepted} or dict(known)
            boxes |= {v: v for v in value or () if v not in boxes}
            if boxes and len(boxes) <= MOST_NAMES:
                return _some_of(name, key, kind, value, boxes)
        if kind.name in ("choices", "refs", "words", "amounts"):
            return forms.CharField(
                label=name, required=False, initial=_lines(value),
                help_text=_known(hint_of(kind), known),
                widget=forms.Textarea(attrs={"rows": 3, **ALWAYS_LEFT_TO_RIGHT}),
            )  # fmt: skip
        return forms.CharField(
            label=name, required=False, initial=_shown(kind, value), help_text=hint_of(kind),
            widget=_typed_with(kind),
        )  # fmt: skip

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
        typed = _TYPED.get(kind.name)
        return typed(text) if typed else text

    def shown(self) -> list[str]:
        """The fields that a reader sees."""
        return [name for name in self.fields if name not in ("seen", "was", "id")]

    def initial_of(self, name: str) -> Any:
        """What stands in a field before anybody types."""
        return self.fields[name].initial

    def field_for(self, key: str) -> str | None:
        """The form's field that shows a key of the file."""
        if key in self.fields:
            return key
        return next((name for name in self.fields if name.startswith(f"{key}__")), None)

    def names_of(self, key: str, kind: Kind) -> list[str]:
        """The form's fields of a key of the file: one, or one a language."""
        return [f"{key}__{lang}" for lang in self.languages] if kind.name == "text" else [key]

    def blame(self, key: str, what: str, remedy: str) -> None:
        """Say beside its field that a value is not possible. ``what`` and ``remedy`` are the
        reader's words about files; they are used where the form has none of its own."""
        kind = dict(self.spot.fields()).get(key)
        if kind is None:
            self.add_error("id" if "id" in self.fields and not key else None, f"{what} – {remedy}")
            return
        for name in self.names_of(key, kind):
            if not self.cleaned_data.get(name):
                self.add_error(name, _("Fill this in."))
        first = self.field_for(key)
        if first and first not in self.errors:
            text = _("This is not possible here.")
            self.add_error(first, f"{text} {hint_of(kind) or remedy}")


def _one_of(name: str, kind: Kind, value: Any, known: Mapping[str, str]) -> forms.Field:
    offered = {v: label("values", v) for v in kind.accepted if v} or dict(known)
    if kind.target == "roles-or-system":
        offered["system"] = label("values", "system")
    if value and value not in offered:
        offered[str(value)] = str(value)
    choices = [("", "–"), *offered.items()]
    return forms.ChoiceField(label=name, required=False, choices=choices, initial=value or "")


def _some_of(name: str, key: str, kind: Kind, value: Any, boxes: dict[str, str]) -> forms.Field:
    ordered = key in ORDERED or (key in ORDERED_OF_PEOPLE and kind.target == "people")
    if ordered:
        return OrderedField(
            label=name, required=False, choices=list(boxes.items()), initial=list(value or ()),
            help_text=_("The first is asked first."),
        )  # fmt: skip
    return forms.MultipleChoiceField(
        label=name, required=False, choices=list(boxes.items()), initial=value or [],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


def _shown(kind: Kind, value: Any) -> str:
    if value is None:
        return ""
    if kind.name == "place":
        return ", ".join(value)
    if kind.name == "duration":
        return spelling.duration_shown(str(value), tag())
    return spelling.span_shown(str(value), tag()) if kind.name == "span" else str(value)


_TYPED = {
    "duration": spelling.duration_typed,
    "span": spelling.span_typed,
    "place": lambda text: [part.strip() for part in text.split(",")],
}


def _typed_with(kind: Kind) -> forms.Widget:
    kinds = {"day": "date", "clock": "time", "number": "number"}
    if kind.name in kinds:
        return forms.TextInput(attrs={"type": kinds[kind.name]})
    return forms.TextInput(attrs={"dir": "auto"})


def hint_of(kind: Kind) -> str:
    """How a value is written."""
    return {
        "duration": _("For example 90 s, 5 min, 2 h or 1 d."),
        "span": _("For example 1 month, 90 days or 2 years."),
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
