"""Two walks at once, each on a processor of its own, for whoever waits for a large register.

The walk over events needs to know of the tree only whether it is sound. So a child process makes
that walk as if it were; where the tree is not, or the child fails, its answer is thrown away and
the walk is made again, in order.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from django.db import connection

from huiyin.register.faults import Faults

Walk = Callable[[Faults], int]
Answer = tuple[int, Faults] | None
_FORK = multiprocessing.get_context("fork")


@contextmanager
def walking(walk: Walk, *, wanted: bool) -> Iterator[Callable[[], Answer]]:
    """``walk`` in a child process; the block gets a function that waits for its answer (number of
    events, faults), which is None where no child walked or it failed.

    No child walks inside a transaction, on a database in memory, or where there are more threads,
    of which a fork would copy nothing but the locks they hold.
    """
    if not wanted or connection.in_atomic_block or _only_ours() or threading.active_count() > 1:
        yield lambda: None
        return
    connection.close()  # a handle of SQLite must not be carried over
    receiver, sender = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_answer, args=(walk, sender), daemon=True)
    child.start()
    sender.close()
    try:
        yield lambda: _wait(receiver)
    finally:
        child.terminate()
        child.join()


def _only_ours() -> bool:
    return connection.vendor == "sqlite" and bool(connection.is_in_memory_db())


def _answer(walk: Walk, sender: Connection) -> None:
    faults = Faults()
    try:
        sender.send((walk(faults), faults))
    except Exception:
        # Whatever it is, the walk in order meets it again and says it.
        sender.send(None)


def _wait(receiver: Connection) -> Answer:
    try:
        found: Answer = receiver.recv()
    except EOFError:  # the child was killed
        return None
    return found
