"""Circles and earliest ends against plain definitions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.plans.model import Task
from huiyin.domain.plans.ordering import ends, in_cycle

NAMES = st.sampled_from("abcdefg")
GRAPHS = st.dictionaries(NAMES, st.lists(NAMES, max_size=3).map(tuple))


def _reaches(graph: dict[str, tuple[str, ...]], start: str) -> set[str]:
    seen: set[str] = set()
    stack = list(graph.get(start, ()))
    while stack:
        here = stack.pop()
        if here not in seen:
            seen.add(here)
            stack.extend(graph.get(here, ()))
    return seen


@given(GRAPHS)
def test_a_name_is_in_a_circle_if_it_reaches_itself(graph: dict[str, tuple[str, ...]]) -> None:
    assert in_cycle(graph) == {n for n in graph if n in _reaches(graph, n)}


def test_a_circle_of_thousands_is_found() -> None:
    ring = {str(n): (str((n + 1) % 20_000),) for n in range(20_000)}
    assert len(in_cycle(ring)) == 20_000


@given(GRAPHS, st.integers(0, 9))
def test_a_task_ends_after_all_it_waits_for(graph: dict[str, tuple[str, ...]], takes: int) -> None:
    tasks = [
        Task(id=n, title={}, phase="control", after=after, takes=takes)
        for n, after in graph.items()
    ]
    found = ends(tasks)
    stuck = in_cycle(graph)
    waiting = {n for n in graph if stuck & ({n} | _reaches(graph, n))}
    assert set(found) == set(graph) - waiting
    for name, end in found.items():
        before = [found[a] for a in graph[name] if a in graph]
        assert end == max(before, default=0) + takes
