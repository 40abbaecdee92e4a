"""``huiyin rebuild``: write the projections of all cases anew from their events.

Needed only after somebody changed the database by hand; says what had been different. Exit
status 0 if nothing was, 1 if something was (and is repaired now), 2 if it could not work.
"""

from __future__ import annotations

import argparse

from huiyin.commands import options
from huiyin.commands.installation import configure_existing


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin rebuild", description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="?", help="one case (default: all)")
    parser.add_argument("--data", metavar="DIR", help="data folder (default: HUIYIN_DATA)")
    return parser


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    configure_existing("rebuild", arguments.data)
    from huiyin.cases.rebuilding import rebuild, rebuild_all
    from huiyin.domain.errors import Refusal
    from huiyin.domain.receipts import normalise_number

    one = arguments.number
    try:
        found = rebuild(normalise_number(one)) if one else rebuild_all()
        count = 0
        for each in found:
            count += 1
            print(f"{each.case} {each.column}: {each.held!r} -> {each.rebuilt!r}")
    except Refusal as refusal:
        from huiyin.people.refusing import explain

        words = explain(refusal)
        return options.complain("rebuild", f"{words.text} {words.remedy}")
    print(f"repaired: {count}" if count else "nothing was different")
    return 1 if count else 0
