"""The editor of the organisation behind a plan: units, posts, people, duties, contact data.

The same way as the plan's editor (``blocks``). Contact data is shown with the person whom it is
about, lies sealed, and is only opened for those who may write the organisation. What is typed here
is never kept before it is saved: it may hold names and numbers.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick
from huiyin.domain.plans.editing_organisation import mentions
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.organisation import Organisation as Value
from huiyin.domain.plans.reading import organisation_of as organisation_value_of
from huiyin.domain.plans.writing import as_data
from huiyin.domain.strict_yaml import Item
from huiyin.people.naming import Names
from huiyin.people.refusing import tag
from huiyin.plans import contacts, presenting, queries
from huiyin.plans.block_form import Targets, label
from huiyin.plans.editing import NoSuchPlace, Spot, removed, spot
from huiyin.plans.models import Organisation
from huiyin.plans.queries import Opened
from huiyin.plans.views.blocks import Editor, standing_at
from huiyin.plans.views.loading import base, opened, today


class OrganisationEditor(Editor):
    """One place of the organisation of a unit."""

    root, file, words, template = Value, "organisation", "organisation", "plans/edit.html"
    hidden = ("private",)

    def __init__(self, request: HttpRequest, found: Opened, row: Organisation) -> None:
        self.row, self.value = row, queries.with_contacts(row)
        super().__init__(request, found, as_data(self.value))

    def go(self, pointer: str) -> None:
        """Stand at a place. Contact data that is not there yet can be made for anybody who is."""
        try:
            super().go(pointer)
        except NoSuchPlace:
            parts = tuple(p for p in pointer.split("/") if p)
            if len(parts) != 2 or parts[0] != "private" or parts[1] not in self.value.people:
                raise
            section = spot(self.data, ("private",), Value)
            self.spot = Spot(parts, section.of, section.kind, None, False)

    @property
    def seen(self) -> int:
        """See ``Editor``."""
        return int(self.row.seq)

    @property
    def languages(self) -> tuple[str, ...]:
        """See ``Editor``."""
        return self.value.about.languages

    @property
    def open(self) -> bool:
        """See ``Editor``: an organisation has no versions, so it can always be changed."""
        return True

    def address(self, parts: tuple[str, ...]) -> str:
        """See ``Editor``. The list of contact data is the list of people."""
        if parts == ("private",):
            parts = ("people",)
        return presenting.organisation_address(self.found.row.pk, parts)

    def targets(self) -> Targets:
        """See ``Editor``: people by name."""
        value = self.value
        return {
            "units": {u.id: pick(u.title, tag()) or u.id for u in value.units.values()},
            "skills": {s.id: pick(s.title, tag()) or s.id for s in value.skills.values()},
            "people": {p: self._called(p) for p in value.people},
        }

    def _called(self, person: str) -> str:
        private = self.value.private.get(person)
        return f"{private.name} ({person})" if private else person

    def title_of(self, part: str, entry: Any) -> str:
        """See ``Editor``: people by name."""
        if self.spot.parts[:1] in (("people",), ("private",)) and part in self.value.people:
            private = self.value.private.get(part)
            return private.name if private else part
        return super().title_of(part, entry)

    def value_of(self, top: Item) -> Value:
        """See ``Editor``."""
        return organisation_value_of(top)

    def lint(self, value: Any = None) -> list[Finding]:
        """The findings of the plan with this organisation behind it."""
        plan, language = self.found.plan, tag()
        return queries.findings(plan, None, value or self.value, today(), language)

    def keep(self, seen: int, value: Any) -> None:
        """See ``Editor``."""
        contacts.keep(
            self.row.unit_id, seen, value, self.found.actor, timezone.now(), self.found.owned
        )

    def context(self) -> dict[str, Any]:
        """See ``Editor``; on a person's page, how they are reached."""
        parts = self.spot.parts
        more: dict[str, Any] = {}
        if len(parts) == 2 and parts[0] == "people" and parts[1] in self.value.people:
            more["reached"] = self._reached(parts[1])
        if self.spot.removable:
            more["mentions"] = self._mentions()
        return base(
            self.found,
            organisation=self.row,
            of_unit=Names().unit(self.row.unit_id),
            sealed=parts[:1] == ("private",),
            **more,
        )

    def _reached(self, person: str) -> dict[str, Any]:
        card = self.row.cards.filter(person=person).first()
        private = self.value.private.get(person)
        return {
            "href": self.address(("private", person)),
            "name": private.name if private else "",
            "channels": private.channels if private else (),
            "destroy_on": card.destroy_on if card else None,
        }

    def _mentions(self) -> list[str]:
        """Where the organisation and the plan name what is to be taken out."""
        if len(self.spot.parts) != 2 or self.spot.parts[0] == "private":
            return []
        found = mentions(self.value, self.found.plan, self.spot.parts[-1])
        words = [(self._words(place), place) for place in found]
        return [text for text, _place in words]

    def _words(self, place: tuple[str, ...]) -> str:
        section = self.block_name(place[0])
        known = getattr(self.value, place[0], None) or getattr(self.found.plan, place[0], {})
        entry = known.get(place[1]) if len(place) > 1 and hasattr(known, "get") else None
        title = pick(getattr(entry, "title", None), tag()) if entry is not None else ""
        return f"{section}: {title or ' / '.join(place[1:2])}" if len(place) > 1 else section

    def block_name(self, key: str, deep: bool = False) -> str:
        """See ``Editor``."""
        if not key:
            return _("The people behind the plan")
        words = label(self.words, key)
        return words if words != key else super().block_name(key, deep)

    def without(self) -> dict[str, Any]:
        """See ``Editor``: with a person goes how they are reached."""
        data = removed(self.data, self.spot)
        if len(self.spot.parts) == 2 and self.spot.parts[0] == "people":
            data.get("private", {}).pop(self.spot.parts[1], None)
        return data

    def taken_out(self) -> str:
        """See ``Editor``."""
        if self.spot.parts[:1] in (("people",), ("private",)):
            return _("Taken out. The contact data is destroyed.")
        return _("Taken out.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, plan: str, place: str = "") -> HttpResponse:
    """One place of the organisation: shown, checked, saved or taken out."""
    found = opened(request, plan)
    row = queries.organisation_row(found.row.unit_id)
    if row is None or not found.may_write_organisation(row):
        if found.may("write") and row is None:
            raise Refusal("organisation-unknown")
        raise Refusal("not-allowed", verb="write")
    editor = OrganisationEditor(request, found, row)
    return standing_at(editor, place) or editor.answer()
