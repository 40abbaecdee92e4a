"""``huiyin demo``: fill an empty data folder with demo data, without serving it."""

from __future__ import annotations

import argparse

from huiyin.commands import installation


def main(argv: list[str]) -> int:
    """Exit 0, or 2 when the folder holds a real installation."""
    parser = argparse.ArgumentParser(prog="huiyin demo", description=__doc__)
    parser.add_argument("--data", help="data folder, empty or not there yet")
    args = parser.parse_args(argv)
    installation.configure(args.data, demo="true")
    installation.prepare(demo=True)
    return 0
