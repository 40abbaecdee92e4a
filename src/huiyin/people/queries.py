"""Reads about staff: who somebody is to the access rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from huiyin.domain.access import STAFF_ROLES, Actor, Grant
from huiyin.people.directory import Directory, directory
from huiyin.people.models import Membership, User


def _in_force(today: date) -> Q:
    return Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))


def _actor(user_id: str, rows: Iterable[Membership], tree: Directory) -> Actor:
    rows = list(rows)
    grants = tuple(Grant(r.role, r.unit_id, tree.reach(r.unit_id)) for r in rows)
    above = frozenset(u for r in rows for u in tree.line(r.unit_id))
    return Actor(user_id, grants, above, tree.posts_of(user_id))


def actor_of(user_id: int, today: date) -> Actor:
    """The member of staff as the access rule sees them today. One query."""
    rows = Membership.objects.filter(_in_force(today), user_id=user_id, user__is_active=True)
    return _actor(str(user_id), rows, directory())


def actors_reaching(unit: str, roles: Iterable[str], today: date) -> tuple[Actor, ...]:
    """Everybody whose ``roles`` cover ``unit`` today, with all their memberships."""
    tree = directory()
    above = [u for u in tree.line(unit) if unit in tree.reach(u)]
    ids = Membership.objects.filter(
        _in_force(today), unit_id__in=above, role__in=list(roles), user__is_active=True
    ).values_list("user_id", flat=True)
    rows = Membership.objects.filter(_in_force(today), user_id__in=set(ids))
    by_user: dict[int, list[Membership]] = {}
    for row in rows:
        by_user.setdefault(row.user_id, []).append(row)
    return tuple(_actor(str(user), found, tree) for user, found in sorted(by_user.items()))


def actors_named(ids: Iterable[int], today: date) -> dict[int, Actor]:
    """These members of staff as the access rule sees them today. One query."""
    wanted, tree = set(ids), directory()
    if not wanted:
        return {}
    by_user: dict[int, list[Membership]] = {user: [] for user in wanted}
    for row in Membership.objects.filter(_in_force(today), user_id__in=wanted):
        by_user[row.user_id].append(row)
    return {user: _actor(str(user), rows, tree) for user, rows in by_user.items()}


def accounts_by_role() -> list[tuple[str, list[tuple[User, str]]]]:
    """Role → the accounts that hold it with their unit, for the sign-in page of a
    demonstration. One query."""
    rows = Membership.objects.filter(until__isnull=True, user__is_active=True)
    found: dict[str, list[tuple[User, str]]] = {role: [] for role in STAFF_ROLES}
    for row in rows.select_related("user").order_by("unit__order", "user__username"):
        found[row.role].append((row.user, row.unit_id))
    return [(role, users) for role, users in found.items() if users]
