"""What must come before what: circles, and the soonest end of each task.

Seconds from activation; a task that waits for itself has no end and is left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from huiyin.domain.plans.model import Task


def in_cycle(successors: Mapping[str, Sequence[str]]) -> set[str]:
    """The names from which one can walk back to themselves; names without an entry are ends."""
    rest = set(successors) - set(_from_the_end(successors))
    return {name for name in rest if _returns(name, successors, rest)}


def _from_the_end(successors: Mapping[str, Sequence[str]]) -> list[str]:
    """The names in an order in which each comes after its successors, as far as that goes."""
    waiting = {n: len({s for s in ss if s in successors}) for n, ss in successors.items()}
    before: dict[str, list[str]] = {n: [] for n in successors}
    for name, ss in successors.items():
        for successor in set(ss):
            if successor in before:
                before[successor].append(name)
    order, queue = [], deque(n for n, count in waiting.items() if not count)
    while queue:
        name = queue.popleft()
        order.append(name)
        for other in before[name]:
            waiting[other] -= 1
            if not waiting[other]:
                queue.append(other)
    return order


def _returns(start: str, edges: Mapping[str, Sequence[str]], inside: set[str]) -> bool:
    seen: set[str] = set()
    stack = [n for n in edges[start] if n in inside]
    while stack:
        here = stack.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            stack.extend(n for n in edges[here] if n in inside)
    return False


def ends(tasks: Iterable[Task], level: str = "") -> dict[str, int]:
    """The soonest end of each task of a level ("" for all tasks), by id."""
    wanted = {t.id: t for t in tasks if not level or not t.levels or level in t.levels}
    found: dict[str, int] = {}
    for name in _from_the_end({t.id: t.after for t in wanted.values()}):
        before = [found[a] for a in wanted[name].after if a in found]
        found[name] = max(before, default=0) + (wanted[name].takes or 0)
    return found
