"""``huiyin vault``: the server's key, which wraps the content key of each case.

``status`` says which key wraps how much. ``rotate`` makes a new key and wraps everything anew; the
server may run meanwhile, and a rotation that was broken off goes on where it stopped. ``forget``
destroys a former key that nothing needs any more. Exit status 0, or 1 after a refusal.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from huiyin.commands import installation

if TYPE_CHECKING:
    from huiyin.vault.rotation import KeyUse


def main(argv: list[str]) -> int:
    """Run ``huiyin vault …``; returns 0, 1 after a refusal, 2 after a wrong call."""
    args = _parser().parse_args(argv)
    installation.configure_existing("vault", args.data)
    from huiyin.domain.errors import Refusal

    try:
        args.run(args)
    except Refusal as refusal:
        from huiyin.people.refusing import explain

        words = explain(refusal, "en")
        print(f"huiyin vault: {words.text} {words.remedy}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin vault", description=__doc__)
    parser.add_argument("--data", help="data folder")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    status = commands.add_parser("status", help="the keys, and how many cases each wraps")
    status.set_defaults(run=_status)
    rotate = commands.add_parser("rotate", help="a new key, everything wrapped anew")
    rotate.add_argument("--go-on", action="store_true", help="wrap what is left; make no new key")
    rotate.add_argument(
        "--to-file",
        action="store_true",
        help="keep the new key in the file, not by the key service",
    )
    rotate.set_defaults(run=_rotate)
    forget = commands.add_parser("forget", help="destroy a former key")
    forget.add_argument("id")
    forget.add_argument("--archives-gone", action="store_true", help="no backup needs it any more")
    forget.set_defaults(run=_forget)
    return parser


def _status(args: argparse.Namespace) -> None:
    from huiyin.vault.rotation import uses

    for use in uses():
        print(_line(use))


def _line(use: KeyUse) -> str:
    state = "in use" if use.present else f"former since {use.since:%Y-%m-%d}"
    kept = "in the file itself" if use.plain else "wrapped by the key service"
    return f"{use.id} {state}, {kept}, wraps {use.rows} case{'' if use.rows == 1 else 's'}"


def _rotate(args: argparse.Namespace) -> None:
    from django.db import transaction

    from huiyin.history.ceremonies import register_ceremony
    from huiyin.vault.keepers import PlainKeeper
    from huiyin.vault.rotation import exchange, uses, wrap_anew

    broken_off = [use for use in uses() if use.rows and not use.present]
    if broken_off and not args.go_on:
        print("A rotation was broken off; going on with it. No new key is made.")
    if not broken_off and not args.go_on:
        with transaction.atomic():
            # The event first: if it cannot be registered, no key is exchanged.
            register_ceremony("vault-key-exchange-begun", {}, datetime.now(UTC))
            print(
                f"New key {exchange(PlainKeeper() if args.to_file else None)} in use.", flush=True
            )
    count = 0
    for done, of in wrap_anew():
        count = of
        print(f"{done} of {of} wrapped anew", flush=True)
    with transaction.atomic():
        register_ceremony("vault-key-exchanged", {"cases": count}, datetime.now(UTC))
    for use in uses():
        print(_line(use))
    print("Keep former keys until the archives of wrapped keys made before today are destroyed.")


def _forget(args: argparse.Namespace) -> None:
    from django.db import transaction

    from huiyin.history.ceremonies import register_ceremony
    from huiyin.vault.rotation import forget

    now = datetime.now(UTC)
    with transaction.atomic():
        register_ceremony("vault-key-destroyed", {"key": args.id[:20]}, now)
        forget(args.id, now, archives_gone=args.archives_gone)
    print(f"{args.id} destroyed. What only it could open is closed for ever.")
