"""Jobs that leave the house: today the notice "there is news".

The job row holds the case number and the id of a sealed row, never an address; the address
is opened only in the moment of sending (privacy.md, "Notification address").
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from huiyin.vault import queries as vault

# Waits after the first, second … failure: minutes first, then half a day.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)


@task()
def send_notice(number: str, vault_stream: str, address: str, language: str, failed: int) -> str:
    """Send one notice; on failure leave a later job, after the last wait give up loudly.

    Returns "sent", "erased" (the address is gone: nothing to do) or "later".
    """
    found = vault.get([UUID(address)], vault_stream)
    to = found.get(UUID(address))
    if to is None:
        return "erased"
    try:
        _send(number, to, language)
    except Exception:
        if failed >= len(WAITS):
            raise
        after = timezone.now() + WAITS[failed]
        send_notice.using(run_after=after).enqueue(
            number, vault_stream, address, language, failed + 1
        )
        return "later"
    return "sent"


def _send(number: str, to: str, language: str) -> None:
    with translation.override(language):
        subject = _("There is news")
        body = _(
            "There is news about something you follow.\n\n"
            "Open %(url)s and enter your receipt code to read it. "
            "We never ask for the code by mail or phone.\n"
        ) % {"url": f"{settings.HUIYIN_PUBLIC_URL}/follow/"}
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [to])
