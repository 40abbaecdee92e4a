"""Acts on duty rosters: who may, what is refused, what goes into history and register."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.covering import gaps, on_duty
from huiyin.domain.rosters.intervals import Span
from huiyin.domain.rosters.serving import serve
from huiyin.domain.rosters.values import ALGORITHM, Duty
from huiyin.history.models import Event
from huiyin.history.queries import events
from huiyin.register import checking
from huiyin.rosters import acts, changes, duty, queries
from huiyin.rosters.models import Call, Handover, Override, Role, Roster, Rule, Served, Touched
from huiyin.rosters.recording import record_all
from huiyin.vault import acts as vault_acts
from huiyin.vault import queries as vault
from huiyin.vault.models import CaseKey, Content
from tests.apps import roster_world as world
from tests.people import NOW, Town

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(town: Town) -> Roster:
    return world.build(town)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused, transaction.atomic():
        call()
    return refused.value.code


def served(row: Roster, days: int = 30):  # type: ignore[no-untyped-def]
    return serve(queries.value_of(row), Span(NOW, NOW + days * DAY))


def test_every_act_is_one_event_of_the_roster_and_of_the_register(town: Town, row: Roster) -> None:
    found = events(row.pk)
    assert [e.event.type for e in found] == [
        "roster-created", "role-added", *["member-added"] * 3, "rule-added",
    ]  # fmt: skip
    assert {e.event_class for e in found} == {"readiness"} and row.seq == len(found)
    changes.add_leave(
        row.pk, town.id("bob"), Span(NOW + DAY, NOW + 2 * DAY), town.actor("bob"), NOW
    )
    newest = events(row.pk)[-1]
    assert newest.event.type == "leave-entered" and newest.event.actor == town.id("bob")
    assert newest.event.role == "member"


def test_the_register_stays_whole(town: Town, row: Roster) -> None:
    assert checking.check().faults == ()


def test_events_hold_no_name_and_no_text(town: Town, row: Roster) -> None:
    duty.hand_over(row.pk, "role-1", town.id("bella"), "The pump hums.", town.actor("bob"), NOW)
    for body in Event.objects.filter(stream=row.pk).values_list("body", flat=True):
        said = json.loads(body)
        for planted in ("Bob", "Bella", "pump", "Duty desk", "Night duty", "+8653112345678"):
            assert planted not in body, said


def test_the_past_is_recorded_before_anything_changes(town: Town, row: Roster) -> None:
    sun, later = town.actor("sun"), NOW + 10 * DAY
    before = serve(queries.value_of(row), Span(NOW, later)).shifts
    acts.end_rule(row.pk, world.the_rule(row).pk, world.TODAY + 10 * DAY, sun, later)
    row.refresh_from_db()
    assert row.recorded == later
    people = tuple(town.id(n) for n in ("wang", "bob"))
    new = acts.NewRule("role-1", people, time(20), time(20), "weeks", world.TODAY + 11 * DAY)
    acts.add_rule(row.pk, new, sun, later)
    assert serve(queries.value_of(row), Span(NOW, later)).shifts == before
    assert set(Served.objects.values_list("algorithm", flat=True)) == {ALGORITHM}


def test_the_past_is_closed(town: Town, row: Roster) -> None:
    sun, bob = town.actor("sun"), town.id("bob")
    yesterday, past = world.TODAY - DAY, Span(NOW - DAY, NOW + DAY)
    rule = acts.NewRule("role-1", (bob,), time(8), time(8), "days", yesterday)
    for call in (
        lambda: acts.add_rule(row.pk, rule, sun, NOW),
        lambda: acts.end_rule(row.pk, world.the_rule(row).pk, yesterday, sun, NOW),
        lambda: acts.add_member(row.pk, town.users["otto"].pk, yesterday, sun, NOW),
        lambda: acts.end_member(row.pk, town.users["bob"].pk, yesterday, sun, NOW),
        lambda: changes.add_leave(row.pk, bob, past, sun, NOW),
        lambda: changes.add_override(row.pk, "role-1", past, bob, None, sun, NOW),
        lambda: changes.add_temporary(row.pk, past, (), False, sun, NOW),
    ):
        assert code_of(call) == "roster-past"


@pytest.mark.parametrize(
    ("name", "code"),
    [("sun", None), ("bob", "not-allowed"), ("wang", "not-allowed"), ("alice", "not-allowed"),
     ("rao", "roster-unknown"), ("adam", "not-allowed"), ("susan", "roster-unknown"),
     ("omar", "roster-unknown"), ("otto", "roster-unknown")],
)  # fmt: skip
def test_who_may_change_a_roster(town: Town, row: Roster, name: str, code: str | None) -> None:
    shift = world.shifts(row)[0]
    person = next(p for p in queries.value_of(row).people if p != shift.person)

    def call() -> object:
        return changes.add_override(
            row.pk, "role-1", shift.span, shift.person, person, town.actor(name), NOW
        )

    if code is None:
        assert call()
    else:
        assert code_of(call) == code


def test_leave_is_ones_own_or_the_supervisors(town: Town, row: Roster) -> None:
    bob, span = town.id("bob"), Span(NOW + DAY, NOW + 5 * DAY)
    assert code_of(lambda: changes.add_leave(row.pk, bob, span, town.actor("bella"), NOW)) == (
        "not-allowed"
    )
    leave = changes.add_leave(row.pk, bob, span, town.actor("bob"), NOW)
    assert bob not in {s.person for s in serve(queries.value_of(row), span).shifts}
    assert code_of(lambda: changes.end_leave(row.pk, leave.pk, town.actor("bella"), NOW)) == (
        "not-allowed"
    )
    changes.end_leave(row.pk, leave.pk, town.actor("sun"), NOW + 2 * DAY)
    leave.refresh_from_db()
    assert leave.end == NOW + 2 * DAY  # the part that passed stays


def test_an_override_can_be_taken_back(town: Town, row: Roster) -> None:
    shift = world.shifts(row)[1]
    before = served(row).shifts
    override = changes.add_override(
        row.pk, "role-1", shift.span, shift.person, None, town.actor("sun"), NOW
    )
    assert [g.span for g in gaps(queries.value_of(row), served(row))] == [shift.span]
    changes.end_override(row.pk, override.pk, town.actor("sun"), NOW)
    assert served(row).shifts == before and not Touched.objects.exists()


def test_an_override_that_has_begun_stops_now(town: Town, row: Roster) -> None:
    shift = world.shifts(row)[0]
    override = changes.add_override(
        row.pk, "role-1", shift.span, shift.person, None, town.actor("sun"), NOW
    )
    middle = shift.start + timedelta(hours=3)
    changes.end_override(row.pk, override.pk, town.actor("sun"), middle)
    assert [(s.start, s.end) for s in serve(queries.value_of(row), shift.span).shifts] == [
        (middle, shift.end)
    ]


def test_the_database_refuses_two_overrides_for_one_person(town: Town, row: Roster) -> None:
    """Whatever writes: the acts refuse it in words, the database refuses it anyway."""
    shift = world.shifts(row)[0]
    sun = town.actor("sun")
    made = changes.add_override(row.pk, "role-1", shift.span, shift.person, None, sun, NOW)
    assert code_of(
        lambda: changes.add_override(row.pk, "role-1", shift.span, None, shift.person, sun, NOW)
    ) == "override-overlap"  # fmt: skip
    copied = (
        "INSERT INTO rosters_override (roster_id, role_id, start, {end}, out_id, into_id) SELECT "
        "roster_id, role_id, {from_}, {to}, NULL, out_id FROM rosters_override WHERE id = %s"
    )
    same = {"end": '"end"', "from_": "start", "to": '"end"'}
    refused(copied.format(**same), made.pk)
    after = changes.add_override(
        row.pk, "role-1", Span(shift.end, shift.end + DAY), None, shift.person, sun, NOW
    )
    refused("UPDATE rosters_override SET start = %s WHERE id = %s", shift.start, after.pk)
    refused("UPDATE rosters_override SET into_id = out_id, out_id = into_id, start = %s "
            "WHERE id = %s", shift.start, after.pk)  # fmt: skip
    refused("UPDATE rosters_touched SET start = %s WHERE override_id = %s", shift.start, after.pk)
    touched = Touched.objects.filter(override=after).values_list("user_id", "start", "end")
    assert list(touched) == [(int(shift.person), shift.end, shift.end + DAY)]


def refused(statement: str, *values: object) -> None:
    """A statement that goes past every act."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_temporary_schedule(town: Town, row: Roster) -> None:
    sun = town.actor("sun")
    span = Span(world.at("2026-03-10T08:00"), world.at("2026-03-12T08:00"))
    half = Span(span.start, span.start + DAY)
    made = changes.add_temporary(
        row.pk, span, [Duty("role-1", town.id("wang"), half)], True, sun, NOW
    )
    origins = [s.origin.partition(":")[0] for s in serve(queries.value_of(row), span).shifts]
    assert origins == ["temporary", "rule"]
    bob, wang = town.id("bob"), town.id("wang")
    assert changes.add_override(row.pk, "role-1", half, wang, bob, sun, NOW) is None
    assert [s.person for s in serve(queries.value_of(row), half).shifts] == [bob]
    across = Span(span.end - DAY, span.end + DAY)
    assert code_of(
        lambda: changes.add_override(row.pk, "role-1", across, town.id("wang"), None, sun, NOW)
    ) == "override-hidden"  # fmt: skip
    changes.end_temporary(row.pk, made.pk, sun, NOW)
    assert {s.origin for s in serve(queries.value_of(row), span).shifts} == {
        f"rule:{world.the_rule(row).pk}"
    }


def test_a_swap_is_asked_accepted_and_served(town: Town, row: Roster) -> None:
    found = world.shifts(row)
    mine, theirs = world.of(town, found, "bob"), world.of(town, found, "bella")
    bob, bella = town.actor("bob"), town.actor("bella")
    swap = changes.ask_swap(row.pk, mine, bella.id, theirs, bob, NOW)
    assert served(row, 6).shifts[1:] == found  # asking changes nothing
    assert code_of(lambda: changes.accept_swap(row.pk, swap.pk, bob, NOW)) == "roster-row-unknown"
    changes.accept_swap(row.pk, swap.pk, bella, NOW)
    after = {s.start: s.person for s in served(row, 6).shifts}
    assert (after[mine.start], after[theirs.start]) == (bella.id, bob.id)
    assert code_of(lambda: changes.accept_swap(row.pk, swap.pk, bella, NOW)) == (
        "roster-row-unknown"
    )


def test_a_swap_of_a_shift_that_has_changed_is_refused(town: Town, row: Roster) -> None:
    mine = world.of(town, world.shifts(row), "bob")
    swap = changes.ask_swap(row.pk, mine, town.id("bella"), None, town.actor("bob"), NOW)
    changes.add_override(
        row.pk, "role-1", mine.span, mine.person, town.id("wang"), town.actor("sun"), NOW
    )
    assert code_of(lambda: changes.accept_swap(row.pk, swap.pk, town.actor("bella"), NOW)) == (
        "swap-changed"
    )
    assert Override.objects.count() == 1


def test_a_swap_can_be_declined_or_withdrawn(town: Town, row: Roster) -> None:
    mine = world.of(town, world.shifts(row), "bob")
    for answer, name, state in (
        (changes.decline_swap, "bella", "declined"),
        (changes.withdraw_swap, "bob", "withdrawn"),
    ):
        swap = changes.ask_swap(row.pk, mine, town.id("bella"), None, town.actor("bob"), NOW)
        answer(row.pk, swap.pk, town.actor(name), NOW)
        swap.refresh_from_db()
        assert (swap.state, Override.objects.count()) == (state, 0)


def test_nobody_gives_away_the_shift_of_another(town: Town, row: Roster) -> None:
    theirs = world.of(town, world.shifts(row), "bella")
    assert code_of(
        lambda: changes.ask_swap(row.pk, theirs, town.id("wang"), None, town.actor("bob"), NOW)
    ) == "not-allowed"  # fmt: skip


def test_a_handover_is_signed_by_both_and_its_note_is_sealed(town: Town, row: Roster) -> None:
    bob, bella = town.actor("bob"), town.actor("bella")
    given = duty.hand_over(row.pk, "role-1", bella.id, "Pump 2 is out.", bob, NOW)
    assert given.note is not None
    assert vault.get([given.note], given.stream) == {given.note: "Pump 2 is out."}
    assert code_of(lambda: duty.hand_over(row.pk, "role-1", bella.id, "More", bob, NOW)) == (
        "handover-open"
    )
    assert code_of(lambda: duty.take_over(row.pk, given.pk, bob, NOW)) == "roster-row-unknown"
    duty.take_over(row.pk, given.pk, bella, NOW + DAY)
    given.refresh_from_db()
    assert (given.signed_out, given.signed_in) == (NOW, NOW + DAY)
    assert [e.event.type for e in events(row.pk)][-2:] == ["handover-given", "handover-taken"]


def test_the_check_knows_notes_by_the_room_that_names_them(town: Town, row: Roster) -> None:
    """A sealed text is no fault because of what it calls itself, but because a room names it."""
    bob, bella = town.actor("bob"), town.actor("bella")
    given = duty.hand_over(row.pk, "role-1", bella.id, "Pump 2 is out.", bob, NOW)
    assert checking.check().faults == ()
    strange = vault_acts.put(given.stream, duty.NOTE_KIND, "Nobody handed this over.", now=NOW)
    (fault,) = checking.check().faults
    assert (fault.code, fault.where) == ("content-extra", strange.id.hex)


def test_a_handover_to_the_wrong_person_is_taken_back(town: Town, row: Roster) -> None:
    """Without that, who named somebody who never signs could never hand this duty over again."""
    bob, bella = town.actor("bob"), town.actor("bella")
    wrong = duty.hand_over(row.pk, "role-1", bella.id, "Pump 2 is out.", bob, NOW)
    assert code_of(lambda: duty.withdraw_handover(row.pk, wrong.pk, bella, NOW)) == (
        "roster-row-unknown"
    )
    duty.withdraw_handover(row.pk, wrong.pk, bob, NOW)
    assert events(row.pk)[-1].event.type == "handover-withdrawn"
    for act in (duty.withdraw_handover, duty.take_over):
        actor = bob if act is duty.withdraw_handover else bella
        assert code_of(lambda act=act, actor=actor: act(row.pk, wrong.pk, actor, NOW)) == (
            "roster-row-unknown"
        )
    right = duty.hand_over(row.pk, "role-1", town.id("wang"), "Pump 2 is out.", bob, NOW)
    duty.take_over(row.pk, right.pk, town.actor("wang"), NOW)
    assert code_of(lambda: duty.withdraw_handover(row.pk, right.pk, bob, NOW)) == (
        "roster-row-unknown"
    )


def test_nothing_is_handed_to_who_has_left(town: Town, row: Roster) -> None:
    sun, bob = town.actor("sun"), town.actor("bob")
    acts.end_member(row.pk, town.users["bella"].pk, world.TODAY, sun, NOW)
    run, later, bella = duty.begin_run(row.pk, sun, NOW), NOW + DAY, town.id("bella")
    assert code_of(lambda: duty.hand_over(row.pk, "role-1", bella, "Keys", bob, later)) == (
        "member-unknown"
    )
    assert code_of(
        lambda: duty.note_call(row.pk, run.pk, bella, "sms", "day", True, 1, sun, later)
    ) == "member-unknown"  # fmt: skip


def test_the_note_of_a_handover_is_destroyed_after_a_year(town: Town, row: Roster) -> None:
    """With its key; who handed over to whom and when stays, and the register stays whole."""
    bob, bella = town.actor("bob"), town.actor("bella")
    given = duty.hand_over(row.pk, "role-1", bella.id, "Mr Lin, 13800000000, fell.", bob, NOW)
    duty.take_over(row.pk, given.pk, bella, NOW)
    year = NOW + duty.NOTES_KEPT
    assert duty.destroy_notes(year - timedelta(seconds=1)) == 0
    assert duty.destroy_notes(year) == 1 and duty.destroy_notes(year) == 0
    given.refresh_from_db()
    assert given.note is None and given.signed_in == NOW
    assert not CaseKey.objects.filter(stream=given.vault).exists()
    assert not Content.objects.filter(stream=given.vault).exists()
    last = events(row.pk)[-1].event
    assert (last.type, last.role, last.data["notes"]) == ("notes-destroyed", "system", 1)
    assert checking.check().faults == ()


def test_calls_of_a_reachability_test_count_for_a_prior(town: Town, row: Roster) -> None:
    sun, bob = town.actor("sun"), town.id("bob")
    run = duty.begin_run(row.pk, sun, NOW)
    for answered, seconds in ((True, 40), (False, 99), (True, 20)):
        duty.note_call(row.pk, run.pk, bob, "mobile", "night", answered, seconds, sun, NOW)
    duty.note_call(row.pk, run.pk, bob, "sms", "day", False, None, sun, NOW)
    assert queries.reach_counts([row.pk], NOW - DAY) == {
        (bob, "mobile", "night"): [2, 3], (bob, "sms", "day"): [0, 1],
    }  # fmt: skip
    assert code_of(
        lambda: duty.note_call(row.pk, run.pk, bob, "pigeon", "day", True, 1, sun, NOW)
    ) == "roster-row-unknown"  # fmt: skip


def test_who_left_and_who_came_back(town: Town, row: Roster) -> None:
    sun, bob = town.actor("sun"), town.users["bob"].pk
    acts.end_member(row.pk, bob, date(2026, 3, 4), sun, NOW)
    value = queries.value_of(row)
    assert str(bob) not in {
        s.person for s in serve(value, Span(NOW + 4 * DAY, NOW + 9 * DAY)).shifts
    }
    acts.add_member(row.pk, bob, date(2026, 3, 5), sun, NOW + 3 * DAY)
    # Who was a member before is one again; the days served before stand in the history.
    assert str(bob) in {s.person for s in served(row).shifts}


def test_who_is_on_duty_now(town: Town, row: Roster) -> None:
    (now,) = on_duty(served(row), NOW + timedelta(hours=1))
    assert now.start <= NOW + timedelta(hours=1) < now.end


def test_a_rule_for_strangers_or_with_odd_hours_is_refused(town: Town, row: Roster) -> None:
    sun, bob = town.actor("sun"), town.id("bob")
    otto, today, eight = town.id("otto"), world.TODAY, time(8)
    for new, code in (
        (acts.NewRule("role-1", (otto,), eight, eight, "days", today), "member-unknown"),
        (acts.NewRule("role-1", (), eight, eight, "days", today), "member-unknown"),
        (acts.NewRule("role-9", (bob,), eight, eight, "days", today), "roster-row-unknown"),
        (
            acts.NewRule("role-1", (bob,), eight, time(18), "hours", today, 4),
            "turn-does-not-divide",
        ),
    ):
        assert code_of(lambda new=new: acts.add_rule(row.pk, new, sun, NOW)) == code


def test_a_feed_address_is_kept_as_a_digest_and_replaced(town: Town) -> None:
    bob = town.users["bob"]
    first = duty.make_feed(bob, b"\x01" * 32, NOW)
    assert duty.user_of_feed(first) == bob
    second = duty.make_feed(bob, b"\x02" * 32, NOW)
    assert duty.user_of_feed(first) is None and duty.user_of_feed(second) == bob
    for wrong in ("", "a", "not!base64", second + "x", "é"):
        assert duty.user_of_feed(wrong) is None
    duty.end_feed(bob)
    assert duty.user_of_feed(second) is None


def test_rows_changed_behind_the_register_are_named(town: Town, row: Roster) -> None:
    """A rule, an exception, the recorded past, a call, a signature: whoever writes past the acts is
    found, in the table where they wrote."""
    sun, bob, bella = (town.actor(name) for name in ("sun", "bob", "bella"))
    shift = world.shifts(row)[3]
    changes.add_override(row.pk, "role-1", shift.span, shift.person, None, sun, NOW)
    given = duty.hand_over(row.pk, "role-1", bella.id, "Pump 2 is out.", bob, NOW)
    run = duty.begin_run(row.pk, sun, NOW)
    duty.note_call(row.pk, run.pk, bob.id, "mobile", "night", False, None, sun, NOW)
    tampers: tuple[tuple[type[Model], dict[str, object]], ...] = (
        (Rule, {"people": [int(bob.id)]}),
        (Override, {"end": shift.end + DAY}),
        (Call, {"answered": True}),
        (Handover, {"signed_in": NOW}),
        (Role, {"line": "+8653100000000"}),
    )
    for model, change in tampers:
        rows = model._default_manager.all()
        before = {name: rows.values_list(name, flat=True)[0] for name in change}
        rows.update(**change)
        (fault,) = checking.check().faults
        assert (fault.place, fault.where, fault.code) == (
            model._meta.db_table, row.pk, "state-changed"
        )  # fmt: skip
        rows.update(**before)
    assert checking.check().faults == () and given.pk
    record_all(NOW + 9 * DAY)  # the daily job adds to the past without an event
    assert checking.check().faults == ()
    Served.objects.filter(pk=Served.objects.earliest("pk").pk).update(user_id=int(bella.id))
    assert [f.place for f in checking.check().faults] == ["rosters_served"]
