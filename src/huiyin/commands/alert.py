"""``huiyin alert``: draft, compose, check, sign and verify messages of CAP 1.2.

For drills and alerts inside a house; needs no installation. Exit status 0; 1 when a message is
wrong or its signature does not hold; 2 for a wrong call or a file that is no message.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from huiyin import alerts
from huiyin.alerts import schema, signing
from huiyin.commands import options
from huiyin.commands.options import WrongCall
from huiyin.domain.cap import composing, drafts, reading, rules
from huiyin.domain.cap.findings import Finding
from huiyin.domain.cap.message import Alert
from huiyin.domain.errors import Refusal
from huiyin.domain.plans import alerting
from huiyin.domain.plans.reading import read_plan

STATES = {
    "valid": (
        "signed by {signer} (SHA-256 {fingerprint}), and unchanged since",
        "由 {signer} 签名（SHA-256 {fingerprint}），此后未被改动",
        "由 {signer} 簽名（SHA-256 {fingerprint}），此後未被改動",
    ),
    "unsigned": ("not signed", "没有签名", "沒有簽名"),
    "unknown": (
        "not signed by a certificate that you pinned, or changed since. It is still a message: "
        "ask its sender by another way",
        "不是由您指定的证书签名，或签名后被改动。消息仍应当看待为消息：请用其他方式向发送者核实",
        "不是由您指定的憑證簽名，或簽名後被改動。訊息仍應當看待為訊息：請用其他方式向發送者核實",
    ),
    "expired": (
        "signed by {signer}, whose certificate is not valid now",
        "由 {signer} 签名，但其证书目前不在有效期内",
        "由 {signer} 簽名，但其憑證目前不在有效期內",
    ),
}


def main(argv: Sequence[str]) -> int:
    """Run ``huiyin alert …``; returns the exit status."""
    try:
        args = _parser().parse_args(list(argv))
        args.language = options.language(args.lang)
        status: int = args.run(args)
    except WrongCall as wrong:
        return options.complain("alert", str(wrong))
    except Refusal as refusal:
        return _refused(refusal, getattr(args, "language", "en"))
    except BrokenPipeError:
        raise  # the reader has gone (``| head``): told by the command line as a whole
    except OSError as error:
        return options.complain("alert", f"{error.filename}: {error.strerror}")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = options.OneLineParser(
        prog="huiyin alert", description="Messages of the Common Alerting Protocol 1.2."
    )
    commands = parser.add_subparsers(
        required=True, metavar="draft | compose | check | sign | verify"
    )
    draft = commands.add_parser("draft", help="a draft from a warning that a plan has prepared")
    draft.add_argument("file", help="the plan")
    draft.add_argument("warning", help="the id of the warning")
    draft.set_defaults(run=_draft)
    compose = commands.add_parser("compose", help="make a message from a draft (YAML)")
    compose.add_argument("file", help="the draft; - reads standard input")
    compose.add_argument(
        "--authority", default="", help="the rule that lets you warn the public, for an actual one"
    )
    compose.set_defaults(run=_compose)
    check = commands.add_parser("check", help="everything that is wrong with messages")
    check.add_argument("file", nargs="+", help="messages; - reads standard input")
    check.add_argument("--house", action="store_true", help="also what Huiyin asks of its own")
    check.set_defaults(run=_check)
    sign = commands.add_parser("sign", help="sign a message")
    sign.add_argument("file", help="the message; - reads standard input")
    sign.add_argument("--key", required=True, help="RSA key (PEM, without passphrase)")
    sign.add_argument("--certificate", required=True, help="its certificate (PEM)")
    sign.set_defaults(run=_sign)
    verify = commands.add_parser("verify", help="check the signature against pinned certificates")
    verify.add_argument("file", help="the message; - reads standard input")
    verify.add_argument(
        "--pin", action="append", required=True, metavar="PEM", help="a certificate you trust"
    )
    verify.set_defaults(run=_verify)
    for command in (draft, compose, sign):
        command.add_argument("-o", "--out", help="file to write (default: standard output)")
    for command in (draft, compose, check, sign, verify):
        command.add_argument("--lang", default="en", help="en, zh, zh-Hans or zh-Hant")
    for command in (check, verify):
        command.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _draft(args: argparse.Namespace) -> int:
    plan, _ = read_plan(_bytes(args.file), args.file)
    alert = alerting.draft(plan, args.warning)
    lacking = "sender, urgency, severity, certainty, onset, responseType"
    lacking += ", addresses" if alert.scope == "Private" else ""
    head = f"# {plan.about.id} {plan.about.version}, {args.warning}\n# To be added: {lacking}\n"
    return _write(args.out, (head + drafts.write(alert)).encode().rstrip(b"\n"))


def _compose(args: argparse.Namespace) -> int:
    draft = drafts.read(_bytes(args.file), args.file)
    now = datetime.now(UTC).astimezone()
    try:
        text = composing.compose(draft.alert, now, secrets.token_bytes(4), args.authority)
    except Refusal as refusal:
        if refusal.code != "alert-invalid":
            raise
        found = [_at(f, draft.lines) for f in refusal.data["findings"]]  # type: ignore[attr-defined]
        for finding in found:
            print(_line(args.file, finding, args.language), file=sys.stderr)
        return 1
    return _write(args.out, text.encode())


def _at(finding: Finding, lines: dict[str, int]) -> Finding:
    """The finding with the line of the draft that it is about, or of what holds that."""
    path = finding.path
    while path and path not in lines:
        path = path[:-3] if path.endswith("]") and "." not in path else path.rpartition(".")[0]
    return Finding(finding.rule, finding.path, lines.get(path, 1), finding.data)


def _check(args: argparse.Namespace) -> int:
    sources = [_bytes(name) for name in args.file]
    messages = [reading.read(source) for source in sources]
    found: list[tuple[str, Finding]] = []
    for name, message, source in zip(args.file, messages, sources, strict=True):
        found += [(name, f) for f in _judged(message, source, args.house)]
    for place, finding in rules.reused([m.alert for m in messages]):
        found.append((args.file[place], finding))
    if args.json:
        listed = [_as_json(name, f, args.language) for name, f in found]
        print(json.dumps({"findings": listed}, ensure_ascii=False, indent=2))
    else:
        for name, finding in found:
            print(_line(name, finding, args.language))
        for name, message in zip(args.file, messages, strict=True):
            print(_summary(name, message.alert, [f for n, f in found if n == name]))
    return 1 if any(f.is_error for _, f in found) else 0


def _judged(message: reading.Read, source: bytes, house: bool) -> list[Finding]:
    """Our findings; the schema's own where it objects to something that we let pass."""
    found = list(rules.judge(message))
    if house:
        found += [_at(f, message.lines) for f in composing.check(message.alert)]
    if not any(f.is_error for f in found):
        found += [
            Finding("schema", "", line, {"value": words}) for line, words in schema.faults(source)
        ]
    return found


def _sign(args: argparse.Namespace) -> int:
    source = _bytes(args.file)
    key, certificate = Path(args.key).read_bytes(), Path(args.certificate).read_bytes()
    return _write(args.out, signing.sign(source, key, certificate))


def _verify(args: argparse.Namespace) -> int:
    pinned = [Path(name).read_bytes() for name in args.pin]
    verdict = signing.verify(_bytes(args.file), pinned, datetime.now(UTC))
    if args.json:
        fields = ("state", "signer", "fingerprint")
        print(json.dumps({name: getattr(verdict, name) for name in fields}, ensure_ascii=False))
    else:
        words = STATES[verdict.state][alerts.LANGUAGES.index(args.language)]
        print(
            f"{args.file}: {words.format(signer=verdict.signer, fingerprint=verdict.fingerprint)}"
        )
    return 0 if verdict.state == "valid" else 1


def _line(file: str, finding: Finding, language: str) -> str:
    what, remedy = alerts.explain(finding, language)
    grave = "error" if finding.is_error else "warning"
    place = f"{file}:{finding.line}: " if finding.line else f"{file}: "
    where = f"{finding.path}: " if finding.path else ""
    return f"{place}{grave} {finding.rule}: {where}{what} {remedy}"


def _as_json(file: str, finding: Finding, language: str) -> dict[str, object]:
    what, remedy = alerts.explain(finding, language)
    return {
        "file": file,
        "line": finding.line,
        "path": finding.path,
        "rule": finding.rule,
        "severity": "error" if finding.is_error else "warning",
        "source": alerts.source(finding),
        "text": what,
        "remedy": remedy,
    }


def _summary(name: str, alert: Alert, found: list[Finding]) -> str:
    errors = sum(f.is_error for f in found)
    kind = f"{alert.status} {alert.msg_type}, {alert.scope}, {alert.sent}"
    verdict = f"{errors} errors, {len(found) - errors} warnings" if found else "conforms"
    return f"{name}: {kind}: {verdict}"


def _bytes(name: str) -> bytes:
    """The file, and not a byte more than a message may have and one."""
    most = reading.MOST_BYTES + 1
    if name == "-":
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)


def _write(name: str | None, text: bytes) -> int:
    if name is None:
        sys.stdout.buffer.write(text + b"\n")
        return 0
    # A half-written message must not be taken for one.
    part = Path(f"{name}.part")
    part.write_bytes(text)
    os.replace(part, name)
    return 0


def _refused(refusal: Refusal, language: str) -> int:
    problems = refusal.data.get("problems")
    if isinstance(problems, list):
        for problem in problems:
            print(problem, file=sys.stderr)
        return 2
    return options.complain("alert", options.sentence(refusal, language, "alerts"))
