"""Forms of the two officers. A passphrase is never sent back, not even after a slip."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.cases.opening import FILES, OPEN, REASON_LIMIT, REISSUE
from huiyin.cases.submitting import TEXT_LIMIT

QUIET = {"autocomplete": "off", "spellcheck": "false"}


class PassphraseField(forms.CharField):
    """The officer's own passphrase."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(attrs=QUIET, render_value=False)
        label = _("Your passphrase")
        help_text = _("The one of your key, not the password of your account.")
        super().__init__(widget=widget, label=label, help_text=help_text, strip=False, **options)


class PassphraseForm(forms.Form):
    """Nothing but the passphrase."""

    passphrase = PassphraseField()


class AskForm(forms.Form):
    """What the first officer says."""

    number = forms.CharField(
        label=_("Case number"), max_length=30, widget=forms.TextInput(attrs=QUIET)
    )
    purpose = forms.ChoiceField(
        label=_("What for?"),
        choices=[
            (OPEN, _("Open the identity")),
            (FILES, _("Open files as they were handed in (this opens the identity too)")),
            (REISSUE, _("The complainant is here in person and has lost the code")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("The complainant reads this. Do not name them."),
        max_length=REASON_LIMIT,
        widget=forms.Textarea,
    )
    passphrase = PassphraseField()


class ExplainForm(forms.Form):
    """What the complainant is told afterwards."""

    message = forms.CharField(
        label=_("Explain to the complainant why it was opened"),
        help_text=_("They read it in the dialogue of their case."),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea,
    )
