"""Names of the register's classes for readers, in the order in which a case passes them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, gettext_noop

_NAMES = {
    "registered": gettext_noop("Registered"),
    "accepted": gettext_noop("Accepted"),
    "forwarded": gettext_noop("Forwarded"),
    "extended": gettext_noop("Extended"),
    "answered": gettext_noop("Answered"),
    "review-requested": gettext_noop("Review asked for"),
    "reviewed": gettext_noop("Reviewed"),
    "settled": gettext_noop("Settled"),
    "proceeded": gettext_noop("Other steps"),
    "corrected": gettext_noop("Corrected"),
    "identity-opened": gettext_noop("Identity opened"),
    "erased": gettext_noop("Erased"),
    "statistics-released": gettext_noop("Statistics released"),
    "openings-released": gettext_noop("Openings handed to an auditor"),
    "readiness": gettext_noop("Readiness"),
    "administered": gettext_noop("Administration"),
    "origin": gettext_noop("The register itself"),
}
# Entries that are about no case.
_BESIDE = frozenset(
    {"statistics-released", "openings-released", "readiness", "administered", "origin"}
)


def class_name(event_class: str) -> str:
    """The class in the reader's language; a class of a later version keeps its own name."""
    return gettext(_NAMES[event_class]) if event_class in _NAMES else event_class


def in_order(classes: Iterable[str]) -> tuple[list[str], list[str]]:
    """The classes of cases as a case passes them, and those beside; later versions' by name."""
    places = {name: place for place, name in enumerate(_NAMES)}
    ordered = sorted(classes, key=lambda name: (places.get(name, len(places)), name))
    return [n for n in ordered if n not in _BESIDE], [n for n in ordered if n in _BESIDE]
