"""``huiyin erase --due``: destroy the personal data whose time is over.

That of cases, the contact data of people behind plans, and the notes of handovers. The job worker
does the same once a day. ``--dry-run`` only lists. Exit status 0; 1 if a case that was due could
not be erased.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from huiyin.commands import installation


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin erase", description=__doc__.splitlines()[0])
    parser.add_argument("--due", action="store_true", required=True, help="what is due now")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, destroy nothing")
    parser.add_argument("--data", metavar="DIR", help="data folder (default: HUIYIN_DATA)")
    return parser


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status."""
    args = _parser().parse_args(argv)
    installation.configure_existing("erase", args.data)
    from huiyin.cases import erasing

    now = datetime.now(UTC)
    wanted = list(erasing.due(now))
    done = tuple(wanted) if args.dry_run else erasing.erase_due(now)
    for lapse in done:
        print(f"{lapse.number}\tended {lapse.ended:%Y-%m-%d}\tdue {lapse.due:%Y-%m-%d}")
    verb = "would be erased" if args.dry_run else "erased"
    print(f"{len(done)} {verb}")
    _readiness(now, dry_run=args.dry_run)
    if len(done) < len(wanted):
        print(f"huiyin erase: {len(wanted) - len(done)} could not be erased", file=sys.stderr)
        return 1
    return 0


def _readiness(now: datetime, *, dry_run: bool) -> None:
    """What plans and rosters keep of people."""
    from huiyin.plans import contacts
    from huiyin.rosters import duty

    if dry_run:
        people, notes = contacts.due(now).count(), duty.notes_due(now).count()
    else:
        people, notes = contacts.destroy_due(now), duty.destroy_notes(now)
        if people or notes:
            contacts.scrub()
    verb = "would be destroyed" if dry_run else "destroyed"
    print(f"contact data of {people} {verb}; {notes} handover notes {verb}")
