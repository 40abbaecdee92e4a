"""What the browser needs to talk to a passkey, as an attribute of the form: no inline script."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django import template

register = template.Library()


@register.simple_tag
def passkey_options(options: Mapping[str, object]) -> str:
    """The options of WebAuthn as JSON; the template escapes it for the attribute."""
    return json.dumps(options)
