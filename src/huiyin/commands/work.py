"""``huiyin work``: does the jobs that acts have left, such as notices by mail."""

from __future__ import annotations

import argparse

from huiyin.commands import installation


def main(argv: list[str]) -> int:
    """Work until interrupted; ``--once`` stops when no job is left."""
    parser = argparse.ArgumentParser(prog="huiyin work", description=__doc__)
    parser.add_argument("--data", help="data folder")
    parser.add_argument("--once", action="store_true", help="stop when no job is left")
    args = parser.parse_args(argv)
    installation.configure(args.data)
    from huiyin.post.worker import run

    return run(once=args.once)
