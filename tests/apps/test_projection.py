"""What queues read equals what the events say, for every life a case can have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huiyin.cases.models import Case, Exclusion
from huiyin.cases.queries import history_of
from huiyin.cases.rebuilding import Difference, rebuild, rebuild_all
from huiyin.domain.errors import Refusal
from huiyin.people.acts import add_post
from tests import strategies_cases as s
from tests.people import NOW, Town

some = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Shrinking a whole life through the tables takes minutes and makes little clearer.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
PLACES = {"cn-xinfang-2022": ("roads", "jixi"), "uk-housing-2024": ("damp", "vale")}


@contextmanager
def undone() -> Iterator[None]:
    """One example of a property: nothing of it stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("pack", PLACES)
def test_live_projection_equals_the_rebuilt_one(town: Town, pack: str) -> None:
    lengths = []

    @some
    @given(life=s.lives, people=st.sampled_from([1, 1, 7]), about=st.sampled_from([None, "wages"]))
    def every_life(life: list[s.Move], people: int, about: str | None) -> None:
        with undone():
            category, place = PLACES[pack]
            contact = {"email": "a@b.org"} if people > 1 else {}
            given, _ = town.hand_in(
                category, place, people=people, about_unit=about, contact=contact
            )
            number = given.case.number
            s.live(town, number, life, NOW)
            assert Case.objects.get(pk=number).pack == pack
            assert rebuild(number) == ()
            lengths.append(len(history_of(Case.objects.get(pk=number)).stored))

    every_life()
    assert max(lengths) >= 4, "the lives drawn were too short to mean anything"


def test_whatever_was_changed_by_hand_is_found_named_and_repaired(town: Town) -> None:
    add_post("head", {"en": "Head"}, "wages")
    about = {"about_unit": "wages", "about_post": "head"}
    given, _ = town.hand_in(**about, contact={"email": "a@b.org"})
    number = given.case.number
    town.act("alice", number, "accept")
    town.act("alice", number, "assign", owner=town.id("bob"))
    town.act("bob", number, "summary", summary="A dark lamp.")
    town.act("bob", number, "recuse", reason="My brother.")
    whole = Case.objects.filter(pk=number).values().get()
    barred = set(Exclusion.objects.values_list("case_id", "user_id", "reason"))
    assert barred
    damage = {
        "stage": "answered",
        "open": False,
        "outcome": "settled",
        "unit_id": "wages",
        "owner_id": town.users["bella"].pk,
        "level": 2,
        "office_due": None,
        "office_limit": "",
        "complainant_due": NOW,
        "complainant_limit": "x",
        "ends_at": NOW,
        "waiting_for": "complainant",
        "seq": 99,
        "updated": NOW.replace(year=2020),
        "kind": "x",
        "pack": "uk-housing-2024",
        "language": "ar",
        "category_id": "noise",
        "place_id": "vale",
        "about_unit_id": None,
        "about_post_id": None,
        "people": 9,
        "contact": "none",
        "started": NOW.replace(year=2020),
        "summary": "Nothing of note.",
    }
    kept = {"number", "year", "serial", "lookup", "vault"}
    assert set(damage) | kept == set(whole), "a new column: say whether it can be rebuilt"
    for column, value in damage.items():
        Case.objects.filter(pk=number).update(**{column: value})
        held = whole[column]
        assert rebuild(number) == (Difference(number, column, value, held),), column
        assert Case.objects.filter(pk=number).values().get() == whole
    Exclusion.objects.filter(case_id=number).delete()
    (found,) = rebuild_all()
    assert found.column == "exclusions"
    assert set(Exclusion.objects.values_list("case_id", "user_id", "reason")) == barred
    assert not list(rebuild_all())


def test_rebuilt_summary_is_the_one_that_search_finds(town: Town) -> None:
    from huiyin.cases.search import find

    given, _ = town.hand_in()
    number = given.case.number
    town.act("alice", number, "accept")
    town.act("alice", number, "summary", summary="A dark lamp.")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_summary")
    Case.objects.update(summary="")
    assert [d.column for d in rebuild(number)] == ["summary"]
    assert [c.number for c in find(town.actor("alice"), "dark lamp")] == [number]


def test_search_goes_on_past_what_the_reader_may_not_see(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huiyin.cases import search

    monkeypatch.setattr(search, "SPANS", (1, 1, 2))
    numbers = [town.hand_in()[0].case.number for _ in range(4)]
    for number in numbers:
        town.act("alice", number, "accept")
        town.act("alice", number, "summary", summary="A dark lamp.")
    user = int(town.actor("alice").id)
    Exclusion.objects.bulk_create(
        Exclusion(case_id=number, user_id=user, reason="recused") for number in numbers[1:]
    )
    assert [c.number for c in search.find(town.actor("alice"), "dark lamp")] == numbers[:1]


def test_search_keeps_years_apart(town: Town) -> None:
    from huiyin.cases import search

    number = town.hand_in()[0].case.number
    year, serial = Case.objects.values_list("year", "serial").get(pk=number)
    reader = town.actor("alice")
    assert [c.number for c in search._readable(reader, [year * 10**9 + serial])] == [number]
    assert not search._readable(reader, [(year - 1) * 10**9 + serial, year * 10**9 + serial + 1])


def test_case_that_does_not_exist_is_refused(town: Town) -> None:
    with pytest.raises(Refusal) as refused:
        rebuild("2026-000001-8")
    assert refused.value.code == "case-unknown"


def test_command_reports_and_repairs(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from huiyin.commands import rebuild as command

    monkeypatch.setattr(command, "configure_existing", lambda name, data: None)
    number = town.hand_in()[0].case.number
    assert command.main([]) == 0
    Case.objects.update(level=3)
    assert command.main([number.replace("-", "").lower()]) == 1
    assert f"{number} level: 3 -> 0" in capsys.readouterr().out
    assert command.main([]) == 0
    assert command.main(["2026"]) == 2
