"""The database itself refuses an owner in conflict, by whatever way the row is written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils import timezone

from huiyin.cases import conflicts
from huiyin.cases.models import Case, Exclusion
from huiyin.cases.queries import facts_of, history_of
from huiyin.domain.access import excluded
from huiyin.people import acts
from huiyin.people.models import Membership
from tests.people import CAST, SINCE, Town


def owned_by(case: Case, user: int | None, **more: object) -> bool:
    """Whether the database lets ``user`` own the case; nothing is kept."""
    try:
        with transaction.atomic():
            Case.objects.filter(pk=case.pk).update(owner_id=user, **more)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


def test_the_triggers_are_there_after_all_migrations(db: None) -> None:
    names = set(conflicts.NAMES)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger")
        found = dict(cursor.fetchall())
    assert {name: found.get(name) for name in names} == conflicts.NAMES


def test_nobody_of_the_unit_complained_of_or_below_it_can_own(town: Town) -> None:
    about_works, _ = town.hand_in(about_unit="works")
    about_town, _ = town.hand_in(about_unit="town")
    for name, (role, unit) in CAST.items():
        if role is None:
            continue
        user = int(town.id(name))
        assert owned_by(about_works.case, user) == (unit != "works"), name
        assert owned_by(about_town.case, user) == (unit not in ("works", "wages", "town")), name
    assert owned_by(about_works.case, None)


def test_the_database_says_no_exactly_where_the_rule_does(town: Town) -> None:
    """Every unit complained of against every member of the cast."""
    for about in ("works", "wages", "town", "county", "city", "homes", "repairs", "relations"):
        given, _ = town.hand_in()
        Case.objects.filter(pk=given.case.pk).update(about_unit=about)
        case = Case.objects.get(pk=given.case.pk)
        facts = facts_of(case, history_of(case).state)
        for name in CAST:
            refused = excluded(town.actor(name), facts) is not None
            assert owned_by(case, int(town.id(name))) == (not refused), (about, name)


def test_a_membership_that_ended_no_longer_counts(town: Town) -> None:
    given, _ = town.hand_in(about_unit="works")
    bob = int(town.id("bob"))
    assert not owned_by(given.case, bob)
    acts.end_role("bob", "owner", "works", timezone.localdate() - timedelta(days=10))
    assert owned_by(given.case, bob)


def test_who_stands_aside_cannot_own_and_who_owns_cannot_stand_aside(town: Town) -> None:
    given, _ = town.hand_in()
    case, bob = given.case, int(town.id("bob"))
    Exclusion.objects.create(case=case, user_id=bob, reason="recused")
    assert not owned_by(case, bob)
    assert owned_by(case, int(town.id("bella")))
    Case.objects.filter(pk=case.pk).update(owner_id=int(town.id("bella")))
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.create(case=case, user_id=int(town.id("bella")), reason="recused")
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.update(user_id=int(town.id("bella")))


def test_who_decided_cannot_own_the_review_but_keeps_what_they_decide(town: Town) -> None:
    given, _ = town.hand_in()
    case, bob = given.case, int(town.id("bob"))
    Exclusion.objects.create(case=case, user_id=bob, reason="decided")
    assert owned_by(case, bob), "the first level, which is theirs"
    assert not owned_by(case, bob, level=1)
    Case.objects.filter(pk=case.pk).update(owner_id=bob)
    # The present reviewer has decided this level and still delivers: the owner does not change.
    assert owned_by(case, bob, level=1)


def test_a_new_row_is_checked_like_a_changed_one(town: Town) -> None:
    given, _ = town.hand_in(about_unit="works")
    row = Case.objects.get(pk=given.case.pk)
    row.number, row.serial, row.lookup, row.vault = "2026-000099-X", 99, b"x" * 32, "f" * 32
    row.owner_id = int(town.id("bob"))
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    row.owner_id = int(town.id("sun"))
    acts.grant("sun", "owner", "works", SINCE)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_they_can_be_taken_out_and_put_back(town: Town) -> None:
    """What a migration that makes these tables anew has to do."""
    given, _ = town.hand_in(about_unit="works")
    conflicts.drop(connection)
    assert owned_by(given.case, int(town.id("bob")))
    conflicts.create(connection)
    assert not owned_by(given.case, int(town.id("bob")))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL alters tables in place")
@pytest.mark.django_db(transaction=True)
def test_an_upgrade_may_alter_the_tables_that_the_triggers_read() -> None:
    """SQLite makes a table anew to alter it; under the triggers that fails half-way."""
    old = Membership._meta.get_field("role")
    new = models.CharField(max_length=30)
    new.set_attributes_from_name("role")
    new.model = Membership
    with pytest.raises(OperationalError), connection.schema_editor() as editor:
        editor.alter_field(Membership, old, new, strict=False)
    with conflicts.lifted(connection):
        assert not conflicts.present(connection)
        with connection.schema_editor() as editor:
            editor.alter_field(Membership, old, new)
            editor.alter_field(Membership, new, old)
    assert conflicts.present(connection)
