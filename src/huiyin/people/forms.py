"""allauth's forms for passkeys in our words."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name of the key"),
        help_text=_("So that you can tell your keys apart, for example “phone” or “blue key”."),
        max_length=60,
    )


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no stubs
    """A new passkey."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"] = _name_field()
        self.fields["name"].required = False
        self.fields["credential"].error_messages["required"] = _(
            "The browser has not given a key. Press the button and follow what it asks."
        )
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with this key alone, without the password")
        alone.help_text = _("The key then asks for your finger, your face or its PIN.")


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth ships no stubs
    """Another name for a passkey."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"] = _name_field()
