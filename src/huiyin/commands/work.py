"""``huiyin work``: does the jobs that acts have left, such as notices by mail."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time

from huiyin.commands import installation

# Seconds in which the processes that serve pages load; a notice can wait that long.
_LATER = 3


def main(argv: list[str]) -> int:
    """Work until interrupted; ``--once`` stops when no job is left."""
    parser = argparse.ArgumentParser(prog="huiyin work", description=__doc__)
    parser.add_argument("--data", help="data folder")
    parser.add_argument("--once", action="store_true", help="stop when no job is left")
    parser.add_argument("--with-parent", action="store_true", help="stop when the caller is gone")
    parser.add_argument("--later", action="store_true", help="let the pages come up first")
    args = parser.parse_args(argv)
    if args.later:
        time.sleep(_LATER)
    if args.with_parent:
        threading.Thread(target=_outlive_nobody, args=(os.getppid(),), daemon=True).start()
    installation.configure_existing("work", args.data)
    from django.utils import timezone

    from huiyin.administration.protection import missing
    from huiyin.cases import asking
    from huiyin.cases.erasing import schedule
    from huiyin.plans.contacts import schedule as schedule_contacts
    from huiyin.post.worker import run
    from huiyin.register.schedule import begin
    from huiyin.rosters.recording import schedule as record_rosters

    if lacking := missing():
        told = ", ".join(lacking)
        print(f"huiyin work: this machine opens files without {told}", file=sys.stderr)
    begin()
    schedule(timezone.now())
    record_rosters(timezone.now())
    asking.schedule(timezone.now())
    schedule_contacts(timezone.now())
    return run(once=args.once)


def _outlive_nobody(parent: int) -> None:
    """Stop this process in order once its parent was killed: two workers would do no harm,
    but nobody would know why the second one runs."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
