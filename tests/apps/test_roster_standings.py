"""Who is on duty now and who comes next, as somebody reads it at three in the night."""

from __future__ import annotations

from huiyin.domain.rosters.values import Role, Turn
from huiyin.rosters.presenting import local, standings
from tests.domain.roster_makers import SHANGHAI, at, names, roster, rule

NIGHT = at("2026-03-04T03:00")
MONDAY = at("2026-03-09T08:00")


def test_who_comes_next_is_somebody_else() -> None:
    """In a turn of a week the same person takes over from themselves each morning."""
    (leader,) = standings(roster(rule(names(2), since="2026-03-02", turn=Turn("weeks"))), NIGHT)
    assert (leader.now, leader.next) == (["P01"], ["P02"])
    assert leader.until == leader.next_from == local(MONDAY, SHANGHAI)


def test_everybody_who_comes_next_is_named() -> None:
    weeks = [
        rule(people, since="2026-03-02", turn=Turn("weeks"), id=f"line-{people[0]}")
        for people in (("a", "b"), ("c", "d"))
    ]
    both = Role("duty", {"en": "Duty"}, people=2)
    (duty,) = standings(roster(*weeks, roles=(both,)), NIGHT)
    assert (duty.now, duty.next) == (["A", "C"], ["B", "D"])


def test_who_serves_alone_has_no_end_and_nobody_after_them() -> None:
    (duty,) = standings(roster(rule(names(1), since="2026-03-02")), NIGHT)
    assert (duty.now, duty.until, duty.next, duty.next_from) == (["P01"], None, [], None)


def test_after_hours_without_duty_the_same_person_comes_next() -> None:
    nightly = rule(names(1), since="2026-03-02", begins="17:00", ends="08:30")
    (duty,) = standings(roster(nightly), NIGHT)
    assert duty.until == local(at("2026-03-04T08:30"), SHANGHAI)
    assert (duty.next, duty.next_from) == (["P01"], local(at("2026-03-04T17:00"), SHANGHAI))
