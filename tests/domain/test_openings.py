"""An auditor's package: whole, or refused with the reason; whatever is done to its lines."""

from __future__ import annotations

import json
import random
import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from huiyin.domain import leaves, openings, verification
from huiyin.domain.findings import Verdict
from huiyin.domain.vouching import Trust
from huiyin.register.verdicts import LANGUAGES, say

from .receipt_world import AT, Log, dump, signer

ERASED = 2  # leaves of the erased case that have lost their keys


def event(case: str, seq: int, previous: bytes | None, event_class: str = "proceeded") -> bytes:
    return leaves.event_bytes(
        case=case, seq=seq, previous=previous, at=AT, role="owner", act=f"act-{seq}",
        event_class=event_class,
    )  # fmt: skip


def add(log: Log, body: bytes) -> bytes:
    log.add(body, sha256(body).digest())
    return body


@pytest.fixture
def log() -> Log:
    """Three cases side by side; the second was erased with its third event; one takeover."""
    log = Log()
    heads: dict[str, bytes | None] = {"A": None, "B": None, "C": None}
    for seq in (1, 2, 3):
        for case in heads:
            gone = "erased" if (case, seq) == ("B", 3) else "proceeded"
            heads[case] = add(log, event(case, seq, heads[case], gone))
    for index, (body, _) in list(log.openings.items()):
        if b'"case":"B"' in body and b'"seq":3' not in body:
            del log.openings[index]
    text, key = b'{"takeover":"of an older log"}', bytes(32)
    day = leaves.format_at(AT)[:10]
    log.add(text, key, leaves.leaf_bytes("origin", day, leaves.commit(key, text)))
    return log


def package(log: Log) -> list[bytes]:
    lines = [openings.first_line(str(log.signer.key), AT, log.checkpoint())]
    for index, leaf in enumerate(log.leaves):
        body, key = log.openings.get(index, (None, None))
        takeover = body is not None and b"takeover" in body
        text = body.decode() if body else None
        lines.append(
            openings.leaf_line(
                leaf, key, event=None if takeover else text, statement=text if takeover else None
            )
        )
    return lines


def check(lines: list[bytes], step: int = 0, **trust: Any) -> Verdict:
    reader = openings.Reader(Trust.of(**trust))
    data = b"".join(lines)
    for at in range(0, len(data), step or len(data) or 1):
        reader.write(data[at : at + (step or len(data))])
    verdict = reader.verdict()
    for finding in verdict.findings:
        assert all(say(finding, language) for language in LANGUAGES), finding
    return verdict


def last(verdict: Verdict) -> str:
    assert verdict.status != "valid"
    return verdict.findings[-1].code


def bend(line: bytes, **changes: object) -> bytes:
    return (json.dumps(json.loads(line) | changes, ensure_ascii=False) + "\n").encode()


@pytest.mark.parametrize("step", [0, 1, 7, 1000])
def test_a_whole_package_is_valid_however_it_is_cut(log: Log, step: int) -> None:
    verdict = check(package(log), step, vkey=str(log.signer.key))
    assert (verdict.status, verdict.size, verdict.origin) == ("valid", 10, log.signer.name)
    found = {finding.code: finding.data for finding in verdict.findings}
    assert found["package-complete"] == {"leaves": 10, "opened": 8, "erased": 2, "cases": 3}
    assert "proved-key" in found


def test_an_empty_file_is_no_package() -> None:
    assert last(check([])) == "package-empty"


def test_a_withheld_opening_is_noticed_wherever_it_is(log: Log) -> None:
    whole = package(log)
    for at in range(1, len(whole)):
        leaf = json.loads(whole[at])["leaf"].encode()
        if json.loads(whole[at]).get("key"):
            lines = [*whole[:at], openings.leaf_line(leaf), *whole[at + 1 :]]
            assert last(check(lines)) in ("package-withheld", "package-gap"), at


def test_a_whole_case_cannot_be_withheld(log: Log) -> None:
    lines = [
        openings.leaf_line(json.loads(line)["leaf"].encode()) if b'\\"case\\":\\"C\\"' in line
        else line
        for line in package(log)
    ]  # fmt: skip
    verdict = check(lines)
    assert last(verdict) == "package-withheld"
    assert verdict.findings[-1].data == {"missing": ERASED + 3, "accounted": ERASED}


def test_a_shorter_longer_or_reordered_package_is_refused(log: Log) -> None:
    whole = package(log)
    assert last(check(whole[:-1])) == "package-cut"
    assert last(check([*whole, whole[-1]])) == "package-cut"
    assert last(check(whole[:1])) == "package-cut"
    assert last(check(whole[1:])) == "package-format-unknown"
    swapped = [whole[0], whole[3], whole[2], whole[1], *whole[4:]]
    assert last(check(swapped)) == "package-root-differs"


def test_two_events_exchanged_are_refused(log: Log) -> None:
    one, other = (json.loads(line) for line in package(log)[1:5:3])
    lines = package(log)
    lines[1] = bend(lines[1], event=other["event"], key=other["key"])
    assert last(check(lines)) == "event-commitment-wrong"
    assert one["leaf"] != other["leaf"]


def test_an_event_cannot_hide_as_a_takeover(log: Log) -> None:
    lines = package(log)
    said = json.loads(lines[1])
    said["statement"] = said.pop("event")
    lines[1] = (json.dumps(said) + "\n").encode()
    assert last(check(lines)) == "package-entry-malformed"


def test_a_foreign_register_and_a_forged_signature_are_refused(log: Log) -> None:
    stranger = signer("elsewhere.example/ledger", 2)
    lines = package(log)
    assert last(check(lines, vkey=str(stranger.key))) == "receipt-origin-foreign"
    assert last(check([bend(lines[0], vkey=str(stranger.key)), *lines[1:]])) == (
        "receipt-origin-wrong"
    )
    note = json.loads(lines[0])["checkpoint"].replace("\n10\n", "\n11\n")
    assert last(check([bend(lines[0], checkpoint=note), *lines[1:]])) == (
        "checkpoint-note-signature-wrong"
    )


def test_any_changed_byte_is_refused(log: Log) -> None:
    """A few hundred of them; only the time of making (``issued``) is covered by nothing."""
    data, rng = b"".join(package(log)), random.Random(4)
    start = data.index(b'"issued"')
    free = range(start, start + 44)
    for _ in range(400):
        at = rng.randrange(len(data))
        new = bytes([data[at] ^ 1 << rng.randrange(8)])
        if at in free or {data[at : at + 1], new} <= {b" ", b"\r", b"\t", b"\n"}:
            continue
        verdict = check([data[:at] + new + data[at + 1 :]])
        assert verdict.status != "valid", (at, data[at - 20 : at + 20])


def test_hostile_lines(log: Log) -> None:
    head = package(log)[0]
    surrogate = b'{"leaf":"\\ud800"}\n'
    for line, code in {
        b"\n": "entry-json-malformed",
        b"[]\n": "entry-json-not-object",
        b"\xff\n": "entry-not-utf8",
        b'{"leaf":1}\n': "package-entry-malformed",
        b'{"leaf":"a","leaf":"b"}\n': "entry-json-duplicate-key",
        b'{"leaf":"a","key":"x"}\n': "entry-base64-malformed",
        surrogate: "entry-not-utf8",
        b"[" * 200_000 + b"\n": "entry-json-too-deep",
        b"a" * (openings.MAX_LINE + 1): "package-line-too-long",
    }.items():
        assert last(check([head, line])) == code
    for line in (b"a" * (openings.MAX_LINE + 1), b"\xff\n", b"{}\n", b'{"format":3}\n'):
        assert check([line]).status == "unreadable"
    assert last(check([bend(head, vkey=7)])) == "package-field-missing"


def test_the_receipt_beside_names_the_package(log: Log) -> None:
    digest = sha256(b"package").digest()
    body = leaves.event_bytes(
        case="register", seq=1, previous=None, at=AT, role="system", act="openings-released",
        event_class="openings-released", data={"sha256": digest.hex()},
    )  # fmt: skip
    index = log.add(body, bytes(32))
    receipt = dump(log.receipt("register", [index]) | {"dues": []})
    trust = Trust.of()
    assert openings.registered(digest, receipt, trust).code == "package-registered"
    assert openings.registered(bytes(32), receipt, trust).code == "package-not-registered"
    assert openings.registered(digest, receipt[:-9], trust).code == "package-receipt-invalid"


def test_every_finding_has_words() -> None:
    folder = Path(verification.__file__).parents[1]
    files = (folder / "domain" / "openings.py", folder / "commands" / "verify_package.py")
    source = "".join(file.read_text("utf-8") for file in files)
    words = tomllib.loads((folder / "register" / "verdicts.toml").read_text("utf-8"))
    assert set(re.findall(r'"(package-[a-z-]+[a-z])"', source)) == set(words["packages"])
    for entry in words["packages"].values():
        assert set(entry) == set(LANGUAGES)
