"""``huiyin witness``: a small server that follows registers of others and cosigns what continues.

An ombudsman, audit office, university or association runs it on any machine. It holds one key,
the keys of the logs that it follows, and per log the last checkpoint that it cosigned; no
complaint ever reaches it. Exit status 0; 2 if it could not do its work. Needs no Django.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

from huiyin.domain.errors import Refusal
from huiyin.domain.notes import COSIGNATURE, Signer, VerifierKey
from huiyin.domain.policies import parse_policy
from huiyin.register.verdicts import LANGUAGES, language_of, say_refusal
from huiyin.register.witness_folder import WitnessFolder


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 0 to 65535")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huiyin witness", description="Follow registers of others and cosign them."
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("folder", metavar="DIR", type=Path, help="where key and memory are kept")
    common.add_argument(
        "--lang", choices=LANGUAGES, default=language_of(os.environ), help="words in"
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    init = verbs.add_parser("init", parents=[common], help="make the key and print it (vkey)")
    init.add_argument("--name", required=True, help="the witness's name, such as ombudsman.example")
    init.add_argument("--log", metavar="VKEY", action="append", default=[], help="follow this log")
    follow = verbs.add_parser("follow", parents=[common], help="follow one more log")
    follow.add_argument("log", metavar="VKEY", action="append")
    run = verbs.add_parser("run", parents=[common], help="serve POST /add-checkpoint")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=_port, default=8090, help="0: any free one")
    verbs.add_parser("show", parents=[common], help="what was cosigned last, log by log")
    return parser


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    verbs = {"init": _init, "follow": _follow, "run": _run, "show": _show}
    try:
        return verbs[arguments.verb](arguments)
    except Refusal as refusal:
        words = say_refusal(refusal.code, refusal.data, arguments.lang)
        print(f"huiyin witness: {words}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"huiyin witness: {error}", file=sys.stderr)
        return 2


def _init(arguments: argparse.Namespace) -> int:
    # Before anything is made: a wrong key must not leave half a witness behind.
    parse_policy("".join(f"log {log}\n" for log in arguments.log) + "quorum none\n")
    signer = Signer.from_seed(arguments.name, secrets.token_bytes(32), COSIGNATURE)
    folder = WitnessFolder.create(arguments.folder, signer)
    for log in arguments.log:
        folder.follow(log)
    print(signer.key)
    return 0


def _follow(arguments: argparse.Namespace) -> int:
    for log in arguments.log:
        WitnessFolder(arguments.folder).follow(log)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    folder = WitnessFolder(arguments.folder)
    print(folder.signer.key)
    latest = folder.latest()
    for log in folder.logs():
        print(_line(log, folder, latest[log.name].size if log.name in latest else None))
    return 0


def _line(log: VerifierKey, folder: WitnessFolder, size: int | None) -> str:
    return f"{log}\t{'–' if size is None else size}\t{folder.path_of(log.name)}"


def _run(arguments: argparse.Namespace) -> int:
    from huiyin.register.witness_server import serve

    return serve(WitnessFolder(arguments.folder), arguments.host, arguments.port)
