"""The template tags of the look: dates with distance, status, clocks, form fields.

Idea: a page says what it shows; how that looks is decided here and in templates/components,
once. Reads nothing but its arguments and the present time; decides nothing about a case.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.defaulttags import url as url_tag
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi, gettext

from huiyin.domain.languages import tag_of
from huiyin.domain.packs import LANGUAGES
from huiyin.web.templatetags.look_dates import day_with_distance, standing
from huiyin.web.templatetags.look_forms import drawn, first_id, worded
from huiyin.web.templatetags.look_icons import ICONS

register = template.Library()

# {% link "portal:law" as address %}: an address, or nothing if the room is not there.
register.tag("link", url_tag)

_SCRIPTS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


@register.simple_tag
def html_lang() -> str:
    """The active language as BCP 47 writes it, for the attribute lang."""
    language = get_language() or "en"
    return _SCRIPTS.get(language, language)


@register.simple_tag
def html_dir() -> str:
    """rtl or ltr, for the attribute dir and the choice of style sheet."""
    return "rtl" if get_language_bidi() else "ltr"


@register.simple_tag
def pack_words() -> SafeString:
    """Attributes of an element with words of a pack: their direction, and, where packs do not
    speak the reader's language, that they are English (WCAG 2.2, 3.1.2)."""
    if tag_of(get_language() or "en") in LANGUAGES:
        return mark_safe('dir="auto"')  # our own constant
    return mark_safe('dir="auto" lang="en"')  # our own constant


@register.simple_tag
@cache  # a list of fifty cases shows the same few over and over
def icon(name: str) -> SafeString:
    """A small drawing in the colour of the text; says nothing to a screen reader."""
    return format_html(
        '<svg class="hy-icon hy-icon--{}" viewBox="0 0 16 16" width="16" height="16"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        name,
        mark_safe(ICONS[name]),  # our own constants
    )


@register.simple_tag
def status_tag(kind: str, text: str) -> SafeString:
    """A status by word and by shape; `kind` is one of the status icons."""
    return format_html(
        '<strong class="hy-tag hy-tag--{}">{}<span dir="auto">{}</span></strong>',
        kind,
        icon(kind),
        text,
    )


@register.simple_tag
def date_with_distance(
    value: date | datetime | None, time: bool = False, distance: bool = True
) -> SafeString | str:
    """“3 March 2026, in 12 days” in the reader's language; nothing for None."""
    if value is None or value == "":
        return ""
    return day_with_distance(value, with_time=time, with_distance=distance)


@register.simple_tag
def due_tag(value: object) -> SafeString | str:
    """How a due day (or a Clock) stands now, as a status tag; nothing for None."""
    if value is None or value == "":
        return ""
    now = standing(value, timezone.now())
    return status_tag(now.shape, now.text)


@register.inclusion_tag("components/clock.html")
def clock_bar(
    clock: object, title: str = "", article: str = "", href: str = "", steps: Any = None
) -> dict[str, Any]:
    """A clock as a bar with the same in words; `steps` unfold how the date was counted."""
    return {
        "standing": standing(clock, timezone.now()),
        "title": title,
        "article": article,
        "href": href,
        "steps": steps,
    }


@register.simple_tag
def code_groups(code: str) -> SafeString:
    """A code in its groups, so that eye and ear can follow; the dashes stay when copied."""
    groups = format_html_join(
        mark_safe('<span class="hy-code__dash">-</span>'),  # a constant
        '<span class="hy-code__group">{}</span>',
        ((group,) for group in str(code).split("-")),
    )
    return format_html('<span class="hy-code" dir="ltr" translate="no">{}</span>', groups)


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, number: int) -> str:
    """The present address with another page number."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def field(bound: BoundField, **options: Any) -> str:
    """One form field whole; options: heading, width, rows, inline, small, label, hint, optional."""
    if bound.is_hidden:
        return bound.as_widget()
    part = drawn(bound, options)
    return render_to_string(f"components/forms/{part.kind}.html", {"part": part, **options})


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """All errors of the forms, each leading to its field; prints nothing without errors."""
    found: list[dict[str, str]] = []
    for form in forms:
        if not form or not form.is_bound:
            continue
        found += [{"text": str(text), "id": ""} for text in form.non_field_errors()]
        found += [
            {"text": worded(form[name], str(text)), "id": first_id(form[name])}
            for name, texts in form.errors.items()
            if name in form.fields
            for text in texts
        ]
    return {"errors": found}


@register.simple_tag
def error_title(*forms: BaseForm) -> str:
    """“Error: ” before the title of a page whose form was not accepted."""
    if any(form and form.is_bound and form.errors for form in forms):
        return gettext("Error:") + " "
    return ""


@register.filter
def numeric_at(columns: list[dict[str, Any]], number: int) -> bool:
    """Whether the column with this number (from 0) holds numbers."""
    return number < len(columns) and bool(columns[number].get("numeric"))
