"""The matching against brute force: largest assignment, resilience, indispensable people."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.plans.matching import indispensable, match, resilience

PEOPLE = "abcdef"
NEEDS = st.dictionaries(
    st.sampled_from(["r1", "r2", "r3", "r4"]),
    st.tuples(st.integers(1, 3), st.lists(st.sampled_from(PEOPLE), unique=True)),
    min_size=1,
)
Needs = dict[str, tuple[int, list[str]]]


def _subsets(roles: list[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(roles, n) for n in range(1, len(roles) + 1)))


def _slack(needs: Needs, roles: tuple[str, ...]) -> int:
    return len({p for r in roles for p in needs[r][1]}) - sum(needs[r][0] for r in roles)


def _fillable(needs: Needs) -> bool:
    return all(_slack(needs, s) >= 0 for s in _subsets(list(needs)))


def _without(needs: Needs, gone: tuple[str, ...]) -> Needs:
    return {r: (n, [p for p in people if p not in gone]) for r, (n, people) in needs.items()}


@given(NEEDS)
def test_an_assignment_is_lawful_and_as_large_as_can_be(needs: Needs) -> None:
    found = match(needs)
    for person, role in found.role_of.items():
        assert person in needs[role][1]
    for role, (need, _) in needs.items():
        filled = sum(1 for r in found.role_of.values() if r == role)
        assert filled == need - found.lacking.get(role, 0)
    worst = min(_slack(needs, s) for s in _subsets(list(needs)))
    assert sum(found.lacking.values()) == max(0, -worst)
    assert found.complete == _fillable(needs)


@given(NEEDS)
def test_resilience_is_the_least_slack_and_names_such_a_set(needs: Needs) -> None:
    found = resilience(needs)
    assert found.number == min(_slack(needs, s) for s in _subsets(list(needs)))
    assert _slack(needs, found.tight) == found.number


@given(NEEDS)
def test_so_many_absences_are_survived_and_one_more_is_not(needs: Needs) -> None:
    number = resilience(needs).number
    if number >= 0:
        assert all(_fillable(_without(needs, gone)) for gone in combinations(PEOPLE, number))
        assert not all(_fillable(_without(needs, g)) for g in combinations(PEOPLE, number + 1))


@given(NEEDS)
def test_indispensable_are_those_whose_absence_breaks_the_plan(needs: Needs) -> None:
    found = match(needs)
    if found.complete:
        breaking = {p for p in PEOPLE if not _fillable(_without(needs, (p,)))}
        assert set(indispensable(found)) == breaking


@given(NEEDS, st.sampled_from(PEOPLE))
def test_one_more_deputy_never_makes_it_worse(needs: Needs, person: str) -> None:
    role = next(iter(needs))
    count, people = needs[role]
    more = {**needs, role: (count, list(dict.fromkeys([*people, person])))}
    assert resilience(more).number >= resilience(needs).number


def test_two_roles_with_one_person_cannot_both_be_filled() -> None:
    assert match({"lead": (1, ["ada"]), "log": (1, ["ada"])}).lacking == {"log": 1}
    assert resilience({"lead": (1, ["ada"]), "log": (1, ["ada"])}).number == -1
