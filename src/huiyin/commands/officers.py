"""``huiyin officers``: keys of the privacy officer and the ombudsman.

Each officer types their own passphrase, alone; it is stored nowhere and nobody can reset
it. Both together can open an identity; without both keys no identity can be opened except
by the complainant. Two of three printed shares bring a key back whose passphrase is lost.
Every ceremony is an event of the register.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from huiyin.commands import installation

if TYPE_CHECKING:
    from huiyin.domain.errors import Refusal
    from huiyin.domain.recovery import Share

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
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
    except EOFError:
        print(
            "huiyin officers: the input ended before everything was typed; nothing was changed. "
            "Run it at a terminal, or give the lines with --passphrase-stdin.",
            file=sys.stderr,
        )
        return 1


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
    shares = commands.add_parser("print-shares", help="three sheets, two of which recover the key")
    shares.add_argument(
        "shares", type=Path, metavar="FOLDER", help="an empty folder for the sheets"
    )
    shares.set_defaults(run=_print_shares)
    recover = commands.add_parser("recover", help="a new key from two printed shares")
    recover.set_defaults(run=_recover)
    for command in (create, change, hand, shares):
        command.add_argument("role", choices=ROLES)
    for command in (create, hand, recover):
        command.add_argument("--shares", type=Path, metavar="FOLDER", help="print its shares there")
    for command in (create, hand, recover, shares):
        command.add_argument("--lang", choices=LANGUAGES, default="en", help="words of the sheets")
    for command in (create, change, hand, recover, shares):
        command.add_argument(
            "--passphrase-stdin",
            action="store_true",
            help="read what would be typed from standard input, one a line (old first, then new)",
        )
    commands.add_parser("list", help="who has a key").set_defaults(run=_list)
    return parser


@contextmanager
def _ceremony(act: str, role: str, now: datetime) -> Iterator[dict[str, object]]:
    """One transaction for the change of keys and its event, which tells the key in use after it;
    the block may say more."""
    from django.db import transaction

    from huiyin.history.ceremonies import register_ceremony
    from huiyin.vault.queries import officer_facts

    with transaction.atomic():
        said: dict[str, object] = {}
        yield said
        register_ceremony(act, {**said, **officer_facts(role)}, now)


def _create(args: argparse.Namespace) -> None:
    from huiyin.vault.officers import create_officer_key

    _check_folder(args.shares)
    new, now = _new_passphrase(args), datetime.now(UTC)
    with _ceremony("officer-key-made", args.role, now):
        generation = create_officer_key(args.role, new, now=now, replace=args.replace)
    print(f"{args.role}: key {generation} made. Nobody can reset this passphrase.")
    _shares_or_advice(args, args.role, new)


def _change(args: argparse.Namespace) -> None:
    from huiyin.vault.officers import change_passphrase

    old, now = _ask(args, "Present passphrase: "), datetime.now(UTC)
    new = _new_passphrase(args)
    with _ceremony("officer-passphrase-changed", args.role, now):
        change_passphrase(args.role, old, new)
    print(f"{args.role}: the passphrase was changed.")


def _hand_over(args: argparse.Namespace) -> None:
    from huiyin.vault.officers import hand_over

    _check_folder(args.shares)
    old = _ask(args, "Passphrase of the predecessor: ")
    new, now = _new_passphrase(args), datetime.now(UTC)
    with _ceremony("officer-key-handed-over", args.role, now):
        generation = hand_over(args.role, old, new, now=now)
    print(f"{args.role}: handed over to key {generation}; the former key opens nothing now.")
    _shares_or_advice(args, args.role, new)


def _print_shares(args: argparse.Namespace) -> None:
    _check_folder(args.shares)
    _write_shares(args, args.role, _ask(args, "Passphrase of the key: "))


def _recover(args: argparse.Namespace) -> None:
    from huiyin.domain.recovery import NEEDED
    from huiyin.vault.recovery import key_of, recover

    _check_folder(args.shares)
    if not args.passphrase_stdin:
        print(
            "Have two sheets of one set before you. Each share is ten groups of five; type them "
            "in one line or scan the square. The officer types the new passphrase, alone."
        )
    shares = [_ask_share(args, number + 1) for number in range(NEEDED)]
    key, now = key_of(shares), datetime.now(UTC)
    if key.retired is not None:
        _bring_back(shares, key.generation, now)
        return
    new = _new_passphrase(args)
    with _ceremony("officer-key-recovered", shares[0].role, now):
        role, generation = recover(shares, new, now=now)
    print(
        f"{role}: key {generation} made from two shares. The former key and every share "
        "printed for it open nothing now; destroy those sheets."
    )
    _shares_or_advice(args, role, new)


def _bring_back(shares: list[Share], former: int, now: datetime) -> None:
    """Shares of a key that was replaced: what it opens is sealed to the key in use."""
    from huiyin.vault.recovery import recover

    with _ceremony("officer-key-recovered", shares[0].role, now) as said:
        said["former"] = former
        role, generation = recover(shares, "", now=now)
    print(
        f"{role}: key {former} is not the one in use. The identities that it opened now open with "
        f"key {generation} and its passphrase. Destroy these sheets."
    )


def _ask_share(args: argparse.Namespace, number: int) -> Share:
    """One share as typed; at a keyboard a slip is told by its group and asked again."""
    from huiyin.domain.errors import Refusal
    from huiyin.domain.recovery import parse

    while True:
        try:
            return parse(_ask(args, f"Share {number} of 2: "))
        except Refusal as refusal:
            if args.passphrase_stdin:
                raise
            _refused(refusal)


def _shares_or_advice(args: argparse.Namespace, role: str, passphrase: str) -> None:
    if args.shares is not None:
        _write_shares(args, role, passphrase)
        return
    print(
        "If the passphrase is lost, identities sealed so far stay closed to the officers, unless "
        f"there are printed shares: huiyin officers print-shares FOLDER {role}"
    )


def _check_folder(folder: Path | None) -> None:
    """Before anything is typed: the sheets need an empty folder, outside the data folder."""
    from django.conf import settings

    from huiyin.domain.errors import Refusal

    if folder is None:
        return
    where = folder.expanduser().absolute()
    inside = [Path(settings.HUIYIN_DATA_DIR), Path(settings.HUIYIN_KEYS_DIR)]
    if any(where == one or one in where.parents for one in inside):
        raise Refusal("shares-folder-inside", path=str(folder))
    if where.exists() and (not where.is_dir() or any(where.iterdir())):
        raise Refusal("shares-folder-not-empty", path=str(folder))
    with _written_to(folder):
        if where.exists():  # perhaps the place of a stick
            tempfile.TemporaryFile(dir=where).close()
            return
        where.mkdir(mode=0o700, parents=True)
        where.rmdir()  # it is made again once everything has been typed


@contextmanager
def _written_to(folder: Path) -> Iterator[None]:
    """Raises Refusal ``shares-folder-unwritable`` (path, why) for what the system says."""
    from huiyin.domain.errors import Refusal

    try:
        yield
    except OSError as error:
        why = error.strerror or "unknown"
        raise Refusal("shares-folder-unwritable", path=str(folder), why=why) from error


def _write_shares(args: argparse.Namespace, role: str, passphrase: str) -> None:
    import os

    from huiyin.people.naming import office_name
    from huiyin.reports.shares import render_share
    from huiyin.vault.recovery import make_shares

    now = datetime.now(UTC)
    with _ceremony("officer-shares-printed", role, now):
        shares = make_shares(role, passphrase)
        # Inside the transaction: without the sheets the new lock would be one without a key.
        with _written_to(args.shares):
            args.shares.mkdir(mode=0o700, parents=True, exist_ok=True)
            for share in shares:
                path = args.shares / f"{role}-share-{share.place}.pdf"
                sheet = render_share(share, args.lang, office_name(args.lang), now.date())
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as out:
                    out.write(sheet)
                print(path)
    print(
        "Print each sheet for another person, then destroy these files: whoever has two of them "
        "has the key. Shares printed before open nothing any more."
    )


def _list(args: argparse.Namespace) -> None:
    from huiyin.vault.queries import can_break_glass, current_officers, officer_keys

    for key in officer_keys():
        state = "in use" if key.retired is None else f"retired {key.retired:%Y-%m-%d}"
        sheets = ", shares printed" if key.recovery else ""
        print(f"{key.role} key {key.generation} made {key.created:%Y-%m-%d}, {state}{sheets}")
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
