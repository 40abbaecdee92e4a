"""Reads about staff: who somebody is to the access rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q

from huiyin.domain.access import STAFF_ROLES, Actor, Grant
from huiyin.people.directory import Directory, directory
from huiyin.people.models import Membership, User


def _in_force(today: date) -> Q:
    return Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))


def _actor(user_id: str, rows: Iterable[Membership], tree: Directory, today: date) -> Actor:
    """``rows``: all that the person holds and held."""
    # A role that was taken back before its first day never was.
    begun = [r for r in rows if r.since <= today and (r.until is None or r.until >= r.since)]
    held = [row for row in begun if row.until is None or row.until >= today]
    grants = tuple(Grant(r.role, r.unit_id, tree.reach(r.unit_id)) for r in held)
    above = frozenset(u for r in held for u in tree.line(r.unit_id))
    left = _left((row for row in begun if row not in held), tree, above)
    return Actor(user_id, grants, above, tree.posts_of(user_id), left)


def _left(
    ended: Iterable[Membership], tree: Directory, still: frozenset[str]
) -> tuple[tuple[str, datetime], ...]:
    """The units somebody is no longer of, each with the end of the day after their last day: a
    day of grace on the stricter side, for the zones of the world."""
    found: dict[str, date] = {}
    for row in ended:
        for unit in set(tree.line(row.unit_id)) - still:
            found[unit] = max(row.until or date.min, found.get(unit, date.min))
    days = ((unit, last + timedelta(days=2)) for unit, last in sorted(found.items()))
    return tuple((unit, datetime.combine(day, time.min, UTC)) for unit, day in days)


def actor_of(user_id: int, today: date) -> Actor:
    """The member of staff as the access rule sees them today. One query."""
    rows = Membership.objects.filter(user_id=user_id, user__is_active=True)
    return _actor(str(user_id), rows, directory(), today)


def actors_reaching(unit: str, roles: Iterable[str], today: date) -> tuple[Actor, ...]:
    """Everybody whose ``roles`` cover ``unit`` today, with all their memberships."""
    tree = directory()
    above = [u for u in tree.line(unit) if unit in tree.reach(u)]
    ids = Membership.objects.filter(
        _in_force(today), unit_id__in=above, role__in=list(roles), user__is_active=True
    ).values_list("user_id", flat=True)
    rows = Membership.objects.filter(user_id__in=set(ids))
    by_user: dict[int, list[Membership]] = {}
    for row in rows:
        by_user.setdefault(row.user_id, []).append(row)
    return tuple(_actor(str(user), found, tree, today) for user, found in sorted(by_user.items()))


def actors_named(ids: Iterable[int], today: date) -> dict[int, Actor]:
    """These members of staff as the access rule sees them today. One query."""
    wanted, tree = set(ids), directory()
    if not wanted:
        return {}
    by_user: dict[int, list[Membership]] = {user: [] for user in wanted}
    for row in Membership.objects.filter(user_id__in=wanted):
        by_user[row.user_id].append(row)
    return {user: _actor(str(user), rows, tree, today) for user, rows in by_user.items()}


def accounts_by_role() -> list[tuple[str, list[tuple[User, str]]]]:
    """Role → the accounts that hold it with their unit, for the sign-in page of a
    demonstration. One query."""
    rows = Membership.objects.filter(until__isnull=True, user__is_active=True)
    found: dict[str, list[tuple[User, str]]] = {role: [] for role in STAFF_ROLES}
    for row in rows.select_related("user").order_by("unit__order", "user__username"):
        found[row.role].append((row.user, row.unit_id))
    return [(role, users) for role, users in found.items() if users]
