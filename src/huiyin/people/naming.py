"""Names of units, places, roles and staff in the reader's language, for pages.

``Names`` holds the directory once, so that a page of fifty rows asks for its revision once.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from huiyin.people.directory import directory
from huiyin.people.models import User
from huiyin.people.refusing import pick

_ROLES = {
    "complainant": gettext_noop("complainant"),
    "registrar": gettext_noop("Registrar"),
    "owner": gettext_noop("Owner"),
    "supervisor": gettext_noop("Supervisor"),
    "reviewer": gettext_noop("Reviewer"),
    "privacy_officer": gettext_noop("Privacy officer"),
    "ombudsman": gettext_noop("Ombudsman"),
    "auditor": gettext_noop("Auditor"),
    "plan_owner": gettext_noop("Plan owner"),
    "administrator": gettext_noop("Administrator"),
    "asked": gettext_noop("The unit asked"),
    "system": gettext_noop("the system"),
}


class Names:
    """The names of units and places for one page."""

    def __init__(self) -> None:
        self.tree = directory()

    def unit(self, unit: str | None) -> str:
        """The unit's name, with its parent's where that helps to tell units apart."""
        info = self.tree.units.get(unit or "")
        if info is None:
            return unit or ""
        parent = self.tree.units.get(info.parent or "")
        own = pick(info.name)
        return own if parent is None or info.body else f"{pick(parent.name)} · {own}"

    def post(self, post: str | None) -> str:
        """The post's name with its unit's; "" for none."""
        info = self.tree.posts.get(post or "")
        return f"{self.unit(info.unit)} · {pick(info.name)}" if info else ""

    def place(self, place: str | None) -> str:
        """The place's name; "" for none."""
        info = self.tree.places.get(place or "")
        return pick(info.name) if info else ""


def office_name(language: str | None = None) -> str:
    """The name on every page: as the operator named it, else the first place served here."""
    if settings.CONFIG.name:
        return str(settings.CONFIG.name)
    tree = directory()
    first = next(iter(tree.places.values()), None) or next(iter(tree.units.values()), None)
    return pick(first.name, language) if first else "Huiyin"


def role_name(role: str) -> str:
    """The role in the reader's language."""
    return gettext(_ROLES[role])


def staff_names(ids: Iterable[str | int | None]) -> dict[str, str]:
    """Account id → display name. One query, none for an empty set."""
    wanted = {int(i) for i in ids if i}
    if not wanted:
        return {}
    rows = User.objects.filter(pk__in=wanted).values_list("pk", "display_name", "username")
    return {str(pk): pick(name) or username for pk, name, username in rows}
