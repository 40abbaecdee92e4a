"""``huiyin verify FILE``: check a receipt offline, in words. Needs no server and no Django.

An auditor's package (``huiyin ledger openings``) is checked in the same way, with ``--identity``.

Exit status 0: verifies; 1: does not verify (the report says which event); 2: unreadable, or
the command was used wrongly.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from huiyin.commands import verify_package
from huiyin.domain.errors import Refusal
from huiyin.domain.findings import Verdict
from huiyin.domain.policies import parse_policy
from huiyin.domain.verification import MAX_BYTES, judge
from huiyin.domain.vouching import Trust
from huiyin.register.verdicts import (
    LANGUAGES,
    closing,
    kind,
    language_of,
    say,
    say_refusal,
    say_text,
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huiyin verify", description="Check a receipt offline and say what it proves."
    )
    parser.add_argument(
        "file", metavar="FILE", help="the receipt, NUMBER.receipt.json, or a package"
    )
    parser.add_argument("--vkey", help="the register's key, from the notice board or a witness")
    parser.add_argument(
        "--checkpoint", metavar="FILE", help="a signed checkpoint from elsewhere, to compare"
    )
    parser.add_argument(
        "--witness", metavar="VKEY", action="append", default=[], help="key of a witness you trust"
    )
    parser.add_argument(
        "--witness-policy",
        metavar="FILE",
        help="logs, witnesses and quorum you trust (tlog-policy)",
    )
    parser.add_argument(
        "--identity", metavar="FILE", type=Path, help="age identity that opens an auditor's package"
    )
    parser.add_argument(
        "--file",
        metavar="FILE",
        dest="files",
        type=Path,
        action="append",
        default=[],
        help="a file that you handed in: is it the one of this receipt? may be given again",
    )
    parser.add_argument("--words", action="store_true", help="print the words that were proved")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument(
        "--lang", choices=LANGUAGES, default=language_of(os.environ), help="words in"
    )
    return parser


def _as_json(verdict: Verdict, language: str) -> str:
    report = {
        "status": verdict.status,
        "number": verdict.number,
        "origin": verdict.origin,
        "size": verdict.size,
        "verdict": closing(verdict, language),
        "findings": [
            {"code": f.code, "kind": f.kind, "data": dict(f.data), "text": say(f, language)}
            for f in verdict.findings
        ],
    }
    return json.dumps(report, ensure_ascii=True, indent=1, default=str)


def _as_text(verdict: Verdict, language: str, words: bool) -> str:
    heading = " · ".join(part for part in (verdict.number, verdict.origin) if part)
    lines = [_harmless(heading)] if heading else []
    lines += [f"[{kind(f, language)}] {say(f, language)}" for f in verdict.findings]
    for event, name, text in verdict.texts if words else ():
        lines += ["", f"--- {say_text(event, name, language)}", *map(_harmless, text.split("\n"))]
    return "\n".join([*lines, *([""] if words else []), closing(verdict, language)])


def _harmless(text: str) -> str:
    """Hostile text must not move the cursor or turn the line around."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _read(path: str, most: int) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(most + 1)


def _text(path: str | None) -> str | None:
    return None if path is None else _read(path, MAX_BYTES).decode("utf-8", "replace")


def _check(arguments: argparse.Namespace) -> Verdict:
    other, policy = _text(arguments.checkpoint), _text(arguments.witness_policy)
    trust = Trust.of(
        vkey=arguments.vkey,
        witnesses=arguments.witness,
        policy=None if policy is None else parse_policy(policy),
        now=datetime.now(UTC),
    )
    data = _read(arguments.file, MAX_BYTES)
    if verify_package.is_package(data):
        return verify_package.check(Path(arguments.file), arguments.identity, trust, other)
    return judge(data, trust, other, [_digest(path) for path in arguments.files])


def _digest(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        return path.name, hashlib.file_digest(file, "sha256").hexdigest()


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal without Chinese still gets a report
    try:
        verdict = _check(arguments)
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"huiyin verify: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except Refusal as refusal:
        words = say_refusal(refusal.code, refusal.data, arguments.lang)
        print(f"huiyin verify: {words}", file=sys.stderr)
        return 2
    if arguments.json:
        print(_as_json(verdict, arguments.lang))
    else:
        print(_as_text(verdict, arguments.lang, arguments.words))
    return verdict.exit_status
