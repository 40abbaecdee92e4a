"""``huiyin ledger``: key, check, export, openings, witnesses and new origin of the register.

All work with the server stopped; ``key``, ``check`` and ``export`` also while it runs.
Exit status 0; 1 if the check found a fault; 2 if the command could not do its work.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from huiyin.commands.installation import configure, configure_existing
from huiyin.commands.verify_package import RECEIPT_BESIDE
from huiyin.domain.errors import Refusal
from huiyin.register.verdicts import (
    LANGUAGES,
    language_of,
    say_check,
    say_fault,
    say_refusal,
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin ledger", description=__doc__.splitlines()[0])
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", metavar="DIR", help="data folder (default: HUIYIN_DATA)")
    common.add_argument(
        "--lang", choices=LANGUAGES, default=language_of(os.environ), help="words in"
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    key = verbs.add_parser("key", parents=[common], help="print the verifier key (vkey)")
    key.add_argument("--create", action="store_true", help="make the signing key first")
    verbs.add_parser("check", parents=[common], help="recompute everything, name the first fault")
    export = verbs.add_parser("export", parents=[common], help="write static tiles")
    export.add_argument("out", metavar="OUT", type=Path)
    openings = verbs.add_parser(
        "openings", parents=[common], help="write every opening for an auditor, encrypted with age"
    )
    openings.add_argument("out", metavar="OUT", type=Path)
    openings.add_argument(
        "--auditor", metavar="RECIPIENT", action="append", required=True, help="age1…; repeatable"
    )
    verbs.add_parser("submit", parents=[common], help="send the checkpoint to the witnesses")
    origin = verbs.add_parser(
        "new-origin", parents=[common], help="go on under a new name after a restored backup"
    )
    origin.add_argument("--origin", help="the new name (default: the old one with a number)")
    return parser


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    if getattr(arguments, "create", False):
        configure(arguments.data)  # before the first start, so that the key can be known early
    else:
        configure_existing("ledger", arguments.data)
    verbs = {
        "key": _key, "check": _check, "export": _export, "submit": _submit,
        "openings": _openings, "new-origin": _new_origin,
    }  # fmt: skip
    try:
        return verbs[arguments.verb](arguments)
    except Refusal as refusal:
        words = say_refusal(refusal.code, refusal.data, arguments.lang)
        print(f"huiyin ledger: {words}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"huiyin ledger: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2


def _key(arguments: argparse.Namespace) -> int:
    from huiyin.register import keys

    if arguments.create:
        keys.create_log_key()
    print(keys.signer().key)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from huiyin.register.checking import check
    from huiyin.vault.queries import opens

    began = time.perf_counter()
    report = check(opens=opens, apart=True)
    seconds = f"{time.perf_counter() - began:.1f}"
    for fault in report.faults:
        print(say_fault(fault, arguments.lang))
    if report.more:
        print(say_check("more", arguments.lang, more=report.more))
    part = "faulty" if report.faults else "sound"
    counts = {"leaves": report.leaves, "events": report.events, "seconds": seconds}
    print(say_check(part, arguments.lang, **counts))
    return 1 if report.faults else 0


def _export(arguments: argparse.Namespace) -> int:
    from huiyin.register.exporting import export

    size = export(arguments.out)
    print(f"{arguments.out}: {size}")
    return 0


def _openings(arguments: argparse.Namespace) -> int:
    from huiyin.history.openings import release

    released = release(arguments.out, arguments.auditor, datetime.now(UTC))
    receipt = arguments.out.with_name(arguments.out.name + RECEIPT_BESIDE)
    receipt.write_bytes(released.receipt)
    print(f"{released.file}: {released.leaves}")
    print(f"sha256 {released.sha256}")
    print(receipt)
    return 0


def _submit(arguments: argparse.Namespace) -> int:
    """1 if a witness is in trouble, which is told."""
    from huiyin.register.witnessing import submit

    found = submit(datetime.now(UTC))
    for witness in found.witnesses:
        print(f"{witness.name}\t{witness.size}\t{witness.cosigned_at or '–'}")
        if witness.trouble:
            data = {"witness": witness.name, "detail": witness.detail}
            print(say_refusal(witness.trouble, data, arguments.lang), witness.detail)
    return 1 if found.loud else 0


def _new_origin(arguments: argparse.Namespace) -> int:
    from huiyin.register import keys
    from huiyin.register.takeover import new_origin

    appended = new_origin(datetime.now(UTC), arguments.origin)
    print(keys.signer().key)
    print(appended.checkpoint)
    return 0
