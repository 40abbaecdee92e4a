"""What must come before what: circles, and the soonest end of each task.

Seconds from activation; a task that waits for itself has no end and is left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from huiyin.domain.plans.model import Task


def in_cycle(successors: Mapping[str, Sequence[str]]) -> set[str]:
    """The names from which one can walk back to themselves; names without an entry are ends.

    Two walks (Kosaraju): those that reach one another are found from the last-finished back
    along the edges, each name once, so that a circle of thousands costs no more than a chain.
    """
    rest = set(successors) - set(_from_the_end(successors))
    forward = {n: [s for s in successors[n] if s in rest] for n in rest}
    backward: dict[str, list[str]] = {n: [] for n in rest}
    for name, others in forward.items():
        for other in others:
            backward[other].append(name)
    found: set[str] = set()
    seen: set[str] = set()
    for name in reversed(_finished(forward)):
        group = _unseen(name, backward, seen)
        if len(group) > 1 or name in forward[name]:
            found |= group
    return found


def _finished(edges: Mapping[str, Sequence[str]]) -> list[str]:
    """The names in the order in which a walk in depth is done with them."""
    done: list[str] = []
    seen: set[str] = set()
    for start in sorted(edges):
        stack = [] if start in seen else [(start, iter(edges[start]))]
        seen.add(start)
        while stack:
            name, others = stack[-1]
            other = next((o for o in others if o not in seen), None)
            if other is None:
                done.append(name)
                stack.pop()
            else:
                seen.add(other)
                stack.append((other, iter(edges[other])))
    return done


def _unseen(start: str, edges: Mapping[str, Sequence[str]], seen: set[str]) -> set[str]:
    """What can be reached from here and was not seen before; all of it is seen afterwards."""
    group: set[str] = set()
    stack = [start]
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            group.add(name)
            stack.extend(edges[name])
    return group


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


def ends(tasks: Iterable[Task], level: str = "") -> dict[str, int]:
    """The soonest end of each task of a level ("" for all tasks), by id."""
    wanted = {t.id: t for t in tasks if not level or not t.levels or level in t.levels}
    found: dict[str, int] = {}
    for name in _from_the_end({t.id: t.after for t in wanted.values()}):
        before = [found[a] for a in wanted[name].after if a in found]
        found[name] = max(before, default=0) + (wanted[name].takes or 0)
    return found
