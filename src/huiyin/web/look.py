"""How Django's forms are drawn: each field whole, with label, hint, error and control.

Idea: a page writes ``{{ form.name }}`` and gets the accessible markup; the control alone is
``{{ form.name.as_widget }}``. What the markup is lives in templates/components/forms and in
the tag ``field``; this module only points Django to it.
"""

from __future__ import annotations

from typing import Any

from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString


class LookBoundField(BoundField):
    """A field that prints itself whole."""

    def __str__(self) -> SafeString:
        return self.as_field_group()

    __html__ = __str__


class LookRenderer(TemplatesSetting):
    """The renderer of all forms (setting ``FORM_RENDERER``)."""

    form_template_name = "components/forms/form.html"
    field_template_name = "components/forms/group.html"
    bound_field_class: Any = LookBoundField
