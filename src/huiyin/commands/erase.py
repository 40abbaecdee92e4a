"""``huiyin erase --due``: destroy the personal data of cases whose time is over.

The job worker does the same once a day. ``--dry-run`` only lists. Exit status 0; 1 if a case
that was due could not be erased.
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
    if len(done) < len(wanted):
        print(f"huiyin erase: {len(wanted) - len(done)} could not be erased", file=sys.stderr)
        return 1
    return 0
