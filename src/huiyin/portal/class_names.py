"""The register's event classes in words, for tables of totals."""

from __future__ import annotations

from django.utils.translation import gettext


def class_name(event_class: str) -> str:
    """The class in the reader's language; a class of a later version keeps its own name."""
    names = {
        "registered": gettext("Registered"),
        "accepted": gettext("Accepted"),
        "forwarded": gettext("Forwarded"),
        "extended": gettext("Extended"),
        "answered": gettext("Answered"),
        "review-requested": gettext("Review asked for"),
        "reviewed": gettext("Reviewed"),
        "settled": gettext("Settled"),
        "identity-opened": gettext("Identity opened"),
        "erased": gettext("Erased"),
        "corrected": gettext("Corrected"),
        "statistics-released": gettext("Statistics released"),
        "openings-released": gettext("Openings handed to an auditor"),
        "proceeded": gettext("Other steps"),
        "administered": gettext("Administration"),
        "readiness": gettext("Readiness"),
        "origin": gettext("The register itself"),
    }
    return names.get(event_class, event_class)
