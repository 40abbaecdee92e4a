"""The database itself refuses an owner in conflict, by whatever way the row is written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils import timezone

from huiyin.cases import answering, conflicts
from huiyin.cases.models import AskedUnit, Case, Exclusion, OpeningRequest, Told
from huiyin.cases.queries import facts_of, history_of, visible_to
from huiyin.domain.access import excluded
from huiyin.domain.errors import Refusal
from huiyin.people import acts
from huiyin.people.models import Membership
from huiyin.people.queries import actor_of
from tests.people import CAST, NOW, SINCE, Town


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


@pytest.mark.parametrize("days", [-40, -2, -1, 0, 1, 200])
def test_who_left_the_unit_since_the_complaint_stays_out(town: Town, days: int) -> None:
    """Moving to another desk opens to nobody what was said about them; who left before is free,
    with a day of grace. The rule and the database at once."""
    given, _ = town.hand_in(about_unit="works")
    bob = int(town.id("bob"))
    assert not owned_by(given.case, bob)
    acts.end_role("bob", "owner", "works", (NOW + timedelta(days=days)).date())
    acts.grant("bob", "supervisor", "town", SINCE)
    actor = actor_of(bob, timezone.localdate())
    facts = facts_of(given.case, history_of(given.case).state)
    assert excluded(actor, facts) == ("complained-of-unit" if days >= -1 else None)
    assert owned_by(given.case, bob) == (days < -1)
    assert visible_to(actor).exists() == (days < -1)


def test_a_role_taken_back_before_its_first_day_never_was(town: Town) -> None:
    given, _ = town.hand_in(about_unit="wages")
    acts.grant("bob", "owner", "wages", NOW.date() + timedelta(days=9))
    acts.end_role("bob", "owner", "wages", NOW.date() + timedelta(days=8))
    facts = facts_of(given.case, history_of(given.case).state)
    assert excluded(actor_of(int(town.id("bob")), timezone.localdate()), facts) is None
    assert owned_by(given.case, int(town.id("bob")))


def test_whom_a_case_is_about_cannot_become_its_owner_s_own(town: Town) -> None:
    """The other way round: the owner stays, and the row is made to be about them."""
    acts.add_post("head", {"en": "Head"}, "works")
    acts.hold_post("bob", "head", SINCE)
    given, _ = town.hand_in()
    cases = Case.objects.filter(pk=given.case.pk)
    cases.update(owner_id=int(town.id("bob")))
    for about in ({"about_unit": "works"}, {"about_unit": "town"}, {"about_post": "head"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            cases.update(**about)
    cases.update(about_unit="wages")


def test_an_owner_who_comes_into_conflict_later_does_not_stop_the_row(town: Town) -> None:
    """Found and shown for recusal; what the row says beside is written on."""
    given, _ = town.hand_in(about_unit="wages")
    Case.objects.filter(pk=given.case.pk).update(owner_id=int(town.id("bob")))
    acts.grant("bob", "registrar", "wages", SINCE)
    assert owned_by(given.case, int(town.id("bob")), stage="submitted")


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


# -- those asked, those told, those who open ------------------------------------------------------


def asked_of(number: str, unit: str, seq: int) -> bool:
    """Whether the database lets a unit be asked by this event of the case."""
    try:
        with transaction.atomic():
            AskedUnit.objects.create(case_id=number, unit_id=unit, seq=seq, since=NOW)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


def test_no_unit_is_asked_but_by_an_event_that_names_it(town: Town) -> None:
    given, _ = town.hand_in(about_unit="wages")
    number = given.case.number
    town.act("alice", number, "accept")
    acts.grant("bob", "owner", "town", SINCE)
    town.act("alice", number, "assign", owner=town.id("bob"))
    town.act("bob", number, "request-comment", about="wages", request="When was pay settled?")
    asking = AskedUnit.objects.get()
    seqs = range(1, asking.seq + 2)
    AskedUnit.objects.all().delete()
    found = {(u, n) for u in ("wages", "works", "town") for n in seqs if asked_of(number, u, n)}
    assert found == {("wages", asking.seq)}, "nor by the hand-in, which names the unit as well"
    asking.save(force_insert=True)
    for wrong in ({"unit": "works"}, {"seq": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AskedUnit.objects.update(**wrong)


def test_a_row_that_no_request_made_shows_nobody_the_complaint(town: Town) -> None:
    """Should the database let it pass: who reads a request is asked of the events."""
    given, _ = town.hand_in(about_unit="wages", text="The heron saw it.")
    conflicts.drop(connection)
    AskedUnit.objects.create(case=given.case, unit_id="wages", seq=1, since=NOW)
    conflicts.create(connection)
    wang = town.actor("wang")
    (waiting,) = answering.waiting_for(wang, NOW)
    with pytest.raises(Refusal, match="comment-not-waiting"):
        answering.read(wang, waiting.mark, NOW)


def test_the_unit_complained_of_is_never_told_who_complained(town: Town) -> None:
    given, _ = town.hand_in(about_unit="town")
    row = {"case": given.case, "scope": "identity", "since": NOW}
    for unit in ("town", "works", "wages"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Told.objects.create(unit_id=unit, **row)
    Told.objects.create(unit_id="county", **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Told.objects.update(unit_id="works")


def test_no_officer_in_conflict_opens_and_nobody_is_both(town: Town) -> None:
    given, _ = town.hand_in(about_unit="county")
    peng, olga = int(town.id("peng")), int(town.id("olga"))
    row = {
        "number": given.case.number,
        "purpose": "open",
        "role": "privacy_officer",
        "asked": NOW,
        "generation": 1,
        "wrap": b"x",
        "reason": b"x",
    }
    for wrong in ({"first_id": olga}, {"first_id": peng}, {"first_id": int(town.id("sun"))}):
        # All of the county and below it, which is the whole town.
        with pytest.raises(IntegrityError), transaction.atomic():
            OpeningRequest.objects.create(**row, **wrong)
    other, _ = town.hand_in(about_unit="works")
    row["number"] = other.case.number
    request = OpeningRequest.objects.create(**row, first_id=peng)
    for second in (peng, int(town.id("bob"))):
        with pytest.raises(IntegrityError), transaction.atomic():
            OpeningRequest.objects.filter(pk=request.pk).update(second_id=second)
    OpeningRequest.objects.filter(pk=request.pk).update(second_id=olga)


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
