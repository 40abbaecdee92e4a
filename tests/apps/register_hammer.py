"""A process that registers events as fast as it can; test_register_processes.py starts several.

Usage: python -m tests.apps.register_hammer NAME COUNT. Every tenth act is rolled back. For each
event that was committed one JSON line is written: its leaf, and the proof that it was given.
"""

from __future__ import annotations

import json
import sys

import django


class Undone(Exception):
    """The act fails after it was registered."""


def main(name: str, count: int) -> None:
    """Append ``count`` one-event cases; print what was acknowledged, after its commit."""
    django.setup()
    from django.db import transaction

    from huiyin.domain.states import Event
    from huiyin.history import acts as history

    from .register_world import NOW, entropy

    draw = entropy(name)
    for number in range(count):
        draft = history.Draft(Event(1, "submit", NOW, "complainant", None, {}), "registered")
        try:
            with transaction.atomic():
                written = history.append(f"{name}-{number:05d}", None, [draft], NOW, draw)
                if number % 10 == 9:
                    raise Undone
        except Undone:
            continue
        line = {"leaf": written.leaves[0].decode(), "proof": written.appended.proof(0)}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
