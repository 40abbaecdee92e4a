"""``huiyin officers``: keys of the privacy officer and the ombudsman.

Each officer types their own passphrase, alone; it is stored nowhere and nobody can reset
it. Both together can open an identity; without both keys no identity can be opened except
by the complainant.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from huiyin.commands import installation

if TYPE_CHECKING:
    from huiyin.domain.errors import Refusal

ROLES = ("privacy_officer", "ombudsman")


def main(argv: list[str]) -> int:
    """Run ``huiyin officers …``; returns 0, 1 after a refusal, 2 after a wrong call."""
    args = _parser().parse_args(argv)
    installation.configure_existing("officers", args.data)
    from huiyin.domain.errors import Refusal

    try:
        return int(args.run(args) or 0)
    except Refusal as refusal:
        return _refused(refusal)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin officers", description=__doc__)
    parser.add_argument("--data", help="data folder")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    create = commands.add_parser("create-key", help="make the key of an officer")
    create.add_argument("--replace", action="store_true", help="retire the present key")
    create.set_defaults(run=_create)
    change = commands.add_parser("change-passphrase", help="same key, new passphrase")
    change.set_defaults(run=_change)
    hand = commands.add_parser("hand-over", help="new key for a successor, shares re-sealed")
    hand.set_defaults(run=_hand_over)
    for command in (create, change, hand):
        command.add_argument("role", choices=ROLES)
        command.add_argument(
            "--passphrase-stdin",
            action="store_true",
            help="read passphrases from standard input, one a line (old first, then new)",
        )
    commands.add_parser("list", help="who has a key").set_defaults(run=_list)
    return parser


def _create(args: argparse.Namespace) -> None:
    from huiyin.vault.officers import create_officer_key

    new = _new_passphrase(args)
    generation = create_officer_key(args.role, new, now=datetime.now(UTC), replace=args.replace)
    print(f"{args.role}: key {generation} made. Nobody can reset this passphrase.")


def _change(args: argparse.Namespace) -> None:
    from huiyin.vault.officers import change_passphrase

    old = _ask(args, "Present passphrase: ")
    change_passphrase(args.role, old, _new_passphrase(args))
    print(f"{args.role}: the passphrase was changed.")


def _hand_over(args: argparse.Namespace) -> None:
    from huiyin.vault.officers import hand_over

    old = _ask(args, "Passphrase of the predecessor: ")
    generation = hand_over(args.role, old, _new_passphrase(args), now=datetime.now(UTC))
    print(f"{args.role}: handed over to key {generation}; the former key opens nothing now.")


def _list(args: argparse.Namespace) -> None:
    from huiyin.vault.queries import can_break_glass, current_officers, officer_keys

    for key in officer_keys():
        state = "in use" if key.retired is None else f"retired {key.retired:%Y-%m-%d}"
        print(f"{key.role} key {key.generation} made {key.created:%Y-%m-%d}, {state}")
    for role in ROLES:
        if role not in current_officers():
            print(f"{role}: no key yet; make one with: huiyin officers create-key {role}")
    if not can_break_glass():
        print("Until both have a key, only complainants themselves can open an identity.")


def _new_passphrase(args: argparse.Namespace) -> str:
    """Return a passphrase typed twice alike, or one line of standard input."""
    if args.passphrase_stdin:
        return _ask(args, "")
    print("At least five different words, or 16 characters. Only you may know it.")
    while True:
        first = _ask(args, "New passphrase: ")
        if first == _ask(args, "Again: "):
            return first
        print("The two differ; once more.")


def _ask(args: argparse.Namespace, prompt: str) -> str:
    if args.passphrase_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(prompt)


def _refused(refusal: Refusal) -> int:
    from huiyin.people.refusing import explain

    words = explain(refusal, "en")
    print(f"huiyin officers: {words.text} {words.remedy}", file=sys.stderr)
    return 1
