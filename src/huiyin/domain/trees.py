"""Trees of units, places and categories: what may be hung below what.

Plain ids and parents; which table they come from is for the caller.
"""

from __future__ import annotations

from collections.abc import Mapping

from huiyin.domain.errors import Refusal


def check_parent(id: str, parent: str | None, parents: Mapping[str, str | None]) -> None:
    """Whether ``id`` may hang below ``parent``; ``parents`` holds id → parent of all others.

    Raises Refusal ``tree-parent-unknown``, ``tree-cycle`` (``parent`` is ``id`` itself or lies
    below it).
    """
    if parent is None:
        return
    if parent not in parents and parent != id:
        raise Refusal("tree-parent-unknown", parent=parent[:80])
    at: str | None = parent
    seen: set[str] = set()
    while at is not None and at not in seen:
        if at == id:
            raise Refusal("tree-cycle", id=id, parent=parent)
        seen.add(at)
        at = parents.get(at)


def in_order(parents: Mapping[str, str | None]) -> list[tuple[str, int]]:
    """(id, depth) of all, each below its parent, siblings in the order given. What hangs below
    nothing that is there counts as a root."""
    below: dict[str | None, list[str]] = {}
    for id, parent in parents.items():
        below.setdefault(parent if parent in parents else None, []).append(id)
    found: list[tuple[str, int]] = []
    waiting = [(id, 0) for id in reversed(below.get(None, []))]
    while waiting:
        id, depth = waiting.pop()
        found.append((id, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(id, []))]
    return found
