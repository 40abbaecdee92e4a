"""Checking an auditor's package (``huiyin ledger openings``) for ``huiyin verify``.

Decrypted bytes go straight into the check and are written nowhere. The receipt that registers
the package is looked for beside it, under the package's name with ``.receipt.json``.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from huiyin.domain.errors import Refusal
from huiyin.domain.findings import INVALID, Finding, Verdict
from huiyin.domain.openings import Reader, registered
from huiyin.domain.verification import MAX_BYTES
from huiyin.domain.vouching import Trust

RECEIPT_BESIDE = ".receipt.json"
_AGE = b"age-encryption.org/v1\n"
_MOST_OF_A_KEY = 100_000


def is_package(start: bytes) -> bool:
    """Whether a file that begins like this is encrypted with age."""
    return start.startswith(_AGE)


def check(path: Path, identity: Path | None, trust: Trust, checkpoint: str | None) -> Verdict:
    """The verdict on an encrypted package.

    Raises Refusal: openings-identity-needed, openings-identity-malformed, openings-not-for-you,
    openings-package-damaged; OSError if a file cannot be read.
    """
    if identity is None:
        raise Refusal("openings-identity-needed")
    reader = Reader(trust, checkpoint)
    with path.open("rb") as file:
        _decrypt(file, _Sink(reader), _identities(identity))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").digest()
    return _with_receipt(reader.verdict(), path, digest, trust)


def _with_receipt(verdict: Verdict, path: Path, digest: bytes, trust: Trust) -> Verdict:
    receipt = path.with_name(path.name + RECEIPT_BESIDE)
    if not receipt.exists():
        found = Finding("package-open-receipt", "open", {"receipt": receipt.name})
    else:
        with receipt.open("rb") as file:
            found = registered(digest, file.read(MAX_BYTES + 1), trust)
    status = INVALID if found.kind == "failed" and verdict.exit_status == 0 else verdict.status
    return replace(verdict, status=status, findings=(*verdict.findings, found))


def _identities(path: Path) -> list[Any]:
    """The keys in an identity file as ``age-keygen`` writes it."""
    import pyrage  # late: only a package needs it, every receipt is checked without

    with path.open("rb") as file:
        text = file.read(_MOST_OF_A_KEY).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if _is_key(line)]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise Refusal("openings-identity-malformed", path=str(path))
    return found


def _is_key(line: str) -> bool:
    return bool(line) and not line.startswith("#")


def _decrypt(file: BinaryIO, out: io.RawIOBase, identities: list[Any]) -> None:
    import pyrage

    try:
        pyrage.decrypt_io(file, out, identities)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise Refusal("openings-not-for-you") from None
        raise Refusal("openings-package-damaged") from None
    except OSError as error:
        if error.filename is not None:
            raise
        raise Refusal("openings-package-damaged") from None


class _Sink(io.RawIOBase):
    """Hands what is decrypted to the check."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._reader.write(bytes(data))
