"""What a check of a receipt or a package finds: findings, the verdict, and how a check ends early.

Codes only; words for them are in register/verdicts.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from huiyin.domain.errors import Refusal

VALID, INVALID, UNREADABLE = "valid", "invalid", "unreadable"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found out: ``kind`` is proved, failed, or open (could not be shown)."""

    code: str
    kind: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. ``status``: valid, invalid (something does not verify), unreadable. ``texts``:
    event, kind and text of the words that were proved, to be read; none unless it is valid."""

    status: str
    findings: tuple[Finding, ...]
    number: str = ""
    origin: str = ""
    size: int | None = None
    texts: tuple[tuple[int, str, str], ...] = ()

    @property
    def exit_status(self) -> int:
        """0 valid, 1 does not verify, 2 unreadable."""
        return {VALID: 0, INVALID: 1}.get(self.status, 2)


class Stop(Exception):
    """The receipt cannot be judged further."""

    def __init__(self, status: str, code: str, **data: object) -> None:
        super().__init__(code)
        self.status = status
        self.finding = Finding(code, "failed", data)


def guard(status: str, prefix: str, step: Callable[[], _T], **data: object) -> _T:
    """Run a step; its refusal becomes a finding with the prefix before the code."""
    try:
        return step()
    except Refusal as refusal:
        raise Stop(status, prefix + refusal.code, **data, **refusal.data) from None


def text_of(value: object, most: int) -> str:
    """At most so many characters of a field, nothing of what is no text."""
    return value[:most] if isinstance(value, str) else ""


def list_of(receipt: Mapping[str, object], name: str) -> list[object]:
    value = receipt[name]
    return value if isinstance(value, list) else []
