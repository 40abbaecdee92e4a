"""From a Django form field to the parts that its markup needs.

Idea: the widget decides the markup; this module gathers label, hint, error, ids and choices
for it. The markup itself is in templates/components/forms. Nothing here validates.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from huiyin.domain.languages import tag_of
from huiyin.domain.packs import LANGUAGES

# Which template draws which widget; the first match counts, so the special ones come first.
_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.SelectDateWidget, "date"),
    (forms.CheckboxInput, "checkbox"),
    (forms.FileInput, "file"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)
_CLASSES = {
    "input": "govuk-input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "hy-file",
    "checkbox": "govuk-checkboxes__input",
}
_WIDTHS = (2, 3, 4, 5, 10, 20, 30)


@dataclass
class Choice:
    """One radio button or checkbox."""

    id: str
    name: str
    value: str
    label: str
    checked: bool
    disabled: bool
    hint: str
    divider: bool
    exclusive: bool


@dataclass
class Drawn:
    """What the templates in components/forms may use of one field."""

    field: BoundField
    kind: str
    label: str
    hint: str
    options: dict[str, Any]
    control: SafeString | str = ""
    choices: list[Choice] = dataclasses.field(default_factory=list)
    parts: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    count: dict[str, str] = dataclasses.field(default_factory=dict)
    max_length: int | None = None

    @property
    def id(self) -> str:
        return str(self.field.auto_id)

    @property
    def described_by(self) -> str:
        """The ids that a control or fieldset is described by, for assistive technology."""
        ids = [f"{self.id}_helptext"] if self.hint else []
        ids += [f"{self.id}_error"] if self.field.errors else []
        ids += [f"{self.id}-info"] if self.max_length else []
        return " ".join(ids)


def kind_of(bound: BoundField) -> str:
    """The name of the template that draws the field."""
    if bound.is_hidden:
        return "hidden"
    # A widget that another room has made may name a template of its own.
    named = getattr(bound.field.widget, "drawn_as", "")
    return named or next(
        (kind for cls, kind in _KINDS if isinstance(bound.field.widget, cls)), "input"
    )


def drawn(bound: BoundField, options: dict[str, Any]) -> Drawn:
    """Gathers the parts of a field; `options` are those of the tag ``field``."""
    kind = kind_of(bound)
    result = Drawn(
        bound,
        kind,
        label=_label(bound, kind, options),
        hint=str(options.get("hint", bound.help_text or "")),
        options=options,
    )
    if kind in ("radios", "checkboxes"):
        result.choices = _choices(bound)
    elif kind == "date":
        result.parts = _date_parts(bound)
    elif kind == "ordered":
        result.parts = _places(bound)
    else:
        if kind == "textarea":
            result.max_length = getattr(bound.field, "max_length", None)
            result.count = _count_words() if result.max_length else {}
        result.control = _control(result)
    return result


def first_id(bound: BoundField) -> str:
    """The id of the first control, where a link of the error summary leads."""
    kind = kind_of(bound)
    if kind in ("radios", "checkboxes", "ordered"):
        return f"{bound.auto_id}_0"
    if kind == "date":
        return f"{bound.auto_id}_{date_order()[0]}"
    return str(bound.auto_id)


def worded(bound: BoundField, text: str) -> str:
    """An error for the summary: Django's own general sentences get the question before them."""
    general = {
        str(sentence)
        for kind in type(bound.field).__mro__
        for sentence in getattr(kind, "default_error_messages", {}).values()
    }
    return f"{bound.label} – {text}" if text in general else text


def date_order() -> list[str]:
    """day, month and year in the order in which the reader's language writes them."""
    order = [
        {"Y": "year", "y": "year", "j": "day", "d": "day"}.get(c, "month")
        for c in get_format("SHORT_DATE_FORMAT")
        if c in "YyjdnmNMbF"
    ]
    american = order[:1] == ["month"]
    return order if len(order) == 3 and not american else ["day", "month", "year"]


def pack_attributes() -> SafeString:
    """Attributes of an element with words of a pack: their direction, and, where packs do not
    speak the reader's language, that they are English (WCAG 2.2, 3.1.2)."""
    if tag_of(get_language() or "en") in LANGUAGES:
        return mark_safe('dir="auto"')  # our own constant
    return mark_safe('dir="auto" lang="en"')  # our own constant


def _words(text: str, from_pack: bool) -> str:
    return format_html("<span {}>{}</span>", pack_attributes(), text) if from_pack else text


def _label(bound: BoundField, kind: str, options: dict[str, Any]) -> str:
    label = str(options.get("label", bound.label))
    label = _words(label, getattr(bound.field, "from_pack", False))
    if bound.field.required or kind == "checkbox" or options.get("optional") is False:
        return label
    # Translators: after the label of a question that need not be answered
    return format_html(gettext("{question} (optional)"), question=label)


def _control(part: Drawn) -> SafeString:
    widget = part.field.field.widget
    classes = [widget.attrs.get("class", ""), _CLASSES[part.kind]]
    if part.field.errors and part.kind != "checkbox":
        classes.append(f"{_CLASSES[part.kind]}--error")
    if part.options.get("width") in _WIDTHS:
        classes.append(f"govuk-input--width-{part.options['width']}")
    if part.max_length:
        classes.append("govuk-js-character-count")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes))}
    attrs["aria-describedby"] = part.described_by or False
    if part.kind == "textarea":
        attrs["rows"] = part.options.get("rows") or 6
        attrs["cols"] = False
        attrs["maxlength"] = False  # a text too long is said, never cut off while pasting
    # Django leaves out attributes that are False.
    return part.field.as_widget(attrs=attrs)


def _choices(bound: BoundField) -> list[Choice]:
    widget = bound.field.widget
    hints = getattr(widget, "choice_hints", {})
    divider = getattr(widget, "divider_before", object())
    exclusive = getattr(widget, "exclusive", object())
    return [
        Choice(
            id=f"{bound.auto_id}_{number}",
            name=data["name"],
            value=str(data["value"]),
            label=_words(str(data["label"]), getattr(bound.field, "choices_from_pack", False)),
            checked=bool(data["selected"]),
            disabled=bool(data["attrs"].get("disabled")),
            hint=str(hints.get(data["value"], "")),
            divider=str(data["value"]) == str(divider),
            exclusive=str(data["value"]) == str(exclusive),
        )
        for number, data in enumerate(sub.data for sub in bound.subwidgets)
    ]


def _date_parts(bound: BoundField) -> list[dict[str, Any]]:
    values = bound.field.widget.format_value(bound.value())
    labels = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    return [
        {
            "id": f"{bound.auto_id}_{name}",
            "name": f"{bound.html_name}_{name}",
            "label": labels[name],
            "value": values.get(name) or "",
            "width": 4 if name == "year" else 2,
        }
        for name in date_order()
    ]


def _places(bound: BoundField) -> list[dict[str, Any]]:
    """One choice for each place of an order; the last ones are empty."""
    chosen = [str(value) for value in bound.value() or ()]
    choices = [(str(value), words) for value, words in bound.field.choices]  # type: ignore[attr-defined]
    known = {value for value, _words in choices}
    choices += [(value, value) for value in chosen if value not in known]
    return [
        {
            "id": f"{bound.auto_id}_{number}",
            "name": bound.html_name,
            "choices": choices,
            "chosen": chosen[number] if number < len(chosen) else "",
        }
        for number in range(bound.field.widget.places(chosen))
    ]


def _count_words() -> dict[str, str]:
    """What the character counter says; read by the script from data attributes."""
    return {
        "under-limit.one": gettext("You have %{count} character left"),
        "under-limit.other": gettext("You have %{count} characters left"),
        "at-limit": gettext("You have no characters left"),
        "over-limit.one": gettext("You have %{count} character too many"),
        "over-limit.other": gettext("You have %{count} characters too many"),
    }
