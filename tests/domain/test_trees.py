"""Trees stay trees, whatever is moved below what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.errors import Refusal
from huiyin.domain.trees import check_parent, in_order

NAMES = "abcdefg"
moves = st.lists(st.tuples(st.sampled_from(NAMES), st.none() | st.sampled_from(NAMES)), max_size=30)


def is_tree(parents: dict[str, str | None]) -> bool:
    """Slowly: from everywhere one comes to a root."""
    for id in parents:
        at: str | None = id
        for _ in range(len(parents) + 1):
            at = parents[at] if at is not None else None
        if at is not None:
            return False
    return True


@given(moves)
def test_allowed_moves_keep_a_tree_and_refused_ones_would_break_it(
    asked: list[tuple[str, str | None]],
) -> None:
    parents: dict[str, str | None] = dict.fromkeys(NAMES)
    for id, parent in asked:
        moved = {**parents, id: parent}
        try:
            check_parent(id, parent, parents)
        except Refusal as refusal:
            assert refusal.code == "tree-cycle" and not is_tree(moved)
        else:
            assert is_tree(moved)
            parents = moved


@given(moves)
def test_everything_stands_once_below_its_parent(asked: list[tuple[str, str | None]]) -> None:
    parents: dict[str, str | None] = dict.fromkeys(NAMES)
    for id, parent in asked:
        if is_tree(moved := {**parents, id: parent}):
            parents = moved
    order = in_order(parents)
    assert sorted(id for id, _ in order) == sorted(NAMES)
    depths, above = dict(order), {id: n for n, (id, _) in enumerate(order)}
    for id, parent in parents.items():
        if parent is None:
            assert depths[id] == 0
        else:
            assert depths[id] == depths[parent] + 1 and above[parent] < above[id]


def test_a_parent_that_is_not_there() -> None:
    with pytest.raises(Refusal, match="tree-parent-unknown"):
        check_parent("a", "z", {"a": None})
    assert in_order({"a": "gone", "b": "a"}) == [("a", 0), ("b", 1)]
