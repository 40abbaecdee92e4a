"""Reads of the administration: settings as pages show them, and what was changed. No case.

Cases appear as numbers of open ones alone: how much a unit or an account has in hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop

from huiyin import packs
from huiyin.administration.recording import changes
from huiyin.cases.catalog import catalog
from huiyin.cases.models import Competence
from huiyin.cases.moving import open_in_units
from huiyin.domain.trees import in_order
from huiyin.people.directory import Directory, directory
from huiyin.people.models import InForce, Membership, User
from huiyin.people.naming import Names, role_name, staff_names
from huiyin.people.refusing import pick


@dataclass(frozen=True)
class Row:
    """One row of a tree: ``depth`` 0 is a root."""

    id: str
    name: str
    depth: int
    open: bool
    told: tuple[str, ...]
    leaf: bool = False


def unit_rows() -> list[Row]:
    """The units as a tree, with what each is and how many open cases it has. Two queries."""
    tree, held = directory(), open_in_units()
    order = in_order({u.id: u.parent for u in tree.units.values()})
    return [_unit_row(tree, id, depth, held.get(id, 0)) for id, depth in order]


def _unit_row(tree: Directory, id: str, depth: int, held: int) -> Row:
    info = tree.units[id]
    told = [gettext("legal body")] if info.body else []
    told.append(gettext("%(n)d open cases") % {"n": held})
    return Row(id, pick(info.name), depth, info.open, tuple(told))


def place_rows() -> list[Row]:
    """The places as a tree, with the unit that answers there."""
    tree, names = directory(), Names()
    order = in_order({p.id: p.parent for p in tree.places.values()})
    return [
        Row(id, pick(tree.places[id].name), depth, True, (names.unit(tree.places[id].unit),))
        for id, depth in order
    ]


def category_rows() -> list[Row]:
    """The categories as a tree."""
    table = catalog()
    order = in_order({c.id: c.parent for c in table.categories.values()})
    rows = []
    for id, depth in order:
        info, leaf = table.categories[id], not table.children.get(id)
        told = [kind_name(info.kind)] if leaf else []
        told += [gettext("subjects may be shown publicly")] if leaf and info.public else []
        rows.append(Row(id, pick(info.name), depth, info.open, tuple(told), leaf))
    return rows


_KINDS = {
    "grievance": gettext_noop("Grievance"),
    "complaint": gettext_noop("Complaint"),
    "suggestion": gettext_noop("Suggestion"),
    "report-of-wrongdoing": gettext_noop("Report of wrongdoing"),
}


def kind_name(kind: str) -> str:
    """A general kind in the reader's language."""
    return gettext(_KINDS[kind]) if kind in _KINDS else kind


def lead_rows(category: str) -> list[dict[str, Any]]:
    """Who leads for the category itself, place by place. One query."""
    names = Names()
    found = Competence.objects.filter(category_id=category).order_by("place__order", "place_id")
    return [
        {
            "place": row.place_id,
            "place_name": names.place(row.place_id),
            "unit": names.unit(row.unit_id),
            "support": [names.unit(u) for u in row.support],
            "why": pick(row.why),
        }
        for row in found
    ]


def law_rows(unit: str, today: date) -> list[dict[str, Any]]:
    """The packs of a unit: since when, which, and whether one is only announced. One query."""
    own = set(InForce.objects.filter(unit_id=unit).values_list("since", flat=True))
    info = directory().units[unit]
    in_force = info.pack_on(today)
    return [
        {
            "since": None if since == date.min else since,
            "pack": pack,
            "title": pick(packs.load(pack).title) if pack in packs.ids() else pack,
            "now": pack == in_force and since <= today,
            "announced": since > today,
            "own": since in own,
        }
        for since, pack in info.laws
    ]


def account_rows(today: date) -> list[dict[str, Any]]:
    """All accounts with the roles they hold today or will. Two queries."""
    names = Names()
    held: dict[int, list[str]] = {}
    for row in Membership.objects.order_by("unit__order", "role"):
        if row.until is None or row.until >= today:
            held.setdefault(row.user_id, []).append(
                f"{role_name(row.role)} · {names.unit(row.unit_id)}"
            )
    return [
        {
            "login": user.username,
            "name": user.get_full_name(),
            "active": user.is_active,
            "once": user.once_until,
            "roles": held.get(user.pk, []),
        }
        for user in User.objects.order_by("-is_active", "username")
    ]


def role_rows(user: User, today: date) -> list[dict[str, Any]]:
    """One account's roles, newest first; those that ended too. One query."""
    names = Names()
    return [
        {
            "role": row.role,
            "role_name": role_name(row.role),
            "unit": row.unit_id,
            "unit_name": names.unit(row.unit_id),
            "since": row.since,
            "until": row.until,
            "held": row.until is None or row.until >= today,
        }
        for row in user.memberships.order_by("-since", "role")
    ]


# --- what was changed --------------------------------------------------------------------------

_ACTS = {
    "settings-begun": gettext_noop("The register of settings began"),
    "unit-added": gettext_noop("Unit added"),
    "unit-changed": gettext_noop("Unit changed"),
    "unit-closed": gettext_noop("Unit closed"),
    "unit-opened": gettext_noop("Unit opened again"),
    "law-set": gettext_noop("Procedure set"),
    "law-dropped": gettext_noop("Procedure taken back"),
    "place-added": gettext_noop("Place added"),
    "place-changed": gettext_noop("Place changed"),
    "category-added": gettext_noop("Category added"),
    "category-changed": gettext_noop("Category changed"),
    "category-closed": gettext_noop("Category closed"),
    "category-opened": gettext_noop("Category opened again"),
    "lead-set": gettext_noop("Lead set"),
    "lead-ended": gettext_noop("Lead ended"),
    "account-added": gettext_noop("Account added"),
    "account-renamed": gettext_noop("Account renamed"),
    "account-deactivated": gettext_noop("Account closed"),
    "account-activated": gettext_noop("Account opened again"),
    "password-reset": gettext_noop("One-time password given"),
    "password-set": gettext_noop("Password set"),
    "factors-dropped": gettext_noop("Second factors dropped"),
    "role-given": gettext_noop("Role given"),
    "role-ended": gettext_noop("Role ended"),
    "post-added": gettext_noop("Post added"),
    "post-taken": gettext_noop("Post taken by somebody"),
    "post-left": gettext_noop("Post left by somebody"),
    "calendar-imported": gettext_noop("Calendar imported"),
}


@dataclass(frozen=True)
class Change:
    """One event of the settings in words."""

    at: datetime
    title: str
    thing: str
    by: str


def changed(most: int = 30) -> list[Change]:
    """The newest changes, newest first. Three queries."""
    found = changes(most)
    accounts = {_subject(row.event.data)[1] for row in found} | {row.event.actor for row in found}
    staff = staff_names(id for id in accounts if id and id.isdigit())
    names, table = Names(), catalog()
    return [
        Change(
            row.event.at,
            gettext(_ACTS.get(row.event.type, row.event.type)),
            _thing(row.event.data, names, table, staff),
            staff.get(row.event.actor or "", "") or gettext("at the machine"),
        )
        for row in found
    ]


def _subject(data: Mapping[str, object]) -> tuple[str, str]:
    kind, _, id = str(data.get("thing", "")).partition(":")
    return kind, id


def _thing(data: Mapping[str, object], names: Names, table: Any, staff: Mapping[str, str]) -> str:
    kind, id = _subject(data)
    if kind == "unit":
        return names.unit(id)
    if kind == "post":
        return names.post(id) or id
    if kind == "place":
        return names.place(id) or id
    if kind == "category":
        return pick(table.categories[id].name) if id in table.categories else id
    return staff.get(id, id) if kind == "account" else id
